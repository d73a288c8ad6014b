"""Parts of the shipped corpus for small real surveys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from surveygen.config import Project

PAPERS = 60
FORMATS = ("html", "latex", "markdown", "json")  # of a survey whose settings name none
MakeProject = Callable[..., Project]


def corpus_lines(root: Path, count: int = PAPERS, start: int = 0) -> str:
    """Return some lines of the shipped corpus, spread over it."""
    lines = (root / "corpus" / "llm-alignment.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    spread = [line for offset in range(4) for line in lines[offset::4]]
    return "".join(spread[start : start + count])
