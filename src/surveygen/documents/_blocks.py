"""Sections, paragraphs, lists, figures and tables of a page in its order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from lxml.etree import _Element, iterwalk

from surveygen.documents._limits import (
    MAX_ADDRESS,
    MAX_ALL_CELLS,
    MAX_BLOCK_DEPTH,
    MAX_FLOATS,
    MAX_IMAGES,
    MAX_LABEL,
    MAX_NOTES,
    MAX_SECTIONS,
    MAX_UNITS,
)
from surveygen.documents._tables import read_grid
from surveygen.documents._text import (
    DROPPED,
    DROPPED_TAGS,
    FORMULAS,
    MarkedTextWriter,
    PageState,
    classes_of,
    inner_text,
    names,
)
from surveygen.domain.document import DocumentSection, Figure, FigureKind, Image, SectionKind, Table, Unit, UnitKind
from surveygen.domain.text import clean, text_sha256

UNSECTIONED = "00"
_SECTIONS = names(
    """ltx_abstract ltx_acknowledgements ltx_appendix ltx_chapter ltx_paragraph ltx_part ltx_section ltx_subparagraph
    ltx_subsection ltx_subsubsection"""
)
# Texts about the paper, and its list of references, which is read by itself.
_NOT_BODY = DROPPED | names(
    """ltx_author_notes ltx_authors ltx_bibitem ltx_bibliography ltx_biblist ltx_classification ltx_creator ltx_date
    ltx_dates ltx_index ltx_keywords ltx_title_bibliography ltx_title_document"""
)
_LISTS = names("""ltx_description ltx_enumerate ltx_itemize""")
_ITEM_TAGS = frozenset({"li", "dt", "dd"})
_THEOREMS = frozenset({"ltx_proof", "ltx_theorem"})
_LISTINGS = frozenset({"ltx_listing", "ltx_verbatim"})
_EQUATIONS = frozenset({"ltx_eqn_table", "ltx_equation", "ltx_equationgroup"})
_FLOATS = frozenset({"ltx_figure", "ltx_float", "ltx_table"})
_ALGORITHMS = frozenset({"ltx_algorithm", "ltx_float_algorithm", "ltx_float_algorithm2e", "ltx_lstlisting"})
_CAPTION_TAGS = frozenset({"caption", "figcaption"})
_PARTS_OF_TABLES = names("""tbody td tfoot th thead tr""")
_BOX_TAGS = _PARTS_OF_TABLES | names(
    """article aside blockquote body center dd details div dt fieldset header li main section"""
)
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_IMAGE_TAGS = ("img", "svg")
_HASH_DIGITS = 8  # of the SHA-256 of a unit's text, in its id


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block stands: the section and kind of its texts, and the list around it.

    `is_paragraph` is set within a paragraph of LaTeX, whose lines and displayed formulas are one text.
    """

    section: DocumentSection
    kind: UnitKind = "paragraph"
    list_id: str = ""
    is_paragraph: bool = False


@dataclass(slots=True)
class _Float:
    """What is found in a figure or table while it is read; `texts` and `tables` are places in the reader's lists."""

    caption: str = ""
    label: str = ""
    texts: list[int] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    panels: list[Figure] = field(default_factory=list)


