"""``surveygen build``: build the drafts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context
from surveygen.cli._format import built_lines, estimate_lines


def command(
    context: typer.Context,
    lang: Annotated[list[str] | None, typer.Option("--lang", metavar="L", help="Language; may be repeated.")] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="F", help="html, latex, pdf, markdown, json or slides; may be repeated."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Instead of output/<slug>.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Estimate the requests to a language model and their cost; send none.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="List every file of the drafts.")] = False,
) -> None:
    """Build the drafts from the corpus."""
    shared: Context = context.obj
    if dry_run:
        expected = pipeline.estimate(shared.project(), shared.progress())
        shared.print({"estimate": expected}, lambda: estimate_lines(expected))
        return
    built = pipeline.build(shared.project(), shared.progress(), languages=lang or (), formats=formats or (), out=out)
    shared.print(built, lambda: built_lines(built, verbose=verbose))
