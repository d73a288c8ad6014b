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
from surveygen.domain.text import clean
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


_WORDS = st.text("abcß éł漢β’“”–—$%&_#~^<>|°½!?.,:;()/+=*@0123456789" + "A" * 20, max_size=40).map(words).map(clean)
# Hyphens of other lengths are written as "-", and what a spreadsheet could take for a formula gets an apostrophe.
_TITLES = _WORDS.filter(
    lambda text: re.search(r"[^\W_]", text) and words(text) == text and not re.search(r"[$<>]", text)
)
_PEOPLE = st.sampled_from(["Ada Byron", "Łukasz Erdős", "Johanna van der Berg", "Sky Collaboration", "José O’Neil"])
_KINDS = st.sampled_from(["article", "inproceedings", "incollection", "book", "phdthesis", "techreport", "misc"])


@st.composite
def _references(draw: st.DrawFn) -> Paper:
    kind = draw(_KINDS)
    venue = draw(st.sampled_from(["", "Journal of Kites", "Proc. of the 3rd Conference on Kites & Lines"]))
    details = {"bibtex_type": kind, "volume": "7", "pages": draw(st.sampled_from(["", "3", "3–9"])), "publisher": "Sky"}
    details |= {"number": "2"} if kind == "article" else {}
    names = {"doi": "10.5555/Kites.1"} if draw(st.booleans()) else {}
    arxiv = draw(st.booleans())
    return Paper(
        PaperId("2301.00001" if arxiv else f"doi:{names['doi'].lower()}" if names else "title:x"),
        draw(_TITLES),
        authors=tuple(map(Author, draw(st.lists(_PEOPLE, unique=True, max_size=3)))),
        published=draw(st.sampled_from([None, "2018", "2018-03", "2018-03-04"])),
        journal_ref=venue if kind in {"article", "inproceedings", "incollection"} else "",
        doi=names.get("doi", ""),
        extra=tuple(sorted((key, json.dumps(value, ensure_ascii=False)) for key, value in details.items() if value)),
        abstract=draw(_TITLES),
    )


@pytest.mark.parametrize("name", sorted(BIBLIOGRAPHIES))
@given(paper=_references())
def test_what_is_exported_is_added_again(name: str, paper: Paper, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Write, then read: the paper as far as the format can hold it, with its kind and details."""
    path = tmp_path_factory.mktemp("trip") / {"csl": "x.json", "csv": "x.csv", "ris": "x.ris"}.get(name, "x.bib")
    path.write_text(exported(name, [("key1", paper)]), encoding="utf-8", newline="")
    (read,) = read_file(path)

    assert isinstance(read, Paper)
    assert (read.title, read.authors, read.doi) == (paper.title, paper.authors, paper.doi)
    assert read.id == paper.id or (paper.id == "title:x" and read.id.startswith("title:"))
    year = str(paper.year) if paper.year else None  # all that BibTeX has; of an arXiv id if there is no date
    assert read.published == (year if name == "bibtex" else paper.published)
    assert read.journal_ref == paper.journal_ref
    if name in {"ris", "csl"}:
        assert read.abstract == paper.abstract
    if name != "csv":
        known, wanted = dict(read.extra), dict(paper.extra)
        assert {key: known.get(key) for key in wanted if key != "bibtex_type"} == {
            key: value for key, value in wanted.items() if key != "bibtex_type"
        }
        assert known["bibtex_type"] == wanted["bibtex_type"] or known["bibtex_type"] in {
            '"online"',
            '"misc"',
            '"unpublished"',
        }
