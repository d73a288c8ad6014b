"""Check a sentence against the text it was taken from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from surveygen.domain.names import family_name
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.writing import Evidence, Sentence
from surveygen.summarize._english import words
from surveygen.summarize._rewrite import replay
from surveygen.summarize._who import called

Lookup = Callable[[PaperId, int], Paper | None]

_MARKER = re.compile(r"\[@([^\]\s]+)\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_ENTITY = re.compile(r"(?<=[\w,;:)\]] )[A-Z][\w-]*|\b[A-Za-z][a-z]*[A-Z\d][\w-]*")
NEAR_DUPLICATE = 0.8  # share of common words from which two sentences say the same


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence is borne out; `reason` says why not, `support` is the share of its words in the source."""

    ok: bool
    reason: str
    support: float


def check(sentence: Sentence, paper: Lookup) -> Verdict:
    """Check citations, evidence spans and words of one sentence.

    An extractive sentence must come out of its spans again, letter by letter, under its recorded rule. Any other must
    have its numbers and names in the spans. A sentence by a person needs citations, nothing more.

    Args:
        sentence: what the draft says.
        paper: gives a paper as of a version, None if the store has no such version. Its `abstract`, `title`, `comment`
            and authors must be those of that version.
    """
    reason = _citation_fault(sentence)
    if reason:
        return Verdict(ok=False, reason=reason, support=0.0)
    if sentence.method == "human":
        return Verdict(ok=True, reason="", support=1.0)
    sources: list[tuple[Paper, str]] = []
    for evidence in sentence.evidence:
        source = paper(evidence.paper, evidence.version)
        span = quoted(source, evidence) if source else None
        if source is None or span is None:
            return Verdict(ok=False, reason=_missing(source, evidence), support=0.0)
        sources.append((source, span))
    support = agreement(sentence.plain, [span for _, span in sources], [source for source, _ in sources])
    reason = _words_fault(sentence, sources)
    return Verdict(ok=not reason, reason=reason, support=support)


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
    """Return the share of sentences that repeat an earlier one: the same span, or four fifths of the words."""
    if not sentences:
        return 0.0
    repeated = 0
    spans: set[tuple[Evidence, ...]] = set()
    by_word: dict[str, list[int]] = {}
    bags: list[frozenset[str]] = []
    for sentence in sentences:
        bag = frozenset(word.lower() for word in _WORD.findall(sentence.plain))
        near = {earlier for word in bag for earlier in by_word.get(word, ())}
        same_span = bool(sentence.evidence) and sentence.evidence in spans
        repeated += same_span or any(jaccard(bag, bags[earlier]) >= NEAR_DUPLICATE for earlier in near)
        spans.add(sentence.evidence)
        for word in bag - words("stop_words.en"):
            by_word.setdefault(word, []).append(len(bags))
        bags.append(bag)
    return repeated / len(sentences)


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the share of two sets that is in both, 0 to 1; 0 if both are empty."""
    return len(a & b) / len(a | b) if a or b else 0.0


def _citation_fault(sentence: Sentence) -> str:
    marked = set(_MARKER.findall(sentence.text))
    cited: set[str] = set(sentence.cites)
    if not cited:
        return "no citation"
    if cited - marked:
        return f"{min(cited - marked)} is cited without a mark in the text"
    if marked - cited:
        return f"{min(marked - cited)} is marked but not cited"
    unsupported = cited - {evidence.paper for evidence in sentence.evidence}
    if unsupported and sentence.method != "human":
        return f"{min(unsupported)} is cited without evidence"
    return ""


def _missing(source: Paper | None, evidence: Evidence) -> str:
    where = f"{evidence.paper} version {evidence.version}"
    return (
        f"{where} is not in the store"
        if source is None
        else f"{where} has no {evidence.field} {evidence.start}-{evidence.end}"
    )


def _words_fault(sentence: Sentence, sources: Sequence[tuple[Paper, str]]) -> str:
    if sentence.method == "extractive":
        if len(sources) != 1:
            return "an extractive sentence has exactly one span"
        source, span = sources[0]
        again = replay(sentence.rule, span, source)
        return "" if again == sentence.text else f"rule {sentence.rule!r} does not give this sentence"
    return _fact_fault(sentence.plain, sources)


def _fact_fault(text: str, sources: Sequence[tuple[Paper, str]]) -> str:
    """The first number or name of a sentence that no source has."""
    known = " ".join([span for _, span in sources] + [source.title for source, _ in sources])
    numbers = set(_NUMBER.findall(known)) | {str(source.year) for source, _ in sources}
    for number in _NUMBER.findall(text):
        if number not in numbers:
            return f"{number} is not in the source"
    families = (family_name(author.name) for source, _ in sources for author in source.authors)
    names = {word.lower() for family in families for word in _WORD.findall(family)}
    have = {word.lower() for word in _WORD.findall(known)} | names
    for entity in _ENTITY.findall(text):
        if any(part.lower() not in have for part in _WORD.findall(entity)):
            return f"{entity} is not in the source"
    return ""
