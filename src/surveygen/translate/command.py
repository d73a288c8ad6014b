"""Translate by any program that reads text and writes text."""

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
from typing import IO, Final

from surveygen.config import TranslateSettings
from surveygen.domain.llm import LlmClient
from surveygen.errors import ConfigError
from surveygen.translate import Masked

_GIVE_UP = 3  # runs in a row without an answer
_CHUNK = 65_536  # bytes
_GROWTH = 8  # a translation of more than so many times the bytes of its source, and a chunk, is none
_SHOWN = 160  # code points of what the program complained of


def make(settings: TranslateSettings, connect: Callable[[], LlmClient]) -> Command:
    """Make the engine; the program is first looked for when something is to be translated."""
    del connect
    return Command(settings)


class Command:
    """Runs a program without a shell: a sentence a line on its standard input, as many lines from its output.

    A batch that comes back in another form is put again, sentence by sentence, so that one bad sentence spoils itself
    only. A program that fails three times in a row is not run again.
    """

    workers: Final = 0

    def __init__(self, settings: TranslateSettings) -> None:
        self._settings = settings
        self._failed = 0
        self.last_error = ""

    @property
    def fingerprint(self) -> str:
        """The words of the command, and the date of its revision."""
        return " ".join(["command:", *self._settings.command, self._settings.revision]).strip()

    @property
    def batch_size(self) -> int:
        """A hundred lines, or one sentence a run."""
        return 1 if self._settings.per_sentence else 100

    def supports(self, source: str, target: str) -> bool:
        """Say yes: only the program knows.

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
        """Return the lines that came back."""
        words = [self._filled(word, source, target) for word in self._settings.command]
        lines = self._run(words, batch)
        if lines is None and len(batch) > 1:
            return [(self._run(words, [masked]) or [None])[0] for masked in batch]
        return lines if lines is not None else [None] * len(batch)

    def _filled(self, word: str, source: str, target: str) -> str:
        named = {"{source}": self._settings.code(source), "{target}": self._settings.code(target)}
        for name, code in named.items():
            word = word.replace(name, code)
        return word

    def _run(self, words: Sequence[str], batch: Sequence[Masked]) -> list[str | None] | None:
        if self._failed >= _GIVE_UP:
            return None
        text = "".join(f"{masked.text}\n" for masked in batch).encode()
        try:
            lines = _lines(_output(words, text, self._settings.timeout_seconds), len(batch))
        except _NoAnswer as reason:
            self._failed += 1
            self.last_error = f"{words[0]} {reason}"
            return None
        self._failed, self.last_error = 0, ""
        return [line.decode("utf-8", "replace") for line in lines]


class _NoAnswer(Exception):  # noqa: N818  # never leaves this module
    """A run that came to nothing; says why."""


def _lines(out: bytes, wanted: int) -> list[bytes]:
    lines = out.removesuffix(b"\n").split(b"\n")
    if len(lines) != wanted:
        raise _NoAnswer(f"gave {len(lines)} lines for {wanted}")
    return lines


def _output(words: Sequence[str], text: bytes, seconds: float) -> bytes:
    """Run a program in a process group of its own, which ends with it.

    Raises:
        _NoAnswer: it cannot be run, takes too long, says too much or ends with a status other than 0.
    """
    with tempfile.TemporaryFile() as given:
        given.write(text)
        given.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603  # the person's own program, and no shell
                list(words), stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            raise _NoAnswer(f"cannot be run: {error.strerror}") from error
        with process:
            try:
                out, complaint = _read(process, _GROWTH * len(text) + _CHUNK, time.monotonic() + seconds)
                process.wait(max(0.1, seconds))
            except subprocess.TimeoutExpired as error:
                raise _NoAnswer(f"took more than {seconds:g} seconds") from error
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        said = complaint.decode("utf-8", "replace").strip()[-_SHOWN:]
        raise _NoAnswer(" ".join(f"ended with {process.returncode}: {said}".rstrip(": ").split()))
    return out


def _read(process: subprocess.Popen[bytes], most: int, deadline: float) -> tuple[bytes, bytes]:
    """Return what a program says and complains of, in time and within bounds."""
    taken: dict[int, bytes] = {}
    with selectors.DefaultSelector() as selector:
        pipes: list[IO[bytes]] = [pipe for pipe in (process.stdout, process.stderr) if pipe is not None]
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
            taken[pipe.fileno()] = b""
        order = list(taken)
        while selector.get_map():
            left = deadline - time.monotonic()
            ready = selector.select(left) if left > 0 else []
            if not ready:
                raise subprocess.TimeoutExpired(process.args, 0)
            for key, _ in ready:
                piece = os.read(key.fd, _CHUNK)
                taken[key.fd] += piece
                if not piece:
                    selector.unregister(key.fileobj)
            if sum(map(len, taken.values())) > most:
                raise _NoAnswer("said far too much")
    return taken[order[0]], taken[order[1]]
