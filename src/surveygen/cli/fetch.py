"""``surveygen fetch``: fetch papers from arXiv."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context
from surveygen.cli._format import change_lines
from surveygen.pipeline.harvest import FetchQuery


def command(
    context: typer.Context,
    query: Annotated[str, typer.Option(metavar="Q", help="arXiv's query syntax.")] = "",
    ids: Annotated[list[str] | None, typer.Option(metavar="IDS", help="arXiv ids; commas or repeated.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="First versions from this day, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="First versions to this day, YYYY-MM-DD.")] = None,
    max_papers: Annotated[int | None, typer.Option("--max", min=1, metavar="N", help="Maximum of papers.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the requests; send none.")] = False,
    clear_stop: Annotated[
        bool, typer.Option("--clear-stop", help="Allow requests again after arXiv answered 403.")
    ] = False,
) -> None:
    """Fetch papers from arXiv: a query, ids, or what survey.toml names."""
    shared: Context = context.obj
    if clear_stop:
        cleared = pipeline.clear_stop(shared.project())
        shared.print(
            {"cleared": cleared}, lambda: iter(["requests are allowed again" if cleared else "no stop was set"])
        )
        return
    wanted_ids = tuple(part for item in ids or () for part in item.replace(",", " ").split())
    request = FetchQuery(query=query, ids=wanted_ids, since=since, until=until, max_papers=max_papers)
    if dry_run:
        urls = pipeline.plan(shared.project(), request)
        shared.print({"requests": urls}, lambda: iter(urls))
        return
    fetched = pipeline.fetch(shared.project(), request, shared.progress())

    def text() -> Iterator[str]:
        yield from change_lines("arXiv", fetched.change)
        yield from (f"  unknown to arXiv: {paper}" for paper in fetched.missing)

    shared.print(fetched, text)
