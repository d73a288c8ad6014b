"""Everything a draft is made of, before it is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from surveygen.domain.changes import Changes
from surveygen.domain.citation import Citations
from surveygen.domain.decision import Decision
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, FrontMatter, PaperReview, Sentence, ThemeSummary
from surveygen.domain.survey import Provenance
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.languages import Language
from surveygen.survey.translation import Translation

_TELLING_WORDS = 12
_AMOUNT = re.compile(r"(?<![\w-])\d")  # the number of GPT-4 is part of a name


@dataclass(frozen=True, slots=True)
class QualityChecks:
    """How quality is judged: whether a sentence stands on its evidence, the share of near duplicates, flaws of style.

    `flaw` names the flaw of a sentence: "dangling", "fragment", something else, or "" for none.
    """

    grounded: Callable[[Sentence], bool]
    redundancy: Callable[[Sequence[Sentence]], float]
    flaw: Callable[[Sentence], str]


@dataclass(frozen=True, slots=True)
class SurveyInput:
    """The input of `compose`.

    Attributes:
        papers: in the draft, sorted by id. cards: one for each.
        summaries: by theme; a theme without a summary gets no running text.
        withdrawn: papers that stood in an earlier draft and were withdrawn since, sorted by id.
        order: papers in the order of earlier references; new ones come after them.
        positions: of papers on the map, in the unit square; empty without a map.
        reasons: spans of the abstract that placed the paper. border: papers nearly placed otherwise, by theme.
        frame: what opens and closes the survey; empty parts are left out.
        selection: counts of the store by name ("delivered", "duplicates", "quarantined", ...).
        found: records by source, those that could not be read among them; the parts of "delivered" and "quarantined".
        titles: in each language that the survey is built in, by its code.
        likeness: cosine between the centers of two top themes, both ways round.
        citations: who cites whom; graphs: the names that citation graphs give themselves.
        edits: a person's sentences that hold, in their order, each with the section where it stands now.
        translation: what is known in the language of the edition, where that is another than the papers'.
        generated_at: ISO 8601 UTC, given so that composing needs no clock.
    """

    slug: str
    title: str
    generated_at: str
    papers: tuple[Paper, ...]
    taxonomy: Taxonomy
    assignments: Mapping[PaperId, Assignment]
    summaries: Mapping[ThemeId, ThemeSummary]
    cards: Mapping[PaperId, PaperReview]
    neighbours: Mapping[PaperId, tuple[PaperId, ...]]
    cite_keys: Mapping[PaperId, str]
    selection: Mapping[str, int]
    provenance: Provenance
    checks: QualityChecks
    order: tuple[PaperId, ...] = ()
    found: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    likeness: Mapping[tuple[ThemeId, ThemeId], float] = field(default_factory=dict)
    frame: FrontMatter = field(default_factory=FrontMatter)
    changes: Changes | None = None
    earlier: tuple[Changes, ...] = ()
    withdrawn: tuple[Paper, ...] = ()
    citations: Citations = field(default_factory=Citations)
    graphs: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[PaperId, tuple[Evidence, ...]] = field(default_factory=dict)
    border: Mapping[ThemeId, tuple[PaperId, ...]] = field(default_factory=dict)
    edits: tuple[Decision, ...] = ()
    translation: Translation = field(default_factory=Translation)
    positions: Mapping[PaperId, tuple[float, float]] = field(default_factory=dict)


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

    material: SurveyInput
    language: Language
    used: QuotedSpans
    papers: Mapping[PaperId, Paper]
    _members: Mapping[ThemeId, tuple[Assignment, ...]]

    @classmethod
    def of(cls, material: SurveyInput, language: Language) -> Self:
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
