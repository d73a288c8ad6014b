"""``surveygen refresh``: bring the survey up to date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context
from surveygen.cli._wording import built_lines, report_lines


def command(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Ask again for all from this day on.")] = None,
    if_announced: Annotated[
        bool, typer.Option("--if-announced", help="Ask arXiv only if its daily feed has news (sources.arxiv.feeds).")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the first requests; ask nothing.")] = False,
) -> None:
    """Fetch what is new, place it, write and build again, and tell what changed."""
    shared: Context = context.obj
    project = shared.project()
    if dry_run:
        urls = pipeline.plan_harvest(project, since=since)
        shared.print({"requests": urls}, lambda: iter(urls))
        return
    refreshed = pipeline.refresh(project, shared.progress(), since=since, if_announced=if_announced)

    def text() -> Iterator[str]:
        if refreshed.harvested is None:
            yield "nothing to harvest: set query or sets under [sources.arxiv] in survey.toml"
        elif refreshed.harvested.outcome == "paused":
            yield "the budget is spent: the next refresh goes on"
        yield from report_lines(refreshed.changes)
        yield from built_lines(refreshed.built)

    shared.print(refreshed, text)
