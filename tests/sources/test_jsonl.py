"""JSON, one paper a line: lenient with papers, exact about what is wrong."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
import string
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.corpus.jsonl import paper_data, to_json
from surveygen.corpus.merge import PaperHistory
from surveygen.domain.paper import Author, BadRecord, Paper, PaperId, PaperVersion
from surveygen.domain.text import clean, without_markup
from surveygen.sources.authors import split_names, without_others
from surveygen.sources.files import FileRecord, find_source, open_input, read_file
from surveygen.sources.record import RECORD_KEYS


def read(folder: Path, data: bytes, name: str = "papers.jsonl") -> list[FileRecord]:
    """Write a file and read it back."""
    path = folder / name
    path.write_bytes(data)
    return read_file(path)


def one(folder: Path, **keys: Any) -> Paper:
    """Read a record that is expected to be good."""
    (paper,) = read(folder, json.dumps({"arxiv_id": "2401.00001", "title": "T"} | keys).encode())
    assert isinstance(paper, Paper)
    return paper


def test_all_keys_of_the_contract(tmp_path: Path) -> None:
    """Every key of the contract has its field, and a key that nobody knows is kept as JSON."""
    paper = one(
        tmp_path,
        arxiv_id="arXiv:math.GT/0309136v2",
        title="  Two\nlines ",
        abstract="An abstract.",
        authors=["Ada Lovelace", {"name": "Charles Babbage", "affiliations": ["London"]}],
        published="2003-09-08",
        updated="Mon, 8 Sep 2003 19:00:00 +0200",
        categories=["math.GT", "math.AT"],
        doi="https://doi.org/10.1000/x",
        journal_ref="J. 1",
        comment="5 pages",
        license="http://creativecommons.org/licenses/by/4.0/",
        labels=[["a", "b"]],
        note=None,
    )

    assert (paper.id, paper.version, paper.title) == ("math/0309136", 2, "Two lines")
    assert paper.authors == (Author("Ada Lovelace"), Author("Charles Babbage", ("London",)))
    assert (paper.published, paper.updated) == ("2003-09-08", "2003-09-08T17:00:00Z")
    assert (paper.categories, paper.primary_category) == (("math.GT", "math.AT"), "math.GT")
    assert (paper.doi, paper.abstract_kind) == ("10.1000/x", "abstract")
    assert paper.extra == (("labels", '[["a", "b"]]'),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "not JSON"),
        ("[1, 2]", "a JSON list"),
        ("null", "a JSON NoneType"),
        ('{"abstract": "no id"}', "no arxiv_id, no id and no title"),
        ('{"id": null, "title": "!"}', "no arxiv_id, no id and no title"),
        ('{"id": "x"}', "x: no title"),
        ('{"id": "x", "title": null}', "x: no title"),
        ('{"id": "x", "title": "\\u0000\\u202e"}', "x: no title"),
        ('{"id": "x", "title": ["t"]}', "title: list"),
        ('{"id": "x", "title": true}', "title: bool"),
        ('{"id": 2401.00010, "title": "t"}', "is a number"),
        ('{"id": "x", "title": "t", "abstract": {}}', "abstract: dict"),
        ('{"id": "x", "title": "t", "authors": 5}', "authors: int"),
        ('{"id": "x", "title": "t", "authors": [5]}', "is not a name"),
        ('{"id": "x", "title": "t", "n": ' + "9" * 5000 + "}", "not usable"),
        ('{"id": "x", "a": ' + "[" * 100_000, "not usable"),
        ('{"id": "' + "x" * 300 + '", "title": "t"}', "longer than 200"),
    ],
)
def test_a_bad_line_says_why(line: str, reason: str, tmp_path: Path) -> None:
    """A line that cannot be used is set aside with its number and reason; the lines around it are read."""
    good = '{"id": "good", "title": "t"}'
    first, bad, last = read(tmp_path, f"{good}\n{line}\n\n{good}\n".encode())

    assert isinstance(bad, BadRecord)
    assert bad.line == 2
    assert reason in bad.reason
    assert bad.raw == line[:2000]
    assert first == last


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Wrong UTF-8 and a line of 5 MiB are bad records; a byte order mark and Windows line ends are nothing special."""
    good = b'{"id": "g", "title": "t"}\r\n'
    huge = b'{"id": "h", "title": "' + b"x" * (5 * 2**20) + b'"}\n'
    records = read(tmp_path, b"\xef\xbb\xbf" + good + b'{"id": "\xff"}\n' + huge + good)

    assert [type(record) for record in records] == [Paper, BadRecord, BadRecord, Paper]
    assert [record.reason[:9] for record in records if isinstance(record, BadRecord)] == ["not UTF-8", "the line "]
    assert [record.line for record in records if isinstance(record, BadRecord)] == [2, 3]


