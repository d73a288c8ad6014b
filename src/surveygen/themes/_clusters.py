"""Divide vectors into groups, and choose how many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # scikit-learn's own helper, no stubs

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.themes._neighbours import nearest_rows

Labels = NDArray[np.intp]

# kNN smoothing with these values and KMeans is as good as Leiden on IJCAI-L2 (NMI .705): notes/theming.md B.
_NEIGHBOURS = 10
_OWN_SHARE = np.float32(0.5)
_STEPS = 2
_STARTS = 5
_DIGITS = 6  # papers that agree so far are the same to every encoder
_SAMPLE = 2000  # papers that the choice of the number looks at


def smooth(vectors: Vectors) -> Vectors:
    """Move each vector toward the mean of its ten nearest, twice. `(n, dim)` float32, rows of length 1, in and out."""
    near = nearest_rows(vectors, _NEIGHBOURS)
    moved = vectors
    for _ in range(_STEPS if near.shape[1] else 0):
        mean: Vectors = np.stack([moved[rows].mean(axis=0) for rows in near])
        moved = unit_rows(_OWN_SHARE * moved + _OWN_SHARE * mean)
    return moved


def cluster(vectors: Vectors, k: int, seed: int) -> Labels:
    """Divide `(n, dim)` vectors into at most `k` groups by KMeans; returns `(n,)` labels from 0, without gaps.

    One thread, because the sum of several comes in any order; float64, so that this costs no digits.
    """
    points = vectors.astype(np.float64).round(_DIGITS)
    distinct = min(k, len(np.unique(points, axis=0)))
    with threadpool_limits(limits=1):
        found = KMeans(distinct, n_init=_STARTS, random_state=seed).fit_predict(points)
    _, labels = np.unique(found, return_inverse=True)
    return labels.astype(np.intp)


def choose_k(vectors: Vectors, smallest: int, largest: int, seed: int) -> int:
    """Return the number of groups, from `smallest` to `largest`, that are most apart (silhouette, a fixed sample)."""
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(len(vectors))[:_SAMPLE])
    sample = vectors[chosen]
    best, best_score = smallest, -np.inf
    for k in range(smallest, min(largest, len(sample) - 1) + 1):
        labels = cluster(sample, k, seed)
        score = silhouette_score(sample, labels, metric="cosine") if labels.max() > 0 else -1.0
        if score > best_score:
            best, best_score = k, score
    return best
