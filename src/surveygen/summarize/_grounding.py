"""Check a sentence against the text it was taken from."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, Sentence
from surveygen.summarize._english import words
from surveygen.summarize._faithfulness import unsupported_reason as free_fault
from surveygen.summarize._rewrite import replay
from surveygen.summarize._who import called

VersionLookup = Callable[[PaperId, int], Paper | None]

_MARKER = re.compile(r"\[@([^\]\s]+)\]")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
NEAR_DUPLICATE = 0.8  # share of common words from which two sentences say the same


@dataclass(frozen=True, slots=True)
class GroundingResult:
    """Whether a sentence is borne out; `reason` says why not, `support` is the share of its words in the source."""

    ok: bool
    reason: str
    support: float


def check_grounding(sentence: Sentence, paper: VersionLookup, others: Sequence[Paper] = ()) -> GroundingResult:
    """Check citations, evidence spans and words of one sentence.

    An extractive sentence must come out of its spans again, letter by letter, under its recorded rule. Any other must
    have its numbers in the spans and its names in the papers, deny nothing that they state, share enough words with
    each, and fit no other paper better. Of a sentence by a person only the marks are checked.

    Args:
        sentence: what the draft says.
        paper: gives a paper as of a version, None if the store has no such version. Its `abstract`, `title`, `comment`
            and authors must be those of that version.
        others: papers not cited that the writer also had before it.
    """
    reason, sources = _judge(sentence, paper, others)
    if not sources:
        return GroundingResult(not reason, reason, support=float(not reason))
    support = agreement(sentence.plain, [span for _, span in sources], [source for source, _ in sources])
    return GroundingResult(not reason, reason, support)


def is_grounded(sentence: Sentence, paper: VersionLookup) -> bool:
    """Whether `check` finds nothing wrong; how much of the words is in the source is not measured."""
    return not _judge(sentence, paper, ())[0]


def quoted(paper: Paper, evidence: Evidence) -> str | None:
    """Return the words of a span, None if it does not lie inside the field or that version is not at hand."""
    text: str = getattr(paper, evidence.field)
    inside = paper.version == evidence.version and 0 <= evidence.start < evidence.end <= len(text)
    return text[evidence.start : evidence.end] if inside else None


def agreement(text: str, spans: Sequence[str], papers: Sequence[Paper]) -> float:
    """Return the share of the content words of a sentence that stand in the spans or name the authors, 0 to 1."""
    known = {word.lower() for span in spans for word in _WORD.findall(span)}
    known |= {word.lower() for paper in papers for word in _WORD.findall(called(paper)[0])}
    content = [word.lower() for word in _WORD.findall(text) if word.lower() not in words("stop_words.en")]
    return round(sum(word in known for word in content) / len(content), 4) if content else 1.0


def redundancy(sentences: Sequence[Sentence]) -> float:
    """Return the share of sentences that repeat an earlier one: the same quoted span, or four fifths of the words.

    Two sentences can share four fifths of their words only if they share one of the rarest of each, so the others are
    not compared: the prefix filter of Chaudhuri, Ganti and Kaushik, ICDE 2006.
    """
    if not sentences:
        return 0.0
    repeated = 0
    spans: set[tuple[Evidence, ...]] = set()
    by_word: dict[str, list[int]] = {}
    bags = [frozenset(word.lower() for word in _WORD.findall(sentence.plain)) for sentence in sentences]
    uses = Counter(word for bag in bags for word in bag)
    for at, (sentence, bag) in enumerate(zip(sentences, bags, strict=True)):
        least = math.ceil(NEAR_DUPLICATE * len(bag) - 1e-9)  # words that a repeat has of these; .8 is no exact number
        rare = sorted(bag, key=lambda word: (uses[word], word))[: len(bag) - least + 1]
        near = {earlier for word in rare for earlier in by_word.get(word, ())}
        same_span = bool(sentence.evidence) and sentence.evidence in spans and sentence.method != "llm"
        repeated += same_span or any(jaccard(bag, bags[earlier]) >= NEAR_DUPLICATE for earlier in near)
        spans.add(sentence.evidence)
        for word in rare:
            by_word.setdefault(word, []).append(at)
    return repeated / len(sentences)


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of two sets that is in both, 0 to 1; 0 if both are empty."""
    return len(a & b) / len(a | b) if a or b else 0.0


def _citation_fault(sentence: Sentence) -> str:
    marked = set(_MARKER.findall(sentence.text))
    cited: set[str] = set(sentence.cites)
    if not cited and sentence.method != "human":
        return "no citation"
    if cited - marked:
        return f"{min(cited - marked)} is cited without a mark in the text"
    if marked - cited:
        return f"{min(marked - cited)} is marked but not cited"
    unsupported = cited - {evidence.paper for evidence in sentence.evidence}
    if unsupported and sentence.method != "human":
        return f"{min(unsupported)} is cited without evidence"
    return ""


def _judge(sentence: Sentence, paper: VersionLookup, others: Sequence[Paper]) -> tuple[str, list[tuple[Paper, str]]]:
    """Return what is wrong, "" if nothing, and the sources with the spans that its words were compared with."""
    reason = _citation_fault(sentence)
    if reason or sentence.method == "human":
        return reason, []
    sources: list[tuple[Paper, str]] = []
    for evidence in sentence.evidence:
        source = paper(evidence.paper, evidence.version)
        span = quoted(source, evidence) if source else None
        if source is None or span is None:
            return _missing(source, evidence), []
        sources.append((source, span))
    return _words_fault(sentence, sources, others), sources


def _missing(source: Paper | None, evidence: Evidence) -> str:
    where = f"{evidence.paper} version {evidence.version}"
    return (
        f"{where} is not in the store"
        if source is None
        else f"{where} has no {evidence.field} {evidence.start}-{evidence.end}"
    )


def _words_fault(sentence: Sentence, sources: Sequence[tuple[Paper, str]], others: Sequence[Paper]) -> str:
    if sentence.method == "extractive":
        if len(sources) != 1:
            return "an extractive sentence has exactly one span"
        source, span = sources[0]
        again = replay(sentence.rule, span, source)
        return "" if again == sentence.text else f"rule {sentence.rule!r} does not give this sentence"
    return free_fault(sentence.plain, sources, others)
