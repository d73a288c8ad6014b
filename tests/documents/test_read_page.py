"""What a reader takes from the markup of LaTeXML, on small pages."""

from __future__ import annotations

import pytest

from latexml_pages import Cite, FormulaStyle, Page, Tex, Text
from surveygen.documents import read_page
from surveygen.domain.document import Document
from surveygen.domain.paper import Author, Paper, PaperId

PAPER = Paper(PaperId("2301.00001"), "A small page", "Short.", (Author("Ada Stone"),), published="2023-01-01")
CITED = Paper(PaperId("2101.00001"), "Counting by hand", authors=(Author("Dan Reed"),), published="2021-01-01")


def read(*blocks: str, page: Page | None = None) -> Document:
    """Read a page whose only section has these blocks."""
    page = page or Page([CITED])
    data = page.render(PAPER, [page.section("Body", blocks)])
    return read_page(data, paper=PAPER.id, version=1, title=PAPER.title)


def texts(document: Document, kind: str = "") -> list[str]:
    """Return the texts of the only section, without its heading."""
    return [
        unit.text
        for unit in document.units
        if unit.section == "1" and unit.kind != "heading" and (not kind or unit.kind == kind)
    ]


def para(markup: str) -> str:
    """Wrap markup in a paragraph of LaTeX."""
    return f'<div class="ltx_para" id="S1.p1"><p class="ltx_p">{markup}</p></div>'


@pytest.mark.parametrize("formulas", ["alttext", "annotation", "mathjax"])
def test_a_formula_is_tex_between_dollars(formulas: FormulaStyle) -> None:
    """A formula is read from an attribute, an annotation or the label of MathJax."""
    page = Page(formulas=formulas)

    assert texts(read(page.paragraph(["a wave of ", Tex("40\\,"), "Hz"]), page=page)) == [r"a wave of $40\,$Hz"]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<math alttext='{}^{12}'></math>C", "$^{12}$C"),
        ("<math alttext='a%\n+b'></math>", "$a+b$"),
        ("<math alttext='\\displaystyle x'></math>", "$x$"),
        ("<math alttext='\\text{if $x$}'></math>", r"$\text{if x}$"),
        ("<math><mi>a</mi><mo>+</mo><mi>b</mi></math>", "$a+b$"),
        ("<math><semantics><mi>a</mi><annotation-xml><ci>a</ci></annotation-xml></semantics></math>", "$a$"),
        ("10<sup>6</sup> bees, the 5<sup>th</sup> in H<sub>2</sub>O", "10⁶ bees, the 5th in H2O"),
        ("a\u2061b \u200bc\u00a0d\n\n e", "ab c d e"),
        ("<b>bo</b>ld <em>and</em><br>new", "bold and new"),
        ("Loss <span class='ltx_ERROR undefined'>\\foo</span>is small.", "Loss is small."),
        ("<a href='#S2.F1' class='ltx_ref'><span class='ltx_ref_tag'>1</span></a> shows", "1 shows"),
        ("See <a href='https://example.org'>our page</a>.", "See our page."),
    ],
)
def test_text_of_inline_markup(markup: str, text: str) -> None:
    """Words, formulas and signs are read as they are printed."""
    assert texts(read(para(markup))) == [text]


def test_a_displayed_formula_does_not_part_its_sentence() -> None:
    """The lines of a paragraph and the formula between them are one text."""
    page = Page()
    markup = page.paragraph(["The width is"], after=page.equation("w=v") + '<p class="ltx_p">where v is the speed.</p>')

    assert texts(read(markup, page=page)) == ["The width is $w=v$ where v is the speed."]


def test_a_list_parts_its_paragraph() -> None:
    """Items are units of one list, and the text behind them is a paragraph again."""
    page = Page()
    items = page.items([["first;"], ["second."]])
    document = read(page.paragraph(["We list:"], after=items + '<p class="ltx_p">That is all.</p>'), page=page)

    assert [(unit.kind, unit.text, unit.list_id) for unit in document.units if unit.section == "1"][1:] == [
        ("paragraph", "We list:", ""),
        ("item", "first;", "l1"),
        ("item", "second.", "l1"),
        ("paragraph", "That is all.", ""),
    ]


def test_a_description_list_has_labels() -> None:
    """The term of a description stands before its text as a label."""
    markup = (
        '<dl class="ltx_description"><dt class="ltx_item"><span class="ltx_tag ltx_tag_item">Lamp</span></dt>'
        '<dd class="ltx_item"><div class="ltx_para"><p class="ltx_p">It blinks.</p></div></dd></dl>'
    )

    assert [(unit.label, unit.text) for unit in read(markup).units if unit.kind == "item"] == [("Lamp", "It blinks.")]


