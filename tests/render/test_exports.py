"""References in the formats of other programs, each read back by a reader that is not ours."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence

import jsonschema
import pytest
from bibtexparser.entrypoint import parse_string as read_bib
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string

from hostile_strings import HOSTILE_STRINGS
from sample_survey import hostile_survey, sample_survey
from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.survey import Survey
from surveygen.render import BIBLIOGRAPHIES

Pairs = Sequence[tuple[str, Paper]]

_BIB_FIELDS = {"title", "author", "doi", "url", "eprint", "note", "version"}
_FIELDS = {
    "bibtex": _BIB_FIELDS | {"year", "journal", "booktitle", "archivePrefix", "primaryClass"},
    "biblatex": _BIB_FIELDS | {"date", "journaltitle", "booktitle", "eprinttype", "eprintclass"},
}
# What matters here of the schema of CSL-JSON: the two required fields, and that there are no others than these.
_TEXT = {"type": "string", "minLength": 1}
_NAME = {"type": "object", "properties": dict.fromkeys(("family", "given", "literal"), _TEXT), "minProperties": 1}
_DATE = {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3}
_DATES = {"date-parts": {"type": "array", "items": _DATE, "minItems": 1, "maxItems": 1}}
_CSL_TEXTS = ("id", "title", "container-title", "abstract", "annote", "number", "archive", "DOI", "URL", "note")
_CSL_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["type", "id"],
        "additionalProperties": False,
        "properties": {
            **dict.fromkeys(_CSL_TEXTS, _TEXT),
            "type": {"enum": ["article", "article-journal", "paper-conference"]},
            "author": {"type": "array", "items": {**_NAME, "additionalProperties": False}},
            "issued": {"type": "object", "properties": _DATES, "required": ["date-parts"]},
        },
    },
}
_COLUMNS = ["cite_key", "id", "version", "title", "authors", "year", "published", "categories"]
_COLUMNS += ["doi", "journal_ref", "url", "status"]
_TEX_LIKE = st.text("abé漢β\u0301\u202e \n\t\r\\{}$^_%#&~\"'`,;=+-@<>[]()019", min_size=1, max_size=40)
_ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=60)


def text_of(name: str, pairs: Pairs) -> str:
    """Write in one format; it must be possible to save it."""
    text = "".join(BIBLIOGRAPHIES[name](pairs))
    text.encode("utf-8")
    return text


def pairs_of(survey: Survey) -> Pairs:
    """Give the papers of a survey keys like those that the pipeline mints."""
    return [(f"paper2021x{entry.number}", entry.paper) for entry in survey.entries]


def with_everywhere(text: str) -> Paper:
    """Make a paper with one text in every field that a text can reach."""
    return Paper(
        PaperId(text),
        text,
        text,
        (Author(text), Author(f"{text} {text}")),
        published="2021-01-04",
        categories=(text,),
        primary_category=text,
        doi=text,
        journal_ref=text,
        url=text,
    )


def by_pybtex(text: str) -> list[tuple[str, set[str]]]:
    """Read keys and names of fields with pybtex, which raises on any fault."""
    entries = parse_string(text, "bibtex").entries
    return [(key, {*entry.fields, *entry.persons}) for key, entry in entries.items()]


def by_bibtexparser(text: str) -> list[tuple[str, set[str]]]:
    """Read keys and names of fields with bibtexparser."""
    library = read_bib(text)
    assert not library.failed_blocks
    assert len(library.blocks) == len(library.entries)
    return [(entry.key, {field.key for field in entry.fields}) for entry in library.entries]


def by_json(text: str) -> list[dict[str, object]]:
    """Read CSL-JSON and check its shape."""
    items = json.loads(text)
    jsonschema.validate(items, _CSL_SCHEMA)
    return list(items)


def by_tags(text: str) -> list[dict[str, list[str]]]:
    """Read RIS by the letter: every line is a tag, two spaces, a hyphen, a space and a value."""
    records: list[dict[str, list[str]]] = []
    for line in filter(None, text.split("\r\n")):
        found = re.fullmatch(r"([A-Z][A-Z0-9])  - ([^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]*)", line)
        assert found, line
        if found[1] == "TY":
            records.append({})
        assert "ER" not in records[-1]
        records[-1].setdefault(found[1], []).append(found[2])
    assert all(record["ER"] == [""] for record in records)
    return records


def by_rows(text: str) -> list[dict[str, str]]:
    """Read the table, whose first row names the columns."""
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == _COLUMNS
    return [dict(zip(header, row, strict=True)) for row in rows]


KEYS: dict[str, Callable[[str], list[object]]] = {
    "csl": lambda text: [item["id"] for item in by_json(text)],
    "ris": lambda text: [record["ID"][0] for record in by_tags(text)],
    "csv": lambda text: [row["cite_key"] for row in by_rows(text)],
    "bibtex": lambda text: [key for key, _ in by_pybtex(text)],
    "biblatex": lambda text: [key for key, _ in by_bibtexparser(text)],
}


def decoded(tex: str) -> str:
    """Read TeX words as our own reader does, without the braces that protect capitals."""
    return plain(parse_inline(tex)).strip("{}")


def test_formats_are_those_of_the_manual() -> None:
    """The formats have the names that the command line lists."""
    assert set(BIBLIOGRAPHIES) == {"bibtex", "biblatex", "csl", "ris", "csv"}


@pytest.mark.parametrize("name", sorted(BIBLIOGRAPHIES))
def test_papers_come_one_by_one_in_order(name: str) -> None:
    """Every format streams: no piece holds two papers, and the order is the one given."""
    pairs = pairs_of(sample_survey())

    pieces = list(BIBLIOGRAPHIES[name](pairs))

    assert all(sum(f"{key}" in piece for key, _ in pairs) <= 1 for piece in pieces)
    assert KEYS[name]("".join(pieces)) == [key for key, _ in pairs]


@pytest.mark.parametrize("name", sorted(BIBLIOGRAPHIES))
def test_no_papers_make_a_valid_file(name: str) -> None:
    """A corpus without papers gives a file that can be read and is empty."""
    assert KEYS[name](text_of(name, ())) == []


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_two_libraries_read_the_same_bibliography(name: str) -> None:
    """Both pybtex and bibtexparser find all entries with titles and names as they were."""
    pairs = pairs_of(sample_survey())

    text = text_of(name, pairs)
    entries = parse_string(text, "bibtex").entries

    assert by_pybtex(text) == by_bibtexparser(text)
    for key, paper in pairs:
        people = [decoded(str(person)) for person in entries[key].persons.get("author", ())]
        assert decoded(entries[key].fields["title"]) == paper.title
        assert people == [", ".join(author.name.split()[::-1]) for author in paper.authors]


def test_bibtex_is_ascii() -> None:
    """Accents, Greek letters, signs and quotes are commands; a script without commands stays readable."""
    title = "β-VAE of Nguyễn, Đỗ & Łoś: “x ≤ 2” in ℝ² – naïve"
    paper = Paper(PaperId("p"), title, authors=(Author("漢 字"), Author("Ελένη Δ")))

    text = text_of("bibtex", [("k", paper)])

    assert [character for character in text if not character.isascii()] == list("漢字Ελένη")
    assert "{$\\beta$}-VAE of Nguy{\\~{\\^{e}}}n" in text


def test_biblatex_says_where_a_preprint_lies() -> None:
    """A preprint is @online with its archive, version and date; a published one is @article."""
    published, preprint, *_, elsewhere = parse_string(
        text_of("biblatex", pairs_of(sample_survey())), "bibtex"
    ).entries.values()

    assert (published.type, preprint.type, elsewhere.type) == ("article", "online", "misc")
    assert published.fields["journaltitle"].startswith("Journal of Invented Results")
    assert {name: preprint.fields[name] for name in ("date", "eprint", "eprinttype", "eprintclass", "version")} == {
        "date": "2022-03-09",
        "eprint": "2203.00002",
        "eprinttype": "arxiv",
        "eprintclass": "cs.AI",
        "version": "1",
    }


def test_csl_holds_what_a_citation_needs() -> None:
    """An item has type, names, date, identifiers and the version that was read."""
    first = by_json(text_of("csl", pairs_of(sample_survey())))[0]

    assert first.pop("abstract")
    assert first == {
        "id": "paper2021x1",
        "type": "article-journal",
        "title": "Debate with $k$-step judges: an $O(n^{2})$ protocol",
        "author": [
            {"family": "Müller", "given": "Ada"},
            {"family": "Poincaré-Özdemir", "given": "Chloé"},
            {"family": "Satō", "given": "Jun"},
        ],
        "issued": {"date-parts": [[2021, 1, 4]]},
        "container-title": "Journal of Invented Results 12 (2021) 1–20",
        "number": "arXiv:2101.00001",
        "archive": "arXiv",
        "DOI": "10.1234/debate_2021",
        "URL": "https://arxiv.org/abs/2101.00001",
        "note": "arXiv version 2",
    }


def test_ris_holds_what_a_citation_needs() -> None:
    """A record has its tags, repeated for authors."""
    records = by_tags(text_of("ris", pairs_of(sample_survey())))

    assert records[0]["TY"] == ["JOUR"]
    assert records[0]["AU"] == ["Müller, Ada", "Poincaré-Özdemir, Chloé", "Satō, Jun"]
    assert (records[0]["PY"], records[0]["DA"]) == (["2021"], ["2021/01/04/"])
    assert (records[0]["DO"], records[0]["UR"]) == (["10.1234/debate_2021"], ["https://arxiv.org/abs/2101.00001"])
    assert records[4]["N1"] == ["arXiv version 1; withdrawn"]


def test_csv_has_a_row_for_every_paper() -> None:
    """The cells of a paper stand under their columns; what is unknown is empty."""
    rows = by_rows(text_of("csv", pairs_of(sample_survey())))

    assert rows[0]["authors"] == "Ada Müller; Chloé Poincaré-Özdemir; Jun Satō"
    assert (rows[3]["id"], rows[3]["year"], rows[3]["categories"]) == ("2301.00004", "2023", "cs.LG; stat.ML")
    assert (rows[4]["status"], rows[5]["published"], rows[5]["url"]) == ("withdrawn", "", "")


@pytest.mark.parametrize(
    ("known", "parts", "ris"),
    [
        ("2021", [2021], "2021///"),
        ("2021-03", [2021, 3], "2021/03//"),
        ("2021-03-09T01:02:03Z", [2021, 3, 9], "2021/03/09/"),
    ],
)
def test_dates_are_as_precise_as_known(known: str, parts: list[int], ris: str) -> None:
    """A date without month or day gets none, and the time of day is left out."""
    pairs = [("k", Paper(PaperId("p"), "T", published=known))]

    assert by_json(text_of("csl", pairs))[0]["issued"] == {"date-parts": [parts]}
    assert by_tags(text_of("ris", pairs))[0]["DA"] == [ris]
    assert f"date = {{{known[:10]}}}" in text_of("biblatex", pairs)


def test_names_that_cannot_be_split_stay_whole() -> None:
    """A group and a single name are literal names; a comma in one does not split it."""
    people = (Author("ATLAS Collaboration"), Author("Plato"), Author("Reading, Writing and Rewards Team"))
    pairs = [("k", Paper(PaperId("p"), "T", authors=people))]

    assert by_json(text_of("csl", pairs))[0]["author"] == [{"literal": person.name} for person in people]
    assert by_tags(text_of("ris", pairs))[0]["AU"] == [person.name.replace(",", "") for person in people]
    assert len(parse_string(text_of("bibtex", pairs), "bibtex").entries["k"].persons["author"]) == 3


def test_editors_note_is_no_abstract() -> None:
    """An annotation of an editor is given as such, never as the paper's abstract."""
    pairs = [("k", Paper(PaperId("p"), "T", "Ours.", abstract_kind="note"))]
    item, record = by_json(text_of("csl", pairs))[0], by_tags(text_of("ris", pairs))[0]

    assert ("abstract" in item, item["annote"]) == (False, "Ours.")
    assert ("AB" in record, record["N1"]) == (False, ["Ours."])


