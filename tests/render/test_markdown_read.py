"""A Markdown edition is read back: nothing from what was written, and the words of a person from what was edited."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_strings import HOSTILE_STRINGS
from sample_survey import hostile_survey, sample_survey
from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Attribution
from surveygen.domain.survey import Paragraph, Survey
from surveygen.errors import ConfigError
from surveygen.languages import load
from surveygen.render import TemplateRoots, read_markdown, read_words, template_root
from surveygen.render.formats import markdown
from surveygen.render.markdown import escape_markdown

REFERENCES = {"1": PaperId("2101.00001"), "12": PaperId("a--b>c"), "muller2021": PaperId("2101.00001")}


def named(survey: Survey, hand: Attribution | None = None) -> Survey:
    """Give each sentence of the running text a name, and an author if there is one."""
    number = iter(range(1000))
    sections = tuple(
        replace(
            section,
            blocks=tuple(
                replace(
                    block,
                    sentences=tuple(
                        replace(one, claim=f"{next(number):010x}", attribution=hand) for one in block.sentences
                    ),
                )
                if isinstance(block, Paragraph)
                else block
                for block in section.blocks
            ),
        )
        for section in survey.sections
    )
    return replace(survey, sections=sections)


def written(survey: Survey) -> str:
    """Return the Markdown edition."""
    return markdown.make(load("en"), TemplateRoots(template_root())).render(survey)["survey.md"]


@pytest.mark.parametrize("text", [text for _, text in HOSTILE_STRINGS], ids=[name for name, _ in HOSTILE_STRINGS])
@pytest.mark.parametrize(
    "hand", [None, Attribution("A. (da) <!-- -->", "2026-01-01T00:00:00Z")], ids=["program", "person"]
)
def test_an_unedited_edition_gives_no_edits(text: str, hand: Attribution | None) -> None:
    """Whatever the papers and authors are called, what was written is read as unchanged."""
    reading = read_markdown(written(named(hostile_survey(text), hand)))

    assert (reading.edits, reading.beside) == ((), False)


@given(words=st.text(min_size=1))
def test_words_written_as_markdown_are_read_as_they_were(words: str) -> None:
    """Escaping, then reading, then reading as a sentence shows the same words."""
    shown = plain(parse_inline(words))
    again = read_words(escape_markdown(shown), {})

    assert plain(parse_inline(again)) == plain(parse_inline(shown.replace("$", "\\$")))


@given(position=st.integers(0, 10_000), words=st.text("abc .", min_size=1).filter(str.strip))
def test_words_added_anywhere_are_found(position: int, words: str) -> None:
    """An insertion outside the comments is either in a claim or reported beside: none goes unseen."""
    text = written(named(sample_survey()))
    body = text.index("\n<!-- surveygen")
    at = position % body
    if "<!--" in text[max(0, at - 19) : at] and "-->" not in text[text.rindex("<!--", 0, at) : at]:
        return
    reading = read_markdown(f"{text[:at]}{words.strip()}{text[at:]}")

    assert reading.edits or reading.beside


def test_an_edited_sentence_is_found_with_its_citations() -> None:
    """The name of the claim, the new words, and markers of papers for numbers; others are as they were."""
    survey = named(sample_survey())
    claim, sentence = next((one.claim, one) for section in survey.sections for one in section.sentences() if one.cites)
    text = written(survey)
    start = text.index(f"<!-- {claim} -->") + len(f"<!-- {claim} -->")
    reading = read_markdown(f"{text[:start]}Indeed: {text[start:]}")

    section = next(one.id for one in survey.sections if claim in one.claims())
    assert [edit[:2] for edit in reading.edits] == [(section, claim)]
    assert reading.edits[0][2].startswith("Indeed: ")
    assert all(f"[@{paper}]" in reading.edits[0][2] for paper in sentence.cites)
    assert not reading.beside


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r"So it is \[[1](#ref-1), [12](#ref-12)\].", "So it is [@2101.00001] [@a--b>c]."),
        ("So it is [1], [12].", "So it is [@2101.00001], [@a--b>c]."),
        ("So [@muller2021; @2101.00001].", "So [@2101.00001] [@2101.00001]."),
        ("In [0, 7] and [3] of *all* `it`.", "In [0, 7] and [3] of all it."),
        (r"5 \% of \$3, $x_1 < y$ &amp; a\_b.", r"5 % of \$3, $x_1 < y$ & a_b."),
    ],
)
def test_citations_and_marks_are_read(text: str, read: str) -> None:
    """Numbers that are references become citations, others stay; mark-up goes, mathematics stays."""
    known = {**REFERENCES, "2101.00001": PaperId("2101.00001")}

    assert read_words(text, known) == read


def test_a_citation_of_nothing_is_an_error() -> None:
    """It names what is cited, and how to cite."""
    with pytest.raises(ConfigError, match="'nobody'") as caught:
        read_words("So [@nobody].", REFERENCES)

    assert "[12]" in caught.value.hint


def test_without_its_list_an_edition_cannot_be_read() -> None:
    """The error says what to leave alone."""
    text = written(named(sample_survey()))

    with pytest.raises(ConfigError, match="no list of its claims"):
        read_markdown(text[: text.index("<!-- surveygen")])


@pytest.mark.parametrize(
    "filling",
    [
        "\n",
        "\n ",
        "\n\x0b",
        "*",
        "$a",
        "[@a",
        "1 , ",
        "\n1. ",
        "<!-- by -->x",
        "<!-- surveygen en 12345678\n",
        "(",
        " ",
    ],
)
def test_an_edition_full_of_anything_is_read_in_one_pass(filling: str) -> None:
    """50,000 blank lines, stars or open brackets: a rule that begins anew at each of them would take minutes."""
    survey = named(sample_survey())
    edition = written(survey)
    place = edition.index("<!-- 0000000000 -->") + len("<!-- 0000000000 -->")
    try:
        reading = read_markdown(edition[:place] + filling * 50_000 + edition[place:])
    except ConfigError:
        return

    assert reading.language == "en"
