"""Whole pages of LaTeXML, where the folder of shared fixtures is present."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from lxml import etree

from document_checks import assert_sound
from fixture_pages import FIXTURES, body, document, page, printed_title
from surveygen.documents import read_page
from surveygen.domain.document import Unit
from surveygen.domain.paper import PaperId

# Sections, citations in units, cited and listed references, those with an id, figures, tables.
COUNTS = {
    "1707.08043": (5, 17, 9, 10, 0, 0, 0),
    "1708.00137": (23, 41, 52, 59, 55, 3, 0),
    "1803.07574": (21, 65, 31, 31, 19, 14, 0),  # 64 in texts and captions, one in a heading
    "0903.1000": (9, 10, 7, 7, 0, 0, 0),
    "1307.8133": (11, 28, 41, 54, 41, 12, 2),
    "1311.0066": (16, 0, 0, 35, 2, 0, 0),
    "astro-ph9710163": (6, 40, 53, 63, 0, 5, 2),
    "own_bees": (8, 2, 2, 2, 2, 1, 1),
}
# What is no text of the body, written down apart from the reader.
OUTSIDE = (
    "nav footer .ltx_page_footer .ltx_authors .ltx_dates .ltx_date .ltx_classification .ltx_keywords .ltx_toclist "
    ".ltx_bibliography .ltx_title_document .ltx_ERROR .ltx_rdf .ltx_note_mark .ltx_note_type .ltx_pagination script "
    "style svg math .ltx_Math .ltx_DisplayMath .mjpage .ltx_tag_note .ltx_tag_equation .ltx_tag_equationgroup"
)

pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason="the shared fixtures are not on this machine")


def body_words(name: str, *outside: str) -> Counter[str]:
    """Count the words of the body without formulas."""
    dropped = {*OUTSIDE.split(), *outside}
    root = body(name)
    texts: list[str] = []

    def visit(element: etree._Element) -> None:
        classes = {f".{part}" for part in (element.get("class") or "").split()}
        if isinstance(element.tag, str) and not dropped & {element.tag, *classes}:
            texts.append(element.text or "")
            for child in element:
                visit(child)
            texts.append(" " if element.tag in {"p", "div", "td", "th", "li", "h1", "h2", "h3", "h6", "br"} else "")
        texts.append(element.tail or "" if element is not root else "")

    visit(root)
    return words("".join(texts))


def words(text: str) -> Counter[str]:
    """Count the runs of letters and digits of a text."""
    return Counter(re.findall(r"[^\W_]+", text.replace("\u200b", "")))


def unit_words(units: list[Unit]) -> Counter[str]:
    """Count the words of units and the labels before them, without formulas."""
    return words(" ".join(f"{unit.label} {re.sub(r'[$][^$]*[$]', '', unit.text)}" for unit in units))


@pytest.mark.parametrize("name", COUNTS)
def test_words_of_the_body_are_in_units(name: str) -> None:
    """At least .98 of the words outside tables and footnotes stand in units."""
    expected = body_words(name, ".ltx_note", ".ltx_tabular")
    found = unit_words(list(document(name).units))

    assert (expected & found).total() >= 0.98 * expected.total(), (expected - found).most_common(20)


@pytest.mark.parametrize("name", COUNTS)
def test_words_of_tables_and_footnotes_are_found(name: str) -> None:
    """At least .98 of all words stand in units, footnotes or cells."""
    read = document(name)
    cells = (cell for table in read.tables for row in table.rows for cell in row if not cell.is_repeat)
    found = unit_words(list(read.all_units())) + words(
        " ".join(re.sub(r"[$][^$]*[$]", "", cell.text) for cell in cells)
    )
    expected = body_words(name)

    assert (expected & found).total() >= 0.98 * expected.total(), (expected - found).most_common(20)


@pytest.mark.parametrize(("name", "counts"), COUNTS.items())
def test_parts_are_counted(name: str, counts: tuple[int, ...]) -> None:
    """Each page has the sections, citations, references, figures and tables that were counted in it."""
    read = document(name)
    marks = [mark for unit in read.units for mark in unit.marks]

    assert (
        sum(section.kind != "unsectioned" for section in read.sections),
        len(marks),
        len({reference for mark in marks for reference in mark.references}),
        len(read.references),
        sum(bool(reference.arxiv or reference.doi) for reference in read.references),
        len(read.figures),
        len(read.tables),
    ) == counts
    assert read.bounds == ()


def test_tables_of_real_pages_have_their_size() -> None:
    """Two pages have two tables each, with the head rows that LaTeXML marks."""
    sizes = [
        (len(table.rows), table.width, table.head_rows, table.unsure)
        for name in ("1307.8133", "astro-ph9710163")
        for table in document(name).tables
    ]

    assert sizes == [(10, 2, 0, False), (9, 5, 1, False), (15, 7, 2, False), (16, 8, 2, False)]


def test_the_invented_page_is_read_as_its_source_has_it() -> None:
    """The page of `own_bees.tex` gives every part of it."""
    read = document("own_bees")
    texts = [unit.text for unit in read.units]

    assert [(section.id, section.title) for section in read.sections] == [
        ("0", "Abstract"), ("1", "Introduction"), ("2", "Method"), ("2.1", "The lamp"), ("3", "Results"),
        ("4", "Limitations"), ("5", "Conclusion"), ("A", "Films"),
    ]  # fmt: skip
    assert [unit.text for unit in read.units if unit.kind == "item"] == [
        r"a lamp that blinks at $40\,$Hz, so that wings show as stripes;",
        "LampCount, a counter with $n=7$ parameters;",
        "Meadow, a set of 412 films.",
    ]
    assert next(text for text in texts if text.startswith("The lamp blinks")) == (
        r"The lamp blinks (Figure 1). A stripe has the width $w=\frac{v}{2f},$ where $v$ is the speed. "
        "By Equation 1 a slow wing gives a narrow stripe."
    )
    assert "A lamp helps at dusk. Nothing is said of night." in texts
    assert read.errors == (r"\unknownmacro",)
    assert [note.text for note in read.footnotes] == ["In metres per second."]
    assert read.converter == "LaTeXML 0.8.7"
    assert [[cell.text for cell in row] for row in read.tables[0].rows] == [
        ["Method", "Meadow", "Meadow", "Orchard"],
        ["Method", "dusk", "noon", "all"],
        ["By hand [1]", "9.0", "4.1", "7.7"],
        ["NetCount [2]", "6.5", "2.0", "5.1"],
        ["LampCount", "3.2", "2.6", "3.9"],
    ]
    assert (read.tables[0].head_rows, read.tables[0].label, read.tables[0].unsure) == (2, "Table 1", False)
    assert [(item.arxiv, item.doi) for item in read.references] == [
        ("", "10.5555/example.2019.1"),
        ("2101.00001", ""),
    ]
    assert [(image.source, image.width, image.height) for image in read.figures[0].images] == [("lamp.png", 118, 79)]


@pytest.mark.parametrize("name", [*COUNTS, "fragment_141-arxiv-equation-tables", "fragment_142-arxiv-multi-citations"])
def test_records_are_sound_and_read_alike_again(name: str) -> None:
    """Marks lie in their texts, links end in references, tables are full, ids are unique and equal when read again."""
    title = printed_title(name) if name in COUNTS else "arXiv " + re.sub(r".*arxiv-", "", name)
    read = read_page(page(name), paper=PaperId(name), version=1, title=title)

    assert_sound(read)
    assert read_page(page(name), paper=PaperId(name), version=1, title=title) == read


def test_citations_that_name_the_whole_address_are_linked() -> None:
    """A link to `https://arxiv.org/html/...#bib.bib35` is a link to the entry."""
    read = read_page(
        page("fragment_142-arxiv-multi-citations"), paper=PaperId("x"), version=1, title="arXiv multi-citations"
    )
    labels = {reference.id: reference.label for reference in read.references}
    marks = [tuple(labels[name] for name in mark.references) for unit in read.units for mark in unit.marks]

    assert marks == [("[35]", "[2]", "[5]"), ("[12]",), ("[7]", "[9]")]
