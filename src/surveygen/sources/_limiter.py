"""Take turns at a server, across all processes of this machine."""

from __future__ import annotations

import fcntl
import logging
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from surveygen.config import MIN_INTERVAL_SECONDS
from surveygen.domain.text import slugify
from surveygen.environment import cache_folder
from surveygen.errors import SourceError

_LONGEST_INTERVAL = 60.0  # seconds; however often a server says that it is busy

_log = logging.getLogger(__name__)


def _jitter() -> float:
    return random.SystemRandom().uniform(0.0, 0.5)  # notes/harvest.md 8.4


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and chance, so that a test can make them run faster. All in seconds.

    `monotonic` is the same for all processes of a machine; `wall` counts from 1970.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = _jitter


def is_loopback(url: str) -> bool:
    """Whether the host of a URL is this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Limiter:
    """One request at a time, and a pause from the end of one to the start of the next.

    The pause is arXiv's rule, counted over all programs of a user: a lock file holds the turn while a request runs, and
    the time at which the last one ended (https://info.arxiv.org/help/api/tou.html).
    """

    def __init__(self, url: str, interval: float, clock: Clock, folder: Path | None = None) -> None:
        host = urlsplit(url)
        loopback = is_loopback(url)
        self._name = _lock_name(host.hostname or "", host.port, loopback=loopback)
        self._interval = interval if loopback else max(interval, MIN_INTERVAL_SECONDS)
        self._clock = clock
        self._folder = folder

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn, hold it, and note when it ended, also after an error."""
        with self._open() as file:
            _wait_for(file)
            self._pause(_ended(file))
            try:
                yield
            finally:
                file.seek(0)
                file.truncate()
                file.write(f"{self._clock.monotonic():.6f}\n".encode())
                file.flush()

    def stop_mark(self) -> str:
        """Return what `mark_stop` kept, empty if nothing; it holds for all processes until a person clears it."""
        return next((_first_line(mark) for mark in self._marks() if mark.is_file()), "")

    def mark_stop(self, reason: str) -> None:
        """Keep that the server forbade further requests."""
        with self._open() as file:
            Path(file.name).with_suffix(".stopped").write_text(f"{reason}\n", encoding="utf-8")

    def clear_stop(self) -> bool:
        """Forget it; return whether there was something to forget.

        Raises:
            SourceError: the mark cannot be removed.
        """
        found = [mark for mark in self._marks() if mark.is_file()]
        try:
            for mark in found:
                mark.unlink()
        except OSError as error:
            raise SourceError(f"{error.filename}: {error.strerror}", "remove the file by hand") from error
        return bool(found)

    def _marks(self) -> list[Path]:
        return [(folder / self._name).with_suffix(".stopped") for folder in self._folders()]

    def slow_down(self) -> None:
        """Double the pause, up to a minute."""
        self._interval = min(2 * self._interval, max(_LONGEST_INTERVAL, self._interval))

    def _pause(self, ended: float) -> None:
        """Wait out the interval; at most once, for the clock begins anew when the machine does."""
        due = ended + self._interval - self._clock.monotonic()
        if due > 0:
            self._clock.sleep(min(due, self._interval))

    def _open(self) -> IO[bytes]:
        folders = self._folders()
        for folder in folders:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                return (folder / self._name).open("a+b")
            except OSError:
                continue
        raise SourceError(f"no lock file can be written in {folders[0]} or {folders[1]}", "make one of them writable")

    def _folders(self) -> list[Path]:
        return [self._folder or cache_folder(), Path(tempfile.gettempdir()) / f"surveygen-{os.getuid()}"]


def _lock_name(host: str, port: int | None, *, loopback: bool) -> str:
    """Name what takes turns together: all hosts of arXiv, each other host, each server of this machine."""
    if loopback:
        return f"{host}-{port}.lock"
    return "arxiv.lock" if host == "arxiv.org" or host.endswith(".arxiv.org") else f"{slugify(host)}.lock"


def _first_line(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").strip().partition("\n")[0] or "status 403"


def _wait_for(file: IO[bytes]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _log.info("another surveygen is asking there; waiting for the turn")
        fcntl.flock(file, fcntl.LOCK_EX)


def _ended(file: IO[bytes]) -> float:
    file.seek(0)
    try:
        return float(file.read(40))
    except ValueError:
        return float("-inf")
