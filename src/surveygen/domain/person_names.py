"""Family and given names of authors from unsplit names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import Author

MAX_NAME = 60  # code points; a longer text is not a name
# fmt: off
_PARTICLES = frozenset({
    "abu", "af", "al", "ap", "ben", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du",
    "el", "ibn", "la", "le", "lo", "mac", "san", "st.", "ten", "ter", "te", "van", "vom", "von", "zu", "zur",
})
# Before one of these "Van" is a Vietnamese middle name.
_VIETNAMESE = frozenset({
    "bui", "dang", "do", "duong", "ho", "hoang", "le", "ly", "ngo", "nguyen", "pham", "phan", "tran", "vo", "vu",
})
# fmt: on
_SUFFIX = re.compile(r"(?:,?\s+(?:jr\.?|sr\.?|i{2,3}|iv|ph\.?\s?d\.?|m\.d\.?|md))+(?=,|\Z)", re.IGNORECASE)
# The name of a group has no family part.
_GROUP = re.compile(
    r"\b(?:alliance|collaboration|committee|community|consortium|foundation|group|initiative|institute|labs?|laboratory"
    r"|project|research|team|university|anthropic|deepmind|deepseek-ai|google|microsoft|nvidia|openai)\b"
    r"|(?-i:\b(?:AI|Inc)\b)",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# "Smith J." and "Smith J": a single vowel may be a family name (Weinan E), a single consonant is not.
_INITIALS = re.compile(r"(?:[A-Z]\.-?)+|[B-DF-HJ-NP-TV-XZ]")
_UNPRINTABLE = re.compile(r"[\[\]@{}<>\\$]|https?:")
# Letters that Unicode does not decompose.
_UNDECOMPOSED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
)


def short_authors(authors: Sequence[Author]) -> str:
    """Return the authors as named in running text; empty without authors, or if the first has no usable name.

    >>> short_authors((Author("Ada Lovelace"), Author("Charles Babbage")))
    'Lovelace and Babbage'
    """
    names = [family_name(author.name) for author in authors[:2]]
    if not names or not names[0]:
        return ""
    if len(authors) == 1:
        return names[0]
    return f"{names[0]} and {names[1]}" if len(authors) == 2 and names[1] else f"{names[0]} et al."


@lru_cache(maxsize=2**17)  # called for each author at every citation, card and export
def family_name(name: str) -> str:
    r"""Return the family name without markup, "" if the text cannot be a name.

    >>> [family_name(name) for name in ("Guy Van den Broeck", "Sammy Davis Jr.", "Gemini Team", r"Paul Erd\H{o}s", ":")]
    ['Van den Broeck', 'Davis', 'Gemini Team', 'Erdős', '']
    """
    bare = " ".join(plain(parse_inline(name)).split())
    if not re.search(r"[^\W\d_]", bare) or len(bare) > MAX_NAME or _UNPRINTABLE.search(bare):
        return ""
    return split_name(bare)[0]


@lru_cache(maxsize=2**17)
def split_name(name: str) -> tuple[str, str]:
    """Split a name into family and given names; a group or a single word is all family.

    >>> split_name("Johanna van der Berg")
    ('van der Berg', 'Johanna')
    >>> split_name("Müller, K.-R.")
    ('Müller', 'K.-R.')
    >>> split_name("ATLAS Collaboration")
    ('ATLAS Collaboration', '')
    """
    bare = " ".join(name.split())
    if _GROUP.search(bare):
        return bare, ""
    bare = _SUFFIX.sub("", bare).strip(" ,;")
    if "," in bare:
        family, _, given = bare.partition(",")
        return family.strip() or given.strip(), given.strip() if family.strip() else ""
    words = bare.split(" ")
    initials_follow = len(words) > 1 and all(map(_INITIALS.fullmatch, words[1:]))
    if _EAST_ASIAN.search(words[0]) or (initials_follow and len(words[0]) > 2 and "." not in words[0]):
        return words[0], " ".join(words[1:])
    start = _family_start(words)
    return " ".join(words[start:]), " ".join(words[:start])


def fold(text: str) -> str:
    """Reduce to lower-case ASCII letters and digits; letters without a Latin form are dropped.

    >>> fold("Łukasz Erdős")
    'lukaszerdos'
    """
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_UNDECOMPOSED))
    return re.sub(r"[^a-z0-9]", "", decomposed.encode("ascii", "ignore").decode().lower())


def _family_start(words: Sequence[str]) -> int:
    """Return the index of the first word of the family name: the last word, or the particles before it."""
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        if words[start - 1] == "Van" and fold(words[start]) in _VIETNAMESE:
            return start
        start -= 1
    return 0 if start == 1 and words[0] in _PARTICLES else start
