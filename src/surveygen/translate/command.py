"""Translation by any program that reads and writes text."""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from surveygen.config import TranslateSettings
from surveygen.domain.llm import LlmClient
from surveygen.environment import child_environment
from surveygen.errors import ConfigError
from surveygen.translate import Masked

_MAX_FAILURES = 3  # runs in a row without an answer after which the program is not run again
_CHUNK = 65_536  # bytes
_MAX_GROWTH = 8  # output of more than so many times the bytes of the source, and a chunk, is not read
_MAX_DETAIL = 160  # code points of the program's error output


def make(settings: TranslateSettings, connect: Callable[[], LlmClient]) -> Command:
    """Make the engine; the program is looked for when something is translated."""
    del connect
    return Command(settings)


class Command:
    """Runs a program without a shell: a sentence a line on its standard input, as many lines from its output.

    If the output for a batch has another number of lines, each sentence is sent alone, so that one bad sentence spoils
    only itself. A program that fails three times in a row is not run again.
    """

    workers: Final = 0

    def __init__(self, settings: TranslateSettings) -> None:
        self._settings = settings
        self._failures = 0
        self.last_error = ""

    @property
    def fingerprint(self) -> str:
        """The words of the command, and its revision."""
        return " ".join(["command:", *self._settings.command, self._settings.revision]).strip()

    @property
    def batch_size(self) -> int:
        """A hundred lines, or one sentence a run."""
        return 1 if self._settings.per_sentence else 100

    def supports(self, source: str, target: str) -> bool:
        """Return True: only the program knows its languages.

        Raises:
            ConfigError: there is no such program.
        """
        del source, target
        program = self._settings.command[0]
        if shutil.which(program) is None:
            hint = "install it, or name another one"
            raise ConfigError(f"translate.command: there is no program {program!r}", hint, path="translate.command")
        return True

    def translate(self, batch: Sequence[Masked], source: str, target: str) -> Sequence[str | None]:
        """Return the lines of the program's output."""
        codes = {"{source}": self._settings.code(source), "{target}": self._settings.code(target)}
        command = list(self._settings.command)
        for field, code in codes.items():
            command = [word.replace(field, code) for word in command]
        lines = self._run(command, batch)
        if lines is None and len(batch) > 1:
            return [(self._run(command, [masked]) or [None])[0] for masked in batch]
        return lines if lines is not None else [None] * len(batch)

    def _run(self, command: Sequence[str], batch: Sequence[Masked]) -> list[str | None] | None:
        if self._failures >= _MAX_FAILURES:
            return None
        try:
            lines = _run_program(command, [masked.text for masked in batch], self._settings.timeout_seconds)
        except _NoAnswerError as reason:
            self._failures += 1
            self.last_error = f"{command[0]} {reason}"
            return None
        self._failures, self.last_error = 0, ""
        return list(lines)


class _NoAnswerError(Exception):
    """A run without a usable answer; the message follows the program's name."""


def _run_program(command: Sequence[str], lines: Sequence[str], seconds: float) -> list[str]:
    """Run a program in a process group of its own, which ends with it, and return a line of output for each of input.

    Its environment names paths and the language, and holds no key.

    Raises:
        _NoAnswerError: it cannot be run, takes too long, writes too much or too few lines, or its exit status is not 0.
    """
    text = "".join(f"{line}\n" for line in lines).encode()
    with tempfile.TemporaryFile() as stdin:
        stdin.write(text)
        stdin.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603  # the person's own program, and no shell
                list(command),
                env=child_environment(),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise _NoAnswerError(f"cannot be run: {error.strerror}") from error
        with process:
            try:
                output, errors = _read_output(process, _MAX_GROWTH * len(text) + _CHUNK, time.monotonic() + seconds)
                process.wait(max(0.1, seconds))
            except subprocess.TimeoutExpired as error:
                raise _NoAnswerError(f"took more than {seconds:g} seconds") from error
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        detail = errors.decode("utf-8", "replace").strip()[-_MAX_DETAIL:]
        raise _NoAnswerError(" ".join(f"ended with {process.returncode}: {detail}".rstrip(": ").split()))
    answers = output.removesuffix(b"\n").split(b"\n")
    if len(answers) != len(lines):
        raise _NoAnswerError(f"gave {len(answers)} lines for {len(lines)}")
    return [line.decode("utf-8", "replace") for line in answers]


def _read_output(process: subprocess.Popen[bytes], max_bytes: int, deadline: float) -> tuple[bytes, bytes]:
    """Return the standard and the error output of a program, in time and within bounds."""
    pipes = [pipe for pipe in (process.stdout, process.stderr) if pipe is not None]
    buffers = {pipe.fileno(): bytearray() for pipe in pipes}
    output, errors = buffers.values()
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            ready = selector.select(left) if left > 0 else []
            if not ready:
                raise subprocess.TimeoutExpired(process.args, 0)
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                buffers[key.fd] += chunk
                if not chunk:
                    selector.unregister(key.fileobj)
            if len(output) + len(errors) > max_bytes:
                raise _NoAnswerError("wrote far too much")
    return bytes(output), bytes(errors)
