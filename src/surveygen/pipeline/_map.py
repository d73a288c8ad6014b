"""Place the papers on the map; the same papers are not placed again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveygen.domain.paper import PaperId
from surveygen.pipeline._codec import decode, digest, encode
from surveygen.pipeline._run import Run
from surveygen.themes import MAP, map_papers

_KIND, _SLOT = "map", "last"


@dataclass(frozen=True, slots=True)
class _Places:
    """Papers with their places, in the same order."""

    papers: tuple[PaperId, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]


def positions(run: Run) -> Mapping[PaperId, tuple[float, float]]:
    """Return the place of each paper in the unit square, from the store where it has the map of these very words."""
    key = digest(MAP, run.embeddings.encoder, [(paper.id, paper.text_hash) for paper in run.papers])
    known = run.store.derived(_KIND, key)
    if known is not None:
        found = decode(_Places, known)
        return {paper: (x, y) for paper, x, y in zip(found.papers, found.x, found.y, strict=True)}
    placed = map_papers(run.embeddings)
    rows = _Places(tuple(placed), tuple(x for x, _ in placed.values()), tuple(y for _, y in placed.values()))
    run.store.put_derived(_KIND, key, encode(rows), slot=_SLOT)
    return placed
