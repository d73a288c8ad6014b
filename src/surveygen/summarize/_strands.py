"""Choose papers and sentences of a theme, grouped in strands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Axis, Role, Sentence, SubtopicSummary
from surveygen.summarize._english import word_list
from surveygen.summarize._paper_review import Statement
from surveygen.summarize._selection import Candidate, Matrix, RankedPaper, find_candidates, rank_papers
from surveygen.summarize._text import content_terms
from surveygen.summarize._topics import Topic, find_topics, fold

if TYPE_CHECKING:
    from surveygen.summarize import ThemeInput

_MAX_PER_PAPER = 2  # sentences of one paper
_MAX_SIMILARITY = 0.6  # cosine from which a second sentence says nothing new
_REDUNDANCY_WEIGHT = 0.5  # of the similarity to what is selected: the lambda of MMR
_WEAKEST, _WEAKEST_FIRST = 0.6, 0.2  # quantiles of the values of all sentences, below which none is a second, a first
_WEAKEST_OF_FEW = 0.4  # the same for a second where there are few papers
_PLENTY = 2  # times as many sentences as are wanted
_BOTH_ROLES, _UNCITED = 0.2, 0.25  # added to the strength of a paper with approach and finding, of one not cited yet
_NAMES_TOPIC = 0.3  # added to the strength of a paper whose first sentence names the topic of a strand
_SECOND_SHARE = 0.25  # of the sentences of a theme, the second ones of papers, where there is not room for more
_APPROACH = 0.1  # added to the value of what a paper does, which explains what it found
_RECENT, _FIRST_RECENT = 0.8, 0.15  # rank of the date from which a paper counts as recent; added for the first one
_BACKGROUND_SHARE, _LIMIT_SHARE = 0.14, 0.1  # of the sentences of a theme
_MAX_BACKGROUND, _MAX_LIMITS = 4, 6
_FEWEST = 2  # sentences of a theme that has any
_ALL_PARTS = 6  # sentences from which a theme has background and limits beside its strands
_SAME_PAPERS = 0.75  # share of the papers of a topic that another topic names already
_MIN_SHARE = 0.03  # of the papers of a theme that have the topic of a strand
_MAX_STRAND = 5  # papers that speak in a strand
_NEAR = 0.25  # least likeness of two papers without a common topic in one strand
_STRENGTH_OF_LIKE = 0.3  # weight of how much a paper tells, beside its likeness
_CITED = 0.5  # added to the likeness of a paper and one that it cites
_AXES: tuple[Axis, ...] = ("background", "resources", "analyses", "methods", "related", "limits")
_AXIS_OF_KIND: Mapping[str, Axis] = {"resource": "resources", "analysis": "analyses"}
_LEANING = 0.3  # taken from a limit that another sentence of its paper would explain
_NO_DATE = "9999"
_SURVEYS = re.compile(r"\b(?:survey|review|overview|taxonomy|categori[sz]e|summari[sz]e)", re.IGNORECASE)


def write_strands(
    source: ThemeInput, statements_of: Callable[[Paper], Sequence[Statement]]
) -> tuple[SubtopicSummary, ...]:
    """Return the strands of a theme in reading order.

    First background, then strands of papers that share a phrase, cite each other or are alike; of each paper approach
    and finding stand together.

    Args:
        source: the theme; what its sub-themes tell is not told again.
        statements_of: returns the sentences of a paper.
    """
    ranked = rank_papers(source.theme, source.papers, source.embeddings)
    candidates, similarity = find_candidates(source, ranked, statements_of)
    names = [source.title, *(source.taxonomy[theme].name for theme in source.taxonomy.path(source.theme.id))]
    plan = _Plan(source, candidates, similarity, find_topics(source.papers, names))
    if source.limit >= _ALL_PARTS:
        background = plan.background(min(max(round(_BACKGROUND_SHARE * source.limit), 1), _MAX_BACKGROUND))
        limits = plan.limits(min(max(round(_LIMIT_SHARE * source.limit), 1), _MAX_LIMITS))
    else:
        background, limits = [], []
    strands = plan.strands(source.limit - len(background) - len(limits))
    if not (background or limits or strands):
        background = plan.whatever(source.limit)
    if len(limits) == 1:
        if (home := plan.home_of(limits[0], strands)) is not None:
            home.limits.append(limits[0])
        limits = []
    return tuple(
        subtopic
        for subtopic in (
            plan.subtopic("problem", "background", background),
            *(plan.strand(strand) for strand in plan.in_reading_order(strands)),
            plan.subtopic("limit", "limits", limits),
        )
        if subtopic.sentences
    )


@dataclass(frozen=True, slots=True)
class _Speaker:
    """A paper with the rows of its sentences, in their order, and how much they tell."""

    ranked: RankedPaper
    rows: tuple[int, ...]
    strength: float

    @property
    def id(self) -> PaperId:
        return self.ranked.paper.id


@dataclass(slots=True)
class _Strand:
    """Papers that stand together, with the topic that they share, and the row of a limit of one of them."""

    speakers: list[_Speaker]
    topic: Topic | None = None
    limits: list[int] = field(default_factory=list)


class _Plan:
    """What of a theme is chosen so far; rows index the candidates, `similarity` is `(n, n)` float32, cosine."""

    def __init__(
        self,
        source: ThemeInput,
        candidates: Sequence[Candidate],
        similarity: Matrix,
        topics: Sequence[Topic],
    ) -> None:
        self._source, self._candidates, self._similarity, self._topics = source, candidates, similarity, topics
        placed = [paper.id for paper in source.papers if paper.id in source.embeddings]
        self._vectors = dict(zip(placed, source.embeddings.rows(placed), strict=True))
        self._nearest = np.zeros(len(candidates), dtype=np.float32)  # similarity to the most similar of those selected
        self._cited: set[PaperId] = set()
        for summary in source.summaries_below:
            for strand in summary.strands:
                self._cited |= {paper for it in strand.sentences for paper in it.cites}
        subject = " ".join([source.theme.name, *source.theme.keywords, *(topic.phrase for topic in topics)])
        self._subject = set(content_terms(subject)) - word_list("boilerplate.words")
        self._any_recent = False
        values = [candidate.value for candidate in candidates]
        self._few = len(source.papers) < source.limit  # each can have more than one sentence
        # How many more papers can have a second one.
        self._seconds = max(round(_SECOND_SHARE * source.limit), source.limit - len(source.papers))
        many = len(values) > _PLENTY * source.limit  # else the weak ones are needed
        self._weakest_first = float(np.quantile(values, _WEAKEST_FIRST)) if many else -np.inf
        share = _WEAKEST_OF_FEW if self._few else _WEAKEST
        self._weakest = float(np.quantile(values, share, method="lower")) if values else 0.0
        self._rows: dict[PaperId, list[int]] = {}
        for row, candidate in enumerate(candidates):
            self._rows.setdefault(candidate.paper, []).append(row)
        self._spoken: set[PaperId] = set()
        self._free: dict[PaperId, _Speaker] | None = None  # see `_speakers`
        self._sentences_of: Counter[PaperId] = Counter()
        self._members = sorted(source.papers, key=lambda paper: paper.id)
        self._kinds = {paper.id: _kind(source, paper.id) for paper in source.papers}

    def background(self, count: int) -> list[int]:
        """Select sentences on the problem, each of another paper; those of surveys and central papers first."""
        bonus = {}
        for row, item in enumerate(self._candidates):
            survey = self._kinds[item.paper] == "survey" and _SURVEYS.search(item.statement.sentence.plain) is not None
            fits = not _names_own_work(item) and item.stands_alone and self._is_on_subject(item)
            if (item.role == "problem" or survey) and fits:
                bonus[row] = 0.4 * item.ranked.centrality + 0.3 * survey
        return self._select(list(bonus), count, bonus)

    def whatever(self, limit: int) -> list[int]:
        """Select one or two sentences of any role, for a theme of which no other rule chooses any."""
        rows = [row for row, item in enumerate(self._candidates) if item.stands_alone]
        return self._select(rows, min(limit, _FEWEST), {})

    def limits(self, count: int) -> list[int]:
        """Select sentences that tell a limit, each of another paper; what is open is told at the end of the survey."""
        rows = [i for i, it in enumerate(self._candidates) if it.role == "limit" and not it.statement.label.open]
        return self._select(rows, count, {row: -_LEANING * (not self._candidates[row].stands_alone) for row in rows})

    def strands(self, budget: int) -> list[_Strand]:
        """Select the papers that speak, up to a number of sentences, and group them; none stands alone if possible."""
        strands: list[_Strand] = []
        while budget > 0 and (
            strand := self._by_topic(budget) or self._by_likeness(budget, _NEAR) or self._by_likeness(budget, -1.0)
        ):
            strands.append(strand)
            if strand.topic is not None:
                self._use(strand.topic)
            budget -= self._let_speak(strand.speakers)
        while budget > 0 and (joining := self._joining(budget, strands)):
            strand, speaker = joining
            strand.speakers.append(speaker)
            budget -= self._let_speak([speaker])
        if alone := self._strongest(budget):
            strands.append(_Strand([alone]))
            self._let_speak([alone])
        return strands

    def _use(self, topic: Topic) -> None:
        """Drop a topic from those to choose from, with all that name nearly the same papers."""
        papers = set(topic.papers)
        self._topics = [
            other
            for other in self._topics
            if other is not topic and len(papers.intersection(other.papers)) < _SAME_PAPERS * len(other.papers)
        ]

    def _let_speak(self, speakers: Sequence[_Speaker]) -> int:
        """Take the sentences of papers, and return how many they are."""
        for speaker in speakers:
            self._take(speaker.rows)
            self._spoken.add(speaker.id)
            self._free = None
            self._seconds -= len(speaker.rows) - 1
        return sum(len(speaker.rows) for speaker in speakers)

    def _joining(self, budget: int, strands: Sequence[_Strand]) -> tuple[_Strand, _Speaker] | None:
        """Return the strongest paper that can join a strand on its topic, or a strand without topic that is like it."""
        best: tuple[_Strand, _Speaker] | None = None
        free, most = self._speakers(), min(budget, 1 + max(self._seconds, 0))
        for strand in (it for it in strands if len(it.speakers) <= _MAX_STRAND):
            papers = strand.topic.papers if strand.topic else free
            for whole in (free[paper] for paper in papers if paper in free):
                if best is None or (-whole.strength, whole.id) < (-best[1].strength, best[1].id):
                    speaker = replace(whole, rows=whole.rows[:most])
                    if strand.topic is not None or self._likeness_to(speaker, strand.speakers) >= _NEAR:
                        best = strand, speaker
        return best

    def home_of(self, row: int, strands: Sequence[_Strand]) -> _Strand | None:
        """Return the strand in which the paper of a sentence speaks."""
        paper = self._candidates[row].paper
        return next((it for it in strands if paper in {speaker.id for speaker in it.speakers}), None)

    def in_reading_order(self, strands: Sequence[_Strand]) -> list[_Strand]:
        """Order strands along the axes, and within one by the mean date of their papers."""

        def rank(strand: _Strand) -> tuple[int, float, str]:
            years = [float(it.ranked.paper.year or 0) for it in strand.speakers]
            return _AXES.index(self._axis(strand)), sum(years) / len(years), min(it.id for it in strand.speakers)

        return sorted(strands, key=rank)

    def strand(self, strand: _Strand) -> SubtopicSummary:
        """Return a strand: its papers in their order, each with its sentences."""
        ordered = self._in_order(strand)
        limits = {self._candidates[row].paper: row for row in strand.limits}
        rows = [row for it in ordered for row in (*it.rows, *((limits[it.id],) if it.id in limits else ()))]
        topic = strand.topic
        axis = self._axis(strand)
        if topic is None:
            return SubtopicSummary("approach", self._sentences(rows), axis)
        return SubtopicSummary("approach", self._sentences(rows), axis, topic.phrase, topic.papers, topic.evidence)

    def _in_order(self, strand: _Strand) -> list[_Speaker]:
        """Return the papers of a strand: first the oldest that names its topic, then each time the one most like it.

        None stands before one that it cites.
        """
        topic, citations = strand.topic, self._source.citations
        waiting = sorted(strand.speakers, key=lambda it: (it.ranked.paper.date or _NO_DATE, it.id))
        waiting.sort(key=lambda it: topic is not None and not self._names(it, topic))
        ordered: list[_Speaker] = []
        while waiting:
            ids = {it.id for it in waiting}
            free = [it for it in waiting if not ids.intersection(citations.get(it.id, ())) - {it.id}]
            last = ordered[-1].rows[-1] if ordered else None
            best = max(free or waiting[:1], key=lambda it: 0.0 if last is None else self._similarity[last, it.rows[0]])
            ordered.append(best)
            waiting.remove(best)
        return ordered

    def _names(self, speaker: _Speaker, topic: Topic) -> bool:
        """Whether the first sentence of a paper names a topic."""
        return f" {topic.key} " in f" {fold(self._candidates[speaker.rows[0]].statement.sentence.plain)} "

    def subtopic(self, role: Role, axis: Axis, rows: Sequence[int]) -> SubtopicSummary:
        """Return sentences of one role, each followed by those similar to it, the oldest first."""
        dates = [self._candidates[row].ranked.paper.date or _NO_DATE for row in rows]
        order = reading_order(self._similarity[np.ix_(rows, rows)], dates) if rows else []
        return SubtopicSummary(role, self._sentences([rows[at] for at in order]), axis)

    def _sentences(self, rows: Sequence[int]) -> tuple[Sentence, ...]:
        return tuple(self._candidates[row].statement.sentence for row in rows)

    def _axis(self, strand: _Strand) -> Axis:
        axes = Counter(_AXIS_OF_KIND.get(self._kinds[it.id], "methods") for it in strand.speakers)
        return max(axes, key=lambda axis: (axes[axis], axis == "methods", axis))

    def _select(self, rows: Sequence[int], count: int, bonus: Mapping[int, float]) -> list[int]:
        """Select up to `count` of some rows, each of another paper, at each step that of largest marginal relevance."""
        chosen: list[int] = []
        free = list(rows)
        while len(chosen) < count:
            papers = {self._candidates[i].paper for i in chosen}
            free = [i for i in free if self._nearest[i] < _MAX_SIMILARITY and self._candidates[i].paper not in papers]
            if not free:
                break
            best = max(free, key=lambda i: (self._relevance(i) + bonus.get(i, 0.0), -i))
            chosen.append(best)
            self._take([best])
        return chosen

    def _relevance(self, row: int) -> float:
        candidate = self._candidates[row]
        value = candidate.value - _REDUNDANCY_WEIGHT * float(min(self._nearest[row], 1.0))
        value += _UNCITED * (candidate.paper not in self._cited)
        return value + _FIRST_RECENT * (candidate.ranked.recency >= _RECENT and not self._any_recent)

    def _is_on_subject(self, candidate: Candidate) -> bool:
        """Whether a sentence has a word of the theme or of its topics."""
        terms = content_terms(candidate.statement.sentence.plain)
        foreign = candidate.statement.sentence.language != "en"
        return foreign or not self._subject or bool(self._subject.intersection(terms))

    def _take(self, rows: Sequence[int]) -> None:
        self._free = None
        for row in rows:
            candidate = self._candidates[row]
            self._nearest = np.maximum(self._nearest, self._similarity[row])
            self._nearest[row] = np.inf
            self._cited.add(candidate.paper)
            self._sentences_of[candidate.paper] += 1
            self._any_recent = self._any_recent or candidate.ranked.recency >= _RECENT

    def _speakers(self) -> Mapping[PaperId, _Speaker]:
        """Return the papers that can speak next; what each choice changes is computed once after it."""
        if self._free is None:
            self._free = {paper: speaker for paper in self._rows if (speaker := self._speaker(paper))}
        return self._free

    def _speaker(self, paper: PaperId) -> _Speaker | None:
        """Return a paper with approach and finding, if both are good, else its best sentence.

        Where there are few papers, also its best two sentences of one role.
        """
        usable = [
            row
            for row in self._rows.get(paper, ())
            if self._candidates[row].role not in ("problem", "limit")
            and self._nearest[row] < _MAX_SIMILARITY
            and self._candidates[row].value >= self._weakest_first
            and not self._candidates[row].ranked.remote
        ]
        usable.sort(
            key=lambda row: (-self._relevance(row) - _APPROACH * (self._candidates[row].role == "approach"), row)
        )
        first = self._first(usable)
        if first is None or paper in self._spoken or self._sentences_of[paper] >= _MAX_PER_PAPER:
            return None
        others = [
            row
            for row in usable
            if row != first
            and self._similarity[first, row] < _MAX_SIMILARITY
            and self._candidates[row].value >= self._weakest
            and self._fits_beside(row, first)
        ]
        role = self._candidates[first].role
        others = [row for row in others if self._few or self._candidates[row].role != role]
        second = next(iter(others), None)
        rows = (first,) if second is None else tuple(sorted((first, second), key=self._position))
        rows = rows[: _MAX_PER_PAPER - self._sentences_of[paper]]
        both = len({self._candidates[row].role for row in rows}) > 1
        strength = sum(map(self._relevance, rows)) / len(rows) + _BOTH_ROLES * both
        ranked = self._candidates[first].ranked
        return _Speaker(ranked, rows, strength - _BOTH_ROLES * (len(rows) == 1))

    def _first(self, rows: Sequence[int]) -> int | None:
        """Return the best of the rows of a paper that can stand alone, first those that introduce a name of others."""
        used = {name for row in rows for name in self._candidates[row].needs}
        alone = [row for row in rows if self._candidates[row].stands_alone]
        return next((row for row in alone if self._candidates[row].introduces & used), next(iter(alone), None))

    def _fits_beside(self, row: int, first: int) -> bool:
        """Whether a row can stand where its position puts it, behind another or before it."""
        item, other = self._candidates[row], self._candidates[first]
        opens = item.stands_alone and item.statement.own == 1
        return opens if self._position(row) < self._position(first) else item.follows(other)

    def _position(self, row: int) -> tuple[bool, int]:
        """Return what puts an approach before a finding, and sentences of one role in the order of the abstract."""
        candidate = self._candidates[row]
        return candidate.role == "finding", candidate.statement.sentence.evidence[0].start

    def _by_topic(self, budget: int) -> _Strand | None:
        """Return a strand on the topic that cites most papers anew and has good sentences, None without any."""
        best: tuple[float, str] = (0.0, "")
        found: _Strand | None = None
        free = self._speakers()
        for topic in self._topics:
            if len(topic.papers) < _MIN_SHARE * len(self._members):
                continue
            new = len(set(topic.papers) - self._cited)
            speakers = [free[paper] for paper in topic.papers if paper in free]
            named = {it.id: self._names(it, topic) for it in speakers}
            speakers.sort(key=lambda it: (-it.strength - _NAMES_TOPIC * named[it.id], it.id))
            speakers = self._fitting(speakers, budget)
            if len(speakers) < 2:
                continue
            strength = sum(it.strength for it in speakers) / len(speakers)
            size = float(np.log2(1 + new) + 0.5 * np.log2(len(topic.papers)))
            score = (size + 1.5 * strength + topic.plain, topic.key)
            if found is None or score > best:
                best, found = score, _Strand(speakers, topic)
        return found

    def _fitting(self, speakers: Sequence[_Speaker], budget: int) -> list[_Speaker]:
        """Return the first speakers that fit a strand, as many as it may have, none that repeats another."""
        chosen: list[_Speaker] = []
        for speaker in speakers[:_MAX_STRAND]:
            room = budget if chosen else max(budget - 1, 1)  # for a companion
            seconds = self._seconds - sum(len(other.rows) - 1 for other in chosen)
            fitting = replace(speaker, rows=speaker.rows[: min(room, 1 + max(seconds, 0))])
            before = [row for other in chosen for row in other.rows]
            repeats = self._similarity[np.ix_(fitting.rows, before)].max(initial=0.0) >= _MAX_SIMILARITY
            if fitting.rows and not repeats:
                chosen.append(fitting)
                budget -= len(fitting.rows)
        return chosen

    def _by_likeness(self, budget: int, least: float) -> _Strand | None:
        """Return a strand of the strongest paper that has companions, and those most like it; None if none has any.

        Args:
            budget: the most sentences.
            least: likeness of a companion.
        """
        speakers = list(self._speakers().values())
        for first in sorted(speakers, key=lambda it: (-it.strength, it.id)):
            near = {it.id: self._likeness(first, it) for it in speakers if it is not first}
            others = [it for it in speakers if near.get(it.id, -np.inf) >= least]
            others.sort(key=lambda it: (-near[it.id] - _STRENGTH_OF_LIKE * it.strength, it.id))
            chosen = self._fitting([first, *others], budget)
            if len(chosen) > 1:
                return _Strand(chosen)
        return None

    def _strongest(self, budget: int) -> _Speaker | None:
        """Return the paper with the most telling sentences that has not spoken."""
        speakers = self._speakers().values() if budget > 0 else ()
        first = min(speakers, key=lambda it: (-it.strength, it.id), default=None)
        return replace(first, rows=first.rows[:budget]) if first else None

    def _likeness_to(self, speaker: _Speaker, others: Sequence[_Speaker]) -> float:
        return sum(self._likeness(speaker, other) for other in others) / len(others)

    def _likeness(self, speaker: _Speaker, other: _Speaker) -> float:
        """Return the likeness of two papers: that of their vectors, and whether one cites the other."""
        citations = self._source.citations
        cites = other.id in citations.get(speaker.id, ()) or speaker.id in citations.get(other.id, ())
        if speaker.id in self._vectors and other.id in self._vectors:
            return float(self._vectors[speaker.id] @ self._vectors[other.id]) + _CITED * cites
        return float(self._similarity[np.ix_(speaker.rows, other.rows)].max()) + _CITED * cites


def _names_own_work(candidate: Candidate) -> bool:
    """Whether a sentence names what its paper made, by the name that stands before the colon of the title."""
    name, colon, _ = candidate.ranked.paper.title.partition(":")
    return bool(colon) and name in candidate.statement.sentence.plain


def _kind(source: ThemeInput, paper: PaperId) -> str:
    """Return the kind of work of a paper, "method" if it is not known."""
    review = source.reviews.get(paper)
    facets = review.facets if review is not None else ()
    return next((facet.value for facet in facets if facet.name == "kind"), "method")


def reading_order(similarity: Matrix, dates: Sequence[str], threshold: float = 0.25) -> list[int]:
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
