"""Import of records and of server pages into the store."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from surveygen.corpus._identity import Match, NameTable, match, names_to_look_up, renamed
from surveygen.corpus._papers import MAX_INTEGER, PaperTable, why_not_storable
from surveygen.corpus._runs import Scope, add_events, event_exists, put_cursor
from surveygen.corpus._validation import checked_record
from surveygen.corpus.database import Database, storable, touch
from surveygen.corpus.jsonl import to_json
from surveygen.corpus.merge import ChangeKind, PaperHistory, change_kind, merge_histories
from surveygen.domain.event import Event, classify
from surveygen.domain.paper import BadRecord, ImportChanges, Paper, PaperId, PendingPaper, Status

BATCH = 500  # records a transaction: larger ones gain under 5 % of time and lose more in a kill
# An unknown paper first submitted more than this before the window is a late arrival (cross-listed, moved to another
# category, or missed before) and not new.
LATE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A bad record with the date of its first delivery."""

    record: BadRecord
    at: str


# What sources yield, or with more detail what a dump has.
Record = Paper | PendingPaper | BadRecord | PaperHistory | Quarantined
# Called with a paper as it was (None if new), the record, and the paper as it is now.
Observer = Callable[[Paper | None, Paper, Paper], None]


@dataclass(frozen=True, slots=True)
class PageBatch:
    """One page of a server to store.

    Attributes:
        run: the number that `store.runs.begin` returned.
        at: the clock, ISO 8601 UTC.
        deleted: papers that the server reports as deleted, with the datestamp.
        scope, cursor: where to go on after this page; None leaves the cursor as it is.
        since: the day from which records were requested, None if from the beginning.
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


class Importer:
    """One run of a source; what it changed is in `changes`."""

    def __init__(self, database: Database, *, source: str, at: str, observer: Observer | None = None) -> None:
        self._database = database
        self._papers = PaperTable(database)
        self._names = NameTable(database)
        self._source = storable(source)
        self._at = at
        self._observer = observer
        self._times: Counter[PaperId] = Counter()
        self._before: dict[PaperId, tuple[int, Status] | None] = {}
        self._after: dict[PaperId, tuple[int, Status]] = {}
        self._unchanged = 0
        self._pending = 0
        self._quarantined: dict[BadRecord, None] = {}

    def run(self, records: Iterable[Record]) -> None:
        """Import records in batches as they come; those read before an interruption are stored."""
        batch: list[Record] = []
        try:
            for record in records:
                batch.append(record)
                if len(batch) == BATCH:
                    full, batch = batch, []
                    self._import_in_transaction(full)
        finally:
            self._import_in_transaction(batch)

    @property
    def changes(self) -> ImportChanges:
        """What changed since the run began."""
        ids: dict[ChangeKind, list[PaperId]] = defaultdict(list)
        for paper in sorted(self._after):
            ids[change_kind(self._before[paper], self._after[paper])].append(paper)
        return ImportChanges(
            added=tuple(ids["added"]),
            revised=tuple(ids["revised"]),
            withdrawn=tuple(ids["withdrawn"]),
            reinstated=tuple(ids["reinstated"]),
            corrected=tuple(ids["corrected"]),
            unchanged=self._unchanged,
            wanted=self._pending,
            quarantined=tuple(self._quarantined),
        )

    def _import_in_transaction(self, batch: Sequence[Record]) -> None:
        if batch:
            with self._database.transaction():
                self.import_batch(batch)

    def import_batch(self, batch: Sequence[Record]) -> None:
        """Import some records within the transaction of the caller."""
        papers: list[PaperHistory] = []
        pending: list[PendingPaper] = []
        bad: list[Quarantined] = []
        for record in map(self._checked, batch):
            if isinstance(record, PaperHistory):
                papers.append(record)
            elif isinstance(record, PendingPaper):
                pending.append(record)
            else:
                bad.append(record)
        self._database.run("INSERT OR IGNORE INTO source (name) VALUES (?)", (self._source,))
        # A list, so that all three run.
        if any([self._import_papers(papers), self._import_pending(pending), self._import_bad(bad)]):
            touch(self._database, self._at)

    def _import_papers(self, records: Sequence[PaperHistory]) -> bool:
        holders = self._names.holders(name for record in records for name in names_to_look_up(record.paper))
        stored = self._papers.load(set(holders.values()))
        changed: dict[PaperId, PaperHistory] = {}
        delivered: set[PaperId] = set()
        united: dict[PaperId, PaperId] = {}
        names: dict[PaperId, PaperId] = {}
        for record in records:
            found = match(record, holders, stored)
            if found.conflict:
                self._set_aside(found.conflict)
                continue
            paper = found.record.paper.id
            self._times[paper] += 1
            delivered.add(paper)
            former = sorted(set(found.papers) - {paper})
            before = stored[paper if paper in found.papers else former[0]] if found.papers else None
            base = self._united(found, stored)
            for name in former:
                united[name] = paper
                changed.pop(name, None)
                self._times[paper] += self._times.pop(name, 0)
            if former:
                holders = {name: united.get(holder, holder) for name, holder in holders.items()}
            if found.replaces:
                self._names.forget(paper)
            joined = merge_histories(None if found.replaces else base, found.record)
            new_names = {name: paper for name in (paper, *found.names) if name not in holders}
            holders |= new_names
            names |= {name: paper for name in new_names if name != paper}
            if self._observer is not None:
                self._observer(base.paper if base else None, found.record.paper, joined.paper)
            stored[paper] = joined
            if joined == before:
                self._unchanged += 1
                continue
            changed[paper] = joined
            self._note_change(paper, before, joined)
        self._save(changed, delivered, united, names)
        return any(paper in self._after for paper in changed) | bool(united) | self._drop_satisfied(stored)

    def _united(self, found: Match, stored: dict[PaperId, PaperHistory]) -> PaperHistory | None:
        """Merge the stored papers of a record under the id of their paper; None if it is of none."""
        paper = found.record.paper.id
        united = stored.get(paper) if paper in found.papers else None
        for former in sorted(set(found.papers) - {paper}):
            if former in self._after:
                del self._after[former]
                self._before.setdefault(paper, self._before.pop(former))
            united = merge_histories(united, renamed(stored.pop(former), paper))
        return united

    def _note_change(self, paper: PaperId, before: PaperHistory | None, joined: PaperHistory) -> None:
        if before is not None and _content(before) == _content(joined):
            self._unchanged += 1
            return
        self._before.setdefault(paper, _state(before.paper) if before else None)
        self._after[paper] = _state(joined.paper)

    def _save(
        self,
        changed: Mapping[PaperId, PaperHistory],
        delivered: Collection[PaperId],
        united: Mapping[PaperId, PaperId],
        names: Mapping[PaperId, PaperId],
    ) -> None:
        self._papers.save([changed[paper] for paper in sorted(changed)])
        source = self._database.value("SELECT id FROM source WHERE name = ?", (self._source,))
        self._database.run_many(
            "INSERT INTO delivery (source, paper, times) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET times = excluded.times WHERE excluded.times > times",
            [(source, paper, self._times[paper]) for paper in sorted(set(delivered) - united.keys())],
        )
        for former in sorted(united):
            self._names.unite(former, _last(former, united))
        self._names.add({name: _last(paper, united) for name, paper in names.items()})

    def _set_aside(self, reason: str) -> None:
        self._import_bad([Quarantined(BadRecord(self._source, 0, storable(reason)), self._at)])

    def _drop_satisfied(self, stored: dict[PaperId, PaperHistory]) -> bool:
        rows = self._database.rows(
            "SELECT id, version FROM pending WHERE id IN (SELECT value FROM json_each(?))", (to_json(sorted(stored)),)
        )
        satisfied = [(row[0],) for row in rows if _satisfies(stored[row[0]].paper, row[1])]
        self._database.run_many("DELETE FROM pending WHERE id = ?", satisfied)
        return bool(satisfied)

    def _import_pending(self, records: Sequence[PendingPaper]) -> bool:
        stored = self._papers.load({record.id for record in records})
        # A requested version gives way to a later one, and any number to the latest (NULL).
        changed = sum(
            self._database.run(
                "INSERT INTO pending (id, version) VALUES (?, ?) ON CONFLICT DO UPDATE SET version = excluded.version "
                "WHERE version IS NOT NULL AND (excluded.version IS NULL OR excluded.version > version)",
                (record.id, record.version),
            )
            for record in records
            if record.id not in stored or not _satisfies(stored[record.id].paper, record.version)
        )
        self._pending += changed
        return changed > 0

    def _import_bad(self, records: Sequence[Quarantined]) -> bool:
        self._quarantined |= dict.fromkeys(bad.record for bad in records)
        new = sum(
            self._database.run(
                "INSERT OR IGNORE INTO quarantine (source, line, raw, reason, at) VALUES (?, ?, ?, ?, ?)",
                (bad.record.source, bad.record.line, bad.record.raw, bad.record.reason, bad.at),
            )
            for bad in records
        )
        return new > 0

    def _checked(self, record: Record) -> PaperHistory | PendingPaper | Quarantined:
        """Return the detailed form of a record; quarantine one out of bounds or that SQLite cannot store."""
        if isinstance(record, BadRecord):
            record = Quarantined(record, self._at)
        if isinstance(record, Paper):
            record = PaperHistory(record)
        if isinstance(record, Quarantined):
            bad = record.record
            line = min(bad.line, MAX_INTEGER)
            return Quarantined(
                BadRecord(storable(bad.source), line, storable(bad.reason), storable(bad.raw)), record.at
            )
        try:
            record = checked_record(record)
            reason = why_not_storable(record)
        except ValueError as error:
            reason = str(error)
        if not reason:
            return record
        raw = f"{record.paper.id}: {record.paper.title}" if isinstance(record, PaperHistory) else record.id
        return Quarantined(BadRecord(self._source, 0, reason, storable(raw)[:2000]), self._at)


def import_page(database: Database, page: PageBatch) -> tuple[Event, ...]:
    """Store a page in one transaction; return an event for each kind of change of each paper."""
    recorder = _EventRecorder(database, page)
    importer = Importer(database, source=page.source, at=page.at, observer=recorder.observe)
    with database.transaction():
        importer.import_batch(list(_records(database, page)))
        add_events(database, recorder.events)
        if page.scope is not None and page.cursor is not None:
            put_cursor(database, page.scope, page.cursor)
    return tuple(recorder.events)


class _EventRecorder:
    """Observes the merge of each record and collects the events."""

    def __init__(self, database: Database, page: PageBatch) -> None:
        self.events: list[Event] = []
        self._database = database
        self._run = page.run
        self._late_before = None
        if page.since:
            self._late_before = (date.fromisoformat(page.since[:10]) - timedelta(days=LATE_DAYS)).isoformat()

    def observe(self, before: Paper | None, incoming: Paper, after: Paper) -> None:
        """Add the events of one merged record."""
        if before is not None:
            self._record_regression(before, incoming)
        kinds, was, now = classify(before, after, since=self._late_before)
        self.events += [Event(self._run, after.id, kind, was, now) for kind in kinds]

    def _record_regression(self, before: Paper, incoming: Paper) -> None:
        """Record each older record once: a server may deliver an outdated copy for days."""
        if incoming.datestamp is None or before.datestamp is None:  # the record may be of any version
            return
        if incoming.datestamp >= before.datestamp and incoming.version >= before.version:
            return
        was = {"version": before.version, "as_of": before.datestamp}
        now = {"version": incoming.version, "as_of": incoming.datestamp}
        recorded = any(event.kind == "regressed" and event.after == now for event in self.events)
        if not recorded and not event_exists(self._database, incoming.id, "regressed", now):
            self.events.append(Event(self._run, incoming.id, "regressed", was, now))


def _records(database: Database, page: PageBatch) -> Iterator[Record]:
    ids = {paper for paper, _ in page.deleted}
    ids |= {record.id for record in page.records if isinstance(record, Paper)} if page.day else set()
    stored = PaperTable(database).load(ids) if ids else {}
    for record in page.records:
        if isinstance(record, BadRecord):
            yield record
        else:
            yield _dated(record, stored.get(record.id), page.day).with_changes(authority=True)
    for paper, datestamp in page.deleted:
        if paper in stored:
            paper_now = stored[paper].paper.with_changes(status="withdrawn", datestamp=datestamp)
            yield paper_now.with_changes(authority=True, field_provenance=())


def _dated(record: Paper, stored: PaperHistory | None, day: str | None) -> Paper:
    """Date a correction that its source does not date; without a date merge would keep the longer text."""
    if day is None or stored is None or record.datestamp is not None:
        return record
    paper = stored.paper
    same_version = (record.version, record.updated) == (paper.version, paper.updated)
    names = ("title", "abstract", "authors", "categories", "doi", "journal_ref", "comment")
    differs = any(getattr(record, name) != getattr(paper, name) for name in names)
    return record.with_changes(datestamp=day) if same_version and differs and day > (paper.datestamp or "") else record


def _satisfies(paper: Paper, version: int | None) -> bool:
    """Return whether nothing is left to fetch: an abstract of that version or a later one, or a withdrawal."""
    fetched = paper.abstract_kind == "abstract" or paper.status == "withdrawn"
    return fetched and (version is None or paper.version >= version)


def _content(history: PaperHistory) -> PaperHistory:
    """Return a history without the dates that only say when a record was changed."""
    paper = history.paper.with_changes(datestamp=None, authority=False, field_provenance=())
    return PaperHistory(paper, history.texts)


def _last(paper: PaperId, united: Mapping[PaperId, PaperId]) -> PaperId:
    """Return the paper that a paper became part of, if it did."""
    while paper in united:
        paper = united[paper]
    return paper


def _state(paper: Paper) -> tuple[int, Status]:
    return paper.version, paper.status
