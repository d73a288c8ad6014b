"""Walk a query from the latest update back to what is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from surveygen.domain.paper import Paper
from surveygen.errors import SourceError
from surveygen.sources import RecordPage
from surveygen.sources._atom import Feed
from surveygen.sources._oai_cursor import days_before
from surveygen.sources._retry import UnusableError
from surveygen.sources._window import DateWindow

SLACK_DAYS = 3  # the server sorts, and papers are announced days after the date that they carry
ENOUGH_OLD_PAGES = 2
Ask = Callable[[DateWindow, int], tuple[RecordPage, Feed]]


@dataclass(frozen=True, slots=True)
class Watermark:
    """The day up to which updates of a query are known; None before the first fetch."""

    day: str | None = None

    @property
    def text(self) -> str:
        """The cursor as JSON, for the store."""
        return json.dumps({"updated_until": self.day})


def read_watermark(text: str | None) -> Watermark:
    """Read what `Watermark.text` wrote; what cannot be read begins anew."""
    try:
        day = json.loads(text)["updated_until"] if text else None
    except (ValueError, TypeError, KeyError):
        return Watermark()
    return Watermark(day if isinstance(day, str) and len(day) == 10 else None)


def updates(window: DateWindow, known_until: str, ask: Ask, most: int) -> Iterator[RecordPage]:
    """Yield pages, latest update first, until two pages in a row are older than what is known.

    A window with more news than the server pages through is halved by the date of submission.

    Args:
        window: the query, and spans of submission.
        known_until: ISO day; three days are added before it.
        ask: fetches a page from an offset, sorted by update.
        most: the offset beyond which the server has no answer.
    """
    limit = days_before(known_until, SLACK_DAYS)
    start = total = old = 0
    newest = ""
    while True:
        page, feed = ask(window, start)
        newest = max([newest, *(paper.published or "" for paper in feed.papers)])
        old = old + 1 if all((paper.updated or "") < limit for paper in feed.papers) else 0
        yield page
        start += feed.distinct
        total = max(total, feed.total)
        if old == ENOUGH_OLD_PAGES or not feed.records or start >= total:
            return
        if start >= most:
            break
    for half in window.halves(newest=newest):
        yield from updates(half, known_until, ask, most)


def check_updates(papers: tuple[Paper, ...]) -> None:
    """Refuse a page that is not sorted by update, latest first: the walk would end too early.

    Raises:
        UnusableError: "broken".
    """
    dates = [(paper.updated or "")[:10] for paper in papers]
    if not all(newer >= older for newer, older in pairwise(dates)):
        raise UnusableError("broken", "the papers are not sorted by update")


def marked(pages: Iterator[RecordPage]) -> Iterator[RecordPage]:
    """Pass pages on, and end with one that moves the watermark to the day of the first.

    Raises:
        SourceError: the server never told its day.
    """
    day = ""
    for page in pages:
        day = day or page.day or ""
        yield replace(page, cursor=None)
    if not day:
        raise SourceError("the server does not tell its date", "try again later; what was fetched is kept")
    yield RecordPage("", (), cursor=Watermark(day).text)
