"""Take one page of a server into the store, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from surveygen.corpus._database import Database
from surveygen.corpus._importer import Importer, Quarantined, Record
from surveygen.corpus._papers import PaperTable
from surveygen.corpus._runs import Scope, add_events, event_exists, put_cursor
from surveygen.corpus.merge import PaperHistory
from surveygen.domain.event import Event, classify
from surveygen.domain.paper import BadRecord, Paper, PaperId

LATE_DAYS = 7  # a paper this much older than the window was not new, notes/harvest.md 8.2


@dataclass(frozen=True, slots=True)
class PageBatch:
    """One page to store.

    Attributes:
        run: the number that `store.runs.begin` gave.
        at: the clock, ISO 8601 UTC.
        deleted: papers that the server says it deleted, with the datestamp.
        scope, cursor: where to go on after this page; None leaves the cursor as it is.
        since: the day from which records were asked for, None if from the beginning.
        day: the day of the answer by the server's clock. It dates corrections of a source whose records have no
            datestamp; None if the source has datestamps.
    """

    source: str
    run: int
    at: str
    records: tuple[Paper | BadRecord, ...] = ()
    deleted: tuple[tuple[PaperId, str], ...] = ()
    scope: Scope | None = None
    cursor: str | None = None
    since: str | None = None
    day: str | None = None


def deliver(database: Database, delivery: PageBatch) -> tuple[Event, ...]:
    """Store a page; return what it changed, an event for each kind of change of each paper."""
    witness = _ChangeRecorder(database, delivery)
    intake = Importer(database, source=delivery.source, at=delivery.at, witness=witness.see)
    with database.transaction():
        intake.absorb(list(_records(database, delivery)))
        add_events(database, witness.events)
        if delivery.scope is not None and delivery.cursor is not None:
            put_cursor(database, delivery.scope, delivery.cursor)
    return tuple(witness.events)


class _ChangeRecorder:
    """Sees each record as it is merged, and says what happened."""

    def __init__(self, database: Database, delivery: PageBatch) -> None:
        self.events: list[Event] = []
        self._database = database
        self._run = delivery.run
        self._since = _days_before(delivery.since, LATE_DAYS) if delivery.since else None

    def see(self, before: Paper | None, incoming: Paper, after: Paper) -> None:
        if before is not None and _is_older(incoming, before):
            self._regression(before, incoming)
        kinds, was, now = classify(before, after, since=self._since)
        self.events += [Event(self._run, after.id, kind, was, now) for kind in kinds]

    def _regression(self, before: Paper, incoming: Paper) -> None:
        """Tell once of each older record: a stale copy may be served for days."""
        was = {"version": before.version, "as_of": before.as_of}
        now = {"version": incoming.version, "as_of": incoming.as_of}
        known = any(event.kind == "regressed" and event.after == now for event in self.events)
        if not known and not event_exists(self._database, incoming.id, "regressed", now):
            self.events.append(Event(self._run, incoming.id, "regressed", was, now))


def _is_older(incoming: Paper, before: Paper) -> bool:
    """Whether an authority tells less than what is known; a record without datestamp may be of any version."""
    if incoming.as_of is None or before.as_of is None:
        return False
    return incoming.as_of < before.as_of or incoming.version < before.version


def _records(database: Database, delivery: PageBatch) -> Iterator[Record]:
    ids = {paper for paper, _ in delivery.deleted}
    ids |= {record.id for record in delivery.records if isinstance(record, Paper)} if delivery.day else set()
    known = PaperTable(database).load(ids) if ids else {}
    for record in delivery.records:
        if isinstance(record, BadRecord):
            yield Quarantined(record, delivery.at)
        else:
            yield PaperHistory(_dated(record, known.get(record.id), delivery.day))
    for paper, datestamp in delivery.deleted:
        if paper in known:
            yield PaperHistory(known[paper].paper.with_changes(status="withdrawn", as_of=datestamp, carried=()))


def _dated(record: Paper, known: PaperHistory | None, day: str | None) -> Paper:
    """Date a correction that its source does not date: else the longer words would stay, whichever are newer."""
    if day is None or known is None or record.as_of is not None:
        return record
    paper = known.paper
    same = (record.version, record.updated) == (paper.version, paper.updated)
    words = ("title", "abstract", "authors", "categories", "doi", "journal_ref", "comment")
    differs = any(getattr(record, name) != getattr(paper, name) for name in words)
    return record.with_changes(as_of=day) if same and differs and day > (paper.as_of or "") else record


def _days_before(day: str, days: int) -> str:
    return (date.fromisoformat(day[:10]) - timedelta(days=days)).isoformat()
