"""The deck in Chromium: it turns, prints, and asks for nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from open_page import CHROMIUM, NO_CHROMIUM, Open

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
]


@pytest.mark.parametrize("name", ["sample", "rtl", "hostile"])
def test_nothing_is_asked_and_nothing_complains(visit: Open, decks: dict[str, Path], name: str) -> None:
    """One request, for the file itself; no message on the console; no scroll sideways on a phone."""
    seen = visit(decks[name], width=390, height=720)
    seen.page.keyboard.press("PageDown")

    assert len(seen.requests) == 1
    assert seen.complaints == []
    assert seen.page.evaluate("document.documentElement.scrollWidth") == 390


def test_keys_and_buttons_turn(visit: Open, decks: dict[str, Path]) -> None:
    """On and back by key and by button, not beyond the ends; the address keeps the slide."""
    seen = visit(decks["sample"], height=720)
    steps = (("ArrowRight", 2), ("PageDown", 3), ("Space", 4), ("Shift+Space", 3))
    seen.page.keyboard.press("ArrowLeft")
    for step, slide in steps:
        seen.page.keyboard.press(step)
        # Asked from outside: the page's policy forbids what wait_for_function does when it asks again.
        expect(seen.page.locator(".at")).to_have_text(f"{slide} / 10")
    seen.page.locator("[data-do=on]").click()
    expect(seen.page.locator(".at")).to_have_text("4 / 10")
    seen.page.wait_for_url(re.compile(r"#theme-outer\Z"))

    again = visit(decks["sample"], "#theme-outer", height=720)

    expect(again.page.locator(".at")).to_have_text("4 / 10")


def test_from_right_to_left_the_left_arrow_goes_on(visit: Open, decks: dict[str, Path]) -> None:
    """As a reader of Arabic expects."""
    seen = visit(decks["rtl"], height=720)
    seen.page.keyboard.press("ArrowLeft")
    expect(seen.page.locator(".at")).to_have_text("2 / 10")

    assert seen.page.evaluate("getComputedStyle(document.body).direction") == "rtl"


def test_a_slide_is_a_page_on_paper(visit: Open, decks: dict[str, Path]) -> None:
    """The printed deck has as many pages as slides."""
    seen = visit(decks["sample"], height=720)

    pdf = seen.page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == seen.page.locator(".slide").count()


def test_light_and_dark_can_be_switched(visit: Open, decks: dict[str, Path]) -> None:
    """The system's wish counts until the reader's own."""
    seen = visit(decks["sample"], dark=True, height=720)
    ground = "getComputedStyle(document.body).backgroundColor"
    before = seen.page.evaluate(ground)
    seen.page.locator("[data-do=look]").click()

    assert seen.page.evaluate("document.documentElement.dataset.look") == "light"
    assert seen.page.evaluate(ground) != before


def test_without_scripts_all_slides_can_be_read(browser: Browser, decks: dict[str, Path]) -> None:
    """Every slide is on the page, and no button that does nothing."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(decks["sample"].as_uri())

    assert all(slide.is_visible() for slide in page.locator(".slide").all())
    assert not page.locator(".turn").is_visible()
    context.close()
