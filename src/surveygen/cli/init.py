"""``surveygen init``: start a survey."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context


def command(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The new folder.")],
    profile: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="A shipped profile, a taxonomy TOML, or none.")
    ] = "none",
    title: Annotated[str | None, typer.Option(help="The title of the survey.")] = None,
) -> None:
    """Start a survey: write survey.toml and the folders."""
    shared: Context = context.obj
    made = pipeline.init(folder, profile=profile, title=title)

    def text() -> Iterator[str]:
        yield from (f"wrote {path}" for path in made)
        yield f"next: edit {made[0]}, then: surveygen -C {folder} add FILE"

    shared.print({"files": made}, text)
