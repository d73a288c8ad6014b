"""The command line: commands, and exit codes for errors."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from surveygen import __version__
from surveygen.cli import drafts, editing, papers, project, themes
from surveygen.cli._context import Context, RedactedStream
from surveygen.errors import SurveygenError

INTERRUPTED = 130

app = typer.Typer(
    name="surveygen",
    help="Turn a stream of papers into a living literature survey.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"surveygen {__version__}")
        raise typer.Exit


@app.callback()
def _shared(
    context: typer.Context,
    folder: Annotated[
        str,
        typer.Option("-C", metavar="DIR", help="Project folder; the default is the nearest one with a survey.toml."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = Context(folder=folder, as_json=as_json, debug=debug, quiet=quiet)


COMMANDS = (
    papers.add,
    drafts.build,
    papers.citations,
    project.doctor,
    editing.edit,
    drafts.evaluate,
    drafts.export,
    papers.fetch,
    project.init,
    drafts.refresh,
    editing.serve,
    project.status,
    drafts.verify,
)
for command in COMMANDS:
    app.command(name=command.__name__)(command)
app.add_typer(themes.group, name="themes")


def main() -> None:
    """Run the command line and exit with the code of the outcome; nothing that is printed holds a key."""
    # Not undone at the end: with --debug the interpreter prints the traceback after this function.
    for name in ("stdout", "stderr"):
        if not isinstance(getattr(sys, name), RedactedStream):
            setattr(sys, name, RedactedStream(getattr(sys, name)))
    try:
        app(standalone_mode=True)
    except SurveygenError as error:
        if "--debug" in sys.argv:
            raise
        print(f"surveygen: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"  {error.hint}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("surveygen: interrupted; finished work is saved", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(INTERRUPTED)
    except Exception as error:  # every other error ends in two lines and an exit code
        if "--debug" in sys.argv:
            raise
        print(f"surveygen: {_unexpected(error)}", file=sys.stderr)
        sys.exit(SurveygenError.exit_code)


def _unexpected(error: Exception) -> str:
    """Describe an unforeseen error: a full disk, a missing permission, or a bug."""
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror or error}\n  check space and permissions; finished work is saved"
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return f"unexpected {what[:300]}\n  this is a bug in surveygen: please report it with the output of --debug"
