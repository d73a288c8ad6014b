"""A talk about a survey: part of it, in the same words and numbers, for the browser and for Beamer."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import html as lxml_html

from hostile_strings import HOSTILE_STRINGS, TOUCHED
from pdf_checks import LACKING, check_pdf
from sample_survey import hostile_survey, sample_survey, sentence
from surveygen.domain.inline import Math, parse_inline, plain
from surveygen.domain.paper import PaperId
from surveygen.domain.survey import (
    KeyValueTable,
    PaperItem,
    PaperList,
    Paragraph,
    References,
    Section,
    Survey,
    YearChart,
)
from surveygen.domain.theme import ThemeId
from surveygen.languages import Language, load
from surveygen.render import CompileReport, TemplateRoots, compile_pdf, template_root
from surveygen.render.formats import latex, slides
from surveygen.render.formats.slides import deck
from surveygen.render.html.assets import bundle

tex_engine = pytest.mark.skipif(shutil.which("lualatex") is None, reason="no lualatex; run: make system-deps")
_NODE = shutil.which("node")
_COMMANDS = re.compile(r"\\(?:input|include|write18|immediate|directlua|csname|catcode|def|openin|href\{javascript)")


def rendered(survey: Survey, language: Language, roots: TemplateRoots) -> Mapping[str, str]:
    """Return both decks."""
    return slides.make(language, roots).render(survey)


def page_of(written: Mapping[str, str]) -> Any:
    """Read the deck of the browser."""
    return lxml_html.document_fromstring(written["slides.html"].encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))


def talkative_survey() -> Survey:
    """Add to the sample what a talk can show besides: numbers, findings, many changes."""
    survey = sample_survey()
    first, *_ = [entry.paper.id for entry in survey.entries]
    finding = sentence("It costs half.", first)
    glance = (KeyValueTable("At a glance", (("Papers", "6"),)), Paragraph((finding,) * 6, "Findings", "list"))
    listed = PaperList("New papers (9)", tuple(PaperItem(first, f"Title {n}") for n in range(9)))
    sections = tuple(
        replace(section, blocks=(*section.blocks, *more.get(section.id, ())))
        for more in [{"changes": (KeyValueTable("Last refresh", (("Run", "3"),)), listed)}]
        for section in survey.sections
    )
    return replace(survey, sections=(sections[0], Section("glance", "At a glance", 1, glance), *sections[1:]))


def test_a_deck_says_only_what_the_survey_says(english: Language) -> None:
    """Each claim is one of the survey with its citations, each entry is named on a slide and keeps number and key."""
    survey = talkative_survey()

    shown = deck(survey, english)

    assert set(shown.sentences()) <= set(survey.sentences())
    assert set(shown.entries) < set(survey.entries)
    cited = {paper for claim in shown.sentences() for paper in claim.cites}
    assert cited <= {entry.paper.id for entry in shown.entries}


def test_a_deck_has_its_slides_in_the_order_of_a_talk(english: Language) -> None:
    """Numbers and findings, the whole, theme by theme, across, what is open, what changed, how, on what it rests."""
    assert [section.id for section in deck(talkative_survey(), english).sections] == [
        *("glance", "glance-2", "glance-3", "taxonomy", "years", "theme-outer", "theme-inner"),
        *("open-problems", "changes", "changes-2", "method", "method-2", "references"),
    ]


def test_a_theme_shows_a_problem_an_approach_and_a_finding(english: Language) -> None:
    """One of each where there is one, its sub-themes' among them, in reading order; others fill up to three."""
    survey = talkative_survey()
    papers = [entry.paper.id for entry in survey.entries]
    told = tuple(sentence(f"Finding {n}.", papers[0]) for n in range(5))
    late = sentence("It is hard.", papers[1], role="problem")
    sections = tuple(
        replace(section, blocks=(Paragraph(told),) if section.id == "theme-debate" else (Paragraph((late,)),))
        if section.id in {"theme-debate", "theme-reward"}
        else section
        for section in survey.sections
    )

    (outer,) = (
        section
        for section in deck(replace(survey, sections=sections), english).sections
        if section.theme == ThemeId("outer")
    )

    (paragraph,) = (block for block in outer.blocks if isinstance(block, Paragraph))
    assert paragraph.sentences == (*told[:2], late)


def test_lists_are_cut_and_their_captions_keep_the_count(english: Language) -> None:
    """Five of nine papers are shown, and nine are counted."""
    shown = deck(talkative_survey(), english)

    lists = [block for section in shown.sections for block in section.blocks if isinstance(block, PaperList)]
    assert [(block.caption, len(block.items)) for block in lists] == [("Withdrawn (2)", 2), ("New papers (9)", 5)]


