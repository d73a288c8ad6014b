"""``surveygen export``: export the corpus for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context


def command(
    context: typer.Context,
    name: Annotated[str, typer.Option("--format", metavar="F", help="bibtex, biblatex, csl, ris, csv or jsonl.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Instead of stdout.")] = None,
) -> None:
    """Write the bibliography, or with jsonl the whole corpus, to stdout or a file."""
    shared: Context = context.obj
    pieces = pipeline.export(shared.project(), name)
    if out is None:
        sys.stdout.writelines(pieces)
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
