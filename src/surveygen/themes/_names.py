"""Name groups of papers by the phrases that set them apart."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper

_WORD = re.compile(r"[^\W\d_][\w-]*|[^\w\s]")
_LONGEST = 3  # words of a phrase
_CANDIDATES = 60
_KEYWORDS = 8
_PHRASE_BONUS = 1.25  # a phrase names a theme better than a word: read over the names of benchmarks/themes_quick.py
_MAX_PHRASES = 20_000
_STEM = 5  # letters


@dataclass(frozen=True, slots=True)
class Label:
    """What a group is called, and the phrases that set it apart, best first."""

    name: str
    keywords: tuple[str, ...]


def label(papers: Sequence[Paper], vectors: Vectors, groups: NDArray[np.intp]) -> tuple[Label, ...]:
    """Name each group so that no name says the same as another.

    Phrases are ranked by class-based TF-IDF (Grootendorst, arXiv 2203.05794) times the likeness of the phrase's papers
    to the middle of the group, which matched human labels for .80 of groups against .68 (notes/theming.md B).

    Args:
        papers: all of them, in the order of `vectors`.
        vectors: `(n, dim)` float32, rows of length 1.
        groups: `(n,)` group of each paper, from 0 without gaps.
    """
    texts = [f"{paper.title}. {paper.abstract}" for paper in papers]
    ranked = _rank(texts, vectors, groups)
    sizes = np.bincount(groups)
    labels: dict[int, Label] = {}
    for group in sorted(range(len(sizes)), key=lambda g: (-sizes[g], g)):
        taken = [_stems(known.name) for known in labels.values()]
        members = [texts[row] for row in np.flatnonzero(groups == group)]
        labels[group] = _choose(ranked[group], taken, members, papers[int(np.flatnonzero(groups == group)[0])].title)
    return tuple(labels[group] for group in range(len(sizes)))


def phrases(text: str) -> Iterator[str]:
    """Yield the lower-case phrases of one to three words; none crosses a stop word or a punctuation mark.

    >>> list(phrases("We attack the aligned model."))
    ['attack', 'aligned', 'aligned model']
    """
    breaks, weak = _boilerplate()
    run: list[str] = []
    for token in [*_WORD.findall(text.lower()), "."]:
        if token not in breaks and len(token) > 1:
            run.append(token)
            continue
        for start in range(len(run)):
            for end in range(start + 1, min(start + _LONGEST, len(run)) + 1):
                if not weak.issuperset(run[start:end]):
                    yield " ".join(run[start:end])
        run = []


@cache
def _boilerplate() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that end a phrase, and those that are none by themselves."""
    data = tomllib.loads((files("surveygen.themes") / "boilerplate.toml").read_text(encoding="utf-8"))
    return frozenset(data["breaks"].split()) | ENGLISH_STOP_WORDS, frozenset(data["weak"].split())


def _rank(texts: Sequence[str], vectors: Vectors, groups: NDArray[np.intp]) -> list[list[str]]:
    """Return the candidate phrases of each group, best first."""
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
    weights = _class_tfidf(inside) * _likeness(counts, vectors, member)
    weights *= np.array([_PHRASE_BONUS if " " in word else 1.0 for word in words])
    best = np.argsort(-weights, axis=1, kind="stable")[:, :_CANDIDATES]
    return [
        _without_parts([(str(words[n]), inside[g, n]) for n in row if weights[g, n] > 0]) for g, row in enumerate(best)
    ]


def _class_tfidf(inside: NDArray[np.float32]) -> NDArray[np.float32]:
    """`(groups, phrases)` numbers of papers in, weights out."""
    totals = inside.sum(axis=0)
    share = inside / np.maximum(inside.sum(axis=1, keepdims=True), 1)
    weights: NDArray[np.float32] = share * np.log1p(inside.sum() / len(inside) / np.maximum(totals, 1))
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


def _choose(ranked: Sequence[str], taken: Sequence[frozenset[str]], members: Sequence[str], title: str) -> Label:
    distinct: list[str] = []
    for phrase in ranked:
        if not any(_stems(phrase) <= _stems(one) or _stems(one) <= _stems(phrase) for one in distinct):
            distinct.append(phrase)
    written = [_as_written(phrase, members) for phrase in distinct[:_KEYWORDS]]
    fresh = [phrase for phrase in written if not any(_stems(phrase) <= one or one <= _stems(phrase) for one in taken)]
    if not fresh:
        return Label(title, tuple(written))
    pair = [fresh[0], *(phrase for phrase in fresh[1:] if not _stems(phrase) & _stems(fresh[0]))][:2]
    name = next((phrase for phrase in fresh[:3] if " " in phrase), " and ".join(pair))
    return Label(name[0].upper() + name[1:], tuple(written))


def _stems(phrase: str) -> frozenset[str]:
    """Return the beginnings of the words, rough enough to join "hallucinate" with "hallucinations"."""
    return frozenset(word.rstrip("es")[:_STEM] for word in phrase.lower().split() if word != "and")


def _as_written(phrase: str, texts: Sequence[str]) -> str:
    """Return the phrase in the letter case of the texts ("RLHF"), in lower case where that is common enough."""
    spaced = r"\s+".join(re.escape(word) for word in phrase.split())
    pattern = re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)
    forms = Counter(" ".join(form.split()) for text in texts for form in pattern.findall(text))
    if not forms or forms[phrase] >= max(forms.values()) / 4:
        return phrase
    return min(forms, key=lambda form: (-forms[form], form))
