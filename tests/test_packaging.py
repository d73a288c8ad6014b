"""Requirements of the package: lower bounds in pyproject.toml, exact versions in constraints.txt."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path


def test_the_package_has_lower_bounds_only(root: Path) -> None:
    """No exact pin and no upper bound, so that the wheel can be installed beside other packages."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [requirement for extra in project["optional-dependencies"].values() for requirement in extra]
    requirements = [*project["dependencies"], *extras]

    assert [text for text in requirements if not re.fullmatch(r"[a-z0-9-]+>=[0-9.]+", text)] == []


def test_the_constraints_pin_every_dependency(root: Path) -> None:
    """Every dependency of a build has one exact version, and it is not below its bound."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bounds = dict(requirement.split(">=") for requirement in project["dependencies"])
    lines = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))

    assert bounds.keys() <= pins.keys()
    assert [name for name, bound in bounds.items() if numbers(pins[name]) < numbers(bound)] == []


def numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version."""
    return tuple(int(number) for number in version.split("."))
