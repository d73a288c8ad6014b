"""``surveygen verify``: check a draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context


def command(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A draft; the default is all of them.")] = None,
) -> None:
    """Check every sentence and citation of a draft against the store; exit 1 if one fails."""
    shared: Context = context.obj
    report = pipeline.verify(shared.project(), folder)

    def text() -> Iterator[str]:
        for problem in report.problems:
            yield f"{problem.file}: {problem.place + ': ' if problem.place else ''}{problem.reason}"
        for edit in report.doubted:
            yield f"{edit.file}: {edit.place}: {edit.reason} (written by a person; check it)"
        if report.human:
            yield f"{report.human} sentences are a person's: their sources are not checked"
        yield f"{report.drafts} drafts, {report.sentences} sentences, {report.citations} citations checked: " + (
            f"{len(report.problems)} problems" if report.problems else "all hold"
        )

    shared.print(report, text)
    if report.problems:
        raise typer.Exit(1)
