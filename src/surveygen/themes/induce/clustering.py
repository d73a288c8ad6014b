"""Divide points into groups, and choose how many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # scikit-learn's own helper, no stubs

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.themes.neighbors import nearest_rows

Labels = NDArray[np.intp]

# Smoothing, one step of half the mean of ten, is worth .05 of AMI (benchmarks/themes/induce.py --parts).
_NEIGHBOURS = 10
_OWN_SHARE = np.float32(0.5)
_LINKS = 15
_STARTS = 3
_DIGITS = 6  # papers that agree so far are the same to every encoder
_SAMPLE = 2000  # papers that the choice of the number looks at


def smooth(vectors: Vectors) -> Vectors:
    """Move each vector half way to the mean of its ten nearest. `(n, dim)` float32, rows of length 1, in and out."""
    near = nearest_rows(vectors, _NEIGHBOURS)
    if not near.shape[1]:
        return vectors
    mean: Vectors = np.stack([vectors[rows].mean(axis=0) for rows in near])
    return unit_rows(_OWN_SHARE * vectors + _OWN_SHARE * mean)


def kmeans_labels(vectors: Vectors, k: int, seed: int) -> Labels:
    """Divide `(n, dim)` vectors into at most `k` groups by KMeans; returns `(n,)` labels from 0, without gaps.

    One thread, because the sum of several comes in any order; float64, so that this costs no digits.
    """
    from sklearn.cluster import KMeans  # noqa: PLC0415  # scikit-learn takes seconds to import

    rows = vectors.astype(np.float64).round(_DIGITS)
    with threadpool_limits(limits=1):
        found = KMeans(_distinct(rows, k), n_init=_STARTS, random_state=seed).fit_predict(rows)
    _, labels = np.unique(found, return_inverse=True)
    return labels.astype(np.intp)


def _distinct(rows: NDArray[np.float64], most: int) -> int:
    """Count rows that differ, up to `most`."""
    seen: set[bytes] = set()
    for row in rows:
        seen.add(row.tobytes())
        if len(seen) == most:
            break
    return len(seen)


def choose_k(vectors: Vectors, smallest: int, largest: int, seed: int) -> int:
    """Return the number of groups, from `smallest` to `largest`, that the nearest papers agree with best.

    That is the number whose groups have the highest modularity (Newman and Girvan, Phys. Rev. E 69, 026113) in the
    graph of the fifteen nearest, over a fixed sample. Over the corpora for choosing it reaches AMI .595 where the true
    number gives .606 and the silhouette .564 (benchmarks/themes/induce.py --parts).

    Args:
        vectors: `(n, dim)` float32, rows of length 1, not smoothed.
        smallest: lowest number to try.
        largest: highest number to try.
        seed: of the sample and of KMeans.
    """
    chosen = np.sort(np.random.default_rng(seed).permutation(len(vectors))[:_SAMPLE])
    sample = vectors[chosen]
    near = nearest_rows(sample, _LINKS)
    weights = np.maximum(np.einsum("nd,nkd->nk", sample, sample[near]), 0).astype(np.float64)
    smoothed = smooth(sample)
    best, best_score = smallest, -np.inf
    for k in range(smallest, min(largest, len(sample) - 1) + 1):
        score = modularity(near, weights, kmeans_labels(smoothed, k, seed))
        if score > best_score:
            best, best_score = k, score
    return best


def modularity(near: NDArray[np.intp], weights: NDArray[np.float64], labels: Labels) -> float:
    """Return how many more links stay inside groups than by chance, as a share of all, below 1.

    Args:
        near: `(n, k)` rows that each row is linked to.
        weights: `(n, k)` of these links, at least 0.
        labels: `(n,)` groups from 0.
    """
    total = 2 * weights.sum()
    if not total:
        return 0.0
    inside = 2 * weights[labels[near] == labels[:, None]].sum()
    ends = weights.sum(axis=1) + np.bincount(near.ravel(), weights.ravel(), minlength=len(labels))
    of_groups = np.bincount(labels, ends)
    return float(inside / total - ((of_groups / total) ** 2).sum())
