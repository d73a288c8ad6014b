"""Commands for editing: edit in a terminal, serve in a browser."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from surveygen import pipeline
from surveygen.cli._context import Context, Trust
from surveygen.cli.themes import print_decision
from surveygen.errors import ConfigError


def edit(
    context: typer.Context,
    section: Annotated[str, typer.Argument(metavar="[SECTION]", help="The id of a section.")] = "",
    sentence: Annotated[
        str, typer.Argument(metavar="[SENTENCE]", help="Its number or key; if omitted, the whole running text.")
    ] = "",
    text: Annotated[str | None, typer.Option(metavar="WORDS", help="Cite as [12] or [@id].")] = None,
    file: Annotated[Path | None, typer.Option(metavar="FILE", help="File with the text; - for stdin.")] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Remove it.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Confirm it as it is, or restore it.")] = False,
    edition: Annotated[Path | None, typer.Option("--from", metavar="FILE", help="An edited survey.md.")] = None,
    lang: Annotated[str, typer.Option(metavar="L", help="The edition; by default the first language.")] = "",
) -> None:
    """Replace a sentence or the text of a section by your own words; without text, list the sentences."""
    shared: Context = context.obj
    project, progress = shared.project(), shared.progress()
    actions = [text is not None, file is not None, drop, keep, edition is not None]
    if sum(actions) > 1 or (any(actions) and bool(section) == (edition is not None)):
        raise ConfigError(
            "edit: give one of --text, --file, --drop and --keep for a section, or --from alone",
            "surveygen edit SECTION lists the sentences of a section",
        )
    if edition is not None:
        imported = pipeline.import_edits(project, progress, edition)
        lines = [f"{len(imported.decisions)} edits imported"]
        if imported.other_changes:
            lines.append("the file has other changes, which were not imported")
        shared.print({"decisions": imported.decisions, "beside": imported.other_changes}, lambda: iter(lines))
    elif drop:
        print_decision(context, pipeline.drop_sentence(project, progress, section, sentence, language=lang))
    elif keep:
        print_decision(context, pipeline.confirm_sentence(project, progress, section, sentence, language=lang))
    elif any(actions):
        words = text if text is not None else _read(file)
        print_decision(context, pipeline.edit(project, progress, section, sentence, words, language=lang))
    else:
        units = pipeline.editable_units(project, progress, section, language=lang)
        shared.print([_unit_json(unit) for unit in units], lambda: _unit_lines(units))


def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="0: any free port.")] = 0,
    trust: Trust = False,
) -> None:
    """Serve a page on this machine only to assign papers, change themes and edit text; Ctrl-C stops it."""
    shared: Context = context.obj
    project = shared.project(trust=trust)
    pipeline.check_trust(project)  # its templates can replace the page
    try:
        from surveygen.web import serve as run_server  # noqa: PLC0415  # an optional part
    except ImportError as error:
        raise ConfigError(
            "surveygen serve needs Starlette and uvicorn", 'install them: pip install "surveygen[serve]"'
        ) from error

    def announce(address: str) -> None:
        shared.print({"address": address}, lambda: iter([f"open {address}", "Ctrl-C stops it"]))
        sys.stdout.flush()

    run_server(project, port, announce, debug=shared.debug)


def _read(file: Path | None) -> str:
    try:
        return sys.stdin.read() if file is None or str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}", "check the path") from error


def _unit_json(unit: pipeline.EditableUnit) -> dict[str, object]:
    hand = unit.attribution
    by = hand and {"author": hand.author, "at": hand.at, "doubts": hand.stale_sources}
    return {"section": unit.section, "claim": unit.claim, "text": unit.text, "kind": unit.kind, "hand": by}


def _unit_lines(units: tuple[pipeline.EditableUnit, ...]) -> Iterator[str]:
    section, number = "", 0
    for unit in units:
        if unit.section != section:
            section, number = unit.section, 0
            yield section
        number += 1
        by = f" ({unit.by})" if unit.by else ""
        kind = "" if unit.kind == "sentence" else f" [{unit.kind}]"
        yield f"  {number:>3}  {unit.claim}{kind}{by}  {unit.text}"
