"""Paragraphs written by a language model: asked for, checked, asked again, replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import zip_longest

from surveygen.domain.llm import LlmClient
from surveygen.domain.paper import Paper
from surveygen.domain.summary import Sentence, glue_limit
from surveygen.summarize import FallbackCounts
from surveygen.summarize._claims import (
    CheckedClaim,
    ModelClaim,
    PromptContext,
    claims_schema,
    leaning_reason,
    parse_claims,
)
from surveygen.summarize._grounding import NEAR_DUPLICATE, is_glue, jaccard
from surveygen.summarize._sentence_quality import has_dangling_reference

ROLES = ("problem", "approach", "finding", "limit", "open")
MAX_SENTENCES = 8  # of a paragraph
REVISE = "revise"  # the prompt that asks for rejected sentences again

Item = tuple[str, Sentence]  # the role that the model gave, and the sentence


@dataclass(frozen=True, slots=True)
class ParagraphRequest:
    """One request for paragraphs.

    Attributes:
        task: the name of its prompt. values: what the prompt needs besides the papers.
        context: the papers that it shows.
        papers: of each paragraph, by its number from 1.
        limit: the most sentences of a paragraph.
    """

    task: str
    values: Mapping[str, object]
    context: PromptContext
    papers: tuple[tuple[Paper, ...], ...]
    limit: int = MAX_SENTENCES


@dataclass(frozen=True, slots=True)
class _ClaimDraft:
    """A claim of the model and what its check gave."""

    claim: ModelClaim
    checked: CheckedClaim

    @property
    def failed(self) -> bool:
        """Whether it has to be asked for again."""
        return self.checked.sentence is None and not self.claim.glue


@dataclass(slots=True)
class TextWriter:
    """Writes the paragraphs of one text, such as that of a theme, so that no two sentences say the same.

    Attributes:
        client: of the language model.
        names: what glue may name: the theme, or for a text about the survey its title and themes.
        counts: how often responses were not used. written: how many sentences are the model's own.
    """

    client: LlmClient
    names: tuple[str, ...]
    counts: FallbackCounts = field(default_factory=FallbackCounts)
    written: int = 0
    _accepted: list[Sentence] = field(default_factory=list)

    def write(self, request: ParagraphRequest) -> tuple[tuple[Item, ...], ...]:
        """Return the sentences of each paragraph, glue not yet checked.

        Rejected sentences are requested once more, all together, each with its reason; one that is rejected again is
        replaced by a sentence of the paper that it cites, or left out. Without a usable answer the papers are quoted.
        """
        values = {**request.values, "papers": request.context.values(), "roles": list(ROLES), "limit": request.limit}
        schema, read = claims_schema(ROLES, "number", "glue"), partial(parse_claims, roles=ROLES)
        claims = self.client(request.task, values, schema, read)
        if claims is None:
            self.client.may_follow(REVISE, {**values, "rejected": []}, schema)
            self.counts = replace(self.counts, fallbacks=self.counts.fallbacks + 1)
            return tuple(self._quote(papers, request) for papers in request.papers)
        by_paragraph: list[list[_ClaimDraft]] = [[] for _ in request.papers]
        for claim in claims:
            if 1 <= claim.number <= len(by_paragraph) and len(by_paragraph[claim.number - 1]) < request.limit:
                by_paragraph[claim.number - 1].append(_ClaimDraft(claim, CheckedClaim(None)))
        by_paragraph = [_check(drafts, request.context) for drafts in by_paragraph]
        rejected = [draft for drafts in by_paragraph for draft in drafts if draft.failed]
        if rejected:
            shown = [
                {"number": number, "text": draft.claim.plain, "reason": draft.checked.reason}
                for number, draft in enumerate(rejected, start=1)
            ]
            answer = self.client(REVISE, {**values, "rejected": shown}, schema, read) or ()
            revised = {claim.number: claim for claim in answer if not claim.glue}
            number_of = {id(draft): number for number, draft in enumerate(rejected, start=1)}
            by_paragraph = [
                _check(
                    [
                        _ClaimDraft(revised.get(number_of.get(id(draft), 0), draft.claim), draft.checked)
                        for draft in drafts
                    ],
                    request.context,
                )
                for drafts in by_paragraph
            ]
        return tuple(self._settle(drafts, request.context) for drafts in by_paragraph)

    def _settle(self, drafts: Sequence[_ClaimDraft], context: PromptContext) -> tuple[Item, ...]:
        """Return the sentences of a paragraph that stay; each stands where its first words have a sense."""
        items: list[Item] = []
        replaced = 0
        for draft in drafts:
            if draft.claim.glue:
                items.append(("glue", Sentence(draft.claim.plain, (), (), method="glue")))
                continue
            before = items[-1][1] if items else None
            sentence = draft.checked.sentence
            if sentence is None or leaning_reason(sentence, before):
                sentence = draft.claim.own_words(context, self._accepted)
                replaced += sentence is not None
            if sentence is not None and not self._repeats(sentence):
                items.append((draft.claim.role, sentence))
                self._accepted.append(sentence)
        cited = sum(sentence.method != "glue" for _, sentence in items)
        self.written += sum(sentence.method == "llm" for _, sentence in items)
        dropped = sum(not draft.claim.glue for draft in drafts) - cited
        self.counts = replace(
            self.counts, replaced=self.counts.replaced + replaced, dropped=self.counts.dropped + dropped
        )
        return tuple(items)

    def _repeats(self, sentence: Sentence) -> bool:
        words = frozenset(sentence.plain.lower().split())
        return any(jaccard(words, frozenset(other.plain.lower().split())) >= NEAR_DUPLICATE for other in self._accepted)

    def _quote(self, papers: Sequence[Paper], request: ParagraphRequest) -> tuple[Item, ...]:
        """Return a sentence of each paper, what it does rather than another."""
        items: list[Item] = []
        for paper in papers[: request.limit]:
            statements = request.context.statements([paper], self._accepted)
            best = sorted(statements, key=lambda it: it.label.role not in {"approach", "finding"})
            if best and not self._repeats(best[0].sentence):
                items.append((best[0].label.role, best[0].sentence))
                self._accepted.append(best[0].sentence)
        return tuple(items)

    def total(self) -> FallbackCounts:
        """Return how often responses were not used; a text without a sentence of the model is one fallback."""
        if self.written:
            return self.counts
        return FallbackCounts(fallbacks=1, dropped=self.counts.dropped + self.counts.replaced)

    def finish(self, paragraphs: Sequence[Sequence[Sentence]]) -> tuple[tuple[Sentence, ...], ...]:
        """Return the paragraphs with the glue that holds, at most 15 % of all sentences; none is of glue alone."""
        holding = [self._glue_that_holds(sentences) for sentences in paragraphs]
        total = sum(sentence.method != "glue" for sentences in paragraphs for sentence in sentences)
        allowed = glue_limit(total)
        places: dict[str, tuple[int, int]] = {}  # by text, which stands once
        for turn in zip_longest(*holding):  # the first of each paragraph, then the second ones
            for number, at in enumerate(turn):
                if at is not None and len(places) < allowed:
                    places.setdefault(paragraphs[number][at].text, (number, at))
        return tuple(
            tuple(
                sentence
                for at, sentence in enumerate(sentences)
                if sentence.method != "glue" or places.get(sentence.text) == (number, at)
            )
            for number, sentences in enumerate(paragraphs)
        )

    def _glue_that_holds(self, sentences: Sequence[Sentence]) -> list[int]:
        """Return where a paragraph has glue of which its other sentences and the names have all words."""
        cited = [sentence.plain for sentence in sentences if sentence.method != "glue"]
        return [
            at
            for at, sentence in enumerate(sentences)
            if sentence.method == "glue"
            and is_glue(sentence.text, cited, self.names)
            and not (at == 0 and has_dangling_reference(sentence.text))
        ]


def _check(drafts: Sequence[_ClaimDraft], context: PromptContext) -> list[_ClaimDraft]:
    """Check the claims of a paragraph in their order."""
    checked: list[_ClaimDraft] = []
    before: Sentence | None = None
    for draft in drafts:
        result = CheckedClaim(None) if draft.claim.glue else draft.claim.check(context, before)
        before = result.sentence
        checked.append(_ClaimDraft(draft.claim, result))
    return checked
