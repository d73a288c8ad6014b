"""Commands on drafts: build, refresh, verify, evaluate, export."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context, Trust
from surveygen.domain.changes import Changes
from surveygen.pipeline import BuildResult, LlmUsage

_LISTED_FILES = 20  # of an edition; a large survey has a page for each theme


def build(
    context: typer.Context,
    lang: Annotated[list[str] | None, typer.Option("--lang", metavar="L", help="Language; may be repeated.")] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format", metavar="F", help="html, latex, pdf, markdown, json, reviews or slides; may be repeated."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Instead of output/<slug>.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Estimate the requests to a language model and their cost; send none.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="List every file of the drafts.")] = False,
    trust: Trust = False,
) -> None:
    """Build the drafts from the corpus."""
    shared: Context = context.obj
    project = shared.project(trust=trust)
    if dry_run:
        expected = pipeline.estimate(project, shared.progress())
        shared.print({"estimate": expected}, lambda: _estimate_lines(expected))
        return
    built = pipeline.build(project, shared.progress(), languages=lang or (), formats=formats or (), out=out)
    shared.print(built, lambda: _built_lines(built, verbose=verbose))


def refresh(
    context: typer.Context,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Request all again from this day on.")] = None,
    if_announced: Annotated[
        bool,
        typer.Option("--if-announced", help="Query arXiv only if a feed (sources.arxiv.feeds) has news."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the first requests; send none.")] = False,
    trust: Trust = False,
) -> None:
    """Fetch new papers, assign them, build again, and report what changed."""
    shared: Context = context.obj
    project = shared.project(trust=trust)
    if dry_run:
        urls = pipeline.plan_harvest(project, since=since)
        shared.print({"requests": urls}, lambda: iter(urls))
        return
    refreshed = pipeline.refresh(project, shared.progress(), since=since, if_announced=if_announced)

    def text() -> Iterator[str]:
        if refreshed.harvested is None:
            yield "nothing to harvest: set query or sets under [sources.arxiv] in survey.toml"
        elif refreshed.harvested.outcome == "paused":
            yield "the budget is spent: the next refresh continues"
        if refreshed.full_text is not None:
            yield f"full texts of new versions: {len(refreshed.full_text.read)}"
        added = len(refreshed.harvested.difference.added) if refreshed.harvested else 0
        if refreshed.changes is None and added:
            yield f"first harvest: {_counted(added, 'paper')}, all new"
        else:
            yield from _report_lines(refreshed.changes)
        yield from _built_lines(refreshed.built)

    shared.print(refreshed, text)


def verify(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A draft; the default is all of them.")] = None,
) -> None:
    """Build every draft again from the store and compare each byte; check its sentences; exit 1 if one fails."""
    shared: Context = context.obj
    report = pipeline.verify(shared.project(), folder)

    def text() -> Iterator[str]:
        for problem in report.problems:
            yield f"{problem.file}: {problem.place + ': ' if problem.place else ''}{problem.reason}"
        for file in report.outdated:
            yield f"{file.file}: {file.reason}"
        for edit in report.doubted:
            yield f"{edit.file}: {edit.place}: {edit.reason} (written by a person; check it)"
        if report.human:
            yield f"{_counted(report.human, 'sentence')} by a person: what their sources say is not checked"
        if report.outdated:
            yield f"{_counted(len(report.outdated), 'file')} of an earlier state; run surveygen build to update"
        checked = ((report.drafts, "draft"), (report.sentences, "sentence"), (report.citations, "citation"))
        fine = "all hold" if report.sentences else "there was no sentence to check"
        outcome = _counted(len(report.problems), "problem") if report.problems else fine
        yield f"{', '.join(_counted(number, noun) for number, noun in checked)} checked: {outcome}"

    shared.print(report, text)
    if report.problems:
        raise typer.Exit(1)


def evaluate(
    context: typer.Context,
    gold: Annotated[Path | None, typer.Option(metavar="FILE", help="JSONL with id, title and labels.")] = None,
    outline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A human outline: one heading a line, or a taxonomy TOML.")
    ] = None,
    bibliography: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A human bibliography, in any format that add reads.")
    ] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Write a page with plots as well.")] = None,
) -> None:
    """Measure how well themes, headings and references agree with those of people."""
    shared: Context = context.obj
    assessment = pipeline.evaluate(
        shared.project(), shared.progress(), gold=gold, outline=outline, bibliography=bibliography, html=html
    )
    shared.print(assessment, lambda: iter((assessment.as_text(),)))


def export(
    context: typer.Context,
    name: Annotated[str, typer.Option("--format", metavar="F", help="bibtex, biblatex, csl, ris, csv or jsonl.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Instead of stdout.")] = None,
) -> None:
    """Write the bibliography, or with jsonl the whole corpus, to stdout or a file."""
    shared: Context = context.obj
    pieces = pipeline.export(shared.project(), name)
    first = next(pieces, "")  # an export that fails does not empty the file
    if out is None:
        sys.stdout.writelines(chain([first], pieces))
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            file.writelines(chain([first], pieces))


def _counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as "1 draft" and "1,230 drafts"."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"


def _report_lines(changes: Changes | None) -> Iterator[str]:
    """Summarize what a refresh changed since the last one."""
    if changes is None:
        yield "nothing new"
        return
    counts = {
        "new": len(changes.added),
        "revised": len(changes.revised),
        "withdrawn": len(changes.withdrawn),
        "reinstated": len(changes.reinstated),
        "corrected": len(changes.metadata),
        "moved": len(changes.moved),
        "with a changed abstract": len(changes.reworded),
        "edited sentences with changed sources": len(changes.doubted),
    }
    summary = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    yield f"refresh {changes.run}: {summary or 'themes changed'}"
    yield f"  sections: {len(changes.changed)} changed, {len(changes.identical)} identical"


def _built_lines(built: BuildResult, *, verbose: bool = False) -> Iterator[str]:
    """List the files of the drafts, new and unchanged; those of a large edition are counted unless `verbose`."""
    changed = set(built.changed)
    yield _counted(built.papers, "paper")
    for empty in built.empty_themes:
        advice = f": give it keywords, such as {', '.join(empty.keywords)}" if empty.keywords else ""
        yield f"the theme {empty.name} has no papers{advice}"
    yield from _spent_lines(built.spent)
    for edition in built.translated:
        left = {"with a rejected translation": edition.failed, "postponed": edition.pending}
        summary = "".join(f", {count} {word}" for word, count in left.items() if count)
        yield f"{edition.language}: {edition.sentences} sentences translated{summary}"
    root = Path(os.path.commonpath([path.parent for path in built.files])) if built.files else Path()
    folders: dict[Path, list[Path]] = {}
    for path in built.files:  # those of an edition lie in its folder or below it
        folders.setdefault(root.joinpath(*path.relative_to(root).parts[:-1][:1]), []).append(path)
    for folder, paths in folders.items():
        if verbose or len(paths) <= _LISTED_FILES:
            yield from (f"{'wrote' if path in changed else 'same '} {_relative(path)}" for path in paths)
            continue
        new = sum(path in changed for path in paths)
        yield f"wrote {new} of {len(paths)} files in {_relative(folder)}"


def _spent_lines(spent: LlmUsage | None) -> Iterator[str]:
    """Summarize the use of a language model, and what is left for the next run."""
    if spent is None:
        return
    yield (
        f"language model: {spent.calls} calls, {spent.cached} cached answers, {spent.input_tokens} + "
        f"{spent.output_tokens} tokens, {_cost(spent.cost_usd)}"
    )
    troubles = {"retries": spent.retries, "unusable answers": spent.unusable, "postponed": spent.postponed}
    summary = ", ".join(f"{count} {word}" for word, count in troubles.items() if count)
    if summary:
        yield f"  {summary}"
    if spent.postponed:
        why = {"budget": "llm.max_cost_usd is reached", "unavailable": "the server is unavailable"}
        yield (
            f"  {why.get(spent.stopped, 'some requests had no answer')}: extractive sentences are used instead; "
            "the next build continues"
        )


def _estimate_lines(expected: LlmUsage | None) -> Iterator[str]:
    """Summarize the requests that a build would send."""
    if expected is None:
        yield "no language model is used: neither summarize.method nor translate.engine is llm"
        return
    yield (
        f"{expected.calls} requests, {expected.cached} cached answers; at most "
        f"{expected.input_tokens} + {expected.output_tokens} tokens, {_cost(expected.cost_usd)}"
    )
    if expected.repairs:
        yield f"  with up to {expected.repairs} further requests, should sentences be rejected"


def _cost(usd: float | None) -> str:
    return f"{usd:.4f} US dollars" if usd is not None else "cost unknown (no prices under [llm])"


def _relative(path: Path) -> Path:
    """Return a path relative to the current folder if it is below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
