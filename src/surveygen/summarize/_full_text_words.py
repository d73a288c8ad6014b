"""Patterns of full texts; phrases, names and quotations from them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

MAX_PHRASE = 45  # words of a sentence or phrase that a review can show
_MIN_PHRASE = 3
_MAX_NAMES = 6


def names_on(text: str) -> tuple[str, ...]:
    """Return the names after "on" in a caption.

    >>> names_on("F1 of two methods on VineCold and NightGrid.")
    ('VineCold', 'NightGrid')
    """
    for match in pattern("sentences.named_on", flags=0).finditer(text):
        names = tuple(name.strip(" .") for name in re.split(r", and | and |, ", match["names"]))
        if not any(name.split()[0] in words("sentences.no_name") for name in names):
            return names[:_MAX_NAMES]
    return ()


def phrase(text: str) -> str:
    """Return an item of a list as a phrase that can stand alone, "" if it cannot.

    >>> phrase("a camera that watches bees by night;")
    'A camera that watches bees by night.'
    """
    bare = _bare(text)
    if not _MIN_PHRASE <= len(bare.split()) <= MAX_PHRASE or pattern("sentences.leaning").search(bare):
        return ""
    return "" if bare.endswith(("?", ":", "!")) else f"{bare[:1].upper()}{bare[1:]}."


def quoted(text: str) -> str:
    """Return a text unaltered in quotation marks, without what ends it as an item of a list.

    >>> quoted("We tested it in one garden only.")
    '“We tested it in one garden only”'
    """
    bare = _bare(text).replace("“", "‘").replace("”", "’")
    return f"“{bare}”"


def is_quotable(text: str) -> bool:
    """Whether a quotation can be understood without the sentences around it.

    >>> is_quotable("We filmed in one valley only."), is_quotable("We filmed it in one valley only.")
    (True, False)
    """
    return not pattern("sentences.pointing").search(pattern("sentences.pointing_nowhere").sub("", text))


def _bare(text: str) -> str:
    return " ".join(text.split()).rstrip(" ;,.").removesuffix(" and").rstrip(" ;,.")


@cache
def pattern(name: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """Return one pattern of `_full_text.toml` ("headings.method")."""
    return re.compile(f"(?:{'|'.join(_entry(name).strip().splitlines())})", flags)


@cache
def words(name: str) -> frozenset[str]:
    """Return one word list of `_full_text.toml`."""
    return frozenset(_entry(name).split())


def _entry(name: str) -> str:
    table, _, key = name.partition(".")
    text: str = _texts()[table][key]
    return text


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((files(__package__) / "_full_text.toml").read_text(encoding="utf-8"))
