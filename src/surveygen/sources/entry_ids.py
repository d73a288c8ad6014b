"""Ids of records: of arXiv, DOI, or derived from a title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from surveygen.domain.paper import PaperId, parse_arxiv_id
from surveygen.domain.text import clean, text_sha256
from surveygen.errors import SourceError

MAX_ID = 200
_GAP = re.compile(r"(arxiv:)\s+", re.IGNORECASE)
_BREAK = re.compile(r"[\s,;()<>{}\[\]\"'\\]+")


def identify(text: str) -> tuple[PaperId, int | None]:
    """Read an id: an arXiv id in any form as base id and version, any other as it is but valid in a citation marker.

    A marker ends at a space or a bracket, so these are replaced.

    Raises:
        SourceError: the id is longer than 200 characters.
    """
    parsed = parse_arxiv_id(text)
    if parsed:
        return parsed
    line = clean(text)
    if len(line) > MAX_ID:
        raise SourceError(f"id: {line[:40]!r}... is longer than {MAX_ID} characters")
    return PaperId(line.replace(" ", "_").replace("[", "(").replace("]", ")")), None


def bare_doi(text: str) -> str:
    """Return the first DOI of a text without resolver or prefix; the text itself if it contains none.

    >>> bare_doi("https://doi.org/10.1000/XYZ 10.1000/2")
    '10.1000/XYZ'
    """
    match = re.search(r"\b10\.\d{4,9}/\S+", text, re.ASCII)
    return match[0].rstrip(".,;") if match else text


def find_arxiv_id(texts: Iterable[str]) -> str | None:
    """Return the first arXiv id, link or DOI in some texts that is written with the word arXiv, with its version.

    >>> find_arxiv_id(["arXiv preprint arXiv: 2107.05580v2, 2021"])
    '2107.05580v2'
    """
    for text in texts:
        words = _BREAK.split(_GAP.sub(r"\1", text))
        for word in (word.rstrip(".") for word in words if "arxiv" in word.lower()):
            parsed = parse_arxiv_id(word)
            if parsed:
                return f"{parsed[0]}v{parsed[1]}" if parsed[1] else parsed[0]
    return None


def reference_id(fields: Mapping[str, str], arxiv_id: str | None, fallback: str) -> str:
    """Return the strongest id: arXiv, ``doi:``, then the name of the entry in its file."""
    doi = bare_doi(fields.get("doi", "")).lower()
    return arxiv_id or (f"doi:{doi}" if doi.startswith("10.") else fallback)


def title_key(title: str) -> str:
    """Return 12 hexadecimal digits of the hash of a title, for an entry without a name."""
    return text_sha256(clean(title).casefold())[:12]
