"""Number the citations of all pages, then write the claims of a page.

Each citation is a link to a reference, and each reference links back to all places that cite it. So the citations of
all pages are numbered before any page is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from markupsafe import Markup, escape

from surveygen.domain.full_text import TEXT_FIELD
from surveygen.domain.inline import Cite, Inline, Math, parse_inline
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import BibliographyEntry, Block, ComparisonRow, ComparisonTable, Note, Paragraph, Section
from surveygen.languages import direction_of
from surveygen.render.html.context import HtmlContext, PageFile, Span
from surveygen.render.html.markup import math_markup, string, words
from surveygen.render.inline import MAX_MARKS, InlineWriter, Written

WEAK = 0.5  # support under which a claim carries a mark
_WRITTEN_ROWS = 2  # rows of a table of a large page that are written out; scripts add the others
_NO_CELL = "-"
_FIELDS = tuple(item.name for item in fields(Sentence))


@dataclass(frozen=True, slots=True)
class NumberedCite(Cite):
    """A citation whose papers are numbered: `places[i]` counts the citations of `papers[i]` on all pages, from 1.

    A paper without a reference has place 0, and so have those of a long row that are not written out.
    """

    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberedSentence(Sentence):
    """A claim with its citations numbered in `nodes`."""

    nodes: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class CitationIndex:
    """Where the pages cite each paper.

    Attributes:
        backlinks: addresses of the places that cite a reference, by its number, as seen from its own page.
        quoted: by file, the pieces of abstracts that citations of that page link to.
    """

    backlinks: Mapping[int, Sequence[str]]
    quoted: Mapping[str, Mapping[PaperId, Sequence[Span]]]


def number_citations(
    context: HtmlContext, pages: Iterable[tuple[PageFile, Sequence[Section]]]
) -> tuple[list[tuple[PageFile, list[Section]]], CitationIndex]:
    """Number the citations of all pages in reading order.

    Returns:
        The pages with every `Sentence` replaced by a `NumberedSentence`, and the index of their citations.
    """
    numbering = _Numbering(context)
    numbered = [(page, [numbering.section(page.file, section) for section in sections]) for page, sections in pages]
    return numbered, CitationIndex(
        dict(numbering.backlinks), {page.file: numbering.quoted[page.file] for page, _ in numbered}
    )


class _Numbering:
    """Counts the citations of each paper."""

    def __init__(self, context: HtmlContext) -> None:
        self._context = context
        self.backlinks: dict[int, list[str]] = defaultdict(list)
        self.quoted: dict[str, dict[PaperId, list[Span]]] = defaultdict(lambda: defaultdict(list))

    def section(self, file: str, section: Section) -> Section:
        """Return a section with numbered claims."""
        blocks: list[Block] = []
        for block in section.blocks:
            new = block
            if isinstance(block, Paragraph):
                new = replace(block, sentences=tuple(self._sentence(file, sentence) for sentence in block.sentences))
            elif isinstance(block, ComparisonTable):
                rows: list[ComparisonRow] = []
                for row, reference in zip(block.rows, script_rows(self._context, block), strict=True):
                    cells = (self._sentence(file, cell, row.paper) if cell is not None else None for cell in row.cells)
                    rows.append(row if reference else replace(row, cells=tuple(cells)))
                new = replace(block, rows=tuple(rows))
            blocks.append(new)
        return replace(section, blocks=tuple(blocks))

    def _sentence(self, file: str, sentence: Sentence, row: PaperId | None = None) -> NumberedSentence:
        """Number the citations of a claim, except those of the paper whose table row it is in."""
        nodes: list[Inline] = []
        for node in parse_inline(sentence.text, sentence.cites):
            if not isinstance(node, Cite):
                nodes.append(node)
            elif papers := tuple(paper for paper in node.papers if paper != row):
                places = [self._place(file, sentence, paper) for paper in papers[:MAX_MARKS]]
                for paper in papers[MAX_MARKS:]:
                    self._quote(file, sentence, paper)
                nodes.append(NumberedCite(papers, (*places, *[0] * len(papers[MAX_MARKS:]))))
        values: dict[str, Any] = {name: getattr(sentence, name) for name in _FIELDS}
        return NumberedSentence(**values, nodes=tuple(nodes))

    def _place(self, file: str, sentence: Sentence, paper: PaperId) -> int:
        entry, layout = self._context.entries.get(paper), self._context.layout
        if entry is None:
            return 0
        backlinks = self.backlinks[entry.number]
        place = len(backlinks) + 1
        backlinks.append(layout.link(layout.file_of(paper), file, _place_id(entry, place)))
        self._quote(file, sentence, paper)
        return place

    def _quote(self, file: str, sentence: Sentence, paper: PaperId) -> None:
        if span := self._context.sources.span(sentence.evidence, paper):
            self.quoted[file][paper].append(span)


class HtmlWriter(InlineWriter):
    """Writes for one page; its claims have to be numbered."""

    gap = "\u00a0"

    def __init__(self, context: HtmlContext, file: str) -> None:
        super().__init__(context.survey, context.language, max_cell=0)
        self._context = context
        self._file = file
        # Where all else is translated, a reader wants to see what is not; where nothing is, the abstract says so.
        translated = bool(context.survey.quality.translated_sentences)
        self._foreign_class = Markup(' class="foreign"') if translated else Markup()

    def safe(self, text: str) -> Markup:
        """Mark HTML."""
        return Markup(text)  # noqa: S704  # of escaped pieces only

    def text(self, words: str) -> Markup:
        """Escape words."""
        return escape(words)

    def words(self, text: str) -> Markup:
        """Write untrusted text that cites nothing."""
        return words(text)

    def math(self, node: Math) -> Markup:
        """Write MathML."""
        return math_markup(node)

    def key(self, entry: BibliographyEntry) -> Markup:
        """Write the address of a reference."""
        return escape(self._context.layout.to_reference(self._file, entry))

    def cite(self, entries: Sequence[BibliographyEntry], more: int = 0) -> Markup:
        """Link to references, without a way back."""
        link = Markup('<a class="cite" href="{}">[{}]</a>')
        links = [link.format(self.key(entry), entry.number) for entry in entries]
        return Markup(", ").join([*links, *([f"+{more}"] if more else [])])

    def citation(self, node: Cite, sentence: Sentence) -> Markup:
        """Link to references and to the evidence in their abstracts; of many, a reader opens all but the first."""
        places = node.places if isinstance(node, NumberedCite) else ()
        links: list[Markup] = []
        for paper, place in zip(node.papers, places, strict=True):
            entry = self.entries.get(paper)
            if entry is None:
                links.append(Markup("?"))
                continue
            span = self._context.sources.span(sentence.evidence, paper)
            quote = Markup(' data-q="{} {}"').format(*span) if span else ""
            target = Markup(' id="{}"').format(_place_id(entry, place)) if place else ""
            link = Markup('<a class="cite"{} href="{}"{}>{}</a>')
            links.append(link.format(target, self.key(entry), quote, entry.number))
        more = self._more(links[MAX_MARKS:]) if len(links) > MAX_MARKS else ""
        return Markup('<span class="cites">[{}{}]</span>').format(Markup(", ").join(links[:MAX_MARKS]), more)

    def _more(self, links: Sequence[Markup]) -> Markup:
        """Write "+n", which opens the links by a click or a key without scripts; a slide has no room for them."""
        if not self._context.expandable:
            return Markup(", +{}").format(len(links))
        # In a paragraph there can be no <details>.
        box = Markup(', <label class="more-cites"><input type="checkbox" aria-label="{}"><span>+{}</span></label>')
        rest = Markup('<span class="rest-cites"> {}</span>').format(Markup(", ").join(links))
        return box.format(self.language.say("and_more", n=len(links)), len(links)) + rest

    def place(self, url: str, label: str, title: str) -> Markup:
        """Link to a place in a full text, and name its section on hover."""
        if not url:
            return Markup('<span class="place" title="{}">{}</span>').format(string(title), words(label))
        link = Markup('<a class="place" href="{}" title="{}" rel="noopener noreferrer">{}</a>')
        return link.format(url, string(title), words(label))

    def claim(self, written: Written, source: Sentence | Note) -> Markup:
        """Add marks: weak support, and the remarks on who wrote it."""
        text = Markup(written)  # noqa: S704  # written above
        if isinstance(source, Sentence) and source.support < WEAK:
            text += Markup(' <span class="mark">{}</span>').format(self.language.say("page_weak"))
        for kind, remark in self.remarks(source).items():
            text += Markup(' <span class="mark {}">{}</span>').format(kind, string(remark))
        return text

    def cell(self, sentence: Sentence, row: PaperId) -> Written:  # noqa: ARG002  # left out when numbered
        """Write a claim of a table row, whole."""
        return self.sentence(sentence)

    def note(self, note: Note) -> Markup:
        """Write a note; the template marks its language."""
        return self.claim(words(note.text), note)

    def nodes(self, sentence: Sentence) -> tuple[Inline, ...]:
        """Return a numbered claim, parsed."""
        if not isinstance(sentence, NumberedSentence):
            raise TypeError("the citations of this claim are not numbered")
        return sentence.nodes

    def foreign(self, written: Written, language: str) -> Markup:
        """Mark the language and direction of words."""
        direction = direction_of(language)
        return Markup('<span lang="{}" dir="{}"{}>{}</span>').format(language, direction, self._foreign_class, written)

    def is_own(self, language: str) -> bool:
        """Return whether a language is that of the survey."""
        return language == self._context.survey.language


def _place_id(entry: BibliographyEntry, place: int) -> str:
    return f"c{entry.number}-{place}"


def script_rows(context: HtmlContext, table: ComparisonTable) -> list[str]:
    """Return for each row its `cell_reference` if scripts write it from the page's data; "" if it is written out."""
    return [
        cell_reference(row, context.entries.get(row.paper)) if context.lean and at >= _WRITTEN_ROWS else ""
        for at, row in enumerate(table.rows)
    ]


def cell_reference(row: ComparisonRow, entry: BibliographyEntry | None) -> str:
    """Write the number of a paper and for each cell field and place in the paper's review, as in "12 mo0 - da0 fi1".

    Returns "" if a cell is not in the review or says it otherwise; `tables.js` reads the rest.
    """
    if entry is None or row.code != entry.card.code:
        return ""
    places: dict[Sentence, str] = {}
    for name, sentences in entry.card.fields():
        for at, sentence in enumerate(sentences):
            places.setdefault(sentence, f"{name[:2]}{at}")
    cells = []
    for cell in row.cells:
        # Words alone: nobody has signed it, it carries no mark and no place, it cites its own paper only.
        bare = cell is None or (
            cell.attribution is None
            and cell.support >= WEAK
            and set(cell.cites) <= {entry.paper.id}
            and not any(span.field.startswith(TEXT_FIELD) for span in cell.evidence)
        )
        place = places.get(cell, "") if cell is not None else _NO_CELL
        if not (bare and place):
            return ""
        cells.append(place)
    return " ".join([str(entry.number), *cells])
