"""Report what the last refresh changed, and withdrawn papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from surveygen.domain.changes import AbstractChanged, Changes
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.survey import Block, KeyValueTable, Note, PaperItem, PaperList, Section
from surveygen.domain.theme import ThemeId
from surveygen.survey.context import ComposeContext

CHANGES = "changes"
_MAX_ITEMS = 50  # of a list; changes.json has all, and the catalogue lists all papers
_MAX_SENTENCES = 2  # of a changed abstract on either side; survey.json has all


def write_changes(context: ComposeContext, headings: Mapping[str, str]) -> tuple[Section, ...]:
    """Report new, revised, withdrawn, reinstated, corrected, moved and reworded papers; no section before a refresh.

    Args:
        context: the data and the language.
        headings: of the other sections, by id.
    """
    changes, number = context.data.changes, context.language.number
    if changes is None:
        return ()
    rows = (
        (context.say("changes_date"), context.language.day(changes.at)),
        (context.say("changes_run"), str(changes.run)),
        (context.say("changes_sections"), number(len(changes.changed))),
        (context.say("changes_identical"), number(len(changes.identical))),
    )
    blocks: list[Block] = [KeyValueTable(context.say("changes"), rows)]
    titles = dict(changes.titles)
    for key, details in _details(context, changes):
        items = tuple(PaperItem(paper, titles.get(paper, paper), detail) for paper, detail in details)
        if items:
            caption = context.say("counted_name", name=context.say(key), n=len(items))
            blocks.append(PaperList(caption, items[:_MAX_ITEMS]))
        if len(items) > _MAX_ITEMS:
            blocks.append(Note(context.say("and_more", n=len(items) - _MAX_ITEMS)))
    separator = context.language.separator
    themes = (("change_born", changes.born), ("change_retired", changes.retired), ("change_proposed", changes.proposed))
    for key, ids in themes:
        if ids:
            names = separator.join(_theme_name(context, theme) for theme in ids)
            blocks.append(Note(f"{context.say(key)}: {names}."))
    for item in changes.doubted[:_MAX_ITEMS]:
        why = separator.join(context.say(f"doubt_{doubt.reason}", paper=doubt.paper) for doubt in item.doubts)
        where = headings.get(item.section, item.section)
        blocks.append(Note(f"{context.say('change_doubted')}: “{item.text}” ({where}; {why})."))
    for key, sections in (("changes_sections", changes.changed), ("changes_identical", changes.identical)):
        if present := [headings[name] for name in sections if name in headings]:
            blocks.append(Note(f"{context.say(key)}: {separator.join(present)}."))
    return (Section(CHANGES, context.say("changes"), 1, tuple(blocks)),)


def write_withdrawn(context: ComposeContext) -> tuple[Section, ...]:
    """List the withdrawn papers of earlier drafts; no section without any."""

    def detail(paper: Paper) -> str:
        date = paper.versions[-1].submitted_at if paper.versions else paper.updated
        parts = [context.say("withdrawn_on", date=context.language.day(date))] if date else []
        return ". ".join([*parts, *([paper.comment] if paper.comment else [])])

    items = tuple(PaperItem(paper.id, paper.title, detail(paper)) for paper in context.data.withdrawn)
    if not items:
        return ()
    heading = context.say("withdrawn_papers")
    return (
        Section("withdrawn", heading, 1, (Note(context.say("withdrawn_text"), "notice"), PaperList(heading, items))),
    )


def _details(context: ComposeContext, changes: Changes) -> Iterator[tuple[str, Iterable[tuple[PaperId, str]]]]:
    """Yield the changed papers with details, by the key of their heading."""

    def theme(paper: PaperId) -> str:
        assignment = context.data.assignments.get(paper)
        return context.name(assignment.theme) if assignment is not None else ""

    def fields(names: Sequence[str]) -> str:
        return ", ".join(context.say(f"field_{name}") for name in names)

    def move(before: ThemeId, after: ThemeId, reason: str) -> str:
        return f"{_theme_name(context, before)} → {_theme_name(context, after)}: {context.say(f'reason_{reason}')}"

    def wording(item: AbstractChanged) -> str:
        sides = (("change_removed", item.removed), ("change_now", item.added))
        parts = (f"{context.say(key)}: “{' '.join(text[:_MAX_SENTENCES])}”" for key, text in sides if text)
        return context.language.separator.join(parts)

    yield "change_added", ((paper, theme(paper)) for paper in changes.added)
    yield "change_revised", ((item.paper, f"v{item.before} → v{item.after}") for item in changes.revised)
    yield "change_withdrawn", ((paper, "") for paper in changes.withdrawn)
    yield "change_reinstated", ((paper, "") for paper in changes.reinstated)
    yield "change_metadata", ((item.paper, fields(item.fields)) for item in changes.metadata)
    yield "change_moved", ((item.paper, move(item.before, item.after, item.reason)) for item in changes.moved)
    yield "change_abstract", ((item.paper, wording(item)) for item in changes.reworded)


def _theme_name(context: ComposeContext, theme: str) -> str:
    """Return the name of a theme; the id of a theme or proposal that the taxonomy does not have."""
    return context.name(ThemeId(theme)) if theme in context.data.taxonomy else theme
