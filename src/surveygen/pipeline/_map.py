"""Keep the places of papers on the map; new ones join those most like them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import PaperId
from surveygen.pipeline._codec import decode, digest, encode
from surveygen.pipeline.context import BuildContext
from surveygen.themes import MAP_METHOD, join_map, map_papers

_KIND, _SLOT = "map", "last"
_MOST_JOINED = 0.2  # of the papers; with more the map says too little of them, and is laid out anew


@dataclass(frozen=True, slots=True)
class _MapState:
    """Papers with their places and the hashes of their words, in one order; the last `joined` came after the layout."""

    papers: tuple[PaperId, ...] = ()
    words: tuple[str, ...] = ()
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    joined: int = 0


def map_coordinates(run: BuildContext) -> Mapping[PaperId, tuple[float, float]]:
    """Return the place of each paper in the unit square; a paper that left keeps its own in case that it returns."""
    embed = run.settings.embed  # and not the encoder's fingerprint: "lsa" fits its space to each state of the corpus
    key = digest(MAP_METHOD, embed.encoder, embed.model)
    cached = run.store.cache.get(_KIND, key)
    known = decode(_MapState, cached) if cached is not None else _MapState()
    now = _brought_up(known, {paper.id: paper.text_hash for paper in run.papers}, run.embeddings)
    if now is not known:
        run.store.cache.put(_KIND, key, encode(now), slot=_SLOT)
    return {paper: (x, y) for paper, x, y in zip(now.papers, now.x, now.y, strict=True)}


def _brought_up(known: _MapState, words: Mapping[PaperId, str], embeddings: Embeddings) -> _MapState:
    """Return `known` itself where everybody has a place; who says something else now is new on the map."""
    stays = {
        paper: (x, y)
        for paper, said, x, y in zip(known.papers, known.words, known.x, known.y, strict=True)
        if words.get(paper, said) == said
    }
    new = [paper for paper in embeddings.ids if paper not in stays]
    if not new:
        return known
    joined = known.joined + len(new)
    if joined > _MOST_JOINED * len(embeddings.ids):
        return _listed(map_papers(embeddings), words, 0)
    said = {**dict(zip(known.papers, known.words, strict=True)), **words}
    return _listed({**stays, **join_map(embeddings, stays)}, said, joined)


def _listed(places: Mapping[PaperId, tuple[float, float]], words: Mapping[PaperId, str], joined: int) -> _MapState:
    return _MapState(
        papers=tuple(places),
        words=tuple(words[paper] for paper in places),
        x=tuple(x for x, _ in places.values()),
        y=tuple(y for _, y in places.values()),
        joined=joined,
    )
