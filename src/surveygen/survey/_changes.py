"""Tell the reader what the last refresh changed, and what was withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from surveygen.domain.changes import AbstractChanged, Changes
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.survey import Block, KeyValueTable, Note, PaperItem, PaperList, Section
from surveygen.domain.theme import ThemeId
from surveygen.survey.context import ComposeContext

CHANGES = "changes"
_MOST = 50  # papers of a list; changes.json names all, and the catalogue holds them
_QUOTED = 2  # sentences of a changed abstract that are shown on either side; survey.json has all


def write_changes(desk: ComposeContext, headings: Mapping[str, str]) -> tuple[Section, ...]:
    """List what is new, revised, withdrawn, reinstated, corrected, moved or reworded; nothing before a refresh.

    Args:
        desk: the material and the language.
        headings: of the other sections, by id.
    """
    changes = desk.material.changes
    if changes is None:
        return ()
    blocks: list[Block] = [_summary(desk, changes)]
    for key, items in _lists(desk, changes):
        blocks += _list(desk, key, items)
    blocks += _themes(desk, changes)
    blocks += _doubted(desk, changes, headings)
    blocks += _sections(desk, changes, headings)
    return (Section(CHANGES, desk.say("changes"), 1, tuple(blocks)),)


def write_withdrawn(desk: ComposeContext) -> tuple[Section, ...]:
    """List the papers that an earlier draft rested on and that are withdrawn; nothing if there are none."""
    items = tuple(PaperItem(paper.id, paper.title, _withdrawal(desk, paper)) for paper in desk.material.withdrawn)
    if not items:
        return ()
    heading = desk.say("withdrawn_papers")
    blocks = (Note(desk.say("withdrawn_text"), "notice"), PaperList(heading, items))
    return (Section("withdrawn", heading, 1, blocks),)


def _withdrawal(desk: ComposeContext, paper: Paper) -> str:
    date = paper.versions[-1].submitted_at if paper.versions else paper.updated
    parts = [desk.say("withdrawn_on", date=desk.language.day(date))] if date else []
    return ". ".join([*parts, *([paper.comment] if paper.comment else [])])


def _lists(desk: ComposeContext, changes: Changes) -> Iterator[tuple[str, Sequence[PaperItem]]]:
    titles = dict(changes.titles)

    def listed(rows: Iterable[tuple[PaperId, str]]) -> tuple[PaperItem, ...]:
        return tuple(PaperItem(paper, titles.get(paper, paper), detail) for paper, detail in rows)

    yield "change_added", listed((paper, _place(desk, paper)) for paper in changes.added)
    yield "change_revised", listed((item.paper, f"v{item.before} → v{item.after}") for item in changes.revised)
    yield "change_withdrawn", listed((paper, "") for paper in changes.withdrawn)
    yield "change_reinstated", listed((paper, "") for paper in changes.reinstated)
    yield "change_metadata", listed((item.paper, _fields(desk, item.fields)) for item in changes.metadata)
    yield (
        "change_moved",
        listed((one.paper, _move(desk, one.before, one.after, one.reason)) for one in changes.moved),
    )
    yield "change_abstract", listed((item.paper, _quoted(desk, item)) for item in changes.reworded)


def _list(desk: ComposeContext, key: str, items: Sequence[PaperItem]) -> Iterator[Block]:
    if items:
        yield PaperList(f"{desk.say(key)} ({desk.language.number(len(items))})", tuple(items[:_MOST]))
    if len(items) > _MOST:
        yield Note(desk.say("and_more", n=len(items) - _MOST))


def _summary(desk: ComposeContext, changes: Changes) -> KeyValueTable:
    number = desk.language.number
    rows = (
        (desk.say("changes_date"), desk.language.day(changes.at)),
        (desk.say("changes_run"), str(changes.run)),
        (desk.say("changes_sections"), number(len(changes.changed))),
        (desk.say("changes_identical"), number(len(changes.identical))),
    )
    return KeyValueTable(desk.say("changes"), rows)


def _themes(desk: ComposeContext, changes: Changes) -> Iterator[Note]:
    rows = (("change_born", changes.born), ("change_retired", changes.retired), ("change_proposed", changes.proposed))
    for key, themes in rows:
        if themes:
            yield Note(f"{desk.say(key)}: {'; '.join(_named(desk, theme) for theme in themes)}.")


def _sections(desk: ComposeContext, changes: Changes, headings: Mapping[str, str]) -> Iterator[Note]:
    for key, ids in (("changes_sections", changes.changed), ("changes_identical", changes.identical)):
        names = [headings[name] for name in ids if name in headings]
        if names:
            yield Note(f"{desk.say(key)}: {'; '.join(names)}.")


def _doubted(desk: ComposeContext, changes: Changes, headings: Mapping[str, str]) -> Iterator[Note]:
    for one in changes.doubted[:_MOST]:
        why = "; ".join(desk.say(f"doubt_{doubt.reason}", paper=doubt.paper) for doubt in one.doubts)
        where = headings.get(one.section, one.section)
        yield Note(f"{desk.say('change_doubted')}: “{one.text}” ({where}; {why}).")


def _place(desk: ComposeContext, paper: PaperId) -> str:
    found = desk.material.assignments.get(paper)
    return desk.name(found.theme) if found is not None else ""


def _fields(desk: ComposeContext, fields: Sequence[str]) -> str:
    return ", ".join(desk.say(f"field_{name}") for name in fields)


def _move(desk: ComposeContext, before: ThemeId, after: ThemeId, reason: str) -> str:
    return f"{_named(desk, before)} → {_named(desk, after)}: {desk.say(f'reason_{reason}')}"


def _named(desk: ComposeContext, theme: str) -> str:
    known = {one.id for one in desk.material.taxonomy}
    return desk.name(ThemeId(theme)) if theme in known else theme


def _quoted(desk: ComposeContext, item: AbstractChanged) -> str:
    sides = (("change_removed", item.removed), ("change_now", item.added))
    said = (f"{desk.say(key)}: “{' '.join(sentences[:_QUOTED])}”" for key, sentences in sides if sentences)
    return "; ".join(said)
