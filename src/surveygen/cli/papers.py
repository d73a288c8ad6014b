"""Commands that bring papers into the store: add, fetch, citations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context
from surveygen.domain.paper import ImportChanges
from surveygen.errors import ConfigError
from surveygen.pipeline import AddedText, FullTextQuery
from surveygen.pipeline.harvest import FetchQuery

_SHOWN = 5  # bad records shown; `surveygen status` has them all


def add(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="JSON, snapshot, BibTeX, RIS, CSV or ids.")],
    full_text: Annotated[
        bool,
        typer.Option(
            "--full-text",
            help="The files are full texts: HTML pages, PDFs, LaTeX sources, or folders of them.",
        ),
    ] = False,
) -> None:
    """Import papers: JSONL, arXiv metadata snapshot, BibTeX, RIS, CSL-JSON, CSV, or a list of arXiv ids.

    With --full-text, import full texts of papers that are in the store.
    """
    shared: Context = context.obj
    if full_text:
        added = pipeline.add_full_text(shared.project(), files, shared.progress())
        shared.print({"texts": added}, lambda: _added_lines(added))
        return
    changes = pipeline.add(shared.project(), files, shared.progress())

    def text() -> Iterator[str]:
        for path, change in zip(files, changes, strict=True):
            yield from _change_lines(str(path), change)

    shared.print({str(path): change for path, change in zip(files, changes, strict=True)}, text)


def fetch(
    context: typer.Context,
    query: Annotated[str, typer.Option(metavar="Q", help="arXiv's query syntax.")] = "",
    ids: Annotated[list[str] | None, typer.Option(metavar="IDS", help="arXiv ids; commas or repeated.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="First versions from this day, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="First versions to this day, YYYY-MM-DD.")] = None,
    max_papers: Annotated[int | None, typer.Option("--max", min=1, metavar="N", help="Maximum of papers.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the requests; send none.")] = False,
    sort: Annotated[
        str, typer.Option(metavar="ORDER", help="Which papers of a query come first: date or relevance.")
    ] = "date",
    clear_stop: Annotated[
        bool, typer.Option("--clear-stop", help="Allow requests again after arXiv answered 403.")
    ] = False,
    full_text: Annotated[
        bool,
        typer.Option("--full-text", help="Fetch the HTML pages of papers in the store, one in 15 seconds; resumes."),
    ] = False,
    theme: Annotated[str, typer.Option(metavar="THEME", help="With --full-text: papers of this theme.")] = "",
    cited: Annotated[bool, typer.Option("--cited", help="With --full-text: papers that the draft cites.")] = False,
    figures: Annotated[
        bool,
        typer.Option(
            "--figures", help="With --full-text: also a figure of each paper whose license permits to show it."
        ),
    ] = False,
) -> None:
    """Fetch papers from arXiv: a query, ids, or what is new in the sets or the query of survey.toml.

    With --full-text, fetch and read the pages of papers in the store: all, --ids, --theme or --cited.
    """
    shared: Context = context.obj
    if clear_stop:
        cleared = pipeline.clear_stop(shared.project())
        shared.print(
            {"cleared": cleared}, lambda: iter(["requests are allowed again" if cleared else "no stop was set"])
        )
        return
    wanted_ids = tuple(part for item in ids or () for part in item.replace(",", " ").split())
    if full_text:
        if query or since or until or sort != "date":
            raise ConfigError("--full-text reads pages of papers in the store", "use --ids, --theme, --cited or --max")
        _fetch_full_text(shared, FullTextQuery(wanted_ids, theme, cited, max_papers, figures), dry_run=dry_run)
        return
    if theme or cited or figures:
        raise ConfigError("--theme, --cited and --figures choose full texts", "add --full-text")
    request = FetchQuery(query=query, ids=wanted_ids, since=since, until=until, max_papers=max_papers, sort=sort)
    if dry_run:
        urls = pipeline.plan(shared.project(), request)
        shared.print({"requests": urls}, lambda: iter(urls))
        return
    fetched = pipeline.fetch(shared.project(), request, shared.progress())

    def text() -> Iterator[str]:
        yield from _change_lines("arXiv", fetched.change)
        yield from (f"  unknown to arXiv: {paper}" for paper in fetched.missing)

    shared.print(fetched, text)


def _fetch_full_text(shared: Context, query: FullTextQuery, *, dry_run: bool) -> None:
    """Fetch and read pages, or print the plan."""
    if dry_run:
        plan = pipeline.plan_full_text(shared.project(), query)
        urls = [*(page.url for page in plan.pages), *(figure.url for figure in plan.figures)]
        summary = {"plan": plan.summary(), "seconds": plan.seconds, "requests": urls}
        shared.print(summary, lambda: iter([plan.summary(), *urls]))
        return
    fetched = pipeline.fetch_full_text(shared.project(), query, shared.progress())

    def text() -> Iterator[str]:
        counts = {"read": fetched.read, "without a page": fetched.without_page, "failed": fetched.failed}
        parts = [f"{len(names)} {word}" for word, names in counts.items() if names]
        summary = ", ".join([*parts, *([f"figures: {len(fetched.figures)}"] if fetched.figures else [])])
        yield f"full text: {summary or 'nothing new'}"
        yield from (f"  failed: {name}: {reason}" for name, reason in fetched.failed)
        if fetched.outcome == "paused":
            yield "the budget is spent: the next run continues"

    shared.print(fetched, text)


def _added_lines(added: Sequence[AddedText]) -> Iterator[str]:
    for item in added:
        name = f" {item.paper}v{item.version}" if item.paper else ""
        yield f"{item.file}: {item.outcome}{name}" + (f": {item.reason}" if item.reason else "")


def citations(
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
            yield (
                f"{update.provider}: {update.due} papers to update, {update.answered} answered, "
                f"{update.known} indexed there, {update.changed} changed"
            )
            if update.note:
                yield f"  {update.note}"
        yield f"{report.citations} citations between {report.papers} papers of this survey"
        if report.missed:
            yield "most cited, and not in this survey:"
        for work, times in report.missed:
            about = ", ".join(filter(None, (work.authors, str(work.year or ""))))
            yield f"  {times:>3} x {work.title}" + (f" ({about})" if about else "") + f" {work.ids[0]}"

    shared.print(report, text)


def _change_lines(name: str, change: ImportChanges) -> Iterator[str]:
    """Summarize what an import or a fetch changed in the corpus."""
    counts = {
        "added": len(change.added),
        "revised": len(change.revised),
        "corrected": len(change.corrected),
        "withdrawn": len(change.withdrawn),
        "reinstated": len(change.reinstated),
        "to fetch": change.wanted,
        "unchanged": change.unchanged,
        "not imported": len(change.quarantined),
    }
    summary = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    yield f"{name}: {summary or 'no records'}"
    for record in change.quarantined[:_SHOWN]:
        yield f"  line {record.line}: {record.reason}"
    if len(change.quarantined) > _SHOWN:
        yield f"  and {len(change.quarantined) - _SHOWN} more: surveygen status"
