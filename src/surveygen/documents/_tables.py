"""Tables as full grids of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml.etree import _Element

from surveygen.documents._limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from surveygen.documents._text import MarkedTextWriter, PageState, classes_of
from surveygen.domain.document import TableCell

_SPAN_CLASS = re.compile(r"ltx_(row|col)span_([0-9]{1,9})(?!\S)")
_EMPTY = TableCell("")


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one table in rows of one length.

    Attributes:
        head_rows: the number of rows at the top of which every cell heads a column.
        unsure: whether cells may stand in a wrong place.
        notes: elements of the footnotes in its cells.
    """

    rows: tuple[tuple[TableCell, ...], ...]
    head_rows: int
    unsure: bool
    notes: tuple[_Element, ...]


def read_grid(table: _Element, state: PageState, room: int) -> Grid:
    """Read the cells of a table and put copies of a cell at every place that it spans.

    Args:
        table: an element `table`, or one of class `ltx_tabular`.
        state: what is shared by the page.
        room: the number of places that the page may still fill.
    """
    builder = _GridBuilder(state, min(room, MAX_CELLS))
    rows = list(_rows(table))
    for place, row in enumerate(rows[:MAX_ROWS]):
        builder.add_row(place, row, min(len(rows), MAX_ROWS))
    if len(rows) > MAX_ROWS:
        builder.cut()
    return builder.grid()


class _GridBuilder:
    def __init__(self, state: PageState, room: int) -> None:
        self._state = state
        self._room = room
        self._places: dict[tuple[int, int], TableCell] = {}
        self._column_heads: set[tuple[int, int]] = set()
        self._height = 0
        self._width = 0
        self._unsure = False
        self._notes: list[_Element] = []

    def cut(self) -> None:
        self._unsure = True
        self._state.bounds.add("cells")

    def add_row(self, row: int, element: _Element, height: int) -> None:
        """Place the cells of a row, of a table with `height` rows."""
        self._height = row + 1
        column = 0
        for cell in element:
            classes = classes_of(cell)
            if not (cell.tag in {"td", "th"} or classes & {"ltx_td", "ltx_th"}):
                continue
            while (row, column) in self._places:
                column += 1
            down, across = _spans(cell)
            if row + down > height or column + across > MAX_COLUMNS:
                self._unsure = True
            if column >= MAX_COLUMNS or len(self._places) >= self._room:
                self.cut()
                return
            self._fill(row, column, min(down, height - row), min(across, MAX_COLUMNS - column), cell)
            column += across

    def _fill(self, row: int, column: int, down: int, across: int, element: _Element) -> None:
        """Write one cell and its copies, as far as there is room."""
        cell = self._cell(element)
        copy = replace(cell, is_repeat=True)
        heads_column = "ltx_th_column" in classes_of(element) or _is_in_head(element)
        for place in range(row, row + down):
            for at in range(column, column + across):
                if len(self._places) >= self._room:
                    self.cut()
                    return
                if (place, at) in self._places:
                    self._unsure = True  # two cells span one place
                    continue
                self._places[place, at] = cell if (place, at) == (row, column) else copy
                if heads_column:
                    self._column_heads.add((place, at))
        self._width = max(self._width, column + across)

    def _cell(self, element: _Element) -> TableCell:
        writer = MarkedTextWriter(self._state, with_tables=True)
        writer.children(element)
        self._notes += writer.notes
        self._unsure |= writer.has_errors or _has_columns(element)
        text, marks = writer.result()
        is_header = element.tag == "th" or "ltx_th" in classes_of(element) or _is_in_head(element)
        return TableCell(text, is_header, marks)

    def grid(self) -> Grid:
        if self._height * self._width > self._room:  # few cells that stand far apart
            self.cut()
            self._height = self._room // max(self._width, 1)
        rows = tuple(
            tuple(self._places.get((row, column), _EMPTY) for column in range(self._width))
            for row in range(self._height)
        )
        return Grid(rows, self._head_rows(), self._unsure, tuple(self._notes))

    def _head_rows(self) -> int:
        """Count the rows at the top in which every cell heads a column; a cell without text may be any."""
        count = 0
        for row in range(self._height):
            cells = [(row, column) for column in range(self._width) if (row, column) in self._places]
            heads = [place for place in cells if place in self._column_heads]
            if not heads or any(self._places[place].text for place in cells if place not in self._column_heads):
                break
            count += 1
        return count


def _rows(table: _Element) -> Iterator[_Element]:
    """Return the rows of a table, without those of tables in its cells."""
    pending = [table]
    while pending:
        element = pending.pop()
        is_row = element.tag == "tr" or "ltx_tr" in classes_of(element)
        if is_row and element is not table:
            yield element
        elif element is table or not _is_cell(element):
            pending.extend(child for child in reversed(element) if isinstance(child.tag, str))


def _is_cell(element: _Element) -> bool:
    return element.tag in {"td", "th"} or bool(classes_of(element) & {"ltx_td", "ltx_th", "ltx_tabular"})


def _is_in_head(element: _Element) -> bool:
    group = element.getparent()
    group = group.getparent() if group is not None else None
    return group is not None and (group.tag == "thead" or "ltx_thead" in classes_of(group))


def _spans(cell: _Element) -> tuple[int, int]:
    """Return how many rows and columns a cell takes, from its attributes or classes; at least one of each."""
    by_class = dict(_SPAN_CLASS.findall(cell.get("class") or ""))
    numbers = (cell.get("rowspan") or by_class.get("row", ""), cell.get("colspan") or by_class.get("col", ""))
    down, across = (int(number) if re.fullmatch(r"[0-9]{1,9}", number.strip()) else 1 for number in numbers)
    return max(down, 1), max(across, 1)


def _has_columns(cell: _Element) -> bool:
    """Whether a table within a cell has columns of its own; one column only breaks lines."""
    tables = (part for part in cell.iter("table", "span") if part.tag == "table" or "ltx_tabular" in classes_of(part))
    return any(sum(map(_is_cell, row)) > 1 for table in tables for row in _rows(table))
