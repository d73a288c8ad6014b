"""Let a language model write, and keep what its sources bear out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from surveygen.config import SummarizeSettings
from surveygen.domain.llm import LlmClient
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import FrontMatter, PaperReview, Sentence, SubtopicSummary, ThemeSummary
from surveygen.domain.text import text_sha256
from surveygen.domain.theme import Taxonomy
from surveygen.summarize import FallbackCounts, ResultCache, ThemeInput
from surveygen.summarize._claim_filter import ROLES, FilteredClaims, filter_claims, read, schema
from surveygen.summarize._prompt_context import (
    MOST_PAPERS,
    PromptContext,
    joined,
    of_cards,
    of_summaries,
    sentences_of,
    whole,
)
from surveygen.summarize._selection import members
from surveygen.summarize.extractive import Extractive, rules_hash

_OF_PAPER = ("summary", "aim", "method", "finding", "limit")
_OF_THEME = ("problem", "approach", "finding", "limit", "open")
_CARD_CLAIMS = 8
# The tasks of the frame with their most sentences; with these a survey costs three questions more.
_FRAME = {"introduction": 8, "abstract": 5, "outlook": 6}


def make(settings: SummarizeSettings, connect: Callable[[], LlmClient], keep: ResultCache) -> LlmSummarizer:
    """Make the summarizer; nothing is asked yet, and answers are kept by the way to the model."""
    del settings, keep
    return LlmSummarizer(connect())


class LlmSummarizer:
    """One question a paper, one a theme, three for the survey; whatever fails is written without the model.

    Card by card, then from the sub-themes up, then the survey as a whole: each question shows the sentences of papers
    that the step before chose, and nothing of an answer is believed before it is checked against them.
    """

    def __init__(self, ask: LlmClient) -> None:
        self._ask = ask
        self._plain = Extractive()
        self._outcomes: list[FallbackCounts] = []  # appended to by several threads, which a list bears

    @property
    def fingerprint(self) -> str:
        """Hash of the model, its settings, the prompts and the rules by which answers are judged."""
        return f"llm-{text_sha256(f'{self._ask.fingerprint} {rules_hash()}')[:16]}"

    @property
    def workers(self) -> int:
        """As many as questions may be asked at once."""
        return self._ask.workers

    @property
    def fallbacks(self) -> FallbackCounts:
        """Sum of what befell the answers so far."""
        seen = tuple(self._outcomes)
        return FallbackCounts(*(sum(getattr(each, name) for each in seen) for name in FallbackCounts.__slots__))

    def review(self, paper: Paper) -> PaperReview:
        """Write the quick review of one paper from its numbered sentences."""
        plain = self._plain.review(paper)
        brief = whole(paper)
        settled = self._written("card", {}, brief, _OF_PAPER, _CARD_CLAIMS)
        if settled is None:
            return plain
        first = settled.of("summary")
        return replace(  # what the prompt does not ask for stays in the paper's own words
            plain,
            one_liner=first[0] if first else plain.one_liner,
            aims=settled.of("aim"),
            methods=settled.of("method"),
            findings=settled.of("finding"),
            limits=settled.of("limit"),
        )

    def summarize_theme(self, source: ThemeInput) -> ThemeSummary:
        """Write a theme from the cards of its papers, or from the texts of its sub-themes."""
        theme, below = source.theme, source.subtheme_summaries
        papers = {paper.id: paper for paper in source.papers}
        ranked = members(theme, source.papers, source.embeddings)
        best = sorted(ranked, key=lambda member: (-member.standing, member.paper.id))[:MOST_PAPERS]
        shown = sorted((member.paper for member in best), key=lambda paper: (paper.published or "", paper.id))
        brief = joined(of_summaries(below, papers), of_cards(shown, source.reviews))
        values = {"theme": theme.name, "description": theme.description, "below": _notes(below, source.taxonomy)}
        settled = self._written("theme", values, brief, _OF_THEME, source.limit)
        if settled is None:
            return self._plain.summarize_theme(source)
        roles = [role for role in _OF_THEME if role != "open"]
        strands = tuple(SubtopicSummary(ROLES[role], found) for role in roles if (found := settled.of(role)))
        return ThemeSummary(theme.id, source.language, strands, settled.of("open"), self.fingerprint)

    def front_matter(
        self,
        title: str,
        summaries: Sequence[ThemeSummary],
        papers: Mapping[PaperId, Paper],
        *,
        taxonomy: Taxonomy,
    ) -> FrontMatter:
        """Write introduction, abstract and outlook from what the top themes say."""
        brief = of_summaries(summaries, papers)
        values = {"title": title, "below": _notes(summaries, taxonomy)}
        parts: dict[str, tuple[Sentence, ...]] = {}
        for task, limit in _FRAME.items():
            settled = self._written(task, values, brief, _OF_THEME, limit)
            parts[task] = settled.of(*_OF_THEME) if settled else ()
        return FrontMatter(**parts)

    def _written(
        self, task: str, values: Mapping[str, object], brief: PromptContext, roles: Sequence[str], limit: int
    ) -> FilteredClaims | None:
        """Ask and check; None, and counted, if no sentence of the model's holds."""
        if not brief.given:
            return None  # nothing to write from, so nothing that fell back
        filled = {**values, "papers": brief.values(), "roles": list(roles), "limit": limit}
        claims = self._ask(task, filled, schema(roles), partial(read, roles=roles))
        settled = filter_claims(claims, brief, limit) if claims is not None else None
        if settled is None or not settled.written:
            self._outcomes.append(FallbackCounts(fallbacks=1, dropped=len(claims or ())))
            return None
        self._outcomes.append(FallbackCounts(replaced=settled.replaced, dropped=settled.dropped))
        return settled


def _notes(summaries: Sequence[ThemeSummary], taxonomy: Taxonomy) -> list[dict[str, str]]:
    """Return what themes say, as plain text, for the question about all of them."""
    return [
        {"name": taxonomy[summary.theme].name, "text": " ".join(each.plain for each in sentences_of(summary))}
        for summary in summaries
    ]
