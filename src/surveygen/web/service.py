"""The survey as the page sees it, and what an order changes in it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from surveygen import pipeline
from surveygen.config import Project
from surveygen.errors import SurveygenError
from surveygen.languages import load
from surveygen.pipeline import DecisionLog, NullProgress, TaxonomyView
from surveygen.web._rebuild import Rebuild
from surveygen.web.actions import Order
from surveygen.web.serializers import Json, line_view, moved, outcome, paper_view, proposal_view, survey_view

_SILENT = NullProgress()


class ConflictError(SurveygenError):
    """A decision that was made about another state of the survey, or while a build reads it."""


@dataclass(frozen=True, slots=True)
class ServiceSnapshot:
    """The survey at one moment; `state` names it."""

    state: str
    shown: TaxonomyView
    history: DecisionLog


class CurationService:
    """Does one thing at a time with one survey; `language` is that of its first edition, in which the page speaks."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.language = load(project.settings.languages[0])
        self.rebuild = Rebuild(project)
        self._lock = threading.Lock()
        self._last: ServiceSnapshot | None = None

    def overview(self) -> Json:
        """Return what the page shows at first and after each action."""
        with self._lock:
            return self._overview(self._snapshot())

    def act(self, order: Order) -> Json:
        """Decide, and return the new overview with what followed from it.

        Raises:
            ConflictError: the survey changed since the page was shown, or a build runs.
            SurveygenError: the decision cannot be made.
        """
        with self._lock:
            if self.rebuild.state.running:
                raise ConflictError("a build is running", "decide when it has ended", retryable=True)
            before = self._snapshot()
            if order.state != before.state:
                raise ConflictError("the survey has changed since this page was shown", "look at it again, then decide")
            decided = order.verb.do(self.project, _SILENT, order.words)
            after = self._snapshot()
            made = decided.decision
            return {
                **self._overview(after),
                "decided": outcome(made, after.shown, after.history, self.language) if made else None,
                "moved": moved(before.shown, after.shown, order.words.get("paper", ""), self.language.code),
            }

    def paper(self, paper: str) -> Json:
        """Return what is to be read of one paper.

        Raises:
            ConfigError: there is no such paper.
        """
        with self._lock:
            shown = self._snapshot().shown
        return paper_view(shown, paper)

    def offered(self) -> list[Json]:
        """Return what is proposed."""
        with self._lock:
            shown = self._snapshot().shown
            offered = pipeline.proposals(self.project, _SILENT)
        return [proposal_view(one, shown, self.language) for one in offered.proposals]

    def lines(self) -> list[Json]:
        """Return every sentence of the draft that can be edited."""
        with self._lock:
            found = pipeline.editable_units(self.project, _SILENT)
        return [line_view(one) for one in found]

    def draft(self, language: str) -> Path | None:
        """Return the page of an edition, None if it is not built."""
        path = self.project.output / self.project.settings.slug / language / "index.html"
        known = language in self.project.settings.languages
        return path if known and path.is_file() else None

    def _snapshot(self) -> ServiceSnapshot:
        if self._last is None or self._last.state != self._state():
            shown = pipeline.show(self.project, _SILENT)  # a first placement saves themes, which is another state
            self._last = ServiceSnapshot(self._state(), shown, pipeline.history(self.project))
        return self._last

    def _state(self) -> str:
        """Name what the store holds: the clock of its last change, and how many decisions it has."""
        decisions = pipeline.history(self.project).decisions
        return f"{pipeline.status(self.project).changed_at}.{len(decisions)}"

    def _overview(self, now: ServiceSnapshot) -> Json:
        drafts = [code for code in self.project.settings.languages if self.draft(code)]
        return {
            **survey_view(now.shown, now.history, self.language),
            "state": now.state,
            "title": self.project.settings.title,
            "drafts": drafts,
            "pending": self._pending(),
        }

    def _pending(self) -> bool:
        """Whether the store changed after the first draft was written; to the second, as the store counts."""
        path = self.draft(self.project.settings.languages[0])
        if path is None:
            return True
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return pipeline.status(self.project).changed_at > written
