"""``surveygen edit``: write over the words of a draft."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context
from surveygen.cli._steering import say
from surveygen.errors import ConfigError


def command(
    context: typer.Context,
    section: Annotated[str, typer.Argument(metavar="[SECTION]", help="The id of a section.")] = "",
    sentence: Annotated[
        str, typer.Argument(metavar="[SENTENCE]", help="Its number or name; without one the whole running text.")
    ] = "",
    text: Annotated[str | None, typer.Option(metavar="WORDS", help="Cite as [12] or [@id].")] = None,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="Holds the words; - for stdin.")] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Take it out.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Stand by it as it is, or bring it back.")] = False,
    edition: Annotated[Path | None, typer.Option("--from", metavar="FILE", help="An edited survey.md.")] = None,
    lang: Annotated[str, typer.Option(metavar="L", help="The edition; the default is the survey's first.")] = "",
) -> None:
    """Put your words in place of a sentence or of a section's text; they stay. Without words: list the sentences."""
    shared: Context = context.obj
    project, progress = shared.project(), shared.progress()
    wanted = [text is not None, file is not None, drop, keep, edition is not None]
    if sum(wanted) > 1 or (any(wanted) and bool(section) == (edition is not None)):
        raise ConfigError(
            "edit: give one of --text, --file, --drop and --keep for a section, or --from alone",
            "surveygen edit SECTION lists the sentences of a section",
        )
    if edition is not None:
        taken = pipeline.import_edits(project, progress, edition)
        shared.print({"decisions": taken.decisions, "beside": taken.other_changes}, lambda: _taken(taken))
    elif drop:
        say(context, pipeline.drop_sentence(project, progress, section, sentence, language=lang))
    elif keep:
        say(context, pipeline.confirm_sentence(project, progress, section, sentence, language=lang))
    elif any(wanted):
        words = text if text is not None else _read(file)
        say(context, pipeline.edit(project, progress, section, sentence, words, language=lang))
    else:
        found = pipeline.editable_units(project, progress, section, language=lang)
        shared.print(found, lambda: _listed(found))


def _read(file: Path | None) -> str:
    try:
        return sys.stdin.read() if file is None or str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}", "check the path") from error


def _listed(found: tuple[pipeline.EditableUnit, ...]) -> Iterator[str]:
    section, number = "", 0
    for line in found:
        if line.section != section:
            section, number = line.section, 0
            yield section
        number += 1
        by = f" ({line.by})" if line.by else ""
        kind = "" if line.kind == "sentence" else f" [{line.kind}]"
        yield f"  {number:>3}  {line.claim}{kind}{by}  {line.text}"


def _taken(taken: pipeline.ImportedEdits) -> Iterator[str]:
    yield f"{len(taken.decisions)} edits imported"
    if taken.other_changes:
        yield "the file has other changes, which were not imported"
