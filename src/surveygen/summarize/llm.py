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
    without_orders,
)
from surveygen.summarize._paragraphs import MAX_SENTENCES, ParagraphRequest, TextWriter
from surveygen.summarize._plan import (
    MAX_PARAGRAPHS,
    MAX_PLANNED,
    ROLE_OF_KIND,
    PaperGroups,
    PlannedParagraph,
    checked_topic,
    in_requests,
    parse_plan,
    plan_schema,
    shared_keyword,
)
from surveygen.summarize._selection import rank_papers
from surveygen.summarize.extractive import Extractive, rules_hash

_REVIEW_ROLES = ("summary", "aim", "method", "finding", "limit")
_REVIEW_CLAIMS = 8
_MAX_LINE = 240  # code points of a paper in the prompt of a plan
# The tasks of the front matter with their most sentences; with these a survey takes three requests more.
_FRONT_MATTER = {"introduction": 8, "abstract": 5, "outlook": 6}


def make(settings: SummarizeSettings, connect: Callable[[], LlmClient], cache: ResultCache) -> LlmSummarizer:
    """Make the summarizer; no request is sent yet, and the client caches the responses."""
    del settings, cache
    return LlmSummarizer(connect())


class LlmSummarizer:
    """Writes reviews, themes and front matter with a model; what it cannot write is written without it.

    First the papers, one request each. Then the themes from the sub-themes up: for a theme without sub-themes a plan of
    its paragraphs, then the paragraphs, several in one request; for others one paragraph that leads into the
    sub-themes. Then three requests for the survey as a whole. Each request shows the sentences of papers that the step
    before chose, and every sentence is checked against them.
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
        claims = self._card_claims(context_of_paper(paper))
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
        """Write a theme from the reviews of its papers, or a paragraph from the texts of its sub-themes."""
        writer = TextWriter(self._client, (source.theme.name,))
        parts = self._lead(source, writer) if source.subtheme_summaries else self._planned_text(source, writer)
        self._counts.append(writer.total() if parts else FallbackCounts())
        if not writer.written:
            return self._extractive.summarize_theme(source)
        return self._summary(source, writer, parts)

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
        names = (title, *(taxonomy[summary.theme].name for summary in summaries))
        parts: dict[str, tuple[Sentence, ...]] = {}
        for task, limit in _FRONT_MATTER.items() if context.papers else ():
            writer = TextWriter(self._client, names)
            # Without an answer the papers are not quoted: the fixed words of the draft introduce it.
            (items,) = writer.write(ParagraphRequest(task, values, context, ((),), limit))
            self._counts.append(writer.total())
            (parts[task],) = writer.finish([[sentence for _, sentence in items]]) if writer.written else ((),)
        return FrontMatter(**parts)

    def _card_claims(self, context: PromptContext) -> FilteredClaims | None:
        """Request a card and check its claims; None, and counted, if no sentence of the model is usable."""
        if not context.papers:
            return None  # nothing to write from, so not a fallback
        variables = {"papers": context.values(), "roles": list(_REVIEW_ROLES), "limit": _REVIEW_CLAIMS}
        read = partial(parse_claims, roles=_REVIEW_ROLES)
        claims = self._client("card", variables, claims_schema(_REVIEW_ROLES), read)
        filtered = filter_claims(claims, context, _REVIEW_CLAIMS) if claims is not None else None
        if filtered is None or not filtered.written:
            self._counts.append(FallbackCounts(fallbacks=1, dropped=len(claims or ())))
            return None
        self._counts.append(FallbackCounts(replaced=filtered.replaced, dropped=filtered.dropped))
        return filtered

    def _planned_text(self, source: ThemeInput, writer: TextWriter) -> list[_Part]:
        """Plan the paragraphs of a theme and write them."""
        context = context_of_reviews(_best_papers(source, MAX_PLANNED), source.reviews, MAX_PLANNED)
        papers = [item.paper for item in context.papers]
        if not papers:
            return []
        groups = PaperGroups.of(papers, source.embeddings, source.reviews)
        plan = (self._plan(source, groups) if groups.needs_plan else None) or groups.plan(source.reviews)
        parts: list[_Part] = []
        for planned in in_requests(plan, MAX_PAPERS):
            chosen = {paper for paragraph in planned for paper in paragraph.papers}
            shown = PromptContext(tuple(item for item in context.papers if item.paper.id in chosen))
            of_paragraph = tuple(
                tuple(item.paper for item in shown.papers if item.paper.id in paragraph.papers) for paragraph in planned
            )
            numbers = {item.paper.id: number for number, item in enumerate(shown.papers, start=1)}
            values = {
                "theme": source.theme.name,
                "description": source.theme.description,
                "paragraphs": [
                    {
                        "number": number,
                        "kind": paragraph.kind,
                        "topic": paragraph.topic,
                        "papers": ", ".join(str(numbers[paper]) for paper in paragraph.papers),
                    }
                    for number, paragraph in enumerate(planned, start=1)
                ],
            }
            written = writer.write(ParagraphRequest("paragraph", values, shown, of_paragraph))
            parts += zip(planned, written, strict=True)
        return parts

    def _plan(self, source: ThemeInput, groups: PaperGroups) -> tuple[PlannedParagraph, ...] | None:
        """Request a plan; None if there is no usable answer: the groups are then the plan."""
        ids = [paper.id for paper in groups.papers]
        number_of = {paper: number for number, paper in enumerate(ids, start=1)}
        papers = {paper.id: paper for paper in groups.papers}
        values = {
            "theme": source.theme.name,
            "description": source.theme.description,
            "most": min(MAX_PARAGRAPHS, len(groups.groups) + 1),
            "kinds": list(ROLE_OF_KIND),
            "groups": [
                {
                    "keyword": shared_keyword(group, source.reviews),
                    "papers": [
                        {"number": number_of[paper], "year": papers[paper].year, "line": _line(papers[paper], source)}
                        for paper in group
                    ],
                }
                for group in groups.groups
            ],
        }
        plan = self._client("plan", values, plan_schema(), partial(parse_plan, papers=ids))
        if plan is None:
            return None
        topics = (
            (paragraph, checked_topic(paragraph.topic, [papers[it] for it in paragraph.papers], source.theme.name))
            for paragraph in groups.complete(plan)
        )
        return tuple(
            replace(paragraph, topic=topic or shared_keyword(paragraph.papers, source.reviews))
            for paragraph, topic in topics
        )

    def _lead(self, source: ThemeInput, writer: TextWriter) -> list[_Part]:
        """Write the one paragraph that leads into the sub-themes of a theme."""
        context = join_contexts(
            context_of_summaries(source.subtheme_summaries, {paper.id: paper for paper in source.papers}),
            context_of_reviews(_best_papers(source, MAX_PAPERS), source.reviews),
        )
        if not context.papers:
            return []
        values = {
            "theme": source.theme.name,
            "description": source.theme.description,
            "below": _theme_notes(source.subtheme_summaries, source.taxonomy),
        }
        (items,) = writer.write(ParagraphRequest("lead", values, context, ((),), min(source.limit, MAX_SENTENCES)))
        return [(PlannedParagraph("", "", ()), items)]

    def _summary(self, source: ThemeInput, writer: TextWriter, parts: Sequence[_Part]) -> ThemeSummary:
        """Return the paragraphs as the summary of a theme; what is open becomes an open problem."""
        open_problems = [sentence for _, items in parts for role, sentence in items if role == "open"]
        paragraphs: list[list[Sentence]] = []
        room = source.limit - len(open_problems)
        for _, items in parts:
            sentences = [sentence for role, sentence in items if role != "open"]
            paragraphs.append(sentences[: max(room, 0)])
            room -= len(paragraphs[-1])
        subtopics = tuple(
            SubtopicSummary(ROLE_OF_KIND.get(planned.kind, "other"), sentences, topic=planned.topic)
            for (planned, _), sentences in zip(parts, writer.finish(paragraphs), strict=True)
            if sentences
        )
        return ThemeSummary(source.theme.id, source.language, subtopics, tuple(open_problems), self.fingerprint)


_Part = tuple[PlannedParagraph, Sequence[tuple[str, Sentence]]]


def _best_papers(source: ThemeInput, limit: int) -> list[Paper]:
    """Return the papers that represent a theme best, oldest first."""
    ranked = rank_papers(source.theme, source.papers, source.embeddings)
    best = sorted(ranked, key=lambda item: (-item.centrality, item.paper.id))[:limit]
    return sorted((item.paper for item in best), key=lambda paper: (paper.published or "", paper.id))


def _line(paper: Paper, source: ThemeInput) -> str:
    """Return what a paper does in one line."""
    summary = source.reviews[paper.id].one_liner
    return (without_orders(summary.plain) if summary else "")[:_MAX_LINE] or paper.title[:_MAX_LINE]


def _theme_notes(summaries: Sequence[ThemeSummary], taxonomy: Taxonomy) -> list[dict[str, str]]:
    """Return name and text of themes, for the prompt about all of them."""
    return [
        {
            "name": taxonomy[summary.theme].name,
            "text": " ".join(sentence.plain for sentence in sentences_of(summary)),
        }
        for summary in summaries
    ]
