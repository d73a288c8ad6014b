"""What the writers of sections share: data, language and quoted spans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import FacetName, Sentence
from surveygen.domain.text import fold_name
from surveygen.domain.theme import Assignment, Theme, ThemeId
from surveygen.languages import Language
from surveygen.survey.data import SurveyData


@dataclass(slots=True)
class QuotedSpans:
    """The spans that the survey has quoted so far, and the sentences of a language model: nothing is repeated."""

    spans: set[object] = field(default_factory=set)

    def claim_new(self, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        """Return the sentences that the survey does not have yet, and record them.

        Where one is left out, glue is left out with it: its words may have been those of that sentence.
        """
        new: list[Sentence] = []
        for sentence in sentences:
            if sentence.method == "glue":
                new.append(sentence)
                continue
            spans: set[object] = {(item.paper, item.field, item.start, item.end) for item in sentence.evidence}
            if sentence.method == "llm":  # may summarize what others quote, as long as its words differ
                spans = {sentence.text}
            if not spans & self.spans:
                self.spans |= spans
                new.append(sentence)
        whole = len(new) == len(sentences)
        return tuple(sentence for sentence in new if whole or sentence.method != "glue")


@dataclass(frozen=True, slots=True)
class ComposeContext:
    """What the sections of an edition are written from.

    Attributes:
        data: of the survey. language: of the edition. quoted: the spans quoted so far.
        papers: by id. rank: the place of papers with a reference in an earlier draft.
        years: the number of papers by year. theme_numbers: the place of each theme in reading order, from 0.
        uses: the number of papers of the survey with each facet, its value folded.
    """

    data: SurveyData
    language: Language
    quoted: QuotedSpans
    papers: Mapping[PaperId, Paper]
    rank: Mapping[PaperId, int]
    years: Counter[int]
    theme_numbers: Mapping[ThemeId, int]
    uses: Counter[tuple[FacetName, str]]
    _members: Mapping[ThemeId, tuple[Assignment, ...]]

    @classmethod
    def from_data(cls, data: SurveyData, language: Language) -> Self:
        """Index the data for an edition that quotes nothing yet."""
        members: dict[ThemeId, list[Assignment]] = {theme.id: [] for theme in data.taxonomy}
        for item in sorted(data.assignments.values(), key=lambda item: (-item.score, item.paper)):
            for theme in () if item.outside else item.path:
                members[theme].append(item)
        by_theme = {theme: tuple(items) for theme, items in members.items()}
        facets = (facet for paper in data.papers for facet in data.reviews[paper.id].facets)
        return cls(
            data,
            language,
            QuotedSpans(),
            papers={paper.id: paper for paper in data.papers},
            rank={paper: at for at, paper in enumerate(data.order)},
            years=Counter(paper.year for paper in data.papers if paper.year is not None),
            theme_numbers={theme.id: at for at, theme in enumerate(data.taxonomy)},
            uses=Counter((facet.name, fold_name(facet.value)) for facet in facets),
            _members=by_theme,
        )

    def members(self, theme: Theme) -> tuple[Assignment, ...]:
        """Return the assignments to a theme and those below it, best score first; papers that fit no theme are none."""
        return self._members[theme.id]

    def say(self, key: str, **values: object) -> str:
        """Return fixed words in the language of the edition."""
        return self.language.say(key, **values)

    def name(self, theme: ThemeId) -> str:
        """Return the name of a theme in the language of the edition."""
        return self.data.taxonomy[theme].name_in(self.language.code)
