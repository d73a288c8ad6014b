"""What a review page shows of other papers: descriptions, values, neighborhood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from surveygen.domain.paper import Paper, PaperId, is_arxiv_id
from surveygen.domain.person_names import short_authors
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import BibliographyEntry, ResultRow, ResultsTable, Section, Survey
from surveygen.languages import Language
from surveygen.render.html.context import HtmlContext, address, lay_out
from surveygen.render.html.evidence import ReviewWriter
from surveygen.render.html.markup import anchor, string, words
from surveygen.render.html.neighborhood import NARROW, WIDE, Neighbor, draw, neighborhood
from surveygen.render.references import link_of, review_file
from surveygen.render.view import View

_MAX_VALUES = 40  # rows of values that tables print
_MAX_MENTIONS = 8  # sentences about one paper


class ReviewIndex:
    """What a survey says of each paper, for the pages of all papers."""

    def __init__(self, survey: Survey, language: Language) -> None:
        self.survey, self.language = survey, language
        self.context = HtmlContext(survey, language, lay_out(survey))

    @cached_property
    def places(self) -> frozenset[str]:
        """The ids of the sections of the survey."""
        return frozenset(section.id for section in self.survey.sections)

    @cached_property
    def mentions(self) -> Mapping[PaperId, Sequence[tuple[Section, Sentence]]]:
        """The sentences of the running text that say something of a paper, with their sections."""
        mentions: dict[PaperId, list[tuple[Section, Sentence]]] = defaultdict(list)
        for section in self.survey.sections:
            for sentence in section.sentences():
                if sentence.method not in {"aggregate", "glue"}:
                    for paper in sentence.cites:
                        mentions[paper].append((section, sentence))
        return mentions

    @cached_property
    def values(self) -> Mapping[PaperId, Sequence[tuple[ResultsTable, ResultRow]]]:
        """The values that tables print for the method of a paper, with the data set of each."""
        values: dict[PaperId, list[tuple[ResultsTable, ResultRow]]] = defaultdict(list)
        for section in self.survey.sections:
            for table in (block for block in section.blocks if isinstance(block, ResultsTable)):
                for row in table.rows:
                    if row.cell.method_paper is not None:
                        values[row.cell.method_paper].append((table, row))
        return values

    def to_survey(self, here: str, place: str) -> str:
        """Return the address of a place of the main page, for a link on another."""
        return f"{address(here, self.context.layout.main.file)}#{place}"


class Relations:
    """Lays out the blocks of one page that name other papers."""

    def __init__(self, index: ReviewIndex, entry: BibliographyEntry, write: ReviewWriter) -> None:
        self._index, self._entry, self._write = index, entry, write
        self._context, self._language = index.context, index.language
        self._file = review_file(entry.paper.id)
        self._around = neighborhood(entry, index.context.entries)

    def values(self) -> list[View]:
        """Return the values that tables of this and other papers print for its method; equal ones stand in one row."""
        rows: dict[tuple[str, ...], dict[str, object]] = {}
        sources: dict[tuple[str, ...], list[View]] = defaultdict(list)
        for table, row in self._index.values.get(self._entry.paper.id, ()):
            cell, entry = row.cell, self._context.entries.get(row.cell.paper)
            key = (table.name, cell.measure, cell.method, cell.value)
            if key not in rows and len(rows) == _MAX_VALUES:
                break
            names = ("data_set", "measure", "method", "value")
            printed = {name: words(text or "–") for name, text in zip(names, key, strict=True)}
            rows.setdefault(key, {**printed, "differs": row.differs})
            sources[key].append(
                {
                    "who": string(short_authors(entry.paper.authors) or entry.paper.title) if entry else "",
                    "page": address(self._file, review_file(cell.paper)) if entry else "",
                    "label": string(cell.label or self._language.say("results_table")),
                    "link": row.link,
                }
            )
        if not rows:
            return []
        return [{"kind": "values", "rows": [{**row, "sources": sources[key]} for key, row in rows.items()]}]

    def described(self) -> list[View]:
        """Return how other papers describe this one: their words, or where these stand."""
        rows: list[View] = []
        for context in self._entry.contexts[:_MAX_MENTIONS]:
            citing = self._context.entries.get(context.evidence.paper)
            if citing is not None:
                who = string(short_authors(citing.paper.authors) or citing.paper.title)
                pointer = self._language.say("page_js_described_at", who=who)
                rows.append(
                    {
                        "text": self._write.sentence(context.sentence) if context.sentence is not None else pointer,
                        "who": f"{who}, {citing.paper.year}" if citing.paper.year else who,
                        "href": address(self._file, review_file(citing.paper.id)),
                        "source": self._write.text_source(citing, context.evidence),
                    }
                )
        return [{"kind": "described", "rows": rows}] if rows else []

    def mentioned(self) -> list[View]:
        """Return what the survey's own text says of the paper, with links to the sections."""
        rows = [
            {
                "text": self._write.sentence(sentence),
                "heading": words(section.heading),
                "href": self._index.to_survey(self._file, anchor(section.id)),
            }
            for section, sentence in self._index.mentions.get(self._entry.paper.id, ())[:_MAX_MENTIONS]
        ]
        return [{"kind": "mentions", "rows": rows}] if rows else []

    def neighborhood(self) -> list[View]:
        """Return the neighborhood as drawings for a wide and a narrow window, and as rows of a table."""
        around = self._around
        if not list(around):
            return []
        say = self._language.say
        captions = [say("page_js_no_citations")] if around.is_similarity else list(self._citation_notes())
        if around.hidden:
            captions.append(say("page_js_limited", most=len(list(around)) + 1, hidden=around.hidden))
        heads = {
            "left": f"{say('page_js_citing')} ({len(around.left)})",
            "right": f"{say('page_js_near' if around.is_similarity else 'page_js_cited')} ({len(around.right)})",
        }
        return [
            {
                "kind": "graph",
                "drawings": [("wide", draw(around, WIDE)), ("narrow", draw(around, NARROW))],
                "heads": heads,
                "caption": " ".join(captions),
                "relations": {neighbor.relation: self._relation(neighbor) for neighbor in around},
                "addresses": {neighbor: self._to_neighbor(neighbor) for neighbor in around},
                "rows": [self._related(neighbor) for neighbor in around],
            }
        ]

    def similar(self) -> list[View]:
        """Return the most similar papers, unless the neighborhood shows them."""
        if self._around.is_similarity:
            return []
        entries = (self._context.entries.get(paper) for paper in self._entry.neighbours)
        rows = [self._related(Neighbor("near", entry)) for entry in entries if entry]
        return [{"kind": "similar", "rows": rows}] if rows else []

    def _citation_notes(self) -> Iterator[str]:
        stats = self._entry.citation_stats
        titles = dict(self._index.survey.graphs)
        if stats and stats.providers:
            names = (
                f"{string(titles.get(name, name))} ({self._language.day(at[:10])})" for name, at in stats.providers
            )
            yield self._language.say("page_js_told", who=", ".join(names))
        if stats and stats.count is not None:
            yield self._language.say("page_js_count", n=stats.count)

    def _related(self, neighbor: Neighbor) -> View:
        entry, work = neighbor.entry, neighbor.work
        title = entry.paper.title if entry else work.title if work else ""
        is_arxiv = entry is not None and is_arxiv_id(entry.paper.id)
        return {
            "title": words(title),
            "href": self._to_neighbor(neighbor),
            "by": neighbor.authors,
            "year": neighbor.year,
            "relation": neighbor.relation,
            "relation_word": self._relation(neighbor),
            "arxiv": f"https://arxiv.org/abs/{entry.paper.id}" if entry and is_arxiv else "",
        }

    def _relation(self, neighbor: Neighbor) -> str:
        return self._language.say(f"page_js_{neighbor.relation}")

    def _to_neighbor(self, neighbor: Neighbor) -> str:
        if neighbor.entry:
            return address(self._file, review_file(neighbor.entry.paper.id))
        identifiers = dict(
            name.split(":", 1) for name in reversed(neighbor.work.ids if neighbor.work else ()) if ":" in name
        )
        work = Paper(PaperId(identifiers.get("arxiv", "?")), "?", doi=identifiers.get("doi", ""))
        return link_of(work)
