"""Where network sources touch the world: clock, patience, turns and budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from surveygen.config import ArxivSettings
from surveygen.sources._budget import Budget
from surveygen.sources._limiter import Clock, Limiter

Archive = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two bytes, and for a whole answer however slowly it drips."""

    connect: float = 10.0
    read: float = 120.0
    whole: float = 600.0


@dataclass(frozen=True, slots=True)
class NetworkDeps:
    """What a test puts its own in place of.

    Attributes:
        lock_folder: of the file that the processes of this machine take turns by; None for the cache folder.
        budget: shared by the sources of one run; None for a new one of the settings.
        archive: is given the address and the unpacked body of each answer of status 200 before anybody reads it.
    """

    clock: Clock = field(default_factory=Clock)
    timeouts: Timeouts = field(default_factory=Timeouts)
    lock_folder: Path | None = None
    budget: Budget | None = None
    archive: Archive | None = None


def budget_of(settings: ArxivSettings) -> Budget:
    """Return what one run may spend by the settings."""
    return Budget(settings.max_requests, settings.max_megabytes, settings.max_minutes)


def clear_stop(settings: ArxivSettings, lock_folder: Path | None = None) -> bool:
    """Forget that arXiv forbade further requests; return whether there was something to forget.

    Raises:
        SourceError: the mark cannot be removed.
    """
    limiters = [Limiter(url, settings.min_interval_seconds, Clock(), lock_folder) for url in _urls(settings)]
    return sum(limiter.clear_stop() for limiter in limiters) > 0


def _urls(settings: ArxivSettings) -> tuple[str, ...]:
    return settings.api_url, settings.oai_url, settings.feed_url
