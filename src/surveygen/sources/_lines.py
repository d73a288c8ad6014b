"""Open files, plain or gzip, and take lines off them in bounded memory."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from surveygen.domain.paper import BadRecord
from surveygen.errors import SourceError

HEAD_BYTES = 4096
MAX_LINE = 4 * 2**20  # bytes; a record with 3,000 authors and a long abstract has a tenth of it
MAX_WHOLE = 64 * 2**20  # bytes; for formats that can only be read as a whole
RAW = 2000  # characters kept of a record that could not be read
_GZIP_MAGIC = b"\x1f\x8b"
_DAMAGED = (EOFError, OSError, zlib.error)


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `number` counts from 1."""

    number: int
    text: str


def read_head(path: Path) -> str:
    """Return the first 4,096 bytes as text, unpacked if the file is gzip; wrong bytes are replaced.

    Raises:
        SourceError: the file cannot be opened.
    """
    with _opened(path) as stream:
        try:
            return stream.read(HEAD_BYTES).decode("utf-8-sig", "replace")
        except _DAMAGED as error:
            raise SourceError(f"{path}: damaged: {error}", "make the file again", url=str(path)) from error


def read_lines(path: Path) -> Iterator[Line | BadRecord]:
    """Yield the lines of a UTF-8 file that are not blank; one that is too long or not UTF-8 is a bad record.

    A compressed file that breaks off ends with a bad record: the lines before are good.

    Raises:
        SourceError: the file cannot be opened.
    """
    number = 0
    with _opened(path) as stream:
        try:
            for number, line in enumerate(_bounded(stream), start=1):
                if line.strip():
                    yield _decoded(path, number, line)
        except _DAMAGED as error:
            yield BadRecord(str(path), number + 1, f"the file is damaged from here on: {error}")


def read_whole(path: Path) -> str:
    """Return a file as text: UTF-8, or Windows-1252, which old bibliographies are often written in.

    Raises:
        SourceError: the file cannot be opened, is damaged or larger than 64 MiB.
    """
    with _opened(path) as stream:
        try:
            data = stream.read(MAX_WHOLE + 1)
        except _DAMAGED as error:
            raise SourceError(f"{path}: damaged: {error}", "make the file again", url=str(path)) from error
    if len(data) > MAX_WHOLE:
        raise SourceError(f"{path}: larger than {MAX_WHOLE // 2**20} MiB", "split the file", url=str(path))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        if not path.is_file():
            reason = "a folder" if path.is_dir() else "no such file"
            raise SourceError(f"{path}: {reason}", "name a file of papers", url=str(path))
        stream: IO[bytes] = path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"{path}: {reason}", "check the path and its permissions", url=str(path)) from error
    with stream:
        magic = stream.read(len(_GZIP_MAGIC))
        stream.seek(0)
        if magic != _GZIP_MAGIC:
            yield stream
            return
        with gzip.GzipFile(fileobj=stream) as unpacked:
            yield cast("IO[bytes]", unpacked)


def _bounded(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield lines of at most MAX_LINE + 1 bytes; the rest of a longer line is passed over."""
    while line := stream.readline(MAX_LINE + 1):
        rest = line
        while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
            rest = stream.readline(MAX_LINE + 1)
        yield line


def _decoded(path: Path, number: int, line: bytes) -> Line | BadRecord:
    start = line[: 4 * RAW].decode("utf-8", "replace")[:RAW]
    if len(line) > MAX_LINE:
        return BadRecord(str(path), number, f"the line is longer than {MAX_LINE // 2**20} MiB", start)
    try:
        return Line(number, line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n"))
    except UnicodeDecodeError as error:
        return BadRecord(str(path), number, f"not UTF-8: {error.reason} at byte {error.start + 1} of the line", start)
