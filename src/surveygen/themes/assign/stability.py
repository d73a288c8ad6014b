"""Keep assignments stable across runs unless the evidence exceeds the noise."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.decision import MoveReason
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId

_MIN_GROUP = 8  # members; the spread of a smaller theme is that of all papers

Reason = tuple[MoveReason, str]  # why a paper moved, and the numbers of the evidence


@dataclass(frozen=True, slots=True)
class PreviousState:
    """The assignments and decisions from before papers are compared again.

    Attributes:
        before: theme of each paper by evidence; new papers are missing.
        placed: papers whose theme a person chose.
        born: themes that did not exist when the papers were assigned.
        revised: papers whose text changed.
        budget: how many papers may move on evidence alone.
    """

    before: Mapping[PaperId, ThemeId]
    placed: Mapping[PaperId, ThemeId] = field(default_factory=dict)
    born: Collection[ThemeId] = ()
    revised: Collection[PaperId] = ()
    budget: int = 0


@dataclass(frozen=True, slots=True)
class StableAssignments:
    """The themes of compared papers by evidence.

    Attributes:
        themes: the theme of each paper. reasons: why, for papers that moved.
        waiting: papers with enough evidence to move, for which the budget was too small. spent: moves on evidence.
    """

    themes: Mapping[PaperId, ThemeId]
    reasons: Mapping[PaperId, Reason] = field(default_factory=dict)
    waiting: tuple[PaperId, ...] = ()
    spent: int = 0


def stabilize(
    fresh: Sequence[Assignment], taxonomy: Taxonomy, embeddings: Embeddings, previous: PreviousState
) -> StableAssignments:
    """Decide for each compared paper whether it moves to its fresh theme or keeps its previous one.

    A paper moves if two conditions hold: the assigner names another theme, and the paper is nearer to the centroid of
    that theme than to that of its own by more than the noise, which is one standard deviation of the cosines of its
    own theme's papers with their centroid. Each theme has its own noise, as some are wider than others. Where a theme
    is new or was divided, a person or the survey asked for it, and the paper only has to be nearer.

    Args:
        fresh: the assigner's result for the papers compared, new ones included.
        taxonomy: the current themes.
        embeddings: of all papers, including those that are not compared.
        previous: the state before.

    Returns:
        A theme for each paper of `fresh`. The strongest evidence moves first, until the budget is spent.
    """
    ids = {theme.id for theme in taxonomy}
    reasons = {item.paper: _uncontested_reason(item, ids, previous) for item in fresh}
    disputed = [item for item in fresh if reasons[item.paper] is None]
    moved: dict[PaperId, Reason] = {}
    candidates: list[tuple[float, PaperId, Reason]] = []
    if disputed:
        comparison = _CentroidComparison(disputed, taxonomy, embeddings, previous)
        for item in disputed:
            before = previous.before[item.paper]
            gain, noise = comparison.gain(item.paper, before, item.theme)
            why: MoveReason = "words" if item.paper in previous.revised else "evidence"
            reason = why, f"nearer to the papers of {item.theme} by {gain:.3f}; those of {before} spread by {noise:.3f}"
            if gain > 0 and any(step in previous.born for step in item.path):
                moved[item.paper] = reason
            elif gain > noise:
                candidates.append((-gain / max(noise, 1e-9), item.paper, reason))
    candidates.sort()
    moved |= {paper: reason for _, paper, reason in candidates[: previous.budget]}
    waiting = tuple(sorted(paper for _, paper, _ in candidates if paper not in moved))
    themes = {
        item.paper: item.theme
        if reasons[item.paper] is not None or item.paper in moved
        else previous.before[item.paper]
        for item in fresh
    }
    uncontested: dict[PaperId, Reason] = {paper: (why, "") for paper, why in reasons.items() if why and why != "themes"}
    return StableAssignments(themes, uncontested | moved, waiting, len(candidates) - len(waiting))


def _uncontested_reason(item: Assignment, ids: Collection[str], previous: PreviousState) -> MoveReason | None:
    """Return why the fresh theme is taken: "themes" for a new paper or the same theme; None if it is disputed."""
    before = previous.before.get(item.paper)
    if before is None or before == item.theme:
        return "themes"
    if before not in ids:
        return "theme_gone"
    below = item.path[item.path.index(before) + 1 :] if before in item.path else ()
    return "divided" if below and below[0] in previous.born else None


class _CentroidComparison:
    """Compares papers with the centroids of two themes."""

    def __init__(
        self, disputed: Sequence[Assignment], taxonomy: Taxonomy, embeddings: Embeddings, previous: PreviousState
    ) -> None:
        assigned = {**previous.before, **previous.placed}
        proposed = {item.paper: item.theme for item in disputed}
        self._row = {paper: row for row, paper in enumerate(embeddings.ids)}
        self._number = {theme.id: n for n, theme in enumerate(taxonomy)}
        self._vectors = embeddings.vectors
        self._themes = np.array([self._number.get(assigned.get(p, ThemeId("")), -1) for p in embeddings.ids], np.intp)
        self._sums = np.zeros((len(self._number), self._vectors.shape[1]))
        self._sizes = np.bincount(self._themes[self._themes >= 0], minlength=len(self._number))
        for theme in range(len(self._number)):
            rows = np.flatnonzero(self._themes == theme)
            if not len(rows):  # an empty theme is represented by the papers that would move there
                rows = np.array([self._row[p] for p, t in proposed.items() if self._number[t] == theme], np.intp)
            self._sums[theme] = self._vectors[rows].sum(axis=0)
        own = self._cosines(np.arange(len(self._themes)), self._themes)
        of_all = float(own[self._themes >= 0].std()) if (self._themes >= 0).any() else 0.0
        members = [own[self._themes == theme] for theme in range(len(self._number))]
        self._noise = [float(cosines.std()) if len(cosines) >= _MIN_GROUP else of_all for cosines in members]

    def gain(self, paper: PaperId, own: ThemeId, other: ThemeId) -> tuple[float, float]:
        """Return by how much the paper is nearer to the other theme, and the noise of its own one.

        A paper alone in its theme has nothing to be compared with, and its gain is 0.
        """
        row, current = self._row[paper], self._number[own]
        if self._sizes[current] < 2:
            return 0.0, self._noise[current]
        rows = np.array([row, row])
        to_other, to_own = self._cosines(rows, np.array([self._number[other], current], np.intp))
        return float(to_other - to_own), self._noise[current]

    def _cosines(self, rows: NDArray[np.intp], themes: NDArray[np.intp]) -> NDArray[np.float64]:
        """Cosine of each paper and the centroid of a theme without the paper itself."""
        vectors = self._vectors[rows].astype(np.float64)
        rest = self._sums[themes] - np.where((self._themes[rows] == themes)[:, None], vectors, 0.0)
        length = np.linalg.norm(rest, axis=1) * np.linalg.norm(vectors, axis=1)
        dots: NDArray[np.float64] = np.einsum("nd,nd->n", vectors, rest)
        cosines: NDArray[np.float64] = np.divide(dots, length, out=np.zeros_like(dots), where=length > 1e-6)
        return cosines
