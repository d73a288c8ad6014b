"""arXiv's query API: papers by query, date and id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlencode

import arxiv

from surveygen.config import ArxivSettings, SourceSettings
from surveygen.domain.identifiers import is_arxiv_id
from surveygen.domain.paper import BadRecord, Paper, PendingPaper
from surveygen.errors import ConfigError, SourceError
from surveygen.sources import FetchRequest, Known, RecordPage
from surveygen.sources._atom import Feed, parse_feed
from surveygen.sources._budget import FEW_REQUESTS
from surveygen.sources._connect import connect
from surveygen.sources._dates import iso
from surveygen.sources._limiter import is_loopback
from surveygen.sources._network_deps import NetworkDeps
from surveygen.sources._retry import UnusableError
from surveygen.sources._transport import Transport
from surveygen.sources._updates import check_updates, marked, read_watermark, updates
from surveygen.sources._window import DateWindow, check_order, first_window

PAGE = 200  # papers; the manual recommends answers well below 1,000
ID_BATCH = 100
# The server has no answer beyond, whatever its manual says (notes/harvest.md 2.3).
MAX_OFFSET = 10_000
_BY_SUBMISSION, _BY_UPDATE = arxiv.SortCriterion.SubmittedDate, arxiv.SortCriterion.LastUpdatedDate
_FEW_BAD = 2  # bad records that no page fails for; above that, 1 %


def make(settings: SourceSettings, edge: NetworkDeps | None = None, *, page: int = PAGE) -> ArxivQuery:
    """Make the client of the query API; nothing is opened or asked before `ArxivQuery.fetch`."""
    return ArxivQuery(settings.arxiv, connect(settings.arxiv, settings.arxiv.api_url, edge), page)


class ArxivQuery:
    """Asks by id in batches, and by query newest first, and believes nothing that it can check."""

    format = "atom"

    def __init__(self, settings: ArxivSettings, transport: Transport, page: int = PAGE) -> None:
        self._settings = settings
        self._transport = transport
        self._page = page

    def plan(self, request: FetchRequest) -> tuple[str, ...]:
        """List the URLs, as `NetworkSource.plan` says."""
        batches = tuple(self._ids_url(batch) for batch in _batches(_askable(request.ids)))
        if not self._query(request):
            return batches
        window, limit = first_window(self._query(request), request), self._limit(request)
        starts = range(0, min(limit, MAX_OFFSET), self._page)
        return batches + tuple(self._query_url(window, start, limit - start) for start in starts)

    def fetch(self, request: FetchRequest) -> Iterator[RecordPage]:
        """Yield pages, as `NetworkSource.fetch` says: the ids asked for, then the query."""
        self._want_contact(len(self.plan(request)))
        yield from self._by_id(request.ids)
        if query := self._query(request):
            walk = _QueryProgress(self._limit(request))
            yield from self._by_query(first_window(query, request), walk)

    def scopes(self) -> tuple[str, ...]:
        """Return the query of the settings, if there is one."""
        query = self._settings.query.strip()
        return (query,) if query else ()

    def plan_harvest(self, scope: str, cursor: str | None) -> tuple[str, ...]:
        """List the URLs of a first fetch, or the first URL of a walk through the updates."""
        if read_watermark(cursor).day is None:
            return self.plan(self._first(scope))
        return (self._url(self._search(DateWindow(scope), _BY_UPDATE), 0, self._page),)

    def harvest(self, scope: str, cursor: str | None, known: Known) -> Iterator[RecordPage]:  # noqa: ARG002  # the protocol
        """Yield pages, as `HarvestSource.harvest` says: at first as `fetch` does, then what was updated since."""
        known_until = read_watermark(cursor).day
        if known_until is None:
            pages = self.fetch(self._first(scope))
        else:
            pages = updates(DateWindow(scope), known_until, self._updated, MAX_OFFSET)
        return marked(pages)

    def _first(self, scope: str) -> FetchRequest:
        return FetchRequest(query=scope, since=self._settings.since or None)

    def _updated(self, window: DateWindow, start: int) -> tuple[RecordPage, Feed]:
        url = self._url(self._search(window, _BY_UPDATE), start, min(self._page, MAX_OFFSET - start))

        def read(body: bytes) -> Feed:
            feed = _checked(window.only_inside(parse_feed(body, url), url), start)
            check_updates(feed.papers)
            return feed

        return self._got(url, read)

    def _got(self, url: str, read: Callable[[bytes], Feed]) -> tuple[RecordPage, Feed]:
        answer, feed = self._transport.get(url, read)
        day = feed.day or (iso(answer.headers.get("date")) or "")[:10]
        return RecordPage(answer.url, feed.records, total=feed.total, day=day or None), feed

    def _query(self, request: FetchRequest) -> str:
        """Return the query to ask; the one of the settings only where no ids are asked."""
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
            raise ConfigError(f"max: {limit} papers cannot be asked for", "use 1 or more", path="max_papers")
        return limit

    def _want_contact(self, requests: int) -> None:
        if requests > FEW_REQUESTS and not self._settings.contact and not is_loopback(self._settings.api_url):
            raise ConfigError(
                f"{requests} requests to arXiv want an address that it can write to",
                'set contact = "you@example.org" under [sources.arxiv]',
                path="sources.arxiv.contact",
            )

    def _by_id(self, ids: Sequence[PendingPaper]) -> Iterator[RecordPage]:
        strange = [BadRecord(self._settings.api_url, 0, f"{w.id!r} is no arXiv id", w.id) for w in ids if not _ok(w)]
        if strange:
            yield RecordPage("", tuple(strange))
        for batch in _batches(_askable(ids)):
            yield from self._batch(batch)

    def _batch(self, batch: Sequence[PendingPaper]) -> Iterator[RecordPage]:
        """Ask for some ids; one that the server takes offense at is found by halving."""
        url = self._ids_url(batch)
        try:
            page, _ = self._got(url, lambda body: _checked(parse_feed(body, url), 0))
        except SourceError as error:
            if not _is_refusal(error):
                raise
            if len(batch) == 1:
                yield RecordPage(url, (BadRecord(url, 0, error.message, batch[0].id),))
                return
        else:
            yield _matched(batch, page)
            return
        for half in (batch[: len(batch) // 2], batch[len(batch) // 2 :]):
            yield from self._batch(half)

    def _by_query(self, window: DateWindow, walk: _QueryProgress) -> Iterator[RecordPage]:
        """Walk a window page by page; one with more papers than the server can page through is halved by date."""
        start = total = 0
        while walk.left > 0:
            page, feed = self._ask(window, start, walk)
            if start == 0 and feed.papers and min(feed.total, walk.left) > MAX_OFFSET:
                yield from self._halves(window, feed, walk)
                return
            yield walk.fresh(page)
            start += feed.distinct
            total = max(total, feed.total)  # a count that shrinks meanwhile must not end the walk
            if not feed.records or start >= min(total, MAX_OFFSET):
                return

    def _halves(self, window: DateWindow, feed: Feed, walk: _QueryProgress) -> Iterator[RecordPage]:
        for half in window.halves(newest=feed.papers[0].published or ""):
            yield from self._by_query(half, walk)

    def _ask(self, window: DateWindow, start: int, walk: _QueryProgress) -> tuple[RecordPage, Feed]:
        url = self._query_url(window, start, walk.left)

        def read(body: bytes) -> Feed:
            feed = _checked(window.only_inside(parse_feed(body, url), url), start)
            check_order(feed.papers)
            if start and feed.papers and all(paper.id in walk.seen for paper in feed.papers):
                raise UnusableError("broken", f"the same papers again at {start}")
            return feed

        return self._got(url, read)

    def _ids_url(self, batch: Sequence[PendingPaper]) -> str:
        names = [wanted.id if wanted.version is None else f"{wanted.id}v{wanted.version}" for wanted in batch]
        return self._url(arxiv.Search(id_list=names), 0, len(names))

    def _query_url(self, window: DateWindow, start: int, left: int) -> str:
        search = self._search(window, _BY_SUBMISSION)
        return self._url(search, start, min(self._page, left, MAX_OFFSET - start))

    @staticmethod
    def _search(window: DateWindow, order: arxiv.SortCriterion) -> arxiv.Search:
        return arxiv.Search(query=window.query, sort_by=order, sort_order=arxiv.SortOrder.Descending)

    def _url(self, search: arxiv.Search, start: int, size: int) -> str:
        """Write a query as the manual's parameters (https://info.arxiv.org/help/api/user-manual.html)."""
        terms = {"search_query": search.query, "id_list": ",".join(search.id_list)}
        order = {"sortBy": search.sort_by.value, "sortOrder": search.sort_order.value}
        asked = {**{key: value for key, value in terms.items() if value}, "start": start, "max_results": size}
        return f"{self._settings.api_url}?{urlencode({**asked, **(order if search.query else {})})}"


