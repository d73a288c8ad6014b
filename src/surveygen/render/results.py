"""Write results by data set as CSV, a file for each data set."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from surveygen.domain.survey import ResultsTable, Survey
from surveygen.domain.text import clean
from surveygen.render.bibliographies import defused

COLUMNS = (
    "data_set", "measure", "method", "method_paper", "value", "differs", "paper", "version", "table", "row", "column",
    "label", "link",
)  # fmt: skip


def results_path(file: str) -> str:
    """Return the path of the file of a data set in the folder of an edition."""
    return f"results/{file}.csv"


def results_files(survey: Survey) -> Iterator[tuple[str, str]]:
    """Yield path and text of the file of each data set; no cell is a formula to a spreadsheet.

    The files are the same in every language.
    """
    for section in survey.sections:
        for block in section.blocks:
            if isinstance(block, ResultsTable):
                yield results_path(block.file), _csv(block)


def _csv(block: ResultsTable) -> str:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for row in block.rows:
        cell = row.cell
        values = (
            cell.data_set, cell.measure, cell.method, cell.method_paper or "", cell.value, "yes" if row.differs else "",
            cell.paper, cell.version, cell.table, cell.row, cell.column, cell.label, row.link,
        )  # fmt: skip
        rows.writerow([defused(clean(str(value))) for value in values])
    return text.getvalue()
