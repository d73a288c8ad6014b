"""Remember where papers stood and what was near them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from surveygen.corpus import Store
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Assignment, ThemeId
from surveygen.pipeline._codec import decode, encode

_RECENT = 0.3  # share of all papers: benchmarks/themes/refresh.py
_LAST = "last"  # one of each kind is kept: the state before this run


@dataclass(frozen=True, slots=True)
class StoredAssignment:
    """Where a paper with these words stood.

    `root` is where it stands by evidence alone: under a theme that a person merged away or moved it from, so that
    taking that back leads there again. "" if the evidence was never asked.
    `since` is the number of the placement that met it first.
    """

    text_hash: str
    assignment: Assignment
    root: ThemeId
    since: int


@dataclass(frozen=True, slots=True)
class AssignmentState:
    """How the last run placed the papers.

    Attributes:
        content: digest of all that the places follow from. compared: digest of what papers were compared with.
        encoder: the encoder and model that the settings named.
        number: from 0; the next one for every placement that meets new papers.
        themes: those that there were, in reading order.
        kept: the papers of the draft, in their order. away: withdrawn or excluded ones; they may come back.
        spent: moves on evidence since new papers came last.
        waiting: papers that had evidence enough to move, and no room in the budget.
    """

    content: str
    compared: str
    encoder: str
    number: int
    themes: tuple[ThemeId, ...]
    kept: tuple[StoredAssignment, ...]
    away: tuple[StoredAssignment, ...] = ()
    spent: int = 0
    waiting: tuple[PaperId, ...] = ()

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """The places themselves, in the order of the papers."""
        return tuple(kept.assignment for kept in self.kept)

    def recent(self) -> frozenset[PaperId]:
        """Return the papers that came last: the last placement that met new ones, and those before it within a share.

        None of the first placement is recent: it is what later papers are new beside.
        """
        met = Counter(kept.since for kept in self.kept)
        last: set[int] = set()
        total = 0
        for number in sorted(met, reverse=True):
            total += met[number]
            if number == 0 or (last and total > _RECENT * len(self.kept)):
                break
            last.add(number)
        return frozenset(kept.assignment.paper for kept in self.kept if kept.since in last)


@dataclass(frozen=True, slots=True)
class StoredNeighbors:
    """The nearest of each paper: rows of numbers in `papers`, apart by spaces; `space` is the encoder's fingerprint."""

    space: str
    papers: tuple[PaperId, ...]
    hashes: tuple[str, ...]
    rows: tuple[str, ...]

    def nearest(self) -> dict[PaperId, tuple[PaperId, ...]]:
        """Return the ids of the nearest of each paper."""
        return {
            paper: tuple(self.papers[int(number)] for number in row.split())
            for paper, row in zip(self.papers, self.rows, strict=True)
        }


def load_assignments(store: Store) -> AssignmentState | None:
    """Return how the last run placed the papers, None before the first."""
    known = store.cache.get("places", _LAST)
    return None if known is None else decode(AssignmentState, known)


def save_assignments(store: Store, places: AssignmentState) -> None:
    """Remember this run's places instead."""
    store.cache.put("places", _LAST, encode(places), slot=_LAST)


def load_neighbors(store: Store) -> StoredNeighbors | None:
    """Return what was near each paper in the last run, None before the first."""
    known = store.cache.get("neighbours", _LAST)
    return None if known is None else decode(StoredNeighbors, known)


def save_neighbors(
    store: Store, space: str, papers: Sequence[Paper], nearest: Mapping[PaperId, tuple[PaperId, ...]]
) -> None:
    """Remember what is near each paper instead."""
    number = {paper.id: str(n) for n, paper in enumerate(papers)}
    rows = tuple(" ".join(number[other] for other in nearest[paper.id]) for paper in papers)
    near = StoredNeighbors(space, tuple(number), tuple(paper.text_hash for paper in papers), rows)
    store.cache.put("neighbours", _LAST, encode(near), slot=_LAST)
