"""Read the pages of a draft the way a browser would."""

from __future__ import annotations

import base64
import bz2
import gzip
import json
from typing import Any

from lxml import html as lxml_html


def tree(page: str) -> Any:
    """Return the elements of a page."""
    return lxml_html.document_fromstring(page.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))


def island(page: Any) -> dict[str, Any]:
    """Return the data that a page carries for its scripts, each field back in its paper."""
    node = page.get_element_by_id("data")
    found: dict[str, Any] = json.loads(island_text(node))
    for name, column in found["columns"].items():
        for paper, value in zip(found["papers"], column, strict=True):
            paper.update({} if value is None else {name: value})
    return found


def island_text(node: Any) -> str:
    """Return the JSON that the element of the data holds, plain or packed by bzip2 or gzip."""
    text = str(node.text)
    if "data-packed" not in node.attrib:
        return text
    length, letters = text.split(":", 1)
    unpack = {"bz2": bz2.decompress, "gzip": gzip.decompress}[node.get("data-packed")]
    return unpack(base64.b85decode(letters.replace(".", "<"))[: int(length)]).decode()
