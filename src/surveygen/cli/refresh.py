"""``surveygen refresh``: bring the survey up to date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context
from surveygen.cli._format import built_lines, report_lines


def command(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Request all again from this day on.")] = None,
    if_announced: Annotated[
        bool,
        typer.Option("--if-announced", help="Query arXiv only if a feed (sources.arxiv.feeds) has news."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the first requests; send none.")] = False,
) -> None:
    """Fetch new papers, assign them, build again, and report what changed."""
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
            yield "the budget is spent: the next refresh continues"
        yield from report_lines(refreshed.changes)
        yield from built_lines(refreshed.built)

    shared.print(refreshed, text)
