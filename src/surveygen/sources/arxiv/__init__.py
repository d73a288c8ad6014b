"""Clients of arXiv: query API, OAI-PMH server, daily feed and HTML pages.

Every public module of this package is a source with a function ``make(settings: ArxivSettings, deps: NetworkDeps)``
that returns a `QuerySource`, a `HarvestSource`, an `UpdateFeed` or a `PageSource`. It is imported when it is needed, by
`surveygen.plugins.load`, and opens no connection before its first request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from surveygen.config import ArxivSettings
from surveygen.domain.paper import BadRecord, Paper, PaperId, PendingPaper
from surveygen.errors import ConfigError
from surveygen.sources.arxiv._oai_cursor import snapshot_cursor
from surveygen.sources.http import Budget
from surveygen.sources.http.limiter import Clock, Limiter

__all__ = [
    "PAGE_LANE",
    "Datestamps",
    "FeedUpdate",
    "FetchRequest",
    "HarvestSource",
    "HtmlPage",
    "Order",
    "PageSource",
    "QuerySource",
    "RecordPage",
    "UpdateFeed",
    "clear_stop",
    "run_budget",
    "snapshot_cursor",
    "with_field",
]
Order = Literal["date", "relevance"]
# https://info.arxiv.org/help/api/user-manual.html#query_details
_FIELD = re.compile(r"\b(?:ti|au|abs|co|jr|cat|rn|id|all|submittedDate|lastUpdatedDate)\s*:")
_OPERATOR = re.compile(r"[\"()]|\b(?:AND|OR|ANDNOT)\b")
PAGE_LANE = "pages"  # their own lock and pause (https://arxiv.org/robots.txt)
Datestamps = Callable[[Collection[PaperId]], Mapping[PaperId, str]]


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """A request for papers.

    Attributes:
        query: in the server's own language; empty means the query of the settings, unless `ids` are given.
        ids: papers requested by id; neither the dates nor `max_papers` limit them.
        since, until: ISO 8601 dates of first submission, both inclusive, UTC; None means open.
        max_papers: at most so many papers of the query; None means the limit of the settings.
        sort: "date": the newest come first; "relevance": those that fit the query best, at most 10,000 of them.
    """

    query: str = ""
    ids: tuple[PendingPaper, ...] = ()
    since: str | None = None
    until: str | None = None
    max_papers: int | None = None
    sort: Order = "date"


def with_field(query: str) -> str:
    """Return a query with a field: arXiv would look for any one of the words of a query without, in any field.

    Words alone are sent as a phrase, such as ``all:"graph learning"``.

    Raises:
        ConfigError: the query has operators or quotes and no field.
    """
    words = " ".join(query.split())
    if not words or _FIELD.search(words):
        return words
    if _OPERATOR.search(words):
        raise ConfigError(
            f"the query {words!r} names no field",
            'write it like abs:"graph learning" AND cat:cs.LG; fields are ti, abs, au, cat, co, jr, id and all',
            path="sources.arxiv.query",
        )
    return f'all:"{words}"'


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The records of one response; a unit to store in one transaction.

    Attributes:
        missing: requested ids that the server does not have.
        total: how many papers match the query in all, as the server says.
        deleted: papers that the server says are deleted, with their datestamps.
        cursor: where to continue once this page is stored; None if unchanged.
        since: the day from which records were requested; None if from the beginning.
        day: the day of the response, where the records themselves have no datestamp; not later than our own.
        server_day: the day of the response by the server's clock, "" if it is not known.
        wanted: papers that the server lists and does not give, to be requested again later.
    """

    url: str
    records: tuple[Paper | BadRecord, ...]
    missing: tuple[PaperId, ...] = ()
    total: int = 0
    deleted: tuple[tuple[PaperId, str], ...] = ()
    cursor: str | None = None
    since: str | None = None
    day: str | None = None
    server_day: str = ""
    wanted: tuple[PaperId, ...] = ()


