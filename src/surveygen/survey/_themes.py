"""Write a section for every theme that has papers, sub-themes below their parents."""

from __future__ import annotations

from collections.abc import Iterator

from surveygen.domain.paper import PaperId
from surveygen.domain.survey import Block, Note, Paragraph, Row, Section, Table
from surveygen.domain.theme import Assignment, Theme
from surveygen.domain.writing import Card, Sentence, Strand
from surveygen.survey.material import Desk


def write_themes(desk: Desk) -> tuple[Section, ...]:
    """Write the themes in reading order; a theme without papers is left out."""
    return tuple(section for top in desk.material.taxonomy.children(None) for section in _write(desk, top, 1))


def _write(desk: Desk, theme: Theme, level: int) -> Iterator[Section]:
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


def _count(desk: Desk, members: tuple[Assignment, ...]) -> str:
    years = [year for item in members if (year := desk.papers[item.paper].year) is not None]
    parts = [desk.say("theme_papers", n=len(members))]
    if years:
        parts.append(desk.say("theme_years", first=str(min(years)), last=str(max(years))))
    uncertain = sum(item.uncertain for item in members)
    if uncertain:
        parts.append(desk.say("theme_uncertain", n=uncertain))
    return " ".join(parts)


def _paragraphs(desk: Desk, theme: Theme) -> Iterator[Paragraph]:
    summary = desk.material.summaries.get(theme.id)
    for strand in summary.strands if summary else ():
        sentences = desk.used.take(strand.sentences)
        if sentences:
            yield Paragraph(sentences, _label(desk, strand))


def _label(desk: Desk, strand: Strand) -> str:
    return "" if strand.role == "other" else desk.say(f"strand_{strand.role}")


def _table(desk: Desk, theme: Theme, members: list[Assignment]) -> Table | None:
    """Compare the papers: what each is about, how it goes about it, what it finds; blank where nothing is said."""
    rows = [Row(item.paper, _cells(desk.material.cards[item.paper])) for item in _by_date(desk, members)]
    filled = tuple(row for row in rows if any(row.cells))
    if not filled:
        return None
    columns = (desk.say("column_aim"), desk.say("column_approach"), desk.say("column_finding"))
    return Table(desk.say("comparison_caption", theme=desk.name(theme.id), n=len(filled)), columns, filled)


def _by_date(desk: Desk, members: list[Assignment]) -> list[Assignment]:
    def date(item: Assignment) -> tuple[str, PaperId]:
        paper = desk.papers[item.paper]
        return paper.published or paper.updated or "", paper.id

    return sorted(members, key=date)


def _cells(card: Card) -> tuple[Sentence | None, ...]:
    return tuple(_first(field) for field in (card.aims, card.methods, card.findings))


def _first(sentences: tuple[Sentence, ...]) -> Sentence | None:
    return sentences[0] if sentences else None
