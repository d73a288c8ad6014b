"""The command line: commands, and exit codes for errors."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from functools import cache
from typing import Annotated

import typer

import surveygen.cli
from surveygen import __version__
from surveygen.cli._context import Context, folder_option
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
    folder: Annotated[str, folder_option()] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = Context(folder=folder, as_json=as_json, debug=debug, quiet=quiet)


@cache  # `main` may run several times in a process, and typer would add every command again
def _add_commands() -> None:
    """Add every public module of this package: its function ``command``, or its typer app ``group``."""
    for module in sorted(pkgutil.iter_modules(surveygen.cli.__path__), key=lambda module: module.name):
        if module.name.startswith("_"):
            continue
        command_module = importlib.import_module(f"surveygen.cli.{module.name}")
        if hasattr(command_module, "group"):
            app.add_typer(command_module.group, name=module.name)
        else:
            app.command(name=module.name)(command_module.command)


def main() -> None:
    """Run the command line and exit with the code of the outcome."""
    _add_commands()
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
