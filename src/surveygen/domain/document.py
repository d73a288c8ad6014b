"""The full text of one version of a paper, read from a page.

Every id is surveygen's own, made of places and hashes of texts, and equal whenever the same page is read again.
Elements of the page are kept for links only: a converter may rename them. Offsets count Unicode code points of the text
of a unit or cell and are half-open. White space is collapsed, and a formula is written `$tex$`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from surveygen.domain.paper import PaperId

UnitKind = Literal["heading", "paragraph", "item", "theorem", "caption", "listing", "footnote"]
SectionKind = Literal["abstract", "section", "appendix", "unsectioned"]
FigureKind = Literal["figure", "algorithm"]
DocumentFormat = Literal["html", "pdf", "latex"]


@dataclass(frozen=True, slots=True)
class CitationMark:
    """One citation in a text, such as "[1, 2]" or "Reed et al. (2021)".

    Attributes:
        start, end: the half-open range of code points of the mark in its text.
        references: ids of `DocumentReference`, in the order in which the mark names them; each is in the document.
        missing: names of works that the mark cites and the bibliography does not list.
    """

    start: int
    end: int
    references: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest part of a text that is stored and quoted as a whole.

    Attributes:
        id: number of the section, place in the section and eight digits of the SHA-256 of the text: "2.1-3-9f86d081".
        kind: "item" is an item of a list, "theorem" a paragraph of a theorem, definition or proof, "listing" code or
            an algorithm, "footnote" the text of a note that was taken out of a sentence.
        section: id of the `DocumentSection` it stands in.
        label: what is printed before the text and numbers it: "2.1", "Figure 1", "Definition 3 (Lamp)"; may be empty.
        element: id of the page's element, "" without one; for links only.
        list_id: "l1", "l2", ...: groups the items of one list; "" outside lists.
    """

    id: str
    kind: UnitKind
    section: str
    text: str
    marks: tuple[CitationMark, ...] = ()
    label: str = ""
    element: str = ""
    list_id: str = ""


@dataclass(frozen=True, slots=True)
class DocumentSection:
    """One section; text that stands in no section of the page is in one of kind "unsectioned".

    Attributes:
        id: its computed number: "0" for the abstract, "2.1" or "A.1" for others, counting those without a printed
            number too; "00" for what is in no section.
        title: the heading without its number; may be empty. label: the number as printed; may be empty.
        level: depth, 1 for a section. parent: id of the section around it, "" for none.
    """

    id: str
    kind: SectionKind
    title: str
    label: str = ""
    level: int = 1
    parent: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True)
class TableCell:
    """One place of a table's grid.

    Attributes:
        is_header: whether the page marks it as the head of its column or row.
        is_repeat: whether it repeats a cell above it or to its left that spans this place.
    """

    text: str
    is_header: bool = False
    marks: tuple[CitationMark, ...] = ()
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table as a full grid: every row has the same number of cells.

    Attributes:
        id: "t1", "t2", ... in the order of the page.
        caption: id of the unit with its caption, "" without one. label: "Table 1" as printed; may be empty.
        head_rows: the number of rows at the top that hold heads of columns only.
        unsure: whether the grid may be wrong: the converter failed in it, spans overlap or point outside, tables are
            nested, or a bound cut it; its cells are not evidence.
    """

    id: str
    section: str
    rows: tuple[tuple[TableCell, ...], ...]
    head_rows: int = 0
    caption: str = ""
    label: str = ""
    unsure: bool = False
    element: str = ""

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rows[0]) if self.rows else 0


@dataclass(frozen=True, slots=True)
class Image:
    """An image of a figure: its address as the page names it ("" for a drawing in the page), size in pixels or 0."""

    source: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; its panels are figures of their own, with their own captions.

    Attributes:
        id: "f1", "f2", ...; panels "f1.1", "f1.2", ...
        caption: id of the unit with its caption, "" without one. label: "Figure 1" as printed; may be empty.
        images: images that are in no panel.
    """

    id: str
    section: str
    kind: FigureKind = "figure"
    caption: str = ""
    label: str = ""
    images: tuple[Image, ...] = ()
    panels: tuple[Figure, ...] = ()
    element: str = ""


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """One entry of the bibliography.

    Attributes:
        id: "r1", "r2", ... in the order of the list.
        label: what the list prints before it: "[1]", "Reed et al. (2021)"; may be empty.
        text: the whole entry as printed, without the label.
        title, authors, year: as far as the page marks them or the form of the entry shows them; may be empty.
        arxiv, doi: ids in its text or links, without version; lower case; may be empty.
    """

    id: str
    text: str
    label: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    year: str = ""
    arxiv: str = ""
    doi: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The full text of one version of a paper.

    Attributes:
        converter: name and version of the program that made the page; may be empty.
        sha256: SHA-256 of the bytes that were read, hexadecimal.
        title: the page's own title, as text.
        sections, units, tables, figures: each in the order of the page; units without footnotes.
        footnotes: units of kind "footnote".
        errors: commands that the converter did not know, as the page prints them, once for each place.
        bounds: names of the limits that cut the text, such as "units"; empty if everything was read.
    """

    paper: PaperId
    version: int
    sha256: str
    title: str
    format: DocumentFormat = "html"
    converter: str = ""
    sections: tuple[DocumentSection, ...] = ()
    units: tuple[Unit, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()
    references: tuple[DocumentReference, ...] = ()
    footnotes: tuple[Unit, ...] = ()
    errors: tuple[str, ...] = ()
    bounds: tuple[str, ...] = ()

    def all_units(self) -> Iterator[Unit]:
        """Return the units, then the footnotes."""
        yield from self.units
        yield from self.footnotes

    def section_units(self, section: str) -> Iterator[Unit]:
        """Return the units of one section without those of the sections within it."""
        return (unit for unit in self.units if unit.section == section)
