"""An input file, plain or gzip, that is opened once and read in bounded memory."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from surveygen.domain.paper import BadRecord
from surveygen.errors import SourceError
from surveygen.sources.record import MAX_RAW

HEAD_BYTES = 4096
MAX_LINE = 4 * 2**20  # bytes; a record with 3,000 authors and a long abstract has a tenth of it
MAX_WHOLE = 64 * 2**20  # bytes; for formats that can only be read as a whole
_GZIP_MAGIC = b"\x1f\x8b"
_DAMAGED = (EOFError, OSError, zlib.error)


@dataclass(frozen=True, slots=True)
class FileLine:
    """One line without its end; `number` counts from 1."""

    number: int
    text: str


class InputFile:
    """A file that is open for one reading.

    Attributes:
        path: where it is.
        head: its first 4,096 bytes, unpacked and decoded; invalid bytes are replaced.
    """

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self.path = path
        self._stream = stream
        try:
            self.head = stream.read(HEAD_BYTES).decode("utf-8-sig", "replace")
            stream.seek(0)
        except _DAMAGED as error:
            raise self._damaged(error) from error

    def lines(self) -> Iterator[FileLine | BadRecord]:
        """Yield the lines of a UTF-8 file that are not blank; one that is too long or not UTF-8 is a bad record.

        A compressed file that breaks off ends with a bad record: the lines before are good.
        """
        number = 0
        try:
            while data := self._stream.readline(MAX_LINE + 1):
                number += 1
                rest = data
                while len(rest) > MAX_LINE and not rest.endswith(b"\n"):  # skip the rest of a long line
                    rest = self._stream.readline(MAX_LINE + 1)
                if data.strip():
                    yield self._decode(number, data)
        except _DAMAGED as error:
            yield self.bad_record(number + 1, f"the file is damaged from here on: {error}")

    def raw_lines(self) -> Iterator[str]:
        """Yield all lines of a UTF-8 file with their ends; invalid bytes are replaced.

        Raises:
            SourceError: the file is damaged.
        """
        text = io.TextIOWrapper(self._stream, encoding="utf-8-sig", errors="replace")
        try:
            yield from text
        except _DAMAGED as error:
            raise self._damaged(error) from error
        finally:
            if not self._stream.closed:
                text.detach()  # else the wrapper closes the stream when it is collected, and warns about it

    def text(self) -> str:
        """Return the whole file as text: UTF-8, or Windows-1252, which old bibliographies are often written in.

        Raises:
            SourceError: the file is damaged or larger than 64 MiB.
        """
        try:
            data = self._stream.read(MAX_WHOLE + 1)
        except _DAMAGED as error:
            raise self._damaged(error) from error
        if len(data) > MAX_WHOLE:
            message = f"{self.path}: larger than {MAX_WHOLE // 2**20} MiB"
            raise SourceError(message, "split the file", url=str(self.path))
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("cp1252", "replace")

    def bad_record(self, line: int, reason: str, raw: str = "") -> BadRecord:
        """Make a bad record of this file; it has the name of the file without its folder."""
        return BadRecord(self.path.name, line, reason, raw[:MAX_RAW])

    def _decode(self, number: int, data: bytes) -> FileLine | BadRecord:
        start = data[: 4 * MAX_RAW].decode("utf-8", "replace")
        if len(data) > MAX_LINE:
            return self.bad_record(number, f"the line is longer than {MAX_LINE // 2**20} MiB", start)
        try:
            return FileLine(number, data.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n"))
        except UnicodeDecodeError as error:
            reason = f"not UTF-8: {error.reason} at byte {error.start + 1} of the line"
            return self.bad_record(number, reason, start)

    def _damaged(self, error: Exception) -> SourceError:
        return SourceError(f"{self.path}: damaged: {error}", "create the file again", url=str(self.path))


@contextmanager
def open_input(path: Path) -> Iterator[InputFile]:
    """Open a file, unpacking gzip.

    Raises:
        SourceError: the file cannot be opened or is damaged at its beginning.
    """
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
            yield InputFile(path, stream)
            return
        with gzip.GzipFile(fileobj=stream) as unpacked:
            yield InputFile(path, cast("IO[bytes]", unpacked))