class QuerySource(Protocol):
    """A client that fetches papers by query and by id."""

    def plan(self, request: FetchRequest) -> tuple[str, ...]:
        """List the URLs of a fetch without sending requests; at most these, unless a query must be split by date.

        Raises:
            ConfigError: the request is empty, or a date is invalid.
        """
        ...

    def fetch(self, request: FetchRequest) -> Iterator[RecordPage]:
        """Yield pages as they arrive; what was yielded before an error is good.

        Raises:
            ConfigError: as for `plan`, or a contact is required for so many requests.
            SourceError: the server refused, or gave no usable response in the tries that its fault allows.
        """
        ...


class HarvestSource(Protocol):
    """A client that fetches what is new since the last harvest."""

    format: str

    def scopes(self) -> tuple[str, ...]:
        """List the scopes of the settings (sets, or a query); each has a cursor of its own."""
        ...

    def plan_harvest(self, scope: str, cursor: str | None) -> tuple[str, ...]:
        """List the first URLs of a harvest; how many pages follow, only the server knows."""
        ...

    def harvest(self, scope: str, cursor: str | None, datestamps: Datestamps) -> Iterator[RecordPage]:
        """Yield pages, each to be stored with its cursor before the next is taken.

        Args:
            scope: one of `scopes`.
            cursor: of the last page that was stored, None for the first harvest.
            datestamps: returns the datestamps of papers in the store; papers that are not there are left out.

        Raises:
            SourceError: the server gave no usable response, or the result could not be verified.
            BudgetError: the budget of the run is spent.
        """
        ...


@dataclass(frozen=True, slots=True)
class FeedUpdate:
    """The content of a daily feed: ids of new papers, of those new to a category, and of new versions.

    Empty if the feed is the one seen before. `validator` (an ETag) is to be passed to the next call.
    """

    new: tuple[PaperId, ...] = ()
    crossed: tuple[PaperId, ...] = ()
    replaced: tuple[PaperId, ...] = ()
    validator: str = ""

    def __bool__(self) -> bool:
        """Whether there is something that was not seen before."""
        return bool(self.new or self.crossed or self.replaced)


class UpdateFeed(Protocol):
    """A client that only says whether there is news: a trigger for a harvest."""

    def read(self, validator: str = "") -> FeedUpdate:
        """Fetch the feed.

        Raises:
            SourceError: the server gave no usable response.
        """
        ...


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """The answer to a request for the page of a paper, in one version, or for an image of such a page.

    Attributes:
        status: "fetched"; "none": there is no page of this version, and there will be none; "failed": an answer that
            cannot be used, with the reason.
        body: of a page or an image that was fetched.
    """

    url: str
    status: Literal["fetched", "none", "failed"]
    body: bytes = b""
    reason: str = ""


class PageSource(Protocol):
    """A client that fetches the HTML pages of papers."""

    interval: float  # seconds from the end of a request to the start of the next

    def url(self, paper: PaperId, version: int) -> str:
        """Return the address of a page."""
        ...

    def fetch(self, paper: PaperId, version: int) -> HtmlPage:
        """Fetch one page.

        Raises:
            SourceError: the server refused, cannot be reached, or sends no usable answer to one request after another.
            BudgetError: the budget of the run is spent.
        """
        ...

    def image_url(self, paper: PaperId, version: int, source: str) -> str:
        """Return the address of an image that a page names, "" if it is not one of the files of that page."""
        ...

    def fetch_image(self, url: str) -> HtmlPage:
        """Fetch one image in the lane of the pages; bounded in bytes, its format is not checked.

        Raises:
            SourceError, BudgetError: as for `fetch`.
        """
        ...


def run_budget(settings: ArxivSettings) -> Budget:
    """Return the budget of one run."""
    return Budget(settings.max_requests, settings.max_megabytes, settings.max_minutes)


def clear_stop(settings: ArxivSettings, lock_folder: Path | None = None) -> bool:
    """Allow requests again after arXiv forbade them; return whether they were forbidden.

    Raises:
        SourceError: the record of it cannot be removed.
    """
    urls = (settings.api_url, settings.oai_url, settings.feed_url)
    limiters = [Limiter(url, settings.min_interval_seconds, Clock(), lock_folder) for url in urls]
    limiters.append(Limiter(settings.html_url, settings.page_interval_seconds, Clock(), lock_folder, lane=PAGE_LANE))
    return sum(limiter.clear_stop() for limiter in limiters) > 0
