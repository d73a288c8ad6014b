"""File papers under themes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveygen import plugins
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, Taxonomy
from surveygen.pipeline._codec import decode, digest, encode
from surveygen.pipeline._run import Run
from surveygen.pipeline._taxonomy import current_taxonomy, induce_below
from surveygen.pipeline._vectors import embed_texts
from surveygen.themes import Assigner, nearest_papers, theme_queries, theme_vectors

NEIGHBOURS = 10  # notes/outputs.md section 7, item 10


@dataclass(frozen=True, slots=True)
class Placed:
    """Where every paper stands, and which papers are most like it, nearest first."""

    taxonomy: Taxonomy
    assignments: tuple[Assignment, ...]
    neighbours: Mapping[PaperId, tuple[PaperId, ...]]


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a paper with these words stood."""

    text_hash: str
    assignment: Assignment


def place(run: Run) -> Placed:
    """Return a place for each paper; asks the store first, as the same corpus and themes give the same places."""
    with run.progress.stage("themes", 3) as advance:
        taxonomy = current_taxonomy(run)
        advance(1)
        assignments = _assign(run, taxonomy)
        if run.settings.themes.subthemes == "induced":
            deeper = induce_below(run, taxonomy, assignments)
            if deeper != taxonomy:
                taxonomy, assignments = deeper, _assign(run, deeper)
        advance(1)
        neighbours = _neighbours(run)
        advance(1)
    return Placed(taxonomy, assignments, neighbours)


def _assign(run: Run, taxonomy: Taxonomy) -> tuple[Assignment, ...]:
    assigner: Assigner = plugins.load("themes", "nearest").make(run.settings.themes)
    key = digest(assigner.fingerprint, taxonomy.themes, _content(run))
    cached = run.store.derived("assignments", key)
    if cached is not None:
        return decode(tuple[Assignment, ...], cached)
    queries = theme_queries(taxonomy)
    encoded = embed_texts(run.store, queries, run.encoder)
    vectors = theme_vectors(taxonomy, dict(zip(queries, encoded, strict=True)))
    space = digest(assigner.fingerprint, taxonomy.themes, run.embeddings.encoder)
    fresh = assigner.assign(run.embeddings, run.papers, taxonomy, vectors)
    assignments = _keep_places(run, space, fresh)
    run.store.put_derived("assignments", key, encode(assignments), slot="all")
    hashes = {paper.id: paper.text_hash for paper in run.papers}
    kept = [Kept(hashes[item.paper], item) for item in assignments]
    run.store.put_derived("places", space, encode(kept), slot="all")
    return assignments


def _keep_places(run: Run, space: str, fresh: tuple[Assignment, ...]) -> tuple[Assignment, ...]:
    """Leave papers where they stood under the same themes unless their words changed: only new papers are placed."""
    known = run.store.derived("places", space)
    before = {
        (kept.text_hash, kept.assignment.paper): kept.assignment for kept in decode(tuple[Kept, ...], known or "[]")
    }
    hashes = {paper.id: paper.text_hash for paper in run.papers}
    return tuple(before.get((hashes[item.paper], item.paper), item) for item in fresh)


def _neighbours(run: Run) -> dict[PaperId, tuple[PaperId, ...]]:
    key = digest(_content(run), NEIGHBOURS)
    cached = run.store.derived("neighbours", key)
    if cached is None:
        found = nearest_papers(run.embeddings, NEIGHBOURS)
        cached = encode([list(found[paper.id]) for paper in run.papers])
        run.store.put_derived("neighbours", key, cached, slot="all")
    rows = decode(tuple[tuple[PaperId, ...], ...], cached)
    return dict(zip((paper.id for paper in run.papers), rows, strict=True))


def _content(run: Run) -> tuple[object, ...]:
    return (run.embeddings.encoder, [(paper.id, paper.text_hash) for paper in run.papers])
