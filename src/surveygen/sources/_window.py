"""Spans of submission dates, small enough to be paged through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from surveygen.domain.paper import BadRecord, Paper
from surveygen.errors import ConfigError, SourceError
from surveygen.sources import FetchRequest
from surveygen.sources._atom import Feed
from surveygen.sources._dates import iso
from surveygen.sources._retry import UnusableError

FIRST = datetime(1991, 8, 1, tzinfo=UTC)  # arXiv began on 14 August 1991
_SLACK = timedelta(days=1)  # the server may round by its own time zone
_FORM = "%Y%m%d%H%M"


@dataclass(frozen=True, slots=True)
class DateWindow:
    """Papers of a query first submitted in some minutes, both ends included; None is open."""

    terms: str
    since: datetime | None = None
    until: datetime | None = None

    @property
    def query(self) -> str:
        """The words to ask; always in parentheses, since the grammar has no precedence."""
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

    def only_inside(self, feed: Feed, url: str) -> Feed:
        """Turn papers from outside the window into bad records: servers have ignored dates (aRxiv issue 70)."""
        return replace(feed, records=tuple(self._record(record, url) for record in feed.records))

    def _record(self, record: Paper | BadRecord, url: str) -> Paper | BadRecord:
        if isinstance(record, BadRecord) or record.published is None:
            return record
        moment = _moment(record.published)
        early = self.since is not None and moment < self.since - _SLACK
        late = self.until is not None and moment > self.until + _SLACK
        if not (early or late):
            return record
        return BadRecord(
            url, 0, f"{record.id}: submitted {record.published}, outside the dates asked for", record.title
        )


def first_window(terms: str, request: FetchRequest) -> DateWindow:
    """Make the window of a request.

    Raises:
        ConfigError: a date is none, or they are the wrong way round.
    """
    since = _bound("since", request.since)[0] if request.since else None
    until = _bound("until", request.until)[1] if request.until else None
    if since and until and since > until:
        raise ConfigError(f"since {request.since} is after until {request.until}", "exchange them", path="since")
    return DateWindow(terms, since, until)


def check_order(papers: Sequence[Paper]) -> None:
    """Refuse a page that is not newest first: servers have ignored the order asked for (arxiv.py issue 186).

    Whether the server sorts by the date of version 1 or of the latest is not documented: either order is good.

    Raises:
        UnusableError: "broken".
    """
    for dates in ([paper.published or "" for paper in papers], [paper.updated or "" for paper in papers]):
        if all(newer[:10] >= older[:10] for newer, older in pairwise(dates)):
            return
    raise UnusableError("broken", "the papers are not in the order asked for")


def _bound(name: str, text: str) -> tuple[datetime, datetime]:
    """Return the first and the last minute of a date, as precise as it is."""
    date = iso(text)
    if date is None or not "1990" <= date <= "2100":
        raise ConfigError(f"{name}: {text!r} is no date", "write it as 2025-01-31", path=name)
    start = _moment(date)
    if len(date) == 4:
        after = start.replace(year=start.year + 1)
    elif len(date) == 7:
        after = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    else:
        after = start + (timedelta(days=1) if len(date) == 10 else timedelta(minutes=1))
    return start, after - timedelta(minutes=1)


def _moment(date: str) -> datetime:
    """Read one of our own ISO dates, at its first instant."""
    full = f"{date}-01-01"[:10] if len(date) == 4 else f"{date}-01"[:10] if len(date) == 7 else date
    return datetime.fromisoformat(full).replace(tzinfo=UTC)
