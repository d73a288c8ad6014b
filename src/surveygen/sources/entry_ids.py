"""Ids of records: of arXiv, a DOI, or one of their file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from surveygen.domain.paper import PaperId, parse_arxiv_id
from surveygen.domain.text import clean
from surveygen.errors import SourceError

MAX_ID = 200
_GAP = re.compile(r"(arxiv:)\s+", re.IGNORECASE)
_BREAK = re.compile(r"[\s,;()<>{}\[\]\"'\\]+")
# Written as an address, with the word, or alone: text that is a DOI and nothing else.
_WHOLE_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.[0-9]{4,9}/\S+)\Z", re.IGNORECASE)
# Words around an arXiv id that say no more than that it is one; "CoRR" is arXiv's name at DBLP.
_AROUND = re.compile(
    r"\b(?:arxiv(?:\.org)?|corr|e-?prints?|preprints?|available|at|abs|pdf|https?|submitted|to|in|on|the|v[0-9]{1,4}"
    r"|[a-z-]+\.[A-Z]{2}|(?:19|20)[0-9]{2})\b",
    re.IGNORECASE,
)


def identify(text: str) -> tuple[PaperId, int | None]:
    """Read an id: of arXiv as base id and version, a DOI, any other as it is but valid in a citation marker.

    A marker ends at a space or a bracket, so these are replaced.

    >>> identify("https://doi.org/10.1000/XYZ")
    ('doi:10.1000/xyz', None)

    Raises:
        SourceError: the id is longer than 200 characters.
    """
    parsed = parse_arxiv_id(text)
    if parsed:
        return parsed
    line = clean(text)
    if len(line) > MAX_ID:
        raise SourceError(f"id: {line[:40]!r}... is longer than {MAX_ID} characters")
    doi = _WHOLE_DOI.match(line)
    name = f"doi:{bare_doi(doi[1]).lower()}" if doi else line
    return PaperId(name.replace(" ", "_").replace("[", "(").replace("]", ")")), None


def is_local(name: str) -> bool:
    """Whether an id is a mere number, which names a record within its file only.

    >>> is_local("17"), is_local("acl:P19-1001")
    (True, False)
    """
    return not re.search(r"[^\W\d_]|10\.[0-9]{4,9}/|[0-9]{4}\.[0-9]{4}", name)


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
        words = _BREAK.split(_GAP.sub(r"\1", text[:2000]))
        for word in (word.rstrip(".") for word in words if "arxiv" in word.lower()):
            parsed = parse_arxiv_id(word)
            if parsed:
                return with_version(*parsed)
    return None


def only_arxiv_id(text: str) -> str | None:
    """Return the arXiv id of a text that is nothing but it, None if the text says more.

    >>> only_arxiv_id("arXiv preprint arXiv:2107.05580v2 [cs.LG]"), only_arxiv_id("Comment on arXiv:2107.05580")
    ('2107.05580v2', None)
    """
    if len(text) > 200:
        return None
    if parsed := parse_arxiv_id(text):
        return with_version(*parsed)
    found = None
    rest: list[str] = []
    for word in _BREAK.split(_GAP.sub(r"\1", text)):
        parsed = parse_arxiv_id(word.rstrip(".")) or parse_arxiv_id(word.removeprefix("abs/"))
        if parsed and found is None:
            found = with_version(*parsed)
        else:
            rest.append(word)
    is_named = "arxiv" in text.lower() or "corr" in text.lower() or "abs/" in text
    return found if is_named and not re.search(r"\w", _AROUND.sub("", " ".join(rest))) else None


def own_arxiv_id(places: Iterable[str], text: str, *, has_other_id: bool) -> str | None:
    """Return the arXiv id that a record has for itself.

    Args:
        places: fields that are made for an id or an address, or that hold nothing but the id.
        text: a field of running text. An id in it is a mention, unless the text is nothing but the id and the record
            has no other.
        has_other_id: whether the record has a DOI or an address.
    """
    found = next((arxiv_id for place in places if (arxiv_id := only_arxiv_id(place))), None)
    return found or (None if has_other_id else only_arxiv_id(text))


def reference_id(doi: str, arxiv_id: str | None) -> str | None:
    """Return the strongest id of a record, of arXiv or a DOI; None if it has neither."""
    bare = bare_doi(doi).lower()
    return arxiv_id or (f"doi:{bare}" if bare.startswith("10.") else None)


def with_version(paper: PaperId, version: int | None) -> str:
    """Return an arXiv id with its version, where there is one."""
    return f"{paper}v{version}" if version else paper
