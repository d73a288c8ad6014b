"""Cluster stored vectors with other people's tools; runs in an environment that has them (see induce.py).

Usage: python induce_peers.py METHOD VECTORS.npy LABELS.npy [--k K]. The last line on stdout is JSON: the seconds of CPU
and of the clock that the fit took (imports and a warm-up of the compilers excluded), and the peak memory in MiB, in all
and before the fit.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SEED = 0
Labels = NDArray[np.intp]


def main() -> None:
    """Fit one method and write its labels; -1 is a paper that was not placed."""
    parser = argparse.ArgumentParser(description="Cluster vectors with a peer.")
    parser.add_argument("method", choices=sorted(METHODS))
    parser.add_argument("vectors")
    parser.add_argument("labels")
    parser.add_argument("--k", type=int, default=0)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    fit = METHODS[options.method]()
    rng = np.random.default_rng(SEED)
    fit(rng.normal(size=(300, 16)).astype(np.float32), 4)  # numba compiles on the first call
    vectors = np.load(options.vectors)
    before = peak_memory()
    wall, cpu = time.perf_counter(), time.process_time()
    labels = fit(vectors, options.k)
    spent = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    np.save(options.labels, np.asarray(labels, dtype=np.intp))
    print(json.dumps({**spent, "mib": peak_memory(), "before": before}))


def peak_memory() -> float:
    """Return the most memory that this program held, MiB; unlike ru_maxrss, not what its parent held at the fork."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


def _reduced() -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    import umap  # noqa: PLC0415  # each method needs its own library only

    def reduce(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        model = umap.UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
        return np.asarray(model.fit_transform(vectors), dtype=np.float32)

    return reduce


def _bertopic() -> Callable[[NDArray[np.float32], int], Labels]:
    """UMAP and HDBSCAN with the numbers of BERTopic's default pipeline (bertopic/_bertopic.py, version 0.17)."""
    import hdbscan  # noqa: PLC0415

    reduce = _reduced()

    def fit(vectors: NDArray[np.float32], _: int) -> Labels:
        model = hdbscan.HDBSCAN(min_cluster_size=10, metric="euclidean", cluster_selection_method="eom")
        found: Labels = model.fit_predict(reduce(vectors))
        return found

    return fit


def _umap_kmeans() -> Callable[[NDArray[np.float32], int], Labels]:
    from sklearn.cluster import KMeans  # noqa: PLC0415

    reduce = _reduced()

    def fit(vectors: NDArray[np.float32], k: int) -> Labels:
        found: Labels = KMeans(k, n_init=5, random_state=SEED).fit_predict(reduce(vectors))
        return found

    return fit


def _leiden() -> Callable[[NDArray[np.float32], int], Labels]:
    """Leiden of graspologic-native (MIT) on the cosine graph of the 15 nearest, modularity at resolution 1."""
    import graspologic_native  # noqa: PLC0415
    from sklearn.neighbors import NearestNeighbors  # noqa: PLC0415

    def fit(vectors: NDArray[np.float32], _: int) -> Labels:
        near = NearestNeighbors(n_neighbors=16, metric="cosine").fit(vectors)
        distance, rows = near.kneighbors(vectors)
        edges: dict[tuple[str, str], float] = {}
        for row, (others, far) in enumerate(zip(rows.tolist(), distance.tolist(), strict=True)):
            for other, gap in zip(others, far, strict=True):
                if other != row:
                    edges[str(min(row, other)), str(max(row, other))] = max(1 - gap, 1e-6)
        weighted: Any = [(first, second, weight) for (first, second), weight in sorted(edges.items())]
        _, found = graspologic_native.leiden(weighted, resolution=1.0, iterations=10, seed=SEED)
        return np.array([found.get(str(row), -1) for row in range(len(vectors))], dtype=np.intp)

    return fit


METHODS: dict[str, Callable[[], Callable[[NDArray[np.float32], int], Labels]]] = {
    "umap-hdbscan": _bertopic,
    "umap-kmeans": _umap_kmeans,
    "leiden": _leiden,
}

if __name__ == "__main__":
    main()
