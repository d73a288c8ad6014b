"""``surveygen status``: what the survey holds."""

from __future__ import annotations

from collections.abc import Iterator

import typer

from surveygen import languages, pipeline
from surveygen.cli._context import Context


def command(context: typer.Context) -> None:
    """Say what the corpus holds, what was set aside and why, and which drafts there are."""
    shared: Context = context.obj
    words = languages.load("en")
    found = pipeline.status(shared.project())

    def text() -> Iterator[str]:
        yield f"{found.title} (changed {found.changed_at})"
        yield from (f"  {name.replace('_', ' '):<18}{count:>8}" for name, count in found.counts.items())
        yield f"  sources: {', '.join(found.sources) or 'none'}"
        yield from (f"  set aside: {bad.source} line {bad.line}: {bad.reason}" for bad in found.quarantine)
        yield from (f"  wanted: {paper}" for paper in found.wanted)
        for one in found.doubted:
            why = "; ".join(words.say(f"doubt_{doubt.reason}", paper=doubt.paper) for doubt in one.doubts)
            yield f"  look again: {one.section} {one.claim}: {why}"
        yield from (f"  draft: {folder}" for folder in found.drafts)

    shared.print(found, text)
