"""The commands of ``surveygen themes`` that propose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._steering import say, shared_by


def proposals(context: typer.Context) -> None:
    """Show what may be worth a change: new themes, divisions, mergers, a new taxonomy."""
    shared = shared_by(context)
    offered = pipeline.proposals(shared.project(), shared.progress())

    def text() -> Iterator[str]:
        for one in offered.proposals:
            about = f"{one.name} ({', '.join(one.keywords[:4])})" if one.kind == "new" else " and ".join(one.themes)
            yield f"{one.id}: {one.kind} {about}; {one.reason}"
        if not offered.proposals:
            yield "nothing is proposed"
        if offered.drift and offered.drift.grown:
            kept, fresh = offered.drift.kept, offered.drift.fresh
            yield f"themes found afresh agree with these by {kept:.2f}, with each other by {fresh:.2f}:"
            yield "  look at what surveygen themes retaxonomy drafts"

    shared.print(offered, text)


def accept(
    context: typer.Context,
    proposal: Annotated[str, typer.Argument(metavar="[PROPOSAL]", help="Its id; may be left out if it is alone.")] = "",
) -> None:
    """Make a proposal a decision."""
    shared = shared_by(context)
    say(context, pipeline.accept(shared.project(), shared.progress(), proposal))


def retaxonomy(
    context: typer.Context,
    target: Annotated[int, typer.Option(min=0, metavar="N", help="How many top themes; 0: as many as now.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Instead of retaxonomy.draft.toml.")] = None,
) -> None:
    """Draft the themes anew, with a map from old to new; use it by setting profile to its path."""
    shared = shared_by(context)
    redrawn = pipeline.reinduce(shared.project(), shared.progress(), target=target, out=out)

    def text() -> Iterator[str]:
        lineage = redrawn.lineage
        yield from (f"kept     {theme}" for theme in lineage.kept)
        yield from (f"new      {theme}: {redrawn.taxonomy[theme].name}" for theme in lineage.born)
        yield from (f"replaced {old} by {new}" for old, new in lineage.merged)
        yield from (f"divided  {old} among {', '.join(parts)}" for old, parts in lineage.split)
        yield f'wrote {redrawn.path}; edit it, then set profile = "{redrawn.path.name}" in survey.toml'

    shared.print(redrawn, text)


PROPOSING = (proposals, accept, retaxonomy)
