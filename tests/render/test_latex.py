"""The LaTeX of a survey: complete, safe, and clean when it is compiled."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hostile_strings import HOSTILE_STRINGS, TOUCHED
from sample_survey import hostile_survey, sample_survey, with_leaves
from surveygen.config import LatexSettings
from surveygen.domain.math import _ARITY, _SYMBOLS
from surveygen.domain.paper import Author
from surveygen.domain.survey import ComparisonTable, Note, Section, Survey
from surveygen.languages import Language, load
from surveygen.render import CompileReport, TemplateRoots, compile_pdf
from surveygen.render.formats import latex

tex_engine = pytest.mark.skipif(shutil.which("lualatex") is None, reason="no lualatex; run: make system-deps")
_COMMANDS = re.compile(r"\\(?:input|include|write18|immediate|directlua|csname|catcode|def|openin|href\{javascript)")


def test_the_sample_is_as_agreed(english: Language, shipped: TemplateRoots, golden: Callable[[str, str], None]) -> None:
    """The whole text of a small survey stands in a file that people have read."""
    files = latex.make(english, shipped).render(sample_survey())

    assert set(files) == {"survey.tex", "references.bib"}
    for name, text in files.items():
        golden(name, text)


def test_rendering_twice_gives_the_same_text(english: Language, shipped: TemplateRoots) -> None:
    """Two renderers of the same survey agree to the byte."""
    one, two = (latex.make(english, shipped).render(sample_survey()) for _ in range(2))

    assert one == two


@pytest.mark.parametrize(("name", "text"), HOSTILE_STRINGS, ids=[name for name, _ in HOSTILE_STRINGS])
def test_hostile_text_is_inert(english: Language, shipped: TemplateRoots, name: str, text: str) -> None:
    """No field lets a command through, and all braces pair."""
    written = latex.make(english, shipped).render(hostile_survey(text))["survey.tex"]

    body = written.partition("\\begin{document}")[2]
    bare = re.sub(r"\\[{}]", "", body)
    assert not _COMMANDS.search(body)
    assert bare.count("{") == bare.count("}")
    assert written.encode("utf-8")


def test_every_citation_has_its_reference_and_number(english: Language, shipped: TemplateRoots) -> None:
    """Keys cited are keys listed, numbered as the survey numbers its entries."""
    survey = sample_survey()
    written = latex.make(english, shipped).render(survey)["survey.tex"]

    cited = {key for group in re.findall(r"\\cite\{([^}]*)\}", written) for key in group.split(",")}
    listed = re.findall(r"\\bibitem\[(\d+)\]\{([^}]*)\}", written)
    assert cited <= {key for _, key in listed}
    assert [int(number) for number, _ in listed] == [entry.number for entry in survey.entries]


@pytest.mark.parametrize(
    "settings", [LatexSettings(columns=2), LatexSettings("acmart"), LatexSettings("IEEEtran")], ids=str
)
def test_tables_and_drawings_stand_outside_the_columns(
    english: Language, shipped: TemplateRoots, settings: LatexSettings
) -> None:
    """They have the whole width, between parts of the running text; nothing of the text is lost or moved."""
    survey = sample_survey()
    bare = tuple(Section(f"bare{n}", "Nothing yet", 2, ()) for n in range(2))
    survey = replace(survey, sections=(bare[0], *survey.sections, bare[1]))
    written = latex.LatexRenderer(english, shipped, settings).render(survey)["survey.tex"]
    plain = latex.make(english, shipped).render(survey)["survey.tex"]
    parts = re.split(r"\\(begin|end)\{multicols\}(?:\{2\})?", written)
    outer, inner = "".join(parts[::4]), "".join(parts[2::4])

    assert parts[1::2] == ["begin", "end"] * (len(parts) // 4)
    assert not re.search(r"\\begin\{(?:longtable|tikzpicture|forest|figure)\}", inner)
    assert not re.search(r"\\begin\{(?:itemize|enumerate|thebibliography)\}", outer)
    assert _content("".join(parts[::2])) == _content(plain)


def test_a_heading_in_the_line_does_not_go_on_in_a_table(english: Language, shipped: TemplateRoots) -> None:
    """The lower headings of the ACM and the IEEE begin a paragraph, which ends before a table of the whole width."""
    survey = sample_survey()
    (table,) = (block for section in survey.sections for block in section.blocks if isinstance(block, ComparisonTable))
    deep = replace(survey, sections=(Section("deep", "Deep", 3, (table,)), Section("note", "Note", 3, (Note("A."),))))
    written = latex.LatexRenderer(english, shipped, LatexSettings("IEEEtran")).render(deep)["survey.tex"]

    assert re.search(r"\\subsubsection\{.*Deep\}\}.*\n\\leavevmode\\par", written)
    assert written.count("\\leavevmode\\par") == 1


def test_biblatex_cites_in_the_order_of_the_survey(english: Language, shipped: TemplateRoots) -> None:
    """It numbers as it is asked; so all keys are named in order before the first citation, and are in the .bib file."""
    survey = sample_survey()
    files = latex.LatexRenderer(english, shipped, LatexSettings(bibliography="biblatex")).render(survey)
    written = files["survey.tex"]

    keys = [entry.cite_key for entry in survey.entries]
    assert re.findall(r"\\nocite\{(.*)\}", written) == keys
    assert written.index("\\nocite") < written.index("\\cite{")
    assert re.findall(r"^@\w+\{([^,]+),", files["references.bib"], re.MULTILINE) == keys
    assert "\\bibitem" not in written


def test_letters_of_the_bib_file_have_fonts_too(english: Language, shipped: TemplateRoots) -> None:
    """An author whose script stands nowhere else in the draft is printed by biblatex."""
    survey = sample_survey()
    (first, *others) = survey.entries
    names = (*first.paper.authors, *(Author(name) for name in ("A", "B", "C", "D", "E", "F", "G", "H", "王芳")))
    entry = replace(first, paper=replace(first.paper, authors=names))
    survey = replace(survey, entries=(entry, *others))

    by_hand, by_biblatex = (
        latex.LatexRenderer(english, shipped, settings).render(survey)["survey.tex"]
        for settings in (LatexSettings(), LatexSettings(bibliography="biblatex"))
    )

    assert "NotoSerifCJK" not in by_hand
    assert "NotoSerifCJK" in by_biblatex


def test_the_bib_file_says_what_the_references_say(shipped: TemplateRoots) -> None:
    """A note on a withdrawal or a later version stands in both, in the language of the edition."""
    bib = latex.make(load("de"), shipped).render(sample_survey())["references.bib"]

    (withdrawn,) = re.findall(r"^@misc\{key230500005,.*?^\}", bib, re.MULTILINE | re.DOTALL)
    (older,) = re.findall(r"^@misc\{key220300002,.*?^\}", bib, re.MULTILINE | re.DOTALL)
    assert f"note = {{{load('de').say('withdrawn').rstrip('.')}}}" in withdrawn
    assert load("de").say("cites_older", cited="1", latest="3").rstrip(".") in older


def test_a_large_taxonomy_is_split(english: Language, shipped: TemplateRoots) -> None:
    """Above forty leaves there is an overview and one figure for each top theme."""
    written = latex.make(english, shipped).render(with_leaves(sample_survey(), 45))["survey.tex"]

    assert written.count("\\begin{forest}") == 3


@tex_engine
@pytest.mark.tex
def test_all_hostile_texts_compile_clean(english: Language, shipped: TemplateRoots, tmp_path: Path) -> None:
    """Every odd string in every field, in one document; no file is made by them."""
    report = _compiled(hostile_survey(*(text for _, text in HOSTILE_STRINGS)), english, shipped, tmp_path)

    assert report.clean, report
    assert sorted(path.name for path in tmp_path.iterdir()) == ["references.bib", "survey.pdf", "survey.tex"]
    assert not Path(TOUCHED).exists()


@tex_engine
@pytest.mark.tex
def test_every_allowed_symbol_is_known_to_tex(tmp_path: Path) -> None:
    """The allowlist of mathematics and the packages of the preamble fit together."""
    commands = [f"\\{name}{'{x}' * arity}" for name, arity in sorted(_ARITY.items())]
    lines = "\n\n".join(f"\\({tex}\\)" for tex in [*sorted(_SYMBOLS), *commands])
    head = "\\documentclass{article}\\usepackage{amsmath,amssymb}\\begin{document}"
    (tmp_path / "survey.tex").write_text(f"{head}\n{lines}\n\\end{{document}}\n", encoding="utf-8")

    assert compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=180).clean


def _compiled(survey: Survey, language: Language, roots: TemplateRoots, folder: Path) -> CompileReport:
    for name, text in latex.make(language, roots).render(survey).items():
        (folder / name).write_text(text, encoding="utf-8")
    return compile_pdf(folder / "survey.tex", folder / "survey.pdf", seconds=180)


def _content(written: str) -> list[str]:
    """Leave out the lines that say where a page may end and a drawing stand."""
    lines = written.partition("\\begin{document}")[2].split("\n")
    return [line for line in lines if line and "eedspace{" not in line and line[:15] != "\\begin{figure}["]
