"""The survey as JSON: what the schema promises, for any text."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from hostile_strings import HOSTILE_STRINGS
from large_survey import large_survey
from sample_survey import hostile_survey, sample_survey
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Evidence, Sentence
from surveygen.domain.survey import Survey
from surveygen.domain.text import clean
from surveygen.languages import load
from surveygen.render import TemplateRoots, template_root
from surveygen.render.formats import json as json_format
from surveygen.render.formats.json import to_json, to_lines


def rendered(survey: Survey) -> str:
    """Return the text of survey.json."""
    return json_format.make(load("en"), TemplateRoots(template_root())).render(survey)["survey.json"]


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    """The schema in docs/."""
    path = Path(__file__).parents[2] / "docs" / "survey.schema.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def test_the_sample_is_as_agreed(golden: Callable[[str, str], None]) -> None:
    """The whole text of a small survey stands in a file that people have read."""
    golden("survey.json", rendered(sample_survey()))


@pytest.mark.parametrize("survey", [sample_survey(), large_survey(40)], ids=["sample", "larger"])
def test_surveys_are_valid(schema: Draft202012Validator, survey: Survey) -> None:
    """The schema accepts what is written."""
    assert list(schema.iter_errors(json.loads(rendered(survey)))) == []


@pytest.mark.parametrize("text", [text for _, text in HOSTILE_STRINGS], ids=[name for name, _ in HOSTILE_STRINGS])
def test_hostile_text_is_valid_and_encodable(schema: Draft202012Validator, text: str) -> None:
    """Any text gives UTF-8 that parses and fits the schema."""
    written = rendered(hostile_survey(text))

    assert list(schema.iter_errors(json.loads(written.encode()))) == []


def test_the_schema_is_strict(schema: Draft202012Validator) -> None:
    """An unknown key, a missing one, and a block of no known kind are all refused."""
    good = json.loads(rendered(sample_survey()))
    without = {key: value for key, value in good.items() if key != "quality"}
    odd = {**good, "sections": [{**good["sections"][0], "blocks": [{"kind": "poem"}]}]}

    assert [schema.is_valid(bad) for bad in ({**good, "extra": 1}, without, odd)] == [False, False, False]


def test_a_sentence_has_no_markers_and_keeps_its_sources() -> None:
    """Citations leave the words and stand beside them."""
    paper = PaperId("2101.00001")
    evidence = Evidence(paper, 2, "abstract", 4, 9)

    written = to_json(Sentence("It works [@2101.00001].", (paper,), (evidence,), rule="quote", support=1 / 3))

    assert written["text"] == "It works."
    assert written["cites"] == ["2101.00001"]
    assert written["evidence"] == [{"paper": "2101.00001", "version": 2, "field": "abstract", "start": 4, "end": 9}]
    assert written["support"] == 0.333333


def test_order_is_that_of_the_references() -> None:
    """Papers and references follow the numbers, so that all formats agree."""
    written = json.loads(rendered(sample_survey()))

    assert [paper["number"] for paper in written["papers"]] == [1, 2, 3, 4, 5, 6]
    assert [item["paper"] for item in written["references"]] == [paper["id"] for paper in written["papers"]]
    assert written["changes"]["run"] == 3


def test_a_cited_version_stands_beside_the_latest() -> None:
    """The ledger lists all versions, and says which of them withdrew the paper."""
    paper = json.loads(rendered(sample_survey()))["papers"][1]

    assert (paper["version"], paper["latest_version"]) == (1, 3)
    assert [(row["n"], row["size_kb"], row["withdrawn"]) for row in paper["versions"]] == [
        (1, 812, False),
        (2, 3, True),
        (3, 934, False),
    ]


@given(title=st.text(min_size=1))
def test_any_title_survives_a_round_trip(title: str) -> None:
    """The text is JSON of one survey for every title, with no lone surrogate."""
    written = rendered(replace(sample_survey(), title=title))

    assert isinstance(json.loads(written.encode())["title"], str)


@given(
    st.lists(st.text(st.sampled_from('ab "\\\n\t\x07é\u0301\u200e\ue000\ud800\u00a0’中{[:,'), max_size=12), max_size=4)
)
def test_every_text_of_a_line_is_made_clean(texts: list[str]) -> None:
    """Whatever way is taken, quick or slow, a document holds what `clean` makes of each text."""
    assert json.loads(to_lines({"items": texts})) == {"items": [clean(text) for text in texts]}
