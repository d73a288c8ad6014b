"""All formats tell the same: headings, citations and numbers, in one order, under the same keys."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from lxml import html as lxml_html

from large_survey import large_survey
from sample_survey import sample_survey
from surveygen import plugins
from surveygen.config import Settings
from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.summary import Sentence
from surveygen.domain.survey import Paragraph, Section, Survey, YearChart
from surveygen.languages import load
from surveygen.render import Renderer, TemplateRoots, template_root

_FORMATS = ("html", "latex", "markdown", "json", "slides")
_HEADING = re.compile(
    r"\\(?:sub)*(?:section|paragraph)\{\\texorpdfstring\{.*\}\{(.*)\}\}|\{\\centering\\textbf\{(.*)\}\\par\}"
)
_UNESCAPED = str.maketrans("", "", "\\")


class Told:
    """A survey in every format."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.files: dict[str, str] = {}
        for name in _FORMATS:
            renderer: Renderer = plugins.load("render", name).make(
                load("en"), TemplateRoots(template_root()), Settings("Sample")
            )
            self.files |= renderer.render(survey)
        self.json: dict[str, Any] = json.loads(self.files["survey.json"])
        self.page = self.tree("index.html")
        self.tex, self.markdown = self.files["survey.tex"], self.files["survey.md"]
        self.talk = self.tree("slides.html")
        self.number_of = {entry.cite_key: entry.number for entry in survey.entries}

    def tree(self, name: str) -> Any:
        """Read a page as a browser would."""
        return lxml_html.document_fromstring(self.files[name].encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))

    def cited_in_tex(self, text: str) -> list[int]:
        """Return the numbers of the papers that TeX cites, in order."""
        return [self.number_of[key] for group in re.findall(r"\\cite\{([^}]*)\}", text) for key in group.split(",")]


@pytest.fixture(scope="module", params=["sample", "large"])
def told(request: pytest.FixtureRequest) -> Told:
    """A small survey with every kind of block, and an invented one of sixty papers."""
    return Told(sample_survey() if request.param == "sample" else large_survey(60))


def test_a_reference_has_one_number_and_one_key(told: Told) -> None:
    """The n-th reference is the same paper everywhere; the talk has a part of them, under the same numbers."""
    expected = [(entry.number, entry.cite_key) for entry in told.survey.entries]
    listed = re.compile(r"\\bibitem\[(\d+)\]\{([^}]*)\}")
    tex = [(int(number), key) for number, key in listed.findall(told.tex)]
    talk = [(int(number), key) for number, key in listed.findall(told.files["slides.tex"])]
    numbers = [number for number, _ in expected]

    assert tex == expected
    assert talk == [pair for pair in expected if pair in set(talk)]
    assert [(paper["number"], paper["cite_key"]) for paper in told.json["papers"]] == expected
    assert [row["cite_key"] for row in told.json["references"]] == [key for _, key in expected]
    assert re.findall(r"^@\w+\{([^,]+),", told.files["references.bib"], re.MULTILINE) == [key for _, key in expected]
    assert [int(number) for number in re.findall(r'<a id="ref-(\d+)"></a>', told.markdown)] == numbers
    assert [int(item.get("id")[4:]) for item in told.page.xpath("//li[starts-with(@id, 'ref-')]")] == numbers
    assert [int(item.get("value")) for item in told.talk.xpath("//li[starts-with(@id, 'ref-')]")] == [
        n for n, _ in talk
    ]


def test_a_number_leads_to_the_same_paper(told: Told) -> None:
    """The title that stands at a number is that paper's, in each format."""
    for entry in told.survey.entries:
        title = plain(parse_inline(entry.paper.title)).split("$")[0].strip()
        item = told.page.get_element_by_id(f"ref-{entry.number}").text_content()
        row = next(line for line in told.markdown.splitlines() if line.startswith(f'<a id="ref-{entry.number}">'))
        bib = told.tex.partition(f"\\bibitem[{entry.number}]{{{entry.cite_key}}}")[2].partition("\\bibitem")[0]

        assert title in item
        assert title in row.replace("&amp;", "&").translate(_UNESCAPED)
        assert title in bib.translate(_UNESCAPED)


def test_claims_cite_the_same_papers_in_the_same_order(told: Told) -> None:
    """The running text alone: its citations, one after the other."""
    sections = tuple(
        replace(section, blocks=tuple(block for block in section.blocks if isinstance(block, Paragraph)))
        for section in told.survey.sections
    )
    prose = Told(replace(told.survey, sections=sections))
    expected = [
        prose.number_of[entry.cite_key]
        for sentence in prose.survey.sentences()
        for entry in (prose.survey.by_paper()[paper] for paper in sentence.cites)
    ]
    marked = [
        paper
        for section in prose.json["sections"]
        for block in section["blocks"]
        for sentence in block["sentences"]
        for paper in sentence["cites"]
    ]

    assert expected
    assert prose.cited_in_tex(prose.tex) == expected
    assert [int(number) for number in re.findall(r"\]\(#ref-(\d+)\)", prose.markdown)] == expected
    assert [int(link.get("href")[5:]) for link in prose.page.find_class("cite")] == expected
    assert [prose.survey.by_paper()[paper].number for paper in marked] == expected
    talk = [int(link.get("href")[5:]) for link in prose.talk.find_class("cite")]
    assert talk == prose.cited_in_tex(prose.files["slides.tex"])
    assert set(talk) <= set(expected)


