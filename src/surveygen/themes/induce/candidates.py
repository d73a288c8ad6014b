"""Find the noun phrases of titles that may name sibling themes, and score them."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.languages.detection import stop_words
from surveygen.languages.phrases import is_unspaced
from surveygen.languages.phrases import phrases as split_phrases
from surveygen.themes.induce.noun_phrases import is_noun_phrase, may_name, plural_of, spelling_of
from surveygen.themes.induce.terms import Text, find_acronyms, key_of, occurrences, phrases, stems

# Chosen on the subjects and label sets for choosing of benchmarks/themes/names.py.
_FEWEST = 2  # members that have a phrase
_MIN_PRECISION = 0.55  # of a phrase: share inside, of the sum of the shares inside and outside
_MENTION = 0.4  # weight of a text that has a phrase in its abstract only
_IN_TITLES = 0.3  # share of the members with a phrase that have it in the title; what is used, not studied, has less
# A single word names a theme if these shares of all members, and of those that mention it, have it in the title.
_SELDOM, _SELDOM_OF = 0.15, 0.4
_STANDS = 0.25  # share of the members that have a phrase of several words which counts as a noun, however it is used
_OFFERED = 40  # phrases of a theme whose uses are read
_MAX_WORDS = 4
_ROOT = 5  # letters
_SELDOM_USED = 0.01  # factor of what names a theme only where there is nothing else
_MIN_ENDS = 0.25  # share of the uses of a phrase that it ends; one that ends fewer is cut off
_MIN_ENDS_JOINED = 0.5
_NEAR = 3  # words from one word of a phrase to the next, in texts that mention it
_COUNTED = 0.4  # share of the plural among the uses of a word that counts things
_MANY_TEXTS = 1000  # from here on a phrase must stand in two titles to be considered
_LONGER = 0.6  # share of the uses of a phrase inside a longer one that replaces it
_ONE_WORD, _REPEATS_ABOVE, _NOT_ALONE = 0.7, 0.8, 0.25  # factors of single words, words from above, no use as a noun
_UNSPACED = frozenset(("ja", "zh"))
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class NameCandidate:
    """A phrase that may name a cluster.

    Attributes:
        words: as texts write them. stems: what their forms share.
        members: rows of the texts of the cluster that mention it. outside: share of the siblings' texts that do.
        score: how well it fits, above 0. is_noun: whether texts use it as a noun of its own.
    """

    words: str
    stems: tuple[str, ...]
    members: frozenset[int]
    outside: float
    score: float
    is_noun: bool

    @property
    def key(self) -> str:
        """The same for all spellings of the phrase."""
        return key_of(self.stems)

    @property
    def roots(self) -> frozenset[str]:
        """Beginnings of the words: "explainable" and "explainability" have the same one."""
        return frozenset(part[:_ROOT] for part in self.stems)


@dataclass(frozen=True, slots=True)
class Siblings:
    """Texts of sibling clusters, the noun phrases of their titles, and which text has which."""

    texts: Sequence[Text]
    clusters: NDArray[np.intp]
    sizes: NDArray[np.intp]
    languages: tuple[str, ...]
    acronyms: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, int]
    parts: Sequence[tuple[str, ...]]
    spellings: Sequence[str]
    words: Counter[str]  # of all texts
    members: Sequence[NDArray[np.intp]]  # rows of the texts that mention each phrase
    inside: NDArray[np.float64]  # (clusters, phrases)
    in_titles: NDArray[np.float64]
    similarity: NDArray[np.float32]
    breadth: NDArray[np.float64]  # (clusters, phrases)

    @classmethod
    def read(
        cls, texts: Sequence[Text], vectors: Vectors, clusters: NDArray[np.intp], below: NDArray[np.intp] | None
    ) -> Siblings:
        """Read texts.

        Args:
            texts: of all clusters.
            vectors: `(n, dim)` float32, rows of length 1, in the order of `texts`.
            clusters: `(n,)` cluster of each text, from 0 without gaps.
            below: `(n,)` sub-theme of each text, numbered within its cluster; None where there are none.
        """
        sizes = np.bincount(clusters)
        languages = tuple(
            Counter(texts[row].language for row in np.flatnonzero(clusters == n).tolist()).most_common(1)[0][0]
            for n in range(len(sizes))
        )
        acronyms = find_acronyms(texts)
        spellings, parts = _title_phrases(texts, set(languages), acronyms)
        numbers = {key: number for number, key in enumerate(spellings)}
        members = _mentions(texts, parts, acronyms)
        found = [(clusters[row], n) for row, text in enumerate(texts) for n in _in_title(text, numbers, acronyms)]
        inside, in_titles = (np.zeros((len(sizes), len(numbers))) for _ in range(2))
        for number, rows in enumerate(members):
            inside[:, number] = np.bincount(clusters[rows], minlength=len(sizes))
        for cluster, number in found:
            in_titles[cluster, number] += 1
        return cls(
            texts,
            clusters,
            sizes,
            languages,
            acronyms,
            numbers,
            parts,
            list(spellings.values()),
            Counter(word for text in texts for word in re.findall(r"\w+", text.text)),
            members,
            inside,
            in_titles,
            _similarity(members, vectors, clusters),
            _breadth(members, clusters, np.zeros_like(clusters) if below is None else below),
        )

    def candidates(self, cluster: int, above: frozenset[str]) -> list[NameCandidate]:
        """Return the phrases that may name a cluster, the best first.

        Args:
            cluster: its number.
            above: stems of the title of the survey and of the themes above.
        """
        size, inside, in_titles = int(self.sizes[cluster]), self.inside[cluster], self.in_titles[cluster]
        outside = (self.inside.sum(axis=0) - inside) / max(len(self.texts) - size, 1)
        of_title = (in_titles + 0.5) / (inside + 2)
        single = np.array([len(parts) == 1 for parts in self.parts], dtype=bool)
        seldom = (in_titles < max(min(_FEWEST, size), _SELDOM * size)) | (of_title < _SELDOM_OF)
        scores = self._scores(cluster, outside) * np.minimum(of_title / _IN_TITLES, 1)
        scores *= [self._factor(number, cluster, above) if scores[number] else 0 for number in range(len(scores))]
        scores[single & seldom] *= _SELDOM_USED
        best = [int(n) for n in np.argsort(-scores, kind="stable")[: 2 * _OFFERED] if scores[n] > 0]
        best = [n for n in best if not self._inside_longer(n, best, inside)][:_OFFERED]
        uses = self._uses(cluster, best)
        made: list[NameCandidate] = []
        for n in best:
            words, alone, ends = spelling_of(self.spellings[n], uses[n], self.languages[cluster])
            if self.languages[cluster] == "en":
                words = " ".join(map(self._lower, self._plural(words).split()))
            members = frozenset(row for row in self.members[n].tolist() if self.clusters[row] == cluster)
            least = _MIN_ENDS_JOINED if "-" in words.split()[-1] else _MIN_ENDS  # "zero-shot" describes
            stands = alone or (not single[n] and inside[n] >= _STANDS * size)
            weight = (1 if stands else _NOT_ALONE if " " in words else _SELDOM_USED) if ends >= least else _SELDOM_USED
            is_noun = stands and ends >= least and not (single[n] and seldom[n])
            made.append(
                NameCandidate(words, self.parts[n], members, float(outside[n]), float(scores[n]) * weight, is_noun)
            )
        return sorted(made, key=lambda candidate: (-candidate.score, candidate.words))

    def _scores(self, cluster: int, outside: NDArray[np.float64]) -> NDArray[np.float64]:
        """Score all phrases for a cluster by the members that have them, the others, similarity and breadth."""
        size, inside, in_titles = int(self.sizes[cluster]), self.inside[cluster], self.in_titles[cluster]
        share = inside / size
        precision = share / np.maximum(share + outside, 1e-9)
        about = (_MENTION * inside + (1 - _MENTION) * in_titles) / size
        scores: NDArray[np.float64] = np.sqrt(about) * precision**2 * self.breadth[cluster]
        scores *= (0.1 + self.similarity[cluster]) ** 2
        scores[(inside < 1) | (precision < _MIN_PRECISION) | (in_titles < 1)] = 0
        scores[inside < min(_FEWEST, size)] *= _SELDOM_USED
        return scores

    def _factor(self, number: int, cluster: int, above: frozenset[str]) -> float:
        """Return 0 for a phrase that may not name a cluster, less than 1 for one that says less than others."""
        parts = self.parts[number]
        language = self.languages[cluster]
        words = self.spellings[number].split()
        if above.issuperset(parts):
            return 0
        if language == "en" and not (is_noun_phrase(words) and may_name(words, above)):
            return 0
        repeated = _REPEATS_ABOVE if above.intersection(parts) else 1
        return repeated * (_ONE_WORD if len(parts) == 1 and not is_unspaced(words[0]) else 1)

    def _lower(self, word: str) -> str:
        """Write a word in lower case if the texts do so outside titles."""
        parts = word.split("-")
        if any(part[1:] != part[1:].lower() for part in parts):
            return word
        lower = [part.lower() for part in parts]
        often = all(self.words[b] >= self.words[a] / 4 for a, b in zip(parts, lower, strict=True))
        return "-".join(lower) if often else word

    def _plural(self, words: str) -> str:
        """Put the last word of a phrase in the plural if it counts things: its plural is used often enough."""
        head, _, last = words.rpartition(" ")
        plural = plural_of(last)
        start, end = last.lower().rpartition("-")[2], plural.lower().rpartition("-")[2]
        often = self.words[end] >= _COUNTED * (self.words[start] + self.words[end])
        if last[1:] != last[1:].lower() and not self.words[plural]:  # a name in capitals
            return words
        return f"{head} {plural}".strip() if self.words[end] and often else words

    def _inside_longer(self, number: int, best: Sequence[int], inside: NDArray[np.float64]) -> bool:
        """Whether most of the texts with a phrase have it inside a longer one that may name the cluster as well."""
        spelling, parts = self.spellings[number], self.parts[number]
        for other in best:
            if other == number or inside[other] < _LONGER * inside[number]:
                continue
            longer = self.parts[other]
            if is_unspaced(spelling):
                within = spelling in self.spellings[other]
            else:
                within = len(longer) > len(parts) and f" {' '.join(parts)} " in f" {' '.join(longer)} "
            if within:
                return True
        return False

    def _uses(self, cluster: int, shown: Sequence[int]) -> dict[int, list[tuple[str, str, str]]]:
        """Return how the texts of a cluster write some phrases: the words, and those before and after."""
        numbers = {key_of(self.parts[n]): n for n in shown}
        uses: dict[int, list[tuple[str, str, str]]] = {n: [] for n in shown}
        for row in np.flatnonzero(self.clusters == cluster).tolist():
            for at in occurrences(self.texts[row].text, numbers, self.acronyms, swapped=False):
                uses[at.number].append((at.words, at.before, at.after))
        return uses


def _title_phrases(
    texts: Sequence[Text], languages: Collection[str], acronyms: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, str], list[tuple[str, ...]]]:
    """Return the phrases of all titles by key in their most frequent spelling, and the stems of each."""
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    parts: dict[str, tuple[str, ...]] = {}
    lower = {acronym.lower(): form for acronym, form in acronyms.items()}
    for text in texts:
        for phrase in phrases(text.title, text.language) if text.language in languages else ():
            if len(phrase.split()) > _MAX_WORDS:
                continue
            folded = (phrase,) if is_unspaced(phrase) else stems(phrase, lower)
            parts[key_of(folded)] = folded
            spellings[key_of(folded)][phrase] += 1
    fewest = 2 if len(texts) > _MANY_TEXTS else 1
    chosen = {
        key: min(forms, key=lambda form: (-forms[form], form))
        for key, forms in spellings.items()
        if key and forms.total() >= fewest
    }
    return chosen, [parts[key] for key in chosen]


def _in_title(text: Text, numbers: Mapping[str, int], acronyms: Mapping[str, tuple[str, ...]]) -> list[int]:
    """Return the numbers of the phrases that a title has, as they stand or swapped around "of"."""
    if text.language in _UNSPACED:
        return sorted(numbers[it] for it in _runs(text.title, text.language) if it in numbers)
    return sorted({at.number for at in occurrences(text.title, numbers, acronyms)})


def _runs(text: str, language: str) -> set[str]:
    return set(split_phrases(text.lower(), language, stop_words(language), 1))


def _mentions(
    texts: Sequence[Text],
    parts: Sequence[tuple[str, ...]],
    acronyms: Mapping[str, tuple[str, ...]],
) -> list[NDArray[np.intp]]:
    """Return the rows of the texts that mention each phrase: its words stand near each other in any order and form."""
    near: defaultdict[tuple[str, str], set[int]] = defaultdict(set)  # sentences with two stems near each other
    text_of: list[int] = []
    wanted = {pair for folded in parts for pair in _pairs(folded)}
    for row, text in enumerate(texts):
        is_unspaced_text = text.language in _UNSPACED
        for sentence in (text.text,) if is_unspaced_text else _SENTENCE_END.split(text.text):
            if is_unspaced_text:
                pairs = {(run, run) for run in _runs(sentence, text.language)}
            else:
                run = stems(sentence, acronyms)
                pairs = {_pair(a, b) for n, a in enumerate(run) for b in run[n : n + _NEAR + 1]}
            for pair in pairs & wanted:
                near[pair].add(len(text_of))
            text_of.append(row)
    members: list[NDArray[np.intp]] = []
    for folded in parts:
        found = set.intersection(*(near[pair] for pair in _pairs(folded)))
        members.append(np.array(sorted({text_of[sentence] for sentence in found}), dtype=np.intp))
    return members


def _pairs(folded: Sequence[str]) -> list[tuple[str, str]]:
    """Return the neighbors in a phrase; of a single word, itself twice."""
    return [_pair(a, b) for a, b in itertools.pairwise(folded)] or [(folded[0], folded[0])]


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a <= b else (b, a)


def _similarity(
    members: Sequence[NDArray[np.intp]], vectors: Vectors, clusters: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Cosine of phrase and cluster, both as centered means of texts, 0 at the least; 1 where there is one cluster."""
    number = int(clusters.max()) + 1
    if number == 1 or not members:
        return np.ones((number, len(members)), dtype=np.float32)
    mean, nothing = vectors.mean(axis=0), np.zeros(vectors.shape[1], dtype=np.float32)
    of_phrases = unit_rows(np.stack([vectors[rows].mean(axis=0) - mean if len(rows) else nothing for rows in members]))
    of_clusters = unit_rows(np.stack([vectors[clusters == n].mean(axis=0) - mean for n in range(number)]))
    similarity: NDArray[np.float32] = np.maximum(of_clusters @ of_phrases.T, 0).astype(np.float32)
    return similarity


def _breadth(
    members: Sequence[NDArray[np.intp]], clusters: NDArray[np.intp], below: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return over how many sub-themes a phrase is spread, as a share of them: the exponential of its entropy."""
    number = int(clusters.max()) + 1
    breadth = np.ones((number, len(members)))
    for cluster in range(number):
        sizes = np.bincount(below[clusters == cluster])
        if len(sizes) > 1 and members:
            inside = (below[rows[clusters[rows] == cluster]] for rows in members)
            shares = np.stack([np.bincount(rows, minlength=len(sizes)) for rows in inside]) / np.maximum(sizes, 1)
            parts = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-9)
            entropy = -(parts * np.log(np.maximum(parts, 1e-9))).sum(axis=1)
            breadth[cluster] = np.exp(entropy) / len(sizes)
    return breadth
