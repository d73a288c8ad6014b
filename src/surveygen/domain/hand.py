"""What a person wrote over the words of a draft."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.writing import Doubt, DoubtReason, Evidence, Field, Role, Sentence

_DIGITS = 10  # hexadecimal: two of a million claims share them once in two
WHOLE, DEFINITION = "whole", "definition"

Known = Callable[[PaperId], Paper | None]


@dataclass(frozen=True, slots=True)
class Basis:
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
    basis: tuple[Basis, ...] = ()


def claim_of(sentence: Sentence, paper: Known) -> str:
    """Name a claim by the words that it rests on, in every language alike; without evidence by its own.

    A new version in which these words stand elsewhere leaves the name as it is.
    """
    told = sorted({(span.paper, span.field, _quoted(span, paper)) for span in sentence.evidence})
    return _digest("claim", told or sentence.plain)


def claim_in(kind: str, section: str) -> str:
    """Name the definition of a section, or its whole running text."""
    return _digest(kind, section)


def basis_of(sentence: Sentence, cites: tuple[PaperId, ...], paper: Known) -> tuple[Basis, ...]:
    """Return what a person's words rest on: of the papers they cite, the words that the sentence rested on."""
    spans = [span for span in sentence.evidence if span.paper in cites]
    quoted = [
        Basis(span.paper, found.version, span.field, _quoted(span, paper))
        for span in spans
        if (found := paper(span.paper)) is not None
    ]
    bare = [one for one in cites if one not in {span.paper for span in spans}]
    return (*quoted, *(Basis(one, found.version) for one in bare if (found := paper(one)) is not None))


def doubts(edit: Edit, paper: Known) -> tuple[Doubt, ...]:
    """Tell which sources are not what they were, each with the gravest reason.

    Args:
        edit: the person's.
        paper: gives the papers of the survey and the withdrawn ones, None for any other.
    """
    found = ((basis.paper, _doubt(basis, paper(basis.paper))) for basis in edit.basis)
    return tuple(dict.fromkeys(Doubt(one, reason) for one, reason in found if reason))


def evidence_now(edit: Edit, paper: Known) -> tuple[Evidence, ...]:
    """Return where the words of the basis stand now; what is gone is left out."""
    return tuple(_found(edit, paper))


def _found(edit: Edit, paper: Known) -> Iterator[Evidence]:
    for basis in edit.basis:
        known = paper(basis.paper)
        if known is None or not basis.words:
            continue
        start = getattr(known, basis.field).find(basis.words)
        if start >= 0:
            yield Evidence(basis.paper, known.version, basis.field, start, start + len(basis.words))


def _doubt(basis: Basis, paper: Paper | None) -> DoubtReason | None:
    if paper is None:
        return "gone"
    if paper.status == "withdrawn":
        return "withdrawn"
    if basis.words and basis.words not in getattr(paper, basis.field):
        return "words"
    return "version" if paper.version > basis.version else None


def _quoted(span: Evidence, paper: Known) -> str:
    known = paper(span.paper)
    words: str = getattr(known, span.field)[span.start : span.end] if known is not None else ""
    return words or f"{span.start}-{span.end}"


def _digest(*parts: object) -> str:
    text = json.dumps(parts, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
