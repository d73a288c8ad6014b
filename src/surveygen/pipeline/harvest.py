"""Fetch and harvest of papers from arXiv, stored page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from surveygen import plugins
from surveygen.config import ArxivSettings, Project
from surveygen.corpus import Outcome, PageBatch, RawPage, Scope, Store, locked
from surveygen.domain.event import Event, HarvestChanges, fold_events
from surveygen.domain.paper import BadRecord, ImportChanges, PaperId, PendingPaper, is_arxiv_id, parse_arxiv_id
from surveygen.errors import ConfigError, SourceError
from surveygen.pipeline.run_context import Progress, now
from surveygen.sources import arxiv
from surveygen.sources.http import BudgetError, Clock, NetworkDeps

OAI, QUERY, FEED = "oai", "query", "feed"
# In the store the query API has the name of its first module.
SOURCE_NAMES = {OAI: "oai", QUERY: "arxiv_query", FEED: "feed"}
_SNAPSHOT = Scope("snapshot", "", "arXivRaw")
_FETCH = Scope(SOURCE_NAMES[QUERY], "fetch", "atom")  # it has no cursor


@dataclass(frozen=True, slots=True)
class FetchQuery:
    """A request of a person; an empty one stands for what is new in the sets or the query of survey.toml.

    `sort` is "date" or "relevance": which papers of the query come first where `max_papers` limits them.
    """

    query: str = ""
    ids: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    max_papers: int | None = None
    sort: str = "date"


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The changes of a fetch, and the ids that arXiv does not have."""

    change: ImportChanges
    missing: tuple[PaperId, ...]


@dataclass(frozen=True, slots=True)
class HarvestResult:
    """The outcome of a harvest.

    Attributes:
        run: its number. outcome: "paused" if a budget was spent: the next harvest continues.
        difference: what changed in the store in this run; `events` are the single changes.
        missing: requested ids that arXiv does not have.
        notes: what a person should know: that the clocks of arXiv and of this computer differ.
    """

    run: int
    outcome: Outcome
    difference: HarvestChanges
    events: tuple[Event, ...]
    missing: tuple[PaperId, ...]
    notes: tuple[str, ...] = ()


def plan(project: Project, query: FetchQuery) -> tuple[str, ...]:
    """Return the URLs that `fetch` would request; sends no request."""
    if query == FetchQuery():
        return plan_harvest(project)
    with Store.open(project.database) as store:
        requests = _fetch_requests(project, query, store)
    source = query_source(project.settings.sources.arxiv, NetworkDeps())
    return tuple(url for request in requests for url in source.plan(request))


def fetch(project: Project, query: FetchQuery, progress: Progress) -> FetchResult:
    """Fetch and store page by page: what came before a failure is kept.

    An empty request fetches the pending ids and harvests the sets or the query of survey.toml, as `harvest` does.

    Raises:
        ConfigError: there is nothing to fetch, or an id is not of arXiv.
        SourceError: arXiv gave no usable response, or the budget is spent. CorpusError: a refresh is running.
    """
    with (
        locked(project.database),
        Store.open(project.database) as store,
        progress.stage("fetch", None) as advance,
        record_run(store, progress, advance) as record,
    ):
        _note_query(query.query or ("" if query.ids else project.settings.sources.arxiv.query), progress)
        deps = NetworkDeps(archive=record.archive, budget=arxiv.run_budget(project.settings.sources.arxiv))
        if query == FetchQuery():
            _harvest_all(_HarvestJob(project, store, deps, None), record)
        else:
            source = query_source(project.settings.sources.arxiv, deps)
            for request in _fetch_requests(project, query, store):
                for page in source.fetch(request):
                    record.store_page(_FETCH, page)
    difference = record.difference
    change = ImportChanges(
        added=difference.added,
        revised=tuple(revision.paper for revision in difference.revised),
        withdrawn=difference.withdrawn,
        reinstated=difference.reinstated,
        corrected=tuple(correction.paper for correction in difference.metadata),
        unchanged=record.unchanged,
        quarantined=tuple(record.quarantined),
    )
    return FetchResult(change, tuple(sorted(set(record.missing))))


def clear_stop(project: Project) -> bool:
    """Allow requests again after arXiv forbade them; return whether they were forbidden."""
    return arxiv.clear_stop(project.settings.sources.arxiv)


def plan_harvest(project: Project, *, since: str | None = None) -> tuple[str, ...]:
    """Return the URLs that `harvest` would request first; sends no request.

    Raises:
        ConfigError: the settings name nothing to harvest.
    """
    urls: list[str] = []
    with Store.open(project.database) as store:
        job = _HarvestJob(project, store, NetworkDeps(), since)
        if request := job.pending_request():
            urls += query_source(job.settings, job.deps).plan(request)
        for source, scope in job.scopes(has_ids=request is not None):
            urls += source.plan_harvest(scope.name, job.cursor(scope))
    return tuple(urls)


