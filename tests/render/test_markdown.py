"""The Markdown of a survey: complete, and with no mark-up but ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_strings import HOSTILE_STRINGS
from sample_survey import hostile_survey, sample_survey
from surveygen.domain.inline import Math
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import Paragraph, Section
from surveygen.languages import Language
from surveygen.render import TemplateRoots
from surveygen.render.formats import markdown
from surveygen.render.markdown import escape_markdown, markdown_math

_ANCHOR = re.compile(r'<a id="(?:ref|section)-\d+"></a>|<!-- (?:at )?-->')


def test_the_sample_is_as_agreed(english: Language, shipped: TemplateRoots, golden: Callable[[str, str], None]) -> None:
    """The whole text of a small survey stands in a file that people have read."""
    golden("survey.md", markdown.make(english, shipped).render(sample_survey())["survey.md"])


@pytest.mark.parametrize(("name", "text"), HOSTILE_STRINGS, ids=[name for name, _ in HOSTILE_STRINGS])
def test_hostile_text_makes_no_tag_link_or_row(english: Language, shipped: TemplateRoots, name: str, text: str) -> None:
    """No HTML but anchors and marks of places, no link but to these and to arXiv, and rows have their table's cells."""
    written = markdown.make(english, shipped).render(hostile_survey(text))["survey.md"]

    assert not re.search(r"<[A-Za-z/!?]", _ANCHOR.sub("", written))
    assert all(
        target.startswith(("#ref-", "#section-", "https://arxiv.org/abs/", "https://arxiv.org/html/"))
        for target in re.findall(r"\]\(([^)]*)\)", written)
    )
    tables = re.findall(r"(?:^\|.*\n)+", written, re.MULTILINE)
    assert tables
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1


@given(st.text(st.characters(max_codepoint=0x17F, exclude_categories=["Cc"])))
def test_unescaping_gives_the_text_back(text: str) -> None:
    """Only backslashes and three entities are added."""
    bare = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escape_markdown(text))

    assert bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@pytest.mark.parametrize("text", ["- x", "1. x", "12) x", "# x", "> x", "+ x", "---", "| x", "===", "% x", ": x"])
def test_a_first_sign_makes_no_block(text: str) -> None:
    """Lists, headings, quotes, rules and tables cannot begin with untrusted words."""
    assert re.match(r"\\|\d+\\|&gt;", escape_markdown(text))


def test_numbers_are_those_of_the_entries(english: Language, shipped: TemplateRoots) -> None:
    """Each reference and section has an anchor, and each citation and link of the catalogue names one."""
    written = markdown.make(english, shipped).render(sample_survey())["survey.md"]

    anchors = re.findall(r'<a id="((?:ref|section)-\d+)"></a>', written)
    references = [name for name in anchors if name.startswith("ref-")]
    assert references == [f"ref-{entry.number}" for entry in sample_survey().entries]
    assert set(re.findall(r"\(#([^)]*)\)", written)) <= set(anchors)


def test_mathematics_ends_no_cell_and_begins_no_tag() -> None:
    """Bars are spelled out and a sign of order is followed by a space."""
    assert markdown_math(Math("|x| <b")) == "$\\vert x\\vert  < b$"


def test_the_catalogue_says_only_what_the_text_does_not(english: Language, shipped: TemplateRoots) -> None:
    """A paper of the running text has a link to its section, another one its sentence; a count discusses no paper."""
    survey = sample_survey()
    entry = survey.entries[3]
    counted = replace(survey.sections[0], blocks=(Paragraph((_count(entry.paper.id),)),), theme=None)
    others = [section for section in survey.sections if not _cites(section, entry.paper.id)]

    written = markdown.make(english, shipped).render(replace(survey, sections=(counted, *others)))["survey.md"]

    [row] = [row for row in written.splitlines() if row.startswith("|") and entry.paper.title in row]
    assert "](#section-" not in row
    assert "Accuracy falls by a third." in row
    assert written.count("[Inner alignment](#section-") == 1


def _count(paper: PaperId) -> Sentence:
    return Sentence(f"One of 6 papers tests rewards [@{paper}].", (paper,), (), "aggregate")


def _cites(section: Section, paper: PaperId) -> bool:
    return any(paper in sentence.cites for sentence in section.sentences())