class BlockReader:
    """Reads the blocks of a page into records; `read` is called once."""

    def __init__(self, state: PageState) -> None:
        self._state = state
        self._counts: Counter[str] = Counter()  # sections, places in a section, lists, cells
        self._floats: list[_Float] = []  # the figures and tables around a block
        self._label = ""  # printed before the text that comes next
        self.sections: list[DocumentSection] = []
        self.units: list[Unit] = []
        self.footnotes: list[Unit] = []
        self.tables: list[Table] = []
        self.figures: list[Figure] = []

    def read(self, root: _Element) -> None:
        """Read the element that holds the paper."""
        unsectioned = DocumentSection(UNSECTIONED, "unsectioned", "")
        self._blocks(root, _Place(unsectioned), 0)
        used = {part.section for parts in (self.units, self.footnotes) for part in parts}
        used |= {table.section for table in self.tables} | {figure.section for figure in self.figures}
        if UNSECTIONED in used:
            self.sections.append(unsectioned)

    def _blocks(self, container: _Element, place: _Place, depth: int, title: _Element | None = None) -> None:
        """Read what is in an element, but for its title; texts that no block parts are one unit."""
        if depth > MAX_BLOCK_DEPTH:
            self._state.bounds.add("depth")
            return
        name = container.get("id") or ""
        writer = MarkedTextWriter(self._state)
        writer.write(container.text)
        for child in container:
            if "units" in self._state.bounds:
                return
            role = "skip" if child is title else _role(child, place)
            if role == "inline":
                name = name or child.get("id") or ""
                writer.element(child)
            elif role != "skip":
                self._emit(place.kind, writer, place, name)
                writer = MarkedTextWriter(self._state)
                self._block(role, child, place, depth + 1)
            writer.write(child.tail)
        self._emit(place.kind, writer, place, name)

    def _block(self, role: str, element: _Element, place: _Place, depth: int) -> None:
        classes = classes_of(element)
        if role == "section":
            self._section(element, classes, place, depth)
        elif role == "float":
            self._float(element, classes, place, depth)
        elif role == "list":
            self._list(element, place, depth)
        elif role == "theorem":
            self._theorem(element, place, depth)
        elif role == "caption":
            self._caption(element, place)
        elif role == "table":
            self._table(element, place)
        elif role in {"listing", "text"}:
            writer = MarkedTextWriter(self._state, with_tables=role == "listing")
            writer.children(element)
            self._emit("listing" if role == "listing" else place.kind, writer, place, element.get("id") or "")
        else:
            self._blocks(element, replace(place, is_paragraph=place.is_paragraph or "ltx_para" in classes), depth)

    def _section(self, element: _Element, classes: set[str], place: _Place, depth: int) -> None:
        if len(self.sections) >= MAX_SECTIONS:
            self._state.bounds.add("sections")
            return
        title = next((child for child in element if "ltx_title" in classes_of(child)), None)
        writer = MarkedTextWriter(self._state)
        if title is not None:
            writer.children(title)
        parent = "" if place.section.id == UNSECTIONED else place.section.id
        kind = _section_kind(classes, place.section.kind)
        number = self._number(kind, parent)
        section = DocumentSection(
            id=number,
            kind=kind,
            title=writer.result()[0],
            label=_printed_label(title, self._state) if title is not None else "",
            level=number.count(".") + 1,
            parent=parent,
            element=element.get("id") or "",
        )
        self.sections.append(section)
        self._emit("heading", writer, _Place(section), section.element, section.label)
        self._blocks(element, _Place(section), depth, title)

    def _number(self, kind: SectionKind, parent: str) -> str:
        """Count a section and return its number."""
        if kind == "abstract" and not parent and "0" not in self._counts:
            self._counts["0"] = 0
            return "0"
        scope = parent or {"abstract": "0", "appendix": "appendix"}.get(kind, "section")
        self._counts[scope] += 1
        count = self._counts[scope]
        if parent or kind == "abstract":
            return f"{parent or '0'}.{count}"
        return _letters(count) if kind == "appendix" else str(count)

    def _float(self, element: _Element, classes: set[str], place: _Place, depth: int) -> None:
        """Read a figure or a table with its caption; a table that is an image is a figure."""
        found = _Float()
        failures = self._state.failures
        self._floats.append(found)
        self._blocks(element, replace(place, kind="paragraph", list_id="", is_paragraph=False), depth)
        self._floats.pop()
        is_table = "ltx_table" in classes
        if not found.caption and not is_table:
            self._take_text_as_caption(found)
        has_failed = self._state.failures > failures
        for at in found.tables:
            table = self.tables[at]
            self.tables[at] = replace(
                table, caption=found.caption, label=found.label, unsure=table.unsure or has_failed
            )
        if is_table and (found.tables or found.panels):
            self._keep_figures(found.panels)
        elif len(self.figures) + len(found.panels) < MAX_FLOATS:
            kind: FigureKind = "algorithm" if classes & _ALGORITHMS else "figure"
            images = tuple(islice(_images(element), MAX_IMAGES))
            section, name = place.section.id, element.get("id") or ""
            figure = Figure("", section, kind, found.caption, found.label, images, tuple(found.panels), name)
            self._keep_figures([figure])
        else:
            self._state.bounds.add("figures")

    def _keep_figures(self, figures: list[Figure]) -> None:
        """Add figures to the one around them, or to the page, with ids by their order."""
        if self._floats:
            self._floats[-1].panels += figures
            return
        for figure in figures:
            self.figures.append(_named(figure, f"f{len(self.figures) + 1}"))

    def _take_text_as_caption(self, found: _Float) -> None:
        """Let the first paragraph of a figure without caption be its caption."""
        at = next((at for at in found.texts if self.units[at].kind == "paragraph"), None)
        if at is not None:
            self.units[at] = replace(self.units[at], kind="caption")
            found.caption = self.units[at].id

    def _caption(self, element: _Element, place: _Place) -> None:
        writer = MarkedTextWriter(self._state)
        writer.children(element)
        label = _printed_label(element, self._state)
        name = self._emit("caption", writer, place, element.get("id") or "", label)
        if self._floats and name and not self._floats[-1].caption:
            self._floats[-1].caption, self._floats[-1].label = name, label

    def _list(self, element: _Element, place: _Place, depth: int) -> None:
        self._counts["lists"] += 1
        item = _Place(place.section, "item", f"l{self._counts['lists']}")
        for child in element:
            if not isinstance(child.tag, str) or classes_of(child) & _NOT_BODY:
                continue
            tag = next((part for part in child if "ltx_tag" in classes_of(part)), None)
            label = child if child.tag == "dt" else tag
            if label is not None:
                self._label = _label_text(label, self._state)
            if child.tag != "dt":
                self._blocks(child, item, depth + 1, tag)
                self._label = ""
        self._label = ""

    def _theorem(self, element: _Element, place: _Place, depth: int) -> None:
        title = next((child for child in element if "ltx_title" in classes_of(child)), None)
        self._label = _label_text(title, self._state) if title is not None else ""
        self._blocks(element, replace(place, kind="theorem", is_paragraph=False), depth, title)
        self._label = ""

    def _table(self, element: _Element, place: _Place) -> None:
        if self._counts["cells"] >= MAX_ALL_CELLS:
            self._state.bounds.add("cells")
            return
        grid = read_grid(element, self._state, MAX_ALL_CELLS - self._counts["cells"])
        if not grid.rows or not grid.rows[0]:
            return
        if len(self.tables) >= MAX_FLOATS:
            self._state.bounds.add("tables")
            return
        self._counts["cells"] += len(grid.rows) * len(grid.rows[0])
        if self._floats:
            self._floats[-1].tables.append(len(self.tables))
        name = f"t{len(self.tables) + 1}"
        around = (element, *element.iterancestors("figure"))
        link = next((own for it in around if (own := it.get("id"))), "")
        table = Table(name, place.section.id, grid.rows, grid.head_rows, unsure=grid.unsure, element=link)
        self.tables.append(table)
        self._notes(list(grid.notes), place)

    def _emit(self, kind: UnitKind, writer: MarkedTextWriter, place: _Place, element: str, label: str = "") -> str:
        """Add a unit with the text of a writer and what was taken out of it; return its id, "" without text."""
        text, marks = writer.result()
        name = ""
        if text and len(self.units) >= MAX_UNITS:
            self._state.bounds.add("units")
        elif text:
            if kind in {"item", "theorem", "paragraph"}:
                label, self._label = label or self._label, ""
            if kind == "paragraph" and self._floats:
                self._floats[-1].texts.append(len(self.units))
            name = self._unit_id(text, place.section, "")
            self.units.append(Unit(name, kind, place.section.id, text, marks, label, element, place.list_id))
        self._notes(writer.notes, place)
        for table in writer.tabulars:
            self._table(table, place)
        return name

    def _notes(self, notes: list[_Element], place: _Place) -> None:
        """Add footnotes, and those within them."""
        pending = list(reversed(notes))
        while pending:
            note = pending.pop()
            if "ltx_role_footnotemark" in classes_of(note):
                continue
            inside = (part for part in note.iter("span", "div") if "ltx_note_content" in classes_of(part))
            writer = MarkedTextWriter(self._state, with_tables=True)
            writer.children(next(inside, note))
            pending += reversed(writer.notes)
            text, marks = writer.result()
            if text and len(self.footnotes) >= MAX_NOTES:
                self._state.bounds.add("footnotes")
            elif text:
                mark = next((part for part in note.iter("sup") if "ltx_note_mark" in classes_of(part)), None)
                label = _label_text(mark, self._state) if mark is not None else ""
                section, name = place.section, note.get("id") or ""
                self.footnotes.append(
                    Unit(self._unit_id(text, section, "n"), "footnote", section.id, text, marks, label, name)
                )

    def _unit_id(self, text: str, section: DocumentSection, series: str) -> str:
        scope = f"{series}-{section.id}"
        self._counts[scope] += 1
        return f"{section.id}-{series}{self._counts[scope]}-{text_sha256(text)[:_HASH_DIGITS]}"


