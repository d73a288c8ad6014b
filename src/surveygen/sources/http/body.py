"""Bodies of responses: bounded reading, strict XML and JSON."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import urllib3
from lxml import etree

from surveygen.domain.text import clean
from surveygen.redaction import redact
from surveygen.sources.http.retry import UnusableError

TOO_LATE = "the response did not end in time"
_CHUNK = 2**16
# A parsed document can take a hundred times its bytes: "[[],[]," and "<a/><a/>". A page of 200 papers with a hundred
# authors each has 100,000 tags, 100 papers with all their references 100,000 JSON objects.
_MAX_TAGS = 1_500_000
_MAX_CONTAINERS = 1_000_000
_MAX_VALUES = 5_000_000
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes as sent, and unpacked. A page of 200 papers has about 0.6 MB, one of 2,500 of OAI-PMH about 8 MB."""

    packed: int = 32 * 2**20
    unpacked: int = 64 * 2**20


def read_body(raw: urllib3.HTTPResponse, limits: Limits, is_late: Callable[[], bool]) -> bytes:
    """Read and unpack a body; no more than the limits is ever in memory.

    Args:
        raw: the response, its body not yet read.
        limits: in bytes.
        is_late: whether the time for the whole response is over; called at every chunk.

    Raises:
        UnusableError: "oversized", "broken" (the packing is damaged or unknown), or "network" (too slow).
    """
    encoding = (raw.headers.get("content-encoding") or "identity").lower()
    if encoding not in {"identity", "gzip", "x-gzip", "deflate"}:
        raise UnusableError("broken", f"the response is encoded as {redact(encoding)[:20]!r}, which was not requested")
    inflate = None if encoding == "identity" else zlib.decompressobj(_GZIP_OR_ZLIB)
    body = bytearray()  # not a list of pieces: a server may send one byte at a time
    packed = 0
    while chunk := raw.read1(_CHUNK, decode_content=False):  # what has come, so that a slow drip is noticed
        packed += len(chunk)
        room = limits.unpacked - len(body) + 1
        try:
            body += inflate.decompress(chunk, room) if inflate else chunk[:room]
        except zlib.error as error:
            raise UnusableError("broken", f"the compressed response is damaged: {error}") from error
        if packed > limits.packed or len(body) > limits.unpacked:
            raise UnusableError("oversized", f"the response is larger than {limits.unpacked // 2**20} MiB")
        if is_late():
            raise UnusableError("network", TOO_LATE)
    if is_late():  # a body without a length ends where the connection does
        raise UnusableError("network", TOO_LATE)
    if inflate and not inflate.eof:
        raise UnusableError("broken", "the compressed response is incomplete")
    return bytes(body)


def parse_xml(body: bytes, root: str) -> etree._Element:
    """Parse a whole document without entities and network, and check the name of its root, ``{namespace}name``.

    A document with entity declarations is refused before parsing; libxml2's own limits (depth 256, 10 MB a text) stay.

    Raises:
        UnusableError: "hostile" (entities), "oversized" (more than 1.5 million tags or attributes), or "broken" (not
            well-formed to the last byte, or another root).
    """
    if b"<!ENTITY" in body:
        raise UnusableError("hostile", "the response declares XML entities")
    if body.count(b"<") > _MAX_TAGS or body.count(b"=") > _MAX_TAGS:
        raise UnusableError("oversized", f"the response has more than {_MAX_TAGS} XML tags or attributes")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        tree = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnusableError("broken", f"not well-formed XML: {str(error)[:100]}") from error
    if tree.tag != root or b"<!DOCTYPE" in body:
        raise UnusableError("broken", f"the root of the XML is {str(tree.tag)[:60]!r}, not {root!r}")
    return tree


def child_text(element: etree._Element, name: str) -> str:
    """Return the text of the first child of a name, stripped; empty if there is none."""
    return (element.findtext(name) or "").strip()


def parse_json(body: bytes) -> Any:  # noqa: ANN401  # any JSON value
    """Parse JSON as the standard defines it: no NaN, and no number or nesting that Python cannot read.

    Raises:
        UnusableError: "broken", or "oversized" (more than a million objects and lists, or five million values).
    """
    if body.count(b"{") + body.count(b"[") > _MAX_CONTAINERS or body.count(b",") > _MAX_VALUES:
        raise UnusableError("oversized", "the response has too many JSON values")

    def reject(name: str) -> NoReturn:
        raise ValueError(f"{name} is not JSON")

    try:
        return json.loads(body, parse_constant=reject)
    except (ValueError, RecursionError) as error:
        raise UnusableError("broken", f"the response is not valid JSON: {clean(str(error), 80)}") from error
