"""Group the limits that the newest papers of a theme tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from surveygen.domain.full_text import TEXT_FIELD
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, SubtopicSummary
from surveygen.summarize._facets import YES, recount
from surveygen.summarize._paper_review import Statement
from surveygen.summarize._roles import states_limit
from surveygen.summarize._selection import Candidate, Matrix, find_candidates, rank_papers
from surveygen.summarize._text import content_terms
from surveygen.summarize._topics import Topic, find_topics, fold

if TYPE_CHECKING:
    from surveygen.summarize import ThemeInput

_NEWEST = 1 / 3  # of the papers, by date
_MAX_GROUPS, _MAX_SENTENCES = 3, 3
_MAX_SIMILARITY = 0.6  # cosine from which a second sentence says nothing new
_IN_SENTENCE, _OPEN = 0.3, 0.2  # added to the value of a sentence that has the phrase, that tells what its paper leaves


def group_limits(
    source: ThemeInput, statements_of: Callable[[Paper], Sequence[Statement]], strands: Sequence[SubtopicSummary]
) -> tuple[tuple[SubtopicSummary, ...], int]:
    """Return groups of limits and open questions that the newest papers tell, and the first year of these papers.

    A group has the sentences of two papers or more that share a phrase; what no phrase joins is one last group.

    Args:
        source: a theme with all papers below it.
        statements_of: returns the sentences of a paper.
        strands: those of the theme; what they or its sub-themes tell is not told again.
    """
    years = sorted(paper.year for paper in source.papers if paper.year is not None)
    if not years:
        return (), 0
    since = years[-max(round(_NEWEST * len(years)), 1)]
    newest = [paper for paper in source.papers if (paper.year or 0) >= since]
    newer = replace(source, papers=newest)
    ranked = rank_papers(source.theme, newest, source.embeddings)
    candidates, similarity = find_candidates(newer, ranked, statements_of)
    ancestors = [source.taxonomy[theme].name for theme in source.taxonomy.path(source.theme.id)]
    subject = frozenset(content_terms(" ".join((*ancestors, *source.theme.keywords))))
    used = {span for strand in strands for sentence in strand.sentences for span in sentence.evidence}
    rows = [
        row
        for row, item in enumerate(candidates)
        if _tells_limit(item, subject) and used.isdisjoint(item.statement.sentence.evidence)
    ]
    return tuple(_groups(candidates, rows, similarity, find_topics(newest, ancestors))), since


def _groups(
    candidates: Sequence[Candidate], rows: Sequence[int], similarity: Matrix, topics: Sequence[Topic]
) -> Iterator[SubtopicSummary]:
    """Yield the groups of the topics that join most telling sentences, else one group of what no topic joins."""
    for number in range(_MAX_GROUPS):
        rows_of: dict[PaperId, list[int]] = defaultdict(list)
        for row in rows:
            rows_of[candidates[row].paper].append(row)
        on_topic = ((topic, [row for paper in topic.papers for row in rows_of.get(paper, ())]) for topic in topics)
        ranked = [(_choose(candidates, shared, topic, similarity), topic) for topic, shared in on_topic]
        usable = [(chosen, topic) for chosen, topic in ranked if len(chosen) > 1]
        if not usable:
            chosen = [] if number else _choose(candidates, rows, None, similarity)
            yield from [_group(candidates, chosen)] if len(chosen) > 1 else []
            return
        chosen, topic = max(usable, key=lambda pair: (_worth(candidates, *pair), pair[1].key))
        yield _group(candidates, chosen, topic.phrase, topic.papers, topic.evidence)
        papers = {candidates[row].paper for row in chosen}
        rows = [row for row in rows if candidates[row].paper not in papers]
        topics = [other for other in topics if other is not topic]


def _choose(candidates: Sequence[Candidate], rows: Sequence[int], topic: Topic | None, similarity: Matrix) -> list[int]:
    """Return the most telling sentences among those of papers on a topic, or of any papers, one of each paper."""
    chosen: list[int] = []
    for row in sorted(rows, key=lambda row: (-_value(candidates[row], topic), row)):
        papers = {candidates[other].paper for other in chosen}
        if candidates[row].paper in papers or similarity[row, chosen].max(initial=0.0) >= _MAX_SIMILARITY:
            continue
        if len(chosen) < _MAX_SENTENCES:
            chosen.append(row)
    return chosen


def _tells_limit(candidate: Candidate, subject: frozenset[str]) -> bool:
    """Whether a sentence tells a limit of its paper, what is open, or at what others fail.

    It must name what this is about: a word of the title of its paper or of the subject of the theme.
    """
    paper, label = candidate.ranked.paper, candidate.statement.label
    text = candidate.statement.sentence.plain
    if candidate.statement.sentence.evidence[0].field.startswith(TEXT_FIELD):  # a limit of its paper, whatever it names
        return True
    if (subject | set(content_terms(paper.title))).isdisjoint(content_terms(text)) or not recount(paper, "limit", YES):
        return False
    return label.role == "limit" or label.open or (label.role != "approach" and states_limit(text))


def _value(candidate: Candidate, topic: Topic | None) -> float:
    own = candidate.role == "limit" or candidate.statement.label.open
    value = candidate.value + _OPEN * own
    text = f" {fold(candidate.statement.sentence.plain)} "
    return value + _IN_SENTENCE * (topic is not None and f" {topic.key} " in text)


def _worth(candidates: Sequence[Candidate], chosen: Sequence[int], topic: Topic) -> float:
    return sum(_value(candidates[row], topic) for row in chosen)


def _group(
    candidates: Sequence[Candidate],
    rows: Sequence[int],
    topic: str = "",
    papers: tuple[PaperId, ...] = (),
    evidence: tuple[Evidence, ...] = (),
) -> SubtopicSummary:
    """Return the sentences of a group, the oldest paper first."""
    ordered = sorted(rows, key=lambda row: (candidates[row].ranked.paper.date or "9999", candidates[row].paper))
    sentences = tuple(candidates[row].statement.sentence for row in ordered)
    return SubtopicSummary("limit", sentences, "limits", topic, papers, evidence)