def test_a_mark_covers_exactly_its_citation() -> None:
    """The offsets of a mark cut the citation out of the text, with the entries in the order of the mark."""
    other = CITED.with_changes(id=PaperId("2102.00002"), title="Counting by ear")
    page = Page([CITED, other], citations="years")
    unit = read(page.paragraph(["It works ", Cite((other.id, CITED.id)), "."]), page=page).units[-1]

    assert unit.text == "It works (Reed, 2021; Reed, 2021)."
    assert [(unit.text[mark.start : mark.end], mark.references) for mark in unit.marks] == [
        ("(Reed, 2021; Reed, 2021)", ("r2", "r1"))
    ]


def test_an_accent_in_an_element_of_its_own_keeps_offsets_exact() -> None:
    """Characters that are composed before a mark move it."""
    markup = "Poincare<span>\u0301</span> <cite class='ltx_cite'>[<a href='#bib.bib1'>1</a>]</cite> knew."
    unit = read(para(markup)).units[-1]

    assert unit.text == "Poincar\u00e9 [1] knew."
    assert unit.text[unit.marks[0].start : unit.marks[0].end] == "[1]"


def test_a_citation_without_entry_is_missing() -> None:
    """A key that the converter did not find, and a link to no entry, are named as missing."""
    page = Page([CITED])
    lost = "<cite class='ltx_cite'>[<a href='#bib.bib99'>99</a>]</cite>"
    document = read(page.paragraph(["As in ", Cite((CITED.id,), missing="smith20"), "."]), para(lost), page=page)

    assert [(mark.references, mark.missing) for unit in document.units for mark in unit.marks] == [
        (("r1",), ("smith20",)),
        ((), ("bib.bib99",)),
    ]


def test_a_footnote_is_taken_out_of_its_sentence() -> None:
    """A footnote is a unit of its own, and a second mark of it is nothing."""
    note = (
        "<span class='ltx_note ltx_role_{role}'><sup class='ltx_note_mark'>1</sup><span class='ltx_note_outer'>"
        "<span class='ltx_note_content'><sup class='ltx_note_mark'>1</sup><span class='ltx_tag ltx_tag_note'>1</span>"
        "In metres.</span></span></span>"
    )
    document = read(para(f"The speed{note.format(role='footnote')} is{note.format(role='footnotemark')} high."))

    assert texts(document) == ["The speed is high."]
    assert [(note.text, note.label, note.section) for note in document.footnotes] == [("In metres.", "1", "1")]


def test_sections_are_numbered_by_their_place() -> None:
    """Sections without a printed number count, appendices have letters, and depth gives the parent."""

    def section(kind: str, title: str, inside: str = "") -> str:
        return f"<section class='ltx_{kind}'><h2 class='ltx_title'>{title}</h2>{inside}</section>"

    page = Page()
    body = [
        para("Before all."),
        section("section", "Unnumbered", para("a") + section("subsection", "Inner", section("paragraph", "Deep"))),
        section("section", "Second"),
        section("appendix", "Proofs", section("subsection", "First proof")),
        "<div class='ltx_acknowledgements'><h6 class='ltx_title'>Thanks</h6>We thank all.</div>",
    ]
    document = read_page(page.render(PAPER, body), paper=PAPER.id, version=1, title=PAPER.title)

    assert [(part.id, part.title, part.level, part.parent, part.kind) for part in document.sections] == [
        ("0", "Abstract", 1, "", "abstract"),
        ("1", "Unnumbered", 1, "", "section"),
        ("1.1", "Inner", 2, "1", "section"),
        ("1.1.1", "Deep", 3, "1.1", "section"),
        ("2", "Second", 1, "", "section"),
        ("A", "Proofs", 1, "", "appendix"),
        ("A.1", "First proof", 2, "A", "appendix"),
        ("3", "Thanks", 1, "", "section"),
        ("00", "", 1, "", "unsectioned"),
    ]
    assert [unit.text for unit in document.section_units("00")] == ["Before all."]


def test_a_definition_has_its_title_as_label() -> None:
    """The title of a theorem or definition labels its text."""
    page = Page()
    unit = read(page.theorem("definition", "Definition 1 (Bee)", ["A bee is an insect."]), page=page).units[-1]

    assert (unit.kind, unit.label, unit.text) == ("theorem", "Definition 1 (Bee)", "A bee is an insect.")


def test_a_figure_has_its_images_and_panels() -> None:
    """Figures within a figure are its panels; its own images are those in no panel."""
    image = "<img src='{0}.png' width='10' height='5'>"
    panel = f"<figure class='ltx_figure'>{image}<figcaption>({{0}}) part</figcaption></figure>"
    markup = (
        f"<figure class='ltx_figure' id='F1'>{panel.format('a')}{panel.format('b')}<img src='data:image/png;base64,A'>"
        "<figcaption class='ltx_caption'><span class='ltx_tag'>Figure 1: </span>Both.</figcaption></figure>"
    )
    document = read(markup)
    (figure,) = document.figures
    captions = {unit.id: unit.text for unit in document.units if unit.kind == "caption"}

    assert (figure.id, figure.label, captions[figure.caption], figure.section) == ("f1", "Figure 1", "Both.", "1")
    assert [image.source for image in figure.images] == [""]
    assert [(panel.id, panel.images[0].source, captions[panel.caption]) for panel in figure.panels] == [
        ("f1.1", "a.png", "(a) part"),
        ("f1.2", "b.png", "(b) part"),
    ]


