"""Damaged rows are errors that name table and row; a damaged cache of answers is set aside."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from corpus_records import ID, NOON, paper
from decisions import decision
from surveygen.corpus import LlmCache, RawPage, Scope, Store, export_lines
from surveygen.domain.citation import CitationRecord, CitedWork
from surveygen.domain.llm import LlmResponse
from surveygen.domain.paper import BadRecord, Paper, PaperId, PaperVersion, PendingPaper
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.errors import CorpusError

ANSWER = LlmResponse("Yes.", False, 7, 2)  # noqa: FBT003  # not cut


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with a row in each table."""
    file = tmp_path / "corpus.db"
    with Store.open(file) as store:
        records: list[Paper | PendingPaper | BadRecord] = [
            paper(versions=(PaperVersion(1, "2021-01-01"),)),
            paper(version=2, abstract="We show y.", versions=(PaperVersion(2, "2021-08-01"),)),
            PendingPaper(PaperId("wanted")),
            BadRecord("x", 3, "broken", "{"),
        ]
        store.import_records(records, source="x", at=NOON)
        store.save_taxonomy(Taxonomy((Theme(ThemeId("outer"), "Outer"),)), at=NOON)
        store.decisions.append(decision("exclude", "x"))
        store.papers.add_cite_keys({ID: "byron2021learning"})
        record = CitationRecord(ID, "graph", ("openalex:W1",), 3, (CitedWork(("doi:10.1/x",), "T"),))
        store.citations.put([record], at=NOON)
        store.runs.begin(at=NOON)
        store.runs.archive(RawPage("x", "http://x", NOON, b"<x/>"))
    return file


def read_everything(path: Path) -> None:
    """Read each table as the commands do."""
    with Store.open(path) as store:
        list(export_lines(store))
        list(store.runs.raw_pages())
        store.changed_at()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("paper", "authors = '[broken'"),
        ("paper", "authors = '[7]'"),
        ("paper", "extra = '{}'"),
        ("paper", "categories = '[[]]'"),
        ("paper", "title = x'ff'"),
        ("paper", "title = ''"),
        ("paper", "published = '2024-99-99'"),
        ("paper", "published = 'soon'"),
        ("paper", "version = 'two'"),
        ("paper", "status = 'active ' || x'00'"),
        ("version", "size_kb = 'many'"),
        ("version_text", "field_provenance = 'x'"),
        ("theme", "content = '{'"),
        ("theme", 'content = \'{"id":"a","name":"A","parent":"gone"}\''),
        ("decision", "content = '[]'"),
        ("decision", "content = 7"),
        ("cite_key", "key = x'00'"),
        ("pending", "version = 'x'"),
        ("quarantine", "reason = x'01'"),
        ("citation_record", "ids = '{'"),
        ("citation_record", "answered_at = 'noon'"),
        ("citation", "cited = '7'"),
        ("raw_page", "body = 'x'"),
        ("setting", "value = 'noon'"),
    ],
)
def test_a_damaged_row_is_named(table: str, change: str, path: Path) -> None:
    """Exit code 4, with the table and what to do."""
    read_everything(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        connection.execute(f"UPDATE {table} SET {change}")

    with pytest.raises(CorpusError, match=rf"is damaged: table {table}, row ") as caught:
        read_everything(path)
    assert caught.value.hint


@pytest.mark.parametrize("number", [-1, -(2**31)])
def test_a_negative_schema_is_damage(number: int, path: Path) -> None:
    """No migration is run for it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {number}")

    with pytest.raises(CorpusError, match="its schema has the number -"):
        Store.open(path)


def test_text_that_is_no_utf_8_is_damage(path: Path) -> None:
    """Flipped bytes of a text are no mistake of the program."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE paper SET title = CAST(x'ff41' AS TEXT)")

    with pytest.raises(CorpusError, match="is damaged"):
        read_everything(path)


def test_events_and_cursors_may_be_damaged(path: Path) -> None:
    """An event is named; a cursor is begun anew."""
    scope = Scope("oai", "cs", "arXivRaw")
    with Store.open(path) as store:
        store.runs.put_cursor(scope, "{}")
        run = store.runs.begin(at=NOON)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE cursor SET state = x'00'")
        row = (run, ID, "new", "{", "{}")
        connection.execute("INSERT INTO event (run, paper, kind, before, after) VALUES (?, ?, ?, ?, ?)", row)
    with Store.open(path) as store:
        assert store.runs.cursor(scope) is None
        with pytest.raises(CorpusError, match="table event, row 1"):
            store.runs.events()


def broken_bytes(file: Path) -> None:
    """Overwrite the head."""
    file.write_bytes(b"damaged" * 1000)


def broken_pages(file: Path) -> None:
    """Overwrite all pages but the first."""
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


def foreign(file: Path) -> None:
    """Put another database in its place."""
    file.unlink()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE other (x)")


@pytest.mark.parametrize("damage", [broken_bytes, broken_pages, foreign])
def test_a_damaged_cache_of_answers_is_set_aside(
    damage: Callable[[Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its bytes are kept under another name, the warning says so, and a new one works."""
    file = tmp_path / "answers.db"
    cache = LlmCache(file)
    cache.put("key", "model", ANSWER)
    cache.close()
    damage(file)
    kept = file.read_bytes()
    with caplog.at_level(logging.WARNING):
        cache = LlmCache(file)
    cache.put("other", "model", ANSWER)
    found = cache.get("key"), cache.get("other")
    cache.close()

    assert found == (None, ANSWER)
    assert (tmp_path / "answers.db.damaged").read_bytes() == kept
    assert "answers.db.damaged" in caplog.text


def test_a_damaged_answer_is_a_miss(tmp_path: Path) -> None:
    """It is requested again."""
    file = tmp_path / "answers.db"
    cache = LlmCache(file)
    cache.put("key", "model", ANSWER)
    cache.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE answer SET text = x'ff', input_tokens = 'many'")
    cache = LlmCache(file)
    found = cache.get("key")
    cache.close()

    assert found is None
