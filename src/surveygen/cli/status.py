"""``surveygen status``: show the content of the survey."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from surveygen import languages, pipeline
from surveygen.cli._context import Context


def command(context: typer.Context) -> None:
    """Show the size of the corpus, the rejected records with the reason, and the drafts."""
    shared: Context = context.obj
    words = languages.load("en")
    state = pipeline.status(shared.project())

    def text() -> Iterator[str]:
        yield f"{state.title} (changed {state.changed_at})"
        yield from (f"  {name.replace('_', ' '):<18}{count:>8}" for name, count in state.counts.items())
        yield f"  sources: {', '.join(state.sources) or 'none'}"
        yield from (f"  set aside: {bad.source} line {bad.line}: {bad.reason}" for bad in state.quarantine)
        yield from (f"  pending: {paper}" for paper in state.wanted)
        for edit in state.doubted:
            why = "; ".join(words.say(f"doubt_{doubt.reason}", paper=doubt.paper) for doubt in edit.doubts)
            yield f"  stale edit: {edit.section} {edit.claim}: {why}"
        yield from (f"  draft: {folder}" for folder in state.drafts)

    shared.print(state, text)
