"""Write a section for every theme with papers, sub-themes below their parents."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from surveygen.domain.summary import PaperReview, Sentence, SubtopicSummary
from surveygen.domain.survey import Block, ComparisonRow, ComparisonTable, Note, Paragraph, Section
from surveygen.domain.theme import Assignment, Theme
from surveygen.survey.context import ComposeContext, is_quantified

_MIN_SHARE = 0.6  # of the papers of a theme that its text and table cite
_MAX_ROWS = 120  # of a comparison table: themes of up to 200 papers show 60 %, and no table fills a book


def write_themes(context: ComposeContext) -> tuple[Section, ...]:
    """Write the sections of all themes in reading order; a theme without papers has none."""
    return tuple(section for top in context.data.taxonomy.children(None) for section in _subtree(context, top, 1))


def _subtree(context: ComposeContext, theme: Theme, level: int) -> Iterator[Section]:
    members = context.members(theme)
    if not members:
        return
    blocks: list[Block] = [Note(theme.description, "definition")] if theme.description else []
    blocks.append(Note(_size(context, members)))
    summary = context.data.summaries.get(theme.id)
    blocks += (
        Paragraph(sentences, _label(context, subtopic), kind=subtopic.kind)
        for subtopic in (summary.strands if summary else ())
        if (sentences := context.quoted.claim_new(subtopic.sentences))
    )
    children = context.data.taxonomy.children(theme.id)
    below = [section for child in children for section in _subtree(context, child, level + 1)]
    blocks += _comparison(context, theme, [item for item in members if not below or item.theme == theme.id])
    yield Section(f"theme-{theme.id}", context.name(theme.id), level, tuple(blocks), theme.id)
    yield from below


def _size(context: ComposeContext, members: Sequence[Assignment]) -> str:
    """Return how many papers a theme has, of which years, and how many are uncertain."""
    years = [year for item in members if (year := context.papers[item.paper].year) is not None]
    uncertain = sum(item.uncertain for item in members)
    parts = [context.say("theme_papers", n=len(members))]
    if years:
        parts.append(context.say("theme_years", first=str(min(years)), last=str(max(years))))
    if uncertain:
        parts.append(context.say("theme_uncertain", n=uncertain))
    return " ".join(parts)


def _label(context: ComposeContext, subtopic: SubtopicSummary) -> str:
    papers = set(subtopic.papers)
    years = sorted(paper.year for paper in context.data.papers if paper.id in papers and paper.year is not None)
    if not subtopic.kind or not years:
        return "" if subtopic.role == "other" else context.say(f"strand_{subtopic.role}")
    span = "–".join(dict.fromkeys((str(years[0]), str(years[-1]))))
    return context.say(f"strand_{subtopic.kind}", topic=subtopic.topic, n=len(subtopic.papers), years=span)


def _comparison(context: ComposeContext, theme: Theme, members: Sequence[Assignment]) -> Iterator[ComparisonTable]:
    """Compare problem, approach, data, main finding and code of papers, oldest first; empty cells where unknown.

    A theme of more than `_MAX_ROWS` papers compares its most typical ones; the catalogue lists all. Papers with an
    abstract but without a cell are included as far as `_MIN_SHARE` requires.
    """
    cards = context.data.reviews
    filled = [item for item in members if any(_cells(cards[item.paper]))]
    named = {item.paper for item in filled}
    empty = [item for item in members if item.paper not in named and context.papers[item.paper].abstract]
    missing = max(math.ceil(_MIN_SHARE * len(members)) - len(filled), 0)
    shown = [*filled, *empty[:missing]][:_MAX_ROWS]
    if not shown:
        return
    shown.sort(key=lambda item: (context.papers[item.paper].date or "9999", item.paper))
    rows = tuple(ComparisonRow(item.paper, _cells(cards[item.paper]), cards[item.paper].code) for item in shown)
    columns = tuple(context.say(f"column_{name}") for name in ("problem", "approach", "data", "finding"))
    key = "comparison_caption" if len(rows) == len(members) else "comparison_some"
    yield ComparisonTable(context.say(key, theme=context.name(theme.id), n=len(rows), all=len(members)), columns, rows)


def _cells(card: PaperReview) -> tuple[Sentence | None, ...]:
    """Return problem, approach, data and the finding with a number, if any; else the one-line summary alone."""
    findings = sorted(card.findings, key=is_quantified, reverse=True)
    fields = (card.motivation or card.aims, card.methods, card.data, findings)
    cells = tuple(next(iter(field), None) for field in fields)
    return cells if any(cells) else (None, card.one_liner, None, None)
