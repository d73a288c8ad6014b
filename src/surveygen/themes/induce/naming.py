"""Choose the names of sibling themes among the noun phrases of their titles."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors
from surveygen.themes.induce.candidates import NameCandidate, Siblings
from surveygen.themes.induce.terms import Text, key_of, stems

# Chosen on the subjects and label sets for choosing of benchmarks/themes/names.py.
_COMMON, _ELSEWHERE = 0.4, 0.3  # least share of the members, largest of the siblings', that have a phrase used alone
_NEAR_BEST = 0.5  # of the score of the best phrase, which a phrase used alone reaches
_FEWEST = 2  # members that have a phrase
_PART = (0.08, 0.04)  # least share of the members that have a phrase; the second where the first leaves no name
_ADDS = 0.05  # share of the members that either phrase of a pair adds
_PAIR = 0.9  # weight of a pair against one phrase
_PAIRED = 25  # best phrases that are paired
_COVERS = 0.1  # share of the members that a name covers; below, the theme has no subject
_LEAST_SCORE = 0.001  # of the last resort before a theme is said to have no subject
_AGAIN = 0.1  # weight of members that another topic covers already
_SMALL = 4
_MAX_OTHER, _MAX_TOPICS = 2, 4  # phrases of a theme without a name, and of a definition


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
    below: NDArray[np.intp] | None = None,
) -> tuple[ChosenName, ...]:
    """Choose a name for each of some sibling clusters, the clearest first.

    Args:
        texts: of all clusters.
        vectors: `(n, dim)` float32, rows of length 1, in the order of `texts`.
        clusters: `(n,)` cluster of each text, from 0 without gaps.
        taken: names of other themes; no name is equal to one, or a part of one, after folding.
        above: title of the survey and names of the themes above; no name consists of their words.
        mixed: phrases in the names of other themes that no phrase covers.
        below: `(n,)` sub-theme of each text, numbered within its cluster; the name of a theme is not the subject of
            one of its sub-themes alone.
    """
    group = Siblings.read(texts, vectors, clusters, below)
    unavailable = _Unavailable.of(taken, above, mixed, group.acronyms)
    candidates = [group.candidates(cluster, unavailable.above) for cluster in range(len(group.sizes))]
    names = _common(candidates, group.sizes, unavailable)
    without = [cluster for cluster in range(len(candidates)) if cluster not in names]
    for cluster in sorted(without, key=lambda n: -max((candidate.score for candidate in candidates[n]), default=0)):
        size = int(group.sizes[cluster])
        tried = (
            *(_one_or_two(candidates[cluster], size, unavailable, least) for least in _PART),
            _shared(candidates[cluster], size, unavailable),
        )
        names[cluster] = next((name for name in tried if name), ())
        for candidate in names[cluster]:
            unavailable.add(candidate)
    mixed_clusters = {cluster for cluster, name in names.items() if not name}
    for cluster in sorted(mixed_clusters):
        names[cluster] = _frequent(candidates[cluster], unavailable)
    return tuple(
        ChosenName(
            tuple(candidate.words for candidate in names[cluster]),
            _topics(names[cluster], candidates[cluster], int(group.sizes[cluster])),
            group.languages[cluster],
            cluster not in mixed_clusters,
        )
        for cluster in range(len(candidates))
    )


def _common(
    candidates: Sequence[Sequence[NameCandidate]], sizes: NDArray[np.intp], unavailable: _Unavailable
) -> dict[int, tuple[NameCandidate, ...]]:
    """Name clusters by one phrase that many of their members and few of the others have, the clearest first."""
    names: dict[int, tuple[NameCandidate, ...]] = {}
    ranked = [
        (cluster, candidate)
        for cluster, of_one in enumerate(candidates)
        for candidate in of_one
        if candidate.is_noun
        and len(candidate.members) >= _COMMON * sizes[cluster]
        and candidate.outside <= _ELSEWHERE
        and candidate.score >= _NEAR_BEST * max(other.score for other in of_one if other.is_noun)
    ]
    for cluster, candidate in sorted(ranked, key=lambda it: (-it[1].score, it[0], it[1].words)):
        if cluster not in names and not unavailable.repeats(candidate):
            names[cluster] = (candidate,)
            unavailable.add(candidate)
    return names


def _one_or_two(
    candidates: Sequence[NameCandidate], size: int, unavailable: _Unavailable, least: float
) -> tuple[NameCandidate, ...]:
    """Return the phrase, or the two, that best combine score and covered members; nothing if they cover too few."""
    good = [
        candidate
        for candidate in candidates
        if candidate.is_noun
        and len(candidate.members) >= max(_FEWEST, least * size)
        and not unavailable.repeats(candidate)
    ][:_PAIRED]
    names: list[tuple[NameCandidate, ...]] = [(candidate,) for candidate in good]
    for first, second in itertools.combinations(good, 2):
        adds = min(len(first.members - second.members), len(second.members - first.members))
        if adds >= min(_ADDS, least) * size and first.roots.isdisjoint(second.roots):
            names.append((first, second))

    def value(name: tuple[NameCandidate, ...]) -> float:
        score = sum(candidate.score for candidate in name) / len(name)
        return math.sqrt(score * _covered(name)) * (_PAIR if len(name) > 1 else 1)

    enough = [name for name in names if _covered(name) >= _COVERS * size]
    return max(enough, key=value, default=())


def _shared(candidates: Sequence[NameCandidate], size: int, unavailable: _Unavailable) -> tuple[NameCandidate, ...]:
    """Return the best phrase of several words that some members share, though it seldom stands as a noun by itself."""
    least = max(_FEWEST, _COVERS * size)
    good = (it for it in candidates if len(it.stems) > 1 and len(it.members) >= least and it.score >= _LEAST_SCORE)
    return next(((candidate,) for candidate in good if not unavailable.repeats(candidate)), ())


def _covered(name: Sequence[NameCandidate]) -> int:
    """Return how many members have one of some phrases."""
    return len(frozenset[int]().union(*(candidate.members for candidate in name)))


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

    def add(self, candidate: NameCandidate) -> None:
        self.siblings.append(frozenset(candidate.stems))
        self.keys.add(candidate.key)

    def repeats(self, candidate: NameCandidate) -> bool:
        """Whether a phrase is a name already, is part of one, or contains the name of a sibling."""
        parts = frozenset(candidate.stems)
        return (
            candidate.key in self.keys
            or any(parts <= other for other in self.taken)
            or any(parts <= other or other <= parts for other in self.siblings)
        )


def _frequent(candidates: Sequence[NameCandidate], unavailable: _Unavailable) -> tuple[NameCandidate, ...]:
    """Return the phrases that together cover the most members of a cluster that none of them covers well."""
    chosen: list[NameCandidate] = []
    for candidate in _cover(candidates):
        if candidate.key not in unavailable.mixed and not unavailable.repeats(candidate):
            chosen.append(candidate)
            unavailable.add(candidate)
        if len(chosen) == _MAX_OTHER:
            break
    return tuple(chosen)


def _cover(candidates: Sequence[NameCandidate]) -> Iterator[NameCandidate]:
    """Yield phrases, each time the one that adds the most members, weighed by its score."""
    left, covered = list(candidates), set[int]()
    while left:
        best = max(
            left,
            key=lambda candidate: (
                candidate.score * (_AGAIN + len(candidate.members - covered) / len(candidate.members))
            ),
        )
        left.remove(best)
        covered |= best.members
        yield best


def _topics(name: Sequence[NameCandidate], candidates: Sequence[NameCandidate], size: int) -> tuple[str, ...]:
    """Return topics for the definition: other phrases of the titles that stand as nouns."""
    used = [frozenset(candidate.stems) for candidate in name]
    topics: list[str] = []
    fewest = min(_FEWEST, size // _SMALL)
    for candidate in _cover(
        [candidate for candidate in candidates if candidate.is_noun and len(candidate.members) >= fewest]
    ):
        parts = frozenset(candidate.stems)
        repeated = any(parts <= other or len(parts & other) > len(parts) / 2 for other in used)
        if len(topics) < _MAX_TOPICS and not repeated:
            topics.append(candidate.words)
            used.append(parts)
    return tuple(topics)
