"""Tell which sentences of a text another one no longer has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from surveygen.summarize._split import split_sentences

_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SAME = 0.9  # share of words, in their order, from which a sentence with the same numbers was only touched up


def text_diff(before: str, after: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the sentences of `before` that have no counterpart in `after`, and the other way round.

    Counterparts have the same numbers and nine tenths of their words in common: a comma, a hyphen or a mended typing
    error is no difference.

    >>> difference("It works. We gain 3 %.", "It works! We gain 5 %.")
    (('We gain 3 %.',), ('We gain 5 %.',))
    """
    old, new = _sentences(before), _sentences(after)
    return _without_counterpart(old, new), _without_counterpart(new, old)


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in split_sentences(text))


def _without_counterpart(sentences: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    told = [(_words(other), _numbers(other)) for other in others]
    exact = {tuple(words) for words, _ in told}
    return tuple(
        sentence
        for sentence in sentences
        if tuple(words := _words(sentence)) not in exact
        and not any(_numbers(sentence) == numbers and _alike(words, known) for known, numbers in told)
    )


def _words(sentence: str) -> list[str]:
    return _WORD.findall(sentence.casefold())


def _numbers(sentence: str) -> list[str]:
    return sorted(_NUMBER.findall(sentence))


def _alike(words: list[str], others: list[str]) -> bool:
    one, other = sorted((words, others))  # the ratio depends on the order
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _SAME
