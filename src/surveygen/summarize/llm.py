"""Summaries by a language model, of which only what the sources support is kept."""

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
from surveygen.summarize._claims import (
    MAX_PAPERS,
    ROLE_OF_CLAIM,
    FilteredClaims,
    PromptContext,
    claims_schema,
    context_of_paper,
    context_of_reviews,
    context_of_summaries,
    filter_claims,
    join_contexts,
    parse_claims,
    sentences_of,
)
from surveygen.summarize._selection import rank_papers
from surveygen.summarize.extractive import Extractive, rules_hash

_REVIEW_ROLES = ("summary", "aim", "method", "finding", "limit")
_THEME_ROLES = ("problem", "approach", "finding", "limit", "open")
_REVIEW_CLAIMS = 8
# The tasks of the front matter with their most sentences; with these a survey takes three requests more.
_FRONT_MATTER = {"introduction": 8, "abstract": 5, "outlook": 6}


def make(settings: SummarizeSettings, connect: Callable[[], LlmClient], cache: ResultCache) -> LlmSummarizer:
    """Make the summarizer; no request is sent yet, and the client caches the responses."""
    del settings, cache
    return LlmSummarizer(connect())


class LlmSummarizer:
    """Sends a request for each paper, one for each theme, three for the survey; the rest is written without the model.

    First the papers, then the themes from the sub-themes up, then the survey as a whole: each request shows the
    sentences of papers that the step before chose, and every claim is checked against them.
    """

    def __init__(self, client: LlmClient) -> None:
        self._client = client
        self._extractive = Extractive()
        self._counts: list[FallbackCounts] = []  # appended to by several threads, which is safe for a list

    @property
    def fingerprint(self) -> str:
        """Hash of the model, its settings, the prompts and the rules by which claims are checked."""
        return f"llm-{text_sha256(f'{self._client.fingerprint} {rules_hash()}')[:16]}"

    @property
    def workers(self) -> int:
        """As many as requests may be on their way at once."""
        return self._client.workers

    @property
    def fallbacks(self) -> FallbackCounts:
        """Sum of the counts so far."""
        counts = tuple(self._counts)
        return FallbackCounts(*(sum(getattr(item, name) for item in counts) for name in FallbackCounts.__slots__))

    def review(self, paper: Paper) -> PaperReview:
        """Write the quick review of one paper from its numbered sentences."""
        extractive = self._extractive.review(paper)
        claims = self._write("card", {}, context_of_paper(paper), _REVIEW_ROLES, _REVIEW_CLAIMS)
        if claims is None:
            return extractive
        summary = claims.of("summary")
        return replace(  # what the prompt does not ask for stays in the paper's own words
            extractive,
            one_liner=summary[0] if summary else extractive.one_liner,
            aims=claims.of("aim"),
            methods=claims.of("method"),
            findings=claims.of("finding"),
            limits=claims.of("limit"),
        )

    def summarize_theme(self, source: ThemeInput) -> ThemeSummary:
        """Write a theme from the reviews of its papers, or from the texts of its sub-themes."""
        theme = source.theme
        ranked = rank_papers(theme, source.papers, source.embeddings)
        best = sorted(ranked, key=lambda item: (-item.centrality, item.paper.id))[:MAX_PAPERS]
        papers = sorted((item.paper for item in best), key=lambda paper: (paper.published or "", paper.id))
        context = join_contexts(
            context_of_summaries(source.subtheme_summaries, {paper.id: paper for paper in source.papers}),
            context_of_reviews(papers, source.reviews),
        )
        notes = _theme_notes(source.subtheme_summaries, source.taxonomy)
        values = {"theme": theme.name, "description": theme.description, "below": notes}
        claims = self._write("theme", values, context, _THEME_ROLES, source.limit)
        if claims is None:
            return self._extractive.summarize_theme(source)
        subtopics = tuple(
            SubtopicSummary(ROLE_OF_CLAIM[role], sentences)
            for role in _THEME_ROLES
            if role != "open" and (sentences := claims.of(role))
        )
        return ThemeSummary(theme.id, source.language, subtopics, claims.of("open"), self.fingerprint)

    def front_matter(
        self,
        title: str,
        summaries: Sequence[ThemeSummary],
        papers: Mapping[PaperId, Paper],
        *,
        taxonomy: Taxonomy,
    ) -> FrontMatter:
        """Write introduction, abstract and outlook from the summaries of the top themes."""
        context = context_of_summaries(summaries, papers)
        values = {"title": title, "below": _theme_notes(summaries, taxonomy)}
        parts: dict[str, tuple[Sentence, ...]] = {}
        for task, limit in _FRONT_MATTER.items():
            claims = self._write(task, values, context, _THEME_ROLES, limit)
            parts[task] = claims.of(*_THEME_ROLES) if claims else ()
        return FrontMatter(**parts)

    def _write(
        self, task: str, values: Mapping[str, object], context: PromptContext, roles: Sequence[str], limit: int
    ) -> FilteredClaims | None:
        """Send a request and check the claims; None, and counted, if no sentence of the model is usable."""
        if not context.papers:
            return None  # nothing to write from, so not a fallback
        variables = {**values, "papers": context.values(), "roles": list(roles), "limit": limit}
        claims = self._client(task, variables, claims_schema(roles), partial(parse_claims, roles=roles))
        filtered = filter_claims(claims, context, limit) if claims is not None else None
        if filtered is None or not filtered.written:
            self._counts.append(FallbackCounts(fallbacks=1, dropped=len(claims or ())))
            return None
        self._counts.append(FallbackCounts(replaced=filtered.replaced, dropped=filtered.dropped))
        return filtered


def _theme_notes(summaries: Sequence[ThemeSummary], taxonomy: Taxonomy) -> list[dict[str, str]]:
    """Return name and text of themes, for the prompt about all of them."""
    return [
        {
            "name": taxonomy[summary.theme].name,
            "text": " ".join(sentence.plain for sentence in sentences_of(summary)),
        }
        for summary in summaries
    ]
