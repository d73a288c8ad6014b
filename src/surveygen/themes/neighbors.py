"""Find the papers most like each paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # scikit-learn's own helper, no stubs

from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import PaperId

_BLOCK = 2**21  # cosines held at once: 8 MB, and 16 MB of the row numbers that order them


def nearest_papers(embeddings: Embeddings, count: int) -> dict[PaperId, tuple[PaperId, ...]]:
    """Return for each paper the `count` others of highest cosine, nearest first; equals in the order of ids.

    Every pair is compared, block by block: exact, and 20,000 papers take seconds. Papers without a vector have none.
    """
    rows = nearest_rows(embeddings.vectors, count)
    said = (embeddings.vectors != 0).max(axis=1, initial=False).tolist()
    return {
        paper: tuple(embeddings.ids[n] for n in near) if known else ()
        for paper, near, known in zip(embeddings.ids, rows.tolist(), said, strict=True)
    }


def nearest_rows(vectors: Vectors, count: int) -> NDArray[np.intp]:
    """Return the `count` nearest other rows of each row, `(n, min(count, n - 1))`, nearest first, ties by number.

    Time grows with n times n, memory with n; one thread, so that every machine adds in the same order.

    Args:
        vectors: `(n, dim)` float32, rows of length 1.
        count: how many, at least 0.
    """
    total = len(vectors)
    count = max(min(count, total - 1), 0)
    near = np.empty((total, count), dtype=np.intp)
    step = max(1, _BLOCK // max(total, 1))
    with threadpool_limits(limits=1):
        for start in range(0, total if count else 0, step):
            likeness = vectors[start : start + step] @ vectors.T
            rows = np.arange(len(likeness))
            likeness[rows, rows + start] = -np.inf
            best = np.argpartition(likeness, total - count, axis=1)[:, total - count :]
            order = np.lexsort((best, -np.take_along_axis(likeness, best, axis=1)), axis=1)
            near[start : start + len(likeness)] = np.take_along_axis(best, order, axis=1)
    return near
