"""RIS, JSON documents, tables and lists of ids, and bounds of all readers."""

from __future__ import annotations

import json
import os
import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import BadRecord, Paper, PendingPaper
from surveygen.domain.text import clean, without_markup
from surveygen.errors import SourceError
from surveygen.sources.dates import paper_date
from surveygen.sources.files import FileRecord, read_file


def read(folder: Path, name: str, text: str) -> list[FileRecord]:
    """Write a file and read it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_file(path)


def papers(folder: Path, name: str, text: str) -> list[Paper]:
    """Return the papers of a file in which nothing is set aside."""
    records = read(folder, name, text)
    assert not [record for record in records if not isinstance(record, Paper)]
    return [record for record in records if isinstance(record, Paper)]


def names(paper: Paper) -> list[str]:
    """Return the names of the authors."""
    return [author.name for author in paper.authors]


def test_ris_as_databases_write_it(tmp_path: Path) -> None:
    """Wrapped lines, several abstracts, other information in a date, a suffix, tags before the type, a stray line."""
    first, second, third = papers(
        tmp_path,
        "a.ris",
        "TY  - JOUR\nTI  - Kites and\nlong tails\nAB  - One.\nAB  - Two.\nY1  - 2018/03/04/Print\nVL  - 7\nSP  - 3\n"
        "EP  - 9\nER  - \nFull text: http://example.org\n\nTY  - CONF\nAU  - Rope, Ron, Jr.\nTI  - Knots\n"
        "PY  - 2016//winter\nN1  - Comment on arXiv:2301.00001\nER  - \nDB  - Sky\nTI  - Strings\nTY  - BOOK\n"
        "A1  - Line, L.\nPY  - 2012\nER  - \n",
    )

    assert (first.title, first.abstract, first.published) == ("Kites and long tails", "One. Two.", "2018-03-04")
    assert {key: dict(first.extra)[key] for key in ("volume", "pages")} == {"volume": '"7"', "pages": '"3–9"'}
    assert (names(second), second.published, second.id) == (["Ron Rope, Jr."], "2016", "title:knots:2016:rope")
    assert (third.title, names(third), third.published) == ("Strings", ["L. Line"], "2012")


CSL = {
    "id": "x1",
    "type": "article-journal",
    "title": "Kites <i>in situ</i>",
    "author": [{"family": "Kite", "given": "Kim"}, {"literal": "Sky Group"}],
    "issued": {"date-parts": [["2018", 3, 4]]},
    "DOI": "10.5555/kites",
    "container-title": "Sky",
    "volume": 7,
}


@pytest.mark.parametrize("lines", [False, True])
def test_csl_json_is_read(lines: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """As an array or as lines, never without its authors and date; an arXiv number is the id."""
    preprint = {"type": "article", "title": "Tails", "author": [{"family": "Line"}], "number": "arXiv:2203.00009"}
    text = "\n".join(map(json.dumps, (CSL, preprint))) if lines else json.dumps([CSL, preprint], indent=1)
    first, second = papers(tmp_path, "a.jsonl" if lines else "a.json", text)

    assert (first.id, first.title, names(first)) == ("doi:10.5555/kites", "Kites in situ", ["Kim Kite", "Sky Group"])
    assert (first.published, first.journal_ref, dict(first.extra)["volume"]) == ("2018-03-04", "Sky", '"7"')
    assert (second.id, names(second)) == ("2203.00009", ["Line"])


def test_answers_of_services_are_read(tmp_path: Path) -> None:
    """OpenAlex with its inverted abstract, Semantic Scholar, Crossref."""
    openalex = {
        "id": "https://openalex.org/W1",
        "doi": "https://doi.org/10.5555/A",
        "title": "Kites",
        "abstract_inverted_index": {"fly": [1], "Kites": [0], "high": [2]},
        "authorships": [{"author": {"display_name": "Kim Kite"}, "institutions": [{"display_name": "Sky"}]}],
        "publication_date": "2018-03-04",
        "is_retracted": True,
    }
    scholar = {
        "paperId": "abc",
        "externalIds": {"ArXiv": "2203.00009", "DOI": "10.5555/B"},
        "title": "Tails",
        "authors": [{"authorId": "1", "name": "L. Line"}],
        "year": 2019,
    }
    crossref: dict[str, object] = {
        "DOI": "10.5555/c",
        "title": ["Knots"],
        "author": [{"family": "Rope"}],
        "issued": {"date-parts": [[2016]]},
    }
    (first,) = papers(tmp_path, "a.json", json.dumps({"meta": {}, "results": [openalex]}, indent=1))
    (second,) = papers(tmp_path, "b.jsonl", json.dumps(scholar))
    (third,) = papers(tmp_path, "c.json", json.dumps({"message": {"items": [crossref]}}, indent=1))

    assert (first.id, first.abstract, first.status) == ("doi:10.5555/a", "Kites fly high", "withdrawn")
    assert first.authors[0].affiliations == ("Sky",)
    assert (second.id, second.doi, names(second), second.published) == ("2203.00009", "10.5555/B", ["L. Line"], "2019")
    assert (third.id, third.title, names(third), third.published) == ("doi:10.5555/c", "Knots", ["Rope"], "2016")


def test_an_array_of_our_own_records(tmp_path: Path) -> None:
    """One of them is bad, and its place is named."""
    first, bad = read(tmp_path, "a.json", '[{"id": "p1", "title": "T", "abstract": "A."}, 7]')

    assert isinstance(first, Paper)
    assert isinstance(bad, BadRecord)
    assert (first.id, bad.line) == ("p1", 2)


def test_zoteros_table_is_read(tmp_path: Path) -> None:
    """Quotes and line breaks in cells; an arXiv id under Extra is the paper's own."""
    (paper,) = papers(
        tmp_path,
        "z.csv",
        '\ufeff"Key","Item Type","Author","Title","Abstract Note","Date","DOI","Url","Extra"\n'
        '"K1","journalArticle","Kite, Kim; Sky Group","On ""kites""","One.\nTwo.","2018-03-04","10.5555/k","",'
        '"arXiv: 2203.00009"\n',
    )

    assert (paper.id, paper.title, paper.abstract) == ("2203.00009", 'On "kites"', "One. Two.")
    assert (names(paper), paper.published, paper.doi) == (["Kim Kite", "Sky Group"], "2018-03-04", "10.5555/k")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("PMID- 1\nTI  - T\n", "PubMed"),
        ("%0 Journal Article\n%T T\n", "EndNote"),
        ("<?xml version='1.0'?><xml/>", "XML"),
        ("%PDF-1.4\n", "PDF"),
        ("a,b\n1,2\n", "unsupported"),
        ("id,title\n1,x\n", "CSV"),
    ],
)
def test_other_formats_are_refused_by_name(text: str, word: str, tmp_path: Path) -> None:
    """With a format that would do."""
    name = "x.csv" if word == "CSV" else "x.dat"
    with pytest.raises(SourceError, match=word) as caught:
        read(tmp_path, name, text)

    assert "BibTeX" in caught.value.hint.replace("bibtex", "BibTeX")


