"""The words of a text, and the stems that join their forms."""

from __future__ import annotations

import re
from functools import cache, lru_cache

_LETTERS = re.compile(r"[^\W\d_]+")
_SUFFIX = re.compile(r"(?<=\w{4})(?:ations?|ments?|ings?|ions?|ies|ed|es|ly|s|e|y)\Z")


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
