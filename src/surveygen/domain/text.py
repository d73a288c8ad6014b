"""Cleaning, tokens, stems, slugs and hashes of text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache, lru_cache

MAX_TITLE = 500
MAX_TEXT = 10_000
_MAX_COMBINING = 4
# Bidi overrides and marks, which can reorder the text around them, and the zero-width no-break space.
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_CONTROLS = {code: None for code in range(128) if unicodedata.category(chr(code)) == "Cc" and not chr(code).isspace()}
_LETTERS = re.compile(r"[^\W\d_]+")
_SUFFIX = re.compile(r"(?<=\w{4})(?:ations?|ments?|ings?|ions?|ies|ed|es|ly|s|e|y)\Z")


def clean(text: str, limit: int = MAX_TEXT) -> str:
    r"""Normalize untrusted text to one line of NFC without control or bidi characters.

    Unassigned, private and surrogate code points are dropped, at most four combining marks stay on a letter, and text
    longer than `limit` code points is cut at a word and gets an ellipsis. Idempotent.

    >>> clean("Go\u0308del\n  sets")
    'Gödel sets'
    """
    if text.isascii():  # the fast path, for most texts
        line = " ".join((text if text.isprintable() else text.translate(_CONTROLS)).split())
    else:
        line = unicodedata.normalize("NFC", " ".join(_safe(text).split()))
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0] + "…"


def _safe(text: str) -> str:
    safe: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", _BIDI.sub("", text)):
        category = unicodedata.category(char)
        if category in {"Cs", "Co", "Cn"} or (category == "Cc" and not char.isspace()):
            continue
        marks = marks + 1 if category == "Mn" else 0
        if marks <= _MAX_COMBINING:
            safe.append(char)
    return "".join(safe)


def slugify(text: str) -> str:
    """Return a folder name of lower-case ASCII letters, digits and hyphens; "survey" if nothing is left.

    >>> slugify("Large Language Model Alignment")
    'large-language-model-alignment'
    """
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:80].strip("-") or "survey"


def text_sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, hexadecimal; halves of surrogate pairs are allowed.

    >>> text_sha256("")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def tokenize(text: str, joiners: str = "") -> list[str]:
    """Return the words of a text in their order, in lower case: runs of letters and digits of any script.

    Args:
        text: any text; punctuation, underscores and combining marks part words.
        joiners: characters that join two runs to one word, such as "-" to keep "well-known" whole.

    >>> tokenize("Casper's GPT-4 isn't well-known."), tokenize("GPT-4 isn't", "-'")
    (['casper', 's', 'gpt', '4', 'isn', 't', 'well', 'known'], ['gpt-4', "isn't"])
    """
    return [word.lower() for word in _word(joiners).findall(text)]


def letter_words(text: str) -> list[str]:
    """Return the runs of letters of a text as they are written, without digits.

    >>> letter_words("GPT4 wins 3 Tests")
    ['GPT', 'wins', 'Tests']
    """
    return _LETTERS.findall(text)


def singular(word: str) -> str:
    """Cut the plural ending of an English noun in lower case.

    >>> singular("attacks"), singular("policies"), singular("bus"), singular("analysis")
    ('attack', 'policy', 'bus', 'analysis')
    """
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Cut up to two English suffixes and a doubled consonant of a word in lower case.

    >>> stem("improvements"), stem("improving"), stem("stopped"), stem("stops")
    ('improv', 'improv', 'stop', 'stop')
    """
    cut = _SUFFIX.sub("", _SUFFIX.sub("", word))
    return cut[:-1] if len(cut) > 4 and cut[-1] == cut[-2] and cut[-1] not in "aeiouls" else cut


@cache
def _word(joiners: str) -> re.Pattern[str]:
    return re.compile(rf"[^\W_]+(?:[{re.escape(joiners)}][^\W_]+)*" if joiners else r"[^\W_]+")
