"""Lay papers out on a map, papers that are alike near each other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # scikit-learn's own helper, no stubs

from surveygen.domain.embedding import Embeddings, Vectors, unit_rows
from surveygen.domain.paper import PaperId

MAP_METHOD = "t-sne-1"  # names what is computed here, for caches
_LANDMARKS = 1000  # papers laid out by t-SNE, the others among them: 2 s of CPU time however many papers there are
_AXES = 30  # that t-SNE starts from, as in its paper: https://jmlr.org/papers/v9/vandermaaten08a.html
_PERPLEXITY = 30.0
_ROUNDS = 500
_NEAR = 5  # landmarks that a paper is placed between
_EDGE = 0.5  # percent of the papers on either side that may stand outside of what the map is scaled by
_CHUNK = 512  # rows at a time: 100 MB of likeness to 50,000 papers
_SEED = 0


def map_papers(embeddings: Embeddings) -> Mapping[PaperId, tuple[float, float]]:
    """Return a place in the unit square for each paper, to three decimals; the same vectors give the same places.

    Up to a thousand papers, drawn by their ids, are laid out by t-SNE from their main axes; each other one stands
    between the landmarks most like it. Near means alike; a wide distance says no more than a very wide one.
    """
    order = sorted(embeddings.ids, key=sampling_key)
    rows = embeddings.rows(order)
    with threadpool_limits(limits=1):  # the sum of several threads comes in any order
        axes = _main_axes(rows)
        landmarks = _layout(axes[:_LANDMARKS])
        others = _between(axes[_LANDMARKS:], axes[:_LANDMARKS], landmarks)
    places = _scaled(np.vstack([landmarks, others]))
    return {paper: (float(x), float(y)) for paper, (x, y) in zip(order, places.round(3), strict=True)}


def join_map(
    embeddings: Embeddings, places: Mapping[PaperId, tuple[float, float]]
) -> Mapping[PaperId, tuple[float, float]]:
    """Return a place for each paper that `places` lacks, between those of the papers most like it.

    Raises:
        ValueError: no paper of `embeddings` has a place.
    """
    known = [paper for paper in embeddings.ids if paper in places]
    new = [paper for paper in embeddings.ids if paper not in places]
    if not known:
        raise ValueError("a map to join needs a paper of these")
    spots = np.array([places[paper] for paper in known], dtype=np.float32)
    with threadpool_limits(limits=1):  # as above
        found = _between(embeddings.rows(new), embeddings.rows(known), spots).clip(0, 1)
    return {paper: (float(x), float(y)) for paper, (x, y) in zip(new, found.round(3), strict=True)}


def sampling_key(paper: PaperId) -> bytes:
    """Return a sort key that draws the same sample of papers in every run, whatever other papers there are."""
    return hashlib.sha256(paper.encode("utf-8", "surrogatepass")).digest()


def _main_axes(rows: Vectors) -> Vectors:
    """Project `(n, d)` rows on at most 30 main axes, learned from the landmarks; `(n, at least 2)` float32."""
    sample = rows[:_LANDMARKS]
    middle = sample.mean(axis=0) if len(sample) else np.zeros(rows.shape[1], dtype=np.float32)
    most = min(_AXES, *sample.shape)
    if most < 1:
        return np.zeros((len(rows), 2), dtype=np.float32)
    from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415  # a second that a build without changes saves

    _, _, main = randomized_svd(sample - middle, most, n_iter=5, random_state=_SEED)
    found: Vectors = np.asarray((rows - middle) @ main.T, dtype=np.float32)
    return np.pad(found, ((0, 0), (0, max(0, 2 - found.shape[1]))))


def _layout(axes: Vectors) -> Vectors:
    """Lay out `(n, axes)` rows in the plane: t-SNE, or the two main axes of so few that it has no meaning."""
    if len(axes) < 10:
        return axes[:, :2]
    from sklearn.manifold import TSNE  # noqa: PLC0415  # as above

    spread = max(float(np.std(axes[:, 0])), 1e-9)
    start = axes[:, :2] / spread * 1e-4  # the scale that t-SNE starts from; the main axes keep its map in place
    perplexity = min(_PERPLEXITY, (len(axes) - 1) / 3)
    found: Vectors = TSNE(init=start, perplexity=perplexity, max_iter=_ROUNDS, random_state=_SEED).fit_transform(axes)
    return found


def _between(axes: Vectors, landmarks: Vectors, places: Vectors) -> Vectors:
    """Place rows between the landmarks most like them, the likest counting most."""
    found = np.zeros((len(axes), 2), dtype=np.float32)
    known = unit_rows(landmarks).T
    for start in range(0, len(axes), _CHUNK):
        likeness = unit_rows(axes[start : start + _CHUNK]) @ known
        near = np.argsort(-likeness, axis=1, kind="stable")[:, :_NEAR]
        weights = np.exp(12 * np.take_along_axis(likeness, near, axis=1))
        weights /= weights.sum(axis=1, keepdims=True)
        found[start : start + _CHUNK] = np.einsum("nk,nkd->nd", weights, places[near])
    return found


def _scaled(places: Vectors) -> Vectors:
    """Scale places to the unit square by their own extent; what lies far out comes to the edge."""
    if not len(places):
        return places
    low, high = np.percentile(places, [_EDGE, 100 - _EDGE], axis=0)
    width = max(float((high - low).max()), 1e-9)
    middle = (low + high) / 2
    scaled: Vectors = np.clip((places - middle) / width * 0.96 + 0.5, 0, 1)
    return scaled
