"""Pages of invented papers are read as they were planted."""

from __future__ import annotations

import pytest

from document_checks import assert_sound
from latexml_pages import PlantedPaper, make_corpus
from surveygen.documents import PaperIndex, match_references, read_page
from surveygen.domain.document import Document

CORPUS = make_corpus()
PAPERS = [planted.paper for planted in CORPUS]
INDEX = PaperIndex.of(PAPERS)


def read(planted: PlantedPaper) -> Document:
    """Read the page of a planted paper."""
    return read_page(planted.page, paper=planted.paper.id, version=1, title=planted.paper.title)


def test_a_corpus_is_made_of_its_seed() -> None:
    """The same seed gives the same pages, and papers cite only earlier ones."""
    assert make_corpus() == CORPUS
    assert len({paper.id for paper in PAPERS}) == len({paper.title for paper in PAPERS}) == 60
    assert sum(len(planted.references) for planted in CORPUS) >= 150
    assert {"Limitations", "Conclusion"} == {planted.limitations_section for planted in CORPUS}


@pytest.mark.parametrize("planted", CORPUS[::3], ids=lambda planted: planted.method)
def test_planted_texts_stand_in_their_sections(planted: PlantedPaper) -> None:
    """Contributions, limits, definitions, contexts and captions are found where they were written."""
    document = read(planted)
    titles = {section.id: section.title for section in document.sections}

    def found(text: str, kind: str, section: str) -> bool:
        return any(
            text in unit.text and unit.kind == kind and titles[unit.section] == section for unit in document.units
        )

    assert_sound(document)
    assert [unit.text for unit in document.units if unit.kind == "item"] == list(planted.contributions)
    assert all(found(text, "paragraph", planted.limitations_section) for text in planted.limitations)
    assert all(found(text, "theorem", "The model") for _, text in planted.definitions)
    assert found(planted.figure_caption, "caption", "The model")
    assert document.figures[0].images[0].source == "overview.png"


@pytest.mark.parametrize("planted", CORPUS[1::3], ids=lambda planted: planted.method)
def test_planted_contexts_cite_the_right_papers(planted: PlantedPaper) -> None:
    """The marks within a planted sentence lead to the papers that it was made to cite, in their order."""
    document = read(planted)
    matches = match_references(document, INDEX)
    for context in planted.contexts:
        unit = next(unit for unit in document.units if context.sentence in unit.text)
        start = unit.text.index(context.sentence)
        marks = [mark for mark in unit.marks if start <= mark.start < start + len(context.sentence)]

        assert tuple(matches[name] for mark in marks for name in mark.references) == context.cited


@pytest.mark.parametrize("planted", CORPUS[2::3], ids=lambda planted: planted.method)
def test_planted_results_stand_in_their_cells(planted: PlantedPaper) -> None:
    """Row, column and head of a planted result name its method, data set and measure."""
    document = read(planted)
    (table,) = document.tables
    matches = match_references(document, INDEX)
    columns = {cell.text: place for place, cell in enumerate(table.rows[1])}
    rows = {
        next((matches[name] for mark in row[0].marks for name in mark.references), planted.paper.id): row
        for row in table.rows[table.head_rows :]
    }
    for result in planted.results:
        assert rows[result.paper][columns[result.data_set]].text == result.value
        assert table.rows[0][columns[result.data_set]].text == result.measure
    assert not table.unsure