class _QueryProgress:
    """How far a query has come: papers still wanted, and those already seen."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.seen: set[str] = set()

    def fresh(self, page: RecordPage) -> RecordPage:
        """Count a page, and drop from it what was seen before (a paper added meanwhile shifts the pages)."""
        kept: list[Paper | BadRecord] = []
        for record in page.records:
            if isinstance(record, BadRecord):
                kept.append(record)
            elif record.id not in self.seen and self.left > 0:
                self.seen.add(record.id)
                self.left -= 1
                kept.append(record)
        return replace(page, records=tuple(kept))


def _checked(feed: Feed, start: int) -> Feed:
    """Return the feed, or refuse one that contradicts what was asked (faults of notes/harvest.md 1)."""
    if feed.records and feed.start != start:
        raise UnusableError("broken", f"asked from {start}, answered from {feed.start}")
    if not feed.records and feed.total > start:
        raise UnusableError("empty", f"no papers from {start} on, though {feed.total} are promised")
    bad = [record for record in feed.records if isinstance(record, BadRecord)]
    if len(bad) > max(_FEW_BAD, len(feed.records) // 100):
        raise UnusableError("broken", f"{len(bad)} of {len(feed.records)} entries cannot be used: {bad[0].reason}")
    return feed


def _is_refusal(error: SourceError) -> bool:
    return isinstance(error.__cause__, UnusableError) and error.__cause__.event == "refused"


def _matched(batch: Sequence[PendingPaper], page: RecordPage) -> RecordPage:
    """Compare what came with what was asked: name the missing, and set aside what nobody asked for."""
    asked = {wanted.id for wanted in batch}
    records = tuple(
        record
        if isinstance(record, BadRecord) or record.id in asked
        else BadRecord(page.url, 0, f"{record.id}: the server sent it unasked", record.title)
        for record in page.records
    )
    came = {record.id for record in records if isinstance(record, Paper)}
    missing = dict.fromkeys(wanted.id for wanted in batch if wanted.id not in came)
    return replace(page, records=records, missing=tuple(missing))


def _ok(wanted: PendingPaper) -> bool:
    return is_arxiv_id(wanted.id)


def _askable(ids: Sequence[PendingPaper]) -> list[PendingPaper]:
    """Return ids that the server would not refuse, each once."""
    return list(dict.fromkeys(wanted for wanted in ids if _ok(wanted)))


def _batches(ids: Sequence[PendingPaper]) -> Iterator[Sequence[PendingPaper]]:
    for start in range(0, len(ids), ID_BATCH):
        yield ids[start : start + ID_BATCH]
