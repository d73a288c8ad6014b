"""Compare the papers of a survey with a bibliography that people made."""

from __future__ import annotations

from collections.abc import Sequence

from surveygen.domain.evaluation import Overlap, ReferenceScore
from surveygen.domain.identifiers import derived_id, parse_arxiv_id
from surveygen.domain.paper import Paper


def compare_references(ours: Sequence[Paper], theirs: Sequence[Paper]) -> ReferenceScore:
    """Count the papers that stand in both lists, and again within the span of time that both lists cover.

    Two records are one paper if they share the id, the DOI or the title (letters and digits, whatever their case).
    The span runs from the later of the two oldest dates to the earlier of the two newest: a survey cannot be asked for
    what it did not look at, nor people for what was written after them. Dates are compared as far as both are known;
    in the second count papers without a date are left out.
    """
    oldest, newest = ([edge(dates) for dates in (_dates(ours), _dates(theirs)) if dates] for edge in (min, max))
    everything = _overlap(ours, theirs)
    if len(oldest) < 2 or not _within(max(oldest), "", min(newest)):
        return ReferenceScore(everything)
    first, last = max(oldest), min(newest)
    inside = [[paper for paper in side if _within(_date(paper), first, last)] for side in (ours, theirs)]
    return ReferenceScore(everything, _overlap(*inside), first, last)


def _overlap(ours: Sequence[Paper], theirs: Sequence[Paper]) -> Overlap:
    marks = {mark for paper in theirs for mark in _marks(paper)}
    known = {mark for paper in ours for mark in _marks(paper)}
    hits = sum(any(mark in marks for mark in _marks(paper)) for paper in ours)
    found = sum(any(mark in known for mark in _marks(paper)) for paper in theirs)
    both = min(hits, found)  # a paper listed twice counts once
    precision, recall = (both / len(side) if side else 0.0 for side in (ours, theirs))
    return Overlap(len(ours), len(theirs), both, precision, recall)


def _marks(paper: Paper) -> set[str]:
    """Return what a paper can be known by."""
    marks: set[str] = {paper.id, derived_id(paper.title)}
    if paper.doi:
        marks.add(derived_id("", paper.doi))
    arxiv = parse_arxiv_id(paper.doi) if paper.doi else None
    return marks | {arxiv[0]} if arxiv else marks


def _date(paper: Paper) -> str:
    return paper.published or paper.updated or ""


def _dates(papers: Sequence[Paper]) -> list[str]:
    return [date for paper in papers if (date := _date(paper))]


def _within(date: str, first: str, last: str) -> bool:
    return bool(date) and not _before(date, first) and not _before(last, date)


def _before(one: str, other: str) -> bool:
    """Whether a date is earlier than another, as far as both are known: 2023 is not earlier than 2023-05."""
    size = min(len(one), len(other))
    return one[:size] < other[:size]
