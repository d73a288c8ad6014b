"""``surveygen add``: import papers from files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context
from surveygen.cli._format import change_lines


def command(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="JSONL, snapshot, BibTeX, RIS or ids.")],
) -> None:
    """Import papers: JSONL, arXiv metadata snapshot, BibTeX, RIS, or a list of arXiv ids."""
    shared: Context = context.obj
    changes = pipeline.add(shared.project(), files, shared.progress())

    def text() -> Iterator[str]:
        for path, change in zip(files, changes, strict=True):
            yield from change_lines(str(path), change)

    shared.print({str(path): change for path, change in zip(files, changes, strict=True)}, text)
