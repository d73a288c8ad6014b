"""Cluster papers recursively by k-means on smoothed features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper
from surveygen.themes.neighbors import nearest_rows

Labels = NDArray[np.intp]

# benchmarks/themes/induce.py --parts: AMI over the corpora for choosing is .537 without terms, .595 with them.
TERM_WEIGHT = np.float32(1)
_TERM_AXES = 100
_AXES = 64
_BUCKETS = 2**16
_FITTED = 5000  # papers that the axes are fitted on; more change little and cost time
_POWER_ITERATIONS = 5  # as in scikit-learn's TruncatedSVD
_SVD_SEED = 0
# Smoothing, one step of half the mean of ten, is worth .05 of AMI (benchmarks/themes/induce.py --parts).
_NEIGHBORS = 10
_OWN_SHARE = np.float32(0.5)
_RESTARTS = 3
_DIGITS = 6  # papers that agree so far are the same to every encoder
_LINKS = 15  # nearest papers in the graph that the number of clusters is chosen by
_SAMPLE = 2000  # papers of that graph
_PAPERS_PER_TOP, _PAPERS_PER_CHILD = 5, 10  # on average, at the least, when the number is chosen from the data
_MIN_CLUSTER = 3  # papers; a smaller cluster is no theme, its papers go to the nearest one
_MAX_TOPS, _MAX_CHILDREN = 16, 8  # themes that a reader can take in at one level


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """Papers that belong together: their rows, ascending, and the clusters that they divide into, largest first."""

    rows: NDArray[np.intp]
    children: tuple[Cluster, ...] = ()


def recursive_clustering(points: Vectors, *, target: int, min_sizes: tuple[int, ...], seed: int) -> tuple[Cluster, ...]:
    """Divide papers into clusters, these again, and so on; every paper is in one cluster of each level it reaches.

    Dividing from the top gives the better top level: AMI .595 over the corpora for choosing, where parents joined from
    the centroids of small clusters have .513 (benchmarks/themes/induce.py --parts).

    Args:
        points: `(n, dim)` float32, rows of length 1.
        target: number of clusters of the first level, 0 to choose it from the data.
        min_sizes: papers that a cluster must hold to be divided, level by level; as many levels as this is long.
        seed: of k-means and of samples.

    Returns:
        The clusters of the first level, largest first; of equal size the one with the first paper comes first. One
        cluster of all where there are too few papers.
    """
    return _divide(points, np.arange(len(points)), target, min_sizes, seed, is_top=True)


def _divide(
    points: Vectors, rows: NDArray[np.intp], target: int, min_sizes: tuple[int, ...], seed: int, *, is_top: bool
) -> tuple[Cluster, ...]:
    labels = np.zeros(len(rows), dtype=np.intp)
    if min_sizes and len(rows) >= min_sizes[0]:
        inside = points[rows]
        most, papers = (_MAX_TOPS, _PAPERS_PER_TOP) if is_top else (_MAX_CHILDREN, _PAPERS_PER_CHILD)
        k = min(target, len(inside)) or choose_k(inside, 2, max(min(most, len(rows) // papers), 2), seed)
        labels = kmeans_labels(smooth(inside), k, seed)
        labels = labels if target else merge_small_clusters(inside, labels)
    members = [rows[labels == label] for label in range(int(labels.max()) + 1)]
    members.sort(key=lambda cluster: (-len(cluster), int(cluster[0])))
    clusters = []
    for cluster in members:
        divisible = len(min_sizes) > 1 and len(members) > 1 and len(cluster) >= min_sizes[1]
        children = _divide(points, cluster, 0, min_sizes[1:], seed, is_top=False) if divisible else ()
        clusters.append(Cluster(cluster, children if len(children) > 1 else ()))
    return tuple(clusters)


def merge_small_clusters(points: Vectors, labels: Labels) -> Labels:
    """Move the papers of clusters of fewer than three papers to the cluster with the nearest centroid."""
    sizes = np.bincount(labels)
    large = np.flatnonzero(sizes >= _MIN_CLUSTER)
    if len(large) in {0, len(sizes)}:
        return labels
    centroids = unit_rows(np.stack([points[labels == label].mean(axis=0) for label in large]))
    nearest = (points @ centroids.T).argmax(axis=1)
    new_label = np.full(len(sizes), -1, dtype=np.intp)
    new_label[large] = np.arange(len(large))
    merged: Labels = np.where(new_label[labels] >= 0, new_label[labels], nearest)
    return merged


def choose_k(vectors: Vectors, smallest: int, largest: int, seed: int) -> int:
    """Return the number of clusters, from `smallest` to `largest`, that the nearest papers agree with best.

    That is the number whose clusters have the highest modularity (Newman and Girvan, Phys. Rev. E 69, 026113) in the
    graph of the fifteen nearest, over a fixed sample. Over the corpora for choosing it reaches AMI .595 where the true
    number gives .606 and the silhouette .564 (benchmarks/themes/induce.py --parts).

    Args:
        vectors: `(n, dim)` float32, rows of length 1, not smoothed.
        smallest: lowest number to try.
        largest: highest number to try.
        seed: of the sample and of k-means.
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
    """Return how many more links are inside clusters than by chance, as a share of all, below 1.

    Args:
        near: `(n, k)` rows that each row is linked to.
        weights: `(n, k)` of these links, at least 0.
        labels: `(n,)` clusters from 0.
    """
    total = 2 * weights.sum()
    if not total:
        return 0.0
    inside = 2 * weights[labels[near] == labels[:, None]].sum()
    degrees = weights.sum(axis=1) + np.bincount(near.ravel(), weights.ravel(), minlength=len(labels))
    of_clusters = np.bincount(labels, degrees)
    return float(inside / total - ((of_clusters / total) ** 2).sum())


