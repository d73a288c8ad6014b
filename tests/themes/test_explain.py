"""Why a paper stands where it does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Assignment, ThemeId
from surveygen.themes import border_cases
from surveygen.themes.assign import rationale_sentences
from surveygen.themes.uncertainty import FEATURES, confidence, confidence_features
from theme_papers import PETS_AND_LAW, assign, kinds


def place(paper: str, theme: str, *, margin: float, rival: str = "law", unsure: bool = True) -> Assignment:
    """Return a placement under a theme of pets and law."""
    path = PETS_AND_LAW.path(ThemeId(theme))
    return Assignment(PaperId(paper), ThemeId(theme), path, 0.5, ThemeId(rival), margin, unsure, "nearest")


def test_deciding_words_are_the_paper_s_own() -> None:
    """Each paper names words that it has and its theme has more than the second one; none says anothers' part."""
    papers = {paper.id: paper for paper in kinds(20)}

    for item in assign(list(papers.values())):
        assert item.keywords
        assert all(word in papers[item.paper].text.lower() for word in item.keywords)
    law = next(item for item in assign(list(papers.values())) if item.paper.startswith("law"))
    assert set(law.keywords) <= {"tax", "law", "court", "judges", "contract", "firms", "ruling", "state"}


def test_deciding_sentences_hold_the_words() -> None:
    """Of an abstract the sentences with most of the deciding words are named, in their order, as spans."""
    abstract = "Dogs sleep a lot. Courts hear of tax law. Nothing else is said. A tax is due."
    spans = [(0, 17), (18, 41), (42, 62), (63, 76)]
    paper = Paper(PaperId("one"), "A title", abstract, version=3)
    item = Assignment(
        paper.id,
        ThemeId("law"),
        (ThemeId("law"),),
        1,
        None,
        1,
        uncertain=False,
        method="nearest",
        keywords=("tax", "law"),
    )

    result = rationale_sentences(paper, item, spans)

    assert [(span.start, span.end, span.version, span.field) for span in result] == [
        (18, 41, 3, "abstract"),
        (63, 76, 3, "abstract"),
    ]


def test_a_sentence_of_no_words_decides_nothing() -> None:
    """A number or a formula alone is passed over."""
    paper = Paper(PaperId("one"), "A title", "7 %. Courts hear of tax law.")
    item = replace(place("one", "law", margin=1), keywords=("tax", "law"))

    assert [span.start for span in rationale_sentences(paper, item, [(0, 4), (5, 27)])] == [5]


def test_no_sentence_is_named_without_a_word() -> None:
    """Where meaning alone decided there is nothing to point at."""
    paper = Paper(PaperId("one"), "A title", "Dogs sleep a lot.")
    item = replace(place("one", "law", margin=1), keywords=("tax", "law"))

    assert rationale_sentences(paper, item, [(0, 17)]) == ()


def test_border_cases_are_the_closest_calls_of_both_sides() -> None:
    """A theme's doubtful papers and those that nearly came to it; sure ones and strangers are none."""
    placed = (
        place("near", "cat", margin=0.01),
        place("nearer", "law", margin=0.001, rival="pets"),
        place("sure", "cat", margin=0.3, unsure=False),
        place("far", "dog", margin=0.2),
    )

    result = border_cases(PETS_AND_LAW, placed, count=2)

    assert result[ThemeId("pets")] == ("nearer", "near")
    assert result[ThemeId("cat")] == ("near",)
    assert result[ThemeId("law")] == ("nearer", "near")


def test_confidence_grows_with_lead_and_agreement() -> None:
    """A wider lead, more measures that agree and a survey whose themes are told apart each make a place surer."""
    base = np.array([[-1.0, 1.0, 1.0, 0.6]])

    for column in range(len(FEATURES)):
        more = base.copy()
        more[0, column] += 0.3
        assert 0 < confidence(base)[0] < confidence(more)[0] < 1


def test_features_count_the_measures_that_agree() -> None:
    """Two of two votes by what themes say, one of two by their papers."""
    first, second = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])

    result = confidence_features(first, np.array([0]), (first, first), (first, second))

    assert result[0, 1:3].tolist() == [2.0, 1.0]
    assert result[0, 0] == pytest.approx(np.log(1.05))


def test_doubt_follows_confidence() -> None:
    """Within a theme no sure paper is less confident than a doubtful one."""
    placed = assign(kinds(20))

    for top in ("pets", "law"):
        doubtful = [item.confidence for item in placed if item.path[0] == top and item.uncertain]
        sure = [item.confidence for item in placed if item.path[0] == top and not item.uncertain]
        assert max(doubtful, default=0) <= min(sure)
