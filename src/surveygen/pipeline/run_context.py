"""What the steps of one run share: time, progress, settings, store, language model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from surveygen.config import Project, Settings
from surveygen.corpus import Store
from surveygen.environment import now_override
from surveygen.errors import ConfigError
from surveygen.languages import Language
from surveygen.llm import BudgetTracker
from surveygen.pipeline.llm_session import LlmSession
from surveygen.pipeline.trust import check_trust
from surveygen.themes import Profile, load_profile

_TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class Progress(Protocol):
    """Is told how far a run has come; the command line draws a bar for each stage."""

    def stage(self, name: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
        """Open a stage of `total` steps (None: unknown) and give the function that counts steps done."""
        ...

    def note(self, message: str) -> None:
        """Show one line that a person should see."""
        ...


class NullProgress:
    """Shows nothing."""

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:  # noqa: ARG002  # the protocol
        """Count nothing."""
        yield lambda _steps: None

    def note(self, message: str) -> None:
        """Show nothing."""


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
        ConfigError: the folder is not trusted. ThemeError: the profile cannot be used.
    """
    check_trust(project)
    profile = load_profile(project.settings.profile, project.root)
    llm = LlmSession(project, budget, answers=answers)
    return BuildContext(project, store, profile, progress, llm, request or BuildRequest())


def now() -> str:
    """Return the time in UTC, ISO 8601 with seconds; SOURCE_DATE_EPOCH goes before the clock.

    No other function asks what time it is.

    Raises:
        ConfigError: SOURCE_DATE_EPOCH is not a number of seconds.
    """
    fixed = now_override()
    if fixed is None:
        return datetime.now(UTC).strftime(_TIME_FORMAT)
    try:
        return datetime.fromtimestamp(int(fixed), UTC).strftime(_TIME_FORMAT)
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigError(f"SOURCE_DATE_EPOCH: {fixed!r} is not a number of seconds", "unset it or mend it") from error


def days_ago(days: int) -> str:
    """Return the time some days ago, at most a century, in the form of `now`."""
    moment = datetime.fromisoformat(now()) - timedelta(days=min(days, 36_525))
    return moment.strftime(_TIME_FORMAT)


def generated_at(store: Store) -> str:
    """Return the date of a draft: that of the last change of the corpus, so that a rebuild gives the same bytes."""
    return now() if now_override() is not None else store.changed_at()
