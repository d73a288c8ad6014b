"""Remember in the store what follows from papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from surveygen.corpus import Store
from surveygen.pipeline._codec import decode, digest, encode

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredResults:
    """What `surveygen.summarize.Keep` asks for."""

    store: Store

    def __call__(self, kind: type[T], name: str, content: Sequence[object], slot: str, make: Callable[[], T]) -> T:
        """Return what was made of this content, from the store where it is there."""
        key = digest(*content)
        known = self.store.cache.get(name, key)
        if known is not None:
            return decode(kind, known)
        made = make()
        self.store.cache.put(name, key, encode(made), slot=slot)
        return made
