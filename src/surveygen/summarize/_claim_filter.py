"""Read the claims of a language model and keep those that hold."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Evidence, Role, Sentence
from surveygen.domain.text import clean
from surveygen.errors import SummaryError
from surveygen.summarize._candidates import Statement, statements
from surveygen.summarize._grounding import NEAR_DUPLICATE, check_grounding, jaccard
from surveygen.summarize._prompt_context import PromptContext
from surveygen.summarize._sentence_quality import flaw_reason
from surveygen.summarize._split import split_sentences

_LONGEST = 600  # code points of a claim
_MARK = re.compile(r"\s*\[((?:\d+(?:\.\d+)?[\s,;]*)+)\]")
_FOREIGN = re.compile(r"\[@|https?:|www\.|[{}`]|\]\(")  # marks of ours, links and code have no place in a claim
_END = re.compile(r"[.!?]+\Z")
_PLAIN = str.maketrans("‹›", "<>")  # what the prompt made of them

# What a role of the answer is called in the survey; "open" is told apart by its name.
ROLES: dict[str, Role] = {
    "summary": "approach",
    "aim": "problem",
    "method": "approach",
    "problem": "problem",
    "approach": "approach",
    "finding": "finding",
    "limit": "limit",
    "open": "limit",
}


@dataclass(frozen=True, slots=True)
class ModelClaim:
    """One sentence as the model gave it."""

    role: str
    text: str
    cites: tuple[int, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilteredClaims:
    """What became of an answer: (role, sentence) pairs, and how many claims were replaced or dropped."""

    kept: tuple[tuple[str, Sentence], ...]
    replaced: int
    dropped: int

    def of(self, *roles: str) -> tuple[Sentence, ...]:
        """Return the sentences of some roles, in their order."""
        return tuple(sentence for role, sentence in self.kept if role in roles)

    @property
    def written(self) -> int:
        """How many sentences are the model's own."""
        return sum(sentence.method == "llm" for _, sentence in self.kept)


def schema(roles: Sequence[str]) -> str:
    """Return the JSON Schema of an answer."""
    claim = {
        "type": "object",
        "additionalProperties": False,
        "required": ["role", "text", "cites", "evidence"],
        "properties": {
            "role": {"type": "string", "enum": list(roles)},
            "text": {"type": "string"},
            "cites": {"type": "array", "items": {"type": "integer"}},
            "evidence": {"type": "array", "items": {"type": "string"}},
        },
    }
    properties = {"claims": {"type": "array", "items": claim}}
    whole = {"title": "claims", "type": "object", "additionalProperties": False, "required": ["claims"]}
    return json.dumps({**whole, "properties": properties})


def read(answer: str, roles: Sequence[str]) -> tuple[ModelClaim, ...]:
    """Read an answer; claims of another form are left out as long as one is good.

    Raises:
        SummaryError: it is no JSON, of another form, or has no claim at all.
    """
    start, end = answer.find("{"), answer.rfind("}")
    try:
        data = json.loads(answer[start : end + 1])
    except (ValueError, RecursionError) as error:
        raise SummaryError("it is not JSON") from error
    rows = data.get("claims") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        raise SummaryError('it has no list "claims"')
    claims = tuple(claim for row in rows if (claim := _claim(row, roles)))
    if not claims:
        raise SummaryError("it has no claim with role, text, cites and evidence")
    return claims


def filter_claims(claims: Sequence[ModelClaim], brief: PromptContext, limit: int) -> FilteredClaims:
    """Check each claim; one that fails gives way to the words of the paper it cites, or is dropped."""
    kept: list[tuple[str, Sentence]] = []
    replaced = 0
    for claim in claims[:limit]:
        sentence = _checked(claim, brief)
        if sentence is None:
            sentence = _own_words(claim, brief, kept)
            replaced += sentence is not None
        if sentence is not None and not _repeats(sentence, kept):
            kept.append((claim.role, sentence))
    return FilteredClaims(tuple(kept), replaced, len(claims[:limit]) - len(kept))


