"""Edits of a person and the state of their sources."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from surveygen.domain.full_text import UnitLookup, field_text, no_unit
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, Field, Role, Sentence, StaleReason, StaleSource
from surveygen.domain.text import fold_name, text_sha256

_DIGITS = 10  # hexadecimal: among a million claims the probability of a collision is about 0.4
WHOLE, DEFINITION = "whole", "definition"

PaperLookup = Callable[[PaperId], Paper | None]


@dataclass(frozen=True, slots=True)
class SourceSnapshot:
    """A source at the time of an edit; `words` is the quoted text of a field, "" if the paper is cited as a whole."""

    paper: PaperId
    version: int
    field: Field = "abstract"
    words: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """The place and the sources of a person's sentence; its text is `Decision.target`.

    Attributes:
        claim: the key of the sentence that it replaces, of a definition, or of the whole running text of a section.
        language: of the person's text. local: it translates the sentence, and replaces it in its own language only.
        role, after: the role of the sentence, and the claim before it, to place it when the claim is gone.
        original: the replaced text.
    """

    claim: str
    language: str = "en"
    local: bool = False
    role: Role = "other"
    after: str = ""
    original: str = ""
    basis: tuple[SourceSnapshot, ...] = ()


def claim_key(sentence: Sentence, paper: PaperLookup, unit: UnitLookup = no_unit) -> str:
    """Return the key of a claim: of the quoted text of its evidence, or without evidence of its own text.

    The key is the same in every language, and after a new version that has the quoted text at another place. The key
    of an aggregate is that of what it counts, whatever papers have it.
    """
    if sentence.counts:
        counted = sorted({(it.facet, fold_name(it.value), it.theme or "", it.since) for it in sentence.counts})
        return _digest("count", counted)
    quotes = sorted({(span.paper, span.field, _quoted_text(span, paper, unit)) for span in sentence.evidence})
    return _digest("claim", quotes or sentence.plain)


def section_key(kind: str, section: str) -> str:
    """Return the key of the definition of a section (`DEFINITION`), or of its whole running text (`WHOLE`)."""
    return _digest(kind, section)


def snapshot_sources(
    sentence: Sentence, cites: tuple[PaperId, ...], paper: PaperLookup, unit: UnitLookup = no_unit
) -> tuple[SourceSnapshot, ...]:
    """Return the sources of a person's text: the quoted evidence of the papers cited, else the papers as a whole."""
    spans = [span for span in sentence.evidence if span.paper in cites]
    quoted = [
        SourceSnapshot(span.paper, source.version, span.field, _quoted_text(span, paper, unit))
        for span in spans
        if (source := paper(span.paper)) is not None
    ]
    bare = [cited for cited in cites if cited not in {span.paper for span in spans}]
    return (*quoted, *(SourceSnapshot(cited, source.version) for cited in bare if (source := paper(cited)) is not None))


def stale_sources(edit: Edit, paper: PaperLookup, unit: UnitLookup = no_unit) -> tuple[StaleSource, ...]:
    """Return the sources that changed since the edit, each with the most serious reason.

    Args:
        edit: an edit of a person.
        paper: returns papers of the survey and withdrawn ones, None for any other.
        unit: returns units of their full texts.
    """
    reasons = ((source.paper, _stale_reason(source, paper(source.paper), unit)) for source in edit.basis)
    return tuple(dict.fromkeys(StaleSource(source, reason) for source, reason in reasons if reason))


def current_evidence(edit: Edit, paper: PaperLookup, unit: UnitLookup = no_unit) -> tuple[Evidence, ...]:
    """Return the current spans of the quoted texts; texts that are gone are left out."""
    spans: list[Evidence] = []
    for source in edit.basis:
        current = paper(source.paper)
        text = field_text(current, source.field, unit) if current is not None and source.words else None
        start = text.find(source.words) if text is not None else -1
        if current is not None and start >= 0:
            spans.append(Evidence(source.paper, current.version, source.field, start, start + len(source.words)))
    return tuple(spans)


def _stale_reason(source: SourceSnapshot, paper: Paper | None, unit: UnitLookup) -> StaleReason | None:
    if paper is None:
        return "gone"
    if paper.status == "withdrawn":
        return "withdrawn"
    if source.words and source.words not in (field_text(paper, source.field, unit) or ""):
        return "words"
    return "version" if paper.version > source.version else None


def _quoted_text(span: Evidence, paper: PaperLookup, unit: UnitLookup) -> str:
    source = paper(span.paper)
    text = field_text(source, span.field, unit) if source is not None else None
    return (text or "")[span.start : span.end] or f"{span.start}-{span.end}"


def _digest(*parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=True)
    return text_sha256(text)[:_DIGITS]
