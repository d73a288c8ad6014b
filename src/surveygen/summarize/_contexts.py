"""Sentences of a full text that tell of other papers: its citation contexts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from surveygen.domain.document import Document, Unit
from surveygen.domain.full_text import TEXT_FIELD
from surveygen.domain.license import MAX_QUOTED_WORDS, Permission
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import CITATION_MARK, QUOTATION, CitationContext, Evidence, Sentence, SubtopicSummary
from surveygen.languages.detection import detect_language
from surveygen.summarize._content import content_value, is_empty
from surveygen.summarize._english import phrases
from surveygen.summarize._rewrite_rules import author_label
from surveygen.summarize._rewriting import replay
from surveygen.summarize._sentence_quality import flaw_reason
from surveygen.summarize._text import content_terms, split_sentences

if TYPE_CHECKING:
    from surveygen.summarize import ThemeInput

CONTEXT = "context"  # the rule of sentences about other papers than their own
_JOINT_SHARE, _MIN_JOINT = 0.15, 2  # of the sentences of a theme
_MIN_TERMS, _BARE = 4, 0.5  # words that carry the subject; taken from the value of a sentence with fewer
_LEAST_VALUE = -0.3  # of a sentence in the text of a theme
_MAX_SHOWN = 5  # of one paper
_MAX_CITED = 6  # papers; a longer row of citations says little of each
_UNIT_KINDS = frozenset({"paragraph", "item"})
_UNCITABLE = re.compile(r"[\[\]\s]")
_IN_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]|\A[\d\s,;–-]+\Z")  # the part of a mark that is no word
# Where a mark in brackets is itself a part of the sentence, which would lose it: "in [3]", "[3] shows".
_NOUN_BEFORE = re.compile(
    r"(?:\A|\b(?:in|by|of|from|to|see|with|following|follow|for|on|than|and|or|unlike|as|both|like|while|that|e\.g\.,?))\s*\Z",
    re.IGNORECASE,
)
_NOT_HERE = ("[@", "“", "$")  # forged marks, quotations of others, symbols that only the text explains
_OWN_SECTION = re.compile(phrases("own_sections"), re.IGNORECASE)
_OF_CITING_PAPER = re.compile(phrases("of_citing_paper"), re.IGNORECASE)

ReferencedPaper = Callable[[str], PaperId | None]  # by the id of an entry of the bibliography


def find_contexts(
    document: Document, paper: Paper, cited: ReferencedPaper, permission: Permission
) -> Iterator[CitationContext]:
    """Yield the sentences of a text that tell of papers of the survey and not of the text's own work.

    Each cites one paper alone, or two to six of them; a sentence that also tells of a work outside the survey, uses
    "we", or cannot stand alone is left out. Only English texts have any.

    Args:
        document: the text.
        paper: its paper, as of the version of the text.
        cited: returns the paper of the survey that an entry of the bibliography is.
        permission: what of its sentences may be shown.
    """
    sections = _sections_on_others(document)
    for unit in document.units:
        if not unit.marks or unit.kind not in _UNIT_KINDS or unit.section not in sections:
            continue
        for start, end in split_sentences(unit.text):
            papers, text = _with_marks(unit, start, end, cited)
            if text and paper.id not in papers and _tells_of_others(unit.text[start:end], text):
                evidence = Evidence(paper.id, document.version, f"{TEXT_FIELD}{unit.id}", start, end)
                plain = CITATION_MARK.sub("", text)
                value = content_value(plain, "", "limit") - _BARE * (len(set(content_terms(plain))) < _MIN_TERMS)
                yield CitationContext(papers, evidence, _sentence(unit, evidence, paper, cited, permission), value)


def choose_contexts(
    contexts: Iterable[CitationContext], papers: Mapping[PaperId, Paper]
) -> dict[PaperId, tuple[CitationContext, ...]]:
    """Return for each paper the sentences about it alone that tell most, one of each paper that cites it, oldest first.

    Args:
        contexts: of all texts.
        papers: those of the survey.
    """
    best: dict[PaperId, dict[PaperId, CitationContext]] = {}
    for context in contexts:
        if len(context.cited) == 1:
            of_paper = best.setdefault(context.cited[0], {})
            other = of_paper.get(context.evidence.paper)
            if other is None or context.value > other.value:
                of_paper[context.evidence.paper] = context

    def rank(context: CitationContext) -> tuple[bool, float, PaperId]:
        return context.sentence is None, -context.value, context.evidence.paper

    def date(context: CitationContext) -> tuple[str, PaperId]:
        return papers[context.evidence.paper].date or "", context.evidence.paper

    return {
        paper: tuple(sorted(sorted(of_paper.values(), key=rank)[:_MAX_SHOWN], key=date))
        for paper, of_paper in sorted(best.items())
    }


def add_contexts(strands: Sequence[SubtopicSummary], source: ThemeInput) -> tuple[SubtopicSummary, ...]:
    """Add to the strands of a theme what other papers tell of two or more of its papers together.

    Those that tell most come first, one for the same papers: each closes the strand that cites two of its papers or
    more, and what fits none makes a strand of its own. What sub-themes tell is not told again.
    """
    below = {evidence for summary in source.summaries_below for it in summary.strands for evidence in _spans(it)}
    limit = max(round(_JOINT_SHARE * source.limit), _MIN_JOINT)
    homes = [{*strand.papers, *(paper for it in strand.sentences for paper in it.cites)} for strand in strands]
    closing: dict[int, Sentence] = {}
    others: list[Sentence] = []
    compared: set[frozenset[PaperId]] = set()
    for context in sorted(source.contexts, key=lambda it: (-it.value, it.evidence.paper, it.evidence.field)):
        if len(closing) + len(others) == limit or context.value < _LEAST_VALUE:
            break
        if context.sentence is None or context.evidence in below or frozenset(context.cited) in compared:
            continue
        compared.add(frozenset(context.cited))
        shares = {at: len(home.intersection(context.cited)) for at, home in enumerate(homes) if strands[at].sentences}
        best = max((at for at in shares if at not in closing), key=lambda at: (shares[at], -at), default=None)
        if best is not None and shares[best] > 1:
            closing[best] = context.sentence
        else:
            others.append(context.sentence)
    completed = [
        replace(strand, sentences=(*strand.sentences, closing[at])) if at in closing else strand
        for at, strand in enumerate(strands)
    ]
    place = next((at for at, strand in enumerate(completed) if strand.axis == "limits"), len(completed))
    return (
        *completed[:place],
        *([SubtopicSummary("other", tuple(others), "related")] if others else []),
        *completed[place:],
    )


def _spans(strand: SubtopicSummary) -> Iterator[Evidence]:
    return (evidence for sentence in strand.sentences for evidence in sentence.evidence)


def papers_of_context(unit: Unit, start: int, end: int, cited: ReferencedPaper) -> tuple[PaperId, ...]:
    """Return the papers that a sentence of a unit tells of; none if it is no citation context."""
    papers, text = _with_marks(unit, start, end, cited)
    return papers if text and _tells_of_others(unit.text[start:end], text) else ()


def context_text(unit: Unit, span: tuple[int, int], paper: Paper, cited: ReferencedPaper) -> str:
    """Return a sentence about other papers with the survey's marks and who says so; "" if it is none."""
    text = _with_marks(unit, *span, cited)[1]
    if not text or not _tells_of_others(unit.text[slice(*span)], text):
        return ""
    words = text if text.endswith(" al.") else text.removesuffix(".")
    return f"{words}, according to {author_label(paper)[0]} [@{paper.id}]."


