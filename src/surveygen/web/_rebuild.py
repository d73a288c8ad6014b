"""Build in the background, and tell how far it has come."""

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

_LOOK = 0.1  # seconds between two looks at the state: quick for an eye, light for the machine


@dataclass(frozen=True, slots=True)
class BuildState:
    """How far a build has come.

    Attributes:
        running: whether it still is. stage, done, total: what it does and how many steps of how many; 0 is unknown.
        notes: lines that a person should see. changed: files with new bytes, once it has ended well.
        error, hint: what went wrong, and what to do.
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
    """One build at a time; it watches itself, as a `Progress`."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lock = threading.Lock()
        self.state = BuildState()

    def start(self) -> bool:
        """Begin a build in a thread; False if one runs."""
        with self._lock:
            if self.state.running:
                return False
            self.state = BuildState(running=True)
        threading.Thread(target=self._run, daemon=True).start()
        return True

    async def events(self) -> AsyncIterator[str]:
        """Yield the state as server-sent events, each time that it is another, until the build has ended."""
        last: BuildState | None = None
        while last is None or last.running:
            now = self.state
            if now != last:
                last = now
                yield f"data: {json.dumps(asdict(now))}\n\n"
            await anyio.sleep(_LOOK)

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Show a stage of the build."""
        self._become(stage=name, done=0, total=total or 0)
        yield lambda steps: self._become(done=self.state.done + steps)

    def note(self, message: str) -> None:
        """Keep a line for the person."""
        self._become(notes=(*self.state.notes, message))

    def _run(self) -> None:
        try:
            built = pipeline.build(self._project, self)
        except SurveygenError as error:
            self._become(running=False, error=error.message, hint=error.hint)
        except Exception as error:  # noqa: BLE001  # a thread has no one above it: the page must hear of any end
            what = f"unexpected {type(error).__name__}: {error}"
            self._become(running=False, error=what[:300], hint="run surveygen --debug build to see where")
        else:
            names = tuple(str(path.relative_to(self._project.root)) for path in built.changed)
            self._become(running=False, stage="", changed=names)

    def _become(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]  # names of its fields
