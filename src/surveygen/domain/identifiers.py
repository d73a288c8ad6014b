"""Parser of arXiv identifiers, and ids of papers without one."""

from __future__ import annotations

import re
import unicodedata

from surveygen.domain.paper import PaperId

# Forms: https://info.arxiv.org/help/arxiv_identifier.html; the subject class of an old id (math.GT/) is dropped.
_NEW = r"\d{4}\.\d{4,5}"
_OLD = r"[a-z][a-z-]+(?:\.[A-Z]{2})?/\d{7}"
_ID = re.compile(rf"(?P<id>{_NEW}|{_OLD})(?:v(?P<version>[1-9]\d{{0,3}}))?\Z", re.ASCII)
_PREFIX = re.compile(
    r"(?:https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html|src|e-print)/"
    r"|https?://(?:dx\.)?doi\.org/10\.48550/arxiv\.|10\.48550/arxiv\.|oai:arxiv\.org:|arxiv:\s*)",
    re.IGNORECASE,
)


def parse_arxiv_id(text: str) -> tuple[PaperId, int | None] | None:
    """Split an arXiv id, link or DOI into base id and version; None for any other text.

    >>> parse_arxiv_id("https://arxiv.org/pdf/2107.05580v2.pdf")
    ('2107.05580', 2)
    >>> parse_arxiv_id("math.GT/0309136")
    ('math/0309136', None)
    """
    bare = _PREFIX.sub("", text.strip(), count=1).removesuffix(".pdf").rstrip("/")
    match = _ID.match(bare)
    if match is None:
        return None
    base = re.sub(r"\.[A-Z]{2}/", "/", match["id"])
    return PaperId(base), int(match["version"]) if match["version"] else None


def is_arxiv_id(paper: str) -> bool:
    """Return whether an id is an arXiv id without a version."""
    parsed = parse_arxiv_id(paper)
    return parsed is not None and parsed == (paper, None)


def derived_id(title: str, doi: str = "") -> PaperId:
    """Return an id for a record without one: from its DOI, else from its title; equal records get equal ids.

    >>> derived_id("On the Way", "10.1000/XYZ")
    'doi:10.1000/xyz'
    >>> derived_id("On the Way, Part 2")
    'title:on-the-way-part-2'
    """
    if doi:
        return PaperId(f"doi:{doi.lower()}")
    folded = unicodedata.normalize("NFKC", title).casefold()
    words = re.findall(r"[^\W_]+", folded)
    return PaperId("title:" + "-".join(words)[:120].rstrip("-"))
