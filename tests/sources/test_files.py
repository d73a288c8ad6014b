"""Choosing the reader of a file; the snapshot, bibliographies and lists of ids."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen import plugins
from surveygen.domain.paper import BadRecord, Paper, PendingPaper
from surveygen.errors import SourceError
from surveygen.sources.dates import iso_date
from surveygen.sources.files import FileSource, bibtex, ids, open_input, read_file, ris, snapshot
from surveygen.sources.record import is_withdrawal_comment

SNAPSHOT: dict[str, Any] = {
    "id": "hep-th/9901999",
    "submitter": "A. Person",
    "authors": "Jos\\'e Exemplar, B. Sample (Institute)",
    "title": "Counting\n  imaginary sheep",
    "comments": "9 pages",
    "journal-ref": "J. Inv. 1",
    "doi": "10.99999/s",
    "report-no": "INV-1",
    "categories": "hep-th math-ph",
    "license": None,
    "abstract": "  We count sheep.\n",
    "versions": [
        {"version": "v1", "created": "Tue, 5 Jan 1999 10:00:00 GMT"},
        {"version": "v2", "created": "Wed, 6 Jan 1999 11:00:00 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [["Exemplar", "Jos\\'e", ""], ["Sample", "B.", "Jr.", "Institute"]],
}
BIB = r"""
@string{inv = "Journal of Invented Results"}
A comment between entries.
@article{first, title = {Counting {LLM} sheep: {\'E}tudes with $\alpha_{1}$ \& more}, author = {M{\"u}ller, Jo{\~a}o and
  {The Sheep Team} and van der Berg, A. and others}, journal = inv, year = 2020, month = mar, doi = {10.99999/SHEEP},
  eprint = {2401.00001v2}, archivePrefix = {arXiv}, keywords = {sheep}}
@misc{second, title = "In a note", note = "arXiv preprint arXiv: math.GT/0309136", year = "2003"}
@misc{third, title = {A {DOI}}, doi = {https://doi.org/10.99999/X}, date = {2021-05-06}}
@misc{fourth, title = {Only a key for \$5}}
@misc{fourth, title = {The same key}}
@misc{fifth, title = {First}, title = {Second}, url = {https://arxiv.org/abs/2401.00002}}
@misc{sixth, year = 1999}
@misc{broken, title = {never closed
@misc{last, title = {After the break}}
"""
RIS = """TY  - JOUR
TI  - Counting sheep
AU  - Müller, João
AU  - Sheep Team
AB  - We count
  sheep.
PY  - 2020/03//
DO  - 10.99999/SHEEP
KW  - sheep
ER  -

TY  - GEN
T1  - From arXiv
UR  - https://arxiv.org/abs/2401.00001v3
ER  -
TY  - GEN
AU  - Nobody
ER  -
TY  - GEN
TI  - Without an end
"""


def write(folder: Path, name: str, text: str) -> Path:
    """Write a text file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def papers(path: Path) -> list[Paper]:
    """Return the papers that a file of any format holds."""
    return [record for record in read_file(path) if isinstance(record, Paper)]


def bad(path: Path) -> list[BadRecord]:
    """Return what could not be read of a file."""
    return [record for record in read_file(path) if isinstance(record, BadRecord)]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.jsonl", '{"id": "x", "title": "t"}', "jsonl"),
        ("a.data", '\n {"id": "x", "title": "t"}', "jsonl"),
        ("a.jsonl", "broken\n", "jsonl"),
        ("a.jsonl", "", "jsonl"),
        ("a.json", json.dumps(SNAPSHOT), "snapshot"),
        ("a.jsonl", json.dumps(SNAPSHOT), "snapshot"),
        ("a.json", '[{"id": "x", "title": "t"}]', "json_document"),
        ("a.json", '{\n "results": []\n}', "json_document"),
        ("a.csv", '"Key","Item Type","Title","Author"\n', "csv_table"),
        ("a.txt", BIB, "bibtex"),
        ("a.bib", "% only a comment", "bibtex"),
        ("a.txt", RIS, "ris"),
        ("a.txt", "# ids\n2401.00001\n", "ids"),
        ("a", "https://arxiv.org/abs/2401.00001", "ids"),
        ("a.txt", "", "ids"),
    ],
)
def test_one_reader_for_each_format(name: str, text: str, kind: str, tmp_path: Path) -> None:
    """A file is read by what it holds, whatever its name, and exactly one plug-in takes it."""
    path = write(tmp_path, name, text)
    sources = {name: plugins.load("sources.files", name) for name in plugins.names("sources.files")}
    with open_input(path) as file:
        accepting = [name for name, source in sources.items() if source.accepts(file)]

    assert accepting == [kind]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is not there, a folder, a name with a NUL and an unknown format are errors that say what to do."""
    for path in (tmp_path / "none", tmp_path, Path("a\0b"), write(tmp_path, "a.csv", "id,title\n1,x\n")):
        with pytest.raises(SourceError) as caught:
            read_file(path)
        assert caught.value.hint
        assert caught.value.exit_code == 3
    assert "BibTeX, RIS or CSL-JSON" in caught.value.hint
    (tmp_path / "x.gz").write_bytes(b"\x1f\x8b\x08nonsense")
    with pytest.raises(SourceError, match="damaged"):
        read_file(tmp_path / "x.gz")


def test_the_snapshot_is_mapped(tmp_path: Path) -> None:
    """A line of the snapshot gives versions with dates, names in order, and nothing of the submitter."""
    path = tmp_path / "snapshot.json.gz"
    path.write_bytes(gzip.compress((json.dumps(SNAPSHOT) + "\nnonsense\n").encode()))
    (paper,) = papers(path)

    assert [author.name for author in paper.authors] == ["José Exemplar", "B. Sample Jr."]
    assert (paper.version, [version.n for version in paper.versions]) == (2, [1, 2])
    assert (paper.published, paper.updated) == ("1999-01-05T10:00:00Z", "1999-01-06T11:00:00Z")
    assert (paper.comment, paper.journal_ref, paper.abstract) == ("9 pages", "J. Inv. 1", "We count sheep.")
    assert (paper.categories, paper.status) == (("hep-th", "math-ph"), "active")
    assert dict(paper.extra) == {"report-no": '"INV-1"', "update_date": '"2008-11-26"'}
    assert [record.line for record in bad(path)] == [2]


@pytest.mark.parametrize("lost", [*SNAPSHOT, "nothing"])
def test_a_snapshot_line_with_a_hole(lost: str, tmp_path: Path) -> None:
    """Any key but id and title may be absent or null."""
    for record in (SNAPSHOT | {lost: None}, {key: value for key, value in SNAPSHOT.items() if key != lost}):
        path = write(tmp_path, "s.jsonl", json.dumps(record))
        with open_input(path) as file:
            (read,) = snapshot.read(file)
        assert isinstance(read, Paper) == (lost not in {"id", "title"})


def test_withdrawn_by_its_comment(shared: Path) -> None:
    """Of the real versions flagged withdrawn most are heard, and no other version is."""
    lines = (shared / "fixtures/arxiv/versions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    heard = [is_withdrawal_comment(row.get("comments") or "", row["abstract"]) for row in rows]

    assert not any(said and not row["is_withdrawn"] for said, row in zip(heard, rows, strict=True))
    assert sum(heard) >= 9


@pytest.mark.parametrize(
    "comment", ["withdrawn from ICLR", "v2 replaces a withdrawn figure", "We withdraw money", "to be withdrawn?", ""]
)
def test_not_every_withdrawal_is_of_the_paper(comment: str) -> None:
    """Other things are withdrawn as well."""
    assert not is_withdrawal_comment(comment)


def test_bibtex_is_mapped(tmp_path: Path) -> None:
    """Ids come from eprint, note, DOI or title; TeX is decoded, protecting braces dropped, mathematics kept."""
    path = write(tmp_path, "refs.bib", BIB)
    first, second, third, fourth, again, fifth, last = papers(path)

    assert (first.id, first.version) == ("2401.00001", 2)
    assert first.title == r"Counting LLM sheep: Études with $\alpha_{1}$ & more"
    assert [author.name for author in first.authors] == ["João Müller", "The Sheep Team", "A. van der Berg"]
    assert (first.published, first.journal_ref) == ("2020-03", "Journal of Invented Results")
    assert dict(first.extra)["bibtex_key"] == '"first"'
    assert dict(first.extra)["keywords"] == '"sheep"'
    assert (second.id, second.published) == ("math/0309136", "2003")
    assert (third.id, third.doi, third.published) == ("doi:10.99999/x", "10.99999/X", "2021-05-06")
    assert (fourth.id, fourth.title) == ("title:only-a-key-for-5", "Only a key for $5")
    assert (again.id, dict(again.extra)["bibtex_key"]) == ("title:the-same-key", '"fourth"')
    assert (fifth.id, fifth.title) == ("2401.00002", "First")
    assert last.title == "After the break"


def test_bibtex_says_what_is_wrong(tmp_path: Path) -> None:
    """An entry without title and one that never ends are bad records with their lines."""
    reasons = {record.line: record.reason for record in bad(write(tmp_path, "refs.bib", BIB))}

    assert list(reasons) == [12, 13]
    assert "no title" in reasons[12]
    assert "its end is missing" in reasons[13]


def test_an_old_bibliography_is_not_utf8(tmp_path: Path) -> None:
    """Windows-1252, the usual encoding of old files, is read."""
    path = tmp_path / "old.bib"
    path.write_bytes("@misc{a, title = {Über Schafe}}".encode("cp1252"))

    assert papers(path)[0].title == "Über Schafe"


def test_ris_is_mapped(tmp_path: Path) -> None:
    """Tags, continued lines and partial dates are read; an entry without title is a bad record."""
    path = write(tmp_path, "refs.ris", RIS)
    sheep, other, last = papers(path)

    assert (sheep.id, sheep.title, sheep.abstract) == ("doi:10.99999/sheep", "Counting sheep", "We count sheep.")
    assert [author.name for author in sheep.authors] == ["João Müller", "Sheep Team"]
    assert sheep.published == "2020-03"
    assert (other.id, other.version) == ("2401.00001", 3)
    assert last.id == "title:without-an-end"
    assert [record.line for record in bad(path)] == [16]


def test_ids_are_wanted(tmp_path: Path) -> None:
    """Ids and links are read with their versions; comments and blank lines are passed over."""
    path = write(
        tmp_path, "ids.txt", "# mine\n2401.00001v2  # good\n\nhttps://arxiv.org/pdf/hep-th/9901001.pdf\nnot one\n"
    )
    records = list(read_file(path))

    assert records[:2] == [PendingPaper(records[0].id, 2), PendingPaper(records[1].id)]  # type: ignore[union-attr]  # both wanted
    assert isinstance(records[2], BadRecord)
    assert (records[2].line, "'not one'" in records[2].reason) == (5, True)


@given(text=st.text(max_size=300) | st.text(alphabet='@{}=,"# \nabTYER-', max_size=300))
@pytest.mark.parametrize("source", [bibtex, ris, ids], ids=["bibtex", "ris", "ids"])
def test_no_text_raises(source: FileSource, text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever a text file holds, reading it gives records and raises nothing."""
    path = tmp_path_factory.mktemp("fuzz") / "file"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))

    with open_input(path) as file:
        assert all(isinstance(record, Paper | PendingPaper | BadRecord) for record in source.read(file))


@pytest.mark.parametrize(
    ("value", "date"),
    [
        (2023, "2023"), ("2023", "2023"), ("2023-5", "2023-05"), ("2023/05/01/", "2023-05-01"),
        ("2020/03//", "2020-03"), ("2023-02-31", None), ("2007-04-01 16:37:36", "2007-04-01T16:37:36Z"), (None, None),
        ("", None),
        ("2023-05-01T01:00:00.123+02:00", "2023-04-30T23:00:00Z"), ("0001-01-01T00:00:00+10:00", None), ([], None),
        (True, None),
    ],
)  # fmt: skip
def test_dates(value: object, date: str | None) -> None:
    """Dates keep their precision, times become UTC, and what is no date is None."""
    assert iso_date(value) == date
