"""The page of each paper: what it tells, where its claims come from, and that it stands alone."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_pages import make_png
from html_pages import tree
from large_survey import large_survey
from open_page import CHROMIUM, NO_CHROMIUM, Open, keep_looks
from sample_survey import reviewed_survey
from surveygen import plugins
from surveygen.config import Settings
from surveygen.domain.figure import FigureRecord
from surveygen.domain.paper import PaperId
from surveygen.languages import codes, load
from surveygen.render import TemplateRoots, format_names, template_root
from surveygen.render.formats import html, markdown
from surveygen.render.formats import reviews as review_format
from surveygen.render.html.neighborhood import NARROW, WIDE, draw, neighborhood
from surveygen.render.references import review_file

FIRST = "papers/2101.00001.html"
CROWD = large_survey(141)
SHIPPED = TemplateRoots(template_root())


def page_of(folder: Path, file: str = FIRST) -> Any:
    """Return the elements of a page."""
    return tree((folder / file).read_text(encoding="utf-8"))


def texts(node: Any, path: str) -> list[str]:
    """Return the texts of some elements, in one line each."""
    return [" ".join(item.text_content().split()) for item in node.xpath(path)]


def section(page: Any, name: str) -> Any:
    """Return a section of a page."""
    return page.get_element_by_id(name)


def test_a_page_tells_what_the_review_has(reviews: Mapping[str, Path]) -> None:
    """Head, one line, a section for each field, and the rest, in the order of a review."""
    page = page_of(reviews["en"])

    assert texts(page, "//main//section/h2") == [
        "Motivation and aims",
        "Method",
        "Questions it answers",
        "Findings",
        "Results in numbers",
        "Limits",
        "Significance",
        "Data and code",
        "How later papers describe it",
        "What this survey says of it",
        "Abstract",
        "Neighborhood",
        "Most similar in this survey",
        "Place in the taxonomy",
        "Versions",
        "Cite this paper",
        "How this page was made",
    ]
    assert texts(page, "//p[@class='authors']") == ["Ada Müller, Chloé Poincaré-Özdemir, Jun Satō"]
    assert "arXiv:2101.00001v2" in texts(page, "//p[@class='card-meta']")[0]
    assert texts(page, "//div[@class='one']//summary") == ["reworded by fixed rules · Abstract"]
    links = page.xpath("//p[@class='card-links']/a/@href")
    assert links[:3] == [f"https://arxiv.org/{kind}/2101.00001" for kind in ("abs", "pdf", "html")]
    assert links[-2:] == ["https://doi.org/10.1234/debate_2021", "https://github.com/invented/debate"]
    assert "@article{key210100001," in section(page, "cite").text_content()


def test_every_claim_has_its_place_and_words(reviews: Mapping[str, Path]) -> None:
    """A claim in the words of the source leads to them; another one shows them, and the text before a translation."""
    page = page_of(reviews["en"])
    (aim,) = section(page, "motivation").xpath(".//li[1]")
    (finding,) = section(page, "findings").xpath(".//li")
    (limit,) = section(page, "limits").xpath(".//li")

    assert texts(aim, ".//*[@class='evidence']") == ["word for word · Abstract"]
    (place,) = aim.xpath(".//a[@class='place']/@href")
    assert page.get_element_by_id(place[1:]).text_content() == "We study d"  # the next piece goes on
    assert texts(finding, ".//summary") == ["worded by a language model · Abstract"]
    assert texts(finding, ".//blockquote/p[1]") == ["“It costs 50% less.”"]
    assert limit.xpath(".//blockquote/@lang") == ["en"]
    claims = page.xpath("//*[@data-span]")
    assert len(claims) == len(page.xpath("//*[@data-span]//*[starts-with(@class, 'evidence')]")) == 10


def test_full_text_is_shown_as_its_license_permits(reviews: Mapping[str, Path]) -> None:
    """The section with its link, its words where they may be shown; else where the paper states it."""
    pages = page_of(reviews["en"]), page_of(reviews["en"], "papers/2203.00002.html")
    rows = section(pages[0], "described").xpath(".//li")
    (claim,) = section(pages[1], "contributions").xpath(".//li")

    assert texts(rows[0], ".") == ["Debate with judges is costly.Lindqvist and Müller, 2022 · § 2 Related work"]
    assert texts(rows[1], ".") == [
        "The text of Lindqvist and Müller describes it.Lindqvist and Müller, 2022 · Full text"
    ]
    assert rows[0].xpath(".//a/@href") == ["2203.00002.html", "https://arxiv.org/html/2203.00002v1#S2.p1"]
    assert texts(section(pages[0], "limits"), ".//p[@class='note-about']") == [
        "Stated in the paper, not quoted here: § 5 Limits"
    ]
    assert texts(claim, ".//*[@class='evidence']") == ["word for word · § 2 Related work"]
    assert "License of this version: CC BY 4.0." in texts(section(pages[1], "made"), ".//li")
    assert "the full text of the paper" in section(pages[0], "made").text_content()


def test_values_are_those_of_tables(reviews: Mapping[str, Path]) -> None:
    """What tables print for the method of the paper, with data set, paper and table, and a mark where they differ."""
    table = section(page_of(reviews["en"]), "results").xpath(".//table")[0]

    assert texts(table, ".//tbody/tr/*") == ["MNIST", "Error", "Debate", "71.2 ≠", "Lindqvist and Müller, Table 1"]
    assert table.xpath(".//a/@href") == ["2203.00002.html", "https://arxiv.org/html/2203.00002v1#T1"]


def test_the_page_says_how_it_was_made(reviews: Mapping[str, Path]) -> None:
    """How many sentences are copied, reworded, of a model, translated; and what the source does not state."""
    lines = texts(section(page_of(reviews["en"]), "made"), ".//li")
    bare = texts(section(page_of(reviews["en"], "papers/2207.00003.html"), "made"), ".//li")

    assert "4 sentences are copied word for word." in lines
    assert "1 sentence is worded by the language model extractive-1 and checked against its source." in lines
    assert any(line.startswith("1 sentence is translated by machine") for line in lines)
    assert any(
        line.startswith("Not found in the text that was read: Motivation and aims; Contributions;") for line in bare
    )


def test_versions_tell_what_changed(reviews: Mapping[str, Path]) -> None:
    """Date and marks of each version; of one with stored texts the fields and sentences that differ."""
    rows = texts(section(page_of(reviews["en"]), "versions"), ".//li")

    assert rows[0] == "v1January 4, 2021"
    assert rows[1].startswith("v2June 2, 2021cited here latest v1 → v2: Changed: title; abstract.")
    assert "removed: “It costs 40% less.”added: “It costs 50% less.”" in rows[1]


def test_the_place_has_its_reasons(reviews: Mapping[str, Path]) -> None:
    """The path of the theme, words and sentences that decided, and the note of a person."""
    place = section(page_of(reviews["en"]), "theme")

    assert texts(place, ".//dd")[0] == "Outer alignment › Debate"
    assert place.xpath(".//dd[1]/a/@href")[0].startswith("../index.html#")
    assert texts(place, ".//bdi[@class='keyword']") == ["debate", "judge"]
    assert "Decided by Ada, January 1, 2026 “It has a judge.”" in " ".join(place.text_content().split())


def test_drawing_and_list_name_the_same_papers(reviews: Mapping[str, Path]) -> None:
    """This paper, those that cite it and those it cites have marks of their own; the list has each once."""
    part = section(page_of(reviews["en"], "papers/2203.00002.html"), "neighborhood")
    rows = [
        (row.get("class").split()[1], row.getparent().xpath("./td[1]/a/@href")[0])
        for row in part.xpath(".//td[contains(@class, 'relation')]")
    ]

    assert rows == [("citing", "2301.00004.html"), ("cited", "2101.00001.html")]
    for drawing in part.xpath(".//figure/svg"):
        assert [(link.get("class").split()[1], link.get("href")) for link in drawing.xpath("./a")] == rows
        assert len(drawing.xpath(".//*[@class='node-self']")) == 1
        assert drawing.get("aria-label")
        assert all(link.findtext("title") for link in drawing.xpath("./a"))


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_neighborhood_is_bounded_and_inside_its_box(citing: int, cited: int) -> None:
    """At most sixty papers are drawn, no two at one place, and the same numbers give the same drawing."""
    entries = {entry.paper.id: entry for entry in CROWD.entries}
    ids = list(entries)
    stats = replace(
        entries[ids[0]].citation_stats,
        cited_by=tuple(ids[1 : 1 + citing]),
        references=tuple(ids[71 : 71 + cited]),
        outside=(),
        more=0,
    )  # type: ignore[type-var]
    around = neighborhood(replace(entries[ids[0]], citation_stats=stats), entries)

    assert len(list(around)) <= 59
    if citing or cited:
        assert len(list(around)) + around.hidden == citing + cited
    for width in (WIDE, NARROW):
        drawing = draw(around, width)
        places = [(node.x, node.y) for node in drawing.nodes]
        assert len(set(places)) == len(places)
        assert all(0 <= x <= width and 0 < y < drawing.height for x, y in places)
        assert draw(around, width) == drawing


def local_links(folder: Path, file: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files that a page links to, with the place in them."""
    here = file.relative_to(folder.parent).as_posix()
    for href in tree(file.read_text(encoding="utf-8")).xpath("//@href"):
        if not re.match(r"https://|data:,", href):
            path, _, place = urljoin(here, href).partition("#")
            yield folder.parent / unquote(path), place


