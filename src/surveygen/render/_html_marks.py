"""Give every theme its color and every paper its row."""

from __future__ import annotations

from dataclasses import dataclass

from surveygen.domain.survey import Entry, Survey
from surveygen.domain.theme import ThemeId
from surveygen.languages import Language
from surveygen.render._html_text import string

TONES = 12  # colors in style.css


@dataclass(frozen=True, slots=True)
class ThemeMark:
    """How the page shows a theme: its place in the taxonomy from 0, its color class, its name."""

    index: int
    tone: str
    name: str


def mark_themes(survey: Survey, language: Language) -> dict[ThemeId, ThemeMark]:
    """Give every theme its place and the color of its top theme."""
    tops = {top.id: at for at, top in enumerate(survey.taxonomy.children(None))}
    top_of: dict[ThemeId, ThemeId] = {}
    marks: dict[ThemeId, ThemeMark] = {}
    for index, theme in enumerate(survey.taxonomy):
        top_of[theme.id] = top_of[theme.parent] if theme.parent is not None else theme.id
        tone = f"t{tops[top_of[theme.id]] % TONES + 1}"
        marks[theme.id] = ThemeMark(index, tone, string(theme.name_in(language.code)))
    return marks


def catalogue_order(survey: Survey) -> list[Entry]:
    """Return every entry once: by theme in reading order, best first; then what fits no theme, then what has none."""
    entries = survey.by_paper()
    filed = dict.fromkeys(paper for count in survey.counts for paper in count.own if paper in entries)
    outside = dict.fromkeys(paper for paper, entry in entries.items() if entry.assignment and entry.assignment.outside)
    return [entries[paper] for paper in {**filed, **outside, **dict.fromkeys(entries)}]
