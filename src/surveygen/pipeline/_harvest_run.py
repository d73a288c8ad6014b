"""Store the pages of a run, and keep count of what they did."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from surveygen.corpus import Outcome, PageBatch, RawPage, Scope, Store
from surveygen.domain.event import Event, HarvestChanges, fold_events
from surveygen.domain.paper import BadRecord, PaperId
from surveygen.pipeline._clock import now
from surveygen.sources import BudgetError, RecordPage


class RunRecord:
    """One run and what came of it; `unchanged` counts papers that were delivered and told nothing new."""

    def __init__(self, store: Store, run: int, advance: Callable[[int], None]) -> None:
        self.run = run
        self.events: list[Event] = []
        self.missing: list[PaperId] = []
        self.quarantined: list[BadRecord] = []
        self.unchanged = 0
        self._store = store
        self._advance = advance

    def take(self, scope: Scope, page: RecordPage) -> None:
        """Store a page with its cursor, whole or not at all."""
        at = now()
        delivery = PageBatch(
            source=scope.source,
            run=self.run,
            at=at,
            records=page.records,
            deleted=page.deleted,
            scope=scope,
            cursor=page.cursor,
            since=page.since,
            day=page.day,
        )
        events = self._store.import_page(delivery)
        self.events += events
        self.missing += page.missing
        bad = [record for record in page.records if isinstance(record, BadRecord)]
        self.quarantined += bad
        self.unchanged += len(page.records) - len(bad) - len({event.paper for event in events})
        self._advance(len(page.records))

    def archive(self, url: str, body: bytes) -> None:
        """Keep an answer as it came."""
        self._store.runs.archive(RawPage(urlsplit(url).hostname or "", url, now(), body))

    @property
    def difference(self) -> HarvestChanges:
        """What is different in the store by this run."""
        return fold_events(self.events)


@contextmanager
def record_run(store: Store, advance: Callable[[int], None]) -> Iterator[RunRecord]:
    """Open a run, and close it with its outcome: complete, paused by a budget, or incomplete by anything else."""
    record = RunRecord(store, store.runs.begin(at=now()), advance)
    outcome: Outcome = "incomplete"
    try:
        yield record
        outcome = "complete"
    except BudgetError:
        outcome = "paused"
        raise
    finally:
        store.runs.end(record.run, outcome, at=now())
