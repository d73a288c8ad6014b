"""Write cards and theme summaries, keeping those whose sources did not change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from surveygen import plugins
from surveygen.domain.embedding import Embeddings
from surveygen.domain.llm import ModelUse
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import FrontMatter, PaperReview, ThemeSummary
from surveygen.domain.theme import Theme, ThemeId
from surveygen.llm import LlmUsage
from surveygen.pipeline._assignment import AssignmentResult
from surveygen.pipeline._llm_session import LlmSession
from surveygen.pipeline._result_cache import StoredResults
from surveygen.pipeline._threads import map_in_threads
from surveygen.pipeline.context import BuildContext
from surveygen.summarize import ResultCache, Summarizer, ThemeInput

_LEAD = 4  # sentences that lead into a theme whose sub-themes have texts of their own
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Summaries:
    """All that was written from the papers, and by which summarizer.

    Attributes:
        model: how a language model has served the survey so far, None if none was wanted.
        spent: what this run asked of it.
    """

    cards: Mapping[PaperId, PaperReview]
    summaries: Mapping[ThemeId, ThemeSummary]
    frame: FrontMatter
    summarizer: str
    model: ModelUse | None = None
    spent: LlmUsage | None = None


def summarize_all(run: BuildContext, placed: AssignmentResult, asking: LlmSession) -> Summaries:
    """Return a card for each paper, a summary for each theme with papers, and the frame of the survey."""
    settings = run.settings.summarize
    keep = StoredResults(run.store)
    summarizer: Summarizer = plugins.load("summarize", settings.method).make(settings, asking.connect, keep)
    writer = _Writer(run, placed, summarizer, keep)
    with run.progress.stage("cards", len(run.papers)) as advance:
        for paper, card in zip(run.papers, map_in_threads(writer.card, run.papers, summarizer.workers), strict=True):
            writer.cards[paper.id] = card
            advance(1)
    with run.progress.stage("summaries", len(placed.taxonomy)) as advance:
        for level in _levels(placed):  # sub-themes first, as a theme is written from theirs
            for theme, summary in zip(level, map_in_threads(writer.summary, level, summarizer.workers), strict=True):
                if summary is not None:
                    writer.summaries[theme.id] = summary
                advance(1)
    summaries = {theme.id: writer.summaries[theme.id] for theme in placed.taxonomy if theme.id in writer.summaries}
    frame = writer.frame()
    use = asking.use(summarizer.fallbacks)
    return Summaries(writer.cards, summaries, frame, summarizer.fingerprint, use, asking.spent)


def _levels(placed: AssignmentResult) -> Iterator[tuple[Theme, ...]]:
    """Yield the themes of each depth, the deepest first."""
    depth = {theme.id: len(placed.taxonomy.path(theme.id)) for theme in placed.taxonomy}
    for level in sorted(set(depth.values()), reverse=True):
        yield tuple(theme for theme in placed.taxonomy if depth[theme.id] == level)


class _Writer:
    """Writes one thing at a time; what asks nobody is kept in the store, answers of a model are kept by the asker."""

    def __init__(self, run: BuildContext, placed: AssignmentResult, summarizer: Summarizer, keep: ResultCache) -> None:
        self.cards: dict[PaperId, PaperReview] = {}
        self.summaries: dict[ThemeId, ThemeSummary] = {}
        self._run, self._placed, self._summarizer, self._keep = run, placed, summarizer, keep
        self._members: dict[ThemeId, list[Paper]] = {}
        paths = {item.paper: item.path for item in placed.assignments if not item.outside}
        for paper in run.papers:
            for theme in paths.get(paper.id, ()):
                self._members.setdefault(theme, []).append(paper)

    def card(self, paper: Paper) -> PaperReview:
        """Write the review of a paper."""
        content = (paper.id, paper.version, paper.text_hash, paper.comment, paper.authors)
        return self._kept(PaperReview, "card", content, paper.id, lambda: self._summarizer.review(paper))

    def summary(self, theme: Theme) -> ThemeSummary | None:
        """Write a theme, None if it has no papers."""
        run, placed = self._run, self._placed
        members = self._members.get(theme.id, [])
        if not members:
            return None
        children = placed.taxonomy.children(theme.id)
        most = run.settings.summarize.sentences_per_theme
        limit = min(_LEAD, most) if children else most
        content = [(paper.id, paper.version, paper.text_hash, paper.authors) for paper in members]
        key = (theme, content, run.embeddings.encoder, limit)
        below = [self.summaries[child.id] for child in children if child.id in self.summaries]
        return self._kept(ThemeSummary, "summary", key, theme.id, lambda: self._ask(theme, members, limit, below))

    def frame(self) -> FrontMatter:
        """Write what opens and closes the survey."""
        tops = (self.summaries.get(theme.id) for theme in self._placed.taxonomy.children(None))
        papers = {paper.id: paper for paper in self._run.papers}
        found = [summary for summary in tops if summary is not None]
        return self._summarizer.front_matter(self._run.settings.title, found, papers, taxonomy=self._placed.taxonomy)

    def _ask(self, theme: Theme, members: list[Paper], limit: int, below: list[ThemeSummary]) -> ThemeSummary:
        ids = tuple(paper.id for paper in members)
        embeddings = self._run.embeddings
        return self._summarizer.summarize_theme(
            ThemeInput(
                theme,
                members,
                taxonomy=self._placed.taxonomy,
                embeddings=Embeddings(ids, embeddings.rows(ids), embeddings.encoder),
                reviews=self.cards,
                subtheme_summaries=below,
                limit=limit,
                language="en",
            )
        )

    def _kept(self, kind: type[T], name: str, content: Sequence[object], slot: str, make: Callable[[], T]) -> T:
        if self._summarizer.workers:
            return make()
        return self._keep(kind, name, (self._summarizer.fingerprint, *content), slot, make)
