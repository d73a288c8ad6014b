"""The theme that the recipes begin with: each of its files has its effect, and the rest stays as shipped."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sample_survey import sample_survey
from surveygen.errors import TemplateError
from surveygen.languages import Language
from surveygen.render import TemplateRoots, compile_pdf, template_root
from surveygen.render.formats import html, latex, markdown, slides

_IMPRINT = "Kept by the reading group of an example university"


@pytest.fixture
def themed(root: Path) -> TemplateRoots:
    """The shipped templates below those of the example."""
    return TemplateRoots(template_root(), root / "docs" / "examples" / "theme")


def test_the_page_has_the_line_and_the_colors(english: Language, themed: TemplateRoots, shipped: TemplateRoots) -> None:
    """The masthead says who keeps the survey, the style is the longer one, and the policy admits it."""
    page = html.make(english, themed).render(sample_survey())["index.html"]
    plain = html.make(english, shipped).render(sample_survey())["index.html"]
    style = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)[0]

    assert page.index("<h1") < page.index(_IMPRINT) < page.index("<section")
    assert style.rindex("--ground: light-dark(#fffdf7") > style.rindex("--ground: light-dark(#fcfcfa")
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in page
    assert page.partition('<section id="abstract"')[2] == plain.partition('<section id="abstract"')[2]


def test_the_slides_have_the_colors(english: Language, themed: TemplateRoots) -> None:
    """Own rules go after those of the deck."""
    deck = slides.make(english, themed).render(sample_survey())["slides.html"]

    assert deck.index(".slide {") < deck.index(".imprint {")


def test_the_latex_has_the_masthead_and_adds_to_the_preamble(
    english: Language, themed: TemplateRoots, shipped: TemplateRoots
) -> None:
    """One file is replaced, one continues the shipped one, and the body is the same."""
    written = latex.make(english, themed).render(sample_survey())["survey.tex"]
    plain = latex.make(english, shipped).render(sample_survey())["survey.tex"]

    assert written.count(_IMPRINT) == 1
    assert written.index("\\definecolor{surveylink}{HTML}{0B4F8A}") < written.index("{HTML}{7A2E0E}")
    assert written.partition("\\end{quote}")[2] == plain.partition("\\end{quote}")[2]


def test_the_markdown_ends_with_the_line(english: Language, themed: TemplateRoots, shipped: TemplateRoots) -> None:
    """The shipped text comes first, whole."""
    written = markdown.make(english, themed).render(sample_survey())["survey.md"]
    plain = markdown.make(english, shipped).render(sample_survey())["survey.md"]

    assert written.startswith(plain.rstrip())
    assert written.rstrip().endswith(f"---\n\n{_IMPRINT}.")


def test_a_misspelled_name_is_told_with_its_place(root: Path, tmp_path: Path, english: Language) -> None:
    """A copy of the example that asks for something unknown fails with the file and the line."""
    folder = tmp_path / "templates"
    shutil.copytree(root / "docs" / "examples" / "theme", folder)
    masthead = folder / "latex" / "masthead.tex.j2"
    masthead.write_text(masthead.read_text(encoding="utf-8").replace("<< date >>", "<< dtae >>"), encoding="utf-8")

    with pytest.raises(TemplateError, match=r"latex/masthead\.tex\.j2, line 4: 'dtae' is undefined"):
        latex.make(english, TemplateRoots(template_root(), folder)).render(sample_survey())


@pytest.mark.skipif(shutil.which("lualatex") is None, reason="no lualatex; run: make system-deps")
@pytest.mark.tex
def test_the_themed_latex_compiles_clean(english: Language, themed: TemplateRoots, tmp_path: Path) -> None:
    """No error and nothing beyond its margin; the body, which is the shipped one, is short here."""
    survey = replace(sample_survey(), sections=sample_survey().sections[:3] + sample_survey().sections[-1:])
    for name, text in latex.make(english, themed).render(survey).items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    assert compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=180).clean