def test_values_of_other_types(tmp_path: Path) -> None:
    """A null is a missing value, a number is text, and a date that is none is kept for a person to see."""
    paper = one(
        tmp_path,
        abstract=None,
        authors=None,
        version="v3",
        categories="cs.CL, cs.LG",
        comment=12,
        updated="x",
    )

    assert (paper.abstract, paper.abstract_kind, paper.authors, paper.version) == ("", "none", (), 3)
    assert (paper.categories, paper.comment, paper.updated) == (("cs.CL", "cs.LG"), "12", None)
    assert paper.extra == (("updated_raw", '"x"'),)
    assert one(tmp_path, published=2023, url="javascript:x").published == "2023"
    assert one(tmp_path, url="javascript:alert(1)").url == ""
    assert one(tmp_path, status="gone", abstract_kind="venue", version=-4).status == "active"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A and B; C", ("A", "B", "C")),
        ("Lovelace, Ada and Babbage, Charles", ("Ada Lovelace", "Charles Babbage")),
        ("Ada Lovelace, Charles Babbage and Alan Turing", ("Ada Lovelace", "Charles Babbage", "Alan Turing")),
        ("van der Berg, Johanna M.", ("Johanna M. van der Berg",)),
        ("Anderson", ("Anderson",)),
        (" ; ,, ", ()),
        ("", ()),
    ],
)
def test_names_in_one_string(text: str, names: tuple[str, ...]) -> None:
    """Authors in one string are split at "and", semicolons, and commas between whole names."""
    assert split_names(text) == names


def test_an_id_of_another_kind(tmp_path: Path) -> None:
    """An id that is not of arXiv is kept, without what would end a citation marker."""
    assert one(tmp_path, arxiv_id=None, id="my paper [1]").id == "my_paper_(1)"
    assert one(tmp_path, arxiv_id="", id="https://doi.org/10.1000/XYZ").id == "doi:10.1000/xyz"


def test_a_number_names_a_record_in_its_file_only(tmp_path: Path) -> None:
    """A record whose id is a number has the id of its title, year and first author; the number is kept."""
    paper = one(tmp_path, arxiv_id=None, id=17, title="On Sheep", authors=["Ada Byron"], published="2020-05")

    assert (paper.id, dict(paper.extra)["local_id"]) == ("title:on-sheep:2020:byron", "17")


def test_a_paper_twice_is_yielded_twice(tmp_path: Path) -> None:
    """The reader does not decide which of two records of a paper holds."""
    line = b'{"id": "2401.00001v1", "title": "t"}\n'

    assert len(read(tmp_path, line + line)) == 2


def test_three_thousand_authors(tmp_path: Path) -> None:
    """A paper of a large collaboration is a paper."""
    assert len(one(tmp_path, authors=[f"Author {n}" for n in range(3000)]).authors) == 3000


