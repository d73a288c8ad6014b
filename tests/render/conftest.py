"""What the tests of the renderers share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from surveygen.languages import Language, load
from surveygen.render import TemplateRoots, template_root

_GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def english() -> Language:
    """The English language file."""
    return load("en")


@pytest.fixture
def shipped() -> TemplateRoots:
    """The shipped templates alone."""
    return TemplateRoots(template_root())


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with a golden file; SURVEYGEN_UPDATE_GOLDEN=1 writes the file instead."""

    def check(name: str, text: str) -> None:
        path = _GOLDEN / name
        if os.environ.get("SURVEYGEN_UPDATE_GOLDEN") == "1":
            path.write_text(text, encoding="utf-8")

        assert text == path.read_text(encoding="utf-8"), f"{name} differs: look, then SURVEYGEN_UPDATE_GOLDEN=1"

    return check
