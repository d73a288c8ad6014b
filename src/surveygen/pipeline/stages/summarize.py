"""The stage "summarize": write paper reviews, theme summaries and the front matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from surveygen import plugins
from surveygen.domain.full_text import FullTexts
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import CitationContext, FrontMatter, PaperReview, ThemeSummary
from surveygen.domain.theme import Theme, ThemeId
from surveygen.pipeline.llm_session import map_in_threads
from surveygen.pipeline.run_context import BuildContext
from surveygen.pipeline.state import StoredResults
from surveygen.summarize import FrontMatterInput, Summarizer, ThemeInput, complete_review, quote_front_matter
from surveygen.survey import SurveyData

# Sentences for each paper of a theme, the fewest and the most; fewer lead into sub-themes with texts of their own.
_PER_PAPER, _SHORTEST, _LONGEST = 0.8, 8, 60
_LEAD_PER_PAPER, _SHORTEST_LEAD, _LONGEST_LEAD = 0.2, 6, 20
_PARTS = ("introduction", "abstract", "outlook")  # of the front matter, that a summarizer may write
T = TypeVar("T")


def summarize(context: BuildContext, data: SurveyData) -> SurveyData:
    """Write a review of each paper, a summary of each theme that has papers, and what opens and closes the survey.

    Where no model is asked, texts whose sources did not change come from the store.

    Raises:
        SummaryError: a theme cannot be written about. ConfigError: the summarizer cannot be used.
    """
    cache = StoredResults(context.store)
    make = plugins.load("summarize", context.settings.summarize.method).make
    summarizer: Summarizer = make(context.settings.summarize, context.llm.connect, cache)

    def review(paper: Paper) -> PaperReview:
        if summarizer.workers:  # asks a model, whose answers have a cache of their own
            return summarizer.review(paper)
        content = (summarizer.fingerprint, paper.id, paper.version, paper.text_hash, paper.comment, paper.authors)
        return cache(PaperReview, "card", content, paper.id, lambda: summarizer.review(paper))

    reviews: dict[PaperId, PaperReview] = {}
    with context.progress.stage("cards", len(data.papers)) as advance:
        for paper, card in zip(data.papers, map_in_threads(review, data.papers, summarizer.workers), strict=True):
            reviews[paper.id] = _with_full_text(card, paper, data.texts, cache, summarizer.fingerprint)
            advance(1)
    data = replace(data, reviews=reviews)
    writer = _ThemeWriter(context, data, summarizer, cache)
    depth = {theme.id: len(data.taxonomy.path(theme.id)) for theme in data.taxonomy}
    with context.progress.stage("summaries", len(data.taxonomy)) as advance:
        for level in sorted(set(depth.values()), reverse=True):  # sub-themes first: a theme is written from theirs
            themes = [theme for theme in data.taxonomy if depth[theme.id] == level]
            for theme, summary in zip(themes, map_in_threads(writer.write, themes, summarizer.workers), strict=True):
                if summary is not None:
                    writer.summaries[theme.id] = summary
                advance(1)
    summaries = {theme.id: writer.summaries[theme.id] for theme in data.taxonomy if theme.id in writer.summaries}
    tops = [summaries[theme.id] for theme in data.taxonomy.children(None) if theme.id in summaries]
    by_id = {paper.id: paper for paper in data.papers}
    written = summarizer.front_matter(context.settings.title, tops, by_id, taxonomy=data.taxonomy)
    return replace(
        data,
        summaries=summaries,
        front_matter=_complete(written, context.settings.title, data, cache, summarizer.fingerprint),
        summarizer=summarizer.fingerprint,
        model=context.llm.use(summarizer.fallbacks),
    )


def _with_full_text(
    review: PaperReview, paper: Paper, texts: FullTexts, cache: StoredResults, fingerprint: str
) -> PaperReview:
    """Complete a review from the full text of the paper, where there is one; the text is read once."""
    if paper.id not in texts.records:
        return review
    permission = texts.permission(paper.id)

    def complete() -> PaperReview:
        document = texts.document(paper.id)
        return review if document is None else complete_review(review, paper, document, permission)

    content = (fingerprint, review, paper.title, paper.abstract, paper.authors, texts.digests[paper.id], permission)
    return cache(PaperReview, "full_card", content, paper.id, complete)


def _complete(
    written: FrontMatter, title: str, data: SurveyData, cache: StoredResults, fingerprint: str
) -> FrontMatter:
    """Fill what the summarizer left empty with sentences of the papers."""
    tops = {item.paper: item.path[0] for item in data.assignments.values() if not item.outside}
    source = FrontMatterInput(title, data.papers, data.reviews, data.taxonomy, tops, data.embeddings)
    papers = [(paper.id, paper.version, paper.text_hash, paper.authors, paper.date) for paper in data.papers]
    content = (fingerprint, title, papers, data.taxonomy, sorted(tops.items()), data.embeddings.encoder)
    quoted = cache(FrontMatter, "front", content, "front", lambda: quote_front_matter(source))
    return replace(quoted, **{name: text for name in _PARTS if (text := getattr(written, name))})


class _ThemeWriter:
    """Writes summaries of themes, each from its papers and from the summaries of its sub-themes."""

    def __init__(self, context: BuildContext, data: SurveyData, summarizer: Summarizer, cache: StoredResults) -> None:
        self.summaries: dict[ThemeId, ThemeSummary] = {}
        self._data, self._summarizer, self._cache = data, summarizer, cache
        self._most, self._title = context.settings.summarize.sentences_per_theme, context.settings.title
        self._newest = max((paper.year for paper in data.papers if paper.year is not None), default=0)
        self._citations = {paper: stats.references for paper, stats in data.citations.stats.items()}
        self._contexts: dict[ThemeId, list[CitationContext]] = {}
        for found in data.joint_contexts:
            for theme, count in Counter(self._themes_of(found.cited)).items():
                if count > 1:
                    self._contexts.setdefault(theme, []).append(found)
        self._members: dict[ThemeId, list[Paper]] = {}
        for paper in data.papers:
            for theme in self._themes_of((paper.id,)):
                self._members.setdefault(theme, []).append(paper)

    def _themes_of(self, papers: Iterable[PaperId]) -> Iterator[ThemeId]:
        """Yield the themes of papers and those above them; one of two papers twice."""
        for paper in papers:
            assignment = self._data.assignments.get(paper)
            yield from assignment.path if assignment is not None and not assignment.outside else ()

    def write(self, theme: Theme) -> ThemeSummary | None:
        """Return the summary of a theme, None if it has no papers."""
        data, embeddings = self._data, self._data.embeddings
        members = self._members.get(theme.id, [])
        if not members:
            return None
        children = data.taxonomy.children(theme.id)
        if self._summarizer.workers:
            length = _LONGEST  # a model writes as many paragraphs as its plan has
        elif children:
            length = min(max(round(_LEAD_PER_PAPER * len(members)), _SHORTEST_LEAD), _LONGEST_LEAD)
        else:
            length = min(max(round(_PER_PAPER * len(members)), _SHORTEST), _LONGEST)
        limit = min(length, self._most)
        below = [self.summaries[child.id] for child in children if child.id in self.summaries]
        inside = [node for child in children for node in data.taxonomy.subtree(child.id) if node.id != child.id]
        deeper = [self.summaries[node.id] for node in inside if node.id in self.summaries]
        cited = {paper.id: self._citations[paper.id] for paper in members if paper.id in self._citations}
        content = [
            (paper.id, paper.version, paper.text_hash, paper.authors, paper.date, cited.get(paper.id))
            for paper in members
        ]
        texts = [
            (paper.id, data.texts.digests[paper.id], data.texts.permission(paper.id))
            for paper in members
            if paper.id in data.texts.digests
        ]
        contexts = tuple(self._contexts.get(theme.id, ()))
        names = [data.taxonomy[ancestor].name for ancestor in data.taxonomy.path(theme.id)]

        def write() -> ThemeSummary:
            return self._summarizer.summarize_theme(
                ThemeInput(
                    theme,
                    members,
                    taxonomy=data.taxonomy,
                    embeddings=embeddings.subset([paper.id for paper in members]),
                    reviews=data.reviews,
                    subtheme_summaries=below,
                    limit=limit,
                    language="en",
                    newest_year=self._newest,
                    citations=cited,
                    title=self._title,
                    deeper_summaries=deeper,
                    contexts=contexts,
                )
            )

        if self._summarizer.workers:
            return write()
        written_from = (theme, names, content, embeddings.encoder, limit, self._newest, below, deeper, self._title)
        sources = (self._summarizer.fingerprint, *written_from)
        read = (texts, contexts)  # of full texts
        return self._cache(ThemeSummary, "summary", (*sources, read) if any(read) else sources, theme.id, write)
