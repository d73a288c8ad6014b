"""The commands of ``surveygen themes``, which show and change the taxonomy."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from surveygen import languages, pipeline
from surveygen.cli._context import Context
from surveygen.domain.decision import Decision
from surveygen.domain.theme import ThemeId
from surveygen.errors import ThemeError
from surveygen.pipeline import DecisionResult, TaxonomyView

group = typer.Typer(help="Show, draft, curate and export the taxonomy.", no_args_is_help=True)

Theme = Annotated[str, typer.Argument(metavar="THEME", help="The id of a theme.")]
Paper = Annotated[str, typer.Argument(metavar="PAPER", help="The id of a paper.")]


@group.command()
def rename(
    context: typer.Context, theme: Theme, name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.")]
) -> None:
    """Rename a theme; its id and its papers stay."""
    print_decision(context, pipeline.rename(shared_by(context).project(), theme, name))


@group.command()
def move(context: typer.Context, paper: Paper, theme: Theme) -> None:
    """Assign a paper to a theme permanently; it becomes an example of the theme."""
    print_decision(context, pipeline.move(shared_by(context).project(), paper, theme))


@group.command()
def merge(
    context: typer.Context,
    theme: Theme,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The id of the theme that takes its papers.")],
) -> None:
    """Merge a theme into another, which takes its papers; the first is removed."""
    print_decision(context, pipeline.merge(shared_by(context).project(), theme, into))


@group.command()
def split(context: typer.Context, theme: Theme) -> None:
    """Divide a theme into sub-themes induced from its papers."""
    shared = shared_by(context)
    print_decision(context, pipeline.split(shared.project(), shared.progress(), theme))


@group.command()
def pin(context: typer.Context, paper: Paper) -> None:
    """Keep a paper in its present theme, whatever evidence comes later."""
    shared = shared_by(context)
    print_decision(context, pipeline.pin(shared.project(), shared.progress(), paper))


@group.command()
def exclude(
    context: typer.Context,
    paper: Paper,
    because: Annotated[str, typer.Option(metavar="REASON", help="Why; the log of decisions shows it.")] = "",
) -> None:
    """Exclude a paper from the draft; move it to a theme to bring it back."""
    print_decision(context, pipeline.exclude(shared_by(context).project(), paper, because=because))


@group.command()
def undo(context: typer.Context) -> None:
    """Undo the last active decision."""
    print_decision(context, pipeline.undo(shared_by(context).project()))


@group.command()
def log(context: typer.Context) -> None:
    """List all decisions and all papers that evidence moved, with date and reason."""
    shared = shared_by(context)
    history = pipeline.history(shared.project())
    words = languages.load("en")

    def text() -> Iterator[str]:
        for decision in history.decisions:
            mark = " (undone)" if decision.number in history.undone else ""
            mark = " (no effect: its theme does not exist)" if decision.number in history.idle else mark
            yield _decision_line(decision) + mark
        for item in history.moves:
            why = f"{words.say(f'reason_{item.reason}')}{'; ' if item.detail else ''}{item.detail}"
            yield f"      {item.at}  moved {item.paper}: {item.before} to {item.after}; {why}"

    shared.print(history, text)


@group.command()
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


@group.command()
def accept(
    context: typer.Context,
    proposal: Annotated[
        str, typer.Argument(metavar="[PROPOSAL]", help="Its id; optional if there is a single one.")
    ] = "",
) -> None:
    """Accept a proposal: store it as a decision."""
    shared = shared_by(context)
    print_decision(context, pipeline.accept(shared.project(), shared.progress(), proposal))


@group.command()
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


@group.command()
def show(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="[THEME|PAPER]", help="A theme's or a paper's id.")] = "",
) -> None:
    """Show the taxonomy with counts, the papers of a theme, or the theme of a paper."""
    shared: Context = context.obj
    shown = pipeline.show(shared.project(), shared.progress(), what)
    if what in shown.papers:
        shared.print(shown.assignments.get(what), lambda: _paper(shown, what))
    elif what in shown.taxonomy:
        inside = sorted((i for i in shown.assignments.values() if i.belongs(ThemeId(what))), key=lambda i: -i.score)
        shared.print(inside, lambda: _theme(shown, what, [item.paper for item in inside]))
    elif what:
        raise ThemeError(f"{what!r} is neither a theme nor a paper", "surveygen themes show lists the themes")
    else:
        shared.print(shown.taxonomy.themes, lambda: _tree(shown))


@group.command()
def induce(
    context: typer.Context,
    target: Annotated[int, typer.Option(min=0, metavar="N", help="How many top themes; 0: chosen from the data.")] = 0,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Instead of taxonomy.draft.toml.")] = None,
) -> None:
    """Draft a taxonomy from the papers as a TOML file to edit; use it by setting profile to its path."""
    shared: Context = context.obj
    path, taxonomy = pipeline.induce(shared.project(), shared.progress(), target=target, out=out)

    def text() -> Iterator[str]:
        for theme in taxonomy:
            indent = "  " * (len(taxonomy.path(theme.id)) - 1)
            yield f"{indent}{theme.name}: {', '.join(theme.keywords)}"
        yield f'wrote {path}; edit it, then set profile = "{path.name}" in survey.toml'

    shared.print({"file": path, "themes": taxonomy.themes}, text)


@group.command()
def export(
    context: typer.Context,
    name: Annotated[str, typer.Option("--format", metavar="F", help="toml, mermaid, forest, skos or markdown.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Instead of stdout.")] = None,
    profile: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="A shipped profile or taxonomy TOML, not the survey's taxonomy.")
    ] = "",
) -> None:
    """Write the taxonomy for other programs, to stdout or a file."""
    shared: Context = context.obj
    text = pipeline.export_taxonomy(shared.project(), name, shared.progress(), profile=profile)
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8", newline="")


def _tree(shown: TaxonomyView) -> Iterator[str]:
    for theme in shown.taxonomy:
        size = sum(item.belongs(theme.id) for item in shown.assignments.values())
        indent = "  " * (len(shown.taxonomy.path(theme.id)) - 1)
        yield f"{size:>6}  {indent}{theme.name} [{theme.id}]"
    outside = sum(item.outside for item in shown.assignments.values())
    if outside:
        yield f"{outside:>6}  fit no theme"


def _theme(shown: TaxonomyView, theme: str, inside: Sequence[str]) -> Iterator[str]:
    yield from (_assignment_line(shown, paper) for paper in inside)
    border = shown.border_cases(theme)
    if border:
        yield "border cases:"
        yield from (_assignment_line(shown, paper) for paper in border)


def _assignment_line(shown: TaxonomyView, paper: str) -> str:
    item = shown.assignments[paper]
    mark = "?" if item.uncertain else " "
    return f"{item.score:6.3f}{mark} {paper:<16} {shown.papers[paper].title}"


def _paper(shown: TaxonomyView, paper: str) -> Iterator[str]:
    yield shown.papers[paper].title
    item = shown.assignments.get(paper)
    if item is None:
        yield "has no theme"
        return
    path = " > ".join(shown.taxonomy[step].name for step in item.path)
    yield f"  fits no theme; nearest: {path}" if item.outside else f"  theme: {path}"
    yield f"  confidence {item.confidence:.2f}, fit {item.fit:.2f}" + (", uncertain" if item.uncertain else "")
    yield f"  score {item.score:.3f}, margin {item.margin:.3f} ({item.method})"
    if item.runner_up is not None:
        yield f"  second: {shown.taxonomy[item.runner_up].name}"
    for other in item.secondary:
        yield f"  also: {shown.taxonomy[other].name}"
    if item.keywords:
        yield f"  words: {', '.join(item.keywords)}"
    yield from (f"  why: {sentence}" for sentence in shown.rationale(paper))


def shared_by(context: typer.Context) -> Context:
    """Return the options that all commands share."""
    shared: Context = context.obj
    return shared


def print_decision(context: typer.Context, result: DecisionResult) -> None:
    """Print a decision, or that it would change nothing."""
    decision = result.decision
    shared_by(context).print(
        result, lambda: iter([_decision_line(decision) if decision else "nothing to change: this is already so"])
    )


def _decision_line(decision: Decision) -> str:
    to = f" to {decision.target!r}" if decision.target else ""
    if decision.edit is not None:
        to = f" {decision.edit.claim}{to or ': removed'}"
    parts = "".join(f"; {theme.id}: {theme.name}" for theme in decision.themes)
    accepted = f" (proposal {decision.proposal})" if decision.proposal else ""
    because = f", because {decision.reason}" if decision.reason else ""
    what = f"{decision.action} {decision.subject}{to}{parts}{accepted}{because}"
    return f"{decision.number:>4}  {decision.at}  {decision.author}: {what}"
