"""Take records into the store, a batch at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from surveygen.corpus._database import Database, storable, touch
from surveygen.corpus._jsonl import to_json
from surveygen.corpus._papers import MAX_INTEGER, PaperTable, why_not_storable
from surveygen.corpus.merge import Kind, PaperHistory, join, kind_of_change
from surveygen.domain.paper import BadRecord, ImportChanges, Paper, PaperId, PendingPaper, Status

BATCH = 500  # records a transaction: larger ones gain under 5 % of time and lose more in a kill


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A bad record with the date that it is filed under."""

    record: BadRecord
    at: str


Record = PaperHistory | PendingPaper | Quarantined
# Called with a paper as it was (None if unknown), the record, and the paper as it is now.
Witness = Callable[[Paper | None, Paper, Paper], None]


class Importer:
    """One run of a source; what it did is in `change`."""

    def __init__(self, database: Database, *, source: str, at: str, witness: Witness | None = None) -> None:
        self._database = database
        self._papers = PaperTable(database)
        self._source = storable(source)
        self._at = at
        self._witness = witness
        self._times: Counter[PaperId] = Counter()
        self._before: dict[PaperId, tuple[int, Status] | None] = {}
        self._after: dict[PaperId, tuple[int, Status]] = {}
        self._unchanged = 0
        self._wanted = 0
        self._quarantined: dict[BadRecord, None] = {}

    def run(self, records: Iterable[Record]) -> None:
        """Take records as they come; those read before an interruption are kept."""
        batch: list[Record] = []
        try:
            for record in records:
                batch.append(record)
                if len(batch) == BATCH:
                    full, batch = batch, []
                    self._take(full)
        finally:
            self._take(batch)

    @property
    def change(self) -> ImportChanges:
        """What became different since the run began."""
        ids: dict[Kind, list[PaperId]] = defaultdict(list)
        for paper in sorted(self._after):
            ids[kind_of_change(self._before[paper], self._after[paper])].append(paper)
        return ImportChanges(
            added=tuple(ids["added"]),
            revised=tuple(ids["revised"]),
            withdrawn=tuple(ids["withdrawn"]),
            reinstated=tuple(ids["reinstated"]),
            corrected=tuple(ids["corrected"]),
            unchanged=self._unchanged,
            wanted=self._wanted,
            quarantined=tuple(self._quarantined),
        )

    def _take(self, batch: Sequence[Record]) -> None:
        if batch:
            with self._database.transaction():
                self.absorb(batch)

    def absorb(self, batch: Sequence[Record]) -> None:
        """Take some records within the transaction of the caller."""
        papers: list[PaperHistory] = []
        wanted: list[PendingPaper] = []
        bad: list[Quarantined] = []
        for record in map(self._checked, batch):
            if isinstance(record, PaperHistory):
                papers.append(record)
            elif isinstance(record, PendingPaper):
                wanted.append(record)
            else:
                bad.append(record)
        self._database.run("INSERT OR IGNORE INTO source (name) VALUES (?)", (self._source,))
        # All three run, whatever the first one changed.
        if any([self._take_papers(papers), self._take_wanted(wanted), self._take_bad(bad)]):
            touch(self._database, self._at)

    def _take_papers(self, records: Sequence[PaperHistory]) -> bool:
        known = self._papers.load({record.paper.id for record in records})
        changed: dict[PaperId, PaperHistory] = {}
        for record in records:
            paper = record.paper.id
            self._times[paper] += 1
            before = known.get(paper)
            joined = join(before, record)
            if self._witness is not None:
                self._witness(before.paper if before else None, record.paper, joined.paper)
            if joined == before:
                self._unchanged += 1
                continue
            known[paper] = changed[paper] = joined
            if before is not None and _shown(before) == _shown(joined):
                self._unchanged += 1
                continue
            self._before.setdefault(paper, _state(before.paper) if before else None)
            self._after[paper] = _state(joined.paper)
        self._papers.save([changed[paper] for paper in sorted(changed)])
        self._count_deliveries({record.paper.id for record in records})
        return any(paper in self._after for paper in changed) | self._drop_satisfied(known)

    def _count_deliveries(self, papers: set[PaperId]) -> None:
        source = self._database.value("SELECT id FROM source WHERE name = ?", (self._source,))
        self._database.run_many(
            "INSERT INTO delivery (source, paper, times) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET times = excluded.times WHERE excluded.times > times",
            [(source, paper, self._times[paper]) for paper in sorted(papers)],
        )

    def _drop_satisfied(self, known: dict[PaperId, PaperHistory]) -> bool:
        rows = self._database.rows(
            "SELECT id, version FROM wanted WHERE id IN (SELECT value FROM json_each(?))", (to_json(sorted(known)),)
        )
        done = [(row[0],) for row in rows if _satisfies(known[row[0]].paper, row[1])]
        self._database.run_many("DELETE FROM wanted WHERE id = ?", done)
        return bool(done)

    def _take_wanted(self, records: Sequence[PendingPaper]) -> bool:
        known = self._papers.load({record.id for record in records})
        # A version asked for gives way to a later one, and each to the latest (NULL).
        changed = sum(
            self._database.run(
                "INSERT INTO wanted (id, version) VALUES (?, ?) ON CONFLICT DO UPDATE SET version = excluded.version "
                "WHERE version IS NOT NULL AND (excluded.version IS NULL OR excluded.version > version)",
                (record.id, record.version),
            )
            for record in records
            if record.id not in known or not _satisfies(known[record.id].paper, record.version)
        )
        self._wanted += changed
        return changed > 0

    def _take_bad(self, records: Sequence[Quarantined]) -> bool:
        self._quarantined |= dict.fromkeys(bad.record for bad in records)
        new = sum(
            self._database.run(
                "INSERT OR IGNORE INTO quarantine (source, line, raw, reason, at) VALUES (?, ?, ?, ?, ?)",
                (bad.record.source, bad.record.line, bad.record.raw, bad.record.reason, bad.at),
            )
            for bad in records
        )
        return new > 0

    def _checked(self, record: Record) -> Record:
        """Put a record that SQLite cannot hold into quarantine."""
        if isinstance(record, Quarantined):
            bad = record.record
            line = min(bad.line, MAX_INTEGER)
            return Quarantined(
                BadRecord(storable(bad.source), line, storable(bad.reason), storable(bad.raw)), record.at
            )
        reason = why_not_storable(record)
        if not reason:
            return record
        raw = f"{record.paper.id}: {record.paper.title}" if isinstance(record, PaperHistory) else record.id
        return Quarantined(BadRecord(self._source, 0, reason, storable(raw)[:2000]), self._at)


def _satisfies(paper: Paper, version: int | None) -> bool:
    """Whether there is nothing left to fetch: an abstract of that version or a later one, or a withdrawal."""
    fetched = paper.abstract_kind == "abstract" or paper.status == "withdrawn"
    return fetched and (version is None or paper.version >= version)


def _shown(history: PaperHistory) -> PaperHistory:
    """Return a history without the dates that only tell who knew it when."""
    return PaperHistory(history.paper.with_changes(as_of=None, carried=()), history.texts)


def _state(paper: Paper) -> tuple[int, Status]:
    return paper.version, paper.status
