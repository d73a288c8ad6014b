"""Results that tables of full texts print, by data set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from surveygen.domain.document import Table, TableCell
from surveygen.domain.paper import PaperId
from surveygen.domain.text import fold_name, slugify


@dataclass(frozen=True, slots=True)
class ResultTable:
    """A table of one text whose cells may be results.

    Attributes:
        caption: the text of its caption. data_names: what the text shows to be names of data sets.
        papers: of the survey, by the places (row, column) of cells that cite one paper alone.
    """

    table: Table
    caption: str = ""
    data_names: tuple[str, ...] = ()
    papers: tuple[tuple[int, int, PaperId], ...] = ()


@dataclass(frozen=True, slots=True)
class ResultCell:
    """One value that a table prints.

    Attributes:
        paper, version, table, row, column: its place; `table` is the id of the table, rows and columns count from 0.
        value: the text of the cell. method, data_set, measure: as the table or its caption prints them; `measure` may
            be empty.
        method_paper: the paper of the survey that the method is of, None if unknown.
        label: "Table 1" as printed; may be empty. element: the page's element of the table.
    """

    paper: PaperId
    version: int
    table: str
    row: int
    column: int
    value: str
    method: str
    data_set: str
    measure: str = ""
    method_paper: PaperId | None = None
    label: str = ""
    element: str = ""

    @property
    def subject(self) -> tuple[str, str]:
        """What other cells of the data set must share to be compared with it: measure and method."""
        return fold_name(self.measure), fold_name(self.method)


@dataclass(frozen=True, slots=True)
class DataSetResults:
    """The results on one data set, by measure and name of the method: in no order of merit.

    Attributes:
        name: the data set, as most tables print it. file: the name of its file without ending, unique in the survey.
    """

    name: str
    file: str
    cells: tuple[ResultCell, ...]

    def conflicts(self) -> frozenset[int]:
        """Return the indices of cells of one method and measure whose values differ."""
        places: dict[tuple[str, str], list[int]] = defaultdict(list)
        for at, cell in enumerate(self.cells):
            places[cell.subject].append(at)
        groups = (group for group in places.values() if len({self.cells[at].value for at in group}) > 1)
        return frozenset(at for group in groups for at in group)


def head_text(cell: TableCell) -> str:
    """Return the text of a cell without its citations.

    >>> from surveygen.domain.document import CitationMark
    >>> head_text(TableCell("LampNet [3]", marks=(CitationMark(8, 11, ("r3",)),)))
    'LampNet'
    """
    text = cell.text
    for mark in reversed(cell.marks):
        text = f"{text[: mark.start]} {text[mark.end :]}"
    return " ".join(text.split()).strip(" ,;:")


def file_name(name: str, taken: Collection[str]) -> str:
    """Return a name for the file of a data set that is not taken."""
    stem = slugify(name)[:60].strip("-") or "data-set"
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def heads_of(table: Table, row: int, column: int) -> tuple[Mapping[int, TableCell], Mapping[int, TableCell]]:
    """Return the cells that may name what a value is of: those of its row by column, and the heads above by row."""
    left = {at: cell for at, cell in enumerate(table.rows[row]) if at != column}
    above = {at: table.rows[at][column] for at in range(min(table.head_rows, row))}
    return left, above