def test_links_lead_to_what_is_there(reviews: Mapping[str, Path]) -> None:
    """From a page to others, to the survey and to other editions, and from the survey to each page."""
    folder = reviews["en"]
    ids = {
        path: set(tree(path.read_text(encoding="utf-8")).xpath("//@id"))
        for path in (*folder.rglob("*.html"), *reviews["ar"].rglob("*.html"))
    }
    files = sorted((folder / "papers").iterdir())
    broken = [
        (file.name, path.name, place)
        for file in files
        for path, place in local_links(folder, file)
        if path not in ids or (place and place not in ids[path])
    ]
    linked = {path for path, _ in local_links(folder, folder / "index.html")}

    assert broken == []
    assert set(files) <= linked


def test_reference_managers_read_the_metadata(reviews: Mapping[str, Path]) -> None:
    """Title, each author, date, DOI, arXiv id and addresses."""
    pairs = [
        (node.get("name"), node.get("content"))
        for node in page_of(reviews["en"]).xpath("//meta[starts-with(@name, 'citation_')]")
    ]

    assert ("citation_title", "Debate with $k$-step judges: an $O(n^{2})$ protocol") in pairs
    assert [content for name, content in pairs if name == "citation_author"] == [
        "Ada Müller",
        "Chloé Poincaré-Özdemir",
        "Jun Satō",
    ]
    assert {
        ("citation_publication_date", "2021/01/04"),
        ("citation_doi", "10.1234/debate_2021"),
        ("citation_arxiv_id", "2101.00001"),
        ("citation_pdf_url", "https://arxiv.org/pdf/2101.00001v2"),
    } <= set(pairs)


