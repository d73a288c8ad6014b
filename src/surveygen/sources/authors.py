"""Parsing of author names, in lists or in one string."""

from __future__ import annotations

import re

from surveygen.domain.paper import Author
from surveygen.domain.text import clean, without_markup
from surveygen.errors import SourceError

MAX_NAME = 200
_MAX_TEXT = 2000
_SUFFIX = re.compile(r"(?:jr|sr)\.?\Z|(?:II|III|IV)\Z", re.IGNORECASE)
# "et al." in the place of further names, alone or behind the last one.
_OTHERS = re.compile(r"(?:\A|[\s,;]+)(?:et\s+al(?:ii|\.)?|and\s+others|others)\.?\s*\Z", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*;\s*|\s*,?\s+and\s+|\s+&\s+|\s*\n\s*")


def read_authors(value: object, affiliations: object = None) -> tuple[Author, ...]:
    """Read a list of names, a list of ``{"name": ..., "affiliations": [...]}``, or names in one string.

    `affiliations` may be a list with the affiliations of each name.

    Raises:
        SourceError: the value is none of these.
    """
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(Author(name) for name in split_names(value))
    if not isinstance(value, list):
        raise SourceError(f"authors: {type(value).__name__}, not a list of names")
    is_parallel = isinstance(affiliations, list) and len(affiliations) == len(value)
    parallel = affiliations if isinstance(affiliations, list) and is_parallel else [None] * len(value)
    authors: list[Author] = []
    for item, separate in zip(value, parallel, strict=True):
        fields = {"name": item} if isinstance(item, str) else item
        if not isinstance(fields, dict) or not isinstance(fields.get("name"), str):
            raise SourceError(f"authors: {str(item)[:40]!r} is not a name")
        own = fields.get("affiliations") or fields.get("affiliation") or separate
        places = [own] if isinstance(own, str) else own if isinstance(own, list) else []
        cleaned = (clean(place, 300) for place in places if isinstance(place, str))
        authors.append(Author(_name(fields["name"]), tuple(place for place in cleaned if place)))
    return tuple(author for author in authors if author.name)


def without_others(name: str) -> str:
    """Return a name without "et al." or "others", which are not a person; empty if nothing is left.

    >>> without_others("A. Turing et al."), without_others("others")
    ('A. Turing', '')
    """
    return _OTHERS.sub("", name).strip()


def split_names(text: str) -> tuple[str, ...]:
    """Split names in one string; a comma turns "Family, Given" or separates whole names.

    >>> split_names("A. Turing, G. Hopper and Lovelace, Ada; K. Johnson")
    ('A. Turing', 'G. Hopper', 'Ada Lovelace', 'K. Johnson')
    """
    names: list[str] = []
    for part in _BETWEEN.split(text):
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        if len(pieces) == 2 and (pieces[0][:1].islower() or not all(" " in piece for piece in pieces)):
            pieces = [f"{pieces[1]} {pieces[0]}"]
        names += map(_name, pieces)
    return tuple(name for name in names if name)


def split_signatures(text: str) -> tuple[str, ...]:
    """Split the authors of an arXiv record: commas separate whole names, affiliations are in parentheses.

    >>> split_signatures("L. Euler (1), J. Smith, Jr. and the ABC Collaboration ((1) Basel, (2) Bern)")
    ('L. Euler', 'J. Smith, Jr.', 'the ABC Collaboration')
    """
    outside: list[str] = []
    depth = 0
    for char in text:
        depth += char == "("
        if depth == 0:
            outside.append(char)
        depth = max(0, depth - (char == ")"))
    names: list[str] = []
    for piece in re.split(r"\s*[,;]\s*|\s+and\s+|\s+&\s+", "".join(outside)):
        name = re.sub(r"\Aand\s+", "", clean(piece, MAX_NAME))
        if name and names and _SUFFIX.match(name):
            names[-1] += f", {name}"
        elif name:
            names.append(name)
    return tuple(names)


def _name(text: str) -> str:
    return without_others(clean(without_markup(text[:_MAX_TEXT]), MAX_NAME))
