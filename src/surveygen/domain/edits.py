"""What a person wrote over the words of a draft."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, Field, Role, Sentence, StaleReason, StaleSource

_DIGITS = 10  # hexadecimal: two of a million claims share them once in two
WHOLE, DEFINITION = "whole", "definition"

PaperLookup = Callable[[PaperId], Paper | None]


@dataclass(frozen=True, slots=True)
class SourceSnapshot:
    """A source as the person saw it; `words` of a field, "" where the paper is cited as a whole."""

    paper: PaperId
    version: int
    field: Field = "abstract"
    words: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Where a person's sentence stands, and what it rests on; its words are with the decision.

    Attributes:
        claim: the sentence that it stands in place of, a definition, or the whole running text of a section.
        language: of the person's words. local: they translate the sentence, and hold in their language alone.
        role, after: what the sentence did, and the claim before it, so that it has a place when the claim is gone.
        original: the words that were there.
    """

    claim: str
    language: str = "en"
    local: bool = False
    role: Role = "other"
    after: str = ""
    original: str = ""
    basis: tuple[SourceSnapshot, ...] = ()


def claim_key(sentence: Sentence, paper: PaperLookup) -> str:
    """Name a claim by the words that it rests on, in every language alike; without evidence by its own.

    A new version in which these words stand elsewhere leaves the name as it is.
    """
    told = sorted({(span.paper, span.field, _quoted_text(span, paper)) for span in sentence.evidence})
    return _digest("claim", told or sentence.plain)


def section_key(kind: str, section: str) -> str:
    """Name the definition of a section, or its whole running text."""
    return _digest(kind, section)


def snapshot_sources(sentence: Sentence, cites: tuple[PaperId, ...], paper: PaperLookup) -> tuple[SourceSnapshot, ...]:
    """Return what a person's words rest on: of the papers they cite, the words that the sentence rested on."""
    spans = [span for span in sentence.evidence if span.paper in cites]
    quoted = [
        SourceSnapshot(span.paper, found.version, span.field, _quoted_text(span, paper))
        for span in spans
        if (found := paper(span.paper)) is not None
    ]
    bare = [one for one in cites if one not in {span.paper for span in spans}]
    return (*quoted, *(SourceSnapshot(one, found.version) for one in bare if (found := paper(one)) is not None))


def stale_sources(edit: Edit, paper: PaperLookup) -> tuple[StaleSource, ...]:
    """Tell which sources are not what they were, each with the gravest reason.

    Args:
        edit: the person's.
        paper: gives the papers of the survey and the withdrawn ones, None for any other.
    """
    found = ((basis.paper, _stale_reason(basis, paper(basis.paper))) for basis in edit.basis)
    return tuple(dict.fromkeys(StaleSource(one, reason) for one, reason in found if reason))


def current_evidence(edit: Edit, paper: PaperLookup) -> tuple[Evidence, ...]:
    """Return where the words of the basis stand now; what is gone is left out."""
    return tuple(_current_spans(edit, paper))


def _current_spans(edit: Edit, paper: PaperLookup) -> Iterator[Evidence]:
    for basis in edit.basis:
        known = paper(basis.paper)
        if known is None or not basis.words:
            continue
        start = getattr(known, basis.field).find(basis.words)
        if start >= 0:
            yield Evidence(basis.paper, known.version, basis.field, start, start + len(basis.words))


def _stale_reason(basis: SourceSnapshot, paper: Paper | None) -> StaleReason | None:
    if paper is None:
        return "gone"
    if paper.status == "withdrawn":
        return "withdrawn"
    if basis.words and basis.words not in getattr(paper, basis.field):
        return "words"
    return "version" if paper.version > basis.version else None


def _quoted_text(span: Evidence, paper: PaperLookup) -> str:
    known = paper(span.paper)
    words: str = getattr(known, span.field)[span.start : span.end] if known is not None else ""
    return words or f"{span.start}-{span.end}"


def _digest(*parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
