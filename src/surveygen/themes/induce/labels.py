"""Name clusters of papers by the phrases that distinguish them."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper

_MAX_KEYWORDS = 8
_MAX_NAME_CANDIDATES = 5  # keywords among which a phrase is looked for before two words are joined
# Endings of words that are adjectives more often than nouns; such a word ends no name (`nouns` of boilerplate.toml do).
_ADJECTIVE = re.compile(r".*(?:al|ive|ous|able|ible|ed|ic|ary|less|ful|ly|-based|-aware|-driven)\Z")
# Shares of the occurrences of a phrase, read from the names of fourteen subjects: a phrase that ends in fewer than the
# first share is cut off, and a word that follows in the second belongs to it; below the third it names nothing alone.
_CUT_OFF, _CONTINUED, _MIN_ENDS = 0.2, 0.35, 0.1
_STEM = 5  # letters
_MAX_READ = 300  # papers of a cluster that are read for its name
_SMALL_WORDS = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "via", "with")
)
_TOKEN = re.compile(r"[^\W\d_][\w-]*|[^\w\s]")
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
class ClusterLabel:
    """The name of a cluster, a sentence on what belongs to it, and the phrases that distinguish it, best first."""

    name: str
    description: str
    keywords: tuple[str, ...]


def label_clusters(
    papers: Sequence[Paper], vectors: Vectors, clusters: NDArray[np.intp], *, taken: Sequence[str] = ()
) -> tuple[ClusterLabel, ...]:
    """Name each cluster so that no two names mean the same.

    Keywords are ranked as in `rank_phrases`; the best matched the human label for .80 of clusters, ranked by
    class-based TF-IDF alone for .68 (25 sub-themes of 1,222 IJCAI papers). Of a cluster of more than 300 papers every
    second, third ... is read.

    Args:
        papers: those of all clusters, in the order of `vectors`.
        vectors: `(n, dim)` float32, rows of length 1.
        clusters: `(n,)` cluster of each paper, from 0 without gaps.
        taken: names of other themes, which no name may repeat or be a part of.
    """
    sizes = np.bincount(clusters)
    members = [np.flatnonzero(clusters == cluster) for cluster in range(len(sizes))]
    read = np.sort(np.concatenate([rows[:: -(-len(rows) // _MAX_READ)] for rows in members]))
    texts = {row: f"{papers[row].title}. {papers[row].abstract}" for row in read.tolist()}
    ranked = rank_phrases([papers[row] for row in read], list(texts.values()), vectors[read], clusters[read])
    labels: dict[int, ClusterLabel] = {}
    for cluster in sorted(range(len(sizes)), key=lambda n: (-sizes[n], n)):
        rows = members[cluster].tolist()
        siblings = [label.name for label in labels.values()]
        texts_inside = [texts[row] for row in rows if row in texts]
        labels[cluster] = _label(ranked[cluster], texts_inside, [papers[row].title for row in rows], siblings, taken)
    return tuple(labels[cluster] for cluster in range(len(sizes)))


def _label(
    ranked: Sequence[str], texts: Sequence[str], titles: Sequence[str], siblings: Sequence[str], taken: Sequence[str]
) -> ClusterLabel:
    """Choose a name among the ranked phrases, or the title of a paper where all repeat other names."""
    distinct: list[str] = []
    for phrase in ranked:
        if not any(_stems(phrase) <= _stems(other) or _stems(other) <= _stems(phrase) for other in distinct):
            distinct.append(phrase)
    keywords = tuple(_as_written(phrase, texts) for phrase in distinct[:_MAX_KEYWORDS])
    unused = [phrase for phrase in keywords if not _repeats(phrase, siblings, taken)]
    if not unused:
        numbered = (f"{titles[-1]} ({n})" for n in count(2))
        title = next(title for title in chain(titles, numbered) if title not in siblings and title not in taken)
        return ClusterLabel(title, f"Work like the paper “{title}”.", keywords)
    name = next((word for word in unused[:_MAX_NAME_CANDIDATES] if " " in word and _may_be_noun(word)), "")
    if name:
        ends, next_word, follows = _continuation(name, texts)
        if ends < _CUT_OFF and follows >= _CONTINUED:  # "named entity" is mostly followed by "recognition"
            completed = _as_written(f"{name} {next_word}", texts)
            name = name if _repeats(completed, siblings, taken) else completed
    else:
        # The first two words that can name a theme are joined; a phrase is used alone.
        nouns = [word for word in unused if _may_be_noun(word) and _continuation(word, texts)[0] >= _MIN_ENDS] or unused
        second = next((word for word in nouns[1:] if not _stems(word) & _stems(nouns[0]) and " " not in word), None)
        name = nouns[0] if second is None or " " in nouns[0] else f"{nouns[0]} and {second}"
    description = f"Work on {name}."
    if more := [word for word in keywords if not _stems(word) & _stems(name)][:4]:
        *most, last = more
        description = f"Work on {name}, which deals with {', '.join(most)}{' and ' * bool(most)}{last}."
    return ClusterLabel(title_case(name), description, keywords)


def _may_be_noun(phrase: str) -> bool:
    """Whether the last word can be a noun, judged by its ending."""
    last = phrase.lower().split()[-1]
    return not _ADJECTIVE.match(last) or last in word_lists().nouns


def _continuation(phrase: str, texts: Sequence[str]) -> tuple[float, str, float]:
    """Return the share of occurrences where a phrase ends, the most frequent next word, and the share of that word."""
    breaks = word_lists().breaks
    following: Counter[str] = Counter()
    pattern = _occurrences(phrase, rf"(?:\s+({_TOKEN.pattern}))?")
    for text in texts:
        following.update({(match[1] or "").lower() for match in pattern.finditer(text)})
    words = {word: n for word, n in following.items() if word[:1].isalpha() and word not in breaks}
    ends = following.total() - sum(words.values())
    word = max(words, key=lambda word: (words[word], word), default="")
    total = max(following.total(), 1)
    return ends / total, word, words.get(word, 0) / total


def _repeats(phrase: str, siblings: Sequence[str], taken: Sequence[str]) -> bool:
    """Whether a name contains or is part of the name of a sibling, or is part of any other name."""
    stems = _stems(phrase)
    sibling_stems = (_stems(name) for name in siblings)
    return any(stems <= other or other <= stems for other in sibling_stems) or any(
        stems <= _stems(name) for name in taken
    )


def title_case(phrase: str) -> str:
    """Write a name in title case; a word with a capital of its own stays as it is.

    >>> title_case("chain-of-thought prompting of LLMs")
    'Chain-of-Thought Prompting of LLMs'
    """
    words: list[str] = []
    for word in phrase.split():
        parts = [
            part if part != part.lower() or (part in _SMALL_WORDS and (words or n)) else part[:1].upper() + part[1:]
            for n, part in enumerate(word.split("-"))
        ]
        words.append("-".join(parts))
    return " ".join(words)


def _stems(phrase: str) -> frozenset[str]:
    """Return the first letters of the words, rough enough to join "hallucinate" with "hallucinations"."""
    return frozenset(
        word.rstrip("es")[:_STEM] for word in re.split(r"[\s-]+", phrase.lower()) if word and word not in _SMALL_WORDS
    )


def _as_written(phrase: str, texts: Sequence[str]) -> str:
    """Return the phrase in the letter case of the texts ("RLHF"), in lower case where that is common enough."""
    forms = Counter(" ".join(form.split()) for text in texts for form in _occurrences(phrase).findall(text))
    if not forms or forms[phrase] >= max(forms.values()) / 4:
        return phrase
    return min(forms, key=lambda form: (-forms[form], sum(map(str.isupper, form)), form))


def _occurrences(phrase: str, suffix: str = "") -> re.Pattern[str]:
    """Return a pattern that matches a phrase in any letter case, and a suffix after it."""
    spaced = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<!\w){spaced}(?!\w){suffix}", re.IGNORECASE)


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
    for token in [*_TOKEN.findall(text.lower()), "."]:
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
    ranked = [
        [(str(names[n]), inside[cluster, n]) for n in row if weights[cluster, n] > 0]
        for cluster, row in enumerate(best)
    ]
    return [  # without phrases that occur mostly inside a longer one ("budgeting" in "participatory budgeting")
        [
            phrase
            for phrase, number in of_cluster
            if not any(
                f" {phrase} " in f" {longer} " and longer != phrase and n >= number / 2 for longer, n in of_cluster
            )
        ]
        for of_cluster in ranked
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
