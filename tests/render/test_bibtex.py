"""The .bib file can be read back by other programs."""

from __future__ import annotations

import re

import pytest
from bibtexparser.entrypoint import parse_string as parse_blocks
from pybtex.database import parse_string

from hostile_strings import HOSTILE_STRINGS
from sample_survey import hostile_survey, sample_survey
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.summary import PaperReview
from surveygen.domain.survey import BibliographyEntry
from surveygen.render.bibtex import bibliography

_TEXTS = [text for _, text in HOSTILE_STRINGS]


def _entry(paper: Paper) -> BibliographyEntry:
    return BibliographyEntry(paper, 1, "key", PaperReview(paper.id))


def test_fields_of_a_preprint_and_of_an_article() -> None:
    """A paper with a journal is an article, another is a preprint with its eprint fields."""
    read = parse_string(bibliography(sample_survey().entries), "bibtex").entries

    assert read["key210100001"].type == "article"
    assert read["key210100001"].fields["doi"] == "10.1234/debate_2021"
    assert read["key220300002"].type == "misc"
    assert read["key220300002"].fields["eprint"] == "2203.00002"
    assert read["key220300002"].fields["archivePrefix"] == "arXiv"
    assert read["key220300002"].fields["primaryClass"] == "cs.AI"
    assert [str(person) for person in read["key220300002"].persons["author"]] == ["Lindqvist, Bo", "M\u00fcller, Ada"]


@pytest.mark.parametrize(
    "texts", [*([text] for text in _TEXTS), _TEXTS], ids=[*(name for name, _ in HOSTILE_STRINGS), "all"]
)
def test_hostile_fields_leave_every_entry_whole(texts: list[str]) -> None:
    """Two different parsers find the same entries as were written, and no more."""
    entries = hostile_survey(*texts).entries
    written = bibliography(entries)

    library = parse_blocks(written)
    assert not library.failed_blocks
    assert len(library.entries) == len(entries) == len(parse_string(written, "bibtex").entries)
    assert not re.search(r"\\(?:input|write|directlua|csname|catcode)", written)


def test_names_that_hold_a_separator_stay_one_name() -> None:
    """An "and" or a comma inside a name does not split it."""
    paper = Paper(PaperId("x"), "T", authors=(Author("Research and Development Group"), Author("Ann Lee, Jr.")))

    persons = parse_string(bibliography([_entry(paper)]), "bibtex").entries["key"].persons["author"]

    assert len(persons) == 2


def test_three_thousand_authors_end_with_others() -> None:
    """A long list is cut at a hundred names and says so."""
    paper = Paper(PaperId("x"), "T", authors=tuple(Author(f"Person Number{n}") for n in range(3000)))

    written = bibliography([_entry(paper)])

    assert written.count(" and ") == 100
    assert " and others}" in written


def test_an_address_is_written_only_if_it_is_plain() -> None:
    """A link made of anything but address characters is left out."""
    bad = Paper(PaperId("x"), "T", url="javascript:alert(1)", doi="10.1/}{")
    good = Paper(PaperId("x"), "T", url="https://example.org/a_b?c=1")

    assert "url" not in bibliography([_entry(bad)])
    assert "doi" not in bibliography([_entry(bad)])
    assert "url = {https://example.org/a_b?c=1}" in bibliography([_entry(good)])