def _claim(row: object, roles: Sequence[str]) -> ModelClaim | None:
    if not isinstance(row, dict):
        return None
    role, text = row.get("role"), row.get("text")
    cites, evidence = row.get("cites"), row.get("evidence")
    if not isinstance(role, str) or role not in roles or not isinstance(text, str):
        return None
    if not isinstance(cites, list) or not isinstance(evidence, list):
        return None
    if not all(type(number) is int for number in cites) or not all(
        isinstance(label, (str, float)) for label in evidence
    ):
        return None
    return ModelClaim(role, text, tuple(cites), tuple(map(str, evidence)))


def _checked(claim: ModelClaim, brief: PromptContext) -> Sentence | None:
    """Make the sentence of a claim, None if anything about it does not hold."""
    text = clean(claim.text.translate(_PLAIN), _LONGEST)
    evidence = [brief.evidence(label) for label in claim.evidence]
    spans = [item for item in dict.fromkeys(evidence) if item is not None]
    if _FOREIGN.search(text) or None in evidence or len(split_sentences(text)) != 1:
        return None
    marked = _marked(text, claim, brief)
    if marked is None or flaw_reason(marked[0]):
        return None
    sentence = Sentence(marked[0], marked[1], tuple(spans), method="llm", role=ROLES[claim.role])
    if {item.paper for item in spans} != set(sentence.cites):
        return None
    verdict = check_grounding(sentence, brief.lookup, brief.others(sentence.cites))
    return replace(sentence, support=verdict.support) if verdict.ok else None


def _marked(text: str, claim: ModelClaim, brief: PromptContext) -> tuple[str, tuple[PaperId, ...]] | None:
    """Put our citation marks for the numbers; None if a number is no paper's."""
    inline = [int(number.partition(".")[0]) for found in _MARK.findall(text) for number in re.findall(r"[\d.]+", found)]
    papers = {number: brief.paper(number) for number in (*inline, *claim.cites)}
    ids = {number: paper.id for number, paper in papers.items() if paper is not None}
    if len(ids) < len(papers) or not ids:
        return None
    text = _MARK.sub(lambda found: _marks(found[1], ids), text)
    missing = "".join(f" [@{ids[number]}]" for number in dict.fromkeys(claim.cites) if number not in inline)
    end = _END.search(text)
    place = end.start() if end else len(text)
    return f"{text[:place]}{missing}{text[place:] or '.'}", tuple(dict.fromkeys(ids.values()))


def _marks(numbers: str, ids: dict[int, PaperId]) -> str:
    found = dict.fromkeys(int(number.partition(".")[0]) for number in re.findall(r"[\d.]+", numbers))
    return "".join(f" [@{ids[number]}]" for number in found)


def _own_words(claim: ModelClaim, brief: PromptContext, kept: Sequence[tuple[str, Sentence]]) -> Sentence | None:
    """Return what the cited paper says itself: at the cited place, else in the same role."""
    spans = {item for label in claim.evidence if (item := brief.evidence(label)) is not None}
    used = {item for _, sentence in kept for item in sentence.evidence}
    cited = [paper for number in claim.cites if (paper := brief.paper(number)) is not None]
    found = [each for paper in cited for each in _shown(paper, brief) if each.sentence.evidence[0] not in used]
    exact = (each.sentence for each in found if each.sentence.evidence[0] in spans)
    alike = (each.sentence for each in found if each.labelled.role == ROLES[claim.role])
    return next(exact, None) or next(alike, None)


def _shown(paper: Paper, brief: PromptContext) -> list[Statement]:
    """Return what a paper says in the sentences that the brief shows."""
    shown = {
        Evidence(each.paper.id, each.paper.version, "abstract", *span) for each in brief.given for span in each.spans
    }
    return [each for each in statements(paper) if each.sentence.evidence[0] in shown]


def _repeats(sentence: Sentence, kept: Sequence[tuple[str, Sentence]]) -> bool:
    bag = frozenset(sentence.plain.lower().split())
    return any(jaccard(bag, frozenset(other.plain.lower().split())) >= NEAR_DUPLICATE for _, other in kept)
