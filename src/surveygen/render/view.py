"""The view model: what the templates of every format may name.

A `ViewModel` lays a survey out as mappings in which all words are already escaped by the `InlineWriter` of the format.
Each block becomes a mapping with a `kind`, which names the block's template and the method that fills it. LaTeX and
Markdown use the class as it is; HTML extends what only a browser needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.person_names import short_authors
from surveygen.domain.survey import (
    BibliographyEntry,
    Block,
    Catalogue,
    ComparisonTable,
    FlowCount,
    KeyValueTable,
    Note,
    PaperList,
    Paragraph,
    PrismaFlow,
    References,
    ResultsTable,
    Section,
    SimilarityMatrix,
    Survey,
    TaxonomyFigure,
    ThemeMap,
    Timeline,
    YearChart,
    discussions,
)
from surveygen.domain.text import clean, slugify
from surveygen.domain.theme import ThemeId
from surveygen.languages import Language, direction_of
from surveygen.render.figures import count_texts, shades, year_columns
from surveygen.render.inline import InlineWriter, ensure_period, truncate
from surveygen.render.references import arxiv_url, code_address, doi_of, link_of, review_file
from surveygen.render.results import results_path

View = Mapping[str, object]
_MAX_TICKS = 12  # labels of years that fit side by side

# Of each block: its kind, which is the name of its method here and of its template in every format.
KINDS: Mapping[type, str] = MappingProxyType(
    {
        Paragraph: "paragraph",
        Note: "note",
        KeyValueTable: "facts",
        ComparisonTable: "table",
        PaperList: "papers",
        ResultsTable: "results",
        PrismaFlow: "flow",
        YearChart: "years",
        TaxonomyFigure: "taxonomy",
        SimilarityMatrix: "likeness",
        ThemeMap: "map",
        Timeline: "timeline",
        Catalogue: "catalogue",
        References: "references",
    }
)
MAX_AUTHORS = 10  # in the references; further ones are "et al."
_NAMES = 60  # code points; a longer cell has more than a few names
_WIDE, _NARROW = 3, 2  # shares of the width of a table


class ViewModel:
    """Lays out the parts of one survey for the templates of one format.

    `has_reviews` is whether each paper has a page with its review, to link to.
    """

    def __init__(self, survey: Survey, language: Language, writer: InlineWriter, *, has_reviews: bool = False) -> None:
        self.survey = survey
        self.language = language
        self.writer = writer
        self.entries = writer.entries
        self.has_reviews = has_reviews
        self.sizes = {count.theme: count.size for count in survey.counts}
        self._places = {section.id: f"section-{number}" for number, section in enumerate(survey.sections, start=1)}

    def document(self) -> dict[str, object]:
        """Return what a template of the whole survey may name."""
        survey, write = self.survey, self.writer
        return {
            "title": write.words(survey.title),
            "title_plain": write.plain(survey.title),
            "subtitle": write.words(survey.subtitle),
            "date": write.text(self.language.day(survey.generated_at)),
            "made_with": write.say("made_with", version=survey.provenance.surveygen, n=len(survey.entries)),
            "sections": [self.section(section) for section in survey.sections],
        }

    def section(self, section: Section) -> dict[str, object]:
        """Return a heading with its blocks."""
        return {
            "id": self.writer.string(slugify(section.id)),
            "place": self.writer.safe(self._places.get(section.id, "")),
            "is_abstract": section.id == "abstract",
            "heading": self.writer.words(section.heading),
            "heading_plain": self.writer.plain(section.heading),
            "level": section.level,
            "blocks": [self.block(block) for block in section.blocks],
        }

    def block(self, block: Block) -> dict[str, object]:
        """Return a block of any kind."""
        kind = KINDS[type(block)]
        lay_out: Callable[[Block], View] = getattr(self, kind)
        caption = {} if isinstance(block, Paragraph | Note | References) else {"caption": block.caption}
        return {"kind": kind, **{name: self.writer.words(text) for name, text in caption.items()}, **lay_out(block)}

    def paragraph(self, block: Paragraph) -> View:
        """Return claims: those of a list one by one, those of prose as running text."""
        listed = block.style == "list"
        write = self.writer
        claims = (
            [write.sentence(sentence) for sentence in block.sentences] if listed else write.running(block.sentences)
        )
        return {"label": write.words(block.label), "style": block.style, "sentences": claims}

    def note(self, block: Note) -> View:
        """Return a note; `direction` is that of another language than the survey's."""
        foreign = block.language not in {"", self.language.code}
        direction = direction_of(block.language) if foreign else ""
        text = self.writer.note(block)
        return {"role": block.role, "text": text, "language": block.language, "direction": direction}

    def facts(self, block: KeyValueTable) -> View:
        """Return labels with values; a value is a name, a number or a command, never TeX."""
        return {"rows": [(self.writer.words(label), self.writer.text(clean(value))) for label, value in block.rows]}

    def table(self, block: ComparisonTable) -> View:
        """Return papers side by side; `shares` divide the width among the columns."""
        columns = zip(*(row.cells for row in block.rows), strict=True)
        longest = [max((len(cell.plain) for cell in column if cell is not None), default=0) for column in columns]
        shares = tuple(_WIDE if length > _NAMES else _NARROW for length in longest)
        nothing = self.writer.text("–")
        rows = [
            {
                **self.paper(self.entries[row.paper]),
                "cells": [self.writer.cell(cell, row.paper) if cell is not None else nothing for cell in row.cells],
                "code": self.writer.address(code_address(row.code)),
                "code_word": self.writer.say("code"),
            }
            for row in block.rows
        ]
        return {
            "columns": [self.writer.words(column) for column in block.columns],
            "paper_word": self.writer.say("paper"),
            "shares": shares or (_WIDE,) * len(block.columns),
            "rows": rows,
        }

    def results(self, block: ResultsTable) -> View:
        """Return values as tables print them, each with the reference of its table."""
        write = self.writer
        rows: list[View] = []
        for row in block.rows:
            cell, source = row.cell, self.entries.get(row.cell.paper)
            maker = self.entries.get(cell.method_paper) if cell.method_paper is not None else None
            rows.append(
                {
                    "method": write.words(cell.method),
                    "maker": self.paper(maker) if maker else None,
                    "measure": write.words(cell.measure) or write.text("–"),
                    "value": write.words(cell.value),
                    "differs": row.differs,
                    "source": self.paper(source) if source else None,
                    "label": write.words(cell.label or self.language.say("results_table")),
                    "link": write.address(row.link),
                }
            )
        columns = ("method", "measure", "value", "source")
        return {
            "columns": [write.say(f"results_{column}") for column in columns],
            "differs_word": write.string(self.language.say("results_differ")),
            "file": write.address(results_path(block.file)),
            "rows": rows,
        }

    def papers(self, block: PaperList) -> View:
        """Return a list of papers, some of which may not be in the references."""
        papers: list[View] = []
        for item in block.items:
            entry = self.entries.get(item.paper)
            paper = self.paper(entry) if entry else {"number": None, "cite": ""}
            words = {"title": self.writer.words(item.title), "detail": self.writer.words(item.detail)}
            papers.append({**paper, **words})
        return {"papers": papers}

    def flow(self, block: PrismaFlow) -> View:
        """Return the numbers of the selection, stage by stage and in one list."""
        stages = [
            {
                "kept": self._count(stage.remaining),
                "parts": [self._count(count) for count in stage.parts],
                "aside": [self._count(count) for count in stage.aside],
            }
            for stage in block.stages
        ]
        keys = ("flow_step", "flow_before", "flow_since", "total")
        return {
            "columns": [self.writer.say(f"page_{key}") for key in keys],
            "refreshed": any(count.before is not None for count in block.counts()),
            "stages": stages,
            "counts": [self._count(count) for count in block.counts()],
        }

    def _count(self, count: FlowCount) -> View:
        write = self.writer
        source = count.name.startswith("source:")  # the label is a name that a person gave
        return {
            "label": write.text(clean(count.label)) if source else write.words(count.label),
            "fell": count.before is not None and count.total < count.before,
            **{name: write.text(text) for name, text in count_texts(count, self.language).items()},
        }

    def years(self, block: YearChart) -> View:
        """Return the papers of each year and theme; `columns` also has the runs of years that the chart leaves out."""
        columns = year_columns(block)
        every = -(-len(columns) // _MAX_TICKS) or 1
        return {
            "years": block.years,
            "counts": block.counts,
            "columns": columns,
            "ticks": [column for n, column in enumerate(columns) if column.is_gap or n % every == 0],
            "folded": any(column.is_gap for column in columns),
            "year_word": self.writer.say("year"),
            "papers_word": self.writer.say("papers"),
            "themes": [self.writer.words(self.theme_name(theme)) for theme in block.themes],
        }

    def taxonomy(self, block: TaxonomyFigure) -> View:
        """Return the tree of themes with examples."""
        examples = dict(block.examples)
        return {"trees": [self.theme(top.id, examples) for top in self.survey.taxonomy.children(None)]}

    def theme(self, theme: ThemeId, examples: Mapping[ThemeId, tuple[PaperId, ...]]) -> dict[str, Any]:
        """Return a node of the tree; `leaves` and `depth` count those below it."""
        children = [self.theme(child.id, examples) for child in self.survey.taxonomy.children(theme)]
        papers = [self.entries[paper] for paper in examples.get(theme, ()) if paper in self.entries]
        return {
            "name": self.writer.words(truncate(self.theme_name(theme), 80)),
            "size": self.sizes.get(theme, 0),
            "children": children,
            "papers": [self.paper(entry) for entry in papers],
            "leaves": sum(child["leaves"] for child in children) or 1,
            "depth": 1 + max((child["depth"] for child in children), default=0),
        }

    def likeness(self, block: SimilarityMatrix) -> View:
        """Return the similarities of themes, each value with its shade in per cent."""
        rows = [
            [(self.writer.text(self.language.decimal(value)), shade) for value, shade in zip(row, dark, strict=True)]
            for row, dark in zip(block.values, shades(block), strict=True)
        ]
        themes = [self.writer.words(truncate(self.theme_name(theme), 80)) for theme in block.themes]
        return {"theme_word": self.writer.say("page_theme"), "themes": themes, "rows": rows}

    def map(self, block: ThemeMap) -> View:
        """Return the top themes in the plane, x and y from 0 to 100, y upwards."""
        most = max((spot.papers for spot in block.spots), default=1)
        spots = [
            {
                "name": self.writer.words(truncate(self.theme_name(spot.theme), 60)),
                "x": round(100 * spot.x),
                "y": round(100 * (1 - spot.y)),
                "radius": max(round(6 * (spot.papers / most) ** 0.5), 1),
                "papers": spot.papers,
                "nearest": self.writer.words(self.theme_name(spot.nearest) if spot.nearest else ""),
            }
            for spot in block.spots
        ]
        return {"columns": [self.writer.say(key) for key in ("theme_word", "papers", "nearest_on_map")], "spots": spots}

    def timeline(self, block: Timeline) -> View:
        """Return landmark papers by year."""
        rows = [
            {"year": year, "papers": [self.paper(self.entries[paper]) for paper in papers if paper in self.entries]}
            for year, papers in block.years
        ]
        return {"rows": rows}

    def catalogue(self, _: Catalogue) -> View:
        """Return all papers in groups: with the section that discusses the paper, else with what it says."""
        write, nothing = self.writer, self.writer.text("–")
        discussed = discussions(self.survey.sections)
        groups: list[View] = []
        for name, entries in self._catalogue_groups():
            papers = [
                {
                    **self.paper(entry),
                    "title": write.words(entry.paper.title),
                    "uncertain": entry.assignment is not None and entry.assignment.uncertain,
                    "section": self._link(at) if at else None,
                    "one_liner": write.cell(line, entry.paper.id) if line and not at else nothing,
                }
                for entry in entries
                for at, line in [(discussed.get(entry.paper.id), entry.card.one_liner)]
            ]
            if papers:
                groups.append({"name": write.words(name), "papers": papers})
        return {
            "columns": [write.say(key) for key in ("paper", "title_word", "discussed_in")],
            "uncertain_word": write.say("uncertain_mark"),
            "groups": groups,
        }

    def _link(self, section: Section) -> View:
        return {"heading": self.writer.words(section.heading), "place": self.writer.safe(self._places[section.id])}

    def _catalogue_groups(self) -> Iterator[tuple[str, list[BibliographyEntry]]]:
        """Yield a group for each theme, then one of papers that fit none and one of papers without an assignment."""
        own = {count.theme: count.own for count in self.survey.counts}
        rest = dict(self.entries)
        for theme in self.survey.taxonomy:
            papers = [paper for paper in own.get(theme.id, ()) if paper in self.entries]
            path = (truncate(self.theme_name(step), 80) for step in self.survey.taxonomy.path(theme.id))
            yield " › ".join(path), [self.entries[paper] for paper in papers]
            for paper in papers:
                rest.pop(paper, None)
        outside = [entry for entry in rest.values() if entry.assignment and entry.assignment.outside]
        yield self.language.say("fits_no_theme"), outside
        bare = [entry for entry in rest.values() if not (entry.assignment and entry.assignment.outside)]
        yield self.language.say("without_theme"), bare

    def references(self, _: References) -> View:
        """Return the numbered bibliography."""
        return {"entries": [self.reference(entry) for entry in self.survey.entries]}

    def reference(self, entry: BibliographyEntry) -> View:
        """Return one entry of the bibliography."""
        paper, write = entry.paper, self.writer
        names = [author.name for author in paper.authors[:MAX_AUTHORS]]
        others = " et al." if len(paper.authors) > MAX_AUTHORS else ""
        return {
            **self.paper(entry),
            "authors": write.words(ensure_period(", ".join(names) + others)),
            "title": write.words(ensure_period(paper.title)),
            "venue": write.words(ensure_period(paper.journal_ref)),
            "arxiv": write.text(paper.id if arxiv_url(paper) else ""),
            "category": write.words(paper.primary_category if arxiv_url(paper) else ""),
            "doi": write.text(doi_of(paper)),
            "link": write.address(link_of(paper)),
            "link_text": write.text(link_of(paper)),
            "review": write.address(review_file(paper.id) if self.has_reviews else ""),
            "review_word": write.say("page_review"),
            "status": write.text(status_remarks(paper, self.language)),
        }

    def paper(self, entry: BibliographyEntry) -> View:
        """Name a paper in a few words: number, key, citation, authors, year."""
        year = entry.paper.year
        return {
            "number": entry.number,
            "key": self.writer.key(entry),
            "cite": self.writer.cite([entry]),
            "authors": self.writer.words(short_authors(entry.paper.authors) or truncate(entry.paper.title, 40)),
            "year": self.writer.text(str(year) if year is not None else ""),
        }

    def theme_name(self, theme: ThemeId) -> str:
        """Return the name of a theme in the language of the edition."""
        return self.survey.taxonomy[theme].name_in(self.language.code)


def status_remarks(paper: Paper, language: Language) -> str:
    """Return what a reader of a reference must know: a withdrawal, a later version."""
    remarks = [language.say("withdrawn")] if paper.status == "withdrawn" else []
    if paper.latest > paper.version:
        remarks.append(language.say("cites_older", cited=str(paper.version), latest=str(paper.latest)))
    return " ".join(remarks)