def harvest(
    project: Project,
    progress: Progress,
    *,
    since: str | None = None,
    if_announced: bool = False,
    deps: NetworkDeps | None = None,
) -> HarvestResult:
    """Fetch from arXiv what is new, and store it page by page; an interrupted harvest continues where it stopped.

    The caller holds the lock of the survey (`surveygen.corpus.locked`).

    Args:
        project: its settings say what to harvest: `sets`, or else the query; and always the pending ids.
        progress: is told how many records were stored.
        since: ISO day from which everything is fetched again, whatever is stored.
        if_announced: read the daily feed first, and stop there if it has no news.
        deps: clock, timeouts and locks; a test sets its own.

    Raises:
        ConfigError: the settings name nothing to harvest, or a contact is required.
        SourceError: arXiv gave no usable response; what came before is kept, with its cursor.
    """
    deps = deps or NetworkDeps()
    deps = replace(deps, budget=deps.budget or arxiv.run_budget(project.settings.sources.arxiv))
    outcome: Outcome = "complete"
    _note_query(project.settings.sources.arxiv.query, progress)
    with Store.open(project.database) as store, progress.stage("harvest", None) as advance:
        try:
            with record_run(store, progress, advance, deps.clock) as record:
                job = _HarvestJob(project, store, replace(deps, archive=record.archive), since)
                if if_announced:
                    _harvest_if_announced(job, record)
                else:
                    _harvest_all(job, record)
        except BudgetError as error:
            progress.note(f"{error.message}; {error.hint}")
            outcome = "paused"
    missing = tuple(dict.fromkeys(record.missing))
    return HarvestResult(record.run, outcome, record.difference, tuple(record.events), missing, tuple(record.notes))


def _note_query(query: str, progress: Progress) -> None:
    sent = arxiv.with_field(query)
    if sent != " ".join(query.split()):
        progress.note(f"the query {query!r} names no field and is sent as {sent}")


def note_snapshot(store: Store, day: str) -> None:
    """Record the day of an imported snapshot of arXiv's metadata; it contains all sets, so each may start there."""
    stored = _snapshot_day(store, Clock()) or ""
    store.runs.put_cursor(_SNAPSHOT, max(day, stored))


def _snapshot_day(store: Store, clock: Clock) -> str | None:
    """Return the day of the last snapshot; a day after tomorrow, of an earlier version of this program, is none."""
    day = store.runs.cursor(_SNAPSHOT)
    return day if day and day <= clock.day(later=1) else None


def query_source(settings: ArxivSettings, deps: NetworkDeps) -> arxiv.QuerySource:
    """Return the client of arXiv's query API."""
    source: arxiv.QuerySource = plugins.load("sources.arxiv", QUERY).make(settings, deps)
    return source


class RunRecord:
    """One run and its results; `unchanged` counts papers that were delivered without a change."""

    def __init__(self, store: Store, run: int, advance: Callable[[int], None], clock: Clock) -> None:
        self.run = run
        self.events: list[Event] = []
        self.missing: list[PaperId] = []
        self.quarantined: list[BadRecord] = []
        self.notes: list[str] = []
        self.unchanged = 0
        self._clock = clock
        self._store = store
        self._advance = advance

    def store_page(self, scope: Scope, page: arxiv.RecordPage) -> None:
        """Store a page with its cursor, whole or not at all; first what is to be requested again later."""
        self._compare_clocks(page.server_day)
        if page.wanted:
            pending = (PendingPaper(paper) for paper in page.wanted)
            self._store.import_records(pending, source=scope.source, at=now())
        if not page.url and page.cursor is None and not page.records:
            return
        batch = PageBatch(
            source=scope.source,
            run=self.run,
            at=now(),
            records=page.records,
            deleted=page.deleted,
            scope=scope,
            cursor=page.cursor,
            since=page.since,
            day=page.day,
        )
        events = self._store.import_page(batch)
        bad = [record for record in page.records if isinstance(record, BadRecord)]
        self.events += events
        self.missing += page.missing
        self.quarantined += bad
        self.unchanged += len(page.records) - len(bad) - len({event.paper for event in events})
        self._advance(len(page.records))

    def archive(self, url: str, body: bytes) -> None:
        """Store a response as it came."""
        self._store.runs.archive(RawPage(urlsplit(url).hostname or "", url, now(), body))

    def _compare_clocks(self, server_day: str) -> None:
        """Note once if the clock of the server is more than a day before or after ours."""
        own_day = self._clock.day()
        if self.notes or not server_day:
            return
        if abs(date.fromisoformat(server_day) - date.fromisoformat(own_day)) > timedelta(days=1):
            self.notes.append(
                f"the clock of arXiv says {server_day}, that of this computer {own_day}; the earlier day counts as"
                " harvested, so that no paper is missed: check the clock of this computer"
            )

    @property
    def difference(self) -> HarvestChanges:
        """What changed in the store in this run."""
        return fold_events(self.events)


@contextmanager
def record_run(
    store: Store, progress: Progress, advance: Callable[[int], None], clock: Clock | None = None
) -> Iterator[RunRecord]:
    """Open a run, and close it with its outcome: complete, paused by a budget, or incomplete by anything else.

    At the end `progress` is told the notes of the run, whatever its outcome.
    """
    record = RunRecord(store, store.runs.begin(at=now()), advance, clock or Clock())
    outcome: Outcome = "incomplete"
    try:
        yield record
        outcome = "complete"
    except BudgetError:
        outcome = "paused"
        raise
    finally:
        store.runs.end(record.run, outcome, at=now())
        for note in record.notes:
            progress.note(note)


