"""Give every theme its color and every paper its row."""

from __future__ import annotations

from dataclasses import dataclass

from surveygen.domain.survey import BibliographyEntry, Survey
from surveygen.domain.theme import ThemeId
from surveygen.languages import Language
from surveygen.render.html.markup import string

TONES = 12  # colors in style.css
# Outlines in a box of 12 by 12: five forms and twelve colors tell sixty themes apart.
SHAPES = (
    "M11 6a5 5 0 1 1-10 0a5 5 0 1 1 10 0z",
    "M1.6 1.6h8.8v8.8h-8.8z",
    "M6 .6l5.8 10.2h-11.6z",
    "M6 0l6 6l-6 6l-6-6z",
    "M4.2 .4h3.6v3.8h3.8v3.6h-3.8v3.8h-3.6v-3.8h-3.8v-3.6h3.8z",
)


@dataclass(frozen=True, slots=True)
class ThemeMark:
    """How the page shows a theme: its place in the taxonomy from 0, its color class, its name, its top theme's form."""

    index: int
    tone: str
    name: str
    shape: str = SHAPES[0]


def mark_themes(survey: Survey, language: Language) -> dict[ThemeId, ThemeMark]:
    """Give every theme its place and the color of its top theme."""
    tops = {top.id: at for at, top in enumerate(survey.taxonomy.children(None))}
    top_of: dict[ThemeId, ThemeId] = {}
    marks: dict[ThemeId, ThemeMark] = {}
    for index, theme in enumerate(survey.taxonomy):
        top_of[theme.id] = top_of[theme.parent] if theme.parent is not None else theme.id
        at = tops[top_of[theme.id]]
        name = string(theme.name_in(language.code))
        marks[theme.id] = ThemeMark(index, f"t{at % TONES + 1}", name, SHAPES[at % len(SHAPES)])
    return marks


def catalogue_order(survey: Survey) -> list[BibliographyEntry]:
    """Return every entry once: by theme in reading order, best first; then what fits no theme, then what has none."""
    entries = survey.by_paper()
    filed = dict.fromkeys(paper for count in survey.counts for paper in count.own if paper in entries)
    outside = dict.fromkeys(paper for paper, entry in entries.items() if entry.assignment and entry.assignment.outside)
    return [entries[paper] for paper in {**filed, **outside, **dict.fromkeys(entries)}]
