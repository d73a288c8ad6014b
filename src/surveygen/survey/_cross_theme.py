"""Write what holds across the themes: papers between them, trends, research questions."""

from __future__ import annotations

from collections.abc import Iterator

from surveygen.domain.summary import Sentence
from surveygen.domain.survey import Block, KeyValueTable, Note, PaperItem, PaperList, Paragraph, Section
from surveygen.domain.theme import Assignment, Theme, ThemeId
from surveygen.survey._trends import Trend, Trends, find_trends
from surveygen.survey.context import ComposeContext

_MOST_BRIDGES = 12
_MOST_TERMS = 10  # rising, and falling
_MOST_YEARS = 8  # with papers of a term, the latest
_MOST_QUESTIONS = 5  # of a top theme


def write_across(desk: ComposeContext) -> tuple[Section, ...]:
    """List the papers between themes and the terms that rise or fall; nothing if the numbers bear out neither."""
    blocks = (*_bridges(desk), *_trends(desk))
    return (Section("across", desk.say("across"), 1, blocks),) if blocks else ()


def write_questions(desk: ComposeContext) -> tuple[Section, ...]:
    """List what the papers ask, theme by theme, one question a paper; nothing if none is told."""
    paragraphs = tuple(paragraph for top in desk.material.taxonomy.children(None) for paragraph in _asked(desk, top))
    return (Section("questions", desk.say("research_questions"), 1, paragraphs),) if paragraphs else ()


def _bridges(desk: ComposeContext) -> Iterator[Block]:
    """List papers that have a great share in another top theme too, the closest calls first."""
    placed = desk.material.assignments.values()
    found = [(item, other) for item in placed if not item.outside and (other := _other_top(desk, item)) is not None]
    if not found:
        return
    titles = {paper.id: paper.title for paper in desk.material.papers}
    closest = sorted(found, key=lambda pair: (pair[0].margin, pair[0].paper))[:_MOST_BRIDGES]
    items = (PaperItem(one.paper, titles[one.paper], _between(desk, one, other)) for one, other in closest)
    number = desk.language.number(len(found))
    yield PaperList(f"{desk.say('bridges')} ({number})", tuple(items))
    yield Note(desk.say("bridges_text"))
    if len(found) > _MOST_BRIDGES:
        yield Note(desk.say("and_more", n=len(found) - _MOST_BRIDGES))


def _other_top(desk: ComposeContext, item: Assignment) -> ThemeId | None:
    tops = (desk.material.taxonomy.path(theme)[0] for theme in item.secondary if theme in desk.material.taxonomy)
    return next((top for top in tops if top != item.path[0]), None)


def _between(desk: ComposeContext, item: Assignment, other: ThemeId) -> str:
    return f"{desk.name(item.path[0])} ↔ {desk.name(other)}"


def _trends(desk: ComposeContext) -> Iterator[Block]:
    trends = find_trends(desk.material.papers, desk.material.cards)
    if trends is None or not (trends.rising or trends.falling):
        return
    for key, found in (("rising", trends.rising), ("falling", trends.falling)):
        if found:
            yield KeyValueTable(
                desk.say(key), tuple((each.term, _counts(desk, trends, each)) for each in found[:_MOST_TERMS])
            )
    yield Note(desk.say("terms_text"))


def _counts(desk: ComposeContext, trends: Trends, trend: Trend) -> str:
    told = desk.say(
        "trend_row",
        before=trend.before,
        earlier=trends.earlier,
        year=str(trends.year),
        after=trend.after,
        later=trends.later,
    )
    return f"{told} ({', '.join(f'{year}: {n}' for year, n in trend.years[-_MOST_YEARS:])})"


def _asked(desk: ComposeContext, top: Theme) -> Iterator[Paragraph]:
    found: list[Sentence] = []
    for item in desk.members(top):
        if len(found) < _MOST_QUESTIONS:
            found += desk.used.take(desk.material.cards[item.paper].questions[:1])
    if found:
        yield Paragraph(tuple(found), desk.name(top.id), "list")
