"""Values of tables in full texts are found by method and data set, as printed, and conflicts are marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from latexml_pages import make_corpus
from planted_survey import read
from surveygen.documents import PaperIndex, match_references
from surveygen.domain.document import Document, DocumentSection, Table, TableCell, Unit
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.results import ResultCell
from surveygen.summarize import collect_results, find_result_tables, result_errors

PAPERS = {
    PaperId(f"2101.0000{n}"): Paper(PaperId(f"2101.0000{n}"), title, published=f"202{n}")
    for n, title in enumerate(("LampNet: counting bees", "DuskNet: counting bees", "A third paper on bees"))
}
FIRST, SECOND, THIRD = PAPERS


def text_of(
    paper: PaperId, *rows: tuple[str, ...], caption: str = "Error on Meadow.", unsure: bool = False
) -> Document:
    """Make a text with one table, whose first row is the head; its prose calls Meadow a data set."""
    grid = tuple(tuple(TableCell(text, is_header=at == 0) for text in row) for at, row in enumerate(rows))
    units = (
        Unit("1-1-00000000", "caption", "1", caption),
        Unit("1-2-00000000", "paragraph", "1", "We use the Meadow data set."),
    )
    table = Table("t1", "1", grid, 1, units[0].id, "Table 1", unsure=unsure, element="S1.T1")
    section = DocumentSection("1", "section", "Results")
    return Document(paper, 1, "", "", sections=(section,), units=units, tables=(table,))


def cells_of(*documents: Document) -> list[ResultCell]:
    """Return the cells of all data sets."""
    tables = {it.paper: tuple(find_result_tables(it, lambda _: None)) for it in documents}
    return [cell for results in collect_results(PAPERS, tables) for cell in results.cells]


def test_planted_results_are_found_and_right() -> None:
    """Of the values of 60 papers all are found, each with its paper, method, data set and measure."""
    corpus = make_corpus(60)
    index = PaperIndex.of(planted.paper for planted in corpus)
    documents = [read(planted) for planted in corpus]
    tables = {it.paper: tuple(find_result_tables(it, match_references(it, index).get)) for it in documents}

    results = collect_results({planted.paper.id: planted.paper for planted in corpus}, tables)

    found = [
        (cell.paper, cell.method_paper, cell.method, cell.data_set, cell.measure, cell.value)
        for it in results
        for cell in it.cells
    ]
    truth = {
        (planted.paper.id, it.paper, it.method, it.data_set, it.measure, it.value)
        for planted in corpus
        for it in planted.results
    }
    assert len(found) == len(truth)
    assert set(found) == truth


def test_values_that_differ_stand_side_by_side() -> None:
    """Two values for one method and measure are neighbors and marked, whoever printed them; nothing is ranked."""
    first = text_of(FIRST, ("Method", "Error"), ("LampNet", "9.1"), ("Zebra", "1.0"))
    second = text_of(SECOND, ("Method", "Error"), ("Ours", "5.0"), ("LampNet", "8.7"))
    tables = {it.paper: tuple(find_result_tables(it, lambda _: None)) for it in (first, second)}

    (results,) = collect_results(PAPERS, tables)

    shown = [(cell.method, cell.value, cell.method_paper) for cell in results.cells]
    assert shown == [
        ("LampNet", "9.1", FIRST),
        ("LampNet", "8.7", FIRST),
        ("Ours", "5.0", SECOND),
        ("Zebra", "1.0", None),
    ]
    assert results.conflicts() == {0, 1}


@pytest.mark.parametrize(
    "second",
    [
        text_of(SECOND, ("Method", "Error"), ("DuskNet", "5.0"), unsure=True),
        text_of(SECOND, ("Method", "Error"), ("DuskNet", "5.0"), caption="Error on Orchard."),
        text_of(SECOND, ("Method", "Error"), ("DuskNet", "–")),
        text_of(SECOND, ("Method", "Model", "Error"), ("Zebra", "DuskNet", "5.0")),
        text_of(SECOND, ("Setting", "Error"), ("Large", "5.0")),
        text_of(SECOND, ("Method", "Error"), ("DuskNet", "5.0"), caption="Error by hour of the day."),
    ],
)
def test_uncertain_cells_are_no_results(second: Document) -> None:
    """An unsure table, a data set of one paper, no value, two methods, no method or no data set: nothing is shown."""
    assert cells_of(text_of(FIRST, ("Method", "Error"), ("LampNet", "9.1")), second) == []


def test_methods_may_be_columns_and_data_sets_rows() -> None:
    """Heads are told apart by what they name, not by their side."""
    first = text_of(FIRST, ("Data set", "LampNet", "DuskNet"), ("Meadow", "9.1 ± 0.2", "8%"))
    second = text_of(SECOND, ("Method", "Error"), ("DuskNet", "8"))

    assert [(it.method, it.value, it.measure) for it in cells_of(first, second)] == [
        ("DuskNet", "8%", "Error"), ("DuskNet", "8", "Error"), ("LampNet", "9.1 ± 0.2", "Error"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "forged",
    [
        {"value": "9.0"},
        {"row": 2},
        {"row": 9},
        {"row": -1},
        {"column": 0},
        {"method": "DuskNet"},
        {"data_set": "Orchard"},
        {"measure": "Recall"},
        {"method_paper": SECOND},
        {"label": "Table 2"},
    ],
)
def test_a_forged_cell_is_found(forged: dict[str, object]) -> None:
    """Whatever of a result is changed, its table says otherwise."""
    document = text_of(FIRST, ("Method", "Error"), ("LampNet", "9.1"), ("Ours", "7.0"))
    cell = next(it for it in cells_of(document, text_of(SECOND, ("Method", "Error"), ("LampNet", "9.1"))))

    def errors(cell: ResultCell) -> list[str]:
        title = PAPERS[cell.method_paper].title if cell.method_paper else ""
        caption = document.units[0].text
        return list(result_errors(cell, document.tables[0], caption, method_title=title, cites_method=False))

    assert errors(cell) == []
    assert errors(replace(cell, **forged))  # type: ignore[arg-type]  # names of its fields
