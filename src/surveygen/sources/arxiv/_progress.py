"""Bounds of lists that a server continues page by page."""

from __future__ import annotations

from collections.abc import Iterable

from surveygen.errors import SourceError
from surveygen.sources.http.retry import UnusableError

MAX_STALLED = 10  # pages in a row without a record that the list had not before
MAX_PAGES = 20_000  # of one list in one run; all of arXiv has 1,300 pages of 2,500 records
MAX_RECORDS = 6_000_000  # twice of what arXiv has; their ids take half a gigabyte


class ListProgress:
    """Ends a list that goes on without new records, or for longer than any real one.

    A server may repeat a few pages, as records that change meanwhile shift them, but not the same ones for ever.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._seen: set[int] = set()  # hashes, which take half the memory of ids
        self._pages = 0
        self._stalled = 0

    def restart(self) -> None:
        """Forget the records, as a list that begins again repeats them; its pages still count."""
        self._seen.clear()
        self._stalled = 0

    def advance(self, ids: Iterable[str]) -> None:
        """Count a page with its ids; one that is empty is no sign of repetition.

        Raises:
            SourceError: the list does not end.
        """
        hashes = {hash(name) for name in ids}
        self._stalled = 0 if hashes - self._seen else self._stalled + bool(hashes)
        self._seen |= hashes
        self._pages += 1
        if self._stalled >= MAX_STALLED:
            raise endless_list(f"{self._name}: the server sends {self._stalled} pages without a new record")
        if self._pages >= MAX_PAGES or len(self._seen) > MAX_RECORDS:
            raise endless_list(f"{self._name}: the list does not end after {self._pages} pages")


def endless_list(message: str) -> SourceError:
    """Return the error for a list that does not end."""
    error = UnusableError("stuck", message)
    return SourceError(error.message, error.hint, retryable=True)
