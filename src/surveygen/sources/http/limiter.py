"""Rate limit across all processes of this machine, and the dependencies of network clients."""

from __future__ import annotations

import fcntl
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from surveygen.config import MIN_INTERVAL_SECONDS
from surveygen.domain.text import slugify
from surveygen.environment import cache_folder, make_private, temp_folder
from surveygen.errors import SourceError
from surveygen.sources.http.retry import Budget

_LONGEST_INTERVAL = 60.0  # seconds; however often a server says that it is busy
Archive = Callable[[str, bytes], None]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, so that a test can replace them. All in seconds.

    `monotonic` is the same for all processes of a machine; `wall` counts from 1970.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    # Clients that failed together do not retry together.
    jitter: Callable[[], float] = field(default=lambda: random.SystemRandom().uniform(0.0, 0.5))

    def day(self, *, later: int = 0) -> str:
        """Return the ISO day of `wall` in UTC, or some days later."""
        return (datetime.fromtimestamp(self.wall(), UTC) + timedelta(days=later)).date().isoformat()


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect, between two bytes, and for a whole response however slowly it arrives."""

    connect: float = 10.0
    read: float = 120.0
    whole: float = 600.0


@dataclass(frozen=True, slots=True)
class NetworkDeps:
    """Dependencies of network clients that a run sets and a test replaces.

    Attributes:
        lock_folder: folder of the lock files of the rate limit; None for the cache folder.
        budget: shared by the clients of one run; None for a new one from the settings.
        archive: is called with the URL and the unpacked body of each response of status 200 before it is parsed.
    """

    clock: Clock = field(default_factory=Clock)
    timeouts: Timeouts = field(default_factory=Timeouts)
    lock_folder: Path | None = None
    budget: Budget | None = None
    archive: Archive | None = None


def is_loopback(url: str) -> bool:
    """Whether the host of a URL is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Limiter:
    """One request at a time, and a pause from the end of one to the start of the next.

    The pause is arXiv's rule, counted over all programs of a user: a lock file is locked while a request runs and holds
    the time at which the last one ended (https://info.arxiv.org/help/api/tou.html). All hosts of arXiv share one lock;
    every other host, and every server of this machine, has its own. A lane is a part of a service with a rule of its
    own: it has its own lock and pause, and it also stops where the service as a whole is stopped.

    Args:
        url: an address of the service.
        interval: seconds of the pause; on other machines at least `floor`.
        clock: the time.
        folder: of the lock files; None for the cache folder.
        lane: the name of the lane; "" for the service itself.
        floor: seconds.
    """

    def __init__(
        self,
        url: str,
        interval: float,
        clock: Clock,
        folder: Path | None = None,
        *,
        lane: str = "",
        floor: float = MIN_INTERVAL_SECONDS,
    ) -> None:
        address = urlsplit(url)
        host = address.hostname or ""
        if is_loopback(url):
            service = f"{host}-{address.port}"
            self._interval = interval
        else:
            is_arxiv = host == "arxiv.org" or host.endswith(".arxiv.org")
            service = "arxiv" if is_arxiv else slugify(host)
            self._interval = max(interval, floor)
        self._name = f"{service}-{lane}.lock" if lane else f"{service}.lock"
        self._stops = dict.fromkeys((self._name, f"{service}.lock"))
        self._clock = clock
        self._folders = [folder or cache_folder(), temp_folder()]

    @contextmanager
    def acquire(self) -> Iterator[None]:
        """Wait for the lock and the pause, and record when the request ended, also after an error."""
        with self._open_lock() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                _log.info("another surveygen sends a request; waiting")
                fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            try:
                ended = float(file.read(40))
            except ValueError:
                ended = float("-inf")
            pause = ended + self._interval - self._clock.monotonic()
            if pause > 0:
                self._clock.sleep(min(pause, self._interval))  # the clock restarts with the machine
            try:
                yield
            finally:
                file.seek(0)
                file.truncate()
                file.write(f"{self._clock.monotonic():.6f}\n".encode())
                file.flush()

    def slow_down(self) -> None:
        """Double the pause, up to a minute."""
        self._interval = min(2 * self._interval, max(_LONGEST_INTERVAL, self._interval))

    def mark_stop(self, reason: str) -> None:
        """Record for all processes that the server forbade further requests, until a person clears it."""
        with self._open_lock() as file:
            Path(file.name).with_suffix(".stopped").write_text(f"{reason}\n", encoding="utf-8")

    def stop_mark(self) -> str:
        """Return the reason that `mark_stop` recorded, empty if there is none."""
        for mark in self._stop_marks():
            text = mark.read_text(encoding="utf-8", errors="replace")
            return text.strip().partition("\n")[0] or "status 403"
        return ""

    def clear_stop(self) -> bool:
        """Remove the record of `mark_stop`; return whether there was one.

        Raises:
            SourceError: it cannot be removed.
        """
        marks = self._stop_marks()
        try:
            for mark in marks:
                mark.unlink()
        except OSError as error:
            raise SourceError(f"{error.filename}: {error.strerror}", "remove the file by hand") from error
        return bool(marks)

    def _stop_marks(self) -> list[Path]:
        marks = [(folder / name).with_suffix(".stopped") for folder in self._folders for name in self._stops]
        return [mark for mark in marks if mark.is_file() and make_private(mark.parent)]

    def _open_lock(self) -> IO[bytes]:
        for folder in self._folders:
            try:
                if make_private(folder):
                    return (folder / self._name).open("a+b")
            except OSError:
                continue
        folders = " or ".join(map(str, self._folders))
        raise SourceError(
            f"a lock file cannot be written in {folders}",
            "make one of them writable, by you alone, or set XDG_CACHE_HOME to a folder of yours",
        )
