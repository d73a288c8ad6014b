"""What the tests of the renderers share."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from playwright.sync_api import Error as PlaywrightError

from hostile_strings import HOSTILE_STRINGS
from large_survey import large_survey
from open_page import Open, Seen
from sample_survey import hostile_survey, reviewed_survey, sample_survey, survey_with_stranger
from surveygen.domain.survey import Survey
from surveygen.languages import Language, load
from surveygen.render import TemplateRoots, template_root
from surveygen.render.formats import html, slides
from surveygen.render.formats import reviews as review_format
from surveygen.render.formats.html import HtmlRenderer

_GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def english() -> Language:
    """The English language file."""
    return load("en")


@pytest.fixture
def shipped() -> TemplateRoots:
    """The shipped templates alone."""
    return TemplateRoots(template_root())


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with a golden file; SURVEYGEN_UPDATE_GOLDEN=1 writes the file instead."""

    def check(name: str, text: str) -> None:
        path = _GOLDEN / name
        if os.environ.get("SURVEYGEN_UPDATE_GOLDEN") == "1":
            path.write_text(text, encoding="utf-8")

        assert text == path.read_text(encoding="utf-8"), f"{name} differs: look, then SURVEYGEN_UPDATE_GOLDEN=1"

    return check


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages under test, written once."""
    folder = tmp_path_factory.mktemp("pages")
    surveys: dict[str, tuple[Survey, Language]] = {
        "sample": (sample_survey(), load("en")),
        "editions/en/index": (replace(sample_survey(), editions=("ar", "en")), load("en")),
        "editions/ar/index": (replace(sample_survey(), language="ar", editions=("ar", "en")), load("ar")),
        "stranger": (survey_with_stranger(), load("en")),
        "middle": (large_survey(120), load("en")),  # more papers than the catalogue has rows without scripts
        "large": (large_survey(500), load("en")),
        "rtl": (replace(large_survey(30), language="ar"), load("ar")),
        "hostile": (hostile_survey(*(text for _, text in HOSTILE_STRINGS)), load("en")),
    }
    for name, (survey, language) in surveys.items():
        text = html.make(language, TemplateRoots(template_root())).render(survey)["index.html"]
        (folder / f"{name}.html").parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    divided = HtmlRenderer(load("en"), TemplateRoots(template_root()), 20).render(large_survey(60))
    for name, text in divided.items():
        (folder / "divided" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "divided" / name).write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in (*surveys, "divided/index")}


@pytest.fixture(scope="session")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of editions with pages of papers, written once, beside their main page."""
    folder = tmp_path_factory.mktemp("reviews")
    surveys = {
        "en": (replace(reviewed_survey(), editions=("ar", "en")), load("en")),
        "ar": (replace(reviewed_survey(), language="ar", editions=("ar", "en")), load("ar")),
        "hostile": (hostile_survey(*(text for _, text in HOSTILE_STRINGS)), load("en")),
    }
    for name, (survey, language) in surveys.items():
        roots = TemplateRoots(template_root())
        main = HtmlRenderer(language, roots, has_reviews=True).render(survey)
        for file, text in {**main, **review_format.make(language, roots).render(survey)}.items():
            (folder / name / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / file).write_text(text, encoding="utf-8")
    return {name: folder / name for name in surveys}


@pytest.fixture(scope="session")
def decks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The decks under test, written once."""
    folder = tmp_path_factory.mktemp("decks")
    surveys = {
        "sample": (sample_survey(), load("en")),
        "rtl": (replace(sample_survey(), language="ar"), load("ar")),
        "hostile": (hostile_survey(*(text for _, text in HOSTILE_STRINGS)), load("en")),
    }
    for name, (survey, language) in surveys.items():
        text = slides.make(language, TemplateRoots(template_root())).render(survey)["slides.html"]
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in surveys}


@pytest.fixture(scope="session")
def spare_pages() -> dict[tuple[int, int, bool], list[Page]]:
    """Open pages of a size and a look that no test uses now: a new one costs more than most tests do (measured)."""
    return defaultdict(list)


@pytest.fixture
def visit(
    browser: Browser, pages: dict[str, Path], spare_pages: dict[tuple[int, int, bool], list[Page]]
) -> Iterator[Open]:
    """Open a page from its file, as a reader would who was never there before."""
    visits: list[tuple[tuple[int, int, bool], Seen]] = []

    def go(name: str | Path, place: str = "", *, width: int = 1280, height: int = 844, dark: bool = False) -> Seen:
        form = (width, height, dark)
        seen = Seen(spare_pages[form].pop() if spare_pages[form] else new_page(browser, form))
        visits.append((form, seen))
        seen.listen()
        path = pages[name] if isinstance(name, str) else name
        seen.page.goto(f"{path.as_uri()}{place}")
        seen.page.wait_for_selector("html[data-ready]")
        return seen

    yield go
    for form, seen in visits:
        try:
            seen.forget()
        except PlaywrightError:  # the test has closed or broken it
            seen.page.context.close()
        else:
            spare_pages[form].append(seen.page)


def new_page(browser: Browser, form: tuple[int, int, bool]) -> Page:
    """Open a page of a width, a height and a look."""
    width, height, dark = form
    size: ViewportSize = {"width": width, "height": height}
    return browser.new_context(viewport=size, color_scheme="dark" if dark else "light").new_page()