def test_sections_stand_in_the_same_order(told: Told) -> None:
    """Every format has every heading once, in the order of the document."""
    expected = [section.heading for section in told.survey.sections]
    page = [heading.text_content() for heading in told.page.xpath("//main//section/*[starts-with(@id, 'h-')]/span")]
    tex = [(one or other).translate(_UNESCAPED) for one, other in _HEADING.findall(told.tex)]
    markdown = re.findall(r"^##+ (.*)$", told.markdown, re.MULTILINE)

    assert page == expected
    assert tex == expected
    assert [heading.replace("&amp;", "&").translate(_UNESCAPED) for heading in markdown] == expected
    assert [section["heading"] for section in told.json["sections"]] == expected


def test_themes_have_the_same_sizes(told: Told) -> None:
    """The tree of themes with the number of papers at each."""
    survey = told.survey
    sizes = {count.theme: count.size for count in survey.counts}
    expected = [f"{theme.name} ({sizes[theme.id]})" for theme in survey.taxonomy]
    tops = [f"{theme.name} ({sizes[theme.id]})" for theme in survey.taxonomy.children(None)]
    tree = re.findall(r"^\s*- \*\*(.*)\*\* (\(\d+\))", told.markdown, re.MULTILINE)
    nodes = [node.text_content() for node in told.page.find_class("node-name")]
    counted = [node.xpath("string(span[1])") for node in told.page.find_class("node-size")]
    talk = zip(told.talk.find_class("node-name"), told.talk.find_class("node-size"), strict=True)

    assert [f"{name} {size}".replace("&amp;", "&").translate(_UNESCAPED) for name, size in tree] == expected
    assert [f"{name.strip()} ({size})" for name, size in zip(nodes, counted, strict=True)] == expected
    assert [f"{name.text_content()} ({size.text})" for name, size in talk] == tops
    assert [f"{theme['name']} ({theme['size']})" for theme in told.json["themes"]] == expected
    drawn = re.findall(r"^\[\{(.*? \(\d+\))\}, survey (?:theme|node)", told.tex, re.MULTILINE)
    assert [name.translate(_UNESCAPED) for name in drawn] == expected


def test_years_have_the_same_counts(told: Told) -> None:
    """Papers a year and theme: drawings of TeX, bars of the pages, the table of Markdown, numbers of JSON."""
    (chart,) = (block for section in told.survey.sections for block in section.blocks if isinstance(block, YearChart))
    columns = [
        "".join(f"({year},{count})" for year, count in zip(chart.years, column, strict=True))
        for column in zip(*chart.counts, strict=True)
    ]
    bars = [
        f"{year} · {told.survey.taxonomy[theme].name}: {count}"
        for year, row in zip(chart.years, chart.counts, strict=True)
        for theme, count in zip(chart.themes, row, strict=True)
        if count
    ]
    rows = [f"| {year} | {' | '.join(map(str, row))} |" for year, row in zip(chart.years, chart.counts, strict=True)]
    (block,) = (
        block for section in told.json["sections"] for block in section["blocks"] if block["kind"] == "year_chart"
    )

    for name in ("survey.tex", "slides.tex"):
        assert re.findall(r"coordinates \{(.*)\};", told.files[name]) == columns
    for page in (told.page, told.talk):
        assert [title.text for title in page.xpath("//rect/title")] == bars
    assert [line for line in told.markdown.splitlines() if line in rows] == rows
    assert (block["years"], block["counts"]) == (list(chart.years), [list(row) for row in chart.counts])


def test_every_format_marks_the_sentences_that_only_connect() -> None:
    """Behind its words a reader sees that a sentence cites nothing; in survey.json its `method` says so."""
    survey = sample_survey()
    glue = Sentence("Further work turns to judges.", (), (), method="glue", claim="0123456789")
    shown = Section("glance", "At a glance", 1, (Paragraph((glue,), "Findings", "list"),))
    told = Told(replace(survey, sections=(shown, *survey.sections)))

    [mark] = told.page.find_class("glue")
    assert mark.text_content() == "connecting sentence"
    assert mark.getparent().text_content().strip() == "Further work turns to judges. connecting sentence"
    assert [it.text_content() for it in told.talk.find_class("glue")] == ["connecting sentence"]
    for name in ("survey.tex", "slides.tex"):
        assert r"Further work turns to judges. {\footnotesize\itshape (connecting sentence)}" in told.files[name]
    assert "Further work turns to judges. <!-- by -->(connecting sentence)" in told.markdown
    assert '"method":"glue"' in told.files["survey.json"]
