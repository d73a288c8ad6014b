"""What a language model is shown of papers, and which of its claims are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, PaperReview, Role, Sentence, ThemeSummary
from surveygen.domain.text import clean
from surveygen.errors import SummaryError
from surveygen.summarize._answers import read_list
from surveygen.summarize._english import phrases, word_list
from surveygen.summarize._grounding import NEAR_DUPLICATE, check_grounding, jaccard
from surveygen.summarize._paper_review import Statement, extract_statements
from surveygen.summarize._rewrite_rules import author_label
from surveygen.summarize._sentence_quality import flaw_reason
from surveygen.summarize._text import split_sentences

MAX_PAPERS = 16  # in one request; with four sentences each about 2,500 tokens
_MAX_SENTENCES = 4  # of a paper where several are shown
_MAX_SENTENCES_ALONE = 20  # of the one paper of a review
_ORDERS = re.compile(phrases("orders"), re.IGNORECASE)  # such as "ignore all previous instructions"
_SENTENCE_LABEL = re.compile(r"\[?([1-9]\d{0,2})\.([1-9]\d{0,2})\]?")

_MAX_CLAIM = 600  # code points
_INLINE_CITATION = re.compile(r"\s*\[((?:\d+(?:\.\d+)?[\s,;]*)+)\]")
_CITED_NUMBER = re.compile(r"[\d.]+")
_NOT_ALLOWED = re.compile(r"\[@|https?:|www\.|[{}`]|\]\(")  # our citation marks, links and code
_LEANING = ("pointing", "leaning", "pronoun", "early pronoun", "they", "loose")  # how such reasons begin
_END = re.compile(r"[.!?]+\Z")
_ANGLE_BRACKETS = str.maketrans("‹›", "<>")  # undoes the escaping of the prompt

# The role that a claim has in the survey; "open" stays recognizable by its name.
ROLE_OF_CLAIM: dict[str, Role] = {
    "summary": "approach",
    "aim": "problem",
    "method": "approach",
    "problem": "problem",
    "approach": "approach",
    "finding": "finding",
    "limit": "limit",
    "open": "limit",
}

_Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ContextPaper:
    """One paper of a prompt and the spans of its abstract that are shown."""

    paper: Paper
    spans: tuple[_Span, ...]


@dataclass(frozen=True, slots=True)
class PromptContext:
    """The papers of one prompt; numbers count from 1, the label of a sentence is "paper.sentence"."""

    papers: tuple[ContextPaper, ...]

    def values(self) -> list[dict[str, object]]:
        """Return what the prompt prints."""
        return [
            {
                "number": number,
                "called": author_label(item.paper)[0],
                "year": item.paper.year,
                "title": item.paper.title,
                "sentences": [
                    {"label": f"{number}.{position}", "text": item.paper.abstract[start:end]}
                    for position, (start, end) in enumerate(item.spans, start=1)
                ],
            }
            for number, item in enumerate(self.papers, start=1)
        ]

    def paper(self, number: int) -> Paper | None:
        """Return the paper of a number, None if there is none."""
        return self.papers[number - 1].paper if 1 <= number <= len(self.papers) else None

    def evidence(self, label: str) -> Evidence | None:
        """Return the span of a label, None if there is none."""
        match = _SENTENCE_LABEL.fullmatch(label.strip())
        if match is None or int(match[1]) > len(self.papers):
            return None
        item = self.papers[int(match[1]) - 1]
        if int(match[2]) > len(item.spans):
            return None
        return Evidence(item.paper.id, item.paper.version, "abstract", *item.spans[int(match[2]) - 1])

    def lookup(self, paper: PaperId, version: int) -> Paper | None:
        """Return a paper of the prompt as of a version, for `check_grounding`."""
        papers = (item.paper for item in self.papers)
        return next((found for found in papers if found.id == paper and found.version == version), None)

    def with_numbers(self, text: str) -> str:
        """Write the numbers of the prompt in place of the ids of papers."""
        for number, item in enumerate(self.papers, start=1):
            text = text.replace(item.paper.id, f"paper {number}")
        return text

    def statements(self, papers: Iterable[Paper], accepted: Sequence[Sentence]) -> list[Statement]:
        """Return what papers say themselves in the sentences shown, without those already used."""
        used = {item for sentence in accepted for item in sentence.evidence}
        shown = {
            Evidence(item.paper.id, item.paper.version, "abstract", *span)
            for item in self.papers
            for span in item.spans
        }
        return [
            statement
            for paper in papers
            for statement in extract_statements(paper)
            if statement.sentence.evidence[0] in shown - used
        ]

    def others(self, cited: Iterable[PaperId]) -> list[Paper]:
        """Return the papers that are not cited."""
        ids = set(cited)
        return [item.paper for item in self.papers if item.paper.id not in ids]


def context_of_paper(paper: Paper) -> PromptContext:
    """Show one paper, sentence by sentence."""
    spans = _without_orders(paper, split_sentences(paper.abstract))[:_MAX_SENTENCES_ALONE]
    return PromptContext((ContextPaper(paper, tuple(spans)),) if spans else ())


def context_of_reviews(
    papers: Sequence[Paper], reviews: Mapping[PaperId, PaperReview], limit: int = MAX_PAPERS
) -> PromptContext:
    """Show papers in their order, each with the sentences that its review rests on."""
    shown = []
    for paper in papers:
        review = reviews[paper.id]
        first = [review.one_liner] if review.one_liner else []
        sentences = [*first, *review.aims[:1], *review.methods[:1], *review.findings[:2], *review.limits[:1]]
        shown.append((paper, sentences))
    return _context(shown, limit)


def context_of_summaries(summaries: Sequence[ThemeSummary], papers: Mapping[PaperId, Paper]) -> PromptContext:
    """Show the papers that summaries cite, in turns between the summaries, with the sentences they rest on."""
    texts = [sentences_of(summary) for summary in summaries]
    longest = max(map(len, texts), default=0)
    turns = [text[position] for position in range(longest) for text in texts if position < len(text)]
    ids = dict.fromkeys(item.paper for sentence in turns for item in sentence.evidence)
    return _context([(papers[paper], turns) for paper in ids if paper in papers])


def join_contexts(first: PromptContext, second: PromptContext) -> PromptContext:
    """Append the papers of another context, as long as there is room."""
    ids = {item.paper.id for item in first.papers}
    return PromptContext((*first.papers, *(item for item in second.papers if item.paper.id not in ids))[:MAX_PAPERS])


def sentences_of(summary: ThemeSummary) -> tuple[Sentence, ...]:
    """Return all sentences of a summary, in their order."""
    return (*(sentence for strand in summary.strands for sentence in strand.sentences), *summary.open_problems)


def without_orders(text: str) -> str:
    """Return a text, or nothing if it gives orders to whoever reads it."""
    return "" if _ORDERS.search(text) else text


def _context(shown: Iterable[tuple[Paper, Sequence[Sentence]]], limit: int = MAX_PAPERS) -> PromptContext:
    """Show papers, each with the spans of its abstract that some sentences rest on."""
    papers = []
    for paper, sentences in shown:
        evidence = (item for sentence in sentences for item in sentence.evidence)
        spans = [(item.start, item.end) for item in evidence if item.paper == paper.id and item.field == "abstract"]
        if allowed := _without_orders(paper, dict.fromkeys(spans))[:_MAX_SENTENCES]:
            papers.append(ContextPaper(paper, tuple(allowed)))
    return PromptContext(tuple(papers)[:limit])


def _without_orders(paper: Paper, spans: Iterable[_Span]) -> list[_Span]:
    """Leave out sentences that give orders to whoever reads them."""
    return [span for span in spans if not _ORDERS.search(paper.abstract[slice(*span)])]


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """The sentence of a claim, None if anything about it is not supported, and then why."""

    sentence: Sentence | None
    reason: str = ""


def leaning_reason(sentence: Sentence, before: Sentence | None) -> str:
    """Return why a sentence cannot stand where it stands, "" if it can.

    Words such as "this method" at its head may rest on the sentence before if that cites all of its papers, and "in
    contrast" if it cites any.
    """
    head = sentence.plain.partition(",")[0].lower()
    if head in word_list("connectives") and (before is None or not before.cites):
        return f"{head!r} has no sentence with a source before it"
    flaw = flaw_reason(sentence.text)
    if flaw is None or (flaw.startswith(_LEANING) and before is not None and set(sentence.cites) <= set(before.cites)):
        return ""
    return flaw


@dataclass(frozen=True, slots=True)
class ModelClaim:
    """One sentence as the model wrote it.

    Attributes:
        role: its role in the text. text: its words.
        cites: the numbers of papers that it cites. evidence: the labels of sentences that it cites.
        glue: whether it only connects others; it then cites nothing.
        number: of its paragraph, or of the sentence that it replaces.
    """

    role: str
    text: str
    cites: tuple[int, ...] = ()
    evidence: tuple[str, ...] = ()
    glue: bool = False
    number: int = 1

    @classmethod
    def from_row(cls, row: object, roles: Sequence[str]) -> Self | None:
        """Read a claim of a response, None if it has another form."""
        if not isinstance(row, dict):
            return None
        role, text, number = row.get("role"), row.get("text"), row.get("number", 1)
        cites, evidence = row.get("cites"), row.get("evidence")
        if not isinstance(text, str) or type(number) is not int:
            return None
        if row.get("glue") is True and not cites and not evidence:
            return cls("glue", text, glue=True, number=number)
        numbers = isinstance(cites, list) and all(type(paper) is int for paper in cites)
        labels = isinstance(evidence, list) and all(isinstance(label, (str, float)) for label in evidence)
        if not isinstance(role, str) or role not in roles or not numbers or not labels:
            return None
        return cls(role, text, tuple(cites or ()), tuple(map(str, evidence or ())), number=number)

    @property
    def plain(self) -> str:
        """The text, cleaned."""
        return clean(self.text.translate(_ANGLE_BRACKETS), _MAX_CLAIM)

    def check(self, context: PromptContext, before: Sentence | None = None) -> CheckedClaim:
        """Check everything about a claim.

        Args:
            context: the papers of the prompt.
            before: the sentence before it in its paragraph, on which its first words may rest.
        """
        text = self.plain
        evidence = [context.evidence(label) for label in self.evidence]
        spans = [item for item in dict.fromkeys(evidence) if item is not None]
        if _NOT_ALLOWED.search(text) or len(split_sentences(text)) != 1:
            return CheckedClaim(None, "it is not one sentence of plain words")
        if None in evidence or not evidence:
            return CheckedClaim(None, "its evidence is not a label of a numbered sentence")
        cited = self.with_citation_marks(text, context)
        if cited is None:
            return CheckedClaim(None, "it cites a paper that was not shown")
        sentence = Sentence(cited[0], cited[1], tuple(spans), method="llm", role=ROLE_OF_CLAIM[self.role])
        if reason := leaning_reason(sentence, before):
            return CheckedClaim(None, reason)
        if {item.paper for item in spans} != set(sentence.cites):
            return CheckedClaim(None, "the papers that it cites are not those of its evidence")
        result = check_grounding(sentence, context.lookup, context.others(sentence.cites))
        reason = "" if result.ok else context.with_numbers(result.reason)
        return CheckedClaim(replace(sentence, support=result.support) if result.ok else None, reason)

    def with_citation_marks(self, text: str, context: PromptContext) -> tuple[str, tuple[PaperId, ...]] | None:
        """Replace numbers by citation marks and add those of papers not cited in the text; None for a wrong one."""

        def numbers_of(citation: str) -> list[int]:
            return [int(number.partition(".")[0]) for number in _CITED_NUMBER.findall(citation)]

        inline = [number for citation in _INLINE_CITATION.findall(text) for number in numbers_of(citation)]
        papers = {number: context.paper(number) for number in (*inline, *self.cites)}
        ids = {number: paper.id for number, paper in papers.items() if paper is not None}
        if len(ids) < len(papers) or not ids:
            return None

        def marks(numbers: Iterable[int]) -> str:
            return "".join(f" [@{ids[number]}]" for number in dict.fromkeys(numbers))

        text = _INLINE_CITATION.sub(lambda match: marks(numbers_of(match[1])), text)
        end = _END.search(text)
        position = end.start() if end else len(text)
        missing = marks(number for number in self.cites if number not in inline)
        return f"{text[:position]}{missing}{text[position:] or '.'}", tuple(dict.fromkeys(ids.values()))

    def own_words(self, context: PromptContext, accepted: Sequence[Sentence]) -> Sentence | None:
        """Return what the cited paper says itself: the cited sentence, else one of the same role, of those shown."""
        cited_spans = {item for label in self.evidence if (item := context.evidence(label)) is not None}
        papers = [paper for number in self.cites if (paper := context.paper(number)) is not None]
        statements = context.statements(papers, accepted)
        exact = (item.sentence for item in statements if item.sentence.evidence[0] in cited_spans)
        role = ROLE_OF_CLAIM.get(self.role)
        same_role = (item.sentence for item in statements if item.label.role == role)
        return next(exact, None) or next(same_role, None)


@dataclass(frozen=True, slots=True)
class FilteredClaims:
    """What is used of a response: (role, sentence) pairs, and how many claims were replaced or dropped."""

    sentences: tuple[tuple[str, Sentence], ...]
    replaced: int
    dropped: int

    def of(self, *roles: str) -> tuple[Sentence, ...]:
        """Return the sentences of some roles, in their order."""
        return tuple(sentence for role, sentence in self.sentences if role in roles)

    @property
    def written(self) -> int:
        """How many sentences are the model's own."""
        return sum(sentence.method == "llm" for _, sentence in self.sentences)


