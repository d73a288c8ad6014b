"""The assignments of the last run, and which papers are compared with the themes again.

A paper that was assigned before moves only if its text, the themes or a decision changed. Without a decision the
evidence for the move must exceed the spread of its theme (`surveygen.themes.assign.stabilize`), within the limit of the
setting `themes.max_moved`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import msgspec

from surveygen.corpus import Store
from surveygen.domain.decision import MoveReason, ThemeMove
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, ThemeId
from surveygen.pipeline.run_context import BuildContext, now
from surveygen.pipeline.state import Slot, digest
from surveygen.survey import SurveyData
from surveygen.themes import sampling_key
from surveygen.themes.assign import (
    NearestCentroidAssigner,
    PreviousState,
    StableAssignments,
    ThemeVectors,
    stabilize,
    theme_queries,
    theme_vectors,
)
from surveygen.themes.curate import CuratedTaxonomy

# Size of the reference sample of old papers that is compared together with new ones: benchmarks/themes/refresh.py
SAMPLE = 4000
_RECENT = 0.3  # share of all papers: benchmarks/themes/refresh.py


# Stores have the fields of both classes under their first names.
class StoredAssignment(msgspec.Struct, frozen=True, rename={"evidence_theme": "root", "first_run": "since"}):
    """The assignment of a paper with a certain text.

    Attributes:
        evidence_theme: its theme by evidence alone, "" if it was never compared. It is kept when a person merges that
            theme away or moves the paper, so that undoing the decision leads back to it.
        first_run: number of the run that assigned it first.
    """

    text_hash: str
    assignment: Assignment
    evidence_theme: ThemeId
    first_run: int


class AssignmentState(msgspec.Struct, frozen=True, rename={"present": "kept"}):
    """The assignments of the last run.

    Attributes:
        content: digest of all that the assignments follow from. compared: digest of what papers were compared with.
        encoder: the encoder and model that the settings named.
        number: from 0; a run that places new papers has the next one.
        themes: those of the run, in reading order.
        present: the papers of the draft, in their order. away: withdrawn or excluded papers, which may come back.
        spent: moves on evidence since the last new papers.
        waiting: papers with evidence enough to move, for which the budget had no room.
    """

    content: str
    compared: str
    encoder: str
    number: int
    themes: tuple[ThemeId, ...]
    present: tuple[StoredAssignment, ...]
    away: tuple[StoredAssignment, ...] = ()
    spent: int = 0
    waiting: tuple[PaperId, ...] = ()

    def recent(self) -> frozenset[PaperId]:
        """Return the papers of the last run that placed new ones, and of runs before it, up to a share of all papers.

        Papers of the first run are never recent, because later papers are new relative to them.
        """
        per_run = Counter(item.first_run for item in self.present)
        last: set[int] = set()
        total = 0
        for number in sorted(per_run, reverse=True):
            total += per_run[number]
            if number == 0 or (last and total > _RECENT * len(self.present)):
                break
            last.add(number)
        return frozenset(item.assignment.paper for item in self.present if item.first_run in last)


ASSIGNMENTS = Slot("places", AssignmentState)


def save_assignments(store: Store, state: AssignmentState, moves: Sequence[ThemeMove]) -> None:
    """Save the assignments of a run for the next one, and log what moved."""
    store.decisions.log_moves(moves)
    ASSIGNMENTS.save(store, state)


def stable_assignments(
    context: BuildContext, data: SurveyData, curated: CuratedTaxonomy, previous: AssignmentState | None
) -> tuple[AssignmentState, tuple[ThemeMove, ...]]:
    """Return the assignments under a taxonomy, `previous` itself where nothing changed, and what moved.

    Under the same themes only papers that are new or have another text are compared with them. Under other themes all
    papers are.
    """
    settings = context.settings
    assigner = IncrementalAssigner(data, curated)
    hashes = {paper.id: paper.text_hash for paper in data.papers}
    compared = digest(assigner.fingerprint, curated.taxonomy.themes)
    encoder = f"{settings.embed.encoder}:{settings.embed.model}"
    content = digest(
        *(compared, encoder, sorted(hashes.items()), sorted(curated.placed.items())),
        *(sorted(curated.merged_into.items()), settings.themes.max_moved),
    )
    if previous is not None and previous.content == content:
        return previous, ()
    last = previous or AssignmentState("", "", encoder, number=-1, themes=(), present=())
    past = PreviousRun(last, hashes, curated, encoder=encoder)
    fresh = assigner.assign(past.changed() if last.compared == compared else set(hashes))
    by_evidence = tuple(item for paper, item in fresh.items() if paper not in curated.placed)
    stable = stabilize(by_evidence, curated.taxonomy, data.embeddings, past.constraints(settings.themes.max_moved))
    present = past.updated(assigner.confirm(fresh, stable), stable)
    state = AssignmentState(
        content,
        compared,
        encoder,
        past.number,
        tuple(theme.id for theme in curated.taxonomy),
        present,
        past.away,
        past.spent + stable.spent,
        stable.waiting,
    )
    return state, past.moves(present, stable, now())


class PreviousRun:
    """The assignments of the last run, seen under the themes and decisions of now.

    Those that another encoder led to are only good for telling what moved.

    Args:
        state: the last run; before the first, one without papers.
        hashes: the text hash of each paper of the draft, in its order.
        curated: the taxonomy of now.
        encoder: the encoder of now.
    """

    def __init__(
        self, state: AssignmentState, hashes: Mapping[PaperId, str], curated: CuratedTaxonomy, *, encoder: str
    ) -> None:
        stored = {item.assignment.paper: item for item in (*state.present, *state.away)}
        self._state = state
        self._hashes = hashes
        self._curated = curated
        self._stored = stored
        self._comparable = stored if state.encoder == encoder else {}
        self._other_encoder = state.encoder != encoder
        self.away = tuple(item for paper, item in self._comparable.items() if paper not in hashes)
        self.number = state.number + any(paper not in stored for paper in hashes)
        # The budget is for all runs until new papers come.
        self.spent = state.spent if state.number == self.number else 0

    def changed(self) -> set[PaperId]:
        """Return the papers whose assignment does not follow from the last run under the same themes."""
        changed = set(self._state.waiting) & self._hashes.keys()
        for paper, text_hash in self._hashes.items():
            item = self._comparable.get(paper)
            by_decision = self._curated.placed.get(paper)
            if (
                item is None
                or item.text_hash != text_hash
                or item.assignment.theme != (by_decision or self._curated.successor(item.evidence_theme))
                or (item.assignment.method == "person") != (by_decision is not None)
            ):
                changed.add(paper)
        return changed

    def constraints(self, max_moved: float) -> PreviousState:
        """Return what holds before papers are compared; `max_moved` is the share of papers that may move."""
        themes = {paper: item.evidence_theme for paper, item in self._comparable.items() if item.evidence_theme}
        budget = max(int(max_moved * len(self._comparable)), 1) if max_moved else 0
        return PreviousState(
            before={paper: self._curated.successor(old) for paper, old in themes.items() if paper in self._hashes},
            placed=self._curated.placed,
            born=frozenset(theme.id for theme in self._curated.taxonomy) - frozenset(self._state.themes),
            revised=frozenset(p for p, item in self._comparable.items() if item.text_hash != self._hashes.get(p)),
            budget=max(budget - self.spent, 0),
        )

    def updated(
        self, compared: Mapping[PaperId, Assignment], stable: StableAssignments
    ) -> tuple[StoredAssignment, ...]:
        """Join the papers that were compared with those that stay as they were, in the order of the papers."""
        items = []
        for paper, text_hash in self._hashes.items():
            if paper not in compared:
                items.append(self._comparable[paper])
                continue
            old = self._comparable[paper].evidence_theme if paper in self._comparable else ThemeId("")
            new = stable.themes.get(paper)
            theme = old if new is None or (old and self._curated.successor(old) == new) else new
            first_run = self._stored[paper].first_run if paper in self._stored else self.number
            items.append(StoredAssignment(text_hash, compared[paper], theme, first_run))
        return tuple(items)

    def moves(self, present: Sequence[StoredAssignment], stable: StableAssignments, at: str) -> tuple[ThemeMove, ...]:
        """Return the papers that the last run showed under another theme, and why each moved."""
        shown = {item.assignment.paper: item.assignment.theme for item in self._state.present}
        moves = []
        for paper, new in ((item.assignment.paper, item.assignment.theme) for item in present):
            old = shown.get(paper, new)
            if old == new:
                continue
            why: tuple[MoveReason, str]
            if paper in self._curated.placed:
                why = "person", ""
            elif self._other_encoder:
                why = "encoder", ""
            else:
                undone: MoveReason = "merged" if self._curated.successor(old) != old else "undone"
                why = stable.reasons.get(paper, (undone, ""))
            moves.append(ThemeMove(at, paper, old, new, *why))
        return tuple(moves)


class IncrementalAssigner:
    """Runs the assigner on a few papers beside a sample of the others, so that its cost does not grow with the survey.

    Args:
        data: papers and embeddings.
        curated: the taxonomy, and the papers that a person placed.
    """

    def __init__(self, data: SurveyData, curated: CuratedTaxonomy) -> None:
        self._data = data
        self._assigner = NearestCentroidAssigner()
        self._curated = curated
        self._vectors: ThemeVectors | None = None
        self.fingerprint = self._assigner.fingerprint

    def assign(
        self, wanted: Collection[PaperId], overrides: Mapping[PaperId, ThemeId] | None = None
    ) -> dict[PaperId, Assignment]:
        """Return the assignments of some papers, in the order of all papers.

        A paper that a person placed, or that `overrides` names, gets the theme that is given there.
        """
        if not wanted:
            return {}
        taxonomy = self._curated.taxonomy
        others = [paper.id for paper in self._data.papers if paper.id not in wanted]
        if len(others) > SAMPLE:  # all seeds, and a sample that is the same in every run
            seeds = {seed for theme in taxonomy for seed in theme.seeds}
            others = sorted(others, key=sampling_key)[:SAMPLE] + [paper for paper in others if paper in seeds]
        inside = {*wanted, *others}
        papers = [paper for paper in self._data.papers if paper.id in inside]
        if self._vectors is None:
            queries = theme_queries(taxonomy)
            encoded = dict(zip(queries, self._data.encode(queries), strict=True))
            self._vectors = theme_vectors(taxonomy, encoded)
        assignments = self._assigner.assign(
            self._data.embeddings.subset([paper.id for paper in papers]),
            papers,
            taxonomy,
            self._vectors,
            overrides={**self._curated.placed, **(overrides or {})},
        )
        return {item.paper: item for item in assignments if item.paper in wanted}

    def confirm(self, fresh: Mapping[PaperId, Assignment], stable: StableAssignments) -> dict[PaperId, Assignment]:
        """Return the compared papers under their stable themes; one that stays against the evidence is uncertain."""
        stays = {paper: theme for paper, theme in stable.themes.items() if fresh[paper].theme != theme}
        again = self.assign(set(stays), stays)
        uncertain = {p: replace(item, method=fresh[p].method, uncertain=True) for p, item in again.items()}
        return {**fresh, **uncertain}
