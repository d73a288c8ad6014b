"""The view model of HTML pages: what a browser needs besides that of all formats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from surveygen.domain.paper import PaperId, is_arxiv_id
from surveygen.domain.person_names import short_authors
from surveygen.domain.survey import (
    BibliographyEntry,
    Catalogue,
    ComparisonTable,
    KeyValueTable,
    PrismaFlow,
    References,
    Section,
    SimilarityMatrix,
    ThemeMap,
    YearChart,
)
from surveygen.domain.theme import ThemeId
from surveygen.render.figures import heatmap, prisma_figure, year_chart, year_columns
from surveygen.render.html.claims import CitationIndex, HtmlWriter, script_rows
from surveygen.render.html.context import HtmlContext, PageFile, address, catalogue_order
from surveygen.render.html.markup import anchor, string, words
from surveygen.render.references import code_address, doi_of, link_of
from surveygen.render.view import View, ViewModel

_MAP_WIDTH, _MAP_HEIGHT, _MAP_EDGE = 960, 600, 40  # as in map.js and the template of the map
_SHORT = 14  # code points of a value that is set large
_MAX_AUTHORS = 8  # in the references
_MAX_ROWS = 100  # of the catalogue without scripts; the references hold all papers
_SOME_ROWS = 40  # that a larger one shows


def page_sections(context: HtmlContext, page: PageFile) -> list[Section]:
    """Return the sections of a page.

    The main page has the sections of the survey, without the blocks that the pages of the themes have. The page of a
    theme has the papers side by side, the list of them, and their references.
    """
    survey, layout, say = context.survey, context.layout, context.language.say
    sections: list[Section] = []
    if page is layout.main:
        if not layout.parts:
            return list(survey.sections)
        for section in survey.sections:  # without the blocks that are on the pages of the themes
            moved = (ComparisonTable, References) if section.theme is not None else References
            blocks = tuple(block for block in section.blocks if not isinstance(block, moved))
            sections.append(replace(section, blocks=blocks))
        return sections
    for section in survey.sections:
        if section.theme is not None and section.theme == page.theme:
            tables = [block for block in section.blocks if isinstance(block, ComparisonTable)]
            shares = tuple(share for table in tables if (share := _share(context, page, table)).rows)
            if shares:
                sections.append(Section(section.id, say("page_side_by_side"), 1, shares, section.theme))
    catalogue = Catalogue(say("catalogue_caption", n=len(page.entries)))
    sections.append(Section("catalogue", say("catalogue"), 1, (catalogue,)))
    sections.append(Section("references", say("references"), 1, (References(),)))
    return sections


def _share(context: HtmlContext, page: PageFile, table: ComparisonTable) -> ComparisonTable:
    """Return the rows of a page: those of its papers, on the first page of a theme those of others too."""
    own = {entry.paper.id for entry in page.entries}
    near = {part.file for part in context.layout.of_theme(page.theme)}
    rows = (
        row
        for row in table.rows
        if row.paper in own or (page.part == 1 and context.layout.file_of(row.paper) not in near)
    )
    return replace(table, rows=tuple(rows))


class PageView(ViewModel):
    """Lays out one page, whose links start from its file."""

    def __init__(self, context: HtmlContext, page: PageFile, citations: CitationIndex) -> None:
        super().__init__(context.survey, context.language, HtmlWriter(context, page.file))
        self._context = context
        self._page = page
        self._citations = citations

    def page(self, sections: Sequence[Section]) -> dict[str, object]:
        """Return the sections of the page, whose citations are numbered, and its table of contents."""
        views = [self.section(section) for section in sections]
        contents: list[dict[str, object]] = []
        below: list[View] = []
        for view in views:  # headings of level 2 go below those of level 1; deeper ones are left to the sections
            if view["level"] == 1 or not contents:
                below = []
                contents.append({**view, "below": below})
            elif view["level"] == 2:
                below.append(view)
        return {"sections": views, "contents": contents}

    def section(self, section: Section) -> dict[str, object]:
        """Return a heading with its blocks and, on a main page, links to the pages that hold the others."""
        theme = section.theme
        mark = self._context.mark(theme)
        links: list[View] = [
            {
                "href": address(self._page.file, page.file),
                "name": page_name(self._context, page),
                "tone": other.tone if (other := self._context.mark(page.theme)) else "",
                "size": len(page.entries),
            }
            for page in self._pages_of(section)
        ]
        return {
            "id": anchor(section.id),
            "heading": words(section.heading),
            "level": section.level,
            "tone": mark.tone if mark else "",
            "size": self.sizes.get(theme) if theme is not None else None,
            "theme": anchor(theme) if mark and theme else "",
            "blocks": [self.block(block) for block in section.blocks]
            + ([{"kind": "pages", "pages": links}] if links else []),
        }

    def _pages_of(self, section: Section) -> Sequence[PageFile]:
        """Return the pages that hold what a section of a main page does not: its theme's, or all references."""
        layout = self._context.layout
        if self._page is not layout.main:
            return ()
        whole = next((whole for whole in self.survey.sections if whole.id == section.id), section)
        if any(isinstance(block, References) for block in whole.blocks):
            return layout.parts
        return layout.of_theme(section.theme) if section.theme is not None else ()

    def facts(self, block: KeyValueTable) -> View:
        """Return labels with values, which are set large if all are short."""
        return {**super().facts(block), "large": all(len(value) <= _SHORT for _, value in block.rows)}

    def table(self, block: ComparisonTable) -> View:
        """Return papers side by side; the rows of `told` are written by scripts, `left` counts them."""
        references = script_rows(self._context, block)
        rows: list[View] = []
        for row, reference in zip(block.rows, references, strict=True):
            if not reference:
                entry = self.entries.get(row.paper)
                rows.append(
                    {
                        "paper": self.paper(entry) if entry else None,
                        "cells": [
                            self.writer.cell(cell, row.paper) if cell is not None else None for cell in row.cells
                        ],
                        "code": code_address(row.code),
                        "code_word": self.language.say("code"),
                    }
                )
        return {
            "columns": [words(column) for column in block.columns],
            "rows": rows,
            "told": ";".join(references) if any(references) else "",
            "left": len(block.rows) - len(rows),
        }

    def flow(self, block: PrismaFlow) -> View:
        """Return the numbers of the selection and their drawing."""
        return {**super().flow(block), "drawing": prisma_figure(block, self.language)}

    def years(self, block: YearChart) -> View:
        """Return the papers of each year and theme, and their drawing."""
        legend = [
            {"name": mark.name, "tone": mark.tone, "index": mark.index}
            for mark in (self._context.marks[theme] for theme in block.themes)
        ]
        rows = [
            (f"{column.first}–{column.last}" if column.is_gap else column.first, column.counts)
            for column in year_columns(block)
        ]
        return {"drawing": year_chart(block), "legend": legend, "rows": rows}

    def theme(self, theme: ThemeId, examples: Mapping[ThemeId, tuple[PaperId, ...]]) -> dict[str, Any]:
        """Return a node of the tree, with its color, description and share of the largest theme."""
        size = self.sizes.get(theme, 0)
        return {
            **super().theme(theme, examples),
            "id": anchor(theme),
            "name": words(self.theme_name(theme)),
            "about": words(self.survey.taxonomy[theme].description),
            "tone": self._context.marks[theme].tone,
            "share": round(100 * size / max(*self.sizes.values(), 1), 1),
            "section": self._context.section_of.get(theme, ""),
        }

    def likeness(self, block: SimilarityMatrix) -> View:
        """Return the similarities of themes and their drawing."""
        names = tuple(string(self.theme_name(theme)) for theme in block.themes)
        rows = [[self.language.decimal(value) for value in row] for row in block.values]
        return {"drawing": heatmap(block, names), "names": names, "rows": rows}

    def map(self, block: ThemeMap) -> View:
        """Return the top themes in the units of the drawing."""
        most = max((spot.papers for spot in block.spots), default=1)
        marks = self._context.marks
        spots = [
            {
                "id": anchor(spot.theme),
                "mark": marks[spot.theme],
                "nearest": marks[spot.nearest].name if spot.nearest is not None else "",
                "papers": spot.papers,
                "x": round(_MAP_EDGE + spot.x * (_MAP_WIDTH - 2 * _MAP_EDGE), 1),
                "y": round(_MAP_EDGE + spot.y * (_MAP_HEIGHT - 2 * _MAP_EDGE), 1),
                "radius": round(8 + 40 * (spot.papers / most) ** 0.5, 1),
            }
            for spot in block.spots
        ]
        return {"spots": spots}

    def catalogue(self, _: Catalogue) -> View:
        """Return the rows that are there without scripts."""
        left = len(self._page.entries) - len(self._rows)
        return {"rows": [self.paper(entry) for entry in self._rows], "left": left}

    def references(self, _: References) -> View:
        """Return the bibliography of the page, with links back to the citations.

        Where the catalogue has no row for a paper without scripts, links to the paper lead to its `place` here.
        """
        rows = {entry.paper.id for entry in self._rows}
        lean = self._context.lean
        entries: list[View] = []
        for entry in self._page.entries:
            paper, link = entry.paper, link_of(entry.paper)
            names = [string(author.name) for author in paper.authors[:_MAX_AUTHORS]]
            others = " et al." if len(paper.authors) > _MAX_AUTHORS else ""
            entries.append(
                {
                    **self.paper(entry),
                    "authors": ", ".join(names) + others,
                    "venue": words(paper.journal_ref),
                    "arxiv": paper.id if is_arxiv_id(paper.id) else "",
                    "doi": doi_of(paper),
                    "link": link if link.startswith("https://") else "",
                    "place": "" if paper.id in rows else f"p-{anchor(paper.id)}",
                    "review": self._context.review(self._page.file, paper.id),
                    "backs": self._citations.backlinks.get(entry.number, ()) if not lean else (),
                }
            )
        return {"entries": entries, "lean": lean}

    @cached_property
    def _rows(self) -> Sequence[BibliographyEntry]:
        """The papers that have a row in the page's catalogue without scripts."""
        if self._page is not self._context.layout.main:
            return self._page.entries
        order = catalogue_order(self.survey)
        if len(order) <= _MAX_ROWS:
            return order
        most = max(_SOME_ROWS // max(len(self.survey.taxonomy.children(None)), 1), 1)  # of each top theme
        seen: dict[str, int] = defaultdict(int)
        rows: list[BibliographyEntry] = []
        for entry in order:
            top = entry.assignment.path[0] if entry.assignment and not entry.assignment.outside else ""
            seen[top] += 1
            if seen[top] <= most:
                rows.append(entry)
        return rows

    def paper(self, entry: BibliographyEntry) -> View:
        """Return what a row or a link shows of a paper."""
        paper, place = entry.paper, entry.assignment
        return {
            "anchor": anchor(paper.id),
            "href": self._context.layout.to_paper(self._page.file, paper.id),
            "ref": self._context.layout.to_reference(self._page.file, entry),
            "number": entry.number,
            "title": words(paper.title),
            "authors": words(short_authors(paper.authors)),
            "year": paper.year,
            "theme": self._context.marks.get(place.theme) if place and not place.outside else None,
            "outside": bool(place and place.outside),
            "unsure": bool(place and place.uncertain),
            "withdrawn": paper.status == "withdrawn",
            "latest": paper.latest if paper.latest > paper.version else None,
            "version": paper.version,
        }


def page_name(context: HtmlContext, page: PageFile) -> str:
    """Return the name of a theme's page; if the theme has several, with the number of the page."""
    mark = context.mark(page.theme)
    name = mark.name if mark else context.language.say("page_fits_no_theme")
    return f"{name} ({page.part}/{page.parts})" if page.parts > 1 else name
