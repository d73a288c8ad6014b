"""The PDF of the sample in four scripts: clean, complete, dated, and its fonts inside."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import pytest

from sample_survey import sample_survey
from surveygen.domain.survey import Survey
from surveygen.domain.theme import Taxonomy
from surveygen.languages import load
from surveygen.render import CompileReport, TemplateRoots, compile_pdf, latex

_TOOLS = ("lualatex", "pdftotext", "pdffonts", "pdfinfo", "qpdf")
_LACKING = [tool for tool in _TOOLS if shutil.which(tool) is None]
_FONTS = {"ja": "NotoSerifCJK-Regular.ttc", "zh": "NotoSerifCJK-Regular.ttc", "ar": "NotoNaskhArabic-Regular.ttf"}
_NAMES: Mapping[str, tuple[str, ...]] = {
    "en": ("Outer alignment", "Debate", "Reward & preference learning", "Inner alignment"),
    "ja": ("外的整合", "討論", "報酬と選好の学習", "内的整合"),
    "zh": ("外部对齐", "辩论", "奖励与偏好学习", "内部对齐"),
    "ar": ("مواءمة خارجية", "مناظرة", "تعلم المكافأة والتفضيل", "مواءمة داخلية"),  # without ligatures of two letters
}

pytestmark = [pytest.mark.tex, pytest.mark.skipif(bool(_LACKING), reason=f"make system-deps brings {_LACKING}")]


@pytest.mark.parametrize("code", _NAMES)
def test_the_pdf_passes_the_gate(code: str, shipped: TemplateRoots, tmp_path: Path) -> None:
    """No complaint of TeX, every theme name the right way round; title, language, date, links and fonts are there."""
    if code in _FONTS and not _said("kpsewhich", _FONTS[code]):
        pytest.skip(f"no {_FONTS[code]}; run: make system-deps")
    survey = _in(code)
    report = _compiled(survey, code, shipped, tmp_path)
    pdf = str(tmp_path / "survey.pdf")
    text = normalize("NFKC", _said("pdftotext", pdf, "-"))  # Arabic comes in the forms it is set in

    assert report.clean, report
    assert [name for name in _NAMES[code] if _bare(name) not in _bare(text)] == []
    assert [name for name in _NAMES[code] if _bare(name)[::-1] in _bare(text)] == []
    assert "??" not in text
    info = _said("pdfinfo", "-isodates", pdf)
    assert re.search(r"CreationDate: +2026-01-02T03:04:05Z", info)
    assert re.search(rf"Title: +{re.escape(survey.title)}", info)
    assert _said("qpdf", "--check", pdf)
    assert {row.split()[-5] for row in _said("pdffonts", pdf).splitlines()[2:]} == {"yes"}
    raw = _said("qpdf", "--qdf", "--object-streams=disable", pdf, "-")
    assert re.search(rf"/Lang \({code}\)", raw)
    assert "/S /URI" in raw
    assert "/S /GoTo" in raw


def _in(code: str) -> Survey:
    survey = sample_survey()
    themes = zip(survey.taxonomy, _NAMES[code], strict=True)
    named = Taxonomy(tuple(replace(theme, names=((code, name),)) for theme, name in themes))
    headings = {theme.id: theme.name_in(code) for theme in named}
    sections = (
        replace(part, heading=headings[part.theme]) if part.theme is not None else part for part in survey.sections
    )
    return replace(survey, language=code, taxonomy=named, sections=tuple(sections))


def _compiled(survey: Survey, code: str, roots: TemplateRoots, folder: Path) -> CompileReport:
    for name, text in latex.make(load(code), roots).render(survey).items():
        (folder / name).write_text(text, encoding="utf-8")
    return compile_pdf(folder / "survey.tex", folder / "survey.pdf", seconds=180)


def _bare(text: str) -> str:
    """Leave out spaces, which a script without them has none of, and marks of direction."""
    return re.sub(r"[\s\u200e\u200f\u202a-\u202e]", "", text)


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace")
