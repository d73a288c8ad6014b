"""Exports of the shipped corpus, read by libraries that are not ours: every field is that of the store."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bibtexparser.entrypoint import parse_string as read_bib
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string as read_with_pybtex

from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.render import BIBLIOGRAPHIES
from surveygen.sources.files import read_file

Pairs = Sequence[tuple[str, Paper]]

_CORPUS = Path(__file__).parents[2] / "corpus" / "llm-alignment.jsonl"


@cache
def corpus() -> Pairs:
    """Return the papers of the shipped corpus under keys of their number; the second has been withdrawn."""
    first, second, *rest = [paper for paper in read_file(_CORPUS) if isinstance(paper, Paper)]
    papers = [first, second.with_changes(status="withdrawn"), *rest]
    return tuple((f"key{number}", paper) for number, paper in enumerate(papers, start=1))


def exported(name: str, pairs: Pairs | None = None) -> str:
    """Return an export of the corpus, or of other papers."""
    return "".join(BIBLIOGRAPHIES[name](corpus() if pairs is None else pairs))


def words(text: str) -> str:
    """Return the words that a text stands for, TeX of a bibliography too."""
    return plain(parse_inline(text))


def of_tex(value: str) -> str:
    """Return the words that a field of a bibliography stands for."""
    return typed(value.removeprefix("{").removesuffix("}").replace("\\textquotedbl{}", '"'))


def typed(text: str) -> str:
    """Return words as TeX's input has them, where one sign is apostrophe and closing quote."""
    return words(text).replace("’", "'")


def names(paper: Paper) -> list[str]:
    """Return the authors' names as sets of letters, for a library may put the family first."""
    return [_letters(author.name) for author in paper.authors]


def _letters(name: str) -> str:
    return "".join(sorted(character for character in words(name).casefold() if character.isalnum()))


def _day(paper: Paper) -> list[int]:
    return [int(part) for part in (paper.published or "")[:10].split("-") if part]


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_pybtex_reads_what_the_store_holds(name: str) -> None:
    """Key, title, people, date, venue, eprint, DOI, address and withdrawal of every paper."""
    entries = read_with_pybtex(exported(name), "bibtex").entries

    assert list(entries) == [key for key, _ in corpus()]
    for key, paper in corpus():
        fields = entries[key].fields
        venue = [fields.get(field, "") for field in ("journal", "journaltitle", "booktitle")]
        assert of_tex(fields["title"]) == typed(paper.title)
        assert [_letters(str(person)) for person in entries[key].persons["author"]] == names(paper)
        assert fields.get("year", fields.get("date", ""))[:4] == str(paper.year)
        assert of_tex("".join(venue)) == typed(paper.journal_ref)
        assert fields.get("eprint", paper.id) == paper.id
        assert words(fields.get("doi", "")) == paper.doi
        assert fields.get("note", "") == ("Withdrawn" if paper.status == "withdrawn" else "")


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_bibtexparser_reads_what_pybtex_reads(name: str) -> None:
    """Two readers agree on every field of every entry but people, which pybtex splits."""
    text = exported(name)
    library = read_bib(text)
    told = {
        entry.key: {field.key.lower(): " ".join(str(field.value).split()) for field in entry.fields}
        for entry in library.entries
    }

    assert not library.failed_blocks
    for key, entry in read_with_pybtex(text, "bibtex").entries.items():
        fields = {field.lower(): " ".join(value.split()) for field, value in entry.fields.items()}
        assert {field: value for field, value in told[key].items() if field != "author"} == fields


def test_the_csv_module_reads_what_the_store_holds() -> None:
    """One row a paper, each cell the store's own words."""
    rows = list(csv.DictReader(io.StringIO(exported("csv"), newline=""), strict=True))

    assert [row["cite_key"] for row in rows] == [key for key, _ in corpus()]
    for row, (_, paper) in zip(rows, corpus(), strict=True):
        assert {
            name: row[name] for name in ("id", "version", "title", "published", "doi", "journal_ref", "status")
        } == {
            "id": paper.id,
            "version": str(paper.version),
            "title": words(paper.title),
            "published": paper.published,
            "doi": paper.doi,
            "journal_ref": words(paper.journal_ref),
            "status": paper.status,
        }
        assert row["authors"].split("; ") == [words(author.name) for author in paper.authors]
        assert row["categories"] == "; ".join(paper.categories)


def test_citeproc_reads_what_the_store_holds() -> None:
    """Title, people, date, DOI and address of every paper, as a citation processor holds them."""
    source = pytest.importorskip("citeproc.source.json")

    read: Any = source.CiteProcJSON(json.loads(exported("csl")))

    assert list(read) == [key for key, _ in corpus()]
    for key, paper in corpus():
        item = read[key]
        people = [_letters(" ".join(filter(None, name.parts()))) for name in item["author"]]
        assert str(item["title"]) == words(paper.title)
        assert people == names(paper)
        assert [item["issued"].get(part) for part in ("year", "month", "day")][: len(_day(paper))] == _day(paper)
        assert str(item.get("DOI", "")) == paper.doi


def test_rispy_reads_what_the_store_holds() -> None:
    """Title, people, date, venue, DOI, notes and address of every paper, as a reference manager would."""
    rispy = pytest.importorskip("rispy")

    records = rispy.loads(exported("ris"))

    assert [record["id"] for record in records] == [key for key, _ in corpus()]
    for record, (_, paper) in zip(records, corpus(), strict=True):
        kind = "notes" if paper.abstract_kind == "note" else "abstract"
        assert record["title"] == words(paper.title)
        assert [_letters(name) for name in record["authors"]] == names(paper)
        assert [int(part) for part in record["date"].strip("/").split("/")] == _day(paper)
        assert record.get("secondary_title", "") == words(paper.journal_ref)
        assert record.get("doi", "") == paper.doi
        assert words(paper.abstract) in (record[kind] if kind == "notes" else [record[kind]])
        assert any("withdrawn" in note for note in record["notes"]) == (paper.status == "withdrawn")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), min_size=1, max_size=3))
def test_rispy_reads_any_words_back(texts: list[str]) -> None:
    """Whatever a title and an abstract hold, there is a record for each paper, with their words on one line each."""
    rispy = pytest.importorskip("rispy")
    pairs = [(f"k{n}", Paper(PaperId(f"p{n}"), f"T{text}", f"A{text}")) for n, text in enumerate(texts)]

    records = rispy.loads(exported("ris", pairs))

    assert [(record["title"], record["abstract"]) for record in records] == [
        (words(paper.title), words(paper.abstract)) for _, paper in pairs
    ]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), min_size=1, max_size=4))
def test_no_cell_is_a_formula(texts: list[str]) -> None:
    """In no column does a cell begin as a formula does, and the apostrophe before it is all that is added."""
    pairs = [(f"k{n}", Paper(PaperId(text), text, authors=(Author(text),))) for n, text in enumerate(texts)]
    rows = list(csv.DictReader(io.StringIO(exported("csv", pairs), newline=""), strict=True))

    assert not [cell for row in rows for cell in row.values() if re.match(r"[=+\-@\t\r\n＝＋－＠]", cell)]
    assert [row["title"].removeprefix("'") for row in rows] == [words(text).removeprefix("'") for text in texts]
