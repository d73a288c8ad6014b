"""Judge whether a sentence tells how, what or how much."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from surveygen.domain.paper import Paper
from surveygen.summarize._english import is_finite, phrases, word_list
from surveygen.summarize._text import content_terms

_MANY_WORDS, _TOO_MANY_WORDS = 36, 45
_STALE_YEARS = 2  # after which "recent" is no longer true


def _finder(name: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(rf"\b{phrases(name)}", re.IGNORECASE).search


_announces, _platitude, _step, _undated, _year, _how, _compares, _effect, _boast, _wish, _because = map(
    _finder,
    ("announces", "platitude", "step", "undated", "dated", "how", "compares", "effect", "boast", "wish", "because"),
)
_vague, _tells_more, _promises, _textbook = map(_finder, ("vague", "tells_more", "promises", "textbook"))
_tries_own, _found_too = map(_finder, ("tries_own", "found_too"))
_AMOUNT = re.compile(r"(?<![\w-])\d")  # the number of GPT-4 is part of a name
_NAME = re.compile(r"(?<![.!?] )(?<!\A)\b(?:[A-Z]+[a-z]*[A-Z\d]\w*|[a-z]+[A-Z]\w*)")
_AGAINST = re.compile(
    r"\b(?:than|over|versus|vs|compared (?:to|with)|like|including|such as|outperform\w*|surpass\w*|exceed\w*|beats?)\b"
    rf"[^.;]{{0,60}}?(?!SOTA)(?:{_NAME.pattern})",
)
_DEFINITE = re.compile(
    r"\bthe (?:[a-z-]+ ){0,2}?(?P<head>[a-z-]{3,})"
    r"(?=[.,;:)]|\Z| (?:is|are|was|were|can|and|or|to|by|with|from|into|as|has|have)\b)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"The (?:[\w-]+ ){0,3}?(?P<head>[a-z-]+) (?P<verb>[a-z]+)\b")


@lru_cache(maxsize=16_384)
def is_empty(text: str) -> bool:
    """Whether a rewritten sentence only announces, praises, or continues a description that stands elsewhere.

    >>> is_empty("Future directions of the field are discussed in detail."), is_empty("Debate halves the error rate.")
    (True, False)
    """
    if _step(text):
        return True
    if _announces(text) or _platitude(text):
        return not (_AMOUNT.search(text) or _compares(text))
    return False


@lru_cache(maxsize=16_384)
def is_vague(text: str) -> bool:
    """Whether what should tell a method or a finding only praises, promises, or repeats what everybody knows.

    >>> is_vague("CASC consistently outperforms strong baselines."), is_vague("CASC outperforms BERT.")
    (True, False)
    """
    if _promises(text) or _textbook(text):
        return True
    praises = _vague(text) and not _AMOUNT.search(text)
    return bool(praises) and not (_AGAINST.search(text) or _tells_more(text))


def is_stale(text: str, paper: Paper, newest: int) -> bool:
    """Whether a sentence of a paper some years older than the newest calls something recent, or never done, undated."""
    aged = paper.year is not None and newest - paper.year >= _STALE_YEARS
    return aged and bool(_undated(text)) and not _year(text)


def tells_result(text: str) -> bool:
    """Whether a sentence compares, measures or states an effect."""
    return bool(_compares(text) or _effect(text) or _AMOUNT.search(text)) and not _wish(text)


@lru_cache(maxsize=16_384)
def content_value(text: str, title: str, role: str) -> float:
    """Return how much a sentence of a paper tells beyond its subject, about -0.6 to 0.4.

    Args:
        text: the rewritten sentence without citation marks.
        title: of its paper; it may explain what "the ..." means.
        role: what it does; an approach should tell how, a finding how much.
    """
    value = 0.0
    how, amount, compares = bool(_how(text)), bool(_AMOUNT.search(text)), bool(_compares(text))
    if role == "approach":
        value += (0.15 if how else -0.1) + 0.04 * bool(_NAME.search(text))
    elif role in ("finding", "limit"):
        value += 0.14 * amount + 0.1 * compares + 0.06 * bool(_effect(text)) + 0.04 * bool(_NAME.search(text))
    elif role == "problem":
        value += 0.12 * bool(_because(text)) + 0.04 * compares
    if _boast(text) and not amount:
        value -= 0.2
    if _announces(text) or _platitude(text):
        value -= 0.2
    if _tries_own(text) and not _found_too(text):
        value -= 0.2
    words = len(text.split())
    value -= 0.08 * (words > _MANY_WORDS) + 0.15 * (words > _TOO_MANY_WORDS)
    return value - 0.12 * min(_unexplained_definites(text, title), 3)


def _unexplained_definites(text: str, title: str) -> int:
    """Count the things that a sentence calls "the ..." though neither it nor the title has named them before."""
    named_terms = set(content_terms(title)) | word_list("known_things")
    subject = _SUBJECT.match(text)
    count = 0
    if (
        subject
        and is_finite(subject["verb"], subject["head"])
        and not named_terms.intersection(content_terms(subject["head"]))
    ):
        count += 1
    for match in _DEFINITE.finditer(text):
        terms = content_terms(match["head"])
        before = set(content_terms(text[: match.start()]))
        if terms and not named_terms.intersection(terms) and not before.intersection(terms):
            count += 1
    return count
