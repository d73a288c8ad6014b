"""Runs, what they changed, where they stopped, and the bytes that came."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from surveygen.corpus._database import Database
from surveygen.corpus._jsonl import to_json
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


def begin_run(database: Database, at: str) -> int:
    """Open a run and return its number; one that died is closed as incomplete."""
    with database.transaction():
        database.run("UPDATE run SET outcome = 'incomplete', ended_at = ? WHERE outcome = 'running'", (at,))
        database.run("INSERT INTO run (started_at, outcome) VALUES (?, 'running')", (at,))
        number: int = database.value("SELECT last_insert_rowid()")
    return number


def end_run(database: Database, run: int, outcome: Outcome, at: str) -> None:
    """Close a run."""
    with database.transaction():
        database.run("UPDATE run SET outcome = ?, ended_at = ? WHERE id = ?", (outcome, at, run))


def runs(database: Database) -> tuple[HarvestRun, ...]:
    """Return all runs, the first one first."""
    rows = database.rows(
        "SELECT run.id, started_at, ended_at, outcome, count(event.id),"
        " total(event.kind NOT IN ('touched', 'regressed'))"
        " FROM run LEFT JOIN event ON event.run = run.id GROUP BY run.id ORDER BY run.id"
    )
    return tuple(HarvestRun(row[0], row[1], row[2], row[3], row[4], int(row[5])) for row in rows)


def events(database: Database, since_run: int, paper: PaperId | None = None) -> tuple[Event, ...]:
    """Return the events of later runs in their order, of all papers or one."""
    rows = database.rows(
        "SELECT run, paper, kind, before, after FROM event WHERE run > ? AND (? IS NULL OR paper = ?) ORDER BY id",
        (since_run, paper, paper),
    )
    return tuple(Event(row[0], PaperId(row[1]), row[2], json.loads(row[3]), json.loads(row[4])) for row in rows)


def add_events(database: Database, found: Sequence[Event]) -> None:
    """Keep events; belongs in the transaction of what they tell."""
    database.run_many(
        "INSERT INTO event (run, paper, kind, before, after) VALUES (?, ?, ?, ?, ?)",
        [(event.run, event.paper, event.kind, to_json(event.before), to_json(event.after)) for event in found],
    )


def is_told(database: Database, paper: PaperId, kind: EventKind, after: State) -> bool:
    """Whether the same event was kept before."""
    row = (paper, kind, to_json(after))
    return bool(database.rows("SELECT 1 FROM event WHERE paper = ? AND kind = ? AND after = ? LIMIT 1", row))


def archive(database: Database, page: RawPage) -> None:
    """Keep an answer; the same bytes from the same address are kept once."""
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


def raw_pages(database: Database) -> Iterator[RawPage]:
    """Yield the answers kept, in the order of their arrival, one at a time."""
    for (row,) in database.rows("SELECT rowid FROM raw_page ORDER BY rowid"):
        source, url, at, body = database.rows(
            "SELECT source, url, fetched_at, body FROM raw_page WHERE rowid = ?", (row,)
        )[0]
        yield RawPage(source, url, at, zlib.decompress(body))


def cursor(database: Database, scope: Scope) -> str | None:
    """Return the state of a cursor, None where nothing was fetched yet."""
    found: str | None = database.value(
        "SELECT state FROM cursor WHERE source = ? AND scope = ? AND format = ?",
        (scope.source, scope.name, scope.format),
    )
    return found


def put_cursor(database: Database, scope: Scope, state: str) -> None:
    """Move a cursor; belongs in the transaction of the page that it stands after."""
    database.run(
        "INSERT OR REPLACE INTO cursor (source, scope, format, state) VALUES (?, ?, ?, ?)",
        (scope.source, scope.name, scope.format, state),
    )
