"""The page as judged by others: axe for readers with other means, html5lib for the form."""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest

from open_page import CHROMIUM, NO_CHROMIUM, Open

_PAGES = ("sample", "large", "rtl", "divided/index", "editions/ar/index")


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
@pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="no axe; run: make dev")
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", _PAGES)
def test_axe_finds_nothing(visit: Open, name: str, *, dark: bool) -> None:
    """No violation on the page and on an open card, light and dark, what is out of sight included."""
    page = visit(name, dark=dark).page
    script = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page.evaluate(
        "for (const node of document.querySelectorAll('main > section')) node.style.contentVisibility = 'visible'"
    )
    page.evaluate(script)
    found = page.evaluate("axe.run({ exclude: ['dialog'] })")["violations"]
    page.locator(".papers a.title").first.click()
    found += page.evaluate("axe.run('dialog')")["violations"]

    told = [(one["id"], one["help"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found]
    assert found == [], json.dumps(told, indent=1)


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
