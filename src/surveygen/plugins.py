"""Plug-ins, found by file name or entry point."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from surveygen.errors import ConfigError, did_you_mean

Group = Literal["sources.files", "sources.arxiv", "sources.citations", "embed", "summarize", "translate", "render"]

_PACKAGES: dict[Group, str] = {"render": "surveygen.render.formats"}  # where it is not named like the group


def names(group: Group) -> tuple[str, ...]:
    """List the plug-ins of a group, sorted, without importing them.

    They are the public modules of ``surveygen.<group>`` (of ``surveygen.render.formats`` for "render") and the entry
    points of the group ``surveygen.<group>``, which are read once in a process.
    """
    package = importlib.import_module(_package_name(group))
    modules = {module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")}
    return tuple(sorted(modules | {point.name for point in _entry_points(group, tuple(sys.path))}))


def load(group: Group, name: str) -> Any:  # noqa: ANN401  # the caller knows the protocol of the group
    """Import one plug-in: a module, or what an entry point names; each package says what it must provide.

    An entry point cannot replace a module of the same name.

    Raises:
        ConfigError: no plug-in has that name; the hint lists the names.
    """
    valid = names(group)
    if name not in valid:
        raise ConfigError(f"{group}: unknown plug-in {name!r}", did_you_mean(name, valid))
    package = importlib.import_module(_package_name(group))
    if any(module.name == name for module in pkgutil.iter_modules(package.__path__)):
        return importlib.import_module(f"{package.__name__}.{name}")
    points = {point.name: point for point in _entry_points(group, tuple(sys.path))}
    return points[name].load()


@cache
def _entry_points(group: Group, path: tuple[str, ...]) -> tuple[EntryPoint, ...]:  # noqa: ARG001  # sys.path: a key
    """Read the entry points of a group, for which a file of every installed package is opened."""
    return tuple(entry_points(group=f"surveygen.{group}"))


def _package_name(group: Group) -> str:
    return _PACKAGES.get(group, f"surveygen.{group}")
