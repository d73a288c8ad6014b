"""The stage "relate": who cites whom, descriptions of one another, results."""

from __future__ import annotations

from dataclasses import replace

from surveygen.domain.citation import resolve_citations
from surveygen.domain.paper import PaperId
from surveygen.pipeline.run_context import BuildContext
from surveygen.pipeline.state import StoredResults
from surveygen.pipeline.text_relations import read_relations
from surveygen.summarize import choose_contexts, collect_results
from surveygen.survey import SurveyData


def relate(context: BuildContext, data: SurveyData) -> SurveyData:
    """Gather citations from graphs and full texts, what full texts say of papers they cite, and values that they print.

    A text is read once, and again only when papers of the survey, its license or the settings change.
    """
    store = context.store
    with context.progress.stage("citations", len(data.texts.records)) as advance:
        relations = []
        for relation in read_relations(store, data.papers, data.texts.permission, StoredResults(store)):
            relations.append(relation)
            advance(1)
    versions = {paper.id: paper.version for paper in data.papers}
    references = {(it.record.paper, name): paper for it in relations for name, paper in it.references}

    def cited(paper: PaperId, version: int, reference: str) -> PaperId | None:
        return references.get((paper, reference)) if versions.get(paper) == version else None

    contexts = [found for relation in relations for found in relation.contexts]
    papers = {paper.id: paper for paper in data.papers}
    return replace(
        data,
        citations=resolve_citations(data.papers, (*store.citations.all(), *(it.record for it in relations))),
        contexts=choose_contexts(contexts, papers),
        joint_contexts=tuple(
            found for found in contexts if found.sentence is not None and len(found.sentence.cites) > 2
        ),
        results=collect_results(papers, {it.record.paper: it.tables for it in relations if it.tables}),
        texts=replace(data.texts, cited=cited),
    )
