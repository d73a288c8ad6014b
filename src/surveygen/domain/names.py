"""Split author names that sources print unsplit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from surveygen.domain.paper import Author

_PARTICLES = {"al", "ap", "ben", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "la", "le"}
_PARTICLES |= {"ter", "van", "vom", "von", "zu", "zur", "st.", "af", "ibn", "do", "das", "ten", "lo", "mac", "abu"}
# Letters that Unicode does not decompose.
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d"})
_SUFFIXES = re.compile(r",?\s+(?:jr\.?|sr\.?|ii|iii|iv|ph\.?d\.?)\Z", re.IGNORECASE)
# A group signs as one: its name has no family part.
_GROUP = re.compile(
    r"\b(collaboration|consortium|team|group|project|alliance|initiative|labs?|foundation)\b", re.IGNORECASE
)


def split_name(name: str) -> tuple[str, str]:
    """Split a name into family and given names; a group or a single word is all family.

    >>> split_name("Johanna van der Berg")
    ('van der Berg', 'Johanna')
    >>> split_name("Müller, K.-R.")
    ('Müller', 'K.-R.')
    >>> split_name("ATLAS Collaboration")
    ('ATLAS Collaboration', '')
    """
    bare = _SUFFIXES.sub("", " ".join(name.split())).strip(" ,;")
    if _GROUP.search(bare):
        return bare, ""
    if "," in bare:
        family, _, given = bare.partition(",")
        return family.strip() or given.strip(), given.strip() if family.strip() else ""
    words = bare.split(" ")
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[start:]), " ".join(words[:start])


def short_authors(authors: Sequence[Author]) -> str:
    """Name the authors as running text does; empty if none is known.

    >>> short_authors((Author("Ada Lovelace"), Author("Charles Babbage")))
    'Lovelace and Babbage'
    """
    families = [split_name(author.name)[0] for author in authors[:2]]
    if len(authors) > 2:
        return f"{families[0]} et al."
    return " and ".join(families)


def fold(text: str) -> str:
    """Reduce to lower-case ASCII letters and digits; what has no Latin form is dropped.

    >>> fold("Łukasz Erdős")
    'lukaszerdos'
    """
    special = str.maketrans(
        {"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"}
    )
    ascii_only = unicodedata.normalize("NFKD", text.translate(special)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", ascii_only.lower())
