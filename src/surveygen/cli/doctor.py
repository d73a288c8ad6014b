"""``surveygen doctor``: check the machine and the survey."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from surveygen import pipeline
from surveygen.cli._context import Context
from surveygen.errors import ConfigError


def command(context: typer.Context) -> None:
    """Check the machine and the survey; exit 1 if a requirement is missing."""
    shared: Context = context.obj
    try:
        project = shared.project()
    except ConfigError as error:
        if shared.folder:
            raise
        project = None
        print(f"no survey here: {error.message}") if not shared.as_json else None
    findings = pipeline.examine(project)

    def text() -> Iterator[str]:
        for finding in findings:
            mark = "ok  " if finding.ok else "MISS" if finding.needed else "none"
            yield f"{mark} {finding.name:<22}{finding.detail}"
            if finding.hint:
                yield f"     {finding.hint}"

    shared.print({"findings": findings}, text)
    if any(finding.needed and not finding.ok for finding in findings):
        raise typer.Exit(1)