def test_ids_as_people_paste_them(tmp_path: Path) -> None:
    """Links of mirrors, anchors, queries, categories, list markers, two on a line."""
    text = """
arxiv.org/abs/2203.00001
https://arxiv.org/abs/2203.00002?context=cs.AI
https://arxiv.org/pdf/2203.00003v2.pdf#page=3
https://ar5iv.labs.arxiv.org/html/2203.00004
https://www.alphaxiv.org/abs/2203.00005
https://huggingface.co/papers/2203.00006
arXiv: 2203.00007 [cs.AI]
2203.00008V3
- 2203.00009, 2203.00010
1. hep-th/9901002
https://doi.org/10.48550/arXiv.2203.00011
"""
    records = read(tmp_path, "ids.txt", text)

    assert [record.id for record in records if isinstance(record, PendingPaper)] == [
        *(f"2203.{number:05}" for number in range(1, 11)),
        "hep-th/9901002",
        "2203.00011",
    ]
    assert [record.version for record in records if isinstance(record, PendingPaper)][7] == 3


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("P&amp;L &lt;cost&gt; of caf&eacute;s &#38; bars", "P&L <cost> of cafés & bars"),
        ("<jats:p>Of <jats:italic>B. subtilis</jats:italic> in CO<sub>2</sub></jats:p>", "Of B. subtilis in CO2"),
        ("<jats:title>Abstract</jats:title><jats:p>We test.</jats:p>", "We test."),
        ("if x<y and y>z: the <input> tag", "if x<y and y>z: the <input> tag"),
        ("10<sup>6</sup> cells &amp;lt;x&amp;gt;", "10⁶ cells <x>"),
        ("A&B; &unknown; AT&T", "A&B; &unknown; AT&T"),
    ],
)
def test_markup_is_decoded_in_one_place(text: str, plain: str) -> None:
    """References and known elements go, other brackets are text, and a second pass changes nothing."""
    assert clean(without_markup(text)) == plain
    assert without_markup(without_markup(text)) == without_markup(text)


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("0001-01-01T00:00:00Z", None), ("9999", None), (1672531200, "2023-01-01"), ("June 2021", "2021-06"),
        ("20210304", "2021-03-04"), ("2021-03-04 00:00:00+00:00", "2021-03-04"), ("2021-17-45", None),
        ("2021-00-00", "2021"), ("4 July 2021", "2021-07-04"), ("1999/2000", "1999"), ("[2020?]", "2020"),
    ],
)  # fmt: skip
def test_dates_that_programs_and_people_write(value: object, date: str | None) -> None:
    """From 1600 to next year, as precise as can be read."""
    assert paper_date(value) == date


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    """It would be waited for."""
    os.mkfifo(tmp_path / "x.jsonl")

    with pytest.raises(SourceError, match="not a regular file"):
        read_file(tmp_path / "x.jsonl")


