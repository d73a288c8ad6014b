"""Everything a draft is made of, before it is one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Sentence
from surveygen.domain.theme import Assignment, Theme, ThemeId
from surveygen.languages import Language
from surveygen.survey.data import SurveyData

_TELLING_WORDS = 12
_AMOUNT = re.compile(r"(?<![\w-])\d")  # the number of GPT-4 is part of a name


def telling(sentences: Sequence[Sentence]) -> Sentence | None:
    """Return the first finding that says how much: a number, and words enough to be understood alone."""
    return next((each for each in sentences if _tells(each)), None)


def _tells(sentence: Sentence) -> bool:
    return len(sentence.plain.split()) >= _TELLING_WORDS and bool(_AMOUNT.search(sentence.plain))


@dataclass(slots=True)
class QuotedSpans:
    """Spans that the draft has quoted so far, and what a model said: no sentence is told twice."""

    spans: set[object]

    def take(self, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        """Return the sentences that are new to the draft, and remember them."""
        fresh: list[Sentence] = []
        for sentence in sentences:
            spans: set[object] = {(item.paper, item.field, item.start, item.end) for item in sentence.evidence}
            if sentence.method == "llm":  # may sum up what others quote, as long as it does so in other words
                spans = {sentence.text}
            if not spans & self.spans:
                self.spans |= spans
                fresh.append(sentence)
        return tuple(fresh)


@dataclass(frozen=True, slots=True)
class ComposeContext:
    """What every section writer has before it: the material, and the papers and members of themes at hand."""

    material: SurveyData
    language: Language
    used: QuotedSpans
    papers: Mapping[PaperId, Paper]
    _members: Mapping[ThemeId, tuple[Assignment, ...]]

    @classmethod
    def of(cls, material: SurveyData, language: Language) -> Self:
        """Lay the material out."""
        members: dict[ThemeId, list[Assignment]] = {theme.id: [] for theme in material.taxonomy}
        for item in sorted(material.assignments.values(), key=lambda item: (-item.score, item.paper)):
            for theme in () if item.outside else item.path:
                members[theme].append(item)
        inside = {theme: tuple(items) for theme, items in members.items()}
        return cls(material, language, QuotedSpans(set()), {paper.id: paper for paper in material.papers}, inside)

    def members(self, theme: Theme) -> tuple[Assignment, ...]:
        """Return who stands at a theme or below it, best score first; papers that fit no theme do not."""
        return self._members[theme.id]

    def say(self, key: str, **values: object) -> str:
        """Return fixed words of the draft's language."""
        return self.language.say(key, **values)

    def name(self, theme: ThemeId) -> str:
        """Return a theme's name in the draft's language."""
        return self.material.taxonomy[theme].name_in(self.language.code)
