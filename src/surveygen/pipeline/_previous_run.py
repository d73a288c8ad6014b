"""What the last run's places mean for this one."""

from __future__ import annotations

from collections.abc import Mapping

from surveygen.domain.decision import MoveReason, ThemeMove
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, ThemeId
from surveygen.pipeline._assignment_state import AssignmentState, StoredAssignment
from surveygen.themes.assign import PreviousState, StableAssignments
from surveygen.themes.curate import CuratedTaxonomy

_UNKNOWN = ThemeId("")


class PreviousRun:
    """Where papers stood, seen from the themes and decisions of now; another encoder's places are not heeded."""

    def __init__(
        self, before: AssignmentState | None, hashes: Mapping[PaperId, str], steered: CuratedTaxonomy, *, encoder: str
    ) -> None:
        every = {item.assignment.paper: item for item in (*before.kept, *before.away)} if before else {}
        self._before = before
        self._hashes = hashes
        self._steered = steered
        self._foreign = before is not None and before.encoder != encoder
        self._met = every
        self._known = {} if self._foreign else every
        self._shown = {item.assignment.paper: item.assignment.theme for item in before.kept} if before else {}
        self.away = tuple(item for paper, item in self._known.items() if paper not in hashes)

    @property
    def number(self) -> int:
        """The number of this placement: the next one if it meets new papers."""
        last = self._before.number if self._before is not None else -1
        return last + any(paper not in self._met for paper in self._hashes)

    def changed(self) -> set[PaperId]:
        """Return the papers whose place does not follow from the last run under the same themes."""
        waiting = set(self._before.waiting) if self._before is not None else set()
        return {
            paper
            for paper, text_hash in self._hashes.items()
            if paper in waiting or paper not in self._known or not self._holds(paper, text_hash)
        }

    def standing(self, max_moved: float) -> PreviousState:
        """Return what is known before papers are compared."""
        themes = self._before.themes if self._before is not None else ()
        stood = {paper: self._steered.successor(item.root) for paper, item in self._known.items() if item.root}
        return PreviousState(
            before={paper: theme for paper, theme in stood.items() if paper in self._hashes},
            placed=self._steered.placed,
            born=frozenset(theme.id for theme in self._steered.taxonomy) - frozenset(themes),
            revised=frozenset(p for p, item in self._known.items() if item.text_hash != self._hashes.get(p)),
            budget=max(self._budget(max_moved) - self.spent, 0),
        )

    @property
    def spent(self) -> int:
        """How many moved on evidence since new papers came: the budget is for all runs until the next ones do."""
        return self._before.spent if self._before is not None and self._before.number == self.number else 0

    def _budget(self, max_moved: float) -> int:
        """Return how many papers a share is: one at least, unless it is none."""
        return max(int(max_moved * len(self._known)), 1) if max_moved else 0

    def kept(self, told: Mapping[PaperId, Assignment], settled: StableAssignments) -> tuple[StoredAssignment, ...]:
        """Join the papers compared with those that stay as they were, in the order of the papers."""
        made = []
        number = self.number
        for paper, text_hash in self._hashes.items():
            if paper in told:
                since = self._met[paper].since if paper in self._met else number
                made.append(StoredAssignment(text_hash, told[paper], self._root(paper, settled), since))
            else:
                made.append(self._known[paper])
        return tuple(made)

    def moves(self, kept: tuple[StoredAssignment, ...], settled: StableAssignments, at: str) -> tuple[ThemeMove, ...]:
        """Return what stands elsewhere than the last run showed it, and why."""
        pairs = ((self._shown.get(item.assignment.paper), item.assignment) for item in kept)
        return tuple(
            ThemeMove(at, new.paper, old, new.theme, *self._reason(new.paper, old, settled))
            for old, new in pairs
            if old is not None and old != new.theme
        )

    def _holds(self, paper: PaperId, text_hash: str) -> bool:
        item = self._known[paper]
        by_person = item.assignment.method == "person"
        wanted = self._steered.placed.get(paper)
        stands = item.assignment.theme == (wanted or self._steered.successor(item.root))
        return item.text_hash == text_hash and stands and by_person == (wanted is not None)

    def _root(self, paper: PaperId, settled: StableAssignments) -> ThemeId:
        old = self._known[paper].root if paper in self._known else _UNKNOWN
        found = settled.themes.get(paper)
        return old if found is None or (old and self._steered.successor(old) == found) else found

    def _reason(self, paper: PaperId, old: ThemeId, settled: StableAssignments) -> tuple[MoveReason, str]:
        if paper in self._steered.placed:
            return "person", ""
        if self._foreign:
            return "encoder", ""
        if paper in settled.reasons:
            return settled.reasons[paper]
        return ("merged" if self._steered.successor(old) != old else "undone"), ""
