"""An input file, plain or gzip, that is opened once and read in bounded memory."""

from __future__ import annotations

import codecs
import gzip
import io
import re
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
MAX_DUMP_LINE = 32 * 2**20  # bytes; a paper with the texts of all its versions, or a review that cites thousands
MAX_WHOLE = 64 * 2**20  # bytes; for formats that can only be read as a whole
_GZIP_MAGIC = b"\x1f\x8b"
_DAMAGED = (EOFError, OSError, zlib.error)
# UTF-32 before UTF-16, whose mark is the beginning of that of UTF-32.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")  # that is no UTF-8; old bibliographies are often in Windows-1252
# As JabRef and Emacs declare it: "% Encoding: ISO8859_1", "-*- coding: latin-1 -*-".
_DECLARATION = re.compile(r"(?:^%+\s*Encoding:\s*|-\*-.{0,80}?coding:\s*)([A-Za-z0-9_.-]{3,30})", re.MULTILINE)


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
        notes: what `text` found wrong with the encoding; a reader yields it with its records.
    """

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self.path = path
        self.notes: list[BadRecord] = []
        self._stream = stream
        try:
            start = stream.read(HEAD_BYTES)
            stream.seek(0)
        except _DAMAGED as error:
            raise self._damaged(error) from error
        self._encoding = next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")
        self.head = codecs.getincrementaldecoder(self._encoding)("replace").decode(start)

    def lines(self) -> Iterator[FileLine | BadRecord]:
        """Yield the lines of a file that are not blank; one that is too long or cannot be decoded is a bad record.

        A compressed file that breaks off ends with a bad record: the lines before are good.
        """
        number = 0
        try:
            for number, (data, is_whole) in enumerate(self._bounded_lines(MAX_LINE), start=1):  # used below
                if not data.strip():
                    continue
                start = data[: 4 * MAX_RAW].decode("utf-8", "replace")
                if not is_whole:
                    yield self.bad_record(number, f"the line is longer than {MAX_LINE // 2**20} MiB", start)
                    continue
                try:
                    yield FileLine(number, data.decode().rstrip("\r\n"))
                except UnicodeDecodeError as error:
                    reason = f"not UTF-8: {error.reason} at byte {error.start + 1} of the line"
                    yield self.bad_record(number, reason, start)
        except _DAMAGED as error:
            yield self.bad_record(number + 1, f"the file is damaged from here on: {error}")

    def raw_lines(self) -> Iterator[str]:
        """Yield all lines of a file with their ends; invalid bytes are replaced.

        In place of a line of more than 32 MiB stands a note that says so.

        Raises:
            SourceError: the file is damaged.
        """
        try:
            for data, is_whole in self._bounded_lines(MAX_DUMP_LINE):
                note = f"the line is longer than {MAX_DUMP_LINE // 2**20} MiB\n"
                yield data.decode("utf-8", "replace") if is_whole else note
        except _DAMAGED as error:
            raise self._damaged(error) from error

    def text(self) -> str:
        """Return the whole file as text, by its byte order mark or the encoding that it declares, else UTF-8.

        Bytes that are not UTF-8 are read as Windows-1252, and a bad record in `notes` says where the first one is.

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
        if self._encoding not in {"utf-8", "utf-8-sig"}:
            return data.decode(self._encoding, "replace")
        try:
            return data.decode(self._encoding)
        except UnicodeDecodeError:
            if declared := self._declared(data):
                return declared
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
        damaged = [number for number, line in enumerate(text.split("\n"), start=1) if _ESCAPED_BYTE.search(line)]
        others = f", as in {len(damaged) - 1} more lines" if len(damaged) > 1 else ""
        reason = f"{self.path.name} is not clean UTF-8: a byte of this line is read as Windows-1252{others}"
        text = _ESCAPED_BYTE.sub(lambda found: bytes([ord(found[0]) - 0xDC00]).decode("cp1252", "replace"), text)
        self.notes.append(self.bad_record(damaged[0], reason, text.split("\n", damaged[0])[damaged[0] - 1].strip()))
        return text

    def bad_record(self, line: int, reason: str, raw: str = "") -> BadRecord:
        """Make a bad record of this file; it has the name of the file without its folder."""
        return BadRecord(self.path.name, line, reason, raw[:MAX_RAW])

    def _declared(self, data: bytes) -> str:
        found = _DECLARATION.search(self.head)
        name = re.sub(r"iso[_-]?8859[_-]", "iso8859-", found[1].lower()) if found else ""
        try:
            return data.decode(name, "replace") if name and codecs.lookup(name).name not in {"utf-8", "ascii"} else ""
        except (LookupError, UnicodeError, ValueError):  # no encoding of text
            return ""

    def _bounded_lines(self, limit: int) -> Iterator[tuple[bytes, bool]]:
        """Yield each line in UTF-8 and whether it is whole; of a longer one only the first `limit` bytes are read."""
        if self._encoding in {"utf-8", "utf-8-sig"}:
            if self._encoding == "utf-8-sig":
                self._stream.read(len(codecs.BOM_UTF8))
            while data := self._stream.readline(limit + 1):
                is_whole = len(data) <= limit or data.endswith(b"\n")
                rest = data
                while len(rest) > limit and not rest.endswith(b"\n"):  # skip the rest of a long line
                    rest = self._stream.readline(limit + 1)
                yield data, is_whole
            return
        text = io.TextIOWrapper(self._stream, self._encoding, "replace", newline="\n")
        try:
            while line := text.readline(limit + 1):
                is_whole = len(line) <= limit or line.endswith("\n")
                rest_text = line
                while len(rest_text) > limit and not rest_text.endswith("\n"):
                    rest_text = text.readline(limit + 1)
                yield line.encode("utf-8", "replace"), is_whole
        finally:
            if not self._stream.closed:
                text.detach()  # else the wrapper closes the stream when it is collected, and warns about it

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
            reason = "a folder" if path.is_dir() else "not a regular file" if path.exists() else "no such file"
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
