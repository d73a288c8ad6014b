"""Keep each paper's nearest ones as papers come, change and go."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import PaperId
from surveygen.themes.neighbors import nearest_papers

_BLOCK = 1024  # rows compared at once
_DIGITS = 6  # likenesses that agree so far are equal: the sum of a product depends on the shape of the matrix
_MOST = 0.25  # share of rows to compare anew; above it, comparing all is as quick

Near = Mapping[PaperId, tuple[PaperId, ...]]


def update_neighbors(embeddings: Embeddings, before: Near, changed: Collection[PaperId], count: int) -> Near:
    """Return what `nearest_papers` would, from what it returned before.

    Only new and changed papers, and those that had a changed or removed one near them, are compared with all; the rest
    are compared with the changed ones. Equals within 1e-6 may come in another order.

    Args:
        embeddings: of all papers as they are now.
        before: the nearest of each paper as they were, for the same `count`.
        changed: papers that are new or whose vector is another.
        count: how many.
    """
    present = set(embeddings.ids) - set(changed)
    enough = min(count, len(embeddings.ids) - 1)
    kept = {p: before[p] for p in embeddings.ids if p in present and len(before.get(p, ())) == enough}
    kept = {paper: near for paper, near in kept.items() if present.issuperset(near)}
    if not kept or len(kept) < (1 - _MOST) * len(embeddings.ids):
        return nearest_papers(embeddings, count)
    row = {paper: n for n, paper in enumerate(embeddings.ids)}
    anew = np.array([n for n, paper in enumerate(embeddings.ids) if paper not in kept], dtype=np.intp)
    come = np.array(sorted(row[paper] for paper in changed if paper in row), dtype=np.intp)
    rows = np.array([row[paper] for paper in kept], dtype=np.intp)
    near = np.array([[row[other] for other in others] for others in kept.values()], dtype=np.intp)
    found = dict(zip(rows.tolist(), _joined(embeddings.vectors, rows, near, come), strict=True))
    found |= dict(zip(anew.tolist(), _compared(embeddings.vectors, anew, enough), strict=True))
    said = (embeddings.vectors != 0).any(axis=1)
    return {
        paper: tuple(embeddings.ids[other] for other in found[n].tolist()) if said[n] else ()
        for n, paper in enumerate(embeddings.ids)
    }


def _joined(
    vectors: Vectors, rows: NDArray[np.intp], near: NDArray[np.intp], come: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Let the papers that came compete with the nearest so far, `(n, count)` rows in and out."""
    best = near.copy()
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        own = vectors[rows[block]]
        old = np.einsum("nd,nkd->nk", own, vectors[near[block]])
        new = own @ vectors[come].T
        others = np.hstack([near[block], np.broadcast_to(come, new.shape)])
        best[block] = _best(np.hstack([old, new]), others, near.shape[1])
    return best


def _compared(vectors: Vectors, rows: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Return the nearest of some rows among all, `(len(rows), count)`."""
    best = np.empty((len(rows), count), dtype=np.intp)
    everyone = np.arange(len(vectors))
    for start in range(0, len(rows), _BLOCK):
        mine = rows[start : start + _BLOCK]
        likeness = vectors[mine] @ vectors.T
        likeness[np.arange(len(mine)), mine] = -np.inf
        cut = np.argpartition(-likeness, count - 1, axis=1)[:, :count] if count < len(vectors) else None
        others = np.broadcast_to(everyone, likeness.shape) if cut is None else cut
        best[start : start + len(mine)] = _best(np.take_along_axis(likeness, others, axis=1), others, count)
    return best


def _best(likeness: NDArray[np.float32], others: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    order = np.lexsort((others, -likeness.round(_DIGITS)), axis=1)[:, :count]
    chosen: NDArray[np.intp] = np.take_along_axis(others, order, axis=1)
    return chosen
