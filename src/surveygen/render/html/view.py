"""Lay a survey out for the page's templates, every word escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, singledispatchmethod

from surveygen.domain.paper import PaperId
from surveygen.domain.survey import (
    BibliographyEntry,
    Block,
    Catalogue,
    ComparisonRow,
    ComparisonTable,
    KeyValueTable,
    MapLabel,
    Note,
    PaperList,
    Paragraph,
    PrismaFlow,
    References,
    Section,
    SimilarityMatrix,
    TaxonomyFigure,
    ThemeMap,
    Timeline,
    YearChart,
)
from surveygen.domain.text import clean
from surveygen.domain.theme import ThemeId
from surveygen.languages import direction_of
from surveygen.render._flow import draw_flow, told_count
from surveygen.render._heatmap import draw_matrix
from surveygen.render._html_marks import catalogue_order
from surveygen.render._html_papers import PaperViews
from surveygen.render._html_tables import SHOWN, told
from surveygen.render._links import code_address
from surveygen.render.figures import MAP_EDGE, MAP_HEIGHT, MAP_WIDTH, draw
from surveygen.render.html.context import HtmlContext
from surveygen.render.html.layout import PageFile, address
from surveygen.render.html.markup import anchor, string, words

View = Mapping[str, object]
_SHORT = 14  # code points of a value that is set large


class PageView:
    """Turns each part of one page into a mapping that a template names the parts of."""

    def __init__(self, book: HtmlContext, page: PageFile) -> None:
        self._book = book
        self._page = page
        self._papers = PaperViews(book, page.file)

    def sections(self) -> list[View]:
        """Return the sections of the page in order; call it once, for it numbers the citations."""
        if self._page is self._book.layout.main:
            return [self._section(section) for section in self._book.survey.sections]
        return [self._section(section) for section in self._of_theme()]

    def _of_theme(self) -> Iterator[Section]:
        """Yield what the page of a theme holds: the papers side by side, the list of them, their references."""
        say, count = self._book.language.say, len(self._page.entries)
        for section in self._book.survey.sections:
            if section.theme is not None and section.theme == self._page.theme:
                tables = tuple(table for block in section.blocks if (table := self._share(block)))
                if tables:
                    yield Section(section.id, say("page_side_by_side"), 1, tables, section.theme)
        yield Section("catalogue", say("catalogue"), 1, (Catalogue(say("catalogue_caption", n=count)),))
        yield Section("references", say("references"), 1, (References(),))

    def _share(self, block: Block) -> ComparisonTable | None:
        """Return the rows of a table that stand on this page: those of its papers, on the first those of others."""
        if not isinstance(block, ComparisonTable):
            return None
        own = {entry.paper.id for entry in self._page.entries}
        near = {page.file for page in self._book.layout.of_theme(self._page.theme)}
        rows = tuple(
            row
            for row in block.rows
            if row.paper in own or (self._page.part == 1 and self._book.layout.file_of(row.paper) not in near)
        )
        return replace(block, rows=rows) if rows else None

    def _section(self, section: Section) -> View:
        theme = section.theme
        mark = self._book.marks.get(theme) if theme is not None else None
        return {
            "id": anchor(section.id),
            "heading": words(section.heading),
            "level": section.level,
            "tone": mark.tone if mark else "",
            "size": self._book.sizes.get(theme) if theme is not None else None,
            "theme": anchor(theme) if mark and theme else "",
            "blocks": [self._block(block) for block in self._kept(section)] + self._links(section),
        }

    def _kept(self, section: Section) -> list[Block]:
        """Leave to the pages of themes what they hold."""
        if self._page is not self._book.layout.main or not self._book.layout.parts:
            return list(section.blocks)
        moved = (ComparisonTable, References) if section.theme is not None else References
        return [block for block in section.blocks if not isinstance(block, moved)]

    def _links(self, section: Section) -> list[View]:
        """Lead to the pages that hold what the main page does not."""
        layout = self._book.layout
        if self._page is not layout.main:
            return []
        if any(isinstance(block, References) for block in section.blocks):
            return [{"kind": "pages", "pages": [self._leads(page) for page in layout.parts]}] if layout.parts else []
        pages = layout.of_theme(section.theme) if section.theme is not None else ()
        return [{"kind": "pages", "pages": [self._leads(page) for page in pages]}] if pages else []

    def _leads(self, page: PageFile) -> View:
        mark = self._book.marks.get(page.theme) if page.theme is not None else None
        return {
            "href": address(self._page.file, page.file),
            "name": page_name(self._book, page),
            "tone": mark.tone if mark else "",
            "size": len(page.entries),
        }

    @singledispatchmethod
    def _block(self, block: Block) -> View:
        raise TypeError(f"no view of a {type(block).__name__}")

    @_block.register
    def _(self, block: Paragraph) -> View:
        claims, here = self._book.claims, self._page.file
        listed = block.style == "list"
        sentences = [claims.write(each, here=here) for each in block.sentences] if listed else []
        sentences = sentences or claims.running(block.sentences, here)
        return {"kind": "paragraph", "label": words(block.label), "style": block.style, "sentences": sentences}

    @_block.register
    def _(self, block: Note) -> View:
        way = direction_of(block.language) if block.language else "auto"
        text = words(block.text) + self._book.claims.signed(
            block.attribution, block.language or self._book.language.code
        )
        return {"kind": "note", "role": block.role, "text": text, "lang": block.language, "dir": way}

    @_block.register
    def _(self, block: KeyValueTable) -> View:
        rows = [(words(label), clean(value)) for label, value in block.rows]  # a value may be a command: no TeX in it
        large = all(len(value) <= _SHORT for _, value in block.rows)
        return {"kind": "facts", "caption": words(block.caption), "rows": rows, "large": large}

    @_block.register
    def _(self, block: ComparisonTable) -> View:
        by_scripts = [self._told(row, at) for at, row in enumerate(block.rows)]
        return {
            "kind": "table",
            "caption": words(block.caption),
            "columns": [words(column) for column in block.columns],
            "rows": [self._row(row) for row, mark in zip(block.rows, by_scripts, strict=True) if not mark],
            "told": ";".join(by_scripts) if any(by_scripts) else "",
            "left": len(by_scripts) - by_scripts.count(""),
        }

    @_block.register
    def _(self, block: PaperList) -> View:
        items = [
            {
                "title": words(item.title),
                "detail": words(item.detail),
                "number": entry.number if (entry := self._book.entries.get(item.paper)) else None,
                "ref": self._book.layout.to_reference(self._page.file, entry) if entry else "",
            }
            for item in block.items
        ]
        return {"kind": "papers", "caption": words(block.caption), "papers": items}

    @_block.register
    def _(self, block: PrismaFlow) -> View:
        counts = [(clean(count.label), told_count(count, self._book.language)) for count in block.counts()]
        refreshed = any(count.before is not None for count in block.counts())
        drawing = draw_flow(block, self._book.language)
        return {
            "kind": "flow",
            "caption": words(block.caption),
            "drawing": drawing,
            "counts": counts,
            "refreshed": refreshed,
        }

    @_block.register
    def _(self, block: YearChart) -> View:
        legend = [
            {"name": mark.name, "tone": mark.tone, "index": mark.index}
            for mark in (self._book.marks[theme] for theme in block.themes)
        ]
        return {
            "kind": "years",
            "caption": words(block.caption),
            "drawing": draw(block),
            "legend": legend,
            "rows": list(zip(block.years, block.counts, strict=True)),
        }

    @_block.register
    def _(self, block: TaxonomyFigure) -> View:
        examples = dict(block.examples)
        trees = [self._node(top.id, examples) for top in self._book.survey.taxonomy.children(None)]
        return {"kind": "taxonomy", "caption": words(block.caption), "trees": trees}

    @_block.register
    def _(self, block: ThemeMap) -> View:
        spots = [self._spot(block, spot) for spot in block.spots]
        return {"kind": "map", "caption": words(block.caption), "spots": spots}

    @_block.register
    def _(self, block: Timeline) -> View:
        known = self._book.entries
        rows = [
            {"year": year, "papers": [self._papers.short(known[one]) for one in papers if one in known]}
            for year, papers in block.years
        ]
        return {"kind": "timeline", "caption": words(block.caption), "rows": rows}

    @_block.register
    def _(self, block: SimilarityMatrix) -> View:
        names = tuple(
            string(self._book.survey.taxonomy[theme].name_in(self._book.language.code)) for theme in block.themes
        )
        return {
            "kind": "likeness",
            "caption": words(block.caption),
            "drawing": draw_matrix(block, names),
            "names": names,
            "rows": [[self._book.language.decimal(value) for value in row] for row in block.values],
        }

    @_block.register
    def _(self, block: Catalogue) -> View:
        rows = [self._papers.short(entry) for entry in self._rows]
        left = len(self._page.entries) - len(rows)
        return {"kind": "catalogue", "caption": words(block.caption), "rows": rows, "left": left}

    @_block.register
    def _(self, block: References) -> View:  # noqa: ARG002  # its type is all it says
        rows = {entry.paper.id for entry in self._rows}
        entries = [self._papers.reference(entry, row=entry.paper.id in rows) for entry in self._page.entries]
        return {"kind": "references", "entries": entries, "lean": self._book.lean}

    @cached_property
    def _rows(self) -> Sequence[BibliographyEntry]:
        """The papers that have a row in the page's catalogue without scripts."""
        main = self._page is self._book.layout.main
        return self._papers.some(catalogue_order(self._book.survey)) if main else self._page.entries

    def _told(self, row: ComparisonRow, at: int) -> str:
        """Tell a row to the scripts of a page that holds a large survey whole; "" where it is written out."""
        by_scripts = self._book.lean and at >= SHOWN
        return told(row, self._book.entries.get(row.paper)) if by_scripts else ""

    def _row(self, row: ComparisonRow) -> View:
        cells = [
            self._book.claims.write(cell, row.paper, self._page.file) if cell is not None else None
            for cell in row.cells
        ]
        entry = self._book.entries.get(row.paper)
        code = {"code": code_address(row.code), "code_word": self._book.language.say("code")}
        return {"paper": self._papers.short(entry) if entry else None, "cells": cells, **code}

    def _spot(self, block: ThemeMap, spot: MapLabel) -> View:
        most = max(each.papers for each in block.spots)
        return {
            "id": anchor(spot.theme),
            "mark": self._book.marks[spot.theme],
            "nearest": self._book.marks[spot.nearest].name if spot.nearest is not None else "",
            "papers": spot.papers,
            "x": round(MAP_EDGE + spot.x * (MAP_WIDTH - 2 * MAP_EDGE), 1),
            "y": round(MAP_EDGE + spot.y * (MAP_HEIGHT - 2 * MAP_EDGE), 1),
            "radius": round(8 + 40 * (spot.papers / most) ** 0.5, 1),
        }

    def _node(self, theme: ThemeId, examples: Mapping[ThemeId, Sequence[PaperId]]) -> View:
        size = self._book.sizes.get(theme, 0)
        below = self._book.survey.taxonomy.children(theme)
        known = [self._book.entries[paper] for paper in examples.get(theme, ()) if paper in self._book.entries]
        return {
            "id": anchor(theme),
            "name": words(self._book.survey.taxonomy[theme].name_in(self._book.language.code)),
            "about": words(self._book.survey.taxonomy[theme].description),
            "tone": self._book.marks[theme].tone,
            "size": size,
            "share": round(100 * size / max(*self._book.sizes.values(), 1), 1),
            "section": self._book.section_of.get(theme, ""),
            "children": [self._node(child.id, examples) for child in below],
            "papers": [self._papers.short(entry) for entry in known],
        }


def page_name(book: HtmlContext, page: PageFile) -> str:
    """Return how the page of a theme is called; its parts are counted."""
    mark = book.marks.get(page.theme) if page.theme is not None else None
    name = mark.name if mark else book.language.say("page_fits_no_theme")
    return f"{name} ({page.part}/{page.parts})" if page.parts > 1 else name
