"""How a paper's authors are called in running text."""

from __future__ import annotations

import re

from surveygen.domain.paper import Author, Paper
from surveygen.summarize._english import words

_SUFFIX = re.compile(r",?\s+(?:jr\.?|sr\.?|i{2,3}|iv|ph\.?d\.?|m\.?d\.?)\Z", re.IGNORECASE)
_GROUP = re.compile(
    r"\b(?:collaboration|team|group|consortium|project|initiative|community|committee|lab|labs|laboratory|institute|"
    r"university|openai|anthropic|deepmind|deepseek-ai|google|meta|microsoft|nvidia|research|inc|ai)\b",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNPRINTABLE = re.compile(r"[\[\]@{}<>\\$]|https?:")
MAX_NAME = 60  # code points; longer is no name


def family(name: str) -> str:
    """Return the family name of an unsplit name, "" if the words cannot be a name.

    >>> [family(n) for n in ("Guy Van den Broeck", "Sammy Davis Jr.", "Casper, Stephen", "OpenAI", "Gemini Team")]
    ['Van den Broeck', 'Davis', 'Casper', 'OpenAI', 'Gemini Team']
    """
    bare = " ".join(name.split())
    if not re.search(r"[^\W\d_]", bare) or len(bare) > MAX_NAME or _UNPRINTABLE.search(bare):
        return ""
    if _GROUP.search(bare):
        return bare
    bare = _SUFFIX.sub("", bare)
    if "," in bare:
        return bare.split(",")[0].strip()
    parts = bare.split()
    if _EAST_ASIAN.search(bare):
        return parts[0]
    if len(parts) == 2 and len(parts[0]) > 2 and re.fullmatch(r"(?:[A-Z]\.?){1,2}", parts[1]):
        return parts[0]  # "Smith J."
    return " ".join(parts[_first_of_family(parts) :])


def called(paper: Paper) -> tuple[str, bool]:
    """Return what a sentence calls the authors, and whether that takes a plural verb.

    One author "Casper", two "Casper and Davies", more "Casper et al."; without a usable name the title in quotes.
    """
    names = [family(author.name) for author in paper.authors[:2]]
    if not names or not names[0]:
        return f"“{paper.title}”", False
    if len(paper.authors) == 1:
        return names[0], False
    if len(paper.authors) == 2 and names[1]:
        return f"{names[0]} and {names[1]}", True
    return f"{names[0]} et al.", True


def families(authors: tuple[Author, ...]) -> tuple[str, ...]:
    """Return the family names that can be told."""
    return tuple(known for author in authors if (known := family(author.name)))


def _first_of_family(parts: list[str]) -> int:
    """Index of the first word of the family name: the last word, or the particles before it."""
    first = len(parts) - 1
    while first > 1 and parts[first - 1].lower() in words("particles"):
        if parts[first - 1] == "Van" and parts[first].lower() in words("vietnamese"):
            break
        first -= 1
    if first == 1 and parts[0].islower() and parts[0] in words("particles"):
        return 0
    return first
