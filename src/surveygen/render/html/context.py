"""What all pages of one HTML edition share, and the abstracts that citations link to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, Sentence
from surveygen.domain.survey import BibliographyEntry, Survey
from surveygen.domain.theme import ThemeId
from surveygen.languages import Language
from surveygen.render.html.layout import Layout, ThemeMark, mark_themes
from surveygen.render.html.markup import anchor

Span = tuple[int, int]
_LEAN = 300  # papers of one page up to which its tables and the links back from references are written out


@dataclass(frozen=True)
class HtmlContext:
    """A survey with its division into pages, and what follows from these.

    `stubs` caches the data of papers that many pages name.
    """

    survey: Survey
    language: Language
    layout: Layout
    stubs: dict[PaperId, dict[str, object]] = field(default_factory=dict)

    @cached_property
    def entries(self) -> Mapping[PaperId, BibliographyEntry]:
        """The references by paper."""
        return self.survey.by_paper()

    @cached_property
    def marks(self) -> Mapping[ThemeId, ThemeMark]:
        """The color, shape and name of each theme."""
        return mark_themes(self.survey, self.language)

    @cached_property
    def sources(self) -> SourceTexts:
        """The abstracts in pieces."""
        return SourceTexts(self.survey)

    @cached_property
    def sizes(self) -> Mapping[ThemeId, int]:
        """The number of papers under each theme."""
        return {count.theme: count.size for count in self.survey.counts}

    @cached_property
    def section_of(self) -> Mapping[ThemeId, str]:
        """The id of the section about each theme."""
        return {section.theme: anchor(section.id) for section in self.survey.sections if section.theme}

    @property
    def lean(self) -> bool:
        """Whether one page holds so many papers that scripts write what follows from its data."""
        return not self.layout.parts and len(self.entries) > _LEAN


class SourceTexts:
    """The abstract of each paper as pieces; a span of evidence is a half-open range of them.

    `language` is the survey's.
    """

    def __init__(self, survey: Survey) -> None:
        self.language = survey.language
        self._papers: Mapping[PaperId, Paper] = {entry.paper.id: entry.paper for entry in survey.entries}
        cuts: dict[PaperId, set[int]] = {paper.id: {0, len(paper.abstract)} for paper in self._papers.values()}
        for evidence in _all_evidence(survey):
            if self._is_in_abstract(evidence):
                cuts[evidence.paper] |= {evidence.start, evidence.end}
        self._cuts = {paper: sorted(places) for paper, places in cuts.items()}
        self._indices = {paper: {cut: at for at, cut in enumerate(places)} for paper, places in self._cuts.items()}

    def pieces(self, paper: PaperId) -> list[str]:
        """Return the abstract of a paper, cut; the pieces joined are the abstract."""
        text = self._papers[paper].abstract
        return [text[start:end] for start, end in pairwise(self._cuts[paper])]

    def span(self, evidence: Iterable[Evidence], paper: PaperId) -> Span | None:
        """Return the pieces that the first evidence of a paper covers; None if it lies elsewhere than the abstract."""
        for item in evidence:
            if item.paper == paper and self._is_in_abstract(item):
                indices = self._indices[paper]
                return indices[item.start], indices[item.end]
        return None

    def _is_in_abstract(self, evidence: Evidence) -> bool:
        """Return whether the evidence lies in the version of the abstract that the page shows."""
        paper = self._papers.get(evidence.paper)
        if paper is None or evidence.field != "abstract" or evidence.version != paper.version:
            return False
        return 0 <= evidence.start < evidence.end <= len(paper.abstract)


def _all_evidence(survey: Survey) -> Iterator[Evidence]:
    sentences: list[Iterable[Sentence]] = [survey.sentences(), *(entry.card.sentences() for entry in survey.entries)]
    for group in sentences:
        for sentence in group:
            yield from sentence.evidence
    for entry in survey.entries:
        yield from entry.reasons
