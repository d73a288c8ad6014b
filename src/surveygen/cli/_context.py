"""Options, JSON output and progress bars shared by all commands."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path
from typing import Annotated, TextIO

import typer

from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.pipeline import NullProgress, Progress
from surveygen.redaction import redact

Trust = Annotated[
    bool,
    typer.Option("--trust", help="Use the folder's own templates, programs and models, now and later (docs/trust.md)."),
]


@dataclass(frozen=True, slots=True)
class Context:
    """The options that precede the command."""

    folder: str = ""
    as_json: bool = False
    debug: bool = False
    quiet: bool = False

    def project(self, *, trust: bool = False) -> Project:
        """Open the project; with `trust` remember that what it brings may be used."""
        project = find_project(Path(self.folder or "."), exact=bool(self.folder))
        if trust:
            pipeline.trust(project)
        return project

    def progress(self) -> Progress:
        """Return progress bars on stderr, or none if quiet."""
        return NullProgress() if self.quiet else Bars()

    def print(self, value: object, text: Callable[[], Iterator[str]]) -> None:
        """Print a result: as JSON if asked, else as the lines of `text`."""
        if self.as_json:
            json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=_plain)
            print()
        else:
            for line in text():
                print(line)


class RedactedStream:
    """A text stream from which keys and passwords are removed: messages, tracebacks and warnings alike."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text without keys."""
        self._stream.write(redact(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write some texts without keys."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(type(value).__name__)


class Bars:
    """A progress bar on stderr for each stage; plain lines where stderr is not a terminal."""

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Show a bar while the stage runs; its last state stays visible."""
        from rich import console, progress  # noqa: PLC0415  # quick commands need no bar

        columns = (
            progress.TextColumn("{task.description:<12}"),
            progress.BarColumn(30),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
        )
        with progress.Progress(*columns, console=console.Console(stderr=True)) as bars:
            task = bars.add_task(name, total=total)
            yield lambda steps: bars.advance(task, steps)
            if total is None:
                bars.update(task, total=bars.tasks[0].completed)

    def note(self, message: str) -> None:
        """Print a line on stderr."""
        print(message, file=sys.stderr)
