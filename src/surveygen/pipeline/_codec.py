"""Turn nouns of the domain into JSON text and back, for the derived cache."""

from __future__ import annotations

import hashlib
import json
import types
from collections.abc import Sequence
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def encode(value: object) -> str:
    """Write a dataclass, or a sequence of them, as compact JSON; equal values give equal text."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def decode(kind: type[T], text: str) -> T:
    """Read what `encode` wrote; `kind` may be a dataclass or ``tuple[Dataclass, ...]``."""
    built: T = _build(kind, json.loads(text))
    return built


def digest(*parts: object) -> str:
    """Return the SHA-256, hexadecimal, of some values: a content key."""
    return hashlib.sha256("\x1f".join(encode(part) for part in parts).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


@cache
def _hints(kind: Any) -> dict[str, Any]:  # noqa: ANN401  # any dataclass
    hints = get_type_hints(kind)
    return {item.name: hints[item.name] for item in fields(kind)}


def _build(kind: Any, value: Any) -> Any:  # noqa: ANN401  # types are values here
    if value is None or isinstance(kind, NewType):
        return value
    if is_dataclass(kind) and isinstance(kind, type):
        # A field that an older program did not write has its default.
        return kind(**{name: _build(hint, value[name]) for name, hint in _hints(kind).items() if name in value})
    if get_origin(kind) in {Union, types.UnionType}:
        return _build(next(option for option in get_args(kind) if option is not type(None)), value)
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_build(inner[0], item) for item in value)
        return tuple(_build(hint, item) for hint, item in zip(inner, value, strict=True))
    return value
