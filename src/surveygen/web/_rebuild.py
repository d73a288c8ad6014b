"""Background builds with progress events."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

import anyio

from surveygen import pipeline
from surveygen.config import Project
from surveygen.errors import SurveygenError
from surveygen.redaction import redact

_POLL_INTERVAL = 0.1  # seconds between two checks of the state: immediate for a person, little load


@dataclass(frozen=True, slots=True)
class BuildState:
    """The progress of a build.

    Attributes:
        running: whether the build is running.
        stage: name of the current stage.
        done: finished steps of the stage.
        total: number of steps of the stage, 0 if unknown.
        notes: messages for the user.
        changed: files with new bytes, set when the build succeeds.
        error: what happened if the build failed.
        hint: what to do if the build failed.
    """

    running: bool = False
    stage: str = ""
    done: int = 0
    total: int = 0
    notes: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    error: str = ""
    hint: str = ""


class Rebuild:
    """Runs one build at a time in a thread, and records its progress as a `Progress`."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()
        self.state = BuildState()

    def start(self) -> bool:
        """Start a build in a thread; return False if a build is already running."""
        with self._lock:
            if self.state.running:
                return False
            self.state = BuildState(running=True)
        threading.Thread(target=self._run, daemon=True).start()
        return True

    async def events(self) -> AsyncIterator[str]:
        """Yield the state as server-sent events whenever it changes, until the build finishes."""
        last: BuildState | None = None
        while last is None or last.running:
            now = self.state
            if now != last:
                last = now
                yield f"data: {json.dumps(asdict(now))}\n\n"
            await anyio.sleep(_POLL_INTERVAL)

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Record the start of a stage and its steps."""
        self.state = replace(self.state, stage=name, done=0, total=total or 0)
        yield self._advance

    def _advance(self, steps: int) -> None:
        self.state = replace(self.state, done=self.state.done + steps)

    def note(self, message: str) -> None:
        """Record a message for the user."""
        self.state = replace(self.state, notes=(*self.state.notes, message))

    def _run(self) -> None:
        try:
            built = pipeline.build(self._project, self)
        except SurveygenError as error:
            self.state = replace(self.state, running=False, error=error.message, hint=error.hint)
        except Exception as error:  # noqa: BLE001  # no caller above a thread: the page must show every failure
            what = redact(f"unexpected {type(error).__name__}: {error}")
            self.state = replace(
                self.state, running=False, error=what[:300], hint="run surveygen --debug build to see where"
            )
        else:
            names = tuple(str(path.relative_to(self._project.root)) for path in built.changed)
            self.state = replace(self.state, running=False, stage="", changed=names)
