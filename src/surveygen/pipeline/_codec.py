"""Turn nouns of the domain into JSON text and back, for the derived cache."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_WRITER = msgspec.json.Encoder(order="deterministic")


def encode(value: object) -> str:
    """Write a dataclass, or a sequence of them, as compact JSON; equal values give equal text."""
    return _WRITER.encode(value).decode()


def decode(kind: type[T], text: str) -> T:
    """Read what `encode` wrote; `kind` may be a dataclass or ``tuple[Dataclass, ...]``.

    A field that an older program did not write has its default.
    """
    found: T = _reader(kind).decode(text)  # type: ignore[arg-type]  # a class can be hashed
    return found


def digest(*parts: object) -> str:
    """Return the SHA-256, hexadecimal, of some values: a content key."""
    sha = hashlib.sha256()
    for part in parts:
        # A path may hold bytes that are no UTF-8, which JSON cannot.
        sha.update(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else _WRITER.encode(part))
        sha.update(b"\x1f" if isinstance(part, str) else b"\x1e")
    return sha.hexdigest()


@cache
def _reader(kind: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401  # types are values here
    return msgspec.json.Decoder(kind)
