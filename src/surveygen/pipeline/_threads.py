"""Make something of each item, in threads where somebody is waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


def map_in_threads(make: Callable[[T], U], items: Sequence[T], workers: int) -> Iterator[U]:
    """Make something of each item, in their order; in as many threads as there are workers, in none for 0."""
    if not workers:
        yield from map(make, items)
        return
    pool = ThreadPoolExecutor(workers)
    try:
        yield from pool.map(make, items)
    finally:  # an error or Ctrl-C leaves what has not begun undone
        pool.shutdown(cancel_futures=True)
