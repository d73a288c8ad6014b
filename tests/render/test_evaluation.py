"""The page of an evaluation."""

from __future__ import annotations

import pytest
from lxml import html

from hostile_strings import HOSTILE_STRINGS
from sample_evaluation import ATTACKS, LEVEL, OUTER, THEMES, WHOLE
from surveygen.domain.evaluation import Assessment, Evaluation
from surveygen.domain.theme import Taxonomy, Theme
from surveygen.render import TemplateRoots, evaluation_page, template_root
from surveygen.render.pages import heat_map, reliability


def page(assessment: Assessment, taxonomy: Taxonomy = THEMES, title: str = "Sample") -> html.HtmlElement:
    """Render and read the page."""
    return html.document_fromstring(evaluation_page(assessment, taxonomy, title, TemplateRoots(template_root())))


def test_the_page_holds_every_figure() -> None:
    """Measures with intervals, the error of calibration, headings, references, and three drawings."""
    found = page(WHOLE)

    words = " ".join(found.text_content().split())
    assert len(found.findall(".//svg")) == 3
    for said in ("macro_f10.5000.250 – 0.750", "error 0.123", "soft precision 0.900", "dated 2020 to 2023", "Nowhere"):
        assert said.replace(" ", "") in words.replace(" ", "")


def test_the_page_needs_no_network() -> None:
    """No script, and no address but that of the vocabulary of drawings."""
    found = page(WHOLE)

    assert found.findall(".//script") == []
    assert [node.get("href") for node in found.iter("link")] == ["data:,"]
    assert "http" not in html.tostring(found.body, encoding="unicode")


def test_the_heat_map_has_its_diagonal() -> None:
    """What people and program agree on is what is left of a row."""
    cells = {(cell.row, cell.column): (cell.papers, cell.share) for cell in heat_map(LEVEL, THEMES).cells}

    assert cells == {(0, 0): (3, 0.75), (0, 1): (1, 0.25), (1, 1): (1, 1.0)}


def test_right_and_sure_is_the_upper_right() -> None:
    """Confidence grows to the right, accuracy upwards, dots with their papers."""
    assert LEVEL.calibration is not None
    low, high = reliability(LEVEL.calibration)

    assert low.x < high.x
    assert low.y > high.y
    assert low.radius < high.radius


def test_without_confidence_there_is_no_curve() -> None:
    """Only bars and heat map are drawn; an empty part is not named."""
    bare = Evaluation(1, 1, 0, 0, (), LEVEL.figures, LEVEL.themes, ())
    found = page(Assessment((bare,)))

    assert len(found.findall(".//svg")) == 2
    assert [heading.text_content() for heading in found.iter("h2")] == ["Level 1"]


@pytest.mark.parametrize(
    "words", [words for _, words in HOSTILE_STRINGS if words.strip()], ids=lambda words: words[:12]
)
def test_hostile_names_stay_words(words: str) -> None:
    """A name or a title makes no element and closes none."""
    taxonomy = Taxonomy((Theme(OUTER, words), Theme(ATTACKS, words)))

    count = len(list(page(WHOLE, taxonomy, words).iter()))

    assert count == len(list(page(WHOLE).iter()))