def test_hostile_text_stays_text(reviews: Mapping[str, Path]) -> None:
    """No element, attribute or address comes from a paper; every page is below its folder."""
    pages = sorted((reviews["hostile"] / "papers").iterdir())

    assert len(pages) == len({page.name.lower() for page in pages})
    for path in pages:
        page = tree(path.read_text(encoding="utf-8"))
        assert len(page.xpath("//script")) == 2
        assert page.xpath("//iframe|//img|//object|//form|//base") == []
        assert [name for name in page.xpath("//@*/..")[0].keys() if name.startswith("on")] == []  # noqa: SIM118
        assert not [
            href for href in page.xpath("//@href") if not re.match(r"https://|data:,\Z|#|\.\./|[\w.-]+\.html\Z", href)
        ]


@pytest.mark.parametrize(
    ("license_url", "is_shown"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", True),
        ("http://creativecommons.org/licenses/by-nc-nd/4.0/", True),
        ("http://creativecommons.org/publicdomain/zero/1.0/", True),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", False),
        ("https://example.org/licenses/by/4.0/", False),
        ("", False),
    ],
)
def test_a_figure_is_shown_under_an_open_license_only(license_url: str, *, is_shown: bool) -> None:
    """With caption, authors, license and link on the page of its paper, unaltered; in no other format."""
    image = make_png(5, 3)
    sha256 = hashlib.sha256(image).hexdigest()
    caption = "Overview of twelve judges."
    figure = FigureRecord(
        paper=PaperId("2101.00001"),
        version=2,
        status="fetched",
        url="https://arxiv.org/html/2101.00001v2/x1.png",
        at="2026-01-01T00:00:00Z",
        license=license_url,
        figure="f1",
        label="Figure 1",
        caption=caption,
        element="S1.F1",
        media_type="image/png",
        width=5,
        height=3,
        sha256=sha256,
    )
    survey = reviewed_survey()
    first, *others = survey.entries
    survey = replace(survey, entries=(replace(first, figure=figure), *others), images={sha256: image})
    written: dict[str, str] = {}
    for name in set(format_names()) - {"pdf"}:
        renderer = plugins.load("render", name).make(load("en"), SHIPPED, Settings("Sample", formats=(name, "reviews")))
        written |= {f"{name}/{file}": text for file, text in renderer.render(survey).items()}
    data = base64.b64encode(image).decode()

    assert {file for file, text in written.items() if data in text or caption in text} == (
        {f"reviews/{FIRST}"} if is_shown else set()
    )
    if is_shown:
        (shown,) = tree(written[f"reviews/{FIRST}"]).xpath("//section[@id='method']//figure")
        assert shown.xpath("./img/@src") == [f"data:image/png;base64,{data}"]
        assert shown.xpath(".//a/@href") == [license_url, "https://arxiv.org/html/2101.00001v2#S1.F1"]
        assert "© its authors (Müller et al.), shown unaltered under" in shown.text_content()


