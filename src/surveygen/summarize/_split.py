"""Find where sentences begin and end."""

from __future__ import annotations

import re
from functools import lru_cache

from surveygen.summarize._english import words

_STOP = re.compile(r"(?:[.!?…؟।]+[\"'”’»)\]]*(?=\s|$))|(?:[。！？]+[」』”’）]*)|\n\s*\n")
_PROTECTED = re.compile(
    r"\$\$.+?\$\$|\$[^$]{1,400}\$|\\\(.+?\\\)|\\\[.+?\\\]|(?:https?://|www\.)\S*[\w/]|\S+@\S+\.\w+", re.DOTALL
)
_WORD_BEFORE = re.compile(r"[^\s(\[{\"“‘]+\Z")
_WORD_AFTER = re.compile(r"\s*[\"'“‘(\[]*([^\s,;:.!?)\]]*)")
_REACH = 300  # code points within which a bracket that is open at a full stop must close to hold the sentence together


def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the sentences, half-open, in code points, in order.

    Spans hold no leading or trailing white space, do not overlap, and together hold everything else of the text.

    >>> [text[a:b] for text in ["Casper et al. show 3.5 % (cf. Fig. 2). It works."] for a, b in split_sentences(text)]
    ['Casper et al. show 3.5 % (cf. Fig. 2).', 'It works.']
    """
    return _spans(text)


@lru_cache(maxsize=64)  # the same abstract is split for its statements, its questions and its data
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    protected = [found.span() for found in _PROTECTED.finditer(text)]
    spans: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        if any(a < stop.start() < b for a, b in protected):
            continue
        if _ends_here(text, start, stop):
            spans.append((start, stop.end()))
            start = stop.end()
    spans.append((start, len(text)))
    return tuple(trimmed for span in spans if (trimmed := _trim(text, *span)))


def _ends_here(text: str, start: int, stop: re.Match[str]) -> bool:
    if stop[0][0] in "。！？؟।\n":
        return not _inside_brackets(text, start, stop.end())
    after = _WORD_AFTER.match(text, stop.end())
    following = after[1] if after else ""
    rest = text[stop.end() :].lstrip()
    if not rest:
        return True
    if _inside_brackets(text, start, stop.end()) or not _can_begin(rest, following):
        return False
    return stop[0][0] != "." or stop[0].startswith("..") or not _is_abbreviation(text, start, stop.start(), following)


def _can_begin(rest: str, following: str) -> bool:
    first = following[:1] or rest[0]
    if first.islower():
        return any(char.isupper() for char in following)  # mT5, iPhone
    return first.isalnum() or first in "$\\\"'“‘([«¿¡-–—•*"


def _is_abbreviation(text: str, start: int, stop: int, following: str) -> bool:
    """Whether the word that ends at `stop` keeps its full stop to itself."""
    found = _WORD_BEFORE.search(text, start, stop)
    word = found[0] if found else ""
    lower = word.lower().strip("*")
    if lower in words("abbreviations"):
        return True
    if text[start:stop].strip(" (").isdigit():
        return True  # "1. First"
    single = len(word) == 1 and word.isupper()
    if single or lower in words("final_abbreviations") or re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):
        return following not in words("sentence_starters") or (single and following in {"A", "An"})
    return False


def _inside_brackets(text: str, start: int, stop: int) -> bool:
    """Whether a bracket opened in this sentence closes soon after `stop`."""
    for opening, closing in ("()", "[]", "（）"):
        depth = text.count(opening, start, stop) - text.count(closing, start, stop)
        if depth > 0:
            near = text[stop : stop + _REACH]
            at = near.find(closing)
            if at >= 0 and near.count(opening, 0, at) < depth:
                return True
    return False


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end]
    kept = piece.strip()
    if not kept:
        return None
    begin = start + len(piece) - len(piece.lstrip())
    return begin, begin + len(kept)
