"""Read text and TOML files that a person wrote, and name their mistakes."""

from __future__ import annotations

import copy
import math
import re
import tomllib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import inspect as types

from surveygen.errors import ConfigError, did_you_mean

T = TypeVar("T")


def read_utf8(source: Path | Traversable) -> str:
    """Read a text file of a person in UTF-8, with or without a byte order mark; line ends become one sign.

    Raises:
        ConfigError: the file cannot be read, or is not UTF-8.
    """
    try:
        data = source.read_bytes()
    except OSError as error:
        raise ConfigError(f"{source}: {error.strerror}", "check the path and its permissions") from error
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{source}: not valid TOML: line {line} is not UTF-8", "save it as UTF-8") from error


def read_toml(kind: type[T], source: Path | Traversable) -> T:
    """Read a TOML file as a dataclass, with tables as dataclasses within it.

    Raises:
        ConfigError: the file cannot be read, is not TOML, has unknown keys (the hint names the nearest valid one) or
            values of another type, or lacks a required key; all of them are named at once.
    """
    try:
        data = tomllib.loads(read_utf8(source))
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits and 1,000 brackets are valid TOML
        raise ConfigError(f"{source}: not valid TOML: {error}", "fix the file") from error
    label = f"{source}"
    slips = [*_unknown_keys(types.type_info(kind), data, "", label), *_infinite_values(data, "", label)]
    try:
        if not slips:
            return msgspec.convert(data, kind)
    except msgspec.ValidationError:
        pass
    named = {slip.path for slip in slips}
    slips += (slip for slip in _wrong_values(kind, data, label) if slip.path not in named)
    if len(slips) == 1:
        raise slips[0]
    listed = "".join(f"\n  {slip.message.removeprefix(f'{label}: ')}; {slip.hint}" for slip in slips)
    raise ConfigError(f"{label}: {len(slips)} mistakes:{listed}", path=slips[0].path)


def _unknown_keys(kind: types.Type, value: object, path: str, label: str) -> Iterator[ConfigError]:
    if isinstance(kind, types.DataclassType) and isinstance(value, dict):
        valid = {item.encode_name: item.type for item in kind.fields}
        for key, inner in value.items():
            where = f"{path}.{key}" if path else key
            if key in valid:
                yield from _unknown_keys(valid[key], inner, where, label)
            else:
                yield ConfigError(f"{label}: unknown key {where!r}", did_you_mean(key, valid), path=where)
    elif isinstance(kind, types.VarTupleType) and isinstance(value, list):
        for n, item in enumerate(value):
            yield from _unknown_keys(kind.item_type, item, f"{path}[{n}]", label)


def _infinite_values(value: object, path: str, label: str) -> Iterator[ConfigError]:
    """Yield nan and inf wherever they stand: a comparison with nan is never true, so no limit stops it."""
    if isinstance(value, float) and not math.isfinite(value):
        yield ConfigError(f"{label}: {path} = {value!r} is not a finite number", "fix the value", path=path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _infinite_values(inner, f"{path}.{key}".lstrip("."), label)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from _infinite_values(inner, f"{path}[{n}]", label)


def _wrong_values(kind: type, data: dict[str, Any], label: str) -> Iterator[ConfigError]:
    """Yield the values that do not fit: each is left out in its turn, so that the next one shows."""
    rest = copy.deepcopy(data)
    while True:
        try:
            msgspec.convert(rest, kind)
        except msgspec.ValidationError as error:
            slip = _explain(error, kind, rest, label)
            yield slip
            table: Any = rest
            *tables, key = re.findall(r"[^.\[\]]+", slip.path)
            for step in tables:
                table = table[int(step)] if isinstance(table, list) else table[step]
            if not isinstance(table, dict) or key not in table:  # it is missing
                return
            del table[key]
        except ConfigError as error:  # a value that does not fit another one
            yield error
            return
        else:
            return


def _explain(error: msgspec.ValidationError, kind: type, data: object, label: str) -> ConfigError:
    """Return the error of a value: its key, what it is and what it must be."""
    reason, _, location = str(error).partition(" - at `$")
    if missing := re.fullmatch(r"Object missing required field `(\w+)`", reason):
        where = f"{location.strip('.`')}.{missing[1]}".lstrip(".")
        return ConfigError(f"{label}: {where!r} is missing", f'add: {missing[1]} = "..."', path=where)
    expected, value, where = types.type_info(kind), data, ""
    for step, key, number in re.findall(r"(\.(\w+)|\[(\d+)\])", location):
        if isinstance(expected, types.DataclassType) and isinstance(value, dict):
            expected = next(item.type for item in expected.fields if item.encode_name == key)
            value = value[key]
        elif isinstance(expected, types.VarTupleType) and _is_table(expected.item_type) and isinstance(value, list):
            expected, value = expected.item_type, value[int(number)]
        else:
            break  # the message names a list of strings as a whole
        where += step
    where = where.removeprefix(".")
    return ConfigError(
        f"{label}: {where} = {repr(value)[:80]} is not {_describe(expected)}", "fix the value", path=where
    )


def _describe(kind: types.Type) -> str:
    """Return what a value has to be, in the terms of TOML."""
    if isinstance(kind, types.LiteralType):
        return "one of " + ", ".join(repr(value) for value in kind.values)
    if isinstance(kind, types.UnionType):
        return " or ".join(map(_describe, kind.types))
    if isinstance(kind, types.VarTupleType):
        return _describe_list(kind)
    if isinstance(kind, types.IntType | types.FloatType):
        limits = ((">=", kind.ge), (">", kind.gt), ("<=", kind.le), ("<", kind.lt))
        bounds = " and ".join(f"{sign} {limit}" for sign, limit in limits if limit is not None)
        return f"{'a whole number' if isinstance(kind, types.IntType) else 'a number'} {bounds}".rstrip()
    if isinstance(kind, types.DictType):
        return "a table of tables" if _is_table(kind.value_type) else "a table of strings"
    terms: dict[type[types.Type], str] = {types.StrType: "a string", types.BoolType: "true or false"}
    return terms.get(type(kind), "a table")


def _describe_list(kind: types.VarTupleType) -> str:
    if _is_table(kind.item_type):
        return "a list of tables"
    whole = isinstance(kind.item_type, types.StrType) and kind.item_type.min_length
    least = ", and at least one" if kind.min_length else ""
    return f"a list of strings{least}{', none of them empty' if whole else ''}"


def _is_table(kind: types.Type) -> bool:
    return isinstance(kind, types.DataclassType | types.DictType)
