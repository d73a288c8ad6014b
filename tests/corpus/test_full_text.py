"""Full texts in the store: units, dump and merge."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arxiv_pages import invent_page
from corpus_records import ID, NOON, paper
from surveygen.corpus import Store, export_lines, import_lines
from surveygen.documents import read_page
from surveygen.domain.document import Document
from surveygen.domain.full_text import FullTextRecord
from surveygen.domain.paper import PaperId
from surveygen.errors import CorpusError

URL = f"https://arxiv.org/html/{ID}v1"
RECORD = FullTextRecord(ID, 1, "fetched", URL, NOON, license="http://creativecommons.org/licenses/by/4.0/")
NO_PAGE = FullTextRecord(ID, 2, "none", f"https://arxiv.org/html/{ID}v2", NOON)


def text_of(sections: int = 2, version: int = 1) -> Document:
    """Return the text of an invented page."""
    title = "An invented title"
    page = invent_page(ID, version, title, sections=sections)
    return read_page(page, paper=ID, version=version, title=title)


TEXT = text_of()


def dump_line() -> dict[str, Any]:
    """Return the line of a full text in a dump."""
    with Store.open(Path(":memory:")) as store:
        store.full_text.put_document(TEXT, RECORD)
        line: dict[str, Any] = json.loads(list(export_lines(store))[1])["full_text"]
        return line


def test_a_text_comes_back_as_it_was() -> None:
    """With each unit by its id, and the record of its source."""
    with Store.open(Path(":memory:")) as store:
        assert store.full_text.put_document(TEXT, RECORD)
        assert store.full_text.get(ID, 1) == TEXT
        assert all(store.full_text.unit(ID, 1, unit.id) == unit for unit in TEXT.all_units())
        assert all(store.papers.text(ID, 1, f"text:{unit.id}") == unit.text for unit in TEXT.all_units())
        record = store.full_text.record(ID, 1)

    assert record == replace(RECORD, sha256=TEXT.sha256, converter="LaTeXML 0.8.8", is_read=True)
    assert record.link(TEXT.units[2].element) == f"{URL}#{TEXT.units[2].element}"


def test_a_text_is_stored_once() -> None:
    """Another page of the same version changes nothing, nor does a request that fails or finds none."""
    with Store.open(Path(":memory:")) as store:
        store.full_text.put_document(TEXT, RECORD)
        before = list(export_lines(store)), store.sha256(), store.changes()
        assert not store.full_text.put_document(text_of(3), replace(RECORD, at="2027-01-01T00:00:00Z"))
        for status in ("none", "failed"):
            store.full_text.put_record(replace(RECORD, status=status))

        assert (list(export_lines(store)), store.sha256(), store.changes()) == before
        assert store.full_text.get(ID, 1) == TEXT


def test_the_hash_of_a_store_depends_on_its_texts() -> None:
    """A draft is made of them; a version without a page changes nothing."""
    with Store.open(Path(":memory:")) as store:
        empty = store.sha256()
        store.full_text.put_record(NO_PAGE)
        assert store.sha256() == empty
        store.full_text.put_document(TEXT, RECORD)
        assert store.sha256() != empty


EVENTS: dict[str, Callable[[Store], object]] = {
    "page": lambda store: store.full_text.put_document(TEXT, RECORD),
    "later page": lambda store: store.full_text.put_document(text_of(3), replace(RECORD, at="2027-01-01T00:00:00Z")),
    "pdf": lambda store: store.full_text.put_document(
        replace(TEXT, format="pdf", sha256="0" * 64), replace(RECORD, at="2020-01-01T00:00:00Z")
    ),
    "none": lambda store: store.full_text.put_record(replace(NO_PAGE, version=1, url=URL)),
    "failed": lambda store: store.full_text.put_record(replace(RECORD, status="failed", reason="x")),
    "no second": lambda store: store.full_text.put_record(NO_PAGE),
}


def dump_after(events: Sequence[str]) -> list[str]:
    """Return the dump of a store in which something happened."""
    with Store.open(Path(":memory:")) as store:
        for event in events:
            EVENTS[event](store)
        return list(export_lines(store))


@settings(max_examples=15)  # each opens several stores
@given(st.lists(st.lists(st.sampled_from(sorted(EVENTS)), max_size=3), min_size=1, max_size=3), st.randoms())
def test_dumps_unite_in_any_order(histories: list[list[str]], rng: Any) -> None:
    """Merging is idempotent and free of order, whatever each store had seen."""
    dumps = [dump_after(events) for events in histories]
    shuffled = rng.sample(dumps, len(dumps))
    with Store.open(Path(":memory:")) as one, Store.open(Path(":memory:")) as other:
        for lines in [*dumps, *dumps]:
            import_lines(one, lines, at=NOON)
        for lines in shuffled:
            import_lines(other, lines, at=NOON)

        assert list(export_lines(one)) == list(export_lines(other))
        assert one.counts().quarantined == 0


def spoil(path: Sequence[str | int], value: object) -> Callable[[dict[str, Any]], None]:
    """Return a change of one value in a line."""

    def change(line: dict[str, Any]) -> None:
        node: Any = line
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value

    return change


UNIT = ("document", "units", 2)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (spoil([*UNIT, "text"], "Other words."), "its text is another one"),
        (spoil([*UNIT, "id"], "1-1-00000000"), "its text is another one"),
        (spoil([*UNIT, "id"], TEXT.units[1].id), "stands there twice"),
        (spoil([*UNIT, "section"], "99"), "in no section"),
        (spoil([*UNIT, "marks"], [{"start": 0, "end": 10**6}]), "outside the text"),
        (spoil([*UNIT, "marks"], [{"start": 0, "end": 1, "references": ["r99"]}]), "of no reference"),
        (spoil(["document", "tables", 0, "rows"], [[{"text": "a"}], []]), "rows of different lengths"),
        (spoil(["document", "tables", 0, "rows"], [[{"text": "\u202ea"}]]), "invisible character U\\+202E"),
        (spoil(["document"], []), "Expected `object`"),
        (spoil(["document", "units"], 7), "Expected `array`"),
        (spoil(["version"], 0), "not a number from 1"),
        (spoil(["version"], 10**6), "not a number from 1"),
        (spoil(["at"], "noon"), "not a time"),
        (spoil(["sha256"], "x"), "not that of a page"),
        (spoil(["status"], "failed"), "neither a text"),
        (spoil(["status"], "none"), "neither a text"),
        (spoil(["url"], "x" * 2000), "longer than"),
        (spoil(["paper"], ""), "paper: "),
    ],
)
def test_a_forged_line_of_a_dump_is_set_aside(change: Callable[[dict[str, Any]], None], reason: str) -> None:
    """It is quarantined with its reason, and the rest of the dump is imported."""
    line = dump_line()
    change(line)
    wanted = {"wanted": {"id": "x", "version": None}}
    lines = ['{"surveygen_dump":1}', json.dumps({"full_text": line}), json.dumps(wanted)]
    with Store.open(Path(":memory:")) as store:
        import_lines(store, lines, at=NOON)
        bad = [record for record, _ in store.papers.quarantine()]

        assert store.full_text.records() == ()
        assert len(store.papers.pending()) == 1
    assert len(bad) == 1
    assert re.search(reason, bad[0].reason), bad[0].reason


@pytest.mark.parametrize(
    "damage", ["document = x'00'", "document = substr(document, 1, 50)", "digest = x'00'", "document = 'text'"]
)
def test_a_damaged_text_is_a_miss(damage: str, tmp_path: Path) -> None:
    """No unit of it is found, it is listed, the dump does without it, and it can be stored again."""
    path = tmp_path / "corpus.db"
    with Store.open(path) as store:
        store.full_text.put_document(TEXT, RECORD)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE full_text SET {damage}")
    with Store.open(path) as store:
        unit = TEXT.units[0]
        assert store.full_text.get(ID, 1) is None
        assert store.papers.text(ID, 1, f"text:{unit.id}") is None
        assert [record.name for record in store.full_text.damaged()] == [f"{ID}v1"]
        assert len(list(export_lines(store))) == 1
        assert store.full_text.put_document(TEXT, RECORD)
        assert store.papers.text(ID, 1, f"text:{unit.id}") == unit.text


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    """A column of another kind is an error with table and row, as everywhere."""
    path = tmp_path / "corpus.db"
    with Store.open(path) as store:
        store.full_text.put_record(NO_PAGE)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE full_text SET version = 'two'")

    with Store.open(path) as store, pytest.raises(CorpusError, match="table full_text, row "):
        store.full_text.records()


def test_a_text_goes_with_its_paper() -> None:
    """Where two papers prove to be one, the text is that of the one."""
    old = PaperId("doi:10.1000/x")
    with Store.open(Path(":memory:")) as store:
        store.import_records([paper(id=old, doi="10.1000/x")], source="x", at=NOON)
        store.full_text.put_document(replace(TEXT, paper=old), replace(RECORD, paper=old))
        store.import_records([paper(doi="10.1000/x")], source="x", at=NOON)

        assert store.full_text.get(ID, 1) == TEXT
        assert store.full_text.get(old, 1) is None
