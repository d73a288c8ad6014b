"""Results that the store remembers between runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from surveygen.corpus import Store

T = TypeVar("T")
_WRITER = msgspec.json.Encoder(order="deterministic")


def encode(value: object) -> str:
    """Write a dataclass, or a sequence of them, as compact JSON; equal values give equal text."""
    return _WRITER.encode(value).decode()


def digest(*parts: object) -> str:
    """Return the SHA-256 of some values, hexadecimal: a content key."""
    sha = hashlib.sha256()
    for part in parts:
        # A path may hold bytes that are not UTF-8, which JSON cannot.
        sha.update(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else _WRITER.encode(part))
        sha.update(b"\x1f" if isinstance(part, str) else b"\x1e")
    return sha.hexdigest()


@dataclass(frozen=True, slots=True)
class Slot(Generic[T]):
    """The last value of one kind, which the store keeps as JSON; a new one replaces it.

    Attributes:
        kind: the name of the slot in stores; it stays when the program gives the value another name.
        type: a dataclass, or ``tuple[Dataclass, ...]``. A field that an older program did not write has its default.
        name: the content key of the value unless the caller gives one.
    """

    kind: str
    type: type[T]
    name: str = "last"

    def load(self, store: Store, key: str = "") -> T | None:
        """Return the last value, None if there is none, it was made of other content, or it cannot be read."""
        text = store.cache.get(self.kind, key or self.name)
        try:
            return None if text is None else msgspec.json.decode(text, type=self.type)
        except msgspec.MsgspecError:
            return None

    def save(self, store: Store, value: T, key: str = "") -> None:
        """Replace the last value; `key` is the digest of what it was made of, for a value that depends on it."""
        store.cache.put(self.kind, key or self.name, encode(value), slot=self.name)


@dataclass(frozen=True, slots=True)
class StoredResults:
    """A result cache in the store: what `surveygen.summarize.ResultCache` asks for."""

    store: Store

    def __call__(self, kind: type[T], name: str, content: Sequence[object], slot: str, make: Callable[[], T]) -> T:
        """Return the result of some content: the stored one, or else what `make` returns, which is then stored."""
        cached, key = Slot(name, kind, slot), digest(*content)
        result = cached.load(self.store, key)
        if result is None:
            result = make()
            cached.save(self.store, result, key)
        return result
