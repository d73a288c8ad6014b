"""Lay papers out on a map, similar papers near each other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
from threadpoolctl import threadpool_limits

from surveygen.domain.embedding import Embeddings, Vectors, unit_rows
from surveygen.domain.paper import PaperId

MAP_METHOD = "t-sne-1"  # part of cache keys; a new number whenever the same input could give another map
_LANDMARKS = 1000  # papers laid out by t-SNE, the others among them: 2 s of CPU time however many papers there are
_AXES = 30  # that t-SNE starts from, as in its paper: https://jmlr.org/papers/v9/vandermaaten08a.html
_PERPLEXITY = 30.0
_ITERATIONS = 500
_NEIGHBORS = 5  # landmarks that a paper is interpolated between
_SHARPNESS = 12  # of their weights, which grow with exp(12 * cosine)
_MARGIN = 0.5  # percent of the papers on either side that may lie outside of what the map is scaled by
_CHUNK = 512  # rows at a time: 100 MB of cosines with 50,000 papers
_SEED = 0

Coordinates = Mapping[PaperId, tuple[float, float]]


def map_papers(embeddings: Embeddings) -> Coordinates:
    """Return coordinates in the unit square for each paper, to three decimals; the same vectors give the same map.

    Up to a thousand papers, sampled by their ids, are laid out by t-SNE from their principal axes; each other one is
    interpolated between the landmarks most similar to it. Near means similar; large distances have no meaning.
    """
    order = sorted(embeddings.ids, key=sampling_key)
    rows = embeddings.rows(order)
    with threadpool_limits(limits=1):  # the sum of several threads comes in any order
        axes = _principal_axes(rows)
        landmarks = _layout(axes[:_LANDMARKS])
        others = _interpolate(axes[_LANDMARKS:], axes[:_LANDMARKS], landmarks)
    points = np.vstack([landmarks, others])
    if len(points):  # scaled to the unit square by their own extent; points far out are moved to the edge
        low, high = np.percentile(points, [_MARGIN, 100 - _MARGIN], axis=0)
        width = max(float((high - low).max()), 1e-9)
        points = np.clip((points - (low + high) / 2) / width * 0.96 + 0.5, 0, 1)
    return {paper: (float(x), float(y)) for paper, (x, y) in zip(order, points.round(3), strict=True)}


def join_map(embeddings: Embeddings, coordinates: Coordinates) -> Coordinates:
    """Return coordinates for each paper that has none, between those of the papers most similar to it.

    Raises:
        ValueError: no paper of `embeddings` has coordinates.
    """
    mapped = [paper for paper in embeddings.ids if paper in coordinates]
    new = [paper for paper in embeddings.ids if paper not in coordinates]
    if not mapped:
        raise ValueError(f"none of {len(embeddings.ids)} papers has coordinates to join")
    points = np.array([coordinates[paper] for paper in mapped], dtype=np.float32)
    with threadpool_limits(limits=1):  # as above
        joined = _interpolate(embeddings.rows(new), embeddings.rows(mapped), points).clip(0, 1)
    return {paper: (float(x), float(y)) for paper, (x, y) in zip(new, joined.round(3), strict=True)}


def sampling_key(paper: PaperId) -> bytes:
    """Return a sort key that draws the same sample of papers in every run, whatever other papers there are."""
    return hashlib.sha256(paper.encode("utf-8", "surrogatepass")).digest()


def _principal_axes(rows: Vectors) -> Vectors:
    """Project `(n, d)` rows on at most 30 principal axes of the landmarks; `(n, at least 2)` float32."""
    sample = rows[:_LANDMARKS]
    mean = sample.mean(axis=0) if len(sample) else np.zeros(rows.shape[1], dtype=np.float32)
    rank = min(_AXES, *sample.shape)
    if rank < 1:
        return np.zeros((len(rows), 2), dtype=np.float32)
    from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415  # a second that a build without changes saves

    _, _, components = randomized_svd(sample - mean, rank, n_iter=5, random_state=_SEED)
    projected: Vectors = np.asarray((rows - mean) @ components.T, dtype=np.float32)
    return np.pad(projected, ((0, 0), (0, max(0, 2 - projected.shape[1]))))


def _layout(axes: Vectors) -> Vectors:
    """Lay out `(n, axes)` rows in the plane: by t-SNE, or the first two axes of so few that it has no meaning."""
    if len(axes) < 10:
        return axes[:, :2]
    from sklearn.manifold import TSNE  # noqa: PLC0415  # as above

    spread = max(float(np.std(axes[:, 0])), 1e-9)
    start = axes[:, :2] / spread * 1e-4  # the scale that t-SNE starts from; the axes determine its orientation
    perplexity = min(_PERPLEXITY, (len(axes) - 1) / 3)
    tsne = TSNE(init=start, perplexity=perplexity, max_iter=_ITERATIONS, random_state=_SEED)
    points: Vectors = tsne.fit_transform(axes)
    return points


def _interpolate(axes: Vectors, landmarks: Vectors, points: Vectors) -> Vectors:
    """Place rows between the landmarks most similar to them, weighed by similarity."""
    placed = np.zeros((len(axes), 2), dtype=np.float32)
    targets = unit_rows(landmarks).T
    for start in range(0, len(axes), _CHUNK):
        cosines = unit_rows(axes[start : start + _CHUNK]) @ targets
        near = np.argsort(-cosines, axis=1, kind="stable")[:, :_NEIGHBORS]
        weights = np.exp(_SHARPNESS * np.take_along_axis(cosines, near, axis=1))
        weights /= weights.sum(axis=1, keepdims=True)
        placed[start : start + _CHUNK] = np.einsum("nk,nkd->nd", weights, points[near])
    return placed
