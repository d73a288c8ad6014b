"""The stages of a build, one module each, in the order of `surveygen.pipeline.build.STAGES`.

A stage is a function ``(context: BuildContext, data: SurveyData) -> SurveyData`` that returns the data with its own
part added. It reads the store through the context. What it writes there is a cache, or a step with a name of its own:

* assign: `induce_and_save`, `save_assignments`, `find_and_save_neighbors`;
* compose: `number_references`, `save_rationales`, `save_map`, `import_markdown_edits`, `record_changes`;
* render: `OutputCache.remember`.
"""
