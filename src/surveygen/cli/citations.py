"""``surveygen citations``: fetch citations from citation graphs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context
from surveygen.domain.citation import CitedWork
from surveygen.pipeline import CitationUpdate


def command(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the requests; send none.")] = False,
) -> None:
    """Query the citation graphs of survey.toml for papers that are new or were last queried long ago."""
    shared: Context = context.obj
    if dry_run:
        requests = pipeline.plan_citations(shared.project())
        shared.print({"requests": requests}, lambda: iter(requests))
        return
    report = pipeline.fetch_citations(shared.project(), shared.progress())

    def text() -> Iterator[str]:
        for update in report.learnt:
            yield from _lines(update)
        yield f"{report.citations} citations between {report.papers} papers of this survey"
        if report.missed:
            yield "most cited, and not in this survey:"
        yield from (_missed(work, times) for work, times in report.missed)

    shared.print(report, text)


def _lines(update: CitationUpdate) -> Iterator[str]:
    yield (
        f"{update.provider}: {update.due} papers to update, {update.answered} answered, {update.known} indexed there,"
        f" {update.changed} changed"
    )
    if update.note:
        yield f"  {update.note}"


def _missed(work: CitedWork, times: int) -> str:
    about = ", ".join(filter(None, (work.authors, str(work.year or ""))))
    return f"  {times:>3} x {work.title}" + (f" ({about})" if about else "") + f" {work.ids[0]}"
