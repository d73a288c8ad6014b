"""``surveygen themes``: show, draft, curate and export the taxonomy."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context
from surveygen.cli._theme_commands import THEME_COMMANDS
from surveygen.domain.theme import ThemeId
from surveygen.errors import ThemeError
from surveygen.pipeline import TaxonomyView

group = typer.Typer(help="Show, draft, curate and export the taxonomy.", no_args_is_help=True)
for command in THEME_COMMANDS:
    group.command()(command)


@group.command()
def show(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="[THEME|PAPER]", help="A theme's or a paper's id.")] = "",
) -> None:
    """Show the taxonomy with counts, the papers of a theme, or the theme of a paper."""
    shared: Context = context.obj
    shown = pipeline.show(shared.project(), shared.progress())
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
    yield from (_line(shown, paper) for paper in inside)
    border = shown.border_cases(theme)
    if border:
        yield "border cases:"
        yield from (_line(shown, paper) for paper in border)


def _line(shown: TaxonomyView, paper: str) -> str:
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
