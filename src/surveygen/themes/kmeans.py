"""Find themes in papers by KMeans on smoothed vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from surveygen.config import Themes
from surveygen.domain.embedding import Embeddings, Vectors, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.text import slugify
from surveygen.domain.theme import Assignment, Theme, ThemeId
from surveygen.themes._clusters import choose_k, cluster, smooth
from surveygen.themes._doubt import lowest, margins
from surveygen.themes._names import Label, label

_TO_DIVIDE = 12  # papers; fewer are one theme
_PER_THEME = 5  # papers on average, at the least, when the number is chosen from the data
_MOST_TOP, _MOST_SUB = 16, 8  # themes that a reader can take in at one level
_UNCERTAIN = 0.15
_CENTRAL = 5  # nearest.py then agrees with the groups for .85 to .93 of papers, against .76 to .83 without


def make(settings: Themes) -> KMeansInducer:
    """Make the inducer; `settings.target` fixes the number of themes, 0 leaves it to the data."""
    return KMeansInducer(settings.target)


class KMeansInducer:
    """Groups papers by likeness, places every one, and names each group by its own phrases."""

    def __init__(self, target: int = 0) -> None:
        self._target = target

    def induce(
        self,
        embeddings: Embeddings,
        papers: Sequence[Paper],
        *,
        parent: ThemeId | None,
        known_ids: Collection[ThemeId],
        seed: int,
    ) -> tuple[tuple[Theme, ...], tuple[Assignment, ...]]:
        """Divide papers into new themes, largest first; see `Inducer.induce`.

        The same papers in another order give the same themes. Under a parent, fewer than 12 papers are not divided
        and nothing is returned; without one they are a single theme, so that every paper is placed.
        """
        papers = sorted(papers, key=lambda paper: paper.id)
        if not papers or (parent is not None and len(papers) < _TO_DIVIDE):
            return (), ()
        vectors = embeddings.rows([paper.id for paper in papers])
        groups = _by_size(self._divide(vectors, parent, seed))
        if parent is not None and groups.max() == 0:
            return (), ()
        labels = label(papers, vectors, groups)
        ids = _mint(papers, groups, labels, parent, known_ids)
        placed = _assignments(papers, vectors, groups, ids)
        themes = tuple(
            Theme(theme, found.name, parent, _describe(found), found.keywords, _central(theme, placed), "induced")
            for theme, found in zip(ids, labels, strict=True)
        )
        return themes, placed

    def _divide(self, vectors: Vectors, parent: ThemeId | None, seed: int) -> NDArray[np.intp]:
        if len(vectors) < _TO_DIVIDE:
            return np.zeros(len(vectors), dtype=np.intp)
        smoothed = smooth(vectors)
        most = min(_MOST_TOP if parent is None else _MOST_SUB, len(vectors) // _PER_THEME)
        k = min(self._target, len(vectors)) or choose_k(smoothed, 2, most, seed)
        return cluster(smoothed, k, seed)


def _by_size(groups: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number the groups from the largest; of equal ones the one with the first paper comes first."""
    sizes = np.bincount(groups)
    first = [int(np.flatnonzero(groups == group)[0]) for group in range(len(sizes))]
    order = sorted(range(len(sizes)), key=lambda group: (-sizes[group], first[group]))
    rank = np.empty(len(sizes), dtype=np.intp)
    rank[order] = np.arange(len(sizes))
    return rank[groups]


def _central(theme: ThemeId, placed: Sequence[Assignment]) -> tuple[PaperId, ...]:
    """Return the papers nearest the middle of a theme: as its seeds they let later papers find it."""
    members = sorted((found for found in placed if found.theme == theme), key=lambda found: (-found.score, found.paper))
    return tuple(found.paper for found in members[:_CENTRAL])


def _describe(found: Label) -> str:
    *most, last = found.keywords[:4] or (found.name,)
    return f"Papers that share {', '.join(most)} and {last}." if most else f"Papers that share {last}."


def _mint(
    papers: Sequence[Paper],
    groups: NDArray[np.intp],
    labels: Sequence[Label],
    parent: ThemeId | None,
    known: Collection[ThemeId],
) -> tuple[ThemeId, ...]:
    """Make readable ids that no theme has or had: name, and a hash of parent and members."""
    ids: list[ThemeId] = []
    for group, found in enumerate(labels):
        members = [paper.id for paper, own in zip(papers, groups, strict=True) if own == group]
        attempt = 0
        while True:
            content = "\x1f".join((parent or "", str(attempt), *members))
            theme = ThemeId(f"{slugify(found.name)[:40].strip('-')}-{hashlib.sha256(content.encode()).hexdigest()[:6]}")
            if theme not in known and theme not in ids:
                break
            attempt += 1
        ids.append(theme)
    return tuple(ids)


def _assignments(
    papers: Sequence[Paper], vectors: Vectors, groups: NDArray[np.intp], ids: Sequence[ThemeId]
) -> tuple[Assignment, ...]:
    """Compare each paper with the middles of all groups; it stays in its own even where another is nearer."""
    middles = unit_rows(np.stack([vectors[groups == group].mean(axis=0) for group in range(len(ids))]))
    scores = (vectors @ middles.T).astype(np.float64)
    rows = np.arange(len(papers))
    own = scores[rows, groups]
    others = scores.copy()
    others[rows, groups] = -np.inf
    gap = own - others.max(axis=1) if len(ids) > 1 else margins(scores)
    doubtful = lowest(gap, groups, _UNCERTAIN)
    return tuple(
        Assignment(
            paper=paper.id,
            theme=ids[groups[row]],
            path=(ids[groups[row]],),
            score=float(own[row]),
            runner_up=ids[int(others[row].argmax())] if len(ids) > 1 else None,
            margin=float(gap[row]),
            uncertain=bool(doubtful[row]),
            method="kmeans",
        )
        for row, paper in enumerate(papers)
    )
