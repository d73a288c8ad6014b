"""The whole pages among the shared fixtures, as they are read."""

from __future__ import annotations

import gzip
import os
from functools import cache
from pathlib import Path

from lxml import etree

from surveygen.documents import read_page
from surveygen.domain.document import Document
from surveygen.domain.paper import PaperId

FIXTURES = Path(os.environ.get("SURVEYGEN_FIXTURES", "/work/shared/fixtures")) / "fulltext"


@cache
def page(name: str) -> bytes:
    """Read a page of the fixtures."""
    path = next(path for path in sorted(FIXTURES.iterdir()) if path.name.startswith(f"{name}.") and "html" in path.name)
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


@cache
def document(name: str) -> Document:
    """Read a document under the title that the page prints."""
    return read_page(page(name), paper=PaperId(name), version=1, title=printed_title(name))


def printed_title(name: str) -> str:
    """Return the title of a page without its notes."""
    heading = body(name).find(".//h1")
    assert heading is not None
    for element in list(heading.iter()):
        if "ltx_note" in (element.get("class") or "").split():
            element.text = ""
            del element[:]
        elif element.tag == "math":
            element.text = element.get("alttext")
            del element[:]
    return "".join(map(str, heading.itertext()))


def body(name: str) -> etree._Element:
    """Parse a page and return the element of the paper."""
    root = etree.fromstring(page(name), etree.HTMLParser(encoding="utf-8", huge_tree=True))
    return next(part for part in root.iter() if "ltx_document" in (part.get("class") or "").split())
