"""Give the references an order that new papers do not disturb."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.person_names import fold, split_name


def reference_order(papers: Iterable[Paper], known: Sequence[PaperId]) -> tuple[PaperId, ...]:
    """Return `known` with the papers that it lacks after it, these by first author, year and title.

    So [12] stays [12] while papers come. One that leaves the survey keeps its place in case that it returns.
    """
    there = set(known)
    new = sorted((paper for paper in papers if paper.id not in there), key=_by_author)
    return (*known, *(paper.id for paper in new))


def _by_author(paper: Paper) -> tuple[bool, str, int, str, str]:
    """By first author's family name, year, title; papers without authors last."""
    family = split_name(paper.authors[0].name)[0] if paper.authors else ""
    return (not family, fold(family) or family, paper.year or 0, fold(paper.title), paper.id)
