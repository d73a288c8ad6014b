"""File lock of a survey: one writing process at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from surveygen.errors import CorpusError

_POLL_SECONDS = 0.2


@contextmanager
def locked(database: Path, *, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock of a survey; the system releases it when the process dies.

    The lock is the file NAME.lock beside the store. NAME.lock.pid names the process that has it, for the message alone.

    Args:
        database: the path of the store.
        wait_seconds: how long to wait for another process to end.

    Raises:
        CorpusError: another process has the lock, or the file cannot be written.
    """
    path = database.with_name(f"{database.name}.lock")
    owner = path.with_name(f"{path.name}.pid")
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait_seconds, poll_interval=_POLL_SECONDS)
    except Timeout:
        pid = owner.read_text(encoding="ascii", errors="replace").strip()[:10] if owner.exists() else ""
        raise CorpusError(
            f"another surveygen is refreshing this survey{f' (process {pid})' if pid.isdigit() else ''}",
            "wait for it to end, then run the command again",
            file=str(path),
        ) from None
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}", "check the path and its permissions", file=str(path)) from error
    try:
        owner.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        lock.release()
