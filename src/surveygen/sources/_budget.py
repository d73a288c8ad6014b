"""What one run may spend at a server."""

from __future__ import annotations

from surveygen.errors import SourceError

FEW_REQUESTS = 20  # without an address to write to; notes/harvest.md 8.4


class BudgetError(SourceError):
    """The budget of the run is spent; what was fetched is kept, and the next run goes on."""


class Budget:
    """Counts requests, bytes and seconds; 0 means no limit.

    Args:
        requests: how many, retries and redirects included.
        megabytes: of answers, unpacked, in units of 2**20 bytes; the answer that goes over it is still used.
        minutes: from the first request on.
    """

    def __init__(self, requests: int = 0, megabytes: int = 0, minutes: float = 0.0) -> None:
        self.requests = 0
        self.bytes = 0
        self._limits = (requests, megabytes * 2**20, minutes * 60)
        self._started: float | None = None

    def spend(self, now: float) -> None:
        """Count a request at a time in seconds, or refuse it.

        Raises:
            BudgetError: something is spent.
        """
        if self._started is None:
            self._started = now
        spent = (self.requests, self.bytes, now - self._started)
        names = ("requests", "bytes", "seconds")
        for name, used, limit in zip(names, spent, self._limits, strict=True):
            if limit and used >= limit:
                raise BudgetError(f"the budget of {limit:.0f} {name} is spent", "run it again to go on", retryable=True)
        self.requests += 1

    def receive(self, size: int) -> None:
        """Count the bytes of an answer."""
        self.bytes += size
