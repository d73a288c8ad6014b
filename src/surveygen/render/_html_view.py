"""Lay a survey out for the page's templates, every word escaped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import singledispatchmethod

from surveygen.domain.identifiers import is_arxiv_id
from surveygen.domain.names import short_authors
from surveygen.domain.paper import PaperId
from surveygen.domain.survey import (
    Block,
    Catalogue,
    Entry,
    Facts,
    Flow,
    LikenessMatrix,
    Note,
    PaperList,
    Paragraph,
    References,
    Row,
    Section,
    Survey,
    Table,
    TaxonomyFigure,
    YearChart,
)
from surveygen.domain.text import clean
from surveygen.domain.theme import ThemeId
from surveygen.languages import Language, direction_of
from surveygen.render._flow import draw_flow, told_count
from surveygen.render._html_claims import Claims
from surveygen.render._html_figures import draw
from surveygen.render._html_marks import ThemeMark, catalogue_order
from surveygen.render._html_sources import Sources
from surveygen.render._html_text import anchor, string, words
from surveygen.render._likeness import draw_matrix
from surveygen.render._links import code_address, doi_of, link_of

View = Mapping[str, object]
_MAX_AUTHORS = 8  # in the references
_MAX_ROWS = 250  # of the catalogue without scripts; a larger one shows some of each theme
_ROWS_PER_THEME = 40
_SHORT = 14  # code points of a value that is set large


class PageView:
    """Turns each part of one survey into a mapping that a template names the parts of."""

    def __init__(
        self, survey: Survey, language: Language, sources: Sources, marks: Mapping[ThemeId, ThemeMark]
    ) -> None:
        self._survey = survey
        self._language = language
        self._marks = marks
        self._entries = survey.by_paper()
        self._sizes = {count.theme: count.size for count in survey.counts}
        self._section_of = {section.theme: anchor(section.id) for section in survey.sections if section.theme}
        self._claims = Claims(survey, language, sources)

    def sections(self) -> list[View]:
        """Return the sections in order; call it once, for it numbers the citations."""
        return [self._section(section) for section in self._survey.sections]

    def _section(self, section: Section) -> View:
        mark = self._marks.get(section.theme) if section.theme is not None else None
        return {
            "id": anchor(section.id),
            "heading": words(section.heading),
            "level": section.level,
            "tone": mark.tone if mark else "",
            "size": self._sizes.get(section.theme) if section.theme is not None else None,
            "theme": anchor(section.theme) if mark and section.theme else "",
            "blocks": [self._block(block) for block in section.blocks],
        }

    @singledispatchmethod
    def _block(self, block: Block) -> View:
        raise TypeError(f"no view of a {type(block).__name__}")

    @_block.register
    def _(self, block: Paragraph) -> View:
        one_by_one = [self._claims.write(sentence) for sentence in block.sentences] if block.style == "list" else []
        sentences = one_by_one or self._claims.running(block.sentences)
        return {"kind": "paragraph", "label": words(block.label), "style": block.style, "sentences": sentences}

    @_block.register
    def _(self, block: Note) -> View:
        way = direction_of(block.language) if block.language else "auto"
        text = words(block.text) + self._claims.signed(block.hand, block.language or self._language.code)
        return {"kind": "note", "role": block.role, "text": text, "lang": block.language, "dir": way}

    @_block.register
    def _(self, block: Facts) -> View:
        rows = [(words(label), clean(value)) for label, value in block.rows]  # a value may be a command: no TeX in it
        large = all(len(value) <= _SHORT for _, value in block.rows)
        return {"kind": "facts", "caption": words(block.caption), "rows": rows, "large": large}

    @_block.register
    def _(self, block: Table) -> View:
        return {
            "kind": "table",
            "caption": words(block.caption),
            "columns": [words(column) for column in block.columns],
            "rows": [self._row(row) for row in block.rows],
        }

    @_block.register
    def _(self, block: PaperList) -> View:
        items = [
            {
                "title": words(item.title),
                "detail": words(item.detail),
                "number": entry.number if (entry := self._entries.get(item.paper)) else None,
            }
            for item in block.items
        ]
        return {"kind": "papers", "caption": words(block.caption), "papers": items}

    @_block.register
    def _(self, block: Flow) -> View:
        counts = [(clean(count.label), told_count(count, self._language)) for count in block.counts()]
        refreshed = any(count.before is not None for count in block.counts())
        drawing = draw_flow(block, self._language)
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
            {"name": self._marks[theme].name, "tone": self._marks[theme].tone, "total": sum(column)}
            for theme, column in zip(block.themes, zip(*block.counts, strict=True), strict=False)
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
        trees = [self._node(top.id, examples) for top in self._survey.taxonomy.children(None)]
        return {"kind": "taxonomy", "caption": words(block.caption), "trees": trees}

    @_block.register
    def _(self, block: LikenessMatrix) -> View:
        names = tuple(string(self._survey.taxonomy[theme].name_in(self._language.code)) for theme in block.themes)
        return {
            "kind": "likeness",
            "caption": words(block.caption),
            "drawing": draw_matrix(block, names),
            "names": names,
            "rows": [[self._language.decimal(value) for value in row] for row in block.values],
        }

    @_block.register
    def _(self, block: Catalogue) -> View:
        rows = self._shown(catalogue_order(self._survey))
        left = len(self._entries) - len(rows)
        return {"kind": "catalogue", "caption": words(block.caption), "rows": rows, "left": left}

    @_block.register
    def _(self, block: References) -> View:  # noqa: ARG002  # its type is all it says
        return {"kind": "references", "entries": [self._reference(entry) for entry in self._survey.entries]}

    def _row(self, row: Row) -> View:
        cells = [self._claims.write(cell, row.paper) if cell is not None else None for cell in row.cells]
        entry = self._entries.get(row.paper)
        code = {"code": code_address(row.code), "code_word": self._language.say("code")}
        return {"paper": self._short(entry) if entry else None, "cells": cells, **code}

    def _short(self, entry: Entry) -> dict[str, object]:
        place = entry.assignment
        mark = self._marks.get(place.theme) if place and not place.outside else None
        return {
            "anchor": anchor(entry.paper.id),
            "number": entry.number,
            "title": words(entry.paper.title),
            "authors": words(short_authors(entry.paper.authors)),
            "year": entry.paper.year,
            "theme": mark,
            "outside": bool(place and place.outside),
            "unsure": bool(place and place.uncertain),
            "withdrawn": entry.paper.status == "withdrawn",
            "latest": entry.paper.latest if entry.paper.latest > entry.paper.version else None,
            "version": entry.paper.version,
        }

    def _node(self, theme: ThemeId, examples: Mapping[ThemeId, Sequence[PaperId]]) -> View:
        size = self._sizes.get(theme, 0)
        below = self._survey.taxonomy.children(theme)
        known = [self._entries[paper] for paper in examples.get(theme, ()) if paper in self._entries]
        return {
            "id": anchor(theme),
            "name": words(self._survey.taxonomy[theme].name_in(self._language.code)),
            "about": words(self._survey.taxonomy[theme].description),
            "tone": self._marks[theme].tone,
            "size": size,
            "share": round(100 * size / max(*self._sizes.values(), 1), 1),
            "section": self._section_of.get(theme, ""),
            "children": [self._node(child.id, examples) for child in below],
            "papers": [self._short(entry) for entry in known],
        }

    def _shown(self, order: Sequence[Entry]) -> list[View]:
        """Return the rows that are there without scripts."""
        if len(order) <= _MAX_ROWS:
            return [self._short(entry) for entry in order]
        seen: dict[str, int] = defaultdict(int)
        rows: list[View] = []
        for entry in order:
            top = entry.assignment.path[0] if entry.assignment and not entry.assignment.outside else ""
            seen[top] += 1
            if seen[top] <= _ROWS_PER_THEME:
                rows.append(self._short(entry))
        return rows

    def _reference(self, entry: Entry) -> View:
        paper = entry.paper
        more = len(paper.authors) > _MAX_AUTHORS
        names = [string(author.name) for author in paper.authors[:_MAX_AUTHORS]]
        link = link_of(paper)
        return {
            **self._short(entry),
            "authors": ", ".join(names) + (" et al." if more else ""),
            "venue": words(paper.journal_ref),
            "arxiv": paper.id if is_arxiv_id(paper.id) else "",
            "doi": doi_of(paper),
            "link": link if link.startswith("https://") else "",
            "backs": self._claims.backs(entry),
        }
