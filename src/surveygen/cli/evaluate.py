"""``surveygen evaluate``: agreement with human labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context


def command(
    context: typer.Context,
    gold: Annotated[Path, typer.Option(metavar="FILE", help="JSONL with id, title and labels.")],
) -> None:
    """Measure how well the themes agree with labels that people gave."""
    shared: Context = context.obj
    levels = pipeline.evaluate(shared.project(), gold, shared.progress())
    shared.print({"levels": levels}, lambda: (level.as_text() for level in levels))
