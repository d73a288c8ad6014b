"""One writer of a survey at a time."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from surveygen.errors import CorpusError

_POLL_SECONDS = 0.2


@contextmanager
def locked(database: Path, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock of a survey, a file beside its store; the system releases it when the process dies.

    Args:
        database: the path of the store.
        wait_seconds: how long to wait for another process to end.

    Raises:
        CorpusError: another process holds it, or the file cannot be written.
    """
    path = database.with_name(f"{database.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}", "check the path and its permissions", file=str(path)) from error
    with file:
        deadline = time.monotonic() + wait_seconds
        while not _taken(file.fileno()):
            if time.monotonic() >= deadline:
                raise _held(path)
            time.sleep(_POLL_SECONDS)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held(path: Path) -> CorpusError:
    holder = path.read_text(encoding="ascii", errors="replace").strip()[:10]
    return CorpusError(
        f"another surveygen is refreshing this survey{f' (process {holder})' if holder.isdigit() else ''}",
        "wait for it to end, then run the command again",
        file=str(path),
    )
