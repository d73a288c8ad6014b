"""The page in Chromium at size: 500 papers in one file, 20,000 behind a main page.

Nothing here is timed: how long it takes is for benchmarks/page.py to say.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from html_pages import page_data, tree
from large_survey import large_survey
from open_page import CHROMIUM, NO_CHROMIUM, Open, keep_whole
from surveygen.domain.survey import ComparisonTable, Survey
from surveygen.languages import load
from surveygen.render import TemplateRoots, template_root
from surveygen.render.formats.html import HtmlRenderer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
    pytest.mark.xdist_group("scale"),  # one process makes the page of 20,000 papers, for all of these tests
]
both = pytest.mark.parametrize("papers", [500, 20_000])


@pytest.fixture(scope="module")
def sized(pages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The main pages by their number of papers, written once."""
    path = tmp_path_factory.mktemp("huge") / "index.html"
    path.write_text(main_page(large_survey(20_000)), encoding="utf-8")
    return {500: pages["large"], 20_000: path}


def main_page(survey: Survey) -> str:
    """Render the main page of a divided survey without the pages of its themes, which take four times as long."""
    renderer = HtmlRenderer(load("en"), TemplateRoots(template_root()))
    name, page = next(renderer.pages(survey))
    assert name == "index.html"
    return page


def titles(page: Page) -> list[str]:
    """Return the titles in the catalogue."""
    return page.locator(".papers tbody a.title").all_text_contents()


def tally(page: Page) -> tuple[int, int]:
    """Return how many papers the catalogue says that it found, and of how many."""
    numbers = re.findall(r"\d[\d,]*", page.locator("[data-tally]").text_content() or "")
    found, of = (int(number.replace(",", "")) for number in (numbers[0], numbers[-1]))
    return found, of


@pytest.mark.parametrize(("papers", "most"), [(500, 1_100_000), (20_000, 8_000_000)])
def test_a_page_keeps_to_its_size(sized: dict[int, Path], papers: int, most: int) -> None:
    """All papers are in it, and it is smaller than what a reader will wait for."""
    page = sized[papers].read_text(encoding="utf-8")

    assert len(page_data(tree(page))["papers"]) == papers
    assert len(page.encode()) < most


@both
def test_nothing_is_asked_and_nothing_complains(visit: Open, sized: dict[int, Path], papers: int) -> None:
    """Ready, and a card open: one request, for the file itself; no message on the console."""
    seen = visit(sized[papers])
    seen.page.locator(".papers a.title").first.click()

    assert seen.page.locator("dialog[open]").count() == 1
    assert len(seen.requests) == 1
    assert seen.complaints == []


@both
def test_the_catalogue_begins_with_its_first_papers(visit: Open, sized: dict[int, Path], papers: int) -> None:
    """A hundred of them in the order that is told, whatever was shown without scripts."""
    data = page_data(tree(sized[papers].read_text(encoding="utf-8")))
    page = visit(sized[papers]).page

    links = page.locator(".papers tbody a.title").evaluate_all("links => links.map((link) => link.hash)")
    assert links == [f"#p-{data['papers'][at]['id']}" for at in data["order"][:100]]
    assert tally(page)[0] == papers


def test_scripts_fill_the_tables_from_the_cards(visit: Open, sized: dict[int, Path]) -> None:
    """Without them a table shows two rows and how many are left; with them each row of the survey, to the letter."""
    file = sized[500].read_text(encoding="utf-8")
    page = visit(sized[500]).page
    survey = large_survey(500)
    tables = [block for section in survey.sections for block in section.blocks if isinstance(block, ComparisonTable)]
    cells = "body => [...body.rows].map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent))"
    shown = page.locator(".compare tbody").evaluate_all(f"bodies => bodies.map({cells})")

    assert [len(table.xpath("./tbody/tr")) for table in tree(file).xpath("//table[@data-rows]")] == [2] * len(tables)
    assert shown == [[[cell.plain if cell else "" for cell in row.cells] for row in table.rows] for table in tables]
    assert page.locator("section > .left").count() == 0
    assert page.locator(".compare td").last.get_attribute("data-column")


def test_scripts_lead_back_from_the_references(visit: Open, sized: dict[int, Path]) -> None:
    """To each place that cites a paper, in the order of the page; none is written out in so large a file."""
    page = visit(sized[500]).page
    cited = page.locator("main .cite[id]").evaluate_all("links => links.map((link) => [link.hash, `#${link.id}`])")
    links = "[...item.querySelectorAll('.backs a')].map((link) => [`#${item.id}`, link.hash])"
    back = page.locator(".references > li").evaluate_all(f"items => items.flatMap((item) => {links})")

    assert not tree(sized[500].read_text(encoding="utf-8")).xpath("//*[@class='backs']")
    assert sorted(back) == sorted(cited) != []
    assert page.locator(".backs a").first.get_attribute("aria-label")


@both
def test_search_and_order(visit: Open, sized: dict[int, Path], papers: int) -> None:
    """Each row shown has the word searched for; the years fall, and the heading says so."""
    page = visit(sized[papers]).page
    page.locator("[name=q]").fill("garcia")
    rows = page.locator(".papers tbody tr")

    assert 0 < tally(page)[0] < tally(page)[1] == papers
    assert rows.count() == min(tally(page)[0], 100)
    assert all("Garcia" in row or "et al." in row for row in rows.all_inner_texts())  # three authors are named
    page.locator("th[data-sort=year] button").click()
    years = page.locator(".papers td.year").all_inner_texts()
    assert page.locator("th[data-sort=year]").get_attribute("aria-sort") == "descending"
    assert years == sorted(years, reverse=True)


@both
def test_the_tree_filters_and_the_address_keeps_it(visit: Open, sized: dict[int, Path], papers: int) -> None:
    """The number beside a theme leads to as many papers; the address brings them back on another day."""
    page = visit(sized[papers]).page
    size = page.locator(".node-size").nth(1)
    said = int(size.locator("[aria-hidden]").inner_text())
    size.click()
    assert tally(page) == (said, papers)
    page.locator("[name=q]").fill("judge")
    page.locator("th[data-sort=title] button").click()
    kept = (tally(page), titles(page), page.url)

    again = visit(sized[papers], page.url[page.url.index("#") :]).page
    assert (tally(again), titles(again), again.url) == kept
    assert again.locator("[name=q]").input_value() == "judge"


@both
def test_the_keyboard_finds_and_opens_a_paper(visit: Open, sized: dict[int, Path], papers: int) -> None:
    """A slash, words, the way to the first title, Enter, Esc: no pointer, and the focus comes back."""
    page = visit(sized[papers]).page
    page.keyboard.press("/")
    page.keyboard.type("audit probe")
    first = titles(page)[0]
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.papers a.title')"):
            break
    page.keyboard.press("Enter")

    assert page.locator("#card-title").inner_text() == first
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.textContent") == first


@both
def test_print_and_a_phone(visit: Open, sized: dict[int, Path], papers: int) -> None:
    """No scroll sideways with all that is out of sight laid out; on paper text alone."""
    page = visit(sized[papers], width=390).page
    page.evaluate(
        "for (const node of document.querySelectorAll('main > section')) node.style.contentVisibility = 'visible'"
    )

    keep_whole(page, f"{papers}-papers-390")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.emulate_media(media="print")
    assert [page.locator(name).is_visible() for name in (".bar", ".contents", ".filters")] == [False] * 3
    keep_whole(page, f"{papers}-papers-390-print")
    assert page.locator(".papers").is_visible()
