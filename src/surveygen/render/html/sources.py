"""Cut abstracts where evidence begins and ends, to be pointed at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, Sentence
from surveygen.domain.survey import Survey

Span = tuple[int, int]


class SourceTexts:
    """The abstract of each paper as pieces; a span of evidence is a half-open run of them.

    `language` is the survey's.
    """

    def __init__(self, survey: Survey) -> None:
        self.language = survey.language
        self._papers: Mapping[PaperId, Paper] = {entry.paper.id: entry.paper for entry in survey.entries}
        self._cuts: dict[PaperId, set[int]] = {paper: {0, len(it.abstract)} for paper, it in self._papers.items()}
        for sentence in _all_sentences(survey):
            for evidence in filter(self._stands, sentence.evidence):
                self._cuts[evidence.paper] |= {evidence.start, evidence.end}
        for evidence in (span for entry in survey.entries for span in entry.reasons if self._stands(span)):
            self._cuts[evidence.paper] |= {evidence.start, evidence.end}
        self._order = {paper: sorted(cuts) for paper, cuts in self._cuts.items()}
        self._places = {paper: {cut: at for at, cut in enumerate(order)} for paper, order in self._order.items()}

    def pieces(self, paper: PaperId) -> list[str]:
        """Return the abstract of a paper, cut; the pieces joined are the abstract."""
        text = self._papers[paper].abstract
        return [text[start:end] for start, end in pairwise(self._order[paper])]

    def span(self, evidence: Iterable[Evidence], paper: PaperId) -> Span | None:
        """Return the pieces that the first evidence of a paper covers; None if it lies elsewhere than the abstract."""
        for item in evidence:
            if item.paper == paper and self._stands(item):
                places = self._places[paper]
                return places[item.start], places[item.end]
        return None

    def _stands(self, evidence: Evidence) -> bool:
        """Whether the evidence lies in the very abstract that the page shows."""
        paper = self._papers.get(evidence.paper)
        if paper is None or evidence.field != "abstract" or evidence.version != paper.version:
            return False
        return 0 <= evidence.start < evidence.end <= len(paper.abstract)


def _all_sentences(survey: Survey) -> Iterator[Sentence]:
    yield from survey.sentences()
    for entry in survey.entries:
        yield from entry.card.sentences()
