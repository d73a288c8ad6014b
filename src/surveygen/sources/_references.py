"""Choose the id of a bibliography entry."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from surveygen.domain.identifiers import parse_arxiv_id
from surveygen.domain.text import clean
from surveygen.sources._record import bare_doi

_GAP = re.compile(r"(arxiv:)\s+", re.IGNORECASE)
_BREAK = re.compile(r"[\s,;()<>{}\[\]\"'\\]+")


def find_arxiv_id(texts: Iterable[str]) -> str | None:
    """Return the first arXiv id, link or DOI, with its version, that words of some texts spell out.

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
    """Return the strongest id: arXiv, ``doi:``, then what the file itself calls the entry."""
    doi = bare_doi(fields.get("doi", "")).lower()
    return arxiv_id or (f"doi:{doi}" if doi.startswith("10.") else fallback)


def title_key(title: str) -> str:
    """Return 12 hexadecimal digits that stand for a title, for an entry that has no name of its own."""
    return hashlib.sha256(clean(title).casefold().encode()).hexdigest()[:12]