@given(st.text(min_size=1), st.text(min_size=1))
def test_papers_never_share_a_file(first: str, second: str) -> None:
    """Names are plain, short, no device of an old system, and differ in more than case."""
    names = [review_file(PaperId(text)) for text in (first, second)]

    assert all(re.fullmatch(r"papers/[a-z0-9][a-z0-9.-]{4,80}\.html", name) for name in names)
    assert (names[0] == names[1]) == (first == second)


@pytest.mark.parametrize("code", codes())
def test_every_language_has_its_page(code: str) -> None:
    """In the direction of the language; no label is left to English, and a second rendering is the same."""
    survey = replace(reviewed_survey(), language=code)
    renderer = review_format.make(load(code), SHIPPED)
    files = renderer.render(survey)
    page = tree(files[FIRST])

    assert renderer.render(survey) == files
    assert page.get("dir") == load(code).direction
    assert len(files) == len(survey.entries)
    english = texts(tree(review_format.make(load("en"), SHIPPED).render(survey)[FIRST]), "//h2")
    same = [first for first, second in zip(texts(page, "//h2"), english, strict=True) if first == second]
    assert len(same) <= (len(english) if code == "en" else 1)  # "Versions" is French too


def test_a_user_can_change_the_page(tmp_path: Path) -> None:
    """By a template that extends the shipped one, and by a style of their own."""
    (tmp_path / "html").mkdir()
    own = '{% extends "shipped/html/review.html.j2" %}{% block masthead %}<p>Read by our group</p>{% endblock %}'
    (tmp_path / "html" / "review.html.j2").write_text(own)
    (tmp_path / "html" / "own.css").write_text(".one { color: teal }\n")
    written = review_format.make(load("en"), TemplateRoots(template_root(), tmp_path)).render(reviewed_survey())[FIRST]

    assert "<p>Read by our group</p>" in written
    assert ".one { color: teal }" in written


def test_other_formats_link_to_the_pages_that_there_are() -> None:
    """The survey as a page and as Markdown name each page once the edition has them, and only then."""
    survey = reviewed_survey()
    for formats, expected in ((("html", "markdown", "reviews"), 6), (("html", "markdown"), 0)):
        settings = Settings("Sample", formats=formats)
        page = html.make(load("en"), SHIPPED, settings).render(survey)["index.html"]
        text = markdown.make(load("en"), SHIPPED, settings).render(survey)["survey.md"]
        assert len(re.findall(r'href="papers/', page)) == len(re.findall(r"\]\(papers/", text)) == expected


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
def test_a_browser_shows_the_page_from_its_file(visit: Open, reviews: Mapping[str, Path]) -> None:
    """On a phone too; nothing is requested, nothing overflows, evidence lights up, the card leads here."""
    for name, width in (("en", 1280), ("ar", 390), ("hostile", 390)):
        path = min((reviews[name] / "papers").iterdir())
        seen = visit(path, width=width)
        keep_looks(seen.page, f"review-{name}")
        assert (seen.requests, seen.complaints) == ([path.as_uri()], [])
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    page = visit(reviews["en"] / FIRST).page
    page.locator("#findings .claim").hover()
    assert page.locator(".lit").all_inner_texts() == ["It costs 50% less."]
    page = visit(reviews["en"] / "index.html", "#p-2101.00001").page
    page.locator("#card .card-links a").first.click()
    assert page.url.endswith(FIRST)
