"""``surveygen serve``: curate a survey in a browser."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from surveygen.cli._context import Context
from surveygen.errors import ConfigError


def command(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="0: any free port.")] = 0,
) -> None:
    """Serve a page on this machine only to assign papers, change themes and edit text; Ctrl-C stops it."""
    shared: Context = context.obj
    project = shared.project()
    try:
        from surveygen.web import serve  # noqa: PLC0415  # an optional part
    except ImportError as error:
        raise ConfigError(
            "surveygen serve needs Starlette and uvicorn", 'install them: pip install "surveygen[serve]"'
        ) from error
    serve(project, port, lambda address: _announce(shared, address), debug=shared.debug)


def _announce(shared: Context, address: str) -> None:
    shared.print({"address": address}, lambda: iter([f"open {address}", "Ctrl-C stops it"]))
    sys.stdout.flush()
