"""Images by their bytes: four formats, bounds, and nothing else."""

from __future__ import annotations

import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arxiv_pages import make_png
from surveygen.domain.figure import MAX_IMAGE_BYTES, MAX_PIXELS, MAX_SIDE, ImageFormat, read_image

JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc4\x00\x04\0\0"
    b"\xff\xc2\x00\x0b\x08\x00\x03\x00\x05\x01\x01\x11\0\xff\xda\x00\x02\xff\xd9"
)
WEBP = {
    "lossy": b"RIFF\x20\0\0\0WEBPVP8 \x14\0\0\0\x30\x01\0\x9d\x01\x2a" + struct.pack("<HH", 5, 3) + bytes(8),
    "lossless": b"RIFF\x20\0\0\0WEBPVP8L\x0d\0\0\0\x2f" + struct.pack("<I", 4 | 2 << 14) + bytes(8),
    "extended": b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(4) + b"\x04\0\0\x02\0\0" + bytes(8),
}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (make_png(5, 3), "image/png"),
        (b"GIF89a" + struct.pack("<HH", 5, 3) + bytes(3), "image/gif"),
        (JPEG, "image/jpeg"),
        *((data, "image/webp") for data in WEBP.values()),
    ],
)
def test_an_image_says_its_size(data: bytes, kind: str) -> None:
    """The media type follows from the first bytes, whatever the server says."""
    assert read_image(data) == ImageFormat(kind, 5, 3)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "neither PNG, JPEG, GIF nor WebP"),
        (b"<html>maintenance</html>", "neither PNG"),
        (b"", "neither PNG"),
        (make_png()[:18], "breaks off"),
        (make_png() + bytes(MAX_IMAGE_BYTES), "bytes, more than"),
        (b"GIF89a" + struct.pack("<HH", 0, 3), "0 by 3 pixels"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 2**31, 2**31), "pixels"),
        (b"\xff\xd8\xff\xd9", "0 by 0 pixels"),
    ],
)
def test_what_is_no_safe_image_is_refused(data: bytes, reason: str) -> None:
    """SVG can hold scripts; a size of gigapixels fills the memory of a browser."""
    with pytest.raises(ValueError, match=reason):
        read_image(data)


@given(
    st.sampled_from([make_png(), JPEG, *WEBP.values(), b"GIF87a", b"\xff\xd8\xff", b""]),
    st.binary(),
    st.integers(0, 60),
)
@example(b"\xff\xd8\xff", b"\xff" * 1000, 60)
def test_any_bytes_are_read_or_refused(start: bytes, rest: bytes, cut: int) -> None:
    """Never another error, and never a size out of bounds."""
    try:
        found = read_image(start[:cut] + rest)
    except ValueError:
        return

    assert 0 < found.width <= MAX_SIDE
    assert 0 < found.height <= MAX_SIDE
    assert found.width * found.height <= MAX_PIXELS
