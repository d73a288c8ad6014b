"""arXiv's query API: papers by query, date and id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlencode

import arxiv

from surveygen.config import ArxivSettings
from surveygen.domain.paper import BadRecord, Paper, PendingPaper, is_arxiv_id
from surveygen.errors import ConfigError, SourceError
from surveygen.sources.arxiv import Datestamps, FetchRequest, RecordPage, run_budget
from surveygen.sources.arxiv._atom import AtomFeed, parse_feed
from surveygen.sources.arxiv._progress import ListProgress
from surveygen.sources.arxiv._windows import (
    DateWindow,
    check_order,
    check_update_order,
    first_window,
    read_watermark,
    updates,
    with_watermark,
)  # fmt: skip
from surveygen.sources.dates import iso_date
from surveygen.sources.http import NetworkDeps
from surveygen.sources.http.limiter import is_loopback
from surveygen.sources.http.retry import FEW_REQUESTS, UnusableError
from surveygen.sources.http.transport import connect

__all__ = ["ArxivQuery", "AtomFeed", "make", "parse_feed"]
PAGE = 200  # papers; the manual recommends responses well below 1,000
ID_BATCH = 100
MAX_OFFSET = 10_000  # the server does not answer beyond it, whatever its manual says
FEW_BAD = 2  # bad records that do not make a page fail; above that, 1 %
_BY_SUBMISSION, _BY_UPDATE = arxiv.SortCriterion.SubmittedDate, arxiv.SortCriterion.LastUpdatedDate
_ORDERS = {"date": _BY_SUBMISSION, "relevance": arxiv.SortCriterion.Relevance}


def make(settings: ArxivSettings, deps: NetworkDeps) -> ArxivQuery:
    """Make the client of the query API."""
    return ArxivQuery(settings, deps)


class ArxivQuery:
    """Requests ids in batches and queries newest first, and checks every response against its request.

    Args:
        page_size: papers per request of a query. max_offset: the offset beyond which the server does not answer.
    """

    format = "atom"

    def __init__(
        self, settings: ArxivSettings, deps: NetworkDeps, *, page_size: int = PAGE, max_offset: int = MAX_OFFSET
    ) -> None:
        self._settings = settings
        self._clock = deps.clock
        self._transport = connect(settings.api_url, settings, deps, run_budget(settings))
        self._page_size = page_size
        self._max_offset = max_offset

    def plan(self, request: FetchRequest) -> tuple[str, ...]:
        """List the URLs, as `QuerySource.plan` says."""
        batches = tuple(self._ids_url(batch) for batch in _batches(request.ids))
        if not self._query(request):
            return batches
        window, limit = first_window(self._query(request), request), self._limit(request)
        starts = range(0, min(limit, self._max_offset), self._page_size)
        order = _ORDERS[request.sort]
        return batches + tuple(self._query_url(window, start, limit - start, order) for start in starts)

    def fetch(self, request: FetchRequest) -> Iterator[RecordPage]:
        """Yield pages, as `QuerySource.fetch` says: first the ids, then the query."""
        count = len(self.plan(request))
        if count > FEW_REQUESTS and not self._settings.contact and not is_loopback(self._settings.api_url):
            raise ConfigError(
                f"{count} requests to arXiv require a contact address",
                'set contact = "you@example.org" under [sources.arxiv]',
                path="sources.arxiv.contact",
            )
        invalid = [paper for paper in request.ids if not is_arxiv_id(paper.id)]
        if invalid:
            reason = "{!r} is not an arXiv id"
            url = self._settings.api_url
            yield RecordPage("", tuple(BadRecord(url, 0, reason.format(paper.id), paper.id) for paper in invalid))
        for batch in _batches(request.ids):
            yield from self._fetch_ids(batch)
        if query := self._query(request):
            yield from self._fetch_window(
                first_window(query, request), _QueryProgress(self._limit(request), _ORDERS[request.sort])
            )

    def scopes(self) -> tuple[str, ...]:
        """Return the query of the settings, if there is one."""
        query = self._settings.query.strip()
        return (query,) if query else ()

    def plan_harvest(self, scope: str, cursor: str | None) -> tuple[str, ...]:
        """List the URLs of a first fetch, or the first URL of the updates."""
        if read_watermark(cursor, self._clock.day(later=1)).day is None:
            return self.plan(FetchRequest(query=scope, since=self._settings.since or None))
        return (self._url(_search(DateWindow(scope), _BY_UPDATE), 0, self._page_size),)

    def harvest(self, scope: str, cursor: str | None, datestamps: Datestamps) -> Iterator[RecordPage]:  # noqa: ARG002  # the protocol
        """Yield pages, as `HarvestSource.harvest` says: first like `fetch`, later what was updated since."""
        complete_until = read_watermark(cursor, self._clock.day(later=1)).day
        if complete_until is None:
            return with_watermark(self.fetch(FetchRequest(query=scope, since=self._settings.since or None)))
        progress = ListProgress("updates")

        def fetch_page(window: DateWindow, start: int) -> tuple[RecordPage, AtomFeed]:
            if start == 0:
                progress.restart()  # half a window has the same papers again
            page, feed = self._fetch_updates(window, start)
            progress.advance(paper.id for paper in feed.papers)
            return page, feed

        return with_watermark(updates(DateWindow(scope), complete_until, fetch_page, self._max_offset))

    def _query(self, request: FetchRequest) -> str:
        """Return the query of the request; that of the settings only where there are no ids."""
        query = request.query.strip() or ("" if request.ids else self._settings.query.strip())
        if not query and not request.ids:
            raise ConfigError(
                "nothing to ask arXiv for",
                'set query under [sources.arxiv], for example "cat:cs.CL AND abs:alignment", or name ids',
                path="sources.arxiv.query",
            )
        return query

    def _limit(self, request: FetchRequest) -> int:
        limit = self._settings.max_papers if request.max_papers is None else request.max_papers
        if limit < 1:
            raise ConfigError(f"max: {limit} papers cannot be requested", "use 1 or more", path="max_papers")
        return limit

    def _fetch_ids(self, batch: Sequence[PendingPaper]) -> Iterator[RecordPage]:
        """Fetch some ids; one for which the server refuses the batch is found by halving.

        A page names the requested papers that are missing; a paper that was not requested is a bad record.
        """
        url = self._ids_url(batch)
        try:
            page, _ = self._get(url, lambda body: _checked(parse_feed(body, url), 0))
        except SourceError as error:
            if not isinstance(error.__cause__, UnusableError) or error.__cause__.event != "refused":
                raise
            if len(batch) == 1:
                yield RecordPage(url, (BadRecord(url, 0, error.message, batch[0].id),))
                return
        else:
            requested = {paper.id for paper in batch}
            records = tuple(
                record
                if isinstance(record, BadRecord) or record.id in requested
                else BadRecord(page.url, 0, f"{record.id}: the server sent it unasked", record.title)
                for record in page.records
            )
            received = {record.id for record in records if isinstance(record, Paper)}
            missing = dict.fromkeys(paper.id for paper in batch if paper.id not in received)
            yield replace(page, records=records, missing=tuple(missing))
            return
        for half in (batch[: len(batch) // 2], batch[len(batch) // 2 :]):
            yield from self._fetch_ids(half)

    def _fetch_window(self, window: DateWindow, progress: _QueryProgress) -> Iterator[RecordPage]:
        """Fetch a window page by page; one with more papers than the server pages through is halved by date."""
        start = total = 0
        while progress.left > 0:
            page, feed = self._fetch_page(window, start, progress)
            dated = progress.order is _BY_SUBMISSION  # an order by relevance cannot be halved by date
            if dated and start == 0 and feed.papers and min(feed.total, progress.left) > self._max_offset:
                for half in window.halves(newest=feed.papers[0].published or ""):
                    yield from self._fetch_window(half, progress)
                return
            yield progress.take_new(page)
            start += feed.distinct
            total = max(total, feed.total)  # a count that shrinks meanwhile must not end the fetch
            if not feed.records or start >= min(total, self._max_offset):
                return

    def _fetch_page(self, window: DateWindow, start: int, progress: _QueryProgress) -> tuple[RecordPage, AtomFeed]:
        url = self._query_url(window, start, progress.left, progress.order)

        def parse(body: bytes) -> AtomFeed:
            feed = _checked(window.only_inside(parse_feed(body, url), url), start)
            if progress.order is _BY_SUBMISSION:
                check_order(feed.papers)
            if start and feed.papers and all(paper.id in progress.seen for paper in feed.papers):
                raise UnusableError("broken", f"the same papers again at {start}")
            return feed

        return self._get(url, parse)

    def _fetch_updates(self, window: DateWindow, start: int) -> tuple[RecordPage, AtomFeed]:
        url = self._url(_search(window, _BY_UPDATE), start, min(self._page_size, self._max_offset - start))

        def parse(body: bytes) -> AtomFeed:
            feed = _checked(window.only_inside(parse_feed(body, url), url), start)
            check_update_order(feed.papers)
            return feed

        return self._get(url, parse)

    def _get(self, url: str, parse: Callable[[bytes], AtomFeed]) -> tuple[RecordPage, AtomFeed]:
        response, feed = self._transport.get(url, parse)
        server_day = feed.day or (iso_date(response.headers.get("date")) or "")[:10]
        day = min(server_day, self._clock.day()) or None
        return RecordPage(response.url, feed.records, total=feed.total, day=day, server_day=server_day), feed

    def _ids_url(self, batch: Sequence[PendingPaper]) -> str:
        names = [paper.id if paper.version is None else f"{paper.id}v{paper.version}" for paper in batch]
        return self._url(arxiv.Search(id_list=names), 0, len(names))

    def _query_url(self, window: DateWindow, start: int, left: int, order: arxiv.SortCriterion) -> str:
        size = min(self._page_size, left, self._max_offset - start)
        return self._url(_search(window, order), start, size)

    def _url(self, search: arxiv.Search, start: int, size: int) -> str:
        """Write a query as the manual's parameters (https://info.arxiv.org/help/api/user-manual.html)."""
        terms = {"search_query": search.query, "id_list": ",".join(search.id_list)}
        order = {"sortBy": search.sort_by.value, "sortOrder": search.sort_order.value}
        parameters = {**{key: value for key, value in terms.items() if value}, "start": start, "max_results": size}
        return f"{self._settings.api_url}?{urlencode({**parameters, **(order if search.query else {})})}"


class _QueryProgress:
    """The state of a query: how many papers are left, which were seen, and their order."""

    def __init__(self, left: int, order: arxiv.SortCriterion) -> None:
        self.left = left
        self.order = order
        self.seen: set[str] = set()
        self._progress = ListProgress("query")

    def take_new(self, page: RecordPage) -> RecordPage:
        """Count a page, and drop from it what was seen before (a paper added meanwhile shifts the pages)."""
        self._progress.advance(record.id for record in page.records if isinstance(record, Paper))
        new: list[Paper | BadRecord] = []
        for record in page.records:
            if isinstance(record, BadRecord):
                new.append(record)
            elif record.id not in self.seen and self.left > 0:
                self.seen.add(record.id)
                self.left -= 1
                new.append(record)
        return replace(page, records=tuple(new))


def _search(window: DateWindow, order: arxiv.SortCriterion) -> arxiv.Search:
    return arxiv.Search(query=window.query, sort_by=order, sort_order=arxiv.SortOrder.Descending)


def _checked(feed: AtomFeed, start: int) -> AtomFeed:
    """Return the feed, or refuse one that contradicts the request, as the server has sent at times."""
    if feed.records and feed.start != start:
        raise UnusableError("broken", f"requested from {start}, answered from {feed.start}")
    if not feed.records and feed.total > start:
        raise UnusableError("empty", f"no papers from {start} on, though {feed.total} are promised")
    bad = [record for record in feed.records if isinstance(record, BadRecord)]
    if len(bad) > max(FEW_BAD, len(feed.records) // 100):
        raise UnusableError("broken", f"{len(bad)} of {len(feed.records)} entries cannot be used: {bad[0].reason}")
    return feed


def _batches(ids: Sequence[PendingPaper]) -> Iterator[Sequence[PendingPaper]]:
    """Yield the valid ids in batches, without repeats: the server refuses a batch with an invalid one."""
    valid = list(dict.fromkeys(paper for paper in ids if is_arxiv_id(paper.id)))
    for start in range(0, len(valid), ID_BATCH):
        yield valid[start : start + ID_BATCH]
