"""Sentences that carry their sources, and what is made of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from surveygen.domain.paper import PaperId
from surveygen.domain.theme import ThemeId

Role = Literal["problem", "approach", "finding", "limit", "other"]
SubtopicKind = Literal["", "foundations", "topic", "newest", "same", "opposed"]
Field = Literal["title", "abstract", "comment"]
Method = Literal["extractive", "llm", "human"]

StaleReason = Literal["gone", "withdrawn", "words", "version"]

REVIEW_FIELDS = ("motivation", "aims", "questions", "methods", "data", "findings", "limits", "significance")
_CITATION_MARK = re.compile(r"\s?\[@([^\]\s]+)\]")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a stored field: half-open, counted in Unicode code points of that version's text."""

    paper: PaperId
    version: int
    field: Field
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StaleSource:
    """A source that is not what it was when a person wrote: why a sentence should be looked at again."""

    paper: PaperId
    reason: StaleReason


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who wrote some words of a draft, when (ISO 8601 UTC), and what has changed below them since."""

    author: str
    at: str
    stale_sources: tuple[StaleSource, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """One claim.

    Attributes:
        text: the words; a citation stands where it belongs as ``[@paper-id]``.
        cites: the papers cited, each marked in `text`. evidence: where the claim stands in them.
        method: how it was written. rule: the rewriting rule ("quote", "attribute", ...), so that it can be replayed.
        support: 0 to 1, agreement of the words with the evidence.
        translated_from: the language it was written in, None if it was written in `language`. source: its words then.
        claim: names the claim in its draft, whoever words it; "" where nobody can edit it.
        attribution: who wrote it, None for the program.
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

    @property
    def plain(self) -> str:
        """The words without citation markers."""
        cited = set(self.cites)
        return _CITATION_MARK.sub(lambda found: "" if found[1] in cited else found[0], self.text)


def cited_papers(text: str) -> tuple[PaperId, ...]:
    """Return the papers that a text marks as cited, each once, in their order."""
    return tuple(dict.fromkeys(PaperId(paper) for paper in _CITATION_MARK.findall(text)))


@dataclass(frozen=True, slots=True)
class PaperReview:
    """The quick review of one paper; a field that the source says nothing about stays empty.

    Attributes:
        questions: what the paper asks and answers. data: names of data sets and benchmarks.
        code: address of a repository, "" if none is named. code_evidence: where it is named.
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

    def fields(self) -> tuple[tuple[str, tuple[Sentence, ...]], ...]:
        """Return the sentences of each field under its name, in the order in which a review shows them."""
        first = (self.one_liner,) if self.one_liner is not None else ()
        rest = ((name, getattr(self, name)) for name in REVIEW_FIELDS)
        return (("one_liner", first), *rest)

    def sentences(self) -> tuple[Sentence, ...]:
        """Return the sentences in the order in which a card is read."""
        return tuple(sentence for _, field in self.fields() for sentence in field)


@dataclass(frozen=True, slots=True)
class SubtopicSummary:
    """Sentences of a theme that do the same thing (state a problem, take an approach, ...).

    Attributes:
        kind: what sets it apart from others of its role: what came first, a keyword, what is newest, or that two
            findings move one measure the same way or opposite ways; "" for nothing.
        topic: that keyword or measure, as the papers write it. papers: all that `kind` holds for.
    """

    role: Role
    sentences: tuple[Sentence, ...]
    kind: SubtopicKind = ""
    topic: str = ""
    papers: tuple[PaperId, ...] = ()


@dataclass(frozen=True, slots=True)
class ThemeSummary:
    """What is said about one theme, its own members only: sub-themes have summaries of their own."""

    theme: ThemeId
    language: str
    strands: tuple[SubtopicSummary, ...]
    open_problems: tuple[Sentence, ...] = ()
    summarizer: str = ""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What is said about the survey as a whole; empty where nobody wrote it."""

    introduction: tuple[Sentence, ...] = ()
    abstract: tuple[Sentence, ...] = ()
    outlook: tuple[Sentence, ...] = ()
