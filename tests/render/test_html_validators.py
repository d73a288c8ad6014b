"""The pages as judged by vnu, the checker of the W3C, and by html-validate."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from open_page import CHROMIUM, NO_CHROMIUM, Open
from sample_evaluation import THEMES, WHOLE
from surveygen.render import TemplateRoots, evaluation_page, template_root

_FOLDER = (
    Path(__file__).parents[2] / ".venv" / "validators" / "node_modules"
)  # where `make dev` puts what tests/package.json names
_HTML_VALIDATE = _FOLDER / ".bin" / "html-validate"
_VNU = _FOLDER / "vnu-jar" / "build" / "dist" / "vnu.jar"
_JAVA = shutil.which("java")

# What vnu is wrong about, as of 26.9.27: paint-order is a property of SVG 2 that it does not know; it takes the hash of
# a script or style of more than one line for another (that the hashes fit is tested in test_html.py); and it knows
# aria-activedescendant as it was before ARIA 1.2, when a combobox had to own the list that it controls. The hostile
# evidence ends within a letter with accents, so that a part of the abstract begins with one.
_NOT_A_FAULT = (
    r".*(“paint-order”|Inline (script|style) violates Content Security Policy|“aria-activedescendant” value"
    r"|Text run starts with a composing character).*"
)
_RULES = {
    "extends": ["html-validate:recommended"],
    "rules": {
        # Ids are parts of addresses and hold those of arXiv, with their dots; HTML forbids spaces alone.
        "valid-id": ["error", {"relaxed": True}],
    },
}


@pytest.fixture(scope="module")
def files(
    pages: Mapping[str, Path],
    decks: Mapping[str, Path],
    reviews: Mapping[str, Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Path]:
    """The survey, also from right to left, longer and divided, pages of a theme and of papers, an evaluation, talks."""
    evaluation = tmp_path_factory.mktemp("evaluation") / "evaluation.html"
    evaluation.write_text(evaluation_page(WHOLE, THEMES, "Sample", TemplateRoots(template_root())), encoding="utf-8")
    names = ("editions/en/index", "editions/ar/index", "stranger", "middle", "divided/index")
    theme = next(iter(sorted(pages["divided/index"].parent.glob("themes/*.html"))))
    papers = [reviews[name] / "papers" / "2101.00001.html" for name in ("en", "ar")]
    return [*(pages[name] for name in names), theme, *papers, evaluation, decks["sample"], decks["rtl"]]


wants_vnu = pytest.mark.skipif(
    _JAVA is None or not _VNU.exists(), reason="no vnu, or no java that it runs on; run: make dev, with npm"
)


def faults_of(pages: Iterable[Path]) -> list[tuple[str, int, str]]:
    """Return what vnu finds: the page, the line and the fault."""
    # An edition whose sources nobody translated is in two languages, which vnu takes for a slip.
    # A short run ends before a second compiler and a collector with threads of its own are of use; the code of the
    # first compiler wants a larger stack.
    java = [str(_JAVA), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m"]
    command = [*java, "-jar", str(_VNU), "--format", "json", "--no-langdetect", "--filterpattern", _NOT_A_FAULT]
    done = subprocess.run([*command, *map(str, pages)], capture_output=True, text=True, check=False)
    assert done.stderr.startswith("{"), done.stderr
    told = json.loads(done.stderr)["messages"]
    return [(Path(one["url"]).name, one.get("lastLine"), one["message"]) for one in told]


@wants_vnu
def test_vnu_finds_no_fault(
    files: list[Path], pages: Mapping[str, Path], decks: Mapping[str, Path], reviews: Mapping[str, Path]
) -> None:
    """Elements, attributes, styles and the tree of headings are as the standard wants them, with hostile text too."""
    hostile = sorted((reviews["hostile"] / "papers").iterdir())
    assert faults_of([*files, pages["hostile"], decks["hostile"], *hostile]) == []


@wants_vnu
@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
def test_vnu_finds_no_fault_in_what_scripts_make(visit: Open, tmp_path: Path) -> None:
    """The catalogue, cards, filters and charts as they stand when a reader has opened and chosen."""
    for name, place in (
        ("sample", "#p-2203.00002&theme=debate"),
        ("editions/ar/index", "#p-2101.00001"),
        ("middle", ""),
    ):
        page = visit(name, place).page
        if not place:
            page.locator(".node-size").first.click()
            page.locator("[name=author]").press("ArrowDown")
        (tmp_path / f"{Path(name).parent.name}-{Path(name).name}.html").write_text(page.content(), encoding="utf-8")

    assert faults_of(sorted(tmp_path.iterdir())) == []


@pytest.mark.skipif(not _HTML_VALIDATE.exists(), reason="no html-validate; run: make dev, with npm")
def test_html_validate_finds_no_fault(files: list[Path], tmp_path: Path) -> None:
    """The recommended rules, landmarks and names for readers with other means among them."""
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(_RULES), encoding="utf-8")
    told = tmp_path / "told.json"  # a pipe loses what html-validate writes beyond its first 64 KiB
    command = [str(_HTML_VALIDATE), "--config", str(rules), "--formatter", f"json={told}"]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    assert told.exists(), done.stderr
    faults = [
        (Path(page["filePath"]).name, one["line"], one["ruleId"], one["message"])
        for page in json.loads(told.read_text(encoding="utf-8"))
        for one in page["messages"]
    ]

    assert faults == []
    assert done.returncode == 0
