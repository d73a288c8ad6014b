"""A sentence that cites many papers: eight marks, and how many there are more."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from html_pages import tree
from large_survey import large_survey
from open_page import CHROMIUM, NO_CHROMIUM, Open, keep
from surveygen.domain.paper import PaperId
from surveygen.languages import load
from surveygen.render import TemplateRoots, read_words, template_root
from surveygen.render.formats import html, latex, markdown, slides

SURVEY = large_survey(120)
COUNTED = max(SURVEY.sentences(), key=lambda sentence: len(sentence.cites))
NUMBERS = sorted(SURVEY.by_paper()[paper].number for paper in COUNTED.cites)
MORE = len(NUMBERS) - 8


def rendered(kind: str) -> str:
    """Return the text of one file of an edition."""
    makers = {"index.html": html, "survey.tex": latex, "survey.md": markdown, "slides.html": slides}
    made: str = makers[kind].make(load("en"), TemplateRoots(template_root())).render(SURVEY)[kind]
    return made


def test_text_formats_tell_how_many_more() -> None:
    """Markdown and LaTeX write the first eight by number, then "+n"."""
    links = ", ".join(f"[{number}](#ref-{number})" for number in NUMBERS[:8])
    cited = re.findall(rf"propose methods~\\cite\[\+{MORE}\]\{{([^}}]*)\}}", rendered("survey.tex"))

    assert rf"propose methods \[{links}, +{MORE}\]." in rendered("survey.md")
    assert [keys.count(",") for keys in cited] == [7] * len(cited) != []


def test_a_row_with_more_is_read_back() -> None:
    """Who edits the sentence in Markdown keeps the citations that are written out."""
    text = r"So it is \[[1](#ref-1), [2](#ref-2), +7\]."

    assert read_words(text, {"1": PaperId("a"), "2": PaperId("b")}) == "So it is [@a] [@b]."


def test_the_page_has_all_links() -> None:
    """Those that are hidden at first are links too, and nothing leads back to them."""
    cites = max(
        tree(rendered("index.html")).xpath("//span[@class='cites'][label]"), key=lambda row: len(row.xpath(".//a"))
    )
    shown, hidden = cites.xpath("./a"), cites.xpath("./span[@class='rest-cites']/a")

    assert [int(link.text) for link in (*shown, *hidden)] == NUMBERS
    assert [bool(link.get("id")) for link in (*shown, *hidden)] == [True] * 8 + [False] * MORE
    assert all(link.get("data-q") for link in hidden)


def test_a_slide_tells_how_many_more() -> None:
    """A deck has no room to open them."""
    deck = rendered("slides.html")

    assert "more-cites" not in re.sub(r"<style>.*?</style>", "", deck, flags=re.DOTALL)


def visible(page: Page) -> int:
    """Return how many citations of the first long row are seen."""
    return page.locator(".cites:has(label)").first.locator("a.cite:visible").count()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
def test_a_reader_opens_the_others(visit: Open) -> None:
    """By a key, without scripts; on paper all are there."""
    page = visit("large").page
    row = page.locator(".cites:has(label)").first
    row.scroll_into_view_if_needed()
    keep(page, "many-citations")
    before = visible(page)
    row.locator("input").focus()
    page.keyboard.press("Space")
    keep(page, "many-citations-open")
    opened = visible(page)
    page.keyboard.press("Space")
    page.emulate_media(media="print")

    assert before == 8
    assert opened == visible(page) > 8
    assert page.locator(".more-cites:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
