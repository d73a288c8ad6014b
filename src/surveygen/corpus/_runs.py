"""Harvest runs: their events, cursors and archived server answers."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from surveygen.corpus.database import Database
from surveygen.corpus.jsonl import to_json
from surveygen.domain.event import Event, EventKind, State
from surveygen.domain.paper import PaperId

Outcome = Literal["running", "complete", "paused", "incomplete"]
_LEVEL = 6  # of zlib; a page of OAI-PMH shrinks to a fifth


@dataclass(frozen=True, slots=True)
class HarvestRun:
    """One run of a harvest.

    Attributes:
        outcome: "complete"; "paused" when a budget was spent; "incomplete" when a server failed; "running" also for
            one that was killed, until the next run begins.
        events: how many, of any kind.
        changes: how many of them changed what a draft shows.
    """

    id: int
    started_at: str
    ended_at: str | None
    outcome: Outcome
    events: int
    changes: int


@dataclass(frozen=True, slots=True)
class RawPage:
    """An answer of a server as it came."""

    source: str
    url: str
    fetched_at: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Scope:
    """What a cursor belongs to: a source, what it was asked for (an OAI set, a query), and the format of answers."""

    source: str
    name: str
    format: str


class RunTable:
    """Harvest runs with their events, the cursors of sources and the archive of answers; `store.runs`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, *, at: str) -> int:
        """Open a run and return its number, from 1; a run that died before is closed as incomplete."""
        with self._database.transaction():
            self._database.run("UPDATE run SET outcome = 'incomplete', ended_at = ? WHERE outcome = 'running'", (at,))
            self._database.run("INSERT INTO run (started_at, outcome) VALUES (?, 'running')", (at,))
            number: int = self._database.value("SELECT last_insert_rowid()")
        return number

    def end(self, run: int, outcome: Outcome, *, at: str) -> None:
        """Close a run."""
        with self._database.transaction():
            self._database.run("UPDATE run SET outcome = ?, ended_at = ? WHERE id = ?", (outcome, at, run))

    def all(self) -> tuple[HarvestRun, ...]:
        """Return all runs, the first one first."""
        rows = self._database.typed_rows(
            tuple[int, str, str | None, Outcome, int, float],
            "run",
            "SELECT run.id, started_at, ended_at, outcome, count(event.id),"
            " total(event.kind NOT IN ('touched', 'regressed'))"
            " FROM run LEFT JOIN event ON event.run = run.id GROUP BY run.id ORDER BY run.id",
        )
        return tuple(HarvestRun(*row[:5], int(row[5])) for row in rows)

    def events(self, since_run: int = 0, *, paper: PaperId | None = None) -> tuple[Event, ...]:
        """Return the events of the runs after `since_run` in their order, of all papers or of one."""
        rows = self._database.rows(
            "SELECT id, run, paper, kind, before, after FROM event"
            " WHERE run > ? AND (? IS NULL OR paper = ?) ORDER BY id",
            (since_run, paper, paper),
        )
        events: list[Event] = []
        for number, *row, before, after in rows:
            with self._database.reading("event", number):
                run, name, kind = msgspec.convert(row, tuple[int, PaperId, EventKind])
                states = msgspec.convert([json.loads(before), json.loads(after)], tuple[dict[str, Any], dict[str, Any]])
                events.append(Event(run, name, kind, *states))
        return tuple(events)

    def cursor(self, scope: Scope) -> str | None:
        """Return the state of a cursor as its source wrote it, None where nothing was fetched yet."""
        state = self._database.value(
            "SELECT state FROM cursor WHERE source = ? AND scope = ? AND format = ?",
            (scope.source, scope.name, scope.format),
        )
        return state if isinstance(state, str) else None

    def put_cursor(self, scope: Scope, state: str) -> None:
        """Set a cursor without a page."""
        with self._database.transaction():
            put_cursor(self._database, scope, state)

    def archive(self, page: RawPage) -> None:
        """Store a server's answer as it came; the same bytes from the same address are stored once."""
        with self._database.transaction():
            archive(self._database, page)

    def raw_pages(self) -> Iterator[RawPage]:
        """Yield the archived answers in the order of their arrival, one at a time."""
        for (row,) in self._database.rows("SELECT rowid FROM raw_page ORDER BY rowid"):
            source, url, at, body = self._database.rows(
                "SELECT source, url, fetched_at, body FROM raw_page WHERE rowid = ?", (row,)
            )[0]
            with self._database.reading("raw_page", row):
                page = RawPage(source, url, at, zlib.decompress(body))
            yield page


def archive(database: Database, page: RawPage) -> None:
    """Store an answer; belongs in the transaction of what was made of it, if anything."""
    database.run(
        "INSERT OR IGNORE INTO raw_page (sha256, url, source, fetched_at, body) VALUES (?, ?, ?, ?, ?)",
        (
            hashlib.sha256(page.body).hexdigest(),
            page.url,
            page.source,
            page.fetched_at,
            zlib.compress(page.body, _LEVEL),
        ),
    )


def add_events(database: Database, events: Sequence[Event]) -> None:
    """Store events; belongs in the transaction of the changes that they describe."""
    database.run_many(
        "INSERT INTO event (run, paper, kind, before, after) VALUES (?, ?, ?, ?, ?)",
        [(event.run, event.paper, event.kind, to_json(event.before), to_json(event.after)) for event in events],
    )


def event_exists(database: Database, paper: PaperId, kind: EventKind, after: State) -> bool:
    """Return whether the same event is stored, of any run."""
    row = (paper, kind, to_json(after))
    return bool(database.rows("SELECT 1 FROM event WHERE paper = ? AND kind = ? AND after = ? LIMIT 1", row))


def put_cursor(database: Database, scope: Scope, state: str) -> None:
    """Move a cursor; belongs in the transaction of the page that it follows."""
    database.run(
        "INSERT OR REPLACE INTO cursor (source, scope, format, state) VALUES (?, ?, ?, ?)",
        (scope.source, scope.name, scope.format, state),
    )
