"""``surveygen evaluate``: agreement with human labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context


def command(
    context: typer.Context,
    gold: Annotated[Path | None, typer.Option(metavar="FILE", help="JSONL with id, title and labels.")] = None,
    outline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A human outline: one heading a line, or a taxonomy TOML.")
    ] = None,
    bibliography: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A human bibliography, in any format that add reads.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with plots as well.")] = None,
) -> None:
    """Measure how well themes, headings and references agree with those of people."""
    shared: Context = context.obj
    assessment = pipeline.evaluate(
        shared.project(), shared.progress(), gold=gold, outline=outline, bibliography=bibliography, html=html
    )
    shared.print(assessment, lambda: iter((assessment.as_text(),)))
