"""Keep the store up with what arXiv has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from surveygen import plugins
from surveygen.config import Project, SourceSettings
from surveygen.corpus import Outcome, Scope, Store
from surveygen.domain.event import Event, HarvestChanges
from surveygen.domain.identifiers import is_arxiv_id
from surveygen.domain.paper import PaperId
from surveygen.errors import ConfigError, SourceError
from surveygen.pipeline._harvest_run import RunRecord, record_run
from surveygen.pipeline.progress import Progress
from surveygen.sources import (
    BudgetError,
    FetchRequest,
    HarvestSource,
    NetworkDeps,
    NetworkSource,
    RecordPage,
    UpdateFeed,
    budget_of,
    snapshot_cursor,
)

OAI, QUERY, FEED = "oai", "arxiv_query", "feed"
_SNAPSHOT = Scope("snapshot", "", "arXivRaw")


@dataclass(frozen=True, slots=True)
class HarvestResult:
    """What a harvest did.

    Attributes:
        run: its number. outcome: "paused" if a budget was spent: the next harvest goes on.
        difference: what is different in the store, of this run alone; `events` tell it one by one.
        missing: ids asked for that arXiv does not know.
    """

    run: int
    outcome: Outcome
    difference: HarvestChanges
    events: tuple[Event, ...]
    missing: tuple[PaperId, ...]


def plan_harvest(project: Project, *, since: str | None = None) -> tuple[str, ...]:
    """Return the URLs that `harvest` would ask for first; asks nothing.

    Raises:
        ConfigError: there is nothing to ask for.
    """
    settings = _settings(project, since)
    urls: list[str] = []
    with Store.open(project.database) as store:
        if wanted := _wanted(store):
            urls += _asker(settings, NetworkDeps()).plan(wanted)
        for source, scope in _scopes(settings, NetworkDeps(), has_ids=wanted is not None):
            asked = _Asked(settings=settings, edge=NetworkDeps(), store=store, anew=since is not None)
            urls += source.plan_harvest(scope.name, _cursor(asked, scope))
    return tuple(urls)


def note_snapshot(store: Store, day: str) -> None:
    """Remember the day of an imported snapshot of arXiv's metadata; it holds all sets, so each may begin there."""
    store.runs.put_cursor(_SNAPSHOT, max(day, store.runs.cursor(_SNAPSHOT) or ""))


def harvest(
    project: Project,
    progress: Progress,
    *,
    since: str | None = None,
    if_announced: bool = False,
    edge: NetworkDeps | None = None,
) -> HarvestResult:
    """Ask arXiv for what is new, and store it page by page; what died is taken up where it stopped.

    The caller holds the lock of the survey (`surveygen.corpus.locked`).

    Args:
        project: whose settings say what to ask for: `sets`, or else the query; and always the ids still wanted.
        progress: who watches.
        since: ISO day from which all is asked again, whatever is known.
        if_announced: ask the daily feed first, and leave it at that if there is no news.
        edge: clock, time-outs and turns; a test brings its own.

    Raises:
        ConfigError: there is nothing to ask for, or a contact is wanted.
        SourceError: arXiv gave no usable answer; what came before is kept, with its cursor.
    """
    settings = _settings(project, since)
    edge = edge or NetworkDeps()
    edge = replace(edge, budget=edge.budget or budget_of(settings.arxiv))
    outcome: Outcome = "complete"
    with Store.open(project.database) as store, progress.stage("harvest", None) as advance:
        try:
            with record_run(store, advance) as record:
                kept = replace(edge, archive=record.archive)
                asked = _Asked(settings=settings, edge=kept, store=store, anew=since is not None)
                _run(asked, record, if_announced=if_announced)
        except BudgetError as error:
            progress.note(f"{error.message}; {error.hint}")
            outcome = "paused"
    return HarvestResult(record.run, outcome, record.difference, tuple(record.events), tuple(record.missing))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    settings: SourceSettings
    edge: NetworkDeps
    store: Store
    anew: bool


def _run(asked: _Asked, record: RunRecord, *, if_announced: bool) -> None:
    if not if_announced:
        _take_all(asked, record)
        return
    scope = Scope(FEED, " ".join(asked.settings.arxiv.feeds), "atom")
    feed: UpdateFeed = plugins.load("sources", FEED).make(asked.settings, asked.edge)
    heard = feed.announced(asked.store.runs.cursor(scope) or "")
    if heard:
        _take_all(asked, record)
    asked.store.runs.put_cursor(scope, heard.validator)  # only now, so that news is heard again if a harvest fails


def _take_all(asked: _Asked, record: RunRecord) -> None:
    """Take the wanted ids, then each scope; one that fails does not keep the others from being asked.

    Raises:
        SourceError: of the first scope that failed.
    """
    failures: list[SourceError] = []
    for scope, pages in _streams(asked):
        try:
            for page in pages:
                record.take(scope, page)
        except BudgetError:
            raise
        except SourceError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _streams(asked: _Asked) -> Iterator[tuple[Scope, Iterator[RecordPage]]]:
    wanted = _wanted(asked.store)
    if wanted:
        yield Scope(QUERY, "ids", "atom"), _asker(asked.settings, asked.edge).fetch(wanted)
    for source, scope in _scopes(asked.settings, asked.edge, has_ids=wanted is not None):
        yield scope, source.harvest(scope.name, _cursor(asked, scope), asked.store.papers.datestamps)


def _cursor(asked: _Asked, scope: Scope) -> str | None:
    """Return where a scope stands; a set that was never asked begins where the last snapshot ended."""
    if asked.anew:
        return None
    known = asked.store.runs.cursor(scope)
    if known is not None or scope.source != OAI or asked.settings.arxiv.since:
        return known
    day = asked.store.runs.cursor(_SNAPSHOT)
    return snapshot_cursor(day) if day else None


def _settings(project: Project, since: str | None) -> SourceSettings:
    settings = project.settings.sources
    return replace(settings, arxiv=replace(settings.arxiv, since=since)) if since else settings


def _wanted(store: Store) -> FetchRequest | None:
    ids = tuple(wanted for wanted in store.papers.pending() if is_arxiv_id(wanted.id))
    return FetchRequest(ids=ids) if ids else None


def _asker(settings: SourceSettings, edge: NetworkDeps) -> NetworkSource:
    source: NetworkSource = plugins.load("sources", QUERY).make(settings, edge)
    return source


def _scopes(settings: SourceSettings, edge: NetworkDeps, *, has_ids: bool) -> list[tuple[HarvestSource, Scope]]:
    """List what to keep up with: the sets where there are some, else the query.

    Raises:
        ConfigError: there is neither, and no id is wanted.
    """
    name = OAI if settings.arxiv.sets else QUERY
    source: HarvestSource = plugins.load("sources", name).make(settings, edge)
    found = [(source, Scope(name, scope, source.format)) for scope in source.scopes()]
    if not found and not has_ids:
        raise ConfigError(
            "nothing to harvest",
            "set query or sets under [sources.arxiv] in survey.toml",
            path="sources.arxiv.query",
        )
    return found
