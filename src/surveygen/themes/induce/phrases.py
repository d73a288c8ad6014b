"""Find the phrases that set groups of papers apart."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper

WORD = re.compile(r"[^\W\d_][\w-]*|[^\w\s]")
_LONGEST = 5  # words of a phrase
_CANDIDATES = 60
# Read over the names of the subjects of benchmarks/themes/induce.py: a phrase names a theme better than a word, what
# stands in titles better than what stands in abstracts only, and what everybody says names nothing.
_PHRASE_BONUS = 1.5
_TITLE_FLOOR = 0.1
_LEAST_LIFT = 1.3
_LEAST_SHARE = 0.05  # of a group's papers, and two papers at the least, must say what names it
_MAX_PHRASES = 20_000


def phrases(text: str) -> Iterator[str]:
    """Yield the lower-case phrases of one to five words; none crosses a stop word or a punctuation mark.

    >>> list(phrases("We attack the aligned model."))
    ['attack', 'aligned', 'aligned model']
    """
    words = boilerplate()
    run: list[str] = []
    for token in [*WORD.findall(text.lower()), "."]:
        if token not in words.breaks and len(token) > 1:
            run.append(token)
            continue
        for start in range(len(run)):
            for end in range(start + 1, min(start + _LONGEST, len(run)) + 1):
                if not words.weak.issuperset(run[start:end]):
                    yield " ".join(run[start:end])
        run = []


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Words that end a phrase, those that are none by themselves, and nouns that look like adjectives."""

    breaks: frozenset[str]
    weak: frozenset[str]
    nouns: frozenset[str]


@cache
def boilerplate() -> Boilerplate:
    """Read the shipped lists of words."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # noqa: PLC0415  # slow to import

    data = tomllib.loads((files("surveygen.themes.induce") / "boilerplate.toml").read_text(encoding="utf-8"))
    breaks, weak, nouns = (frozenset(data[key].split()) for key in ("breaks", "weak", "nouns"))
    return Boilerplate(breaks | ENGLISH_STOP_WORDS, weak, nouns)


def rank_phrases(
    papers: Sequence[Paper], texts: Sequence[str], vectors: Vectors, groups: NDArray[np.intp]
) -> list[list[str]]:
    """Return the candidate phrases of each group, best first."""
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415  # slow to import

    counter = CountVectorizer(
        analyzer=lambda text: list(phrases(text)),
        binary=True,
        min_df=2 if len(texts) >= 20 else 1,
        max_features=_MAX_PHRASES,
    )
    try:
        counts: Any = counter.fit_transform(texts)
    except ValueError:  # no phrase is left: only stop words
        return [[] for _ in range(int(groups.max()) + 1)]
    words = counter.get_feature_names_out()
    member = np.eye(int(groups.max()) + 1, dtype=np.float32)[groups]
    inside = np.asarray((counts.T @ member).T)
    titled = np.asarray((counter.transform(paper.title for paper in papers).T @ member).T)
    weights = _class_tfidf(inside, member) * _likeness(counts, vectors, member)
    weights *= _TITLE_FLOOR + titled / np.maximum(inside, 1)
    weights *= np.array([_PHRASE_BONUS if " " in word else 1.0 for word in words])
    best = np.argsort(-weights, axis=1, kind="stable")[:, :_CANDIDATES]
    return [
        _without_parts([(str(words[n]), inside[g, n]) for n in row if weights[g, n] > 0]) for g, row in enumerate(best)
    ]


def _class_tfidf(inside: NDArray[np.float32], member: NDArray[np.float32]) -> NDArray[np.float32]:
    """`(groups, phrases)` numbers of papers in, weights out; 0 for what a group says hardly more than all do."""
    totals = inside.sum(axis=0)
    share = inside / np.maximum(inside.sum(axis=1, keepdims=True), 1)
    weights: NDArray[np.float32] = share * np.log1p(inside.sum() / len(inside) / np.maximum(totals, 1))
    if len(inside) > 1:
        sizes = member.sum(axis=0)
        lift = (inside / sizes[:, None]) / np.maximum(totals / sizes.sum(), 1e-9)
        weights[lift < _LEAST_LIFT] = 0
    least = np.maximum(2, _LEAST_SHARE * member.sum(axis=0))[:, None]
    weights[inside < np.minimum(least, inside.max(axis=1, keepdims=True))] = 0
    return weights


def _likeness(counts: Any, vectors: Vectors, member: NDArray[np.float32]) -> NDArray[np.float32]:  # noqa: ANN401  # sparse
    """Cosine of phrase and group, both as means of papers seen from the middle of all; 1 where there is one group."""
    if member.shape[1] == 1:
        return np.ones((1, counts.shape[1]), dtype=np.float32)
    middle = vectors.mean(axis=0)
    totals = np.asarray(counts.sum(axis=0)).reshape(-1, 1)
    of_phrases = unit_rows(np.asarray(counts.T @ vectors / np.maximum(totals, 1), dtype=np.float32) - middle)
    of_groups = unit_rows(np.asarray(member.T @ vectors / member.sum(axis=0)[:, None], dtype=np.float32) - middle)
    likeness: NDArray[np.float32] = np.maximum(of_groups @ of_phrases.T, 0)
    return likeness


def _without_parts(ranked: Sequence[tuple[str, float]]) -> list[str]:
    """Drop a phrase that mostly stands inside a longer one ("budgeting" in "participatory budgeting")."""
    return [
        phrase
        for phrase, papers in ranked
        if not any(f" {phrase} " in f" {longer} " and longer != phrase and n >= papers / 2 for longer, n in ranked)
    ]
