"""Cursor of the harvest of one OAI set."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from surveygen.errors import SourceError

OVERLAP_DAYS = 2  # datestamps are days, clocks differ, and lists are cached
RESTART_DAYS = 1
SNAPSHOT_DAYS = 7  # a snapshot is published days after its latest datestamp
DENIED_DAYS = 30
MAX_RESTARTS = 2


@dataclass(frozen=True, slots=True)
class OaiWindow:
    """A list that is being fetched.

    Attributes:
        since: the first day of the harvest, None for the beginning.
        asked_from: the first day of the list: later than `since` after a restart.
        first_date: the day of the first response by the server's clock; "" before it.
        token: where to continue, "" at the start and at the end.
        last: the datestamp of the last record that was stored.
        walked: whether the last page was stored.
    """

    since: str | None
    asked_from: str | None
    first_date: str = ""
    token: str = ""
    last: str = ""
    restarts: int = 0
    walked: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """The state of a harvest: nothing is missing up to `verified_until`; `window` is None between two harvests."""

    verified_until: str | None = None
    window: OaiWindow | None = None

    @property
    def text(self) -> str:
        """The cursor as JSON, for the store."""
        return json.dumps(asdict(self), sort_keys=True)

    def opened(self, since: str | None, earliest: str) -> Cursor:
        """Open a window, or continue the one that is open; a day before the server's first is moved to it."""
        if self.window is not None:
            return self
        start = days_before(self.verified_until, OVERLAP_DAYS) if self.verified_until else since
        start = max(start, earliest) if start else None
        return replace(self, window=OaiWindow(start, start))

    def after(self, day: str, token: str, last: str) -> Cursor:
        """Return the cursor after a page, to be stored with it.

        Args:
            day: of the response, and not later than our own.
            token: where the list continues, "" at its end.
            last: the latest datestamp of the page, and not later than our own day.
        """
        window = self.walk
        return replace(
            self,
            window=replace(
                window,
                first_date=window.first_date or day,
                token=token,
                last=max(window.last, last),
                walked=not token,
            ),
        )

    def restarted(self) -> Cursor:
        """Restart the list, a day before the last record that was stored.

        Raises:
            SourceError: it was restarted twice before.
        """
        window = self.walk
        if window.restarts >= MAX_RESTARTS:
            raise SourceError(
                f"the server dropped the list {window.restarts + 1} times",
                "try again later; what was fetched before is kept",
                retryable=True,
            )
        start = days_before(window.last, RESTART_DAYS) if window.last else window.since
        start = max(start, window.since) if start and window.since else start
        restarts = window.restarts + 1
        return replace(self, window=replace(window, asked_from=start, token="", restarts=restarts))

    def rewound(self) -> Cursor:
        """Restart the whole window."""
        window = self.walk
        return replace(self, window=replace(window, asked_from=window.since, token="", restarts=0, walked=False))

    def closed(self, denied: Collection[str] = ()) -> Cursor:
        """Close the window: everything up to the day of its first response is stored, except for some records.

        The next harvest lists records that the server denied again, for 30 days after their datestamp.

        Args:
            denied: their datestamps.
        """
        day = self.walk.first_date or self.verified_until
        if day and denied:
            day = min(day, max(min(denied), days_before(day, DENIED_DAYS)))
        return Cursor(day)

    @property
    def walk(self) -> OaiWindow:
        """The open window."""
        if self.window is None:
            raise ValueError("no window is open")
        return self.window


def read_cursor(text: str | None, tomorrow: str) -> Cursor:
    """Parse the text of a `Cursor`; one that cannot be parsed starts anew, which costs requests and loses nothing.

    So does one with a day after tomorrow: a server whose clock was wrong is no evidence of what is stored.
    """
    if text is None:
        return Cursor()
    try:
        data = json.loads(text)
        window = data["window"]
        cursor = Cursor(data["verified_until"], OaiWindow(**window) if window else None)
        opened = cursor.window
        days = (opened.since, opened.asked_from, opened.first_date, opened.last) if opened else ()
        return cursor if all(is_past(day, tomorrow) for day in (cursor.verified_until, *days) if day) else Cursor()
    except (ValueError, TypeError, KeyError):
        return Cursor()


def snapshot_cursor(day: str) -> str:
    """Return the cursor after a snapshot of a day: the harvest starts seven days before it."""
    return Cursor(days_before(day, SNAPSHOT_DAYS - OVERLAP_DAYS)).text


def is_past(day: str, tomorrow: str) -> bool:
    """Whether an ISO day of a cursor is not after tomorrow.

    Raises:
        ValueError: it is not a day.
    """
    return date.fromisoformat(day).isoformat() <= tomorrow


def days_before(day: str, days: int) -> str:
    """Return the ISO date some days before another."""
    return (date.fromisoformat(day[:10]) - timedelta(days=days)).isoformat()