def _role(element: _Element, place: _Place) -> str:
    """Return how an element is read."""
    tag = element.tag
    if not isinstance(tag, str):
        return "skip"
    classes = classes_of(element)
    if tag in DROPPED_TAGS or classes & _NOT_BODY or tag == "footer":
        return "skip"
    by_class = next((role for names, role in _ROLES if classes & names), "")
    if by_class:
        return "inline" if by_class == "equation" and place.is_paragraph else by_class
    return _role_by_tag(element, place)


_ROLES: tuple[tuple[frozenset[str], str], ...] = (
    (FORMULAS | {"ltx_ERROR", "ltx_cite", "ltx_note"}, "inline"),
    (_SECTIONS, "section"),
    (frozenset({"ltx_caption"}), "caption"),
    (_FLOATS, "float"),
    (_LISTINGS, "listing"),
    (_LISTS, "list"),
    (_THEOREMS, "theorem"),
    (_EQUATIONS, "equation"),
)


def _role_by_tag(element: _Element, place: _Place) -> str:
    tag = str(element.tag)
    if tag == "figure":
        role = "float"
    elif tag in _CAPTION_TAGS:
        role = "caption"
    elif tag in {"dl", "ol", "ul"}:
        role = "list"
    elif tag == "pre":
        role = "listing"
    elif tag == "table" or "ltx_tabular" in classes_of(element):
        role = "box" if _arranges_blocks(element) else "table"
    elif tag in _HEADINGS:
        behind = element.getnext()
        role = "skip" if behind is not None and "ltx_toclist" in classes_of(behind) else "text"
    elif tag in _BOX_TAGS:
        is_formula = place.is_paragraph and len(element) == 1 and classes_of(element[0]) & _EQUATIONS
        role = "inline" if is_formula else "box"
    else:
        role = "box" if tag == "p" and not place.is_paragraph else "inline"
    return role


