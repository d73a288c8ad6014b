"""Read the body of an answer in bounded memory and time."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from surveygen.sources._retry import UnusableError

_CHUNK = 2**16
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes: as sent, and unpacked. A page of 200 papers has about 0.6 MB, one of 2,500 of OAI-PMH about 8 MB."""

    packed: int = 32 * 2**20
    unpacked: int = 64 * 2**20


def read_body(raw: Any, limits: Limits, is_late: Callable[[], bool]) -> bytes:  # noqa: ANN401  # urllib3's response
    """Read and unpack; nothing beyond the limits is ever held.

    Args:
        raw: the ``urllib3.HTTPResponse``, its body not yet read.
        limits: in bytes.
        is_late: whether the time for the whole answer is over; asked at every chunk.

    Raises:
        UnusableError: "oversized", "broken" (the packing is damaged or unknown), or "network" (too slow).
    """
    encoding = (raw.headers.get("content-encoding") or "identity").lower()
    if encoding not in {"identity", "gzip", "x-gzip", "deflate"}:
        raise UnusableError("broken", f"packed as {encoding[:20]!r}, which was not asked for")
    unpacker = _Plain() if encoding == "identity" else _Unpacker()
    pieces: list[bytes] = []
    packed = unpacked = 0
    while chunk := raw.read1(_CHUNK, decode_content=False):  # what has come, so that a drip is seen
        packed += len(chunk)
        piece = unpacker.feed(chunk, limits.unpacked - unpacked + 1)
        unpacked += len(piece)
        pieces.append(piece)
        if packed > limits.packed or unpacked > limits.unpacked:
            raise UnusableError("oversized", f"the answer is larger than {limits.unpacked // 2**20} MiB")
        if is_late():
            raise UnusableError("network", "the answer did not end in time")
    unpacker.finish()
    return b"".join(pieces)


class _Plain:
    def feed(self, chunk: bytes, room: int) -> bytes:
        return chunk[:room]

    def finish(self) -> None:
        """Nothing is left over."""


class _Unpacker:
    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(_GZIP_OR_ZLIB)

    def feed(self, chunk: bytes, room: int) -> bytes:
        try:
            return self._inflate.decompress(chunk, room)
        except zlib.error as error:
            raise UnusableError("broken", f"the packing is damaged: {error}") from error

    def finish(self) -> None:
        if not self._inflate.eof:
            raise UnusableError("broken", "the packed answer breaks off")
