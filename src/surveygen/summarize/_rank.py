"""Measure which sentences are central, near a subject, and different from each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import unit_rows
from surveygen.summarize._english import words

Matrix = NDArray[np.float32]

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
Ranked = TypeVar("Ranked", float, str)
MAX_TERMS = 4000  # keeps 1,200 sentences under 20 MB


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """Sentences as TF-IDF rows.

    Attributes:
        rows: `(n, v)` float32, rows of length 1 (zeros where a sentence shares no word). terms: column of each word.
        idf: `(v,)` float32.
    """

    rows: Matrix
    terms: dict[str, int]
    idf: Matrix

    def place(self, text: str) -> Matrix:
        """Return `(v,)` float32 of length 1 (or zeros) for another text."""
        row: Matrix = _rows([terms_of(text)], self.terms, self.idf)[0]
        return row


def terms_of(text: str) -> list[str]:
    """Return the words that carry the subject: lower case, without function words and numbers."""
    found = (word.lower() for word in _WORD.findall(text))
    return [
        _stem(word) for word in found if len(word) > 1 and not word.isdigit() and word not in words("stop_words.en")
    ]


def space(texts: Sequence[str]) -> Space:
    """Place sentences by the words that at least two of them share, the commonest MAX_TERMS."""
    bags = [terms_of(text) for text in texts]
    frequency = Counter(term for bag in bags for term in set(bag))
    shared = sorted((term for term in frequency if frequency[term] > 1), key=lambda term: (-frequency[term], term))
    terms = {term: column for column, term in enumerate(shared[:MAX_TERMS])}
    idf = np.array([np.log((1 + len(bags)) / (1 + frequency[term])) + 1 for term in terms], dtype=np.float32)
    return Space(_rows(bags, terms, idf), terms, idf)


def centrality(rows: Matrix) -> Matrix:
    """Return `(n,)` float32: likeness of each row to the mean of all, the largest scaled to 1."""
    return scaled(rows @ unit_rows(rows.mean(axis=0, keepdims=True))[0]) if len(rows) else rows[:, :0].sum(axis=1)


def scaled(values: Matrix) -> Matrix:
    """Divide by the largest value, negative ones cut to 0; all zeros if none is positive."""
    top = values.max(initial=0.0)
    cut: Matrix = np.clip(values / top, 0, 1).astype(np.float32) if top > 0 else np.zeros_like(values)
    return cut


def rank_share(values: Sequence[Ranked]) -> Matrix:
    """Return `(n,)` float32: 0 for the smallest value to 1 for the largest; equal values share the lower rank."""
    order = sorted(set(values))
    place = {value: i / max(len(order) - 1, 1) for i, value in enumerate(order)}
    return np.array([place[value] for value in values], dtype=np.float32)


def chain(similarity: Matrix, dates: Sequence[str], near: float = 0.25) -> list[int]:
    """Order sentences for reading: the oldest first, each followed by those like it, then the next oldest."""
    waiting = sorted(range(len(dates)), key=lambda i: (dates[i], i))
    order: list[int] = []
    while waiting:
        first = waiting.pop(0)
        alike = [i for i in waiting if similarity[first, i] >= near]
        order += [first, *alike]
        waiting = [i for i in waiting if i not in alike]
    return order


def _stem(word: str) -> str:
    """Cut the plural, so that "attack" meets "attacks"."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def _rows(bags: Sequence[Sequence[str]], terms: dict[str, int], idf: Matrix) -> Matrix:
    rows = np.zeros((len(bags), len(terms)), dtype=np.float32)
    for row, bag in enumerate(bags):
        for term, count in Counter(bag).items():
            if term in terms:
                rows[row, terms[term]] = (1 + np.log(count)) * idf[terms[term]]
    return unit_rows(rows)
