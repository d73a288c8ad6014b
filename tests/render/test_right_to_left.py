"""Arabic in drawings of TeX: they run from left to right, their words do not."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from sample_survey import TAXONOMY, sample_survey
from surveygen.domain.survey import Survey, TaxonomyFigure, YearChart
from surveygen.domain.theme import Taxonomy
from surveygen.languages import load
from surveygen.render import TemplateRoots, compile_pdf
from surveygen.render.formats import latex, slides

pytestmark = [
    pytest.mark.tex,
    pytest.mark.skipif(not (shutil.which("lualatex") and shutil.which("pdftotext")), reason="run: make system-deps"),
]
_NAMES = ("مواءمة خارجية", "مناظرة", "تعلم", "مواءمة داخلية")


def arabic_drawings() -> Survey:
    """Keep of the sample what is drawn, with Arabic names of themes that stand nowhere else."""
    survey = sample_survey()
    themes = (replace(theme, names=(("ar", name),)) for theme, name in zip(TAXONOMY, _NAMES, strict=True))
    sections = tuple(
        replace(section, blocks=(block,))
        for section in survey.sections
        for block in section.blocks
        if isinstance(block, TaxonomyFigure | YearChart)
    )
    return replace(survey, language="ar", taxonomy=Taxonomy(tuple(themes)), sections=sections)


@pytest.mark.parametrize("name", ["survey.tex", "slides.tex"])
def test_words_in_drawings_read_from_right_to_left(name: str, shipped: TemplateRoots, tmp_path: Path) -> None:
    """The names of themes stand in the PDF as they are read, and no letter is missing."""
    renderer = (latex if name == "survey.tex" else slides).make(load("ar"), shipped)
    (tmp_path / "survey.tex").write_text(renderer.render(arabic_drawings())[name], encoding="utf-8")

    report = compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=180)
    text = subprocess.run(
        ["pdftotext", tmp_path / "survey.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")

    assert (report.errors, report.missing) == ((), ())
    assert [word for name in _NAMES for word in name.split() if word not in plain] == []
    assert not [word for name in _NAMES for word in name.split() if word[::-1] in plain]
