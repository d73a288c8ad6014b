"""Group the limits that the newest papers of a theme tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from surveygen.domain.full_text import TEXT_FIELD
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, SubtopicSummary
from surveygen.summarize._english import word_list
from surveygen.summarize._facets import YES, recount
from surveygen.summarize._paper_review import Statement
from surveygen.summarize._roles import states_limit
from surveygen.summarize._selection import Candidate, Matrix, find_candidates, rank_papers
from surveygen.summarize._text import content_terms
from surveygen.summarize._topics import Topic, find_topics, fold

if TYPE_CHECKING:
    from surveygen.summarize import ThemeInput

_NEWEST = (1 / 3, 1 / 2, 1)  # shares of the papers, by date: the first in which enough tell a limit
_ENOUGH = 6  # papers that tell a limit
_MAX_GROUPS, _MAX_SENTENCES = 3, 3
_MAX_SIMILARITY = 0.6  # cosine from which a second sentence says nothing new
_MIN_SIMILARITY = 0.1  # cosine from which two sentences that share a word are on the same matter
_COMMON_SHARE = 0.25  # of the sentences; a word of more sets no group apart
_OPEN = 0.2  # added to the value of a sentence that tells what its paper leaves


def group_limits(
    source: ThemeInput, statements_of: Callable[[Paper], Sequence[Statement]], strands: Sequence[SubtopicSummary]
) -> tuple[tuple[SubtopicSummary, ...], int]:
    """Return groups of limits and open questions that the newest papers tell, and the first year of these papers.

    A group has the sentences of two papers or more that share a phrase, else of those that are alike and share a word;
    where nothing joins any, those that tell most are the only group.

    Args:
        source: a theme with all papers below it.
        statements_of: returns the sentences of a paper.
        strands: those of the theme; what they or its sub-themes tell is not told again.
    """
    since, newest = _newest(source.papers)
    used = {span for strand in strands for sentence in strand.sentences for span in sentence.evidence}
    ancestors = [source.title, *(source.taxonomy[theme].name for theme in source.taxonomy.path(source.theme.id))]
    subject = frozenset(content_terms(" ".join((*ancestors, *source.theme.keywords))))
    ranked = rank_papers(source.theme, newest, source.embeddings)
    candidates, similarity = find_candidates(replace(source, papers=newest), ranked, statements_of)
    rows = [
        row
        for row, item in enumerate(candidates)
        if _tells_limit(item, subject) and used.isdisjoint(item.statement.sentence.evidence)
    ]
    groups = list(_by_topic(candidates, rows, similarity, find_topics(newest, ancestors)))
    spoken = {sentence.cites[0] for group in groups for sentence in group.sentences}
    rows = [row for row in rows if candidates[row].paper not in spoken]
    alike = _by_likeness(candidates, rows, similarity, subject)
    groups += [_group(candidates, chosen) for chosen in islice(alike, _MAX_GROUPS - len(groups))]
    if not groups and (chosen := _choose(candidates, rows, similarity)):
        groups.append(_group(candidates, chosen))
    return tuple(groups), since


def _newest(papers: Sequence[Paper]) -> tuple[int, list[Paper]]:
    """Return the newest papers with their first year: a third, or as many more as are needed for some limits."""
    years = sorted(paper.year for paper in papers if paper.year is not None)
    since, newest = 0, list[Paper]()
    for share in _NEWEST if years else ():
        since = years[-max(round(share * len(years)), 1)]
        newest = [paper for paper in papers if (paper.year or 0) >= since]
        if sum(recount(paper, "limit", YES) for paper in newest) >= _ENOUGH:
            break
    return since, newest


def _by_topic(
    candidates: Sequence[Candidate], rows: Sequence[int], similarity: Matrix, topics: Sequence[Topic]
) -> Iterator[SubtopicSummary]:
    """Yield a group for each topic that sentences name, that of the most telling ones first."""
    texts = {row: f" {fold(candidates[row].statement.sentence.plain)} " for row in rows}
    for _ in range(_MAX_GROUPS):
        rows_of: dict[PaperId, list[int]] = defaultdict(list)
        for row in rows:
            rows_of[candidates[row].paper].append(row)
        on_topic = (
            (
                topic,
                [row for paper in topic.papers for row in rows_of.get(paper, ()) if f" {topic.key} " in texts[row]],
            )
            for topic in topics
        )
        choices = [
            (_choose(candidates, named_in, similarity), topic) for topic, named_in in on_topic if len(named_in) > 1
        ]
        usable = [(chosen, topic) for chosen, topic in choices if len(chosen) > 1]
        if not usable:
            return
        chosen, topic = max(usable, key=lambda pair: (sum(_value(candidates[row]) for row in pair[0]), pair[1].key))
        yield _group(candidates, chosen, topic.phrase, topic.papers, topic.evidence)
        papers = {candidates[row].paper for row in chosen}
        rows = [row for row in rows if candidates[row].paper not in papers]
        topics = [other for other in topics if other is not topic]


def _by_likeness(
    candidates: Sequence[Candidate], rows: Sequence[int], similarity: Matrix, subject: frozenset[str]
) -> Iterator[list[int]]:
    """Yield groups of sentences of different papers that share a word and are alike, the most telling first.

    A word of the subject, or of many of the sentences, joins nothing.
    """
    texts = {row: candidates[row].statement.sentence.plain for row in rows}
    common = subject | word_list("boilerplate.words") | word_list("topic_fillers") | word_list("limit_words")
    terms = {row: set(content_terms(text)) - common for row, text in texts.items()}
    with_term: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        for term in terms[row]:
            with_term[term].append(row)
    groups: list[tuple[float, str, list[int]]] = []
    for term, sharing in with_term.items():
        if 1 < len(sharing) <= max(_COMMON_SHARE * len(rows), 2):
            chosen = _choose(candidates, sharing, similarity)
            near = similarity[np.ix_(chosen, chosen)][np.triu_indices(len(chosen), 1)]
            if len(chosen) > 1 and near.min() >= _MIN_SIMILARITY:
                worth = sum(_value(candidates[row]) for row in chosen) + float(near.mean())
                groups.append((worth, term, chosen))
    spoken: set[PaperId] = set()
    for _, _, chosen in sorted(groups, reverse=True):
        papers = {candidates[row].paper for row in chosen}
        if not papers & spoken:
            spoken |= papers
            yield chosen


def _choose(candidates: Sequence[Candidate], rows: Sequence[int], similarity: Matrix) -> list[int]:
    """Return the most telling of some sentences, one of each paper."""
    chosen: list[int] = []
    for row in sorted(rows, key=lambda row: (-_value(candidates[row]), row)):
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


def _value(candidate: Candidate) -> float:
    """Return how much a limit tells; more if it is of the paper itself."""
    return candidate.value + _OPEN * (candidate.role == "limit" or candidate.statement.label.open)


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
