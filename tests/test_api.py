"""The Python API: its examples run, and to import it costs little."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import surveygen


def test_the_examples_of_the_page_run(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All blocks of docs/api.md, one after the other."""
    page = (root / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)

    names: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "docs/api.md", "exec"), names)

    assert len(blocks) >= 8


def test_every_public_name_is_there_and_documented(root: Path) -> None:
    """Each name of `__all__` is a function with a docstring that the page shows."""
    page = (root / "docs" / "api.md").read_text(encoding="utf-8")
    names = [name for name in surveygen.__all__ if not name.startswith("__")]

    assert all(getattr(surveygen, name).__doc__ for name in names)
    assert [name for name in names if f"surveygen.{name}(" not in page] == []
    with pytest.raises(AttributeError, match="no_such_name"):
        surveygen.no_such_name  # noqa: B018  # the access is the test


def test_to_import_the_package_loads_nothing_heavy() -> None:
    """Neither numpy nor the pipeline."""
    program = "import sys, surveygen; print({'numpy', 'torch', 'surveygen.pipeline'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert found.strip() == "set()"
