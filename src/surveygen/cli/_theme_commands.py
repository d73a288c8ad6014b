"""The subcommands of ``surveygen themes`` that store decisions and show suggestions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveygen import languages, pipeline
from surveygen.cli._context import Context
from surveygen.domain.decision import Decision
from surveygen.pipeline import DecisionResult

Theme = Annotated[str, typer.Argument(metavar="THEME", help="The id of a theme.")]
Paper = Annotated[str, typer.Argument(metavar="PAPER", help="The id of a paper.")]


def rename(
    context: typer.Context, theme: Theme, name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.")]
) -> None:
    """Rename a theme; its id and its papers stay."""
    print_decision(context, pipeline.rename(shared_by(context).project(), theme, name))


def move(context: typer.Context, paper: Paper, theme: Theme) -> None:
    """Assign a paper to a theme permanently; it becomes an example of the theme."""
    print_decision(context, pipeline.move(shared_by(context).project(), paper, theme))


def merge(
    context: typer.Context,
    theme: Theme,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The id of the theme that takes its papers.")],
) -> None:
    """Merge a theme into another, which takes its papers; the first is removed."""
    print_decision(context, pipeline.merge(shared_by(context).project(), theme, into))


def split(context: typer.Context, theme: Theme) -> None:
    """Divide a theme into sub-themes induced from its papers."""
    shared = shared_by(context)
    print_decision(context, pipeline.split(shared.project(), shared.progress(), theme))


def pin(context: typer.Context, paper: Paper) -> None:
    """Keep a paper in its present theme, whatever evidence comes later."""
    shared = shared_by(context)
    print_decision(context, pipeline.pin(shared.project(), shared.progress(), paper))


def exclude(context: typer.Context, paper: Paper) -> None:
    """Exclude a paper from the draft; move it to a theme to bring it back."""
    print_decision(context, pipeline.exclude(shared_by(context).project(), paper))


def undo(context: typer.Context) -> None:
    """Undo the last active decision."""
    print_decision(context, pipeline.undo(shared_by(context).project()))


def log(context: typer.Context) -> None:
    """List all decisions and all papers that evidence moved, with date and reason."""
    shared = shared_by(context)
    history = pipeline.history(shared.project())
    words = languages.load("en")

    def text() -> Iterator[str]:
        for decision in history.decisions:
            mark = " (undone)" if decision.number in history.undone else ""
            mark = " (no effect: its theme does not exist)" if decision.number in history.idle else mark
            yield _line(decision) + mark
        for item in history.moves:
            why = f"{words.say(f'reason_{item.reason}')}{'; ' if item.detail else ''}{item.detail}"
            yield f"      {item.at}  moved {item.paper}: {item.before} to {item.after}; {why}"

    shared.print(history, text)


def proposals(context: typer.Context) -> None:
    """List proposed changes of the themes: new themes, divisions, merges, a new taxonomy."""
    shared = shared_by(context)
    suggestions = pipeline.proposals(shared.project(), shared.progress())

    def text() -> Iterator[str]:
        for proposal in suggestions.proposals:
            about = (
                f"{proposal.name} ({', '.join(proposal.keywords[:4])})"
                if proposal.kind == "new"
                else " and ".join(proposal.themes)
            )
            yield f"{proposal.id}: {proposal.kind} {about}; {proposal.reason}"
        if not suggestions.proposals:
            yield "there are no proposals"
        if suggestions.drift and suggestions.drift.grown:
            observed, expected = suggestions.drift.kept, suggestions.drift.fresh
            yield f"newly induced themes agree with the present ones by {observed:.2f},"
            yield f"  with each other by {expected:.2f}:"
            yield "  surveygen themes retaxonomy drafts new ones"

    shared.print(suggestions, text)


def accept(
    context: typer.Context,
    proposal: Annotated[
        str, typer.Argument(metavar="[PROPOSAL]", help="Its id; optional if there is a single one.")
    ] = "",
) -> None:
    """Accept a proposal: store it as a decision."""
    shared = shared_by(context)
    print_decision(context, pipeline.accept(shared.project(), shared.progress(), proposal))


def retaxonomy(
    context: typer.Context,
    target: Annotated[int, typer.Option(min=0, metavar="N", help="How many top themes; 0: as many as now.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Instead of retaxonomy.draft.toml.")] = None,
) -> None:
    """Draft a new taxonomy with a map from the old one; adopt it by setting profile to its path."""
    shared = shared_by(context)
    reinduced = pipeline.reinduce(shared.project(), shared.progress(), target=target, out=out)

    def text() -> Iterator[str]:
        lineage = reinduced.lineage
        yield from (f"kept     {theme}" for theme in lineage.kept)
        yield from (f"new      {theme}: {reinduced.taxonomy[theme].name}" for theme in lineage.born)
        yield from (f"replaced {old} by {new}" for old, new in lineage.merged)
        yield from (f"divided  {old} among {', '.join(parts)}" for old, parts in lineage.split)
        yield f'wrote {reinduced.path}; edit it, then set profile = "{reinduced.path.name}" in survey.toml'

    shared.print(reinduced, text)


THEME_COMMANDS = (rename, move, merge, split, pin, exclude, undo, log, proposals, accept, retaxonomy)


def shared_by(context: typer.Context) -> Context:
    """Return the options that all commands share."""
    shared: Context = context.obj
    return shared


def print_decision(context: typer.Context, result: DecisionResult) -> None:
    """Print a decision, or that it would change nothing."""
    decision = result.decision
    shared_by(context).print(
        result, lambda: iter([_line(decision) if decision else "nothing to change: this is already so"])
    )


def _line(decision: Decision) -> str:
    to = f" to {decision.target!r}" if decision.target else ""
    if decision.edit is not None:
        to = f" {decision.edit.claim}{to or ': removed'}"
    parts = "".join(f"; {theme.id}: {theme.name}" for theme in decision.themes)
    accepted = f" (proposal {decision.proposal})" if decision.proposal else ""
    what = f"{decision.action} {decision.subject}{to}{parts}{accepted}"
    return f"{decision.number:>4}  {decision.at}  {decision.author}: {what}"
