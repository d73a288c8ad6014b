"""Find plug-ins by file name or entry point."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from typing import Any, Literal

from surveygen.errors import ConfigError, did_you_mean

Room = Literal["sources.files", "sources.arxiv", "sources.citations", "embed", "summarize", "translate", "render"]

_PACKAGES: dict[Room, str] = {"render": "surveygen.render.formats"}  # of the plug-ins that have a folder of their own


def names(room: Room) -> tuple[str, ...]:
    """List a room's plug-ins, sorted.

    Every public module of ``surveygen.<room>`` is one (helpers of a room begin with an underscore), and so is
    every entry point of the group ``surveygen.<room>``. The modules of ``render`` lie in ``surveygen.render.formats``.
    Nothing is imported to answer.
    """
    package = importlib.import_module(_package_name(room))
    own = {module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_")}
    return tuple(sorted(own | {point.name for point in entry_points(group=f"surveygen.{room}")}))


def load(room: Room, name: str) -> Any:  # noqa: ANN401  # each room narrows it to its own protocol
    """Import one plug-in: a module, or what an entry point names, with a function ``make``.

    A plug-in of the program cannot be replaced by an entry point of the same name.

    Raises:
        ConfigError: no plug-in has that name; the hint lists those there are.
    """
    valid = names(room)
    if name not in valid:
        raise ConfigError(f"{room}: unknown plug-in {name!r}", did_you_mean(name, valid))
    points = {point.name: point for point in entry_points(group=f"surveygen.{room}")}
    package = importlib.import_module(_package_name(room))
    if any(module.name == name for module in pkgutil.iter_modules(package.__path__)):
        return importlib.import_module(f"{package.__name__}.{name}")
    return points[name].load()


def _package_name(room: Room) -> str:
    return _PACKAGES.get(room, f"surveygen.{room}")
