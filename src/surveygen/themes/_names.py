"""Name groups of papers by the phrases that set them apart."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper

_WORD = re.compile(r"[^\W\d_][\w-]*|[^\w\s]")
_LONGEST = 5  # words of a phrase
_CANDIDATES = 60
_KEYWORDS = 8
# Read over the names of the subjects of benchmarks/themes/induce.py: a phrase names a theme better than a word, what
# stands in titles better than what stands in abstracts only, and what everybody says names nothing.
_PHRASE_BONUS = 1.5
_TITLE_FLOOR = 0.1
_LEAST_LIFT = 1.3
_LEAST_SHARE = 0.05  # of a group's papers, and two papers at the least, must say what names it
_NAME_FROM = 5  # keywords among which a phrase is looked for before two words are joined
# Endings of words that are adjectives more often than nouns; such a word ends no name (`nouns` of boilerplate.toml do).
_ADJECTIVE = re.compile(r".*(?:al|ive|ous|able|ible|ed|ic|ary|less|ful|ly|-based|-aware|-driven)\Z")
_MAX_PHRASES = 20_000
_STEM = 5  # letters
_READ = 300  # papers of a group that are read for its name
_SMALL = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "via", "with")
)


@dataclass(frozen=True, slots=True)
class Label:
    """What a group is called, a sentence of what belongs there, and the phrases that set it apart, best first."""

    name: str
    description: str
    keywords: tuple[str, ...]


def label(
    papers: Sequence[Paper], vectors: Vectors, groups: NDArray[np.intp], *, taken: Sequence[str] = ()
) -> tuple[Label, ...]:
    """Name each group so that no name says the same as another.

    Phrases are ranked by class-based TF-IDF (Grootendorst, arXiv 2203.05794) times the likeness of the phrase's papers
    to the middle of the group, which matched human labels for .80 of groups against .68 (notes/theming.md B). Of a
    group of more than 300 papers every second, third ... is read.

    Args:
        papers: all of them, in the order of `vectors`.
        vectors: `(n, dim)` float32, rows of length 1.
        groups: `(n,)` group of each paper, from 0 without gaps.
        taken: names of other themes, which no name may repeat or be a part of.
    """
    sizes = np.bincount(groups)
    members = [np.flatnonzero(groups == group) for group in range(len(sizes))]
    read = np.sort(np.concatenate([rows[:: -(-len(rows) // _READ)] for rows in members]))
    texts = {row: f"{papers[row].title}. {papers[row].abstract}" for row in read.tolist()}
    ranked = _rank([papers[row] for row in read], list(texts.values()), vectors[read], groups[read])
    labels: dict[int, Label] = {}
    for group in sorted(range(len(sizes)), key=lambda g: (-sizes[g], g)):
        inside = [texts[row] for row in members[group].tolist() if row in texts]
        siblings = [known.name for known in labels.values()]
        titles = (papers[row].title for row in members[group].tolist())
        labels[group] = _choose(ranked[group], inside, titles, siblings, taken)
    return tuple(labels[group] for group in range(len(sizes)))


def phrases(text: str) -> Iterator[str]:
    """Yield the lower-case phrases of one to five words; none crosses a stop word or a punctuation mark.

    >>> list(phrases("We attack the aligned model."))
    ['attack', 'aligned', 'aligned model']
    """
    words = _boilerplate()
    run: list[str] = []
    for token in [*_WORD.findall(text.lower()), "."]:
        if token not in words.breaks and len(token) > 1:
            run.append(token)
            continue
        for start in range(len(run)):
            for end in range(start + 1, min(start + _LONGEST, len(run)) + 1):
                if not words.weak.issuperset(run[start:end]):
                    yield " ".join(run[start:end])
        run = []


@dataclass(frozen=True, slots=True)
class _Boilerplate:
    """Words that end a phrase, those that are none by themselves, and nouns that look like adjectives."""

    breaks: frozenset[str]
    weak: frozenset[str]
    nouns: frozenset[str]


@cache
def _boilerplate() -> _Boilerplate:
    data = tomllib.loads((files("surveygen.themes") / "boilerplate.toml").read_text(encoding="utf-8"))
    breaks, weak, nouns = (frozenset(data[key].split()) for key in ("breaks", "weak", "nouns"))
    return _Boilerplate(breaks | ENGLISH_STOP_WORDS, weak, nouns)


def _rank(papers: Sequence[Paper], texts: Sequence[str], vectors: Vectors, groups: NDArray[np.intp]) -> list[list[str]]:
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


def _choose(
    ranked: Sequence[str], texts: Sequence[str], titles: Iterator[str], siblings: Sequence[str], taken: Sequence[str]
) -> Label:
    distinct: list[str] = []
    for phrase in ranked:
        if not any(_stems(phrase) <= _stems(one) or _stems(one) <= _stems(phrase) for one in distinct):
            distinct.append(phrase)
    words = tuple(_as_written(phrase, texts) for phrase in distinct[:_KEYWORDS])
    fresh = [phrase for phrase in words if not _repeats(phrase, siblings, taken)]
    if not fresh:
        name = _unused(titles, {*siblings, *taken})
        return Label(name, f"Work like the paper “{name}”.", words)
    whole = (phrase for phrase in fresh[:_NAME_FROM] if " " in phrase and _ends_well(phrase))
    chosen = next(whole, None) or _joined(fresh)
    return Label(_titled(chosen), _definition(chosen, words), words)


def _joined(fresh: Sequence[str]) -> str:
    """Join the first two words that can stand for a theme; a phrase stands alone."""
    nouns = [phrase for phrase in fresh if _ends_well(phrase)] or fresh
    second = next((phrase for phrase in nouns[1:] if not _stems(phrase) & _stems(nouns[0]) and " " not in phrase), None)
    return nouns[0] if second is None or " " in nouns[0] else f"{nouns[0]} and {second}"


def _ends_well(phrase: str) -> bool:
    """Whether the last word can be a noun, as far as its ending tells."""
    last = phrase.lower().split()[-1]
    return not _ADJECTIVE.match(last) or last in _boilerplate().nouns


def _repeats(phrase: str, siblings: Sequence[str], taken: Sequence[str]) -> bool:
    """Whether a name would say what a sibling says, more or less of it, or be a part of any other name."""
    said = _stems(phrase)
    beside = (_stems(name) for name in siblings)
    return any(said <= one or one <= said for one in beside) or any(said <= _stems(name) for name in taken)


def _unused(titles: Iterator[str], used: Collection[str]) -> str:
    """Return the first title that is no name yet, with a number behind it if all are."""
    title = ""
    for title in titles:
        if title not in used:
            return title
    return next(name for n in count(2) if (name := f"{title} ({n})") not in used)


def _definition(chosen: str, words: Sequence[str]) -> str:
    """Write what belongs to the theme as one sentence."""
    more = [word for word in words if not _stems(word) & _stems(chosen)][:4]
    if not more:
        return f"Work on {chosen}."
    *most, last = more
    return (
        f"Work on {chosen}, which deals with {', '.join(most)} and {last}." if most else f"Work on {chosen} and {last}."
    )


def _titled(phrase: str) -> str:
    """Write a name in title case; a word with a capital of its own stays as it is.

    >>> _titled("chain-of-thought prompting of LLMs")
    'Chain-of-Thought Prompting of LLMs'
    """
    words = [_capital(word, first=n == 0) for n, word in enumerate(phrase.split())]
    return " ".join(words)


def _capital(word: str, *, first: bool) -> str:
    parts = word.split("-")
    return "-".join(
        part if part != part.lower() or (part in _SMALL and not (first and n == 0)) else part[:1].upper() + part[1:]
        for n, part in enumerate(parts)
    )


def _stems(phrase: str) -> frozenset[str]:
    """Return the beginnings of the words, rough enough to join "hallucinate" with "hallucinations"."""
    return frozenset(
        word.rstrip("es")[:_STEM] for word in re.split(r"[\s-]+", phrase.lower()) if word and word not in _SMALL
    )


def _as_written(phrase: str, texts: Sequence[str]) -> str:
    """Return the phrase in the letter case of the texts ("RLHF"), in lower case where that is common enough."""
    spaced = r"\s+".join(re.escape(word) for word in phrase.split())
    pattern = re.compile(rf"(?<!\w){spaced}(?!\w)", re.IGNORECASE)
    forms = Counter(" ".join(form.split()) for text in texts for form in pattern.findall(text))
    if not forms or forms[phrase] >= max(forms.values()) / 4:
        return phrase
    return min(forms, key=lambda form: (-forms[form], sum(map(str.isupper, form)), form))
