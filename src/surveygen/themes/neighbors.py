"""Find the papers most similar to each paper, and update them incrementally."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import PaperId

_COSINES_AT_ONCE = 2**21  # 8 MB, and 16 MB of the row numbers that sort them
_ROWS_AT_ONCE = 1024
_DIGITS = 6  # cosines that agree so far are equal: the sum of a product depends on the shape of the matrix
_MAX_RECOMPUTED = 0.25  # share of rows to compare with all others; above it, comparing every row is as quick

Neighbors = Mapping[PaperId, tuple[PaperId, ...]]
Rows = NDArray[np.intp]


def nearest_papers(embeddings: Embeddings, count: int) -> dict[PaperId, tuple[PaperId, ...]]:
    """Return for each paper the `count` others of highest cosine, nearest first; ties in the order of ids.

    All pairs are compared block by block: the result is exact, and 20,000 papers take seconds. Papers without a vector
    have no neighbors.
    """
    return _by_paper(embeddings, nearest_rows(embeddings.vectors, count))


def nearest_rows(vectors: Vectors, count: int) -> Rows:
    """Return the `count` nearest other rows of each row, `(n, min(count, n - 1))`, nearest first, ties by number.

    Time grows with n squared, memory with n. One thread, so that every machine adds in the same order.

    Args:
        vectors: `(n, dim)` float32, rows of length 1.
        count: number of neighbors, at least 0.
    """
    total = len(vectors)
    count = max(min(count, total - 1), 0)
    near = np.empty((total, count), dtype=np.intp)
    step = max(1, _COSINES_AT_ONCE // max(total, 1))
    with threadpool_limits(limits=1):
        for start in range(0, total if count else 0, step):
            cosines = vectors[start : start + step] @ vectors.T
            rows = np.arange(len(cosines))
            cosines[rows, rows + start] = -np.inf
            best = np.argpartition(cosines, total - count, axis=1)[:, total - count :]
            order = np.lexsort((best, -np.take_along_axis(cosines, best, axis=1)), axis=1)
            near[start : start + len(cosines)] = np.take_along_axis(best, order, axis=1)
    return near


def update_neighbors(
    embeddings: Embeddings, previous: Neighbors, changed: Collection[PaperId], count: int
) -> Neighbors:
    """Return what `nearest_papers` would, from its previous result.

    Only new and changed papers, and those with a changed or removed neighbor, are compared with all papers; the others
    are compared with the changed papers. Ties within 1e-6 may come in another order.

    Args:
        embeddings: vectors of all current papers.
        previous: neighbors of the last call, for the same `count`.
        changed: papers that are new or have a new vector.
        count: number of neighbors.
    """
    unchanged = set(embeddings.ids) - set(changed)
    full = min(count, len(embeddings.ids) - 1)
    reusable = {
        paper: previous[paper]
        for paper in embeddings.ids
        if paper in unchanged and len(previous.get(paper, ())) == full and unchanged.issuperset(previous[paper])
    }
    if not reusable or len(reusable) < (1 - _MAX_RECOMPUTED) * len(embeddings.ids):
        return nearest_papers(embeddings, count)
    row = {paper: n for n, paper in enumerate(embeddings.ids)}
    rows = np.array([row[paper] for paper in reusable], dtype=np.intp)
    recomputed = np.array([n for paper, n in row.items() if paper not in reusable], dtype=np.intp)
    new = np.array(sorted(row[paper] for paper in changed if paper in row), dtype=np.intp)
    old_neighbors = np.array([[row[other] for other in others] for others in reusable.values()], dtype=np.intp)
    near = np.empty((len(row), full), dtype=np.intp)
    near[rows] = _insert_new(embeddings.vectors, rows, old_neighbors, new)
    near[recomputed] = _nearest_among_all(embeddings.vectors, recomputed, full)
    return _by_paper(embeddings, near)


def _by_paper(embeddings: Embeddings, near: Rows) -> dict[PaperId, tuple[PaperId, ...]]:
    """Return the ids of the neighbors of each paper; none for a paper without a vector."""
    has_vector = (embeddings.vectors != 0).max(axis=1, initial=False).tolist()
    return {
        paper: tuple(embeddings.ids[n] for n in row) if nonzero else ()
        for paper, row, nonzero in zip(embeddings.ids, near.tolist(), has_vector, strict=True)
    }


def _insert_new(vectors: Vectors, rows: Rows, near: Rows, new: Rows) -> Rows:
    """Let new papers compete with the neighbors so far, `(n, count)` rows in and out."""
    best = near.copy()
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        block = slice(start, start + _ROWS_AT_ONCE)
        own = vectors[rows[block]]
        to_old = np.einsum("nd,nkd->nk", own, vectors[near[block]])
        to_new = own @ vectors[new].T
        others = np.hstack([near[block], np.broadcast_to(new, to_new.shape)])
        best[block] = _take_best(np.hstack([to_old, to_new]), others, near.shape[1])
    return best


def _nearest_among_all(vectors: Vectors, rows: Rows, count: int) -> Rows:
    """Return the nearest of some rows among all, `(len(rows), count)`."""
    best = np.empty((len(rows), count), dtype=np.intp)
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        block = rows[start : start + _ROWS_AT_ONCE]
        cosines = vectors[block] @ vectors.T
        cosines[np.arange(len(block)), block] = -np.inf
        if count < len(vectors):
            others = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        else:
            others = np.broadcast_to(np.arange(len(vectors)), cosines.shape)
        best[start : start + len(block)] = _take_best(np.take_along_axis(cosines, others, axis=1), others, count)
    return best


def _take_best(cosines: NDArray[np.float32], others: Rows, count: int) -> Rows:
    order = np.lexsort((others, -cosines.round(_DIGITS)), axis=1)[:, :count]
    best: Rows = np.take_along_axis(others, order, axis=1)
    return best
