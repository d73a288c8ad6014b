"""``surveygen build``: make the drafts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context


def command(
    context: typer.Context,
    lang: Annotated[list[str] | None, typer.Option("--lang", metavar="L", help="Language; may be repeated.")] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="F", help="html, latex, pdf, markdown or json; may be repeated."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Instead of output/<slug>.")] = None,
) -> None:
    """Build the drafts from the corpus."""
    shared: Context = context.obj
    built = pipeline.build(shared.project(), shared.progress(), languages=lang or (), formats=formats or (), out=out)

    def text() -> Iterator[str]:
        changed = set(built.changed)
        yield f"{built.papers} papers"
        for path in built.files:
            yield f"{'wrote' if path in changed else 'same '} {_near(path)}"

    shared.print(built, text)


def _near(path: Path) -> Path:
    """Show a path relative to where the person stands, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
