"""The map of papers: alike near each other, bounded, the same each time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveygen.domain.embedding import Embeddings, unit_rows
from surveygen.domain.paper import PaperId
from surveygen.themes import join_map, map_papers


def clusters(sizes: tuple[int, ...], spread: float = 0.15) -> Embeddings:
    """Make papers in clusters of some sizes, in 40 dimensions."""
    rng = np.random.default_rng(3)
    rows = [rng.normal(size=40) + spread * rng.normal(size=(size, 40)) * np.sqrt(40) / 4 for size in sizes]
    ids = tuple(PaperId(f"c{at}-{n:05}") for at, size in enumerate(sizes) for n in range(size))
    return Embeddings(ids, unit_rows(np.vstack(rows).astype(np.float32)), "test")


@pytest.mark.parametrize("size", [40, 700])
def test_papers_of_a_cluster_are_near_each_other(size: int) -> None:
    """The paper next to one is of its own cluster, also where most papers stand between landmarks."""
    places = map_papers(clusters((size, size, size)))
    ids = sorted(places)
    points = np.array([places[paper] for paper in ids])
    sample = range(0, len(ids), max(1, len(ids) // 150))

    hits = 0
    for at in sample:
        distances = np.linalg.norm(points - points[at], axis=1)
        distances[at] = np.inf
        hits += ids[int(np.argmin(distances))][:2] == ids[at][:2]
    assert hits / len(sample) > 0.95


@settings(max_examples=12)
@given(st.integers(0, 30), st.integers(1, 12))
def test_every_paper_has_a_place_in_the_square(papers: int, dim: int) -> None:
    """However few there are and however they lie, equal ones included; twice the same."""
    rows = np.ones((papers, dim), dtype=np.float32)
    rows[::2, 0] = 3
    embeddings = Embeddings(tuple(PaperId(f"p{n}") for n in range(papers)), unit_rows(rows), "test")
    places = map_papers(embeddings)

    assert set(places) == set(embeddings.ids)
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in places.values())
    assert places == map_papers(embeddings)


def test_the_order_of_the_papers_does_not_matter() -> None:
    """The map is of the set of papers."""
    embeddings = clusters((30, 30))
    back = Embeddings(embeddings.ids[::-1], embeddings.vectors[::-1].copy(), "test")

    assert map_papers(embeddings) == map_papers(back)


def test_a_newcomer_joins_those_that_are_like_it() -> None:
    """It stands among the papers of its cluster, nobody else is given a place, and no paper may join an empty map."""
    embeddings = clusters((60, 60, 60))
    places = map_papers(embeddings)
    away = set(embeddings.ids[::12])
    mapped = {paper: place for paper, place in places.items() if paper not in away}

    joined = join_map(embeddings, mapped)

    assert set(joined) == away
    for paper, place in joined.items():
        nearest = min(
            mapped, key=lambda paper_id: np.hypot(mapped[paper_id][0] - place[0], mapped[paper_id][1] - place[1])
        )
        assert nearest[:2] == paper[:2]
    with pytest.raises(ValueError, match="none of 180 papers has coordinates"):
        join_map(embeddings, {})