class _HarvestJob:
    """What a harvest fetches: the settings, the scopes and their cursors."""

    def __init__(self, project: Project, store: Store, deps: NetworkDeps, since: str | None) -> None:
        settings = project.settings.sources.arxiv
        settings = replace(settings, query=arxiv.with_field(settings.query))
        self.settings = replace(settings, since=since) if since else settings
        self.store = store
        self.deps = deps
        self._is_full = since is not None

    def pending_request(self) -> arxiv.FetchRequest | None:
        """Return a request for the ids that are still to be fetched; None if there are none."""
        ids = tuple(paper for paper in self.store.papers.pending() if is_arxiv_id(paper.id))
        return arxiv.FetchRequest(ids=ids) if ids else None

    def scopes(self, *, has_ids: bool) -> list[tuple[arxiv.HarvestSource, Scope]]:
        """List what to keep up with: the sets if there are any, else the query.

        Raises:
            ConfigError: there is neither, and no id is pending.
        """
        name = OAI if self.settings.sets else QUERY
        source: arxiv.HarvestSource = plugins.load("sources.arxiv", name).make(self.settings, self.deps)
        scopes = [(source, Scope(SOURCE_NAMES[name], scope, source.format)) for scope in source.scopes()]
        if not scopes and not has_ids:
            raise ConfigError(
                "nothing to harvest",
                "set query or sets under [sources.arxiv] in survey.toml",
                path="sources.arxiv.query",
            )
        return scopes

    def page_streams(self) -> Iterator[tuple[Scope, Iterator[arxiv.RecordPage]]]:
        """Yield the pages of the pending ids, then those of each scope."""
        request = self.pending_request()
        if request:
            yield Scope(SOURCE_NAMES[QUERY], "ids", "atom"), query_source(self.settings, self.deps).fetch(request)
        for source, scope in self.scopes(has_ids=request is not None):
            yield scope, source.harvest(scope.name, self.cursor(scope), self.store.papers.datestamps)

    def cursor(self, scope: Scope) -> str | None:
        """Return the cursor of a scope; a set that was never harvested starts where the last snapshot ended."""
        if self._is_full:
            return None
        cursor = self.store.runs.cursor(scope)
        if cursor is not None or scope.source != SOURCE_NAMES[OAI] or self.settings.since:
            return cursor
        day = _snapshot_day(self.store, self.deps.clock)
        return arxiv.snapshot_cursor(day) if day else None


def _harvest_if_announced(job: _HarvestJob, record: RunRecord) -> None:
    scope = Scope(SOURCE_NAMES[FEED], " ".join(job.settings.feeds), "atom")
    feed: arxiv.UpdateFeed = plugins.load("sources.arxiv", FEED).make(job.settings, job.deps)
    update = feed.read(job.store.runs.cursor(scope) or "")
    if update:
        _harvest_all(job, record)
    job.store.runs.put_cursor(scope, update.validator)  # only now, so that news is read again if a harvest fails


def _harvest_all(job: _HarvestJob, record: RunRecord) -> None:
    """Fetch the pending ids, then each scope; one that fails does not keep the others from being fetched.

    Raises:
        SourceError: of the first scope that failed.
    """
    failures: list[SourceError] = []
    for scope, pages in job.page_streams():
        try:
            for page in pages:
                record.store_page(scope, page)
        except BudgetError:
            raise
        except SourceError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _fetch_requests(project: Project, query: FetchQuery, store: Store) -> tuple[arxiv.FetchRequest, ...]:
    settings = project.settings.sources.arxiv
    ids: list[PendingPaper] = []
    for text in query.ids:
        parsed = parse_arxiv_id(text)
        if parsed is None:
            raise ConfigError(f"--ids: {text!r} is not an arXiv id", "write it like 2107.05580 or hep-th/9901001v2")
        ids.append(PendingPaper(*parsed))
    if not (query.ids or query.query):
        ids = [paper for paper in store.papers.pending() if is_arxiv_id(paper.id)]
    terms = arxiv.with_field(query.query or ("" if query.ids else settings.query))
    if not ids and not terms:
        raise ConfigError("nothing to fetch", "give --query or --ids, or set sources.arxiv.query in survey.toml")
    limit = query.max_papers or settings.max_papers
    if query.sort not in {"date", "relevance"}:
        raise ConfigError(f"--sort: {query.sort!r} is not an order", "choose date or relevance")
    sort: arxiv.Order = "relevance" if query.sort == "relevance" else "date"
    requests = []
    if ids:
        requests.append(arxiv.FetchRequest(ids=tuple(ids), max_papers=limit))
    if terms:
        requests.append(
            arxiv.FetchRequest(query=terms, since=query.since, until=query.until, max_papers=limit, sort=sort)
        )
    return tuple(requests)
