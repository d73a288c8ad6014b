"""Choose the names of sibling themes among the noun phrases of their titles."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.languages.detection import stop_words
from surveygen.languages.phrases import is_unspaced
from surveygen.languages.phrases import phrases as split_phrases
from surveygen.themes.induce.noun_phrases import is_noun_phrase, may_name, plural_of, spelling_of
from surveygen.themes.induce.terms import Text, find_acronyms, key_of, occurrences, phrases, stems

# A name covers this share of the members and at most that share of the siblings' members; the third number
# weighs it against phrases that reach the other bars, for themes that no phrase covers so well. Below them a theme is
# named by its most frequent phrases.
_BARS = ((0.4, 0.15, 1.0), (0.25, 0.15, 0.8), (0.5, 0.25, 0.7), (0.2, 0.07, 0.6))
_FEWEST = 2  # members that have a phrase
_MIN_PRECISION = 0.6  # of a phrase: share inside, of the sum of the shares inside and outside
_OFFERED = 40  # phrases of a theme whose uses are read
_MAX_WORDS = 4
_PAIR_SHARE, _PAIR_COVERS = 0.15, 0.35  # shares of the members that either phrase of a pair, and both, cover
_LEAST_SHARE = 0.12  # of the members that have the phrase which names a theme where none reaches the bars
_MIN_ENDS_JOINED = 0.5
_NO_BAR = len(_BARS)
_LEAST_SCORE = 0.01
_AGAIN = 0.1  # weight of members that another topic covers already
_SMALL = 4
_SELDOM_USED = 0.01  # factor of what names a theme only where there is nothing else
_MIN_ENDS = 0.25  # share of the uses of a phrase that it ends; one that ends fewer is cut off
_NEAR = 3  # words from one word of a phrase to the next, in texts that mention it
_COUNTED = 0.4  # share of the plural among the uses of a word that counts things
_MAX_OTHER, _MAX_TOPICS = 2, 4  # phrases of a theme without a name, and of a definition
_MANY_TEXTS = 1000  # from here on a phrase must stand in two titles to be considered
_LONGER = 0.6  # share of the uses of a phrase inside a longer one that replaces it
_NO_TITLE, _OFTEN, _SELDOM = 0.1, 0.4, 0.2  # share of a theme's titles that have a phrase
_ONE_WORD, _REPEATS_ABOVE, _NOT_ALONE = 0.7, 0.8, 0.25  # factors of single words, words from above, no use as a noun
_UNSPACED = frozenset(("ja", "zh"))
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class ChosenName:
    """The name of a theme.

    Attributes:
        phrases: one phrase that covers the theme, or several of a theme without such a phrase; none where the titles
            have no phrase that may be used.
        topics: further noun phrases of the titles, for the definition.
        language: ISO 639-1 code of the phrases.
    """

    phrases: tuple[str, ...]
    topics: tuple[str, ...]
    language: str
    covers: bool = True


def choose_names(
    texts: Sequence[Text],
    vectors: Vectors,
    clusters: NDArray[np.intp],
    *,
    taken: Collection[str] = (),
    above: Collection[str] = (),
    mixed: Collection[str] = (),
) -> tuple[ChosenName, ...]:
    """Choose a name for each of some sibling clusters, the clearest first.

    Args:
        texts: of all clusters.
        vectors: `(n, dim)` float32, rows of length 1, in the order of `texts`.
        clusters: `(n,)` cluster of each text, from 0 without gaps.
        taken: names of other themes; no name is equal to one, or a part of one, after folding.
        above: title of the survey and names of the themes above; no name consists of their words.
        mixed: phrases in the names of other themes that no phrase covers.
    """
    group = _Siblings.read(texts, vectors, clusters)
    unavailable = _Unavailable.of(taken, above, mixed, group.acronyms)
    offers = [group.offers(cluster, unavailable) for cluster in range(len(group.sizes))]
    ranked = sorted(
        (
            (-offer.score * _BARS[offer.bar][2], cluster, offer.words, offer)
            for cluster, of_one in enumerate(offers)
            for offer in of_one
            if offer.bar < _NO_BAR
        ),
        key=lambda item: item[:3],
    )
    names: dict[int, tuple[_Offer, ...]] = {}
    for _, cluster, _, offer in ranked:
        if cluster not in names and not unavailable.repeats(offer):
            names[cluster] = (offer,)
            unavailable.add(offer)
    for cluster in range(len(offers)):
        if cluster not in names and (pair := _related(offers[cluster], int(group.sizes[cluster]), unavailable)):
            names[cluster] = pair
            for offer in pair:
                unavailable.add(offer)
    pairs = {cluster for cluster, name in names.items() if len(name) > 1}
    for cluster, of_one in enumerate(offers):
        if cluster not in names:
            best = _most_telling(of_one, int(group.sizes[cluster]), unavailable)
            names[cluster] = (best,) if best else _frequent(of_one, unavailable)
            if best:
                unavailable.add(best)
    return tuple(
        group.chosen(cluster, names[cluster], offers[cluster], is_pair=cluster in pairs)
        for cluster in range(len(offers))
    )


def _related(offers: Sequence[_Offer], size: int, unavailable: _Unavailable) -> tuple[_Offer, ...]:
    """Return two phrases that cover a cluster together and that some members share, or nothing."""
    good = [
        offer
        for offer in offers
        if offer.is_noun
        and offer.score >= _LEAST_SCORE
        and len(offer.members) >= max(_FEWEST, _PAIR_SHARE * size)
        and not unavailable.repeats(offer)
    ]
    for first, second in itertools.combinations(good, 2):
        apart = not set(first.stems) & set(second.stems)
        if apart and first.members & second.members and len(first.members | second.members) >= _PAIR_COVERS * size:
            return first, second
    return ()


def _most_telling(offers: Sequence[_Offer], size: int, unavailable: _Unavailable) -> _Offer | None:
    """Return the phrase that tells most of a cluster which no phrase covers, if enough members have it."""
    good = [
        offer
        for offer in offers
        if offer.is_noun and len(offer.members) >= max(_FEWEST, _LEAST_SHARE * size) and not unavailable.repeats(offer)
    ]
    return max(good, key=lambda offer: (offer.score * len(offer.members) ** 0.5, offer.words), default=None)


@dataclass(frozen=True, slots=True)
class _Offer:
    """A phrase that may name a cluster: its words, stems, the members that have it, and how well it fits."""

    words: str
    stems: tuple[str, ...]
    members: frozenset[int]
    bar: int
    score: float
    is_noun: bool

    @property
    def key(self) -> str:
        return key_of(self.stems)


@dataclass(slots=True)
class _Unavailable:
    """What a name may not repeat."""

    taken: list[frozenset[str]]
    keys: set[str]
    above: frozenset[str]
    mixed: set[str]
    siblings: list[frozenset[str]] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        taken: Collection[str],
        above: Collection[str],
        mixed: Collection[str],
        acronyms: Mapping[str, tuple[str, ...]],
    ) -> _Unavailable:
        folded = [stems(name, acronyms) for name in taken]
        words = frozenset(part for name in above for part in stems(name, acronyms))
        listed = {key_of(stems(phrase, acronyms)) for phrase in mixed}
        return cls([frozenset(parts) for parts in folded], {key_of(parts) for parts in folded}, words, listed)

    def add(self, offer: _Offer) -> None:
        self.siblings.append(frozenset(offer.stems))
        self.keys.add(offer.key)

    def repeats(self, offer: _Offer) -> bool:
        """Whether a phrase is a name already, is part of one, or contains the name of a sibling."""
        parts = frozenset(offer.stems)
        return (
            offer.key in self.keys
            or any(parts <= other for other in self.taken)
            or any(parts <= other or other <= parts for other in self.siblings)
        )


def _frequent(offers: Sequence[_Offer], unavailable: _Unavailable) -> tuple[_Offer, ...]:
    """Return the phrases that together cover the most members of a cluster that none of them covers well."""
    chosen: list[_Offer] = []
    for offer in _cover(offers):
        if offer.key not in unavailable.mixed and not unavailable.repeats(offer):
            chosen.append(offer)
            unavailable.add(offer)
        if len(chosen) == _MAX_OTHER:
            break
    return tuple(chosen)


def _cover(offers: Sequence[_Offer]) -> Iterator[_Offer]:
    """Yield phrases, each time the one that adds the most members, weighed by its score."""
    left, covered = list(offers), set[int]()
    while left:
        best = max(left, key=lambda offer: offer.score * (_AGAIN + len(offer.members - covered) / len(offer.members)))
        left.remove(best)
        covered |= best.members
        yield best


@dataclass(frozen=True, slots=True)
class _Siblings:
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

    @classmethod
    def read(cls, texts: Sequence[Text], vectors: Vectors, clusters: NDArray[np.intp]) -> _Siblings:
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
        )

    def offers(self, cluster: int, unavailable: _Unavailable) -> list[_Offer]:
        """Return the phrases that may name a cluster, the best first."""
        size, others = int(self.sizes[cluster]), len(self.texts) - int(self.sizes[cluster])
        inside = self.inside[cluster]
        share, outside = inside / size, (self.inside.sum(axis=0) - inside) / max(others, 1)
        precision = share / np.maximum(share + outside, 1e-9)
        in_titles = self.in_titles[cluster] / size
        scores = np.sqrt(share) * precision**2 * (0.1 + self.similarity[cluster]) ** 2
        scores *= _NO_TITLE + np.minimum(in_titles, _OFTEN) / _OFTEN
        scores[(inside < 1) | (precision < _MIN_PRECISION) | (self.in_titles[cluster] < 1)] = 0
        scores[inside < min(_FEWEST, size)] *= _SELDOM_USED
        scores *= [self._factor(number, cluster, unavailable) if scores[number] else 0 for number in range(len(scores))]
        single = np.array([len(parts) == 1 for parts in self.parts], dtype=bool)
        scores[single & ((in_titles < _SELDOM) | (self.in_titles[cluster] < min(_FEWEST, size)))] *= _SELDOM_USED
        best = [int(n) for n in np.argsort(-scores, kind="stable")[: 2 * _OFFERED] if scores[n] > 0]
        best = [n for n in best if not self._inside_longer(n, best, inside)][:_OFFERED]
        uses = self._uses(cluster, best)
        offers: list[_Offer] = []
        for n in best:
            words, alone, ends = spelling_of(self.spellings[n], uses[n], self.languages[cluster])
            if self.languages[cluster] == "en":
                words = " ".join(map(self._lower, self._plural(words).split()))
            members = frozenset(row for row in self.members[n].tolist() if self.clusters[row] == cluster)
            bar = next(
                (b for b, (least, most, _) in enumerate(_BARS) if share[n] >= least and outside[n] <= most), _NO_BAR
            )
            least = _MIN_ENDS_JOINED if "-" in words.split()[-1] else _MIN_ENDS  # "zero-shot" describes
            weight = (1 if alone else _NOT_ALONE if " " in words else _SELDOM_USED) if ends >= least else _SELDOM_USED
            score = float(scores[n]) * weight
            is_term = len(self.parts[n]) > 1 or int(self.in_titles[cluster, n]) >= min(_FEWEST, size)
            bar = bar if score >= _LEAST_SCORE else _NO_BAR
            offers.append(
                _Offer(words, self.parts[n], members, bar, score, is_noun=alone and ends >= least and is_term)
            )
        return sorted(offers, key=lambda offer: (-offer.score, offer.words))

    def chosen(self, cluster: int, name: Sequence[_Offer], offers: Sequence[_Offer], *, is_pair: bool) -> ChosenName:
        """Complete a name with topics for the definition: other phrases of its titles that stand as nouns."""
        used = [frozenset(offer.stems) for offer in name]
        topics: list[str] = []
        fewest = min(_FEWEST, int(self.sizes[cluster]) // _SMALL)
        candidates = [offer for offer in offers if offer.is_noun and len(offer.members) >= fewest]
        for offer in _cover(candidates):
            parts = frozenset(offer.stems)
            repeated = any(parts <= other or len(parts & other) > len(parts) / 2 for other in used)
            if len(topics) < _MAX_TOPICS and not repeated:
                topics.append(offer.words)
                used.append(parts)
        covers = is_pair or len(name) == 1
        return ChosenName(tuple(offer.words for offer in name), tuple(topics), self.languages[cluster], covers)

    def _factor(self, number: int, cluster: int, unavailable: _Unavailable) -> float:
        """Return 0 for a phrase that may not name a cluster, less than 1 for one that says less than others."""
        parts = self.parts[number]
        language = self.languages[cluster]
        words = self.spellings[number].split()
        if unavailable.above.issuperset(parts):
            return 0
        if language == "en" and not (is_noun_phrase(words) and may_name(words, unavailable.above)):
            return 0
        repeated = _REPEATS_ABOVE if unavailable.above.intersection(parts) else 1
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
