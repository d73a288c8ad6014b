"""``surveygen verify``: check a draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context
from surveygen.cli._format import counted


def command(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A draft; the default is all of them.")] = None,
) -> None:
    """Build every draft again from the store and compare each byte; check its sentences; exit 1 if one fails."""
    shared: Context = context.obj
    report = pipeline.verify(shared.project(), folder)

    def text() -> Iterator[str]:
        for problem in report.problems:
            yield f"{problem.file}: {problem.place + ': ' if problem.place else ''}{problem.reason}"
        for file in report.outdated:
            yield f"{file.file}: {file.reason}"
        for edit in report.doubted:
            yield f"{edit.file}: {edit.place}: {edit.reason} (written by a person; check it)"
        if report.human:
            yield f"{counted(report.human, 'sentence')} by a person: what their sources say is not checked"
        if report.outdated:
            yield f"{counted(len(report.outdated), 'file')} of an earlier state; run surveygen build to update"
        checked = ((report.drafts, "draft"), (report.sentences, "sentence"), (report.citations, "citation"))
        outcome = counted(len(report.problems), "problem") if report.problems else "all hold"
        yield f"{', '.join(counted(number, noun) for number, noun in checked)} checked: {outcome}"

    shared.print(report, text)
    if report.problems:
        raise typer.Exit(1)
