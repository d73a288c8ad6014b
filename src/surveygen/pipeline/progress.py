"""Say how far a run has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Progress(Protocol):
    """Whoever watches a run; the command line draws a bar for each stage."""

    def stage(self, name: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
        """Open a stage of `total` steps (None: unknown) and give the function that counts steps done."""
        ...

    def note(self, message: str) -> None:
        """Say one line that a person should see."""
        ...


class NullProgress:
    """Nobody watches."""

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:  # noqa: ARG002  # the protocol
        """Count nothing."""
        yield lambda _steps: None

    def note(self, message: str) -> None:
        """Say nothing."""
