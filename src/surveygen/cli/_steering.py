"""The commands of ``surveygen themes`` that decide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveygen import languages, pipeline
from surveygen.cli._context import Context
from surveygen.domain.decision import Decision
from surveygen.pipeline import Decided

Theme = Annotated[str, typer.Argument(metavar="THEME", help="The id of a theme.")]
Paper = Annotated[str, typer.Argument(metavar="PAPER", help="The id of a paper.")]


def rename(
    context: typer.Context, theme: Theme, name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.")]
) -> None:
    """Call a theme otherwise; it keeps its id and its papers."""
    _say(context, pipeline.rename(_shared(context).project(), theme, name))


def move(context: typer.Context, paper: Paper, theme: Theme) -> None:
    """Put a paper under a theme for good; papers like it follow more easily."""
    _say(context, pipeline.move(_shared(context).project(), paper, theme))


def merge(
    context: typer.Context,
    theme: Theme,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The id of the theme that takes its papers.")],
) -> None:
    """Let a theme take all that another one has; the other is gone."""
    _say(context, pipeline.merge(_shared(context).project(), theme, into))


def split(context: typer.Context, theme: Theme) -> None:
    """Divide a theme into sub-themes found in its papers."""
    shared = _shared(context)
    _say(context, pipeline.split(shared.project(), shared.progress(), theme))


def pin(context: typer.Context, paper: Paper) -> None:
    """Keep a paper where it stands, whatever evidence comes."""
    shared = _shared(context)
    _say(context, pipeline.pin(shared.project(), shared.progress(), paper))


def exclude(context: typer.Context, paper: Paper) -> None:
    """Take a paper out of the draft; move it to a theme to bring it back."""
    _say(context, pipeline.exclude(_shared(context).project(), paper))


def proposals(context: typer.Context) -> None:
    """Show what may be worth a change: new themes, divisions, mergers, a new taxonomy."""
    shared = _shared(context)
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
    shared = _shared(context)
    _say(context, pipeline.accept(shared.project(), shared.progress(), proposal))


def retaxonomy(
    context: typer.Context,
    target: Annotated[int, typer.Option(min=0, metavar="N", help="How many top themes; 0: as many as now.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Instead of retaxonomy.draft.toml.")] = None,
) -> None:
    """Draft the themes anew, with a map from old to new; use it by setting profile to its path."""
    shared = _shared(context)
    redrawn = pipeline.retaxonomy(shared.project(), shared.progress(), target=target, out=out)

    def text() -> Iterator[str]:
        lineage = redrawn.lineage
        yield from (f"kept     {theme}" for theme in lineage.kept)
        yield from (f"new      {theme}: {redrawn.taxonomy[theme].name}" for theme in lineage.born)
        yield from (f"replaced {old} by {new}" for old, new in lineage.merged)
        yield from (f"divided  {old} among {', '.join(parts)}" for old, parts in lineage.split)
        yield f'wrote {redrawn.path}; edit it, then set profile = "{redrawn.path.name}" in survey.toml'

    shared.print(redrawn, text)


def undo(context: typer.Context) -> None:
    """Take back the last decision that holds."""
    _say(context, pipeline.undo(_shared(context).project()))


def log(context: typer.Context) -> None:
    """List every decision and every paper that evidence moved, with date and reason."""
    shared = _shared(context)
    history = pipeline.history(shared.project())
    words = languages.load("en")

    def text() -> Iterator[str]:
        for decision in history.decisions:
            mark = " (taken back)" if decision.number in history.undone else ""
            mark = " (no effect: its theme is not there)" if decision.number in history.idle else mark
            yield _line(decision) + mark
        for one in history.moves:
            why = f"{words.say(f'reason_{one.reason}')}{'; ' if one.detail else ''}{one.detail}"
            yield f"      {one.at}  moved {one.paper}: {one.before} to {one.after}; {why}"

    shared.print(history, text)


STEERING = (rename, move, merge, split, pin, exclude, proposals, accept, retaxonomy, undo, log)


def _shared(context: typer.Context) -> Context:
    shared: Context = context.obj
    return shared


def _say(context: typer.Context, decided: Decided) -> None:
    made = decided.decision
    _shared(context).print(decided, lambda: iter([_line(made) if made else "it is so already: nothing to decide"]))


def _line(decision: Decision) -> str:
    to = f" to {decision.target!r}" if decision.target else ""
    parts = "".join(f"; {theme.id}: {theme.name}" for theme in decision.themes)
    accepted = f" (proposal {decision.proposal})" if decision.proposal else ""
    what = f"{decision.action} {decision.subject}{to}{parts}{accepted}"
    return f"{decision.number:>4}  {decision.at}  {decision.author}: {what}"
