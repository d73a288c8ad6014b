"""How alike the top themes are."""

from __future__ import annotations

import numpy as np
import pytest

from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.pipeline.stages.assign import theme_similarity
from surveygen.survey import SurveyData

ONE, BELOW, TWO, BARE = (ThemeId(name) for name in ("one", "below", "two", "bare"))
TAXONOMY = Taxonomy((Theme(ONE, "One"), Theme(BELOW, "Below", ONE), Theme(TWO, "Two"), Theme(BARE, "Bare")))


def _at(paper: str, theme: ThemeId, *, outside: bool = False) -> Assignment:
    path = TAXONOMY.path(theme)
    return Assignment(PaperId(paper), theme, path, 1, None, 1, uncertain=False, method="nearest", outside=outside)


def test_centers_are_those_of_all_papers_below_a_top_theme() -> None:
    """Sub-themes count with their top; strangers do not, and a theme without papers has no likeness."""
    vectors = np.array([[1, 0], [0, 1], [1, 0], [0, -1]], dtype=np.float32)
    embeddings = Embeddings(tuple(map(PaperId, "abcd")), vectors, "toy")
    places = [_at("a", ONE), _at("b", BELOW), _at("c", TWO), _at("d", TWO, outside=True)]

    found = theme_similarity(
        SurveyData(embeddings=embeddings, taxonomy=TAXONOMY, assignments={item.paper: item for item in places})
    )

    assert set(found) == {(ONE, TWO), (TWO, ONE)}
    assert found[ONE, TWO] == found[TWO, ONE] == pytest.approx(np.sqrt(0.5))


def test_without_papers_nothing_is_alike() -> None:
    """An empty survey has no centers."""
    assert theme_similarity(SurveyData(taxonomy=TAXONOMY)) == {}
