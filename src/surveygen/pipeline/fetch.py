"""Fetch of papers from arXiv by query and by id."""

from __future__ import annotations

from dataclasses import dataclass

from surveygen.config import Project
from surveygen.corpus import Scope, Store, locked
from surveygen.domain.paper import ImportChanges, PaperId, PendingPaper, is_arxiv_id, parse_arxiv_id
from surveygen.errors import ConfigError
from surveygen.pipeline.harvest import QUERY, SOURCE_NAMES, query_source, record_run
from surveygen.pipeline.run_context import Progress
from surveygen.sources import arxiv
from surveygen.sources.arxiv import FetchRequest
from surveygen.sources.http import NetworkDeps

_SCOPE = Scope(SOURCE_NAMES[QUERY], "fetch", "atom")  # it has no cursor


@dataclass(frozen=True, slots=True)
class FetchQuery:
    """A request of a person; without a query and ids, the query of survey.toml and the pending ids."""

    query: str = ""
    ids: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    max_papers: int | None = None


@dataclass(frozen=True, slots=True)
class FetchResult:
    """The changes of a fetch, and the ids that arXiv does not have."""

    change: ImportChanges
    missing: tuple[PaperId, ...]


def plan(project: Project, query: FetchQuery) -> tuple[str, ...]:
    """Return the URLs that `fetch` would request; sends no request."""
    with Store.open(project.database) as store:
        requests = _requests(project, query, store)
    source = query_source(project.settings.sources.arxiv, NetworkDeps())
    return tuple(url for request in requests for url in source.plan(request))


def fetch(project: Project, query: FetchQuery, progress: Progress) -> FetchResult:
    """Fetch and store page by page: what came before a failure is kept.

    Raises:
        ConfigError: the query is empty, or an id is not of arXiv.
        SourceError: arXiv gave no usable response, or the budget is spent. CorpusError: a refresh is running.
    """
    with (
        locked(project.database),
        Store.open(project.database) as store,
        progress.stage("fetch", None) as advance,
        record_run(store, advance) as record,
    ):
        source = query_source(project.settings.sources.arxiv, NetworkDeps(archive=record.archive))
        for request in _requests(project, query, store):
            for page in source.fetch(request):
                record.store_page(_SCOPE, page)
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


def _requests(project: Project, query: FetchQuery, store: Store) -> tuple[FetchRequest, ...]:
    settings = project.settings.sources.arxiv
    ids: list[PendingPaper] = []
    for text in query.ids:
        parsed = parse_arxiv_id(text)
        if parsed is None:
            raise ConfigError(f"--ids: {text!r} is not an arXiv id", "write it like 2107.05580 or hep-th/9901001v2")
        ids.append(PendingPaper(*parsed))
    if not (query.ids or query.query):
        ids = [paper for paper in store.papers.pending() if is_arxiv_id(paper.id)]
    terms = query.query or ("" if query.ids else settings.query)
    if not ids and not terms:
        raise ConfigError("nothing to fetch", "give --query or --ids, or set sources.arxiv.query in survey.toml")
    limit = query.max_papers or settings.max_papers
    requests = []
    if ids:
        requests.append(FetchRequest(ids=tuple(ids), max_papers=limit))
    if terms:
        requests.append(FetchRequest(query=terms, since=query.since, until=query.until, max_papers=limit))
    return tuple(requests)
