"""Results as files: one CSV for each data set, safe for spreadsheets, the same in every language."""

from __future__ import annotations

import csv
from dataclasses import replace

from sample_survey import sample_survey
from surveygen.domain.paper import PaperId
from surveygen.domain.results import ResultCell, file_name
from surveygen.domain.survey import ResultRow, ResultsTable, Section
from surveygen.render.results import COLUMNS, results_files


def test_no_cell_is_a_formula() -> None:
    """Whatever a table prints, a spreadsheet shows it as text."""
    texts = ["=1+1", "+1", "@SUM(A1)", "-2+3", "\t=1", "＝1", "<b>bee</b>", 'a"b,c']
    rows = tuple(
        ResultRow(ResultCell(PaperId("2101.00001"), 1, "t1", at, 1, "5.0", text, "Meadow"), "https://arxiv.org/html/x")
        for at, text in enumerate(texts)
    )
    section = Section("results", "Results", 1, (ResultsTable("On Meadow", "Meadow", "meadow", rows),))
    survey = replace(sample_survey(), sections=(section,))

    ((path, text),) = results_files(survey)

    lines = list(csv.reader(text.splitlines()))
    assert path == "results/meadow.csv"
    assert lines[0] == list(COLUMNS)
    assert all(cell[:1] not in tuple("=+-@\t\r＝") for line in lines[1:] for cell in line)
    assert len(lines) == len(texts) + 1


def test_a_file_has_a_safe_name_of_its_own() -> None:
    """Names that give no file name, or the same one, are numbered."""
    names: list[str] = []
    for name in ("../../etc", "Etc", "日本", "///", "CON" * 60):
        names.append(file_name(name, names))

    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").isalnum() and len(name) < 70 for name in names)