def test_a_survey_of_nothing_has_a_title(english: Language, shipped: TemplateRoots) -> None:
    """Without sections there is one slide and no bibliography."""
    written = rendered(replace(sample_survey(), sections=()), english, shipped)

    assert len(page_of(written).find_class("slide")) == 1
    assert "thebibliography" not in written["slides.tex"]


def test_both_decks_cite_as_the_survey_does(english: Language, shipped: TemplateRoots) -> None:
    """A number means the same paper in both decks and in the LaTeX edition, and every citation has its reference."""
    survey = talkative_survey()
    written = rendered(survey, english, shipped)
    page = page_of(written)
    edition = re.findall(r"\\bibitem\[(\d+)\]\{([^}]*)\}", latex.make(english, shipped).render(survey)["survey.tex"])
    listed = re.findall(r"\\bibitem\[(\d+)\]\{([^}]*)\}", written["slides.tex"])

    cited = {key for group in re.findall(r"\\cite\{([^}]*)\}", written["slides.tex"]) for key in group.split(",")}
    links = {link.get("href") for link in page.find_class("cite")}
    assert set(listed) < set(edition)
    assert cited == {key for _, key in listed}
    assert links == {f"#ref-{number}" for number, _ in listed}
    assert links == {f"#{item.get('id')}" for item in page.xpath("//li[starts-with(@id, 'ref-')]")}


def test_both_decks_count_as_the_survey_does(english: Language, shipped: TemplateRoots) -> None:
    """Papers a theme and papers a year."""
    survey = sample_survey()
    written = rendered(survey, english, shipped)
    sizes = [(theme.name, count.size) for theme, count in zip(survey.taxonomy, survey.counts, strict=True)]
    (chart,) = (block for section in survey.sections for block in section.blocks if isinstance(block, YearChart))
    bars = [
        f"{year} · {survey.taxonomy[theme].name}: {row[at]}"
        for year, row in zip(chart.years, chart.counts, strict=True)
        for at, theme in enumerate(chart.themes)
        if row[at]
    ]

    page = page_of(written)
    tex = written["slides.tex"].replace("\\&", "&").replace("}", "")
    assert all(f"{name} ({size})" in tex for name, size in sizes)
    assert [int(size.text) for size in page.find_class("node-size")] == [4, 2]
    assert [title.text for title in page.iter("title")][1:] == bars
    for at in range(len(chart.themes)):
        points = "".join(f"({year},{row[at]})" for year, row in zip(chart.years, chart.counts, strict=True))
        assert f"coordinates {{{points}}}" in written["slides.tex"]


def test_long_lists_go_on_on_further_slides(english: Language, shipped: TemplateRoots) -> None:
    """Seven references a slide in the browser, each once."""
    survey = sample_survey()
    (first, *_) = survey.entries
    entries = tuple(
        replace(first, paper=replace(first.paper, id=PaperId(f"2101.{n:05d}")), number=n, cite_key=f"k{n}")
        for n in range(1, 21)
    )
    claims = tuple(sentence("It holds.", entry.paper.id) for entry in entries)
    sections = (
        Section("glance", "At a glance", 1, (Paragraph(claims, style="list"),)),
        Section("references", "References", 1, (References(),)),
    )

    page = page_of(rendered(replace(survey, entries=entries, sections=sections), english, shipped))

    assert [len(items) for items in page.find_class("references")] == [7, 7, 6]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("name", "text"), HOSTILE_STRINGS, ids=[name for name, _ in HOSTILE_STRINGS])
def test_hostile_text_is_inert(english: Language, shipped: TemplateRoots, name: str, text: str) -> None:
    """No field lets a command, an element, an attribute or an address through, and its words can be read."""
    written = rendered(_on_every_slide(hostile_survey(text)), english, shipped)
    page = page_of(written)
    body = written["slides.tex"].partition("\\begin{document}")[2]
    bare = re.sub(r"\\[{}]", "", body)

    assert not _COMMANDS.search(body)
    assert bare.count("{") == bare.count("}")
    assert [script.get("type") for script in page.iter("script")] == [None, "module"]
    assert not list(page.iter("img", "iframe", "object", "embed", "form", "base"))
    for element in page.iter("*"):
        assert not [key for key in element.attrib if key.startswith("on") or key in {"src", "style", "action"}]
        assert re.match(r"#|https://[a-z0-9]|data:,\Z", element.get("href", "#"))
        assert not unquote(element.get("href", "")).lower().startswith("javascript:")
    nodes = parse_inline(text)
    if not any(isinstance(node, Math) for node in nodes):
        assert plain(nodes).strip() in " ".join(page.text_content().split())


