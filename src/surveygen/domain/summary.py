"""Sentences with their evidence, paper reviews and theme summaries."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from surveygen.domain.paper import PaperId
from surveygen.domain.theme import ThemeId

Role = Literal["problem", "approach", "finding", "limit", "other"]
Axis = Literal["", "background", "resources", "analyses", "methods", "related", "limits"]
Field = str  # "title", "abstract", "comment", or "text:" and the id of a unit of the full text
Method = Literal["extractive", "llm", "human", "aggregate", "glue"]
FacetName = Literal[
    "kind", "data", "model", "language", "modality", "access", "people", "code", "limit", "year", "phrase"
]

StaleReason = Literal["gone", "withdrawn", "words", "version"]

# fmt: off
REVIEW_FIELDS = (
    "motivation", "aims", "questions", "contributions", "methods", "data", "findings", "results", "limits",
    "significance", "definitions",
)
# fmt: on
MAX_GLUE_SHARE = Fraction(15, 100)  # of the sentences of a section that may be glue
NAME_RULES = ("data", "caption")  # of sentences that are names of data sets
QUOTATION = "quotation"  # rule of sentences that quote a text unaltered
CITATION_MARK = re.compile(r"\s?\[@([^\]\s]+)\]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a stored field: half-open, in Unicode code points of that version's text.

    `surveygen.domain.full_text.field_text` returns the text of the field.
    """

    paper: PaperId
    version: int
    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StaleSource:
    """A source that changed since a person wrote a sentence, and how."""

    paper: PaperId
    reason: StaleReason


