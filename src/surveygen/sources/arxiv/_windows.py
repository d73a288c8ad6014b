"""Windows of submission dates, and the traversal of a query by latest update."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from surveygen.domain.paper import BadRecord, Paper
from surveygen.errors import ConfigError, SourceError
from surveygen.sources.arxiv import FetchRequest, RecordPage
from surveygen.sources.arxiv._atom import AtomFeed
from surveygen.sources.arxiv._oai_cursor import days_before, is_past
from surveygen.sources.dates import iso_date
from surveygen.sources.http.retry import UnusableError

FIRST = datetime(1991, 8, 1, tzinfo=UTC)  # arXiv began on 14 August 1991
SLACK_DAYS = 3  # the server sorts, and papers are announced days after their date
ENOUGH_OLD_PAGES = 2
_SLACK = timedelta(days=1)  # the server may round by its own time zone
_FORM = "%Y%m%d%H%M"


@dataclass(frozen=True, slots=True)
class DateWindow:
    """Papers of a query first submitted within some minutes, both ends included; None is open."""

    terms: str
    since: datetime | None = None
    until: datetime | None = None

    @property
    def query(self) -> str:
        """The query to send; the terms are in parentheses, since the grammar has no precedence."""
        if self.since is None and self.until is None:
            return self.terms
        since, until = self.since or FIRST, self.until or datetime(2099, 12, 31, tzinfo=UTC)
        return f"({self.terms}) AND submittedDate:[{since.strftime(_FORM)} TO {until.strftime(_FORM)}]"

    def halves(self, newest: str) -> tuple[DateWindow, DateWindow]:
        """Split in the middle, newer half first; `newest` is the date of the newest paper, ISO 8601.

        Raises:
            SourceError: one minute cannot be split.
        """
        since = self.since or FIRST
        until = min(self.until or _moment(newest), _moment(newest)).replace(second=0) + timedelta(minutes=1)
        middle = (since + (until - since) / 2).replace(second=0, microsecond=0)
        if not since < middle < until:
            raise SourceError(f"too many papers were submitted at {since:%Y-%m-%d %H:%M}", "narrow the query")
        return replace(self, since=middle, until=until), replace(self, since=since, until=middle - timedelta(minutes=1))

    def only_inside(self, feed: AtomFeed, url: str) -> AtomFeed:
        """Turn papers from outside the window into bad records: servers have ignored dates (aRxiv issue 70)."""
        early = self.since - _SLACK if self.since else datetime.min.replace(tzinfo=UTC)
        late = self.until + _SLACK if self.until else datetime.max.replace(tzinfo=UTC)
        records: list[Paper | BadRecord] = []
        for record in feed.records:
            date = None if isinstance(record, BadRecord) else record.published
            if isinstance(record, BadRecord) or date is None or early <= _moment(date) <= late:
                records.append(record)
            else:
                reason = f"{record.id}: submitted {date}, outside the requested dates"
                records.append(BadRecord(url, 0, reason, record.title))
        return replace(feed, records=tuple(records))


def first_window(terms: str, request: FetchRequest) -> DateWindow:
    """Return the window of a request.

    Raises:
        ConfigError: a date is invalid, or they are in the wrong order.
    """
    since = _bounds("since", request.since)[0] if request.since else None
    until = _bounds("until", request.until)[1] if request.until else None
    if since and until and since > until:
        raise ConfigError(f"since {request.since} is after until {request.until}", "exchange them", path="since")
    return DateWindow(terms, since, until)


def check_order(papers: Sequence[Paper]) -> None:
    """Refuse a page that is not newest first: servers have ignored the order of a request (arxiv.py issue 186).

    Whether the server sorts by the date of version 1 or of the latest is not documented: either order is good.

    Raises:
        UnusableError: "broken".
    """
    for dates in ([paper.published or "" for paper in papers], [paper.updated or "" for paper in papers]):
        if all(newer[:10] >= older[:10] for newer, older in pairwise(dates)):
            return
    raise UnusableError("broken", "the papers are not in the requested order")


@dataclass(frozen=True, slots=True)
class Watermark:
    """The day up to which updates of a query are complete; None before the first fetch."""

    day: str | None = None

    @property
    def text(self) -> str:
        """The cursor as JSON, for the store."""
        return json.dumps({"updated_until": self.day})


def read_watermark(text: str | None, tomorrow: str) -> Watermark:
    """Parse the text of a `Watermark`; one that cannot be parsed, or is after tomorrow, starts from the beginning."""
    try:
        day = json.loads(text)["updated_until"] if text else None
        return Watermark(day if day and is_past(day, tomorrow) else None)
    except (ValueError, TypeError, KeyError):
        return Watermark()


def updates(
    window: DateWindow,
    complete_until: str,
    fetch_page: Callable[[DateWindow, int], tuple[RecordPage, AtomFeed]],
    max_offset: int,
) -> Iterator[RecordPage]:
    """Yield pages, latest update first, until two pages in a row are older than the watermark.

    A window with more news than the server pages through is halved by the date of submission.

    Args:
        window: the query and dates of submission.
        complete_until: ISO day of the watermark; the walk goes three days further back.
        fetch_page: fetches a page from an offset, sorted by update.
        max_offset: the offset beyond which the server does not answer.
    """
    limit = days_before(complete_until, SLACK_DAYS)
    start = total = old_pages = 0
    newest = ""
    while True:
        page, feed = fetch_page(window, start)
        newest = max([newest, *(paper.published or "" for paper in feed.papers)])
        old_pages = old_pages + 1 if all((paper.updated or "") < limit for paper in feed.papers) else 0
        yield page
        start += feed.distinct
        total = max(total, feed.total)
        if old_pages == ENOUGH_OLD_PAGES or not feed.records or start >= total:
            return
        if start >= max_offset:
            break
    for half in window.halves(newest=newest):
        yield from updates(half, complete_until, fetch_page, max_offset)


def check_update_order(papers: tuple[Paper, ...]) -> None:
    """Refuse a page that is not sorted by update, latest first: the walk would end too early.

    Raises:
        UnusableError: "broken".
    """
    dates = [(paper.updated or "")[:10] for paper in papers]
    if not all(newer >= older for newer, older in pairwise(dates)):
        raise UnusableError("broken", "the papers are not sorted by update")


def with_watermark(pages: Iterator[RecordPage]) -> Iterator[RecordPage]:
    """Yield pages, and at the end one that moves the watermark to the day of the first.

    Raises:
        SourceError: no response of the server has a date.
    """
    day = ""
    for page in pages:
        day = day or page.day or ""
        yield replace(page, cursor=None)
    if not day:
        raise SourceError("the responses of the server have no date", "try again later; what was fetched is kept")
    yield RecordPage("", (), cursor=Watermark(day).text)


def _bounds(name: str, text: str) -> tuple[datetime, datetime]:
    """Return the first and the last minute of a date, as precise as it is."""
    date = iso_date(text)
    if date is None or not "1990" <= date <= "2100":
        raise ConfigError(f"{name}: {text!r} is not a valid date", "write it as 2025-01-31", path=name)
    start = _moment(date)
    if len(date) == 4:
        after = start.replace(year=start.year + 1)
    elif len(date) == 7:
        after = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    else:
        after = start + (timedelta(days=1) if len(date) == 10 else timedelta(minutes=1))
    return start, after - timedelta(minutes=1)


def _moment(date: str) -> datetime:
    """Parse one of our own ISO dates, at its first instant."""
    full = f"{date}-01-01"[:10] if len(date) == 4 else f"{date}-01"[:10] if len(date) == 7 else date
    return datetime.fromisoformat(full).replace(tzinfo=UTC)