def test_old_arxiv_ids_are_eprints() -> None:
    """An id of before 2007 keeps its archive."""
    text = text_of("biblatex", [("k", Paper(PaperId("hep-th/9901001"), "T"))])

    assert "eprint = {hep-th/9901001}" in text
    assert "url = {https://arxiv.org/abs/hep-th/9901001}" in text


@pytest.mark.parametrize(
    "address",
    ["http://example.org/x", "javascript:alert(1)", "https://e.org/}x", "https://e.org/\nUR  - x", "٢١٠١.٠٠٠٠١"],
)
def test_only_safe_addresses_become_links(address: str) -> None:
    """An address without https or with odd characters, and what is no identifier, is not given as one."""
    pairs = [("k", Paper(PaperId(address), "T", doi=address, url=address))]
    row = by_rows(text_of("csv", pairs))[0]

    assert by_pybtex(text_of("bibtex", pairs)) == by_pybtex(text_of("biblatex", pairs)) == [("k", {"title"})]
    assert by_json(text_of("csl", pairs)) == [{"id": "k", "type": "article", "title": "T"}]
    assert by_tags(text_of("ris", pairs)) == [{"TY": ["UNPB"], "ID": ["k"], "TI": ["T"], "ER": [""]}]
    assert (row["doi"], row["url"]) == ("", "")


