"""Divide papers into groups within groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.themes.induce.clustering import Labels, choose_k, kmeans_labels, smooth

Rows = NDArray[np.intp]

_PER_TOP, _PER_BELOW = 5, 10  # papers on average, at the least, when the number is chosen from the data
_SMALLEST = 3  # papers; a smaller group is no theme, its papers go to the nearest one
_MOST_TOP, _MOST_BELOW = 16, 8  # themes that a reader can take in at one level


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """Papers that belong together: their rows, ascending, and the groups that they divide into, largest first."""

    rows: Rows
    below: tuple[Cluster, ...] = ()


def recursive_clustering(points: Vectors, *, target: int, least: tuple[int, ...], seed: int) -> tuple[Cluster, ...]:
    """Divide papers into groups, these again, and so on; every paper stands in one group of each level it reaches.

    Dividing from the top gives the better top level: AMI .595 over the corpora for choosing, where parents joined from
    the middles of small groups have .513 (benchmarks/themes/induce.py --parts).

    Args:
        points: `(n, dim)` float32, rows of length 1.
        target: number of groups of the first level, 0 for the number that the papers agree with best.
        least: papers that a group must hold to be divided, level by level; as many levels as this is long.
        seed: of KMeans and of samples.

    Returns:
        The groups of the first level, largest first; of equal size the one with the first paper comes first. One group
        of all where there are too few papers.
    """
    return _divide(points, np.arange(len(points)), target, least, seed, top=True)


def _divide(
    points: Vectors, rows: Rows, target: int, least: tuple[int, ...], seed: int, *, top: bool
) -> tuple[Cluster, ...]:
    labels = np.zeros(len(rows), dtype=np.intp)
    if least and len(rows) >= least[0]:
        most = min(_MOST_TOP, len(rows) // _PER_TOP) if top else min(_MOST_BELOW, len(rows) // _PER_BELOW)
        labels = _labels(points[rows], target, max(most, 2), seed)
    members = [rows[labels == group] for group in range(int(labels.max()) + 1)]
    members.sort(key=lambda inside: (-len(inside), int(inside[0])))
    groups = []
    for inside in members:
        divisible = len(least) > 1 and len(members) > 1 and len(inside) >= least[1]
        below = _divide(points, inside, 0, least[1:], seed, top=False) if divisible else ()
        groups.append(Cluster(inside, below if len(below) > 1 else ()))
    return tuple(groups)


def _labels(points: Vectors, target: int, most: int, seed: int) -> Labels:
    k = min(target, len(points)) or choose_k(points, 2, most, seed)
    labels = kmeans_labels(smooth(points), k, seed)
    return labels if target else merge_small_clusters(points, labels)


def merge_small_clusters(points: Vectors, labels: Labels) -> Labels:
    """Move the papers of groups that are too small to the group whose middle is nearest."""
    sizes = np.bincount(labels)
    kept = np.flatnonzero(sizes >= _SMALLEST)
    if len(kept) in {0, len(sizes)}:
        return labels
    middles = unit_rows(np.stack([points[labels == group].mean(axis=0) for group in kept]))
    nearest = (points @ middles.T).argmax(axis=1)
    place = np.full(len(sizes), -1, dtype=np.intp)
    place[kept] = np.arange(len(kept))
    moved: Labels = np.where(place[labels] >= 0, place[labels], nearest)
    return moved