def test_a_damaged_gzip_keeps_what_it_had(tmp_path: Path) -> None:
    """A compressed file that breaks off gives the lines before the break and says where it was."""
    rng = random.Random(1)
    words = ["".join(rng.choices(string.ascii_letters, k=40)) for _ in range(2000)]
    data = gzip.compress("".join(f'{{"id": "{n}", "title": "{word}"}}\n' for n, word in enumerate(words)).encode())
    records = read(tmp_path, data[: len(data) // 2], "papers.jsonl.gz")

    assert len(records) > 100
    assert isinstance(records[-1], BadRecord)
    assert "damaged" in records[-1].reason
    assert all(isinstance(record, Paper) for record in records[:-1])


@given(data=st.binary(max_size=2000) | st.text(max_size=500).map(str.encode))
def test_no_bytes_raise(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever a file named .jsonl holds, reading it raises nothing."""
    assert all(
        isinstance(record, Paper | BadRecord)
        for record in read(tmp_path_factory.mktemp("fuzz"), b'{"id": "g", "title": "t"}\n' + data)
    )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(record=st.dictionaries(st.sampled_from(sorted(RECORD_KEYS)) | st.text(max_size=10), _JSON, max_size=8))
def test_no_value_raises(record: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever values stand in a record, it is a paper or a bad record."""
    data = json.dumps({"arxiv_id": "2401.00001", "title": "T"} | record).encode()

    assert len(read(tmp_path_factory.mktemp("fuzz"), data)) == 1


_TEXT = st.text(max_size=60).map(without_markup).map(clean).filter(lambda text: clean(without_markup(text)) == text)
_NAME = _TEXT.map(without_others).filter(bool)
_DAYS = (dt.date(1600, 1, 1), dt.date(2025, 12, 31))
_MOMENTS = tuple(dt.datetime.combine(day, dt.time()) for day in _DAYS)
_DATE = st.none() | st.dates(*_DAYS).map(str)
_DATE |= st.datetimes(*_MOMENTS).map(lambda moment: moment.replace(microsecond=0).isoformat() + "Z")
_PLACES = st.lists(_TEXT.filter(bool), max_size=2).map(tuple)
_AUTHORS = st.lists(st.builds(Author, _NAME, _PLACES), max_size=4)
_VERSION = st.builds(PaperVersion, st.integers(1, 50), _DATE, st.integers(0, 10**6))
_VERSIONS = st.lists(_VERSION, unique_by=lambda version: version.n, max_size=4)
_PAPERS = st.builds(
    Paper,
    id=st.sampled_from([PaperId("2401.00001"), PaperId("hep-th/9901001"), PaperId("acl:Key"), PaperId("doi:10.1/x")]),
    title=_TEXT.filter(bool),
    abstract=_TEXT,
    authors=_AUTHORS.map(tuple),
    version=st.integers(1, 9999),
    published=_DATE,
    updated=_DATE,
    versions=_VERSIONS.map(lambda known: tuple(sorted(known, key=lambda version: version.n))),
    categories=st.sampled_from([(), ("cs.CL",), ("cs.CL", "math-ph")]),
    primary_category=st.just("cs.CL"),
    doi=st.just(""),
    comment=_TEXT,
    journal_ref=_TEXT,
    license=_TEXT,
    url=st.sampled_from(["", "https://example.org/a?b=1"]),
    status=st.sampled_from(["active", "withdrawn", "reinstated"]),
    abstract_kind=st.sampled_from(["abstract", "note", "none"]),
    extra=st.sampled_from([(), (("labels", '["x"]'), ("year", "2024"))]),
)


@given(papers=st.lists(_PAPERS, max_size=2))
def test_what_is_exported_is_read_back(papers: list[Paper], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Papers written as the store writes them come back equal."""
    lines = "".join(to_json(paper_data(PaperHistory(paper))) + "\n" for paper in papers)

    assert read(tmp_path_factory.mktemp("trip"), b"\n" + lines.encode()) == papers


def test_a_large_file_is_streamed(tmp_path: Path) -> None:
    """Reading a gzip file takes a megabyte or two, though 20 MB are in it."""
    path = tmp_path / "large.jsonl.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        file.writelines(f'{{"id": "{n}", "title": "Paper {n}", "abstract": "{"x" * 5000}"}}\n' for n in range(4000))
    with open_input(path) as file:
        next(find_source(file).read(file))  # imports are not what is measured

    tracemalloc.start()
    with open_input(path) as file:
        count = sum(1 for _ in find_source(file).read(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 4000
    assert peak < 2 * 2**20