def test_braces_to_print_do_not_end_a_field() -> None:
    """Mathematics with one printed brace leaves the braces of the file balanced, for BibTeX counts them all."""
    pairs = [(key, Paper(PaperId(key), "If $\\left\\{x\\right.$ and $\\{$")) for key in ("a", "b")]

    for name in ("bibtex", "biblatex"):
        text = text_of(name, pairs)
        assert text.count("{") == text.count("}")
        assert by_pybtex(text) == by_bibtexparser(text) == [("a", {"title"}), ("b", {"title"})]


@pytest.mark.parametrize("hostile_strings", [pytest.param(text, id=name) for name, text in HOSTILE_STRINGS])
def test_nasty_text_stays_text(hostile_strings: str) -> None:
    """Hostile text in every field makes no entry, field, line or formula of its own, in any format."""
    pairs = pairs_of(hostile_survey(hostile_strings, "Between", hostile_strings))
    keys = [key for key, _ in pairs]

    for name in ("bibtex", "biblatex"):
        text = text_of(name, pairs)
        assert by_pybtex(text) == by_bibtexparser(text)
        assert [key for key, _ in by_pybtex(text)] == keys
        assert set().union(*(fields for _, fields in by_pybtex(text))) <= _FIELDS[name]
    assert KEYS["csl"](text_of("csl", pairs)) == keys
    assert KEYS["ris"](text_of("ris", pairs)) == keys
    rows = by_rows(text_of("csv", pairs))
    assert [row["cite_key"] for row in rows] == keys
    assert not [cell for row in rows for cell in row.values() if re.match(r"[=+\-@\t\r]", cell)]


