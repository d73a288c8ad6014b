"""The page of `surveygen serve` in Chromium: from a paper in doubt to a rebuilt draft, and back."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from open_page import CHROMIUM, NO_CHROMIUM, keep, keep_whole
from surveygen import pipeline
from surveygen.config import Project

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
]


@pytest.fixture
def language() -> str:
    """What the first edition of the survey is in; tests may say otherwise."""
    return "en"


@pytest.fixture
def address(copy: Project, language: str) -> Iterator[str]:
    """A server as the command line starts it; the address that it prints."""
    settings = copy.root / "survey.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('languages = ["en"]', f'languages = ["{language}"]'), encoding="utf-8")
    words = [sys.executable, "-m", "surveygen", "-C", str(copy.root), "serve"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as running:
        found = re.search(r"http\S+", running.stdout.readline() if running.stdout else "")
        assert found is not None
        yield found[0]
        running.terminate()
        running.wait(timeout=20)


@pytest.fixture
def page(address: str, browser: Browser) -> Iterator[Page]:
    """The page, ready; what its console complains about fails the test."""
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 844})
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(address)
    opened.wait_for_selector("html[data-ready]")
    yield opened
    context.close()
    assert [one for one in complaints if "400 (Bad Request)" not in one] == []  # a refusal is no fault of the page


def test_from_triage_to_a_rebuilt_draft_and_back(page: Page, copy: Project, address: str) -> None:
    """A paper in doubt is moved by keys, the draft rebuilt by mouse, looked at, and the move taken back."""
    before = pipeline.show(copy, pipeline.NullProgress()).assignments
    title = page.locator("#triage .paper h2").inner_text()
    paper = next(one for one in before if page.locator(f"#triage .paper a[href$='{one}']").count())
    page.keyboard.press("m")
    page.keyboard.type("failure modes deceptive")
    goal = page.locator("#choose option").first.get_attribute("value")
    page.keyboard.press("Enter")
    said = page.locator("#said")
    expect(said).to_contain_text(f"moved “{title}”", timeout=60_000)
    expect(page.locator("#triage .paper h2")).not_to_have_text(title)
    (made,) = pipeline.history(copy).decisions

    assert (made.action, made.subject, made.target) == ("move", paper, goal)
    page.locator("#rebuild").click()
    expect(said).to_contain_text("Built. Files that changed", timeout=120_000)
    with page.expect_popup() as shown:
        page.locator("#drafts a").click()
    shown.value.wait_for_selector("html[data-ready]")
    assert shown.value.evaluate("origin") == "null"
    shown.value.close()
    page.keyboard.press("4")
    assert "moved" in page.locator(".decisions li").first.inner_text()
    page.locator("#undo").click()
    expect(page.locator(".decisions .mark")).to_have_text("undone", timeout=60_000)
    assert pipeline.show(copy, pipeline.NullProgress()).assignments[paper].theme == before[paper].theme
    assert "token" not in page.url
    assert address.split("?", maxsplit=1)[0] == page.url


def test_a_sentence_is_edited_on_the_page(page: Page, copy: Project) -> None:
    """It stands there as the person's; a citation of nothing is refused with what to do."""
    page.locator("#tab-text").click()
    page.locator("#text .lines li.sentence button", has_text="Edit").first.click()
    page.locator("textarea").fill("I see it so [@nobody].")
    page.locator("#text button[type=submit]").click()
    expect(page.locator("#said.bad")).to_contain_text("nobody")
    assert pipeline.history(copy).decisions == ()
    page.locator("textarea").fill("I see it so.")
    page.locator("#text button[type=submit]").click()
    expect(page.locator("#text .lines li", has_text="I see it so.").locator(".mark").first).to_contain_text("by ")

    assert [one.target for one in pipeline.history(copy).decisions] == ["I see it so."]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_no_view_is_wider_than_a_phone(page: Page, language: str) -> None:
    """Nothing is out of reach at 390 pixels, from left to right and from right to left."""
    page.set_viewport_size({"width": 390, "height": 844})
    for view in ("triage", "themes", "text", "log"):
        page.locator(f"#tab-{view}").click()
        page.locator(f"#{view} :is(h2, p, li)").first.wait_for()
        keep_whole(page, f"serve-{language}-{view}-390")

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(
            f"""[...document.querySelectorAll('#{view} *')].every((node) => {{
              const {{ left, right }} = node.getBoundingClientRect();
              return left >= -1 && right <= 391;
            }})"""
        )


@pytest.mark.parametrize("language", ["ar"])
def test_from_right_to_left_the_left_arrow_goes_on(page: Page, language: str) -> None:
    """Tabs follow each other as a reader of Arabic expects."""
    keep(page, f"serve-{language}")
    page.locator("#tab-triage").focus()
    page.keyboard.press("ArrowLeft")

    assert page.evaluate("document.activeElement.id") == "tab-themes"
    assert page.locator("#tab-themes").inner_text() == "المحاور"