def _sentence(
    unit: Unit, evidence: Evidence, paper: Paper, cited: ReferencedPaper, permission: Permission
) -> Sentence | None:
    """Return a context as its license permits to show it; None if only its place may be named."""
    span = (evidence.start, evidence.end)
    if permission == "adapt":
        papers = _with_marks(unit, *span, cited)[0]
        return Sentence(context_text(unit, span, paper, cited), (*papers, paper.id), (evidence,), rule=CONTEXT)
    words = unit.text[slice(*span)]
    is_short = len(words.split()) <= MAX_QUOTED_WORDS
    quotation = (
        replay(QUOTATION, words, paper) if permission == "verbatim" or (permission == "quote" and is_short) else ""
    )
    return Sentence(quotation, (paper.id,), (evidence,), rule=QUOTATION) if quotation else None


def _sections_on_others(document: Document) -> set[str]:
    """Return the sections that may tell of other work: not the abstract, methods, results or conclusion."""
    own: set[str] = set()
    for section in document.sections:
        if section.kind == "abstract" or section.parent in own or _OWN_SECTION.search(section.title):
            own.add(section.id)
    return {section.id for section in document.sections} - own


def _with_marks(unit: Unit, start: int, end: int, cited: ReferencedPaper) -> tuple[tuple[PaperId, ...], str]:
    """Return the papers that a sentence cites, and its words with the survey's marks in place of its own.

    Both are empty where a mark names no paper of the survey, is a part of the sentence, or where one paper is cited
    beside works outside.
    """
    text, at = "", start
    papers: list[PaperId] = []
    outside = 0
    for mark in unit.marks:
        if mark.end <= start or mark.start >= end:
            continue
        meant = [paper for reference in mark.references if (paper := cited(reference)) is not None]
        outside += len(mark.references) + len(mark.missing) - len(meant)
        before = unit.text[at : mark.start]
        name = _IN_BRACKETS.sub("", unit.text[mark.start : mark.end]).strip()
        if not meant or mark.start < start or mark.end > end or (not name and _NOUN_BEFORE.search(text + before)):
            return (), ""
        space = "" if before.endswith(("(", "[")) else " "
        marks = " ".join(f"[@{paper}]" for paper in dict.fromkeys(meant))
        text += f"{before.rstrip()}{space}{name}{' ' if name else ''}{marks}"
        papers += meant
        at = mark.end
    distinct = tuple(dict.fromkeys(papers))
    if not distinct or len(distinct) > _MAX_CITED or (outside and len(distinct) == 1):
        return (), ""
    return distinct, " ".join(f"{text}{unit.text[at:end]}".split())


def _tells_of_others(words: str, text: str) -> bool:
    """Whether a sentence is about other papers alone and can stand alone; `text` has the marks of the survey."""
    if not text.endswith(".") or any(mark in words for mark in _NOT_HERE) or _OF_CITING_PAPER.search(words):
        return False
    if any(_UNCITABLE.search(mark) for mark in CITATION_MARK.findall(text)):
        return False
    return detect_language(words) == "en" and flaw_reason(text) is None and not is_empty(CITATION_MARK.sub("", text))
