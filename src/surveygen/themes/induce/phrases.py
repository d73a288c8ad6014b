"""Rank the phrases that distinguish clusters of papers."""

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

TOKEN = re.compile(r"[^\W\d_][\w-]*|[^\w\s]")
_MAX_WORDS = 5  # of a phrase
_MAX_RANKED = 60
_MAX_PHRASES = 20_000
# Read from the names of the subjects of benchmarks/themes/induce.py: a phrase names a theme better than a word, what
# occurs in titles better than what occurs in abstracts only, and what all papers say names nothing.
_PHRASE_BONUS = 1.5
_TITLE_FLOOR = 0.1
_MIN_LIFT = 1.3
_MIN_SHARE = 0.05  # of a cluster's papers, and at least two papers, must contain a phrase that names it


@dataclass(frozen=True, slots=True)
class WordLists:
    """Words that end a phrase, words that alone make no phrase, and nouns that look like adjectives."""

    breaks: frozenset[str]
    weak: frozenset[str]
    nouns: frozenset[str]


@cache
def word_lists() -> WordLists:
    """Read the shipped lists of words; stop words end a phrase as well."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # noqa: PLC0415  # slow to import

    data = tomllib.loads((files("surveygen.themes.induce") / "boilerplate.toml").read_text(encoding="utf-8"))
    breaks, weak, nouns = (frozenset(data[key].split()) for key in ("breaks", "weak", "nouns"))
    return WordLists(breaks | ENGLISH_STOP_WORDS, weak, nouns)


def phrases(text: str) -> Iterator[str]:
    """Yield the lower-case phrases of one to five words; none crosses a stop word or a punctuation mark.

    >>> list(phrases("We attack the aligned model."))
    ['attack', 'aligned', 'aligned model']
    """
    words = word_lists()
    run: list[str] = []
    for token in [*TOKEN.findall(text.lower()), "."]:
        if token not in words.breaks and len(token) > 1:
            run.append(token)
            continue
        for start in range(len(run)):
            for end in range(start + 1, min(start + _MAX_WORDS, len(run)) + 1):
                if not words.weak.issuperset(run[start:end]):
                    yield " ".join(run[start:end])
        run = []


def rank_phrases(
    papers: Sequence[Paper], texts: Sequence[str], vectors: Vectors, clusters: NDArray[np.intp]
) -> list[list[str]]:
    """Return the candidate phrases of each cluster, best first.

    The weight is class-based TF-IDF (Grootendorst, arXiv 2203.05794) times the similarity of phrase and cluster.

    Args:
        papers: those of the clusters.
        texts: title and abstract of each paper.
        vectors: `(n, dim)` float32, rows of length 1.
        clusters: `(n,)` cluster of each paper, from 0 without gaps.
    """
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
        return [[] for _ in range(int(clusters.max()) + 1)]
    names = counter.get_feature_names_out()
    member = np.eye(int(clusters.max()) + 1, dtype=np.float32)[clusters]
    inside = np.asarray((counts.T @ member).T)
    in_titles = np.asarray((counter.transform(paper.title for paper in papers).T @ member).T)
    weights = class_tfidf(inside, member) * _phrase_similarity(counts, vectors, member)
    weights *= _TITLE_FLOOR + in_titles / np.maximum(inside, 1)
    weights *= np.array([_PHRASE_BONUS if " " in name else 1.0 for name in names])
    best = np.argsort(-weights, axis=1, kind="stable")[:, :_MAX_RANKED]
    return [
        _without_parts([(str(names[n]), inside[cluster, n]) for n in row if weights[cluster, n] > 0])
        for cluster, row in enumerate(best)
    ]


def class_tfidf(inside: NDArray[np.float32], member: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weigh each phrase of each cluster; 0 where a cluster contains it hardly more often than all papers do.

    `(clusters, phrases)` numbers of papers and `(papers, clusters)` membership in, `(clusters, phrases)` weights out.
    """
    totals = inside.sum(axis=0)
    share = inside / np.maximum(inside.sum(axis=1, keepdims=True), 1)
    weights: NDArray[np.float32] = share * np.log1p(inside.sum() / len(inside) / np.maximum(totals, 1))
    if len(inside) > 1:
        sizes = member.sum(axis=0)
        lift = (inside / sizes[:, None]) / np.maximum(totals / sizes.sum(), 1e-9)
        weights[lift < _MIN_LIFT] = 0
    fewest = np.maximum(2, _MIN_SHARE * member.sum(axis=0))[:, None]
    weights[inside < np.minimum(fewest, inside.max(axis=1, keepdims=True))] = 0
    return weights


def _phrase_similarity(counts: Any, vectors: Vectors, member: NDArray[np.float32]) -> NDArray[np.float32]:  # noqa: ANN401  # sparse
    """Cosine of phrase and cluster, both as centered means of papers; 1 where there is one cluster."""
    if member.shape[1] == 1:
        return np.ones((1, counts.shape[1]), dtype=np.float32)
    mean = vectors.mean(axis=0)
    totals = np.asarray(counts.sum(axis=0)).reshape(-1, 1)
    of_phrases = unit_rows(np.asarray(counts.T @ vectors / np.maximum(totals, 1), dtype=np.float32) - mean)
    of_clusters = unit_rows(np.asarray(member.T @ vectors / member.sum(axis=0)[:, None], dtype=np.float32) - mean)
    similarity: NDArray[np.float32] = np.maximum(of_clusters @ of_phrases.T, 0)
    return similarity


def _without_parts(ranked: Sequence[tuple[str, float]]) -> list[str]:
    """Drop a phrase that occurs mostly inside a longer one ("budgeting" in "participatory budgeting")."""
    return [
        phrase
        for phrase, papers in ranked
        if not any(f" {phrase} " in f" {longer} " and longer != phrase and n >= papers / 2 for longer, n in ranked)
    ]
