"""Read tables of a TOML file as typed settings."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from surveygen.errors import ConfigError

T = TypeVar("T")


def read_table(kind: type[T], data: Mapping[str, Any], file: str) -> T:
    """Make a settings class of a table; classes within it are tables within.

    Raises:
        ConfigError: an unknown key (with the nearest valid one), a value of another type, or a field that is missing.
    """
    made: T = _build(kind, data, (), file)
    return made


def _build(kind: Any, data: Mapping[str, Any], path: tuple[str, ...], file: str) -> Any:  # noqa: ANN401  # any class
    known = {item.name for item in fields(kind)}
    for key in data:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            where = ".".join((*path, key))
            hint = f"did you mean {near[0]!r}?" if near else f"valid keys: {', '.join(sorted(known))}"
            raise ConfigError(f"{file}: unknown key {where!r}", hint, path=where)
    hints = get_type_hints(kind)
    values = {key: _value(hints[key], value, (*path, key), file) for key, value in data.items()}
    for item in fields(kind):
        if item.name not in values and item.default is MISSING and item.default_factory is MISSING:
            where = ".".join((*path, item.name))
            raise ConfigError(f"{file}: {where!r} is missing", f'add: {item.name} = "..."', path=where)
    return kind(**values)


def _value(kind: Any, value: object, path: tuple[str, ...], file: str) -> object:  # noqa: ANN401  # a type hint
    if is_dataclass(kind) and isinstance(value, dict):
        return _build(kind, value, path, file)
    if get_origin(kind) is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if get_origin(kind) is Literal and (type(value), value) in [(type(choice), choice) for choice in get_args(kind)]:
        return value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(kind, type) and get_origin(kind) is None and type(value) is kind:
        return value
    where = ".".join(path)
    raise ConfigError(f"{file}: {where} = {value!r} is not {_wanted(kind)}", "mend the value", path=where)


def _wanted(kind: Any) -> str:  # noqa: ANN401  # a type hint
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(repr(choice) for choice in get_args(kind))
    if get_origin(kind) is tuple:
        return "a list of strings"
    if get_origin(kind) in {Union, types.UnionType}:
        return str(kind)
    if is_dataclass(kind):
        return "a table"
    return {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}.get(kind, str(kind))
