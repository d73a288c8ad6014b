"""Read authors, whether listed or run together in one string."""

from __future__ import annotations

import re

from surveygen.domain.paper import Author
from surveygen.domain.text import clean
from surveygen.errors import SourceError

MAX_NAME = 200
_SUFFIX = re.compile(r"(?:jr|sr)\.?\Z|(?:II|III|IV)\Z", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*;\s*|\s*,?\s+and\s+|\s+&\s+|\s*\n\s*")


def read_authors(value: object, places: object = None) -> tuple[Author, ...]:
    """Read a list of names, a list of ``{"name": ..., "affiliations": [...]}``, or names in one string.

    `places` may hold the affiliations apart, one list for each name.

    Raises:
        SourceError: the value is none of these.
    """
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(Author(name) for name in split_names(value))
    if not isinstance(value, list):
        raise SourceError(f"authors: {type(value).__name__}, not a list of names")
    apart = places if isinstance(places, list) and len(places) == len(value) else [None] * len(value)
    people = (_author(item, own) for item, own in zip(value, apart, strict=True))
    return tuple(person for person in people if person.name)


def split_names(text: str) -> tuple[str, ...]:
    """Split names in one string; a comma turns "Family, Given" or separates whole names.

    >>> split_names("A. Turing, G. Hopper and Lovelace, Ada; K. Johnson")
    ('A. Turing', 'G. Hopper', 'Ada Lovelace', 'K. Johnson')
    """
    found = (name for part in _BETWEEN.split(text) for name in _by_comma(part))
    return tuple(name for name in (clean(name, MAX_NAME) for name in found) if name)


def split_signatures(text: str) -> tuple[str, ...]:
    """Split the authors of an arXiv record: a comma always stands between whole names, affiliations in parentheses.

    >>> split_signatures("L. Euler (1), J. Smith, Jr. and the ABC Collaboration ((1) Basel, (2) Bern)")
    ('L. Euler', 'J. Smith, Jr.', 'the ABC Collaboration')
    """
    pieces = re.split(r"\s*[,;]\s*|\s+and\s+|\s+&\s+", _outside_parentheses(text))
    names: list[str] = []
    for piece in (clean(piece, MAX_NAME) for piece in pieces):
        name = re.sub(r"\Aand\s+", "", piece)
        if name and names and _SUFFIX.match(name):
            names[-1] += f", {name}"
        elif name:
            names.append(name)
    return tuple(names)


def _outside_parentheses(text: str) -> str:
    kept: list[str] = []
    depth = 0
    for char in text:
        depth += char == "("
        if depth == 0:
            kept.append(char)
        depth = max(0, depth - (char == ")"))
    return "".join(kept)


def _by_comma(part: str) -> list[str]:
    pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
    whole_names = all(" " in piece for piece in pieces) and not pieces[:1][0][:1].islower() if pieces else True
    if len(pieces) != 2 or whole_names:
        return pieces
    return [f"{pieces[1]} {pieces[0]}"]


def _author(item: object, own: object) -> Author:
    if isinstance(item, str):
        return Author(clean(item, MAX_NAME), _places(own))
    if isinstance(item, dict) and isinstance(item.get("name"), str):
        return Author(
            clean(item["name"], MAX_NAME), _places(item.get("affiliations") or item.get("affiliation") or own)
        )
    raise SourceError(f"authors: {str(item)[:40]!r} is no name")


def _places(value: object) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    cleaned = (clean(place, 300) for place in listed if isinstance(place, str))
    return tuple(place for place in cleaned if place)
