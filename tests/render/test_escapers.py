"""Each format's escaper against a reader that is not ours: what is read back is what went in."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from pybtex.database import parse_string

from hostile_strings import HOSTILE_STRINGS
from html_pages import data_text
from sample_survey import sample_survey
from surveygen.domain.inline import Math, parse_inline, plain
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import PaperReview
from surveygen.domain.survey import BibliographyEntry
from surveygen.domain.text import clean
from surveygen.languages import load
from surveygen.render import TemplateRoots, compile_pdf, render_reports
from surveygen.render.bibtex import bibliography
from surveygen.render.html.markup import string, words
from surveygen.render.html.page_data import data_element
from surveygen.render.latex.text import tex
from surveygen.render.markdown import escape_markdown
from surveygen.render.templates import fill, html_environment
from tex_words import printed

# Signs that mean something to one of the formats, beside any text at all.
_SIGNS = st.text("<>&\"'`\\{}[]()$%#^_~|*!-+=:;@/. \n\tab019é漢", max_size=60)
_ANY = st.one_of(_SIGNS, st.text(max_size=60), st.sampled_from([text for _, text in HOSTILE_STRINGS]))
_PLACES = """<p title="{{ text }}" data-x='{{ text }}'>{{ words }}</p><svg><title>{{ words }}</title></svg>"""


class _Reader(HTMLParser):
    """Python's own reader of HTML: which tags begin, their attributes, and the words between."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def without_math(text: str) -> str:
    """Return the words of a text, which has no mathematics; that is not escaped but set."""
    nodes = parse_inline(text)
    assume(not any(isinstance(node, Math) for node in nodes))
    return plain(nodes)


def page_of(text: str, folder: Path) -> str:
    """Write a text into each kind of place that a page has."""
    (folder / "a.j2").write_text(_PLACES, encoding="utf-8")
    return fill(html_environment(TemplateRoots(folder)), "a.j2", {"text": string(text), "words": words(text)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for a template."""
    return tmp_path_factory.mktemp("templates")


@given(text=_ANY)
def test_html_gives_the_words_back(folder: Path, text: str) -> None:
    """In text, in attributes of either quote and in a drawing, for two readers; no tag comes of it."""
    expected = without_math(text)
    page = page_of(text, folder)
    reader = _Reader()
    reader.feed(page)
    reader.close()
    paragraph = lxml_html.fragments_fromstring(page)[0]

    assert reader.tags == ["p", "svg", "title"]
    assert dict(reader.attributes) == {"title": expected, "data-x": expected}
    assert "".join(reader.words) == expected * 2
    assert (paragraph.get("title"), paragraph.get("data-x"), paragraph.text or "") == (expected,) * 3


@given(st.recursive(_ANY.map(clean), lambda inner: st.lists(inner) | st.dictionaries(_ANY.map(clean), inner)))
@example("</script><script>alert(1)</script><!--")
@example("<!--<script>")
def test_the_element_gives_the_data_back(data: object) -> None:
    """Whatever the data hold, a reader finds one element, and in it JSON that is equal."""
    markup = str(data_element({"data": data}))
    reader = _Reader()
    reader.feed(markup)
    reader.close()

    assert reader.tags == ["script"]
    assert json.loads("".join(reader.words)) == {"data": data}


_WORDS = [text for _, text in HOSTILE_STRINGS if clean(text) == text]


def test_large_data_are_compressed_and_come_back() -> None:
    """The element says how, and two runs write the same bytes."""
    data = _WORDS * 300
    node = lxml_html.fragment_fromstring(str(data_element({"data": data})))

    assert node.get("data-packed") == "gzip"
    assert json.loads(data_text(node)) == {"data": data}
    assert data_element({"data": data}) == data_element({"data": data})


@given(_ANY)
def test_markdown_gives_the_words_back(text: str) -> None:
    """As a paragraph, a heading, an item and a cell, a reader of CommonMark with tables finds the words alone."""
    expected = without_math(text)
    assume(expected)
    written = escape_markdown(expected)

    assert _read_markdown(written) == [("paragraph_open", expected)]
    assert _read_markdown(f"# {written}") == [("heading_open", expected)]
    assert _read_markdown(f"- {written}")[-1] == ("paragraph_open", expected)
    assert _read_markdown(f"| a | b |\n|---|---|\n| {written} | b |")[2:] == [("td_open", expected), ("td_open", "b")]


@given(_ANY)
def test_bibtex_gives_the_words_back(text: str) -> None:
    """The title that pybtex reads is the paper's, with braces as parentheses, for BibTeX counts escaped ones too."""
    expected = without_math(text).replace("{", "(").replace("}", ")")
    paper = Paper(PaperId("2101.00001"), text if clean(text) else "T")
    (entry,) = parse_string(
        bibliography([BibliographyEntry(paper, 1, "key", PaperReview(paper.id))]), "bibtex"
    ).entries.values()

    title = entry.fields["title"].removeprefix("{").removesuffix("}")
    assert printed(title) == (expected or "T")


@given(_ANY)
def test_atom_gives_the_words_back(text: str) -> None:
    """The title of a feed is the survey's, for a strict reader of XML."""
    survey = replace(sample_survey(), title=text)
    feed = render_reports(survey, load("en"))["changes.atom"]

    assert (etree.fromstring(feed.encode())[0].text or "") == clean(text)


@pytest.mark.skipif(not (shutil.which("lualatex") and shutil.which("pdftotext")), reason="run: make system-deps")
@pytest.mark.tex
def test_tex_prints_the_words(root: Path, tmp_path: Path) -> None:
    """LuaLaTeX sets two hundred lines of signs without an error, and prints each sign."""
    rng = random.Random(5)
    signs = '\\{}$&%#_^~<>|"`[]()*@!?=+-/;:.,0123456789abcXYZ'
    lines = ["x" + "".join(rng.choices(signs, k=rng.randint(1, 20))) + "x" for _ in range(200)]
    commands = (root / "templates" / "latex" / "words.tex.j2").read_text(encoding="utf-8")
    head = "\\documentclass{article}\\usepackage{fontspec,xcolor,adjustbox}\\pagestyle{empty}\\parindent0pt\n"
    body = "\n\n".join(f"\\mbox{{{tex(line)}}}" for line in lines)
    (tmp_path / "survey.tex").write_text(
        f"{head}{commands}\\begin{{document}}\n{body}\n\\end{{document}}\n", encoding="utf-8"
    )

    report = compile_pdf(tmp_path / "survey.tex", tmp_path / "survey.pdf", seconds=120)
    pages = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "survey.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout

    assert report.clean, report
    assert [unicodedata.normalize("NFKC", line) for line in pages.split()] == lines


def _read_markdown(text: str) -> list[tuple[str, str]]:
    """Return each block that holds words with the words; whatever is not words fails."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    found: list[tuple[str, str]] = []
    for before, token in pairwise(tokens):
        if token.type == "inline":
            assert {child.type for child in token.children or ()} <= {"text", "text_special"}
            found.append((before.type, "".join(child.content for child in token.children or ())))
    assert not [token for token in tokens if token.type in {"html_block", "fence", "code_block", "hr"}]
    return found