@dataclass(frozen=True, slots=True)
class Attribution:
    """The person who wrote a text of a draft, when (ISO 8601 UTC), and the sources that changed since."""

    author: str
    at: str
    stale_sources: tuple[StaleSource, ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """A property of one paper that can be counted, with the span that shows it.

    Attributes:
        value: of a closed list, such as "method" for the kind of work or "de" for a language; the name of a data set or
            model as the paper writes it.
    """

    name: FacetName
    value: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Count:
    """A count of papers that `verify` repeats.

    Attributes:
        facet, value: the property that was counted.
        papers: those that have it. total: the number of papers among which it was counted.
        theme: whose papers these are, None for all papers of the survey.
        since: only papers from that year on were counted, 0 for all years.
    """

    facet: FacetName
    value: str
    papers: tuple[PaperId, ...]
    total: int
    theme: ThemeId | None = None
    since: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """Computed words at the head of a sentence that tie it to the sentence before.

    Attributes:
        kind: what was computed, such as "years_later", with its `value`.
        text: the words as they begin the sentence. replaces: the words of the sentence that they stand in place of.
    """

    kind: str
    value: str = ""
    text: str = ""
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One claim.

    Attributes:
        text: the text, with citations as ``[@paper-id]``.
        cites: the papers cited, each marked in `text`. evidence: the spans of the claim in them.
        method: how it was written; "aggregate" counts papers, "glue" ties sentences together and cites nothing.
        rule: the rewriting rule ("quote", "attribute", ...), so that it can be replayed.
        support: 0 to 1, agreement of the text with the evidence.
        translated_from: the language it was written in, None if it was written in `language`. source: the text in it.
        claim: the key of the claim in its draft, whoever wrote it; "" if it cannot be edited.
        attribution: who wrote it, None for the program.
        counts: what an aggregate counts. opening: the computed words at its head, part of `text`.
    """

    text: str
    cites: tuple[PaperId, ...]
    evidence: tuple[Evidence, ...]
    method: Method = "extractive"
    rule: str = ""
    role: Role = "other"
    support: float = 1.0
    language: str = "en"
    translated_from: str | None = None
    claim: str = ""
    attribution: Attribution | None = None
    source: str = ""
    counts: tuple[Count, ...] = ()
    opening: Opening | None = None

    @property
    def plain(self) -> str:
        """The text without citation markers."""
        cited = set(self.cites)
        return CITATION_MARK.sub(lambda mark: "" if mark[1] in cited else mark[0], self.text)

    def without_opening(self) -> Sentence:
        """Return the sentence as it was before computed words opened it."""
        if self.opening is None or not self.text.startswith(self.opening.text):
            return self
        text = self.opening.replaces + self.text.removeprefix(self.opening.text)
        return replace(self, text=text, opening=None)


def glue_limit(others: int) -> int:
    """Return how many connecting sentences a text with this number of other sentences may have.

    >>> glue_limit(5), glue_limit(17)
    (0, 3)
    """
    return int(others * MAX_GLUE_SHARE / (1 - MAX_GLUE_SHARE))


def cited_papers(text: str) -> tuple[PaperId, ...]:
    """Return the papers cited in a text, in their order, without repeats."""
    return tuple(dict.fromkeys(PaperId(paper) for paper in CITATION_MARK.findall(text)))


@dataclass(frozen=True, slots=True)
class Pointer:
    """The place in a full text that tells what a field of a review is about, where no sentence of it may be shown.

    Attributes:
        field: name of the field of the review, such as "limits". evidence: a whole unit.
    """

    field: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class CitationContext:
    """A sentence of a full text that tells of other papers.

    Attributes:
        cited: the papers that it cites, in their order. evidence: the sentence in the text, whose paper cites them.
        sentence: as it may be shown, None if its license permits only to name its place.
        value: how much it tells, as `content_value` has it.
    """

    cited: tuple[PaperId, ...]
    evidence: Evidence
    sentence: Sentence | None = None
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class PaperReview:
    """The quick review of one paper; fields without a statement in the source are empty.

    Attributes:
        questions: what the paper asks and answers. data: names of data sets and benchmarks.
        results: a measure with its number, in a few words of a finding.
        code: address of a repository, "" if none is named. code_evidence: the span that names it.
        facets: what aggregates count.
        contributions: what the authors list as their contributions. definitions: terms that the paper defines.
        pointers: places in the full text in place of sentences of fields.
    """

    paper: PaperId
    one_liner: Sentence | None = None
    aims: tuple[Sentence, ...] = ()
    methods: tuple[Sentence, ...] = ()
    findings: tuple[Sentence, ...] = ()
    limits: tuple[Sentence, ...] = ()
    keywords: tuple[str, ...] = ()
    code: str = ""
    motivation: tuple[Sentence, ...] = ()
    questions: tuple[Sentence, ...] = ()
    data: tuple[Sentence, ...] = ()
    significance: tuple[Sentence, ...] = ()
    code_evidence: Evidence | None = None
    results: tuple[Sentence, ...] = ()
    facets: tuple[Facet, ...] = ()
    contributions: tuple[Sentence, ...] = ()
    definitions: tuple[Sentence, ...] = ()
    pointers: tuple[Pointer, ...] = ()

    def fields(self) -> tuple[tuple[str, tuple[Sentence, ...]], ...]:
        """Return the sentences of each field under its name, in the order in which a review shows them."""
        first = (self.one_liner,) if self.one_liner is not None else ()
        rest = ((name, getattr(self, name)) for name in REVIEW_FIELDS)
        return (("one_liner", first), *rest)

    def sentences(self) -> tuple[Sentence, ...]:
        """Return all sentences in reading order."""
        return tuple(sentence for _, field in self.fields() for sentence in field)


@dataclass(frozen=True, slots=True)
class SubtopicSummary:
    """Sentences of a theme that belong together.

    Attributes:
        role: of its sentences, or of most of them.
        axis: its place in the section of the theme; "" if the summarizer sorts by role alone. "related" has what
            other papers tell of several of its papers together.
        topic: a phrase that papers of the theme share, as they write it, "" for none.
        papers: all papers of the theme that deal with it. evidence: a span that shows it for each of them.
    """

    role: Role
    sentences: tuple[Sentence, ...]
    axis: Axis = ""
    topic: str = ""
    papers: tuple[PaperId, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemeSummary:
    """The summary of one theme, of its own members only: sub-themes have their own summaries.

    Attributes:
        open_problems: what a model says is open.
        limits: limits that papers of the newest years tell, grouped by a phrase that they share; of a top theme.
        since: the first of these years.
    """

    theme: ThemeId
    language: str
    strands: tuple[SubtopicSummary, ...]
    open_problems: tuple[Sentence, ...] = ()
    summarizer: str = ""
    limits: tuple[SubtopicSummary, ...] = ()
    since: int = 0


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """Texts about the survey as a whole; empty if not written. `definitions` are of its terms."""

    introduction: tuple[Sentence, ...] = ()
    abstract: tuple[Sentence, ...] = ()
    outlook: tuple[Sentence, ...] = ()
    definitions: tuple[Sentence, ...] = ()
