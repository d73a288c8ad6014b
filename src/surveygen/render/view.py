"""Lay a survey out for templates: every word already written in the format's own script.

LaTeX and Markdown differ in how they write words, mathematics and citations (a `Script`), not in what they say. Each
block becomes a mapping with a `kind`, which is also the name of its template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatchmethod
from typing import Any

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.survey import (
    BibliographyEntry,
    Block,
    Catalogue,
    ComparisonRow,
    ComparisonTable,
    FlowCount,
    KeyValueTable,
    Note,
    PaperList,
    Paragraph,
    PrismaFlow,
    References,
    Section,
    SimilarityMatrix,
    Survey,
    TaxonomyFigure,
    ThemeMap,
    Timeline,
    YearChart,
)
from surveygen.domain.text import clean, slugify
from surveygen.domain.theme import ThemeId
from surveygen.languages import Language, direction_of
from surveygen.render._flow import told_count
from surveygen.render._heatmap import shades
from surveygen.render._links import arxiv_url, code_address, doi_of, link_of
from surveygen.render.inline import InlineWriter, cut, stopped

View = Mapping[str, object]
_NAMES = 60  # code points of a cell from which it is more than a few names
_WIDE, _NARROW = 3, 2
MAX_AUTHORS = 10  # in the references; more are "et al."


class Views:
    """Lays out each part of one survey."""

    def __init__(self, survey: Survey, language: Language, words: InlineWriter) -> None:
        self._survey = survey
        self._language = language
        self._words = words
        self._script = words.script
        self._entries = words.entries
        self._sizes = {count.theme: count.size for count in survey.counts}

    def document(self) -> dict[str, object]:
        """Return what a template of the whole survey may name."""
        survey = self._survey
        return {
            "title": self._words.words(survey.title),
            "title_plain": self._words.string(survey.title),
            "subtitle": self._words.words(survey.subtitle),
            "date": self._script.text(self._language.day(survey.generated_at)),
            "made_with": self._words.say("made_with", version=survey.provenance.surveygen, n=len(survey.entries)),
            "sections": [self._section(section) for section in survey.sections],
        }

    def _theme_name(self, theme: ThemeId) -> str:
        return self._survey.taxonomy[theme].name_in(self._language.code)

    def _section(self, section: Section) -> View:
        return {
            "id": self._script.string(slugify(section.id)),
            "is_abstract": section.id == "abstract",
            "heading": self._words.words(section.heading),
            "heading_plain": self._words.string(section.heading),
            "level": section.level,
            "blocks": [self._block(block) for block in section.blocks],
        }

    @singledispatchmethod
    def _block(self, block: Block) -> View:
        raise TypeError(f"no view of a {type(block).__name__}")

    @_block.register
    def _(self, block: Paragraph) -> View:
        return {
            "kind": "paragraph",
            "label": self._words.words(block.label),
            "style": block.style,
            "sentences": [self._words.sentence(sentence) for sentence in block.sentences]
            if block.style == "list"
            else self._words.running(block.sentences),
        }

    @_block.register
    def _(self, block: Note) -> View:
        foreign = block.language if block.language != self._language.code else ""
        way = direction_of(foreign) if foreign else ""
        return {"kind": "note", "role": block.role, "text": self._words.note(block), "direction": way}

    @_block.register
    def _(self, block: KeyValueTable) -> View:
        # A value is a name, a number or a command: none of it is TeX.
        rows = [(self._words.words(label), self._words.script.text(clean(value))) for label, value in block.rows]
        return {"kind": "facts", "caption": self._words.words(block.caption), "rows": rows}

    @_block.register
    def _(self, block: ComparisonTable) -> View:
        return {
            "kind": "table",
            "caption": self._words.words(block.caption),
            "columns": [self._words.words(column) for column in block.columns],
            "paper_word": self._words.say("paper"),
            "shares": _shares(block),
            "rows": [self._row(row) for row in block.rows],
        }

    @_block.register
    def _(self, block: PaperList) -> View:
        items = [
            {
                "cite": self._words.script.cite([entry]) if (entry := self._words.entries.get(item.paper)) else "",
                "title": self._words.words(item.title),
                "detail": self._words.words(item.detail),
            }
            for item in block.items
        ]
        return {"kind": "papers", "caption": self._words.words(block.caption), "papers": items}

    @_block.register
    def _(self, block: PrismaFlow) -> View:
        stages = [
            {
                "kept": self._count(stage.remaining),
                "parts": [self._count(count) for count in stage.parts],
                "aside": [self._count(count) for count in stage.aside],
            }
            for stage in block.stages
        ]
        return {
            "kind": "flow",
            "caption": self._words.words(block.caption),
            "columns": [self._words.say(f"page_{key}") for key in ("flow_step", "flow_before", "flow_since", "total")],
            "refreshed": any(count.before is not None for count in block.counts()),
            "stages": stages,
            "counts": [self._count(count) for count in block.counts()],
        }

    @_block.register
    def _(self, block: YearChart) -> View:
        return {
            "kind": "years",
            "caption": self._words.words(block.caption),
            "year_word": self._words.say("year"),
            "papers_word": self._words.say("papers"),
            "themes": [self._words.words(self._theme_name(theme)) for theme in block.themes],
            "years": block.years,
            "counts": block.counts,
        }

    @_block.register
    def _(self, block: TaxonomyFigure) -> View:
        examples = dict(block.examples)
        trees = [self._node(theme.id, examples) for theme in self._survey.taxonomy.children(None)]
        return {"kind": "taxonomy", "caption": self._words.words(block.caption), "trees": trees}

    @_block.register
    def _(self, block: ThemeMap) -> View:
        most = max((spot.papers for spot in block.spots), default=1)
        spots = [
            {
                "name": self._words.words(cut(self._theme_name(spot.theme), 60)),
                "x": round(100 * spot.x),
                "y": round(100 * (1 - spot.y)),
                "radius": max(round(6 * (spot.papers / most) ** 0.5), 1),
                "papers": spot.papers,
                "nearest": self._words.words(self._theme_name(spot.nearest) if spot.nearest else ""),
            }
            for spot in block.spots
        ]
        columns = [self._words.say(key) for key in ("theme_word", "papers", "nearest_on_map")]
        return {"kind": "map", "caption": self._words.words(block.caption), "columns": columns, "spots": spots}

    @_block.register
    def _(self, block: Timeline) -> View:
        rows = [
            {"year": year, "papers": [self._words.short(entry) for one in papers if (entry := self._entries.get(one))]}
            for year, papers in block.years
        ]
        return {"kind": "timeline", "caption": self._words.words(block.caption), "rows": rows}

    @_block.register
    def _(self, block: SimilarityMatrix) -> View:
        told = [[self._script.text(self._language.decimal(value)) for value in row] for row in block.values]
        return {
            "kind": "likeness",
            "caption": self._words.words(block.caption),
            "theme_word": self._words.say("page_theme"),
            "themes": [self._words.words(cut(self._theme_name(theme), 80)) for theme in block.themes],
            "rows": [list(zip(row, shade, strict=True)) for row, shade in zip(told, shades(block), strict=True)],
        }

    @_block.register
    def _(self, block: Catalogue) -> View:
        return {
            "kind": "catalogue",
            "caption": self._words.words(block.caption),
            "columns": [self._words.say(key) for key in ("paper", "title_word", "in_one_sentence")],
            "uncertain_word": self._words.say("uncertain_mark"),
            "groups": self._groups(),
        }

    @_block.register
    def _(self, _: References) -> View:
        return {"kind": "references", "entries": [self._reference(entry) for entry in self._survey.entries]}

    def _count(self, count: FlowCount) -> View:
        label = count.label if count.name.startswith("source:") else ""
        return {
            "label": self._script.text(clean(label)) if label else self._words.words(count.label),
            "fell": count.before is not None and count.total < count.before,
            **{name: self._script.text(told) for name, told in told_count(count, self._language).items()},
        }

    def _row(self, row: ComparisonRow) -> View:
        entry = self._entries[row.paper]
        cells = [
            self._words.cell(cell, row.paper) if cell is not None else self._script.text("–") for cell in row.cells
        ]
        code = self._script.address(code_address(row.code))
        return {**self._words.short(entry), "cells": cells, "code": code, "code_word": self._words.say("code")}

    def _node(self, theme: ThemeId, examples: Mapping[ThemeId, tuple[PaperId, ...]]) -> dict[str, Any]:
        children = [self._node(child.id, examples) for child in self._survey.taxonomy.children(theme)]
        papers = [
            self._words.short(self._entries[paper]) for paper in examples.get(theme, ()) if paper in self._entries
        ]
        return {
            "name": self._words.words(cut(self._theme_name(theme), 80)),
            "size": self._sizes.get(theme, 0),
            "children": children,
            "papers": papers,
            "leaves": sum(child["leaves"] for child in children) or 1,
            "depth": 1 + max((child["depth"] for child in children), default=0),
        }

    def _groups(self) -> list[View]:
        own = {count.theme: count.own for count in self._survey.counts}
        groups: list[View] = []
        listed: set[PaperId] = set()
        for theme in self._survey.taxonomy:
            papers = [paper for paper in own.get(theme.id, ()) if paper in self._entries]
            listed.update(papers)
            path = [self._theme_name(step) for step in self._survey.taxonomy.path(theme.id)]
            groups += [self._group(" › ".join(cut(name, 80) for name in path), papers)] if papers else []
        rest = [entry for paper, entry in self._entries.items() if paper not in listed]
        outside = [entry.paper.id for entry in rest if entry.assignment and entry.assignment.outside]
        bare = [entry.paper.id for entry in rest if entry.paper.id not in outside]
        last = (("fits_no_theme", outside), ("without_theme", bare))
        return groups + [self._group(self._language.say(key), papers) for key, papers in last if papers]

    def _group(self, name: str, papers: Sequence[PaperId]) -> View:
        return {"name": self._words.words(name), "papers": [self._listed(self._entries[paper]) for paper in papers]}

    def _listed(self, entry: BibliographyEntry) -> View:
        one_liner = entry.card.one_liner
        return {
            **self._words.short(entry),
            "title": self._words.words(entry.paper.title),
            "uncertain": entry.assignment is not None and entry.assignment.uncertain,
            "one_liner": self._words.cell(one_liner, entry.paper.id)
            if one_liner is not None
            else self._script.text("–"),
        }

    def _reference(self, entry: BibliographyEntry) -> View:
        paper, text = entry.paper, self._script.text
        names = [author.name for author in paper.authors[:MAX_AUTHORS]]
        others = " et al." if len(paper.authors) > MAX_AUTHORS else ""
        return {
            **self._words.short(entry),
            "authors": self._words.words(stopped(", ".join(names) + others)),
            "title": self._words.words(stopped(paper.title)),
            "venue": self._words.words(stopped(paper.journal_ref)),
            "arxiv": text(paper.id if arxiv_url(paper) else ""),
            "category": self._words.words(paper.primary_category if arxiv_url(paper) else ""),
            "doi": text(doi_of(paper)),
            "link": self._script.address(link_of(paper)),
            "link_text": text(link_of(paper)),
            "status": text(remarks(paper, self._language)),
        }


def remarks(paper: Paper, language: Language) -> str:
    """Say what a reader of a reference must know: that the paper was withdrawn, that a later version is there."""
    said = [language.say("withdrawn")] if paper.status == "withdrawn" else []
    if paper.latest > paper.version:
        said.append(language.say("cites_older", cited=str(paper.version), latest=str(paper.latest)))
    return " ".join(said)


def _shares(table: ComparisonTable) -> tuple[int, ...]:
    """Return the share of the width that each column wants: one of names or blanks needs less than one of sentences."""
    columns = zip(*(row.cells for row in table.rows), strict=True)
    longest = [max((len(cell.plain) for cell in column if cell is not None), default=0) for column in columns]
    return tuple(_WIDE if length > _NAMES else _NARROW for length in longest) or (_WIDE,) * len(table.columns)