def test_a_paragraph_is_the_caption_of_a_figure_without_caption() -> None:
    """Old pages print captions as paragraphs."""
    document = read("<figure class='ltx_figure'><p class='ltx_p'>Spectra of stars.</p></figure>")

    assert texts(document, "caption") == ["Spectra of stars."]
    assert document.figures[0].caption == document.units[-1].id


def test_a_results_table_is_a_full_grid() -> None:
    """Cells that span rows and columns stand at each of their places, and citations in cells are linked."""
    page = Page([CITED])
    rows: list[tuple[Text, str, str]] = [(["By hand ", Cite((CITED.id,))], "9.0", "4.1"), (["Lamp"], "3.2", "2.6")]
    (table,) = read(page.results_table("Error", ("Meadow", "Orchard"), rows, ["Errors."]), page=page).tables

    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Method", "Error", "Error"],
        ["Method", "Meadow", "Orchard"],
        ["By hand [1]", "9.0", "4.1"],
        ["Lamp", "3.2", "2.6"],
    ]
    assert (table.head_rows, table.width, table.unsure, table.label) == (2, 3, False, "Table 1")
    assert [cell.is_repeat for cell in table.rows[1]] == [True, False, False]
    assert [cell.is_header for cell in table.rows[2]] == [True, False, False]
    assert table.rows[2][0].marks[0].references == ("r1",)


@pytest.mark.parametrize(
    "rows",
    [
        "<tr class='ltx_tr'><td class='ltx_td' rowspan='3'>a</td><td class='ltx_td'>b</td></tr>",
        "<tr class='ltx_tr'><td class='ltx_td'><span class='ltx_ERROR'>\\x</span>1</td><td class='ltx_td'>b</td></tr>",
        "<tr class='ltx_tr'><td class='ltx_td'><table class='ltx_tabular'><tr><td>1</td><td>2</td></tr></table></td>",
        (
            "<tr class='ltx_tr'><td class='ltx_td'>a</td><td class='ltx_td' rowspan='2'>b</td></tr>"
            "<tr class='ltx_tr'><td class='ltx_td' colspan='2'>c</td></tr>"
        ),
    ],
    ids=["a span beyond the end", "a failed command", "a table in a cell", "two cells at one place"],
)
def test_a_table_that_may_be_wrong_is_unsure(rows: str) -> None:
    """Nobody takes a number from a table that the converter or the reader may have put together wrongly."""
    (table,) = read(f"<table class='ltx_tabular'>{rows}</table>").tables

    assert table.unsure


def test_lines_in_a_cell_do_not_make_a_table_unsure() -> None:
    """A table of one column within a cell only breaks lines."""
    inner = (
        "<table class='ltx_tabular'><tr class='ltx_tr'><td>top</td></tr><tr class='ltx_tr'><td>down</td></tr></table>"
    )
    row = f"<tr class='ltx_tr'><td class='ltx_td'>{inner}</td><td class='ltx_td'>1</td></tr>"
    (table,) = read(f"<table class='ltx_tabular'>{row}</table>").tables

    assert ([cell.text for cell in table.rows[0]], table.unsure) == (["top down", "1"], False)


def test_a_table_of_spans_in_a_paragraph_is_a_table() -> None:
    """A tabular in the text is a table, and its cells are not in the paragraph."""
    row = "<span class='ltx_tr'><span class='ltx_td'>{0}</span><span class='ltx_td'>{1}</span></span>"
    tabular = f"<span class='ltx_tabular'>{row.format('a', 'b')}{row.format('c', 'd')}</span>"
    document = read(para(f"We compare {tabular} both."))

    assert texts(document) == ["We compare both."]
    assert [[cell.text for cell in row] for row in document.tables[0].rows] == [["a", "b"], ["c", "d"]]


def test_an_algorithm_is_a_figure_with_a_listing() -> None:
    """The lines of an algorithm are one unit, without their numbers."""
    line = "<div class='ltx_listingline'><span class='ltx_tag ltx_tag_listingline'>{0}:</span>step {0}</div>"
    lines = f"<div class='ltx_listing'>{line.format(1)}{line.format(2)}</div>"
    document = read(f"<figure class='ltx_float ltx_float_algorithm'>{lines}</figure>")

    assert texts(document, "listing") == ["step 1 step 2"]
    assert [figure.kind for figure in document.figures] == ["algorithm"]


def test_ids_of_units_are_their_place_and_text() -> None:
    """An id changes with the text, and the page's own ids do not enter it."""
    first, second = (read(para("A bee.").replace("S1.p1", name)).units[-1] for name in ("S1.p1", "S9.p9"))
    changed = read(para("A wasp.")).units[-1]

    assert first.id == second.id != changed.id
    assert (first.element, second.element) == ("S1.p1", "S9.p9")
    assert first.id.startswith("1-2-")
