"""Find the sentences that placed each paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Assignment
from surveygen.domain.writing import Evidence
from surveygen.summarize import split
from surveygen.themes import deciding_sentences


def reasons(papers: Iterable[Paper], assignments: Mapping[PaperId, Assignment]) -> dict[PaperId, tuple[Evidence, ...]]:
    """Return for each paper the spans of its abstract that hold most of the words that decided; none without words."""
    return {
        paper.id: deciding_sentences(paper, assignments[paper.id], split(paper.abstract))
        for paper in papers
        if paper.id in assignments and assignments[paper.id].keywords
    }
