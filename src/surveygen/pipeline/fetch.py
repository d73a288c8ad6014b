"""Fetch papers from arXiv into the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveygen import plugins, sources
from surveygen.config import Project
from surveygen.corpus import Scope, Store, locked
from surveygen.domain.identifiers import is_arxiv_id, parse_arxiv_id
from surveygen.domain.paper import ImportChanges, PaperId, PendingPaper
from surveygen.errors import ConfigError
from surveygen.pipeline._harvest_run import RunRecord, record_run
from surveygen.pipeline.progress import Progress
from surveygen.sources import FetchRequest, NetworkDeps, NetworkSource

SOURCE = "arxiv_query"
_SCOPE = Scope(SOURCE, "fetch", "atom")  # it has no cursor


@dataclass(frozen=True, slots=True)
class FetchQuery:
    """What a person asked for; without a query and ids, the query of survey.toml and the ids still wanted."""

    query: str = ""
    ids: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    max_papers: int | None = None


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What a fetch did, and the ids that arXiv does not know."""

    change: ImportChanges
    missing: tuple[PaperId, ...]


def plan(project: Project, ask: FetchQuery) -> tuple[str, ...]:
    """Return the URLs that `fetch` would ask for; asks nothing."""
    with Store.open(project.database) as store:
        requests = _requests(project, ask, store)
    source = _source(project)
    return tuple(url for request in requests for url in source.plan(request))


def fetch(project: Project, ask: FetchQuery, progress: Progress) -> FetchResult:
    """Fetch and store page by page: what came before a failure is kept.

    Raises:
        ConfigError: nothing is asked for, or an id is none of arXiv's.
        SourceError: arXiv gave no usable answer, or the budget is spent. CorpusError: a refresh runs.
    """
    with (
        locked(project.database),
        Store.open(project.database) as store,
        progress.stage("fetch", None) as advance,
        record_run(store, advance) as record,
    ):
        source = _source(project, NetworkDeps(archive=record.archive))
        for request in _requests(project, ask, store):
            for page in source.fetch(request):
                record.take(_SCOPE, page)
    return FetchResult(_change(record), tuple(sorted(set(record.missing))))


def clear_stop(project: Project) -> bool:
    """Allow requests again after arXiv forbade them; return whether they were forbidden."""
    return sources.clear_stop(project.settings.sources.arxiv)


def _change(record: RunRecord) -> ImportChanges:
    difference = record.difference
    return ImportChanges(
        added=difference.added,
        revised=tuple(one.paper for one in difference.revised),
        withdrawn=difference.withdrawn,
        reinstated=difference.reinstated,
        corrected=tuple(one.paper for one in difference.metadata),
        unchanged=record.unchanged,
        quarantined=tuple(record.quarantined),
    )


def _source(project: Project, edge: NetworkDeps | None = None) -> NetworkSource:
    source: NetworkSource = plugins.load("sources", SOURCE).make(project.settings.sources, edge)
    return source


def _requests(project: Project, ask: FetchQuery, store: Store) -> tuple[FetchRequest, ...]:
    settings = project.settings.sources.arxiv
    ids = _parse(ask.ids) if ask.ids or ask.query else tuple(w for w in store.papers.pending() if is_arxiv_id(w.id))
    query = ask.query or ("" if ask.ids else settings.query)
    if not ids and not query:
        raise ConfigError("nothing to fetch", "give --query or --ids, or set sources.arxiv.query in survey.toml")
    limit = ask.max_papers or settings.max_papers
    requests = []
    if ids:
        requests.append(FetchRequest(ids=ids, max_papers=limit))
    if query:
        requests.append(FetchRequest(query=query, since=ask.since, until=ask.until, max_papers=limit))
    return tuple(requests)


def _parse(texts: Sequence[str]) -> tuple[PendingPaper, ...]:
    found = []
    for text in texts:
        parsed = parse_arxiv_id(text)
        if parsed is None:
            raise ConfigError(f"--ids: {text!r} is not an arXiv id", "write it like 2107.05580 or hep-th/9901001v2")
        found.append(PendingPaper(*parsed))
    return tuple(found)