def test_nasty_keys_stay_keys() -> None:
    """A key with anything but letters and digits is replaced by the number of the paper, in every format."""
    pairs = [
        ("a}, title={x", Paper(PaperId("p"), "T")),
        ("\r\nER  - ", Paper(PaperId("q"), "T")),
        ("key3", Paper(PaperId("r"), "T")),
    ]

    for name in BIBLIOGRAPHIES:
        assert KEYS[name](text_of(name, pairs)) == ["paper1", "paper2", "key3"]


@given(st.lists(_TEX_LIKE | _ANY_TEXT, min_size=1, max_size=3))
def test_every_paper_is_one_entry(texts: list[str]) -> None:
    """Whatever the fields hold, each format has as many entries as there are papers."""
    pairs = [(f"key{n}", with_everywhere(text)) for n, text in enumerate(texts)]
    keys = [key for key, _ in pairs]

    assert {name: KEYS[name](text_of(name, pairs)) for name in BIBLIOGRAPHIES} == dict.fromkeys(BIBLIOGRAPHIES, keys)


@given(_TEX_LIKE | _ANY_TEXT | st.from_regex(r"[=+\-@\t\r'\"][a-z=,;\"\n]{0,9}", fullmatch=True))
def test_cells_survive_up_to_the_apostrophe(text: str) -> None:
    """A cell is the text as a reader sees it, with an apostrophe before it exactly if it could be a formula."""
    row = by_rows(text_of("csv", [("k", with_everywhere(text))]))[0]
    seen = plain(parse_inline(text))

    assert row["title"] == row["journal_ref"] == (f"'{seen}" if seen[:1] in {*"=+-@＝＋－＠"} else seen)
    assert not any(re.match(r"[=+\-@\t\r]", cell) for cell in row.values())


@pytest.mark.parametrize(
    ("changes", "types"),
    [
        ({}, ("misc", "online", "article", "UNPB")),
        ({"doi": "10.48550/arXiv.2101.00001"}, ("misc", "online", "article", "UNPB")),
        ({"doi": "10.1000/xyz"}, ("article", "article", "article-journal", "JOUR")),
        ({"journal_ref": "Proc. Lond. Math. Soc. 3"}, ("article", "article", "article-journal", "JOUR")),
        (
            {"journal_ref": "Proceedings of the 3rd Workshop on Wants"},
            ("inproceedings", "inproceedings", "paper-conference", "CPAPER"),
        ),
    ],
)
def test_a_preprint_becomes_a_published_entry(changes: dict[str, str], types: tuple[str, ...]) -> None:
    """With a journal, or a DOI that is not arXiv's own; the key and the fields of the eprint stay."""
    paper = Paper(PaperId("2101.00001"), "T", published="2021-01-04", primary_category="cs.CL").with_changes(**changes)
    pairs = [("key2021t", paper)]
    bibtex = parse_string(text_of("bibtex", pairs), "bibtex").entries["key2021t"]
    biblatex = parse_string(text_of("biblatex", pairs), "bibtex").entries["key2021t"]
    (item,) = by_json(text_of("csl", pairs))
    (record,) = by_tags(text_of("ris", pairs))

    assert (bibtex.type, biblatex.type, item["type"], record["TY"][0]) == types
    assert (bibtex.fields["eprint"], bibtex.fields["archivePrefix"]) == ("2101.00001", "arXiv")
    assert (biblatex.fields["eprint"], biblatex.fields["eprinttype"]) == ("2101.00001", "arxiv")
    assert (item["number"], record["AN"]) == ("arXiv:2101.00001", ["arXiv:2101.00001"])
    venue = changes.get("journal_ref", "")
    assert bibtex.fields.get("booktitle" if types[0] == "inproceedings" else "journal", "") == venue
