"""Let papers stay where they stand unless evidence beyond the noise moves them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.decision import MoveReason
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId

_FEW = 8  # members; the noise of a smaller theme is that of all papers

Reason = tuple[MoveReason, str]  # why, and the numbers of the evidence


@dataclass(frozen=True, slots=True)
class StableAssignments:
    """Where compared papers stand by evidence.

    Attributes:
        themes: a theme for each. reasons: why, for those that stood elsewhere.
        waiting: those that have evidence enough to move, and no room in the budget. spent: what was taken from it.
    """

    themes: Mapping[PaperId, ThemeId]
    reasons: Mapping[PaperId, Reason] = field(default_factory=dict)
    waiting: tuple[PaperId, ...] = ()
    spent: int = 0


@dataclass(frozen=True, slots=True)
class PreviousState:
    """What is known before papers are compared.

    Attributes:
        before: where each paper stood by evidence; a new paper is not named.
        placed: papers that a person put somewhere.
        born: themes that were not there when the papers were placed.
        revised: papers whose words changed.
        budget: how many may move on evidence alone.
    """

    before: Mapping[PaperId, ThemeId]
    placed: Mapping[PaperId, ThemeId] = field(default_factory=dict)
    born: Collection[ThemeId] = ()
    revised: Collection[PaperId] = ()
    budget: int = 0


def stabilize(
    fresh: Sequence[Assignment], taxonomy: Taxonomy, embeddings: Embeddings, known: PreviousState
) -> StableAssignments:
    """Decide for each compared paper whether it follows the fresh evidence or stays.

    Two witnesses must agree before a paper moves. The assigner must name another theme, and the paper must be nearer
    to that theme's papers than to those of its own by more than the spread of its own theme's papers: one standard
    deviation of their likeness to each other. A theme is measured against itself, as some are wider than others. Where
    a theme is new, or was divided, a person or the survey asked for it, and it has to be nearer only.

    Args:
        fresh: what the assigner says of the papers compared, new ones among them.
        taxonomy: the themes as they are.
        embeddings: of all papers, also of those that are not compared.
        known: where they stood.

    Returns:
        A theme for each paper of `fresh`. The strongest evidence moves first, until the budget is spent.
    """
    ids = {theme.id for theme in taxonomy}
    reasons = {found.paper: _reason(found, ids, known) for found in fresh}
    disputed = [found for found in fresh if reasons[found.paper] is None]
    moved, candidates = _judge(disputed, taxonomy, embeddings, known)
    waiting = tuple(sorted(paper for paper in candidates if paper not in moved))
    themes = {
        found.paper: found.theme
        if reasons[found.paper] is not None or found.paper in moved
        else known.before[found.paper]
        for found in fresh
    }
    led: dict[PaperId, Reason] = {paper: (why, "") for paper, why in reasons.items() if why and why != "themes"}
    return StableAssignments(themes, led | moved, waiting, len(candidates) - len(waiting))


def _reason(found: Assignment, ids: Collection[str], known: PreviousState) -> MoveReason | None:
    """Return why the fresh place holds: "themes" if the paper is new or agrees; None if it is disputed."""
    stood = known.before.get(found.paper)
    if stood is None or stood == found.theme:
        return "themes"
    if stood not in ids:
        return "theme_gone"
    below = found.path[found.path.index(stood) + 1 :] if stood in found.path else ()
    return "divided" if below and below[0] in known.born else None


def _judge(
    disputed: Sequence[Assignment], taxonomy: Taxonomy, embeddings: Embeddings, known: PreviousState
) -> tuple[dict[PaperId, Reason], tuple[PaperId, ...]]:
    """Return who moves on evidence, with the reason, and those among whom the budget had to choose."""
    if not disputed:
        return {}, ()
    court = _CentroidComparison(disputed, taxonomy, embeddings, known)
    moved: dict[PaperId, Reason] = {}
    candidates: list[tuple[float, PaperId, Reason]] = []
    for found in disputed:
        before = known.before[found.paper]
        gain, noise = court.hear(found.paper, before, found.theme)
        why: MoveReason = "words" if found.paper in known.revised else "evidence"
        said = why, f"nearer to the papers of {found.theme} by {gain:.3f}; those of {before} spread by {noise:.3f}"
        if gain > 0 and any(step in known.born for step in found.path):
            moved[found.paper] = said
        elif gain > noise:
            candidates.append((-gain / max(noise, 1e-9), found.paper, said))
    candidates.sort()
    moved |= {paper: said for _, paper, said in candidates[: known.budget]}
    return moved, tuple(paper for _, paper, _ in candidates)


class _CentroidComparison:
    """Hears how near papers are to the papers of two themes."""

    def __init__(
        self, disputed: Sequence[Assignment], taxonomy: Taxonomy, embeddings: Embeddings, known: PreviousState
    ) -> None:
        stands = {**known.before, **known.placed}
        claimed = {found.paper: found.theme for found in disputed}
        self._row = {paper: row for row, paper in enumerate(embeddings.ids)}
        self._number = {theme.id: n for n, theme in enumerate(taxonomy)}
        self._vectors = embeddings.vectors
        self._stands = np.array([self._number.get(stands.get(p, ThemeId("")), -1) for p in embeddings.ids], np.intp)
        self._sums = np.zeros((len(self._number), self._vectors.shape[1]))
        self._sizes = np.bincount(self._stands[self._stands >= 0], minlength=len(self._number))
        for theme in range(len(self._number)):
            rows = np.flatnonzero(self._stands == theme)
            if not len(rows):  # known by those who would go there, as long as nobody stands there
                rows = np.array([self._row[p] for p, t in claimed.items() if self._number[t] == theme], np.intp)
            self._sums[theme] = self._vectors[rows].sum(axis=0)
        own = self._likeness(np.arange(len(self._stands)), self._stands)
        self._noise = _spread(own, self._stands, len(self._number))

    def hear(self, paper: PaperId, own: ThemeId, other: ThemeId) -> tuple[float, float]:
        """Return by how much the paper is nearer to the other theme, and the spread of its own one.

        A paper alone in its theme has nothing to be compared with, and gains nothing.
        """
        row, mine = self._row[paper], self._number[own]
        if self._sizes[mine] < 2:
            return 0.0, float(self._noise[mine])
        rows = np.array([row, row])
        near, far = self._likeness(rows, np.array([self._number[other], mine], np.intp))
        return float(near - far), float(self._noise[mine])

    def _likeness(self, rows: NDArray[np.intp], themes: NDArray[np.intp]) -> NDArray[np.float64]:
        """Cosine of each paper and the middle of a theme without the paper itself."""
        vectors = self._vectors[rows].astype(np.float64)
        rest = self._sums[themes] - np.where((self._stands[rows] == themes)[:, None], vectors, 0.0)
        length = np.linalg.norm(rest, axis=1) * np.linalg.norm(vectors, axis=1)
        dots: NDArray[np.float64] = np.einsum("nd,nd->n", vectors, rest)
        likeness: NDArray[np.float64] = np.divide(dots, length, out=np.zeros_like(dots), where=length > 1e-6)
        return likeness


def _spread(own: NDArray[np.float64], stands: NDArray[np.intp], themes: int) -> NDArray[np.float64]:
    """Standard deviation of the likeness of each theme's papers to it, `(themes,)`."""
    inside = own[stands >= 0]
    everyone = float(inside.std()) if len(inside) else 0.0
    members = [own[stands == theme] for theme in range(themes)]
    return np.array([float(likeness.std()) if len(likeness) >= _FEW else everyone for likeness in members])
