"""The page as judged by others: axe for readers with other means, html5lib for the form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Page

from open_page import CHROMIUM, NO_CHROMIUM, Open, keep_looks

_PAGES = ("sample", "middle", "rtl", "divided/index", "editions/ar/index")


@pytest.fixture
def axe() -> Callable[..., list[str]]:
    """Ask axe for the violations on a part of a page, what is out of sight included.

    By every rule in light; in dark, if asked for, by the rule of contrast, as only colors differ.
    """
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    if find_spec("axe_playwright_python") is None:
        pytest.skip("no axe; run: make dev")
    script = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

    def ask(page: Page, part: str, *, dark: bool) -> list[str]:
        page.evaluate(
            "for (const node of document.querySelectorAll('main > section')) node.style.contentVisibility = 'visible'"
        )
        page.evaluate(script)
        # Of the checks that hold nothing is told: to describe them takes most of the time.
        found = page.evaluate(f"axe.run({part}, {{ resultTypes: ['violations'] }})")["violations"]
        if dark:
            page.emulate_media(color_scheme="dark")
            found += page.evaluate(f"axe.run({part}, {{ runOnly: ['color-contrast'], resultTypes: ['violations'] }})")[
                "violations"
            ]
            page.emulate_media(color_scheme="light")
        return [json.dumps([one["id"], one["help"], [node["html"][:160] for node in one["nodes"]]]) for one in found]

    return ask


@pytest.mark.browser
@pytest.mark.parametrize("name", _PAGES)
def test_axe_finds_nothing(visit: Open, axe: Callable[..., list[str]], name: str) -> None:
    """No violation on the page, its list of authors open, and on an open card; in dark too on the sample."""
    dark = name == "sample"
    page = visit(name).page
    page.locator("[name=author]").press("ArrowDown")

    assert axe(page, "{ exclude: ['dialog'] }", dark=dark) == []
    page.locator(".papers a.title").first.click()
    assert axe(page, "'dialog'", dark=dark) == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["en", "ar"])
def test_axe_finds_nothing_on_the_page_of_a_paper(
    visit: Open, reviews: Mapping[str, Path], axe: Callable[..., list[str]], name: str
) -> None:
    """No violation, light and dark, in either direction of writing."""
    page = visit(reviews[name] / "papers" / "2203.00002.html").page

    assert axe(page, "document", dark=True) == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["sample", "rtl"])
def test_axe_finds_nothing_in_a_talk(
    visit: Open, decks: Mapping[str, Path], axe: Callable[..., list[str]], name: str
) -> None:
    """No violation on any slide, light and dark, in either direction of writing."""
    page = visit(decks[name]).page
    keep_looks(page, f"talk-{name}")

    assert axe(page, "document", dark=True) == []


@pytest.mark.skipif(find_spec("html5lib") is None, reason="no html5lib; run: make dev")
@pytest.mark.parametrize("name", ["sample", "hostile", "stranger", "divided/index", "editions/ar/index"])
def test_a_strict_parser_finds_no_fault(pages: dict[str, Path], name: str) -> None:
    """Every tag is closed where it must be and stands where it may; all pages of a divided survey."""
    import html5lib

    path = pages[name]
    for file in [path, *path.parent.glob("themes/*.html")]:
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(file.read_text(encoding="utf-8"))
        assert [(place, code) for place, code, _ in parser.errors] == [], file.name