def test_the_deck_loads_nothing(english: Language, shipped: TemplateRoots) -> None:
    """The policy admits its own scripts and styles by hash, and there is no address to load from."""
    written = rendered(sample_survey(), english, shipped)
    policy = page_of(written).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]

    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert policy.count("sha256-") == 3
    assert not re.search(r"\bsrc=|@import|url\(|<link (?!rel=\"icon\" href=\"data:,\")", written["slides.html"])


def test_rendering_twice_gives_the_same_text(english: Language, shipped: TemplateRoots) -> None:
    """Two renderers of the same survey agree to the byte."""
    one, two = (rendered(sample_survey(), english, shipped) for _ in range(2))

    assert one == two


@pytest.mark.skipif(_NODE is None, reason="needs Node.js 20")
def test_keys_turn_slides() -> None:
    """Presenters, arrows and the space bar turn; from right to left the arrows change sides; others do nothing."""
    keys = [("PageDown", False), ("ArrowLeft", False), ("ArrowRight", False), (" ", False), (" ", True), ("x", False)]

    ways = _node(f"[false, true].map((rtl) => {json.dumps(keys)}.map(([key, shift]) => stepOf(key, shift, rtl)))")

    assert ways == [[1, -1, 1, 1, -1, 0], [1, 1, -1, 1, -1, 0]]


@pytest.mark.skipif(_NODE is None, reason="needs Node.js 20")
def test_the_slide_at_the_middle_is_the_one_shown() -> None:
    """The last whose upper edge is above the middle; the first before all."""
    assert _node("[[0, 700], [-300, 400], [-400, 300], [500, 900]].map((edges) => slideAt(edges, 700))") == [0, 0, 1, 0]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[CompileReport, Path]:
    """The talk compiled once: what TeX said, and the PDF."""
    folder = tmp_path_factory.mktemp("talk")
    report = _compiled(talkative_survey(), load("en"), TemplateRoots(template_root()), folder)
    return report, folder / "survey.pdf"


@tex_engine
@pytest.mark.tex
@pytest.mark.xdist_group("talk")
def test_the_sample_compiles_clean(compiled: tuple[CompileReport, Path]) -> None:
    """No error, nothing undefined, no missing letter, nothing beyond its frame; the PDF is named, dated and linked."""
    if LACKING:
        pytest.skip(f"make system-deps brings {LACKING}")
    report, pdf = compiled

    assert report.clean, report
    check_pdf(pdf, talkative_survey().title, "en")


@tex_engine
@pytest.mark.tex
@pytest.mark.xdist_group("talk")
def test_a_talk_compiled_twice_has_the_same_bytes(
    compiled: tuple[CompileReport, Path], english: Language, shipped: TemplateRoots, tmp_path: Path
) -> None:
    """Neither the hour nor the folder is in it."""
    _compiled(talkative_survey(), english, shipped, tmp_path)

    assert (tmp_path / "survey.pdf").read_bytes() == compiled[1].read_bytes()


@tex_engine
@pytest.mark.tex
def test_all_hostile_texts_compile(english: Language, shipped: TemplateRoots, tmp_path: Path) -> None:
    """Every odd string on the slides, in one deck: it is printed, and makes no file."""
    report = _compiled(
        _on_every_slide(hostile_survey(*(text for _, text in HOSTILE_STRINGS))), english, shipped, tmp_path
    )

    assert (report.errors, report.undefined, report.missing) == ((), (), ())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["survey.pdf", "survey.tex"]
    assert not Path(TOUCHED).exists()


def _compiled(survey: Survey, language: Language, roots: TemplateRoots, folder: Path) -> CompileReport:
    (folder / "survey.tex").write_text(rendered(survey, language, roots)["slides.tex"], encoding="utf-8")
    return compile_pdf(folder / "survey.tex", folder / "survey.pdf", seconds=180)


def _on_every_slide(survey: Survey) -> Survey:
    """Put blocks of every kind under each name that a deck looks for: those of one string under one of the names."""
    hostile = [section for section in survey.sections if section.level == 1 and section.theme is not None]
    names = ("method", "abstract", "glance", "open-problems", "changes")  # the figures of the first go to the method
    named = []
    for n, name in enumerate(names):
        mine = hostile[n % len(hostile) :: len(names)]
        blocks = tuple(block for section in mine for block in section.blocks)
        named.append(Section(name, mine[0].heading, 1, blocks))
    return replace(survey, sections=(*named, *survey.sections))


def _node(expression: str) -> Any:
    def read(name: str) -> str:
        own = template_root() / "slides" / name
        return (own if own.is_file() else template_root() / "html" / name).read_text(encoding="utf-8")

    script = f"{bundle('deck.js', read)}\nconsole.log(JSON.stringify({expression}));"
    done = subprocess.run([str(_NODE), "--input-type=module"], input=script, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
