"""The survey behind the curation page: state, decisions and drafts."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from surveygen import pipeline
from surveygen.config import Project
from surveygen.errors import SurveygenError
from surveygen.languages import load
from surveygen.pipeline import DecisionLog, NullProgress, TaxonomyView
from surveygen.web._rebuild import Rebuild
from surveygen.web.actions import ActionRequest
from surveygen.web.serializers import Json, moved_papers, outcome, paper_view, proposal_view, survey_view, unit_view

_SILENT = NullProgress()


class ConflictError(SurveygenError):
    """The survey changed since the page was shown, or a build is running."""


@dataclass(frozen=True, slots=True)
class ServiceSnapshot:
    """The survey at one moment; `state` names it."""

    state: str
    shown: TaxonomyView
    history: DecisionLog


class CurationService:
    """Serialized access to one survey; `language` is that of its first edition and of the page."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.language = load(project.settings.languages[0])
        self.rebuild = Rebuild(project)
        self._lock = threading.Lock()
        self._last: ServiceSnapshot | None = None

    def overview(self) -> Json:
        """Return the content of the page, at first and after each action."""
        with self._lock:
            return self._overview(self._snapshot())

    def act(self, request: ActionRequest) -> Json:
        """Store a decision and return the new overview with its consequences.

        Raises:
            ConflictError: the survey changed since the page was shown, or a build runs.
            SurveygenError: the decision cannot be made.
        """
        with self._lock:
            if self.rebuild.state.running:
                raise ConflictError("a build is running", "decide when it has finished", retryable=True)
            before = self._snapshot()
            if request.state != before.state:
                raise ConflictError(
                    "the survey has changed since this page was shown", "review the present state, then decide"
                )
            result = request.action.perform(self.project, _SILENT, request.fields)
            after = self._snapshot()
            decision = result.decision
            return {
                **self._overview(after),
                "decided": outcome(decision, after.shown, after.history, self.language) if decision else None,
                "moved": moved_papers(before.shown, after.shown, request.fields.get("paper", ""), self.language.code),
            }

    def paper(self, paper: str) -> Json:
        """Return the text of one paper.

        Raises:
            ConfigError: there is no such paper.
        """
        with self._lock:
            shown = self._snapshot().shown
        return paper_view(shown, paper)

    def proposals(self) -> list[Json]:
        """Return the proposals."""
        with self._lock:
            shown = self._snapshot().shown
            suggestions = pipeline.proposals(self.project, _SILENT)
        return [proposal_view(proposal, shown, self.language) for proposal in suggestions.proposals]

    def lines(self) -> list[Json]:
        """Return every sentence of the draft that can be edited."""
        with self._lock:
            units = pipeline.editable_units(self.project, _SILENT)
        return [unit_view(unit) for unit in units]

    def draft(self, language: str) -> Path | None:
        """Return the page of an edition, None if it is not built."""
        path = self.project.output / self.project.settings.slug / language / "index.html"
        listed = language in self.project.settings.languages
        return path if listed and path.is_file() else None

    def _snapshot(self) -> ServiceSnapshot:
        if self._last is None or self._last.state != self._state():
            shown = pipeline.show(self.project, _SILENT)  # a first assignment stores themes, which changes the state
            self._last = ServiceSnapshot(self._state(), shown, pipeline.history(self.project))
        return self._last

    def _state(self) -> str:
        """Return a name of the state of the store: the number of its changes, as two may happen within a second."""
        return str(pipeline.status(self.project).changes)

    def _overview(self, now: ServiceSnapshot) -> Json:
        languages = self.project.settings.languages
        return {
            **survey_view(now.shown, now.history, self.language),
            "state": now.state,
            "title": self.project.settings.title,
            "drafts": [code for code in languages if self.draft(code)],
            "pending": languages[0] in pipeline.outdated_editions(self.project),
        }
