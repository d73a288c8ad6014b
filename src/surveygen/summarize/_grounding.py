"""Check that a sentence is supported by the text that it cites."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from surveygen.domain.full_text import (
    TEXT_FIELD,
    ReferenceLookup,
    UnitLookup,
    field_text,
    no_reference,
    no_unit,
)
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import CITATION_MARK, Evidence, Sentence, cited_papers
from surveygen.domain.text import tokenize
from surveygen.summarize._claim_words import base_forms_of
from surveygen.summarize._contexts import CONTEXT, context_text
from surveygen.summarize._counts import count_error
from surveygen.summarize._english import word_list, word_pairs
from surveygen.summarize._licensing import Source, unlicensed_reason
from surveygen.summarize._rewrite_rules import author_label
from surveygen.summarize._rewriting import EXTRACTORS, replay, rewrite
from surveygen.summarize._text import split_sentences, title_parts

VersionLookup = Callable[[PaperId, int], Paper | None]

NEAR_DUPLICATE = 0.8  # share of common words from which two sentences say the same
_MIN_GLUE, _MAX_GLUE = 4, 24  # words of a connecting sentence
_NAME = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_MARKUP = re.compile(r"[\[\]{}<>@\\$`|*]|https?:|www\.")


@dataclass(frozen=True, slots=True)
class GroundingResult:
    """Whether a sentence is supported by its sources.

    Attributes:
        ok: whether it is. reason: why it is not.
        support: share of its content words that occur in the cited spans, 0 to 1.
    """

    ok: bool
    reason: str
    support: float


def check_grounding(
    sentence: Sentence,
    lookup: VersionLookup,
    others: Sequence[Paper] = (),
    unit: UnitLookup = no_unit,
    cited: ReferenceLookup = no_reference,
) -> GroundingResult:
    """Check citations, evidence spans and words of one sentence, without a computed opening.

    Spans are whole sentences of their papers. An extractive sentence must result again from its span, letter by letter,
    and its stored rule must be the one that rewriting chooses. Any other must be licensed by its spans, each clause by
    those of the papers whose marks it carries; an aggregate must count papers that have what it counts, whatever its
    language. Of a sentence by a person only the marks are checked. Glue cites nothing, and `is_glue` compares its words
    with those of its paragraph.

    Args:
        sentence: what the draft says.
        lookup: returns a paper as of a version, None if the store has no such version. Its `abstract`, `title`,
            `comment` and authors must be those of that version.
        others: papers not cited that the writer also had at hand; a failed sentence that one of them licenses is said
            to be attributed wrongly.
        unit: returns a unit of the full text of a version.
        cited: returns the paper that an entry of the bibliography of a full text is.
    """
    sentence = sentence.without_opening()
    reason, sources = _examine(sentence, lookup, others, unit, cited)
    if not sources:
        return GroundingResult(not reason, reason, support=float(not reason))
    support = word_support(sentence.plain, [span for _, span in sources], [paper for paper, _ in sources])
    return GroundingResult(not reason, reason, support)


def is_grounded(
    sentence: Sentence, lookup: VersionLookup, unit: UnitLookup = no_unit, cited: ReferenceLookup = no_reference
) -> bool:
    """Whether `check_grounding` finds nothing wrong; the support is not computed."""
    return not _examine(sentence.without_opening(), lookup, (), unit, cited)[0]


def word_support(text: str, spans: Sequence[str], papers: Sequence[Paper]) -> float:
    """Return the share of the content words of a sentence that occur in the spans or name the authors, 0 to 1."""
    source_words = {word for span in spans for word in tokenize(span, "-'’")}
    source_words.update(word for paper in papers for word in tokenize(author_label(paper)[0], "-'’"))
    content = [word for word in tokenize(text, "-'’") if word not in word_list("stop_words.en")]
    return round(sum(word in source_words for word in content) / len(content), 4) if content else 1.0


def is_glue(text: str, sentences: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a sentence without citations only connects the sentences around it.

    Its words of content are all in these sentences, in the names, or among the general words of `glue_words`. It has no
    number, no name that they lack, and no word of `glue_barred`, which would report something: a denial, a quantity, a
    comparison, a result. It is one English sentence of 4 to 24 words.

    Args:
        text: the sentence.
        sentences: the checked sentences of the same paragraph, in the same language, with or without citation marks.
        names: the name of the theme, or for a text about the whole survey its title and the names of its themes.

    >>> about = ["Lee et al. propose a detector of reward hacking [@1].", "Its detectors need labels [@2]."]
    >>> is_glue("These papers turn to detectors of reward hacking.", about, [])
    True
    >>> is_glue("These detectors outperform labels.", about, []), is_glue("Two detectors need labels.", about, [])
    (False, False)
    """
    words = tokenize(text, "-'’")
    if not sentences or not _MIN_GLUE <= len(words) <= _MAX_GLUE or _MARKUP.search(text):
        return False
    if text[:1] != text[:1].upper() or not text.endswith(".") or len(split_sentences(text)) != 1:
        return False
    forms = frozenset[str]().union(*map(base_forms_of, words))
    if any(letter.isdigit() for letter in text) or not forms.isdisjoint(
        {*word_list("glue_barred"), *word_pairs("numbers")}
    ):
        return False
    source = " ".join((CITATION_MARK.sub("", " ".join(sentences)), *names))
    capitals = {word for word in _NAME.findall(text)[1:] if word != word.lower()}
    if not capitals <= set(_NAME.findall(source)):
        return False
    source_forms = frozenset[str]().union(*map(base_forms_of, (*tokenize(source, "-'’"), *tokenize(source))))
    free = word_list("stop_words.en") | word_list("glue_words")
    return all(word in free or not base_forms_of(word).isdisjoint(source_forms) for word in words)


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of two sets that is in both, 0 to 1; 0 if both are empty."""
    return len(a & b) / len(a | b) if a or b else 0.0


def _examine(
    sentence: Sentence, lookup: VersionLookup, others: Sequence[Paper], unit: UnitLookup, cited: ReferenceLookup
) -> tuple[str, list[Source]]:
    """Return what is wrong, "" if nothing, and the sources that the words were compared with."""
    reason = _citation_error(sentence)
    if reason or sentence.method in ("human", "glue"):
        return reason, []
    sources: list[Source] = []
    cut = ""
    for evidence in sentence.evidence:
        version = f"{evidence.paper} version {evidence.version}"
        paper = lookup(evidence.paper, evidence.version)
        if paper is None:
            return f"{version} is not in the store", []
        text = field_text(paper, evidence.field, unit)
        if text is None or paper.version != evidence.version or not 0 <= evidence.start < evidence.end <= len(text):
            return f"{version} has no {evidence.field} {evidence.start}-{evidence.end}", []
        sources.append((paper, text[evidence.start : evidence.end]))
        if not (is_whole_sentence(evidence, paper, unit) or _is_address(evidence, sentence)):
            cut = f"{version} has no sentence at {evidence.field} {evidence.start}-{evidence.end}"
    if sentence.method == "aggregate":
        return count_error(sentence, {paper.id: paper for paper, _ in sources}) or cut, []
    if sentence.method == "extractive":
        return _extraction_error(sentence, sources, unit, cited) or cut, sources
    reason = cut or unlicensed_reason(sentence.text, sources)
    if reason:
        better = (other.id for other in others if not unlicensed_reason(sentence.plain, [(other, other.abstract)]))
        reason = next((f"{other} fits it better" for other in better), reason)
    return reason, sources


def _is_address(evidence: Evidence, sentence: Sentence) -> bool:
    """Whether a span may be the address of a repository, which is counted as code."""
    return any(count.facet == "code" and evidence.paper in count.papers for count in sentence.counts)


def _citation_error(sentence: Sentence) -> str:
    if sentence.method == "glue":
        return "glue cites nothing" if sentence.cites or sentence.evidence else ""
    marked: set[str] = set(cited_papers(sentence.text))
    cited: set[str] = set(sentence.cites)
    if not cited and sentence.method != "human":
        return "no citation"
    if cited - marked:
        return f"{min(cited - marked)} is cited without a mark in the text"
    if marked - cited:
        return f"{min(marked - cited)} is marked but not cited"
    without_evidence = cited - {evidence.paper for evidence in sentence.evidence}
    # What a context says of other papers stands in the text that cites them.
    is_context = sentence.method == "extractive" and sentence.rule == CONTEXT
    if without_evidence and sentence.method != "human" and not is_context:
        return f"{min(without_evidence)} is cited without evidence"
    return ""


def _extraction_error(sentence: Sentence, sources: Sequence[Source], unit: UnitLookup, cited: ReferenceLookup) -> str:
    """Find a sentence that is not what rewriting makes of its span today."""
    if len(sources) != 1:
        return "an extractive sentence has exactly one span"
    if sentence.rule == CONTEXT:
        return _context_error(sentence, sources[0][0], unit, cited)
    paper, span = sources[0]
    if replay(sentence.rule, span, paper) != sentence.text:
        return f"rule {sentence.rule!r} does not give this sentence"
    rewritten = None if sentence.rule in EXTRACTORS else rewrite(span, paper)
    if sentence.rule not in EXTRACTORS and (rewritten is None or rewritten.rule != sentence.rule):
        return f"rule {sentence.rule!r} is not the one that rewriting chooses"
    return ""


def _context_error(sentence: Sentence, paper: Paper, unit: UnitLookup, cited: ReferenceLookup) -> str:
    """Find a context that is not what its rule makes of the sentence, with the papers that its text cites there."""
    evidence = sentence.evidence[0]
    if not evidence.field.startswith(TEXT_FIELD):
        return "a citation context stands in a full text"
    passage = unit(evidence.paper, evidence.version, evidence.field.removeprefix(TEXT_FIELD))
    if passage is None:
        return "its unit is not in the store"

    def referenced(name: str) -> PaperId | None:
        return cited(evidence.paper, evidence.version, name)

    expected = context_text(passage, (evidence.start, evidence.end), paper, referenced)
    if expected == sentence.text and expected:
        return ""
    return f"rule {sentence.rule!r} does not give this sentence with the papers that its text cites"


def is_whole_sentence(evidence: Evidence, paper: Paper, unit: UnitLookup = no_unit) -> bool:
    """Whether a span is one or several whole sentences of its field, or whole parts of a title.

    A span that is cut can turn the sense: "We do not find that larger models win" from "larger models" on.

    Args:
        evidence: a span that a sentence cites; the address of a repository is no sentence.
        paper: the paper as of the version of the span.
        unit: returns a unit of its full text.
    """
    text = field_text(paper, evidence.field, unit) or ""
    spans = title_parts(text) if evidence.field == "title" else split_sentences(text)
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    return evidence.start in starts and evidence.end in ends
