"""Figures of papers that a draft may show: records, and the formats of their images."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from surveygen.domain.license import Reuse, reuse
from surveygen.domain.paper import PaperId

FigureStatus = Literal["fetched", "refused"]
MAX_IMAGE_BYTES = 2 * 2**20  # figures of arXiv's pages have 20 to 800 kB
MAX_SIDE = 12_000  # pixels
MAX_PIXELS = 50_000_000  # a browser takes four bytes for each

_PNG = b"\x89PNG\r\n\x1a\n"
_GIF = (b"GIF87a", b"GIF89a")
_JPEG = b"\xff\xd8\xff"
# Markers of a frame, which has the size: ITU-T T.81, table B.1; those left out are tables and extensions.
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_BARE = frozenset({0x01, *range(0xD0, 0xDA)})  # markers without a length


@dataclass(frozen=True, slots=True)
class ImageFormat:
    """What the bytes of an image say of it: media type, and size in pixels."""

    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FigureRecord:
    """The figure of one version of a paper, chosen for its review, and what became of the request for its image.

    Attributes:
        status: "refused": the image cannot be used, as `reason` says.
        url: address of the image. at: when it was fetched, ISO 8601 UTC.
        license: address of the license of the version when it was fetched.
        figure: id in the document. label: "Figure 1" as printed. element: of the page, for links; may be empty.
        caption: its text; may be empty.
        media_type, width, height: of the image. sha256: of its bytes, hexadecimal; "" without one.
    """

    paper: PaperId
    version: int
    status: FigureStatus
    url: str
    at: str
    license: str
    figure: str = ""
    label: str = ""
    caption: str = ""
    element: str = ""
    media_type: str = ""
    width: int = 0
    height: int = 0
    sha256: str = ""
    reason: str = ""

    @property
    def name(self) -> str:
        """The paper with its version, as arXiv writes it."""
        return f"{self.paper}v{self.version}"

    @property
    def is_shown(self) -> bool:
        """Whether a draft may show the image, which it never alters."""
        return self.status == "fetched" and may_show_figures(reuse(self.license))


def may_show_figures(permitted: Reuse) -> bool:
    """Return whether a license permits to show a figure unaltered, with authors, license and link.

    >>> [may_show_figures(permitted) for permitted in ("open", "no-derivatives", "closed")]
    [True, True, False]
    """
    return permitted != "closed"


def read_image(data: bytes) -> ImageFormat:
    """Return the format of an image by its bytes: PNG, JPEG, GIF or WebP.

    Raises:
        ValueError: it is another format (SVG can hold scripts and links), or too large in bytes or pixels.

    >>> read_image(b"GIF89a" + bytes([2, 0, 3, 0]) + bytes(3))
    ImageFormat(media_type='image/gif', width=2, height=3)
    """
    if len(data) > MAX_IMAGE_BYTES:
        raise ValueError(f"the image has {len(data)} bytes, more than {MAX_IMAGE_BYTES}")
    try:
        found = _format(data)
    except (struct.error, IndexError) as error:
        raise ValueError("the image breaks off") from error
    if found is None:
        raise ValueError("the image is neither PNG, JPEG, GIF nor WebP")
    width, height = found.width, found.height
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and width * height <= MAX_PIXELS):
        raise ValueError(f"the image has {width} by {height} pixels")
    return found


def _format(data: bytes) -> ImageFormat | None:
    if data.startswith(_PNG):
        if data[12:16] != b"IHDR":
            raise ValueError("the image is no whole PNG")
        return ImageFormat("image/png", *struct.unpack_from(">II", data, 16))
    if data.startswith(_GIF):
        return ImageFormat("image/gif", *struct.unpack_from("<HH", data, 6))
    if data.startswith(_JPEG):
        height, width = next(_jpeg_frames(data), (0, 0))
        return ImageFormat("image/jpeg", width, height)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ImageFormat("image/webp", *_webp_size(data))
    return None


def _jpeg_frames(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield height and width of the frames of a JPEG, walking from segment to segment."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF or marker in _BARE:  # fill bytes, markers without a segment
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            yield height, width
        if marker == 0xDA:  # the picture itself follows
            return
        at += 2 + max(struct.unpack_from(">H", data, at + 2)[0], 2)


def _webp_size(data: bytes) -> tuple[int, int]:
    """Return width and height: https://developers.google.com/speed/webp/docs/riff_container."""
    kind = data[12:16]
    if kind == b"VP8X":
        first, second = (int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        return first + 1, second + 1
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF
