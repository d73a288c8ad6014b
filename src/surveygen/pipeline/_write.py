"""Write cards and theme summaries, keeping those whose sources did not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from surveygen import plugins
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Theme, ThemeId
from surveygen.domain.writing import Card, ThemeSummary
from surveygen.pipeline._codec import decode, digest, encode
from surveygen.pipeline._place import Placed
from surveygen.pipeline._run import Run
from surveygen.summarize import Summarizer

_LEAD = 4  # sentences that lead into a theme whose sub-themes have texts of their own


@dataclass(frozen=True, slots=True)
class Written:
    """All that was written from the papers, and by which summarizer."""

    cards: Mapping[PaperId, Card]
    summaries: Mapping[ThemeId, ThemeSummary]
    summarizer: str


def write(run: Run, placed: Placed) -> Written:
    """Return a card for each paper and a summary for each theme with papers."""
    settings = run.settings.summarize
    summarizer: Summarizer = plugins.load("summarize", settings.method).make(settings)
    cards: dict[PaperId, Card] = {}
    with run.progress.stage("cards", len(run.papers)) as advance:
        for paper in run.papers:
            cards[paper.id] = _card(run, summarizer, paper)
            advance(1)
    summaries: dict[ThemeId, ThemeSummary] = {}
    with run.progress.stage("summaries", len(placed.taxonomy)) as advance:
        for theme in placed.taxonomy:
            summary = _summary(run, summarizer, theme, placed)
            if summary is not None:
                summaries[theme.id] = summary
            advance(1)
    return Written(cards, summaries, summarizer.fingerprint)


def _card(run: Run, summarizer: Summarizer, paper: Paper) -> Card:
    key = digest(summarizer.fingerprint, paper.id, paper.version, paper.text_hash, paper.comment, paper.authors)
    cached = run.store.derived("card", key)
    if cached is not None:
        return decode(Card, cached)
    card = summarizer.card(paper)
    run.store.put_derived("card", key, encode(card), slot=paper.id)
    return card


def _summary(run: Run, summarizer: Summarizer, theme: Theme, placed: Placed) -> ThemeSummary | None:
    inside = {item.paper for item in placed.assignments if item.belongs(theme.id)}
    members = [paper for paper in run.papers if paper.id in inside]
    if not members:
        return None
    most = run.settings.summarize.sentences_per_theme
    limit = min(_LEAD, most) if placed.taxonomy.children(theme.id) else most
    content = [(paper.id, paper.version, paper.text_hash, paper.authors) for paper in members]
    key = digest(summarizer.fingerprint, theme, content, run.embeddings.encoder, limit)
    cached = run.store.derived("summary", key)
    if cached is not None:
        return decode(ThemeSummary, cached)
    ids = tuple(paper.id for paper in members)
    vectors = Embeddings(ids, run.embeddings.rows(ids), run.embeddings.encoder)
    summary = summarizer.theme(theme, members, taxonomy=placed.taxonomy, vectors=vectors, limit=limit, language="en")
    run.store.put_derived("summary", key, encode(summary), slot=theme.id)
    return summary
