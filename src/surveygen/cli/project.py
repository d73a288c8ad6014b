"""Commands for a survey as a whole: init, status, doctor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveygen import languages, pipeline
from surveygen.cli._context import Context
from surveygen.errors import ConfigError

# What the counts of a store are called; their names in JSON are older.
_COUNTS = {
    "without_abstract": "without abstract",
    "notes": "with an editor's note",
    "wanted": "ids to fetch",
    "quarantined": "records not imported",
    "delivered": "records received",
    "duplicates": "duplicate records",
    "excluded": "excluded by a person",
    "full_texts": "full texts",
    "unread_pages": "pages to be read",
    "without_page": "without a page",
    "failed_pages": "with a failed page",
    "figures": "figures",
}


def init(
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


def status(context: typer.Context) -> None:
    """Show the size of the corpus, the rejected records with the reason, and the drafts."""
    shared: Context = context.obj
    words = languages.load("en")
    state = pipeline.status(shared.project())

    def text() -> Iterator[str]:
        has_content = any(state.counts.values())
        yield f"{state.title} ({f'changed {state.changed_at}' if has_content else 'no papers yet'})"
        yield from (f"  {_COUNTS.get(name, name):<22}{count:>8}" for name, count in state.counts.items())
        yield f"  sources: {', '.join(state.sources) or 'none'}"
        yield from (f"  not imported: {bad.source} line {bad.line}: {bad.reason}" for bad in state.quarantine)
        yield from (f"  to fetch: {paper}" for paper in state.wanted)
        if state.named_by_key:
            named = ", ".join(state.named_by_key[:5]) + (", ..." if len(state.named_by_key) > 5 else "")
            yield f"  named by the key of a file, check that each is one paper: {len(state.named_by_key)} ({named})"
        yield from (f"  may be one paper: {', '.join(group)}" for group in state.may_be_same)
        for edit in state.doubted:
            why = "; ".join(words.say(f"doubt_{doubt.reason}", paper=doubt.paper) for doubt in edit.doubts)
            yield f"  stale edit: {edit.section} {edit.claim}: {why}"
        yield from (f"  draft: {folder}" for folder in state.drafts)
        yield from (f"  {note}" for note in state.notes)

    shared.print(state, text)


def doctor(context: typer.Context) -> None:
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