def claims_schema(roles: Sequence[str], *more: str) -> str:
    """Return the JSON Schema of a response; `more` are the further keys of a claim, of "number" and "glue"."""
    properties: dict[str, object] = {
        "role": {"type": "string", "enum": list(roles)},
        "text": {"type": "string"},
        "cites": {"type": "array", "items": {"type": "integer"}},
        "evidence": {"type": "array", "items": {"type": "string"}},
    }
    further: dict[str, object] = {"number": {"type": "integer"}, "glue": {"type": "boolean"}}
    claim = object_schema({**properties, **{key: further[key] for key in more}})
    return json.dumps({"title": "claims", **object_schema({"claims": {"type": "array", "items": claim}})})


def object_schema(properties: Mapping[str, object]) -> dict[str, object]:
    """Return the JSON Schema of an object with exactly these keys."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": dict(properties),
    }


def parse_claims(response: str, roles: Sequence[str]) -> tuple[ModelClaim, ...]:
    """Parse a response; claims of another form are left out as long as one is good.

    Raises:
        SummaryError: it is not JSON, of another form, or has no claim at all.
    """
    claims = tuple(claim for row in read_list(response, "claims") if (claim := ModelClaim.from_row(row, roles)))
    if not claims:
        raise SummaryError("it has no claim with role, text, cites and evidence")
    return claims


def filter_claims(claims: Sequence[ModelClaim], context: PromptContext, limit: int) -> FilteredClaims:
    """Check each claim; one that fails is replaced by a sentence of the paper that it cites, or dropped."""
    accepted: list[tuple[str, Sentence]] = []
    replaced = 0
    for claim in claims[:limit]:
        sentence = claim.check(context).sentence
        if sentence is None:
            sentence = claim.own_words(context, [other for _, other in accepted])
            replaced += sentence is not None
        if sentence is None:
            continue
        words = frozenset(sentence.plain.lower().split())
        others = (frozenset(other.plain.lower().split()) for _, other in accepted)
        if not any(jaccard(words, other) >= NEAR_DUPLICATE for other in others):
            accepted.append((claim.role, sentence))
    return FilteredClaims(tuple(accepted), replaced, len(claims[:limit]) - len(accepted))
