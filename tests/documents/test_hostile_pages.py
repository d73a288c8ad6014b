"""Damaged and hostile pages: an error of the tree or a sound document, in bounded time and memory."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from document_checks import assert_sound
from latexml_pages import Cite, Page, Tex
from surveygen.documents import read_page
from surveygen.domain.document import Document
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.errors import SourceError

TITLE = "Counting bees with a lamp"
PAPER = Paper(PaperId("2301.00001"), TITLE, "We count bees.", (Author("Ada Stone"),), published="2023-01-01")
CITED = Paper(PaperId("2101.00001"), "Counting by hand", authors=(Author("Dan Reed"),), published="2021-01-01")


def page(*, before: str = "", inside: str = "", after: str = "", title: str = "") -> bytes:
    """Make a page with three sections and put markup before, into and behind the second one.

    With a title of its own the page has no stamp of arXiv.
    """
    made = Page([CITED])
    first = made.section("Introduction", [made.paragraph(["Bees matter ", Cite((CITED.id,)), "."])])
    second = made.section("Method", [made.paragraph(["A lamp of ", Tex("n=7"), " colors blinks."]), "INSIDE"])
    third = made.section("Limitations", [made.paragraph(["Rain stops the lamp."])])
    whole = made.render(PAPER.with_changes(title=title or TITLE), [first, "BEFORE", second, third, "AFTER"]).decode()
    whole = re.sub("<base[^>]*>", "", whole) if title else whole
    return whole.replace("BEFORE", before).replace("INSIDE", inside).replace("AFTER", after).encode()


def read(data: bytes) -> Document:
    """Read a page of the paper."""
    return read_page(data, paper=PAPER.id, version=1, title=TITLE)


def spans(rowspan: str, colspan: str = "1", rows: int = 3) -> str:
    """Make a table whose first cell has these spans."""
    row = "<tr class='ltx_tr'><td class='ltx_td'>1</td><td class='ltx_td'>2</td></tr>"
    cell = f"<td class='ltx_td' rowspan='{rowspan}' colspan='{colspan}'>wide</td>"
    return f"<table class='ltx_tabular'><tr class='ltx_tr'>{cell}<td class='ltx_td'>x</td></tr>{row * rows}</table>"


def para(text: str) -> str:
    """Wrap markup in a paragraph."""
    return f"<div class='ltx_para'><p class='ltx_p'>{text}</p></div>"


WHOLE = page()
HOSTILE: dict[str, Callable[[], bytes]] = {
    "scripts": lambda: page(inside="<script>document.write('<section>evil')</script><p onclick='x()'>fine</p>"),
    "script in the text": lambda: page(inside=para("a<script>alert(1)</script>b<style>p{}</style>")),
    "elements within elements": lambda: page(inside="<div>" * 10**6),
    "spans within spans": lambda: page(inside=para("<span>" * 10**6)),
    "sections within sections": lambda: page(after="<section class='ltx_section'><h2 class='ltx_title'>x</h2>" * 2000),
    "lists within lists": lambda: page(inside="<ul class='ltx_itemize'><li class='ltx_item'>x" * 2000),
    "tables within tables": lambda: page(
        inside="<table class='ltx_tabular'><tr class='ltx_tr'><td class='ltx_td'>x" * 400
    ),
    "figures within figures": lambda: page(inside="<figure class='ltx_figure'><p>x</p>" * 1000),
    "notes within notes": lambda: page(inside=para("<span class='ltx_note'><span class='ltx_note_content'>x" * 500)),
    "citations within citations": lambda: page(inside=para("<cite class='ltx_cite'><a href='#bib.bib1'>1</a>" * 500)),
    "closing tags only": lambda: page(inside="</p></div>" * 10**5),
    "closing tags of nothing": lambda: page(inside="<div>" * 2000 + "</x></span>" * 10**5),
    "rowspan 10^9": lambda: page(inside=spans("1000000000")),
    "colspan 10^9": lambda: page(inside=spans("1", "1000000000")),
    "both spans 10^9": lambda: page(inside=spans("1000000000", "1000000000")),
    "spans in classes": lambda: page(inside=spans("1").replace("'ltx_td'", "'ltx_td ltx_rowspan_999999999'", 1)),
    "spans that are no numbers": lambda: page(inside=spans("-1", "1e9")),
    "a huge table": lambda: page(inside=spans("1", rows=30_000)),
    "a wide table": lambda: page(
        inside=f"<table class='ltx_tabular'><tr class='ltx_tr'>{'<td class=ltx_td>1</td>' * 50_000}</tr>"
        "<tr class='ltx_tr'><td class='ltx_td'>2</td></tr></table>"
    ),
    "many tables": lambda: page(inside=spans("2000", "200", rows=1) * 2000),
    "50 megabytes": lambda: page(inside=para("bee " * 12_500_000)),
    "9 megabytes of one word": lambda: page(inside=para("b" * 9_000_000)),
    "9 megabytes of empty elements": lambda: page(inside="<br>" * 2_200_000),
    "20,000 paragraphs": lambda: page(inside=para("x") * 20_000),
    "100,000 attributes": lambda: page(inside="<p " + " ".join(f"a{n}='>'" for n in range(100_000)) + ">"),
    "open quotes": lambda: page(inside="<p a='" * 50_000),
    "a bibliography of 50,000 entries": lambda: page(
        after="<ul class='ltx_biblist'>" + "<li class='ltx_bibitem' id='bib.bib1'>A. B. Title. 2020.</li>" * 50_000
    ),
    "a citation of 50,000 entries": lambda: page(
        inside=para(f"<cite class='ltx_cite'>{'<a href=#bib.bib7>7</a>' * 50_000}</cite>")
    ),
    "a label of a megabyte": lambda: page(inside=f"<section class='ltx_section'><h2 class='ltx_title'>{'x' * 10**6}"),
    "a formula of a megabyte": lambda: page(inside=para(f"<math alttext='{'x+' * 500_000}'></math>")),
    "doubled maths": lambda: page(
        inside=para(
            "a <math alttext='x^2'><mi>x</mi></math><span class='mjx-chtml'><span class='mjx-math' aria-label='x^2'>x2"
            "</span></span><script type='math/tex'>x^2</script> b"
        )
    ),
    "maths that ends its text": lambda: page(inside=para("<math alttext='x\\ '></math> and <math alttext='$5$'>")),
    "wrong charset": lambda: WHOLE.replace(b'"utf-8"', b'"utf-16"'),
    "Latin letters in another charset": lambda: WHOLE.replace(b"Bees", "Bién".encode("latin-1")),
    "an encoding nobody knows": lambda: WHOLE.replace(b'"utf-8"', b'"punycode"').replace(b"Bees", b"B\xff\xfe"),
    "UTF-16": lambda: WHOLE.decode().encode("utf-16"),
    "null bytes": lambda: WHOLE.replace(b" ", b" \0"),
    "control and bidi characters": lambda: page(inside=para("a\u202eb\u0001c\ufeff\u200bd &#xD800; &#0; &#x202E;")),
    "accents in elements of their own": lambda: page(inside=para("<span>e</span><span>\u0301</span> bees")),
    "entities that expand": lambda: (
        b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + page(inside=para("&b;&b;&b;"))
    ),
    "an external entity": lambda: (
        b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + page(inside=para("&x;"))
    ),
    "cut in the middle": lambda: WHOLE[: len(WHOLE) // 2],
    "cut within a tag": lambda: WHOLE[: WHOLE.index(b"Limitations") - 10],
    "no bibliography": lambda: re.sub(rb'<section id="bib".*?</section>', b"", WHOLE),
    "ids that occur twice": lambda: page(inside=para("x").replace("<p", "<p id='S1.p1'"), after="<p id='S1.p1'>y</p>"),
    "a section without title": lambda: page(before=f"<section class='ltx_section'>{para('Nameless.')}</section>"),
    "a heading in a paragraph": lambda: page(inside=para("<h2 class='ltx_title'>Not a section</h2> text")),
    "a bibliography in a section": lambda: page(
        inside="<section class='ltx_bibliography'><ul><li class='ltx_bibitem' id='bib.bib9'>A. Own. 2020.</li></ul>"
        "</section>"
    ),
    "unknown commands in a table": lambda: page(
        inside=f"<figure class='ltx_table'><span class='ltx_ERROR'>\\tabularx</span>lrr{spans('1')}</figure>"
    ),
    "an advertisement before the paper": lambda: WHOLE.replace(
        b"<article", b"<div class='package-alerts ltx_document'>HTML conversions sometimes fail</div><article"
    ),
}
REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "spaces": b"  \n ",
    "bytes of an image": bytes(range(256)) * 40,
    "an error page": b"<html><body><h1>404 Not Found</h1></body></html>",
    "another paper": page(title="Counting beetles with a lamp"),
    "a part of another number": page(title=f"{TITLE}, Part II"),
    "a longer title": page(title=f"{TITLE}: a reply"),
    "another version": WHOLE.replace(b"2301.00001v1", b"2301.00001v2"),
    "another id": WHOLE.replace(b"2301.00001v1", b"2301.00002v1"),
    "a page without a paper": WHOLE.replace(b"ltx_document", b"document"),
    "a page without a title": re.sub(rb"<h1.*?</h1>|<title>.*?</title>", b"", WHOLE),
    "a page that was cut before its text": WHOLE[: WHOLE.index(b"<h1")],
    "a text": b"Counting bees with a lamp. We count bees.",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_refused_or_read_soundly(name: str) -> None:
    """No page crashes the reader, and no text of the page is in a section where it does not stand."""
    data = HOSTILE[name]()
    try:
        document = read(data)
    except SourceError:
        return

    assert_sound(document)
    homes = {"Bees matter": "Introduction", "colors blinks": "Method", "Rain stops": "Limitations"}
    titles = {section.id: section.title for section in document.sections}
    for unit in document.units:
        for words, title in homes.items():
            if words in unit.text and len(unit.text) < 100:
                assert titles[unit.section] == title
    assert "alert" not in "".join(unit.text for unit in document.units)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_page_of_the_paper_is_refused(name: str) -> None:
    """A page of another paper or version, and what is no page, end with an error of the source."""
    with pytest.raises(SourceError) as raised:
        read(REFUSED[name])

    assert raised.value.hint


@pytest.mark.parametrize(
    "title",
    [
        "COUNTING BEES WITH A LAMP",
        "Counting  {Bees} with a \\emph{Lamp}",
        "Counting bees with a lamp.",
        "Counting b\u00e9es with a lamp".replace("\u00e9", "e"),
    ],
)
def test_a_title_may_differ_in_case_and_markup(title: str) -> None:
    """The page is of the paper whatever the case and markup of the title."""
    assert read_page(WHOLE, paper=PAPER.id, version=1, title=title).title == TITLE


def test_limits_are_named_where_they_cut() -> None:
    """A document tells which limits cut it, and that a page has no end."""
    assert "end" in read(HOSTILE["cut in the middle"]()).bounds
    assert "units" in read(HOSTILE["20,000 paragraphs"]()).bounds
    assert "depth" in read(HOSTILE["lists within lists"]()).bounds
    assert "cells" in read(HOSTILE["a wide table"]()).bounds
    assert read(WHOLE).bounds == ()


@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)), st.binary(max_size=30))
def test_damaged_bytes_never_crash_the_reader(start: int, end: int, filler: bytes) -> None:
    """Whatever is cut out of a page or written into it, it is refused or read soundly."""
    data = WHOLE[: min(start, end)] + filler + WHOLE[max(start, end) :]
    try:
        document = read(data)
    except SourceError:
        return

    assert_sound(document)
    assert read(data) == document
