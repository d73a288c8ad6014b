"""The nearest papers, kept as papers come, change and go."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.embedding import Embeddings, Vectors, unit_rows
from surveygen.domain.paper import PaperId
from surveygen.themes import nearest_papers, update_neighbors


def drawn(seed: int, count: int) -> Vectors:
    """Random directions, some of them twice, one of them blank."""
    vectors = unit_rows(np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32))
    vectors[count // 3] = vectors[0]
    vectors[count // 2] = 0
    return vectors


def embeddings(vectors: Vectors, rows: list[int]) -> Embeddings:
    """Papers named by their row."""
    return Embeddings(tuple(PaperId(f"{row:04}") for row in rows), vectors[rows], "drawn")


def likenesses(current: Embeddings, near: dict[PaperId, tuple[PaperId, ...]]) -> list[list[float]]:
    """How like each paper its nearest are, in their order."""
    row = {paper: n for n, paper in enumerate(current.ids)}
    return [[float(current.vectors[row[p]] @ current.vectors[row[q]]) for q in near[p]] for p in current.ids]


@given(
    seed=st.integers(0, 9), count=st.integers(1, 60), come=st.integers(0, 6), gone=st.integers(0, 6), much=st.booleans()
)
def test_an_update_is_as_good_as_comparing_all(seed: int, count: int, come: int, gone: int, *, much: bool) -> None:
    """Whatever came, went or changed, each paper has neighbours as near as those of a fresh comparison."""
    vectors = drawn(seed, count + come)
    old = embeddings(vectors, list(range(count)))
    changed = vectors.copy()
    changed[: count // 2 if much else 1] = drawn(seed + 100, count + come)[: count // 2 if much else 1]
    rows = list(range(min(gone, count - 1), count + come))
    new = embeddings(changed, rows)
    names = [PaperId(f"{row:04}") for row in rows if row >= count or not np.array_equal(vectors[row], changed[row])]

    updated = dict(update_neighbors(new, nearest_papers(old, 5), names, 5))

    expected = likenesses(new, nearest_papers(new, 5))
    assert [len(row) for row in likenesses(new, updated)] == [len(row) for row in expected]
    assert all(a == pytest.approx(b, abs=2e-6) for a, b in zip(likenesses(new, updated), expected, strict=True))
    assert all(paper not in near for paper, near in updated.items())


def test_nothing_new_changes_nothing() -> None:
    """The rows come back as they were."""
    current = embeddings(drawn(1, 40), list(range(40)))
    before = nearest_papers(current, 5)

    assert update_neighbors(current, before, (), 5) == before
