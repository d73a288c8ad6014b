"""What all stages of a build share: settings, store, language model, request."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from surveygen.config import Project, Settings
from surveygen.corpus import Store
from surveygen.languages import Language
from surveygen.llm import BudgetTracker
from surveygen.pipeline.llm_session import LlmSession
from surveygen.pipeline.progress import Progress
from surveygen.themes import Profile, load_profile


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """The editions and formats that a build writes.

    Attributes:
        languages: languages of the editions to write.
        formats: names of the formats, without repetition.
        folder: folder of all drafts of the survey.
        editions: codes of all languages that have a page in the folder, or get one; a page links to them.
        refresh: whether the build reports what changed since the last refresh.
    """

    languages: tuple[Language, ...] = ()
    formats: tuple[str, ...] = ()
    folder: Path = field(default_factory=Path)
    editions: tuple[str, ...] = ()
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class BuildContext:
    """Everything that the stages of one run share; only the store is open from the start."""

    project: Project
    store: Store
    profile: Profile
    progress: Progress
    llm: LlmSession
    request: BuildRequest = field(default_factory=BuildRequest)

    @property
    def settings(self) -> Settings:
        """The settings of the project."""
        return self.project.settings


def open_context(
    project: Project,
    store: Store,
    progress: Progress,
    request: BuildRequest | None = None,
    *,
    budget: BudgetTracker | None = None,
    answers: Path | None = None,
) -> BuildContext:
    """Return the context of a run over an open store.

    `answers` is the cache of a model's responses in place of the project's own. Who runs a stage that may ask a
    language model closes `BuildContext.llm` afterwards (``with context.llm:``).

    Raises:
        ThemeError: the profile cannot be used.
    """
    profile = load_profile(project.settings.profile, project.root)
    return BuildContext(
        project, store, profile, progress, LlmSession(project, budget, answers=answers), request or BuildRequest()
    )
