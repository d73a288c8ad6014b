"""Order references, make citation keys, and compare reference lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from surveygen.domain.evaluation import Overlap, ReferenceScore
from surveygen.domain.paper import Paper, PaperId, derived_id, parse_arxiv_id
from surveygen.domain.person_names import fold, split_name

# fmt: off
_STOP_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "how", "in", "into", "is",
    "it", "its", "of", "on", "or", "the", "this", "to", "toward", "towards", "under", "using", "via", "we", "what",
    "when", "where", "which", "why", "with",
})
# fmt: on


def reference_order(papers: Iterable[Paper], previous: Sequence[PaperId]) -> tuple[PaperId, ...]:
    """Return the previous order followed by new papers, these by first author, year and title.

    So [12] remains [12] when papers are added. A paper that leaves the survey keeps its place in case it returns.
    """

    def by_author(paper: Paper) -> tuple[bool, str, int, str, str]:
        family = split_name(paper.authors[0].name)[0] if paper.authors else ""
        return (not family, fold(family) or family, paper.year or 0, fold(paper.title), paper.id)  # no author: last

    ordered = set(previous)
    new = sorted((paper for paper in papers if paper.id not in ordered), key=by_author)
    return (*previous, *(paper.id for paper in new))


def make_cite_keys(papers: Iterable[Paper], existing: Mapping[PaperId, str]) -> dict[PaperId, str]:
    """Return keys for the papers that have none, as ``family2023word``, with a, b, ... on a clash.

    The first of `papers` gets the key without a letter, so pass them sorted. Keys contain ``[a-z0-9]`` only, which
    every BibTeX program accepts.
    """
    used = set(existing.values())
    keys: dict[PaperId, str] = {}
    for paper in papers:
        if paper.id not in existing:
            family = fold(split_name(paper.authors[0].name)[0]) if paper.authors else ""
            words = (fold(word) for word in re.split(r"[^\w$\\]+", paper.title))
            word = next((word for word in words if len(word) > 1 and word not in _STOP_WORDS), "")
            stem = f"{family[:24]}{paper.year or ''}{word[:24]}"
            if not stem or stem.isdigit():
                stem = f"paper{fold(paper.id)}"
            suffixes = ("", *"abcdefghijklmnopqrstuvwxyz")
            free = (stem + suffix for suffix in suffixes if stem + suffix not in used)
            key = next(free, "") or next(key for n in count(1) if (key := f"{stem}x{n}") not in used)
            used.add(key)
            keys[paper.id] = key
    return keys


def compare_references(ours: Sequence[Paper], theirs: Sequence[Paper]) -> ReferenceScore:
    """Count the papers that are in both lists, and again within the period that both lists cover.

    Two records are the same paper if they share the id, the DOI or the title (letters and digits, in any case).
    The period runs from the later of the two oldest dates to the earlier of the two newest, as a survey cannot contain
    what it did not search, nor a list of people what was written after them. Dates are compared as precisely as both
    are known; papers without a date are not in the second count.
    """
    everything = _overlap(ours, theirs)
    dates = [[date for paper in side if (date := _date(paper))] for side in (ours, theirs)]
    if not all(dates):
        return ReferenceScore(everything)
    first, last = max(min(side) for side in dates), min(max(side) for side in dates)
    if not _within(first, "", last):
        return ReferenceScore(everything)
    inside = [[paper for paper in side if _within(_date(paper), first, last)] for side in (ours, theirs)]
    return ReferenceScore(everything, _overlap(*inside), first, last)


def _overlap(ours: Sequence[Paper], theirs: Sequence[Paper]) -> Overlap:
    sides = [[_identifiers(paper) for paper in side] for side in (ours, theirs)]
    own, other = ({identifier for paper in side for identifier in paper} for side in sides)
    both = min(sum(bool(paper & other) for paper in sides[0]), sum(bool(paper & own) for paper in sides[1]))
    precision, recall = (both / len(side) if side else 0.0 for side in (ours, theirs))
    return Overlap(len(ours), len(theirs), both, precision, recall)  # a paper listed twice counts once


def _identifiers(paper: Paper) -> set[str]:
    """Return the id, DOI, arXiv id and title key that identify a paper."""
    identifiers: set[str] = {paper.id, derived_id(paper.title)}
    if paper.doi:
        identifiers.add(derived_id("", paper.doi))
    arxiv = parse_arxiv_id(paper.doi) if paper.doi else None
    return identifiers | {arxiv[0]} if arxiv else identifiers


def _date(paper: Paper) -> str:
    return paper.published or paper.updated or ""


def _within(date: str, first: str, last: str) -> bool:
    """Return whether a date is in a period, compared as precisely as both are known: 2023 is not before 2023-05."""

    def before(left: str, right: str) -> bool:
        size = min(len(left), len(right))
        return left[:size] < right[:size]

    return bool(date) and not before(date, first) and not before(last, date)