def test_a_line_of_many_continuations_is_joined_once(tmp_path: Path) -> None:
    """A value of 200,000 lines is read in linear time."""
    (paper,) = papers(tmp_path, "a.ris", "TY  - JOUR\nTI  - T\nAB  - a\n" + "b\n" * 200_000 + "ER  - \n")

    assert paper.abstract.startswith("a b b")


@given(data=st.binary(max_size=300), name=st.sampled_from(["a.bib", "a.ris", "a.csv", "a.json", "a.jsonl", "a.txt"]))
def test_random_bytes_raise_only_errors_of_sources(
    data: bytes, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the bytes, alone or behind a good beginning, a reader gives records or says what is wrong."""
    starts = {
        "a.bib": b"@misc{a, title={T}}\n@misc{b,",
        "a.ris": b"TY  - JOUR\nTI  - T\n",
        "a.csv": b"Key,Item Type,Author,Title\n",
        "a.json": b'[{"id": "x", "title": "T"}',
    }
    for start in (b"", starts.get(name, b""), b"\xff\xfe"):
        path = tmp_path_factory.mktemp("fuzz") / name
        path.write_bytes(start + data)
        with suppress(SourceError):
            assert all(isinstance(record, Paper | PendingPaper | BadRecord) for record in read_file(path))


@pytest.mark.parametrize("seed", range(30))
def test_scraps_of_json_raise_only_errors_of_sources(seed: int, tmp_path: Path) -> None:
    """Keys of other programs with values of any type."""
    draw = random.Random(seed)
    keys = ["title", "author", "authors", "issued", "DOI", "authorships", "externalIds", "locations", "biblio", "ids"]
    values = [
        "x",
        1,
        None,
        True,
        [],
        {},
        [None],
        [[1]],
        {"x": []},
        {"date-parts": [[]]},
        {"date-parts": None},
        ["a", 2],
    ]
    records = [{key: draw.choice(values) for key in draw.sample(keys, 5)} for _ in range(30)]

    assert len(read(tmp_path, "a.jsonl", "\n".join(map(json.dumps, records)))) == 30
