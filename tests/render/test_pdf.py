"""The PDF of the sample in four scripts and every form: clean, complete, dated, and its fonts inside."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import pytest

from pdf_checks import LACKING, check_pdf, said
from sample_survey import sample_survey, with_leaves
from surveygen.config import LatexSettings
from surveygen.domain.survey import Survey
from surveygen.domain.theme import Taxonomy
from surveygen.languages import load
from surveygen.render import CompileReport, TemplateRoots, compile_pdf
from surveygen.render.formats import latex

_FONTS = {"ja": "NotoSerifCJK-Regular.ttc", "zh": "NotoSerifCJK-Regular.ttc", "ar": "NotoNaskhArabic-Regular.ttf"}
_NAMES: Mapping[str, tuple[str, ...]] = {
    "en": ("Outer alignment", "Debate", "Reward & preference learning", "Inner alignment"),
    "ja": ("外的整合", "討論", "報酬と選好の学習", "内的整合"),
    "zh": ("外部对齐", "辩论", "奖励与偏好学习", "内部对齐"),
    "ar": ("مواءمة خارجية", "مناظرة", "تعلم المكافأة والتفضيل", "مواءمة داخلية"),  # without ligatures of two letters
}

# All hold (SURVEYGEN_FORMS=all, some minutes); the suite takes the one that has most in it.
_EVERY_FORM: Mapping[str, tuple[str, LatexSettings]] = {
    "two columns, biblatex": ("en", LatexSettings(columns=2, bibliography="biblatex")),
    "letter": ("en", LatexSettings(paper="letter")),
    "two columns": ("en", LatexSettings(columns=2)),
    "biblatex": ("en", LatexSettings(bibliography="biblatex")),
    "acmart": ("en", LatexSettings("acmart", paper="letter")),
    "IEEEtran": ("en", LatexSettings("IEEEtran", paper="letter")),
    "acmart, biblatex": ("en", LatexSettings("acmart", bibliography="biblatex")),
    "IEEEtran, biblatex": ("en", LatexSettings("IEEEtran", bibliography="biblatex")),
    "two columns, biblatex, ja": ("ja", LatexSettings(columns=2, bibliography="biblatex")),
    "two columns, biblatex, ar": ("ar", LatexSettings(columns=2, bibliography="biblatex")),
    "acmart, ja": ("ja", LatexSettings("acmart")),
    "IEEEtran, ar": ("ar", LatexSettings("IEEEtran")),
}
_FORMS = _EVERY_FORM if os.environ.get("SURVEYGEN_FORMS") == "all" else dict([next(iter(_EVERY_FORM.items()))])

pytestmark = [pytest.mark.tex, pytest.mark.skipif(bool(LACKING), reason=f"make system-deps brings {LACKING}")]


@pytest.mark.parametrize("code", _NAMES)
def test_the_pdf_passes_the_checks(code: str, shipped: TemplateRoots, tmp_path: Path) -> None:
    """No complaint of TeX, every theme name the right way round; title, language, date, links and fonts are there.

    The English one has a taxonomy so large that it is drawn in parts.
    """
    survey = _in(code)
    _check_pdf(with_leaves(survey, 45) if code == "en" else survey, LatexSettings(), shipped, tmp_path)


@pytest.mark.skipif(shutil.which("biber") is None, reason="no biber; run: make system-deps")
@pytest.mark.parametrize("form", _FORMS)
def test_every_form_passes_the_checks(form: str, shipped: TemplateRoots, tmp_path: Path) -> None:
    """Classes, columns, paper and biblatex change none of that, and a number is the same paper in each."""
    code, settings = _FORMS[form]
    document_class = f"{settings.document_class}.cls"
    if not said("kpsewhich", document_class):
        pytest.skip(f"no {document_class}; run: make system-deps")
    _check_pdf(_in(code), settings, shipped, tmp_path)

    text = said("pdftotext", "-layout", str(tmp_path / "survey.pdf"), "-")
    listed = [entry for entry in sample_survey().entries if entry.paper.authors]
    lost = [one.number for one in listed if not re.search(rf"\[{one.number}\] +{one.paper.authors[0].name}", text)]
    assert code == "ar" or lost == []  # there a reference is a line of two directions


def _check_pdf(survey: Survey, settings: LatexSettings, shipped: TemplateRoots, folder: Path) -> None:
    code = survey.language
    if code in _FONTS and not said("kpsewhich", _FONTS[code]):
        pytest.skip(f"no {_FONTS[code]}; run: make system-deps")
    report = _compiled(survey, code, settings, shipped, folder)
    pdf = str(folder / "survey.pdf")
    text = normalize("NFKC", said("pdftotext", pdf, "-"))  # Arabic comes in the forms it is set in

    assert report.clean, report
    capitals = _bare(text).upper()  # the ACM's headings
    assert [name for name in _NAMES[code] if _bare(name).upper() not in capitals] == []
    assert [name for name in _NAMES[code] if _bare(name)[::-1].upper() in capitals] == []
    assert re.search(rf"Page size: .*\({settings.paper}\)", said("pdfinfo", pdf), re.IGNORECASE)
    assert not re.search(r"\]\d+\[", said("pdftotext", "-layout", pdf, "-"))  # the number of a reference
    check_pdf(Path(pdf), survey.title, code)


def _in(code: str) -> Survey:
    survey = sample_survey()
    themes = zip(survey.taxonomy, _NAMES[code], strict=True)
    named = Taxonomy(tuple(replace(theme, names=((code, name),)) for theme, name in themes))
    headings = {theme.id: theme.name_in(code) for theme in named}
    sections = (
        replace(part, heading=headings[part.theme]) if part.theme is not None else part for part in survey.sections
    )
    return replace(survey, language=code, taxonomy=named, sections=tuple(sections))


def _compiled(survey: Survey, code: str, settings: LatexSettings, roots: TemplateRoots, folder: Path) -> CompileReport:
    for name, text in latex.LatexRenderer(load(code), roots, settings).render(survey).items():
        (folder / name).write_text(text, encoding="utf-8")
    return compile_pdf(folder / "survey.tex", folder / "survey.pdf", seconds=180)


def _bare(text: str) -> str:
    """Leave out spaces, which a script without them has none of, and marks of direction."""
    return re.sub(r"[\s\u200e\u200f\u202a-\u202e]", "", text)
