"""The commands of ``surveygen themes`` that decide."""

from __future__ import annotations

from collections.abc import Iterator
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
    """Call a theme otherwise; it keeps its id and its papers."""
    say(context, pipeline.rename(shared_by(context).project(), theme, name))


def move(context: typer.Context, paper: Paper, theme: Theme) -> None:
    """Put a paper under a theme for good; papers like it follow more easily."""
    say(context, pipeline.move(shared_by(context).project(), paper, theme))


def merge(
    context: typer.Context,
    theme: Theme,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The id of the theme that takes its papers.")],
) -> None:
    """Let a theme take all that another one has; the other is gone."""
    say(context, pipeline.merge(shared_by(context).project(), theme, into))


def split(context: typer.Context, theme: Theme) -> None:
    """Divide a theme into sub-themes found in its papers."""
    shared = shared_by(context)
    say(context, pipeline.split(shared.project(), shared.progress(), theme))


def pin(context: typer.Context, paper: Paper) -> None:
    """Keep a paper where it stands, whatever evidence comes."""
    shared = shared_by(context)
    say(context, pipeline.pin(shared.project(), shared.progress(), paper))


def exclude(context: typer.Context, paper: Paper) -> None:
    """Take a paper out of the draft; move it to a theme to bring it back."""
    say(context, pipeline.exclude(shared_by(context).project(), paper))


def undo(context: typer.Context) -> None:
    """Take back the last decision that holds."""
    say(context, pipeline.undo(shared_by(context).project()))


def log(context: typer.Context) -> None:
    """List every decision and every paper that evidence moved, with date and reason."""
    shared = shared_by(context)
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


STEERING = (rename, move, merge, split, pin, exclude, undo, log)


def shared_by(context: typer.Context) -> Context:
    """Return what every command shares."""
    shared: Context = context.obj
    return shared


def say(context: typer.Context, decided: DecisionResult) -> None:
    """Print a decision, or that there was nothing to decide."""
    made = decided.decision
    shared_by(context).print(decided, lambda: iter([_line(made) if made else "it is so already: nothing to decide"]))


def _line(decision: Decision) -> str:
    to = f" to {decision.target!r}" if decision.target else ""
    if decision.edit is not None:
        to = f" {decision.edit.claim}{to or ': taken out'}"
    parts = "".join(f"; {theme.id}: {theme.name}" for theme in decision.themes)
    accepted = f" (proposal {decision.proposal})" if decision.proposal else ""
    what = f"{decision.action} {decision.subject}{to}{parts}{accepted}"
    return f"{decision.number:>4}  {decision.at}  {decision.author}: {what}"
