"""What findings say to raise or lower."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from surveygen.summarize._english import either, words
from surveygen.summarize._rank import terms_of

_MOVES = re.compile(rf"\b(?:(?P<up>{either('raises')})|{either('lowers')})\b (?P<what>[\w-]+(?: [\w-]+){{0,5}})")
_ENDS = re.compile(rf" {either('phrase_ends')} .*")
_SHARED = 2  # words of a measure that two findings must have in common, one of them not of every paper


@dataclass(frozen=True, slots=True)
class Effect:
    """A direction and what it is the direction of: the stems of its words, and the words."""

    up: bool
    stems: frozenset[str]
    measure: str


def effects(text: str) -> tuple[Effect, ...]:
    """Return the effects that a sentence tells.

    >>> effects("Debate reduces the error rate of judges by 5%.")[0].measure
    'error rate'
    """
    return tuple(_effects(text))


def common(one: tuple[Effect, ...], other: tuple[Effect, ...]) -> tuple[bool, str] | None:
    """Return whether two findings move the same measure the same way, and its name; None if they share none."""
    for a in one:
        for b in other:
            shared = a.stems & b.stems
            if len(shared) >= _SHARED and not shared <= words("any_measure"):
                kept = [word for word in a.measure.split() if set(terms_of(word)) <= shared]
                return a.up == b.up, " ".join(kept)
    return None


def _effects(text: str) -> Iterator[Effect]:
    for found in _MOVES.finditer(text):
        measure = _ENDS.sub("", f"{found['what']} ")
        kept = " ".join(word for word in measure.split() if terms_of(word))
        if kept:
            yield Effect(bool(found["up"]), frozenset(terms_of(kept)), kept)
