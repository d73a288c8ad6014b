"""Choose what a talk about the survey shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import (
    Block,
    KeyValueTable,
    Note,
    PaperList,
    Paragraph,
    References,
    Section,
    Survey,
    TaxonomyFigure,
    YearChart,
    all_sentences,
)
from surveygen.languages import Language

_CLAIMS = 3  # of a theme; more cannot be read while somebody talks
_SENTENCES = 4  # of a slide
_EFFECTS = 6  # groups of findings, those that disagree first
_LISTED = 5  # papers of a list; its caption has their number
_LISTS = 2  # of a slide
_ROLES = ("problem", "approach", "finding")
T = TypeVar("T")


def deck(survey: Survey, language: Language) -> Survey:
    """Return a survey whose sections are slides and whose entries are the papers that these name, numbers kept.

    Every block is one of the survey's own, or a part of one: nothing is said here that it does not say.
    """
    sections = tuple(_slides(survey, language))
    named = set(_named(sections))
    entries = tuple(entry for entry in survey.entries if entry.paper.id in named)
    last = (Section("references", language.say("references"), 1, (References(),)),) if entries else ()
    return replace(survey, sections=(*sections, *last), entries=entries)


def _slides(survey: Survey, language: Language) -> Iterator[Section]:
    yield from _glance(survey)
    yield from _figures(survey)
    yield from _themes(survey)
    yield from _effects(survey, language)
    yield from _open_problems(survey)
    yield from _changes(survey)
    yield from _method(survey)


def _named(sections: Iterable[Section]) -> Iterator[PaperId]:
    sections = tuple(sections)
    for sentence in all_sentences(sections):
        yield from sentence.cites
    for block in _blocks(sections, PaperList):
        yield from (item.paper for item in block.items)


def _glance(survey: Survey) -> Iterator[Section]:
    """Give the numbers, then the findings that open the survey."""
    section = _section(survey, "glance")
    if section is None:
        return
    findings = [
        replace(block, sentences=tuple(part))
        for block in _blocks((section,), Paragraph)
        for part in _parts(block.sentences, _SENTENCES)
    ]
    pages: list[list[Block]] = [[block] for block in _blocks((section,), KeyValueTable)]
    yield from _spread(section, [*pages, *([block] for block in findings)])


def _figures(survey: Survey) -> Iterator[Section]:
    """Show the tree of themes without examples, and the papers per year."""
    for section in survey.sections:
        for tree in _blocks((section,), TaxonomyFigure):
            yield Section("taxonomy", section.heading, 1, (replace(tree, examples=()),))
    for section in survey.sections:
        for chart in _blocks((section,), YearChart):
            yield Section("years", section.heading, 1, (chart,))


def _themes(survey: Survey) -> Iterator[Section]:
    """Give each top theme what it is, its count and years, and up to three of its claims."""
    for top in survey.taxonomy.children(None):
        inside = {theme.id for theme in survey.taxonomy.subtree(top.id)}
        sections = [section for section in survey.sections if section.theme in inside]
        own = next((section for section in sections if section.theme == top.id), None)
        if own is None:
            continue
        notes = tuple(note for note in _blocks((own,), Note) if note.role != "notice")
        told = tuple(_telling(sections))
        yield replace(own, level=1, blocks=(*notes, *([Paragraph(told, style="list")] if told else [])))


def _telling(sections: Iterable[Section]) -> Sequence[Sentence]:
    """Choose a problem, an approach and a finding, in reading order; others stand in for those that are not there."""
    paragraphs = [each for each in _blocks(sections, Paragraph) if each.kind not in {"same", "opposed"}]
    told = [sentence for paragraph in paragraphs for sentence in paragraph.sentences]
    roles = [sentence.role for sentence in told]
    first = [roles.index(role) for role in _ROLES if role in roles]
    others = [at for at in range(len(told)) if at not in first]
    return [told[at] for at in sorted([*first, *others][:_CLAIMS])]


def _effects(survey: Survey, language: Language) -> Iterator[Section]:
    """Put findings side by side that move one measure, opposite ways before the same way."""
    found = [each for each in _blocks(survey.sections, Paragraph) if each.kind in {"same", "opposed"}]
    found.sort(key=lambda each: each.kind != "opposed")
    heading = Section("effects", language.say("slides_effects"), 1, ())
    yield from _spread(heading, _parts(found[:_EFFECTS], 2))


def _open_problems(survey: Survey) -> Iterator[Section]:
    """Name what is open: the first problem of each theme."""
    section = _section(survey, "open-problems")
    if section is not None:
        told = _blocks((section,), Paragraph)
        first = [replace(block, sentences=block.sentences[:1], style="prose") for block in told]
        yield from _spread(section, _parts(first, _SENTENCES))


def _changes(survey: Survey) -> Iterator[Section]:
    """Tell what the last refresh changed: its numbers, then the first papers of each list."""
    section = _section(survey, "changes")
    if section is not None:
        facts = [[block] for block in _blocks((section,), KeyValueTable)]
        lists = [replace(block, items=block.items[:_LISTED]) for block in _blocks((section,), PaperList)]
        yield from _spread(section, [*facts, *_parts(lists, _LISTS)])


def _method(survey: Survey) -> Iterator[Section]:
    """Say who drafted this and how."""
    section = _section(survey, "method")
    if section is not None:
        opening = [each for each in (_section(survey, "abstract"), section) if each is not None]
        notices = [note for note in _blocks(opening, Note) if note.role == "notice"]
        notes = [note for note in _blocks((section,), Note) if note.role != "notice"]
        facts = [[block] for block in _blocks((section,), KeyValueTable)]
        yield from _spread(section, [[*notices, *notes], *facts])


def _spread(section: Section, pages: Iterable[Sequence[Block]]) -> Iterator[Section]:
    """Put each page on a slide of its own, under the heading of the section."""
    for number, blocks in enumerate((page for page in pages if page), start=1):
        name = section.id if number == 1 else f"{section.id}-{number}"
        yield replace(section, id=name, level=1, blocks=tuple(blocks))


def _section(survey: Survey, name: str) -> Section | None:
    return next((section for section in survey.sections if section.id == name), None)


def _blocks(sections: Iterable[Section], kind: type[T]) -> Iterator[T]:
    return (block for section in sections for block in section.blocks if isinstance(block, kind))


def _parts(items: Sequence[T], most: int) -> list[list[T]]:
    """Cut a list into as few parts as there must be, of nearly equal size."""
    count = -(-len(items) // most)
    cuts = [len(items) * at // max(count, 1) for at in range(count + 1)]
    return [list(items[start:end]) for start, end in pairwise(cuts)]
