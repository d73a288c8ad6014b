"""Order the selected sentences of a theme: foundations, topics by date, the newest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import PaperReview, Role, Sentence, SubtopicSummary
from surveygen.domain.theme import Theme
from surveygen.summarize._english import phrases, word_list
from surveygen.summarize._text import content_terms

_MIN_PAPERS = 6  # of a theme that is divided into foundations, topics and the newest
_MIN_YEARS = 3  # from first to last paper, below which nothing is a foundation of the rest
_EARLY = 4  # one paper in so many is among the first
_MIN_FOLLOWERS = 2  # later papers that name what a paper made, so that they build on it
_MIN_TOPIC_PAPERS = 3  # papers that share a keyword, for a topic of its own
_MAX_TOPIC_SHARE = 0.35  # of a theme, above which a keyword does not set a topic apart
_COINED_NAME = re.compile(r"(?P<name>[A-Z]\w*[A-Z\d][\w-]*|[A-Z][\w]+-[A-Z][\w-]*)\s*:")  # "Self-Instruct: ..."
_NO_DATE = "9999"

_CHANGE = re.compile(rf"\b(?:(?P<up>{phrases('raises')})|{phrases('lowers')})\b (?P<measure>[\w-]+(?: [\w-]+){{0,5}})")
_PHRASE_END = re.compile(rf" {phrases('phrase_ends')} .*")
_HOPE = re.compile(rf"\b{phrases('hope')}\b", re.IGNORECASE)
_SIDES = {name: re.compile(rf"\b{phrases(name)}\b", re.IGNORECASE) for name in ("defending", "attacking", "measuring")}
_NUMBER = re.compile(r"(?<![\w-])\d")  # the number of GPT-4 is part of a name
_MIN_SHARED_STEMS = 2  # of a measure that two findings have in common; one of them must not be in every paper


@dataclass(frozen=True, slots=True)
class SelectedSentence:
    """A selected sentence with its paper."""

    sentence: Sentence
    paper: Paper


@dataclass(frozen=True, slots=True)
class OrderingInput:
    """What the order depends on: the theme, all its papers, and their reviews."""

    theme: Theme
    papers: Sequence[Paper]
    reviews: Mapping[PaperId, PaperReview]

    def divide_approaches(self, selected: Sequence[SelectedSentence]) -> Iterator[SubtopicSummary]:
        """Yield foundations, topics by date, and the newest of the sentences on approaches."""
        foundations = self.foundations(selected)
        newest = self.newest([item for item in selected if item not in foundations])
        rest = [item for item in selected if item not in foundations and item not in newest]
        if foundations:
            yield SubtopicSummary("approach", _sentences(foundations), "foundations", papers=_papers(foundations))
        yield from self.topics(sorted(rest, key=lambda item: item.paper.date or _NO_DATE))
        if newest:
            yield SubtopicSummary("approach", _sentences(newest), "newest", papers=_papers(newest))

    def foundations(self, selected: Sequence[SelectedSentence]) -> list[SelectedSentence]:
        """Return the sentences of the first papers and of those that later ones build on; nothing if that is all."""
        dates = sorted(paper.date for paper in self.papers if paper.date)
        if not dates or int(dates[-1][:4]) - int(dates[0][:4]) < _MIN_YEARS:
            return []
        early = dates[len(dates) // _EARLY]
        foundations = []
        for item in selected:
            coined = _COINED_NAME.match(item.paper.title)
            followers = sum(
                coined is not None and coined["name"] in other.abstract and other.id != item.paper.id
                for other in self.papers
            )
            if (item.paper.date or _NO_DATE) < early or followers >= _MIN_FOLLOWERS:
                foundations.append(item)
        return foundations if len(foundations) < len(selected) else []

    def newest(self, selected: Sequence[SelectedSentence]) -> list[SelectedSentence]:
        """Return the sentences of the papers of the last year, if there are earlier ones."""
        years = sorted(paper.year for paper in self.papers if paper.year)
        if not years or years[0] == years[-1]:
            return []
        newest = [item for item in selected if item.paper.year == years[-1]]
        return newest if len(newest) < len(selected) else []

    def topics(self, selected: Sequence[SelectedSentence]) -> Iterator[SubtopicSummary]:
        """Yield a subtopic for each keyword that papers of two or more sentences share, then the other sentences."""
        keywords = {paper: frozenset(map(str.lower, review.keywords)) for paper, review in self.reviews.items()}
        uses = Counter(keyword for paper in self.papers for keyword in keywords.get(paper.id, ()))
        theme_terms = set(content_terms(self.theme.name))
        usable = {
            keyword  # of two words or more: "language" and "training" set nothing apart
            for keyword, count in uses.items()
            if " " in keyword
            and _MIN_TOPIC_PAPERS <= count <= _MAX_TOPIC_SHARE * len(self.papers)
            and not set(content_terms(keyword)) <= theme_terms
        }
        left = list(selected)
        while left:
            shared = Counter(keyword for item in left for keyword in keywords.get(item.paper.id, frozenset()) & usable)
            best = max(shared, key=lambda word: (shared[word], word.count(" "), -uses[word], word), default=None)
            if best is None or shared[best] < 2:
                break
            topic = [item for item in left if best in keywords.get(item.paper.id, ())]
            spellings = (
                word for item in topic for word in self.reviews[item.paper.id].keywords if word.lower() == best
            )
            papers = tuple(paper.id for paper in self.papers if best in keywords.get(paper.id, ()))
            yield SubtopicSummary("approach", _sentences(topic), "topic", next(spellings, best), papers)
            left = [item for item in left if item not in topic]
        if left:
            yield SubtopicSummary("approach", _sentences(left))


def order_sentences(
    source: OrderingInput, role: Role, selected: Sequence[SelectedSentence]
) -> tuple[SubtopicSummary, ...]:
    """Divide the sentences of one role into subtopics, in reading order; within each they keep the given order."""
    if role == "finding":
        return tuple(_pair_findings(selected))
    if role == "approach" and len(source.papers) >= _MIN_PAPERS and len(selected) >= _MIN_TOPIC_PAPERS:
        return tuple(source.divide_approaches(selected))
    return (SubtopicSummary(role, _sentences(selected)),) if selected else ()


def reading_order(similarity: NDArray[np.float32], dates: Sequence[str], threshold: float = 0.25) -> list[int]:
    """Order sentences for reading: the oldest first, each followed by those similar to it, then the next oldest.

    Args:
        similarity: `(n, n)` float32, cosine of the sentences.
        dates: ISO 8601, of their papers.
        threshold: similarity from which a sentence follows another.
    """
    waiting = sorted(range(len(dates)), key=lambda i: (dates[i], i))
    order: list[int] = []
    while waiting:
        first = waiting.pop(0)
        similar = [i for i in waiting if similarity[first, i] >= threshold]
        order += [first, *similar]
        waiting = [i for i in waiting if i not in similar]
    return order


def _pair_findings(selected: Sequence[SelectedSentence]) -> Iterator[SubtopicSummary]:
    """Put the first two findings that change one measure the same way side by side."""
    effects = [find_effects(item.sentence.plain, item.paper.title) for item in selected]
    pairs = (
        (first, second, measure)
        for i, second in enumerate(selected)
        for j, first in enumerate(selected[:i])
        if first.paper.id != second.paper.id and (measure := shared_measure(effects[j], effects[i]))
    )
    pair = next(pairs, None)
    rest = [item for item in selected if pair is None or item not in pair[:2]]
    if rest:
        yield SubtopicSummary("finding", _sentences(rest))
    if pair:
        both = pair[:2]
        yield SubtopicSummary("finding", _sentences(both), "same", pair[2], _papers(both))


def _sentences(selected: Sequence[SelectedSentence]) -> tuple[Sentence, ...]:
    return tuple(item.sentence for item in selected)


def _papers(selected: Sequence[SelectedSentence]) -> tuple[PaperId, ...]:
    return tuple(dict.fromkeys(item.paper.id for item in selected))


@dataclass(frozen=True, slots=True)
class Effect:
    """A change that a finding reports.

    Attributes:
        up: its direction. side: the kind of paper that reports it: an attack, a defense, a measurement, else a method.
        stems: the stems of the measure's words. measure: the words.
    """

    up: bool
    side: str
    stems: frozenset[str]
    measure: str


def find_effects(text: str, title: str) -> tuple[Effect, ...]:
    """Return what a sentence of a paper says to have raised or lowered, measured in numbers.

    A sentence that states a hope or a possibility reports nothing.

    >>> find_effects("Debate reduces the error rate of judges by 5%.", "Debate among judges")[0].measure
    'error rate'
    """
    if _HOPE.search(text) or not _NUMBER.search(text):
        return ()
    side = next((name for name, pattern in _SIDES.items() if pattern.search(title)), "method")
    effects = []
    for match in _CHANGE.finditer(text):
        words = _PHRASE_END.sub("", f"{match['measure']} ").split()
        measure = " ".join(word for word in words if content_terms(word))
        if measure:
            effects.append(Effect(bool(match["up"]), side, frozenset(content_terms(measure)), measure))
    return tuple(effects)


def shared_measure(first: tuple[Effect, ...], second: tuple[Effect, ...]) -> str:
    """Return the measure that two findings of papers of one kind change the same way, "" if there is none.

    Opposite changes are not compared: whether two papers contradict each other, their abstracts do not tell.
    """
    for a in first:
        for b in second:
            shared = a.stems & b.stems
            same = (a.up, a.side) == (b.up, b.side)
            if same and len(shared) >= _MIN_SHARED_STEMS and not shared <= word_list("any_measure"):
                return " ".join(word for word in a.measure.split() if set(content_terms(word)) <= shared)
    return ""
