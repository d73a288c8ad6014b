"""Tell beforehand what a language model would be asked."""

from __future__ import annotations

from surveygen.chat import Estimate, Spent
from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.languages import load
from surveygen.pipeline._asking import Asking
from surveygen.pipeline._place import place
from surveygen.pipeline._run import start
from surveygen.pipeline._translate import Translating
from surveygen.pipeline._write import write
from surveygen.pipeline.progress import Progress


def estimate(project: Project, progress: Progress) -> Spent | None:
    """Count the questions that a build would ask; tokens and cost are what they come to at most.

    Places the papers as a build does, asks nothing and writes no draft. Themes are counted with what the papers say
    themselves, as their cards are still to be written; so are translations.

    Returns:
        None if neither summarizer nor translator asks a model.

    Raises:
        CorpusError: the store is empty. EncoderError, ThemeError, TemplateError: as for `build`.
    """
    with Store.open(project.database) as store, Asking(project, Estimate(project.settings.llm)) as asking:
        run = start(project, store, progress)
        placed = place(run)
        translating = Translating(project, run, placed, write(run, placed, asking), asking)
        for code in project.settings.languages if project.settings.translate.engine == "llm" else ():
            translating.into(load(code))
        return asking.spent