def _arranges_blocks(table: _Element) -> bool:
    """Whether a table only puts figures or images side by side."""
    return next(table.iter("figure", *_IMAGE_TAGS), None) is not None and not re.search(r"[0-9]", inner_text(table))


def _section_kind(classes: set[str], parent: SectionKind) -> SectionKind:
    if "ltx_abstract" in classes or parent == "abstract":
        return "abstract"
    return "appendix" if "ltx_appendix" in classes or parent == "appendix" else "section"


def _letters(count: int) -> str:
    """Return A for 1, Z for 26, AA for 27."""
    letters = ""
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _printed_label(element: _Element, state: PageState) -> str:
    """Return the number that is printed in front of a title or caption, without punctuation at its end."""
    tags = (part for part in element.iter("span") if "ltx_tag" in classes_of(part))
    tag = next(tags, None)
    return _label_text(tag, state) if tag is not None else ""


def _label_text(element: _Element, state: PageState) -> str:
    writer = MarkedTextWriter(state, with_tags=True)
    writer.children(element)
    text = writer.result()[0][:MAX_LABEL].strip(" .:")
    return text if any(map(str.isalnum, text)) else ""


def _images(element: _Element) -> Iterator[Image]:
    """Return the images of a figure that are in no figure within it."""
    walk = iterwalk(element, events=("start",))
    for _, part in walk:
        if not isinstance(part.tag, str):
            continue
        if part is not element and (part.tag == "figure" or classes_of(part) & _FLOATS):
            walk.skip_subtree()
        elif part.tag in _IMAGE_TAGS:
            walk.skip_subtree()
            address = part.get("src") or ""
            source = "" if address.startswith("data:") or len(address) > MAX_ADDRESS else clean(address)
            yield Image(source, _pixels(part.get("width")), _pixels(part.get("height")))


def _pixels(size: str | None) -> int:
    found = re.match(r"\s*([0-9]{1,5})(?![0-9])", size or "")
    return int(found[1]) if found else 0


def _named(figure: Figure, name: str) -> Figure:
    panels = tuple(_named(panel, f"{name}.{place}") for place, panel in enumerate(figure.panels, start=1))
    return replace(figure, id=name, panels=panels)