def kmeans_labels(vectors: Vectors, k: int, seed: int) -> Labels:
    """Divide `(n, dim)` vectors into at most `k` clusters by k-means; returns `(n,)` labels from 0, without gaps.

    One thread, because the sum of several comes in any order; float64, so that this costs no digits.
    """
    from sklearn.cluster import KMeans  # noqa: PLC0415  # scikit-learn takes seconds to import

    rows = vectors.astype(np.float64).round(_DIGITS)
    distinct: set[bytes] = set()
    for row in rows:
        distinct.add(row.tobytes())
        if len(distinct) == k:
            break
    with threadpool_limits(limits=1):
        clusters = KMeans(len(distinct), n_init=_RESTARTS, random_state=seed).fit_predict(rows)
    _, labels = np.unique(clusters, return_inverse=True)
    return labels.astype(np.intp)


def smooth(vectors: Vectors) -> Vectors:
    """Move each vector half way to the mean of its ten nearest. `(n, dim)` float32, rows of length 1, in and out."""
    near = nearest_rows(vectors, _NEIGHBORS)
    if not near.shape[1]:
        return vectors
    mean: Vectors = np.stack([vectors[rows].mean(axis=0) for rows in near])
    return unit_rows(_OWN_SHARE * vectors + _OWN_SHARE * mean)


def joint_features(vectors: Vectors, papers: Sequence[Paper], *, term_weight: np.float32 = TERM_WEIGHT) -> Vectors:
    """Return a point for each paper; papers on the same subject have points near each other.

    Vectors and terms (TF-IDF reduced by a truncated SVD) are concatenated and reduced to 64 axes: both together find
    human themes better than either alone.

    Args:
        vectors: `(n, dim)` float32, rows of length 1.
        papers: in the order of `vectors`.
        term_weight: length of the terms' half when that of the vectors is 1.

    Returns:
        `(n, at most 64)` float32, rows of length 1 (of zeros where a paper says nothing).
    """
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer  # noqa: PLC0415  # slow to import

    hashing = HashingVectorizer(
        n_features=_BUCKETS, stop_words="english", alternate_sign=False, norm=None, dtype=np.float32
    )
    with threadpool_limits(limits=1):  # the sum of several threads comes in any order
        counts = hashing.transform(paper.text for paper in papers)
        counts = counts[:, np.flatnonzero(np.bincount(counts.indices, minlength=_BUCKETS) > 1)]
        parts = [vectors]
        if counts.nnz:  # else the papers share no word
            weights = TfidfTransformer(sublinear_tf=True).fit_transform(counts)
            parts.append(unit_rows(_reduced(weights, _TERM_AXES)) * term_weight)
        return unit_rows(_reduced(np.hstack(parts), _AXES))


def _reduced(rows: Vectors, axes: int) -> Vectors:
    """Project `(n, d)` rows, dense or sparse, on their principal axes, fitted on every second, third ... of many."""
    from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415  # slow to import

    rank = min(axes, min(rows.shape) - 1)
    if rank < 1:
        return np.asarray(rows if isinstance(rows, np.ndarray) else rows.toarray(), dtype=np.float32)
    step = -(-rows.shape[0] // _FITTED)
    _, _, components = randomized_svd(rows[::step], rank, n_iter=_POWER_ITERATIONS, random_state=_SVD_SEED)
    projected: Vectors = np.asarray(rows @ components.T.astype(np.float32), dtype=np.float32)
    return projected
