"""Write a section for every theme that has papers, sub-themes below their parents."""

from __future__ import annotations

import math
from collections.abc import Iterator

from surveygen.domain.summary import PaperReview, Sentence, SubtopicSummary
from surveygen.domain.survey import Block, ComparisonRow, ComparisonTable, Note, Paragraph, Section
from surveygen.domain.theme import Assignment, Theme
from surveygen.survey.context import ComposeContext, telling

LEAST_SHARE = 0.6  # of a theme's papers that its text and table cite
MOST_ROWS = 120  # of a comparison table: themes of up to 200 papers show 60 %, and no table fills a book


def write_themes(desk: ComposeContext) -> tuple[Section, ...]:
    """Write the themes in reading order; a theme without papers is left out."""
    return tuple(section for top in desk.material.taxonomy.children(None) for section in _write(desk, top, 1))


def _write(desk: ComposeContext, theme: Theme, level: int) -> Iterator[Section]:
    members = desk.members(theme)
    if not members:
        return
    blocks: list[Block] = []
    if theme.description:
        blocks.append(Note(theme.description, "definition"))
    blocks.append(Note(_count(desk, members)))
    blocks += _paragraphs(desk, theme)
    children = desk.material.taxonomy.children(theme.id)
    below = [section for child in children for section in _write(desk, child, level + 1)]
    table = _table(desk, theme, [item for item in members if not below or item.theme == theme.id])
    if table:
        blocks.append(table)
    yield Section(f"theme-{theme.id}", desk.name(theme.id), level, tuple(blocks), theme.id)
    yield from below


def _count(desk: ComposeContext, members: tuple[Assignment, ...]) -> str:
    years = [year for item in members if (year := desk.papers[item.paper].year) is not None]
    parts = [desk.say("theme_papers", n=len(members))]
    if years:
        parts.append(desk.say("theme_years", first=str(min(years)), last=str(max(years))))
    uncertain = sum(item.uncertain for item in members)
    if uncertain:
        parts.append(desk.say("theme_uncertain", n=uncertain))
    return " ".join(parts)


def _paragraphs(desk: ComposeContext, theme: Theme) -> Iterator[Paragraph]:
    summary = desk.material.summaries.get(theme.id)
    for strand in summary.strands if summary else ():
        sentences = desk.used.take(strand.sentences)
        if sentences:
            yield Paragraph(sentences, _label(desk, strand), kind=strand.kind)


def _label(desk: ComposeContext, strand: SubtopicSummary) -> str:
    inside = set(strand.papers)
    years = sorted(paper.year for paper in desk.material.papers if paper.id in inside and paper.year is not None)
    if not strand.kind or not years:
        return "" if strand.role == "other" else desk.say(f"strand_{strand.role}")
    span = "–".join(dict.fromkeys((str(years[0]), str(years[-1]))))
    return desk.say(f"strand_{strand.kind}", topic=strand.topic, n=len(strand.papers), years=span)


def _table(desk: ComposeContext, theme: Theme, members: list[Assignment]) -> ComparisonTable | None:
    """Compare the papers: problem, approach, data, main finding, code; blank where nothing is said.

    A theme of more than MOST_ROWS papers compares those that stand for it best; all are in the catalogue.
    """
    cards = desk.material.cards
    shown = _by_date(desk, _worth_a_row(desk, members))
    if not shown:
        return None
    rows = tuple(ComparisonRow(item.paper, _cells(cards[item.paper]), cards[item.paper].code) for item in shown)
    columns = tuple(desk.say(f"column_{name}") for name in ("problem", "approach", "data", "finding"))
    key = "comparison_caption" if len(rows) == len(members) else "comparison_some"
    caption = desk.say(key, theme=desk.name(theme.id), n=len(rows), all=len(members))
    return ComparisonTable(caption, columns, rows)


def _worth_a_row(desk: ComposeContext, members: list[Assignment]) -> list[Assignment]:
    """Return whom the table shows: who says something, and blank rows only as far as LEAST_SHARE needs them."""
    said = {paper.id for paper in desk.material.papers if paper.abstract}
    filled = [item for item in members if any(_cells(desk.material.cards[item.paper]))]
    told = {item.paper for item in filled}
    blank = [item for item in members if item.paper in said - told]
    missing = max(math.ceil(LEAST_SHARE * len(members)) - len(filled), 0)
    return [*filled, *blank[:missing]][:MOST_ROWS]


def _by_date(desk: ComposeContext, members: list[Assignment]) -> list[Assignment]:
    """Put the oldest first, those of unknown date last."""
    return sorted(members, key=lambda item: (desk.papers[item.paper].date or "9999", item.paper))


def _cells(card: PaperReview) -> tuple[Sentence | None, ...]:
    """Return problem, approach, data and the finding that says most; the one line of a paper where it tells no more."""
    cells = [_first(field) for field in (card.motivation or card.aims, card.methods, card.data)]
    cells.append(telling(card.findings) or _first(card.findings))
    return tuple(cells) if any(cells) else (None, card.one_liner, None, None)


def _first(sentences: tuple[Sentence, ...]) -> Sentence | None:
    return sentences[0] if sentences else None
