"""Read the pages of a draft the way a browser would."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from lxml import html as lxml_html


def tree(page: str) -> Any:
    """Return the elements of a page."""
    return lxml_html.document_fromstring(page.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))


def page_data(page: Any) -> dict[str, Any]:
    """Return the data that a page carries for its scripts, each field back in its paper."""
    node = page.get_element_by_id("data")
    found: dict[str, Any] = json.loads(data_text(node))
    for name, column in found["columns"].items():
        for paper, value in zip(found["papers"], column, strict=True):
            paper.update({} if value is None else {name: value})
    return found


def data_text(node: Any) -> str:
    """Return the JSON that the element of the data holds, plain or compressed."""
    text = str(node.text)
    return gzip.decompress(base64.b64decode(text)).decode() if node.get("data-packed") == "gzip" else text
