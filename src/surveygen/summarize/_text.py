"""Sentences, content words and changes of a text."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from surveygen.domain.text import singular, tokenize
from surveygen.summarize._english import word_list

_STOP = re.compile(r"(?:[.!?…؟।]+[\"'”’»)\]]*(?=\s|$))|(?:[。！？]+[」』”’）]*)|\n\s*\n")
_PROTECTED = re.compile(
    r"\$\$.+?\$\$|\$[^$]{1,400}\$|\\\(.+?\\\)|\\\[.+?\\\]|(?:https?://|www\.)\S*[\w/]|\S+@\S+\.\w+", re.DOTALL
)
_TITLE_PART = re.compile(r"\S.*?(?:[?!.:]+(?=\s|\Z)|(?=\s*\Z))", re.DOTALL)
_WORD_BEFORE = re.compile(r"[^\s(\[{\"“‘]+\Z")
_WORD_AFTER = re.compile(r"\s*[\"'“‘(\[]*([^\s,;:.!?)\]]*)")
_BRACKET_REACH = 300  # code points within which a bracket that is open at a full stop must close to join the sentence

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SAME_WORDS = 0.9  # share of words, in their order, from which a sentence with the same numbers counts as the same


@lru_cache(maxsize=4096)
def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the sentences, half-open, in code points, in order.

    Spans have no leading or trailing white space, do not overlap, and together cover everything else of the text.

    >>> [text[a:b] for text in ["Casper et al. show 3.5 % (cf. Fig. 2). It works."] for a, b in split_sentences(text)]
    ['Casper et al. show 3.5 % (cf. Fig. 2).', 'It works.']
    """
    protected = [match.span() for match in _PROTECTED.finditer(text)]
    bounds = [0]
    for stop in _STOP.finditer(text):
        if not any(a < stop.start() < b for a, b in protected) and _ends_sentence(text, bounds[-1], stop):
            bounds.append(stop.end())
    spans = []
    for start, end in zip(bounds, [*bounds[1:], len(text)], strict=True):
        piece = text[start:end]
        if words := piece.strip():
            begin = start + len(piece) - len(piece.lstrip())
            spans.append((begin, begin + len(words)))
    return tuple(spans)


def title_parts(title: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the parts of a title, half-open: each ends at a full stop, colon or question mark.

    >>> [title[a:b] for title in ["Debate: does it work? A study"] for a, b in title_parts(title)]
    ['Debate:', 'does it work?', 'A study']
    """
    return tuple(match.span() for match in _TITLE_PART.finditer(title))


def _ends_sentence(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a full stop ends the sentence that began at `start`."""
    if stop[0][0] in "。！？؟।\n":
        return not _inside_brackets(text, start, stop.end())
    after = _WORD_AFTER.match(text, stop.end())
    following = after[1] if after else ""
    rest = text[stop.end() :].lstrip()
    if not rest:
        return True
    if _inside_brackets(text, start, stop.end()):
        return False
    first = following[:1] or rest[0]
    if first.islower():
        can_begin = any(char.isupper() for char in following)  # mT5, iPhone
    else:
        can_begin = first.isalnum() or first in "$\\\"'“‘([«¿¡-–—•*"
    if not can_begin:
        return False
    return stop[0][0] != "." or stop[0].startswith("..") or not _is_abbreviation(text, start, stop.start(), following)


def _is_abbreviation(text: str, start: int, stop: int, following: str) -> bool:
    """Whether the full stop belongs to the word that ends at `stop`."""
    match = _WORD_BEFORE.search(text, start, stop)
    word = match[0] if match else ""
    lower = word.lower().strip("*")
    if lower in word_list("abbreviations"):
        return True
    if text[start:stop].strip(" (").isdigit():
        return True  # "1. First"
    single = len(word) == 1 and word.isupper()
    if single or lower in word_list("final_abbreviations") or re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word):
        return following not in word_list("sentence_starters") or (single and following in {"A", "An"})
    return False


def _inside_brackets(text: str, start: int, stop: int) -> bool:
    """Whether a bracket opened in this sentence closes soon after `stop`."""
    for opening, closing in ("()", "[]", "（）"):
        depth = text.count(opening, start, stop) - text.count(closing, start, stop)
        if depth > 0:
            near = text[stop : stop + _BRACKET_REACH]
            at = near.find(closing)
            if at >= 0 and near.count(opening, 0, at) < depth:
                return True
    return False


def content_terms(text: str) -> list[str]:
    """Return the words that carry the subject, in the singular: lower case, without function words and numbers."""
    stop_words = word_list("stop_words.en")
    words = (word for word in tokenize(text, "-") if len(word) > 1 and not word.isdigit() and word not in stop_words)
    return [singular(word) for word in words]


def text_diff(before: str, after: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sentences of `before` that have no counterpart in `after`, and the other way round.

    Counterparts have the same numbers and nine tenths of their words in common: another comma, a hyphen or a corrected
    typing error is no difference.

    >>> text_diff("It works. We gain 3 %.", "It works! We gain 5 %.")
    (('We gain 3 %.',), ('We gain 5 %.',))
    """
    return _without_counterpart(before, after), _without_counterpart(after, before)


def _without_counterpart(text: str, other: str) -> tuple[str, ...]:
    candidates = [(words, numbers) for _, words, numbers in _sentences(other)]
    exact = {tuple(words) for words, _ in candidates}
    missing = []
    for sentence, words, numbers in _sentences(text):
        if tuple(words) in exact:
            continue
        similar = (  # the ratio depends on the order of the two
            SequenceMatcher(None, min(words, others), max(words, others), autojunk=False)
            for others, theirs in candidates
            if theirs == numbers
        )
        if not any(matcher.ratio() >= _SAME_WORDS for matcher in similar):
            missing.append(sentence)
    return tuple(missing)


def _sentences(text: str) -> list[tuple[str, list[str], list[str]]]:
    """Return each sentence with its words in their order, and its numbers in sorted order."""
    sentences = [text[start:end] for start, end in split_sentences(text)]
    return [(sentence, tokenize(sentence.casefold()), sorted(_NUMBER.findall(sentence))) for sentence in sentences]
