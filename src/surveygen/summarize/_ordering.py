"""Order the chosen sentences: foundations, strands by date, the newest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import PaperReview, Role, Sentence, SubtopicSummary
from surveygen.domain.theme import Theme
from surveygen.summarize._effects import Effect, common
from surveygen.summarize._rank import terms_of

_FEWEST = 6  # papers of a theme that has foundations, strands and something newest
_LONG = 3  # years from first to last paper, under which nothing is a foundation of the rest
_EARLY = 4  # one paper in so many is among the first
_HEIRS = 2  # later papers that name what a paper made, so that they build on it
_TOPIC_PAPERS = 3  # papers that share a keyword, for a strand of its own
_TOPIC_SHARE = 0.35  # of a theme, from which a keyword tells no strand apart
_COINED = re.compile(r"(?P<name>[A-Z]\w*[A-Z\d][\w-]*|[A-Z][\w]+-[A-Z][\w-]*)\s*:")  # "Self-Instruct: aligning ..."


@dataclass(frozen=True, slots=True)
class SelectedSentence:
    """A chosen sentence with its paper and the effects that it tells."""

    sentence: Sentence
    paper: Paper
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderingInput:
    """What the order rests on: the theme, all its papers, and their reviews."""

    theme: Theme
    papers: Sequence[Paper]
    cards: Mapping[PaperId, PaperReview]


def order_sentences(scene: OrderingInput, role: Role, told: Sequence[SelectedSentence]) -> tuple[SubtopicSummary, ...]:
    """Divide the sentences of one role into strands, in reading order; each keeps the order that it is given."""
    if role == "approach":
        return tuple(_approaches(scene, told))
    if role == "finding":
        return tuple(_findings(told))
    return (SubtopicSummary(role, _said(told)),) if told else ()


def _approaches(scene: OrderingInput, told: Sequence[SelectedSentence]) -> Iterator[SubtopicSummary]:
    if len(scene.papers) < _FEWEST or len(told) < _TOPIC_PAPERS:
        yield from [SubtopicSummary("approach", _said(told))] if told else []
        return
    first = _foundations(scene, told)
    newest = _newest(scene, [each for each in told if each not in first])
    rest = [each for each in told if each not in first and each not in newest]
    if first:
        yield SubtopicSummary("approach", _said(first), "foundations", papers=_ids(first))
    yield from _topics(scene, sorted(rest, key=lambda each: each.paper.date or "9999"))
    if newest:
        yield SubtopicSummary("approach", _said(newest), "newest", papers=_ids(newest))


def _findings(told: Sequence[SelectedSentence]) -> Iterator[SubtopicSummary]:
    """Set the first two findings that move one measure side by side."""
    pairs = ((a, b, found) for i, b in enumerate(told) for a in told[:i] if (found := common(a.effects, b.effects)))
    pair = next(((a, b, found) for a, b, found in pairs if a.paper.id != b.paper.id), None)
    rest = [each for each in told if pair is None or each not in pair[:2]]
    if rest:
        yield SubtopicSummary("finding", _said(rest))
    if pair:
        (same, measure), both = pair[2], pair[:2]
        yield SubtopicSummary("finding", _said(both), "same" if same else "opposed", measure, _ids(both))


def _foundations(scene: OrderingInput, told: Sequence[SelectedSentence]) -> list[SelectedSentence]:
    """Return what the first papers say, and those that later ones build on; nothing if that is all of it."""
    dates = sorted(paper.date for paper in scene.papers if paper.date)
    if not dates or int(dates[-1][:4]) - int(dates[0][:4]) < _LONG:
        return []
    early = dates[len(dates) // _EARLY]
    found = [each for each in told if (each.paper.date or "9999") < early or _heirs(each.paper, scene.papers) >= _HEIRS]
    return found if len(found) < len(told) else []


def _heirs(paper: Paper, papers: Sequence[Paper]) -> int:
    """Count the papers that name what this one coined in its title."""
    coined = _COINED.match(paper.title)
    if coined is None:
        return 0
    return sum(coined["name"] in other.abstract and other.id != paper.id for other in papers)


def _newest(scene: OrderingInput, told: Sequence[SelectedSentence]) -> list[SelectedSentence]:
    """Return what the papers of the last year say, where there are earlier ones."""
    years = sorted(paper.year for paper in scene.papers if paper.year)
    if not years or years[0] == years[-1]:
        return []
    found = [each for each in told if each.paper.year == years[-1]]
    return found if len(found) < len(told) else []


def _topics(scene: OrderingInput, told: Sequence[SelectedSentence]) -> Iterator[SubtopicSummary]:
    """Yield a strand for each keyword that two or more sentences' papers share, then the others."""
    of_paper = {paper: frozenset(map(str.lower, card.keywords)) for paper, card in scene.cards.items()}
    known = Counter(word for paper in scene.papers for word in of_paper.get(paper.id, ()))
    named = set(terms_of(scene.theme.name))
    most = _TOPIC_SHARE * len(scene.papers)
    usable = {
        word  # of two words or more: "language" and "training" tell nothing apart
        for word, n in known.items()
        if " " in word and _TOPIC_PAPERS <= n <= most and not set(terms_of(word)) <= named
    }
    left = list(told)
    while left:
        shared = Counter(word for each in left for word in of_paper.get(each.paper.id, frozenset()) & usable)
        best = max(shared, key=lambda word: (shared[word], word.count(" "), -known[word], word), default=None)
        if best is None or shared[best] < 2:
            break
        strand = [each for each in left if best in of_paper.get(each.paper.id, ())]
        members = tuple(paper.id for paper in scene.papers if best in of_paper.get(paper.id, ()))
        yield SubtopicSummary("approach", _said(strand), "topic", _as_written(best, scene, strand), members)
        left = [each for each in left if each not in strand]
    if left:
        yield SubtopicSummary("approach", _said(left))


def _as_written(word: str, scene: OrderingInput, strand: Sequence[SelectedSentence]) -> str:
    """Return a keyword in the spelling of the first paper that has it."""
    spelled = (one for each in strand for one in scene.cards[each.paper.id].keywords if one.lower() == word)
    return next(spelled, word)


def _said(told: Sequence[SelectedSentence]) -> tuple[Sentence, ...]:
    return tuple(each.sentence for each in told)


def _ids(told: Sequence[SelectedSentence]) -> tuple[PaperId, ...]:
    return tuple(dict.fromkeys(each.paper.id for each in told))
