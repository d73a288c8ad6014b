"""Tell beforehand what a language model would be asked."""

from __future__ import annotations

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.languages import load
from surveygen.llm import CostEstimate, LlmUsage
from surveygen.pipeline._assignment import assign_papers
from surveygen.pipeline._llm_session import LlmSession
from surveygen.pipeline._summaries import summarize_all
from surveygen.pipeline._translate import EditionTranslator
from surveygen.pipeline.context import open_context
from surveygen.pipeline.progress import Progress


def estimate(project: Project, progress: Progress) -> LlmUsage | None:
    """Count the questions that a build would ask; tokens and cost are what they come to at most.

    Places the papers as a build does, asks nothing and writes no draft. Themes are counted with what the papers say
    themselves, as their cards are still to be written; so are translations.

    Returns:
        None if neither summarizer nor translator asks a model.

    Raises:
        CorpusError: the store is empty. EncoderError, ThemeError, TemplateError: as for `build`.
    """
    with Store.open(project.database) as store, LlmSession(project, CostEstimate(project.settings.llm)) as asking:
        run = open_context(project, store, progress)
        placed = assign_papers(run)
        translating = EditionTranslator(project, run, placed, summarize_all(run, placed, asking), asking)
        for code in project.settings.languages if project.settings.translate.engine == "llm" else ():
            translating.into(load(code))
        return asking.spent
