"""A large survey as a main page and one page a theme: nothing is lost between them."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest

from hostile_strings import HOSTILE_STRINGS
from html_pages import page_data, tree
from large_survey import large_survey
from sample_survey import hostile_survey, sample_survey, survey_with_stranger
from surveygen.domain.paper import PaperId
from surveygen.domain.survey import Survey
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.languages import load
from surveygen.render import TemplateRoots, template_root
from surveygen.render.formats.html import HtmlRenderer
from surveygen.render.html.context import MAIN, MOST_IN_ONE_FILE, address, lay_out


def divided(survey: Survey, most: int = 2) -> Mapping[str, str]:
    """Return the pages of a survey for which `most` papers are many."""
    return HtmlRenderer(load("en"), TemplateRoots(template_root()), most).render(survey)


@pytest.fixture(scope="module")
def pages() -> dict[str, Any]:
    """The pages of an invented survey of 60 papers."""
    return {name: tree(text) for name, text in divided(large_survey(60)).items()}


def test_a_small_survey_is_one_file() -> None:
    """Up to the limit, that included."""
    survey = sample_survey()

    assert list(divided(survey, len(survey.entries))) == [MAIN]
    assert lay_out(survey).parts == ()
    assert len(survey.entries) < MOST_IN_ONE_FILE


def test_each_paper_has_one_page(pages: dict[str, Any]) -> None:
    """Its card, its row and its reference stand on the page of its theme."""
    held = [paper["id"] for name, page in pages.items() if name != MAIN for paper in own(page)]

    assert sorted(held) == sorted(entry.paper.id for entry in large_survey(60).entries)
    for name, page in pages.items():
        for paper in own(page) if name != MAIN else []:
            assert paper["abstract"]
            assert page.get_element_by_id(f"p-{paper['id']}").tag == "tr"
            assert page.get_element_by_id(f"ref-{paper['number']}").tag == "li"


def own(page: Any) -> list[dict[str, Any]]:
    """Return the papers that a page lists, without those that it only names."""
    data = page_data(page)
    return [data["papers"][at] for at in data["order"]]


def test_every_link_between_the_pages_leads_somewhere(pages: dict[str, Any]) -> None:
    """To a page that is there, and on it to a place that is there; citations lead to references and back."""
    ids = {name: set(page.xpath("//@id")) | {"quality"} for name, page in pages.items()}  # the survey has no quality
    for name, page in pages.items():
        for link in page.iter("a"):
            file, place = urldefrag(link.get("href"))
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) if file else name
            if file.startswith("https:") or "=" in place or (name == target == MAIN and place.startswith("p-")):
                continue  # the main page opens its cards by script; its catalogue holds only some rows without
            assert target in pages
            assert not place or place in ids[target], link.get("href")
    cites = [(name, cite) for name, page in pages.items() for cite in page.xpath("//a[@class='cite'][@id]")]
    assert cites
    for name, cite in cites:
        file, place = urldefrag(cite.get("href"))
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) if file else name
        backs = [link.get("href") for link in pages[target].get_element_by_id(place).iter("a")]
        assert f"{address(target, name)}#{cite.get('id')}" in backs


def test_the_main_page_keeps_what_its_claims_point_at(pages: dict[str, Any]) -> None:
    """Of abstracts only the quoted pieces, each in its place; all else of a paper is short."""
    main = pages[MAIN]
    data = page_data(main)
    cites = main.xpath("//a[@class='cite'][@data-q]")

    assert cites
    for cite in cites:
        start, end = (int(number) for number in cite.get("data-q").split())
        assert "".join(data["papers"][int(cite.text) - 1]["abstract"][start:end]).strip()
    kept = sum(len("".join(paper.get("abstract", ""))) for paper in data["papers"])
    assert kept < sum(len(entry.paper.abstract) for entry in large_survey(60).entries) / 3
    assert all("versions" not in paper and "near" not in paper for paper in data["papers"])
    assert not main.xpath("//table[@class='compare']")
    assert len(main.xpath("//ul[@class='pages']//a")) == 2 * (len(pages) - 1)


def test_papers_on_other_pages_are_named(pages: dict[str, Any]) -> None:
    """Who cites a paper is known on its page, wherever the others stand, with the page that holds them."""
    first = large_survey(60).entries[0]
    name = lay_out(large_survey(60), 2).file_of(first.paper.id)
    data = page_data(pages[name])
    place = next(at for at, paper in enumerate(data["papers"]) if paper["id"] == first.paper.id)

    citing = [paper for paper in data["papers"] if place in paper.get("cites", ())]
    assert first.citation_stats is not None
    assert {paper["id"] for paper in citing} == set(first.citation_stats.cited_by)
    away = [paper for paper in citing if "page" in paper]
    assert away
    for paper in away:
        page = posixpath.join("themes", data["pages"][paper["page"]])
        assert paper["id"] in [one["id"] for one in own(pages[page])]


def test_a_theme_that_fills_more_than_a_page_has_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its share of the table, counted in the heading."""
    monkeypatch.setattr("surveygen.render.html.context.MOST_ON_A_PAGE", 2)
    survey = large_survey(60)
    layout = lay_out(survey, 2)
    theme = survey.taxonomy.themes[1].id
    parts = layout.of_theme(theme)

    assert len(parts) > 1
    assert [page.part for page in parts] == list(range(1, len(parts) + 1))
    written = {name: tree(text) for name, text in divided(survey).items()}
    rows = [len(written[page.file].xpath("//table[@class='compare']/tbody/tr")) for page in parts]
    assert rows == [len(page.entries) for page in parts]
    assert f"(2/{len(parts)})" in written[parts[1].file].xpath("string(//h1)")


def test_ids_that_give_the_same_file_name_are_counted() -> None:
    """Two pages never share a file, whatever the ids of their themes are."""
    survey = sample_survey()
    names = dict(zip((theme.id for theme in survey.taxonomy), ("A b", "a-B", "日本", "ä"), strict=True))
    themes = tuple(Theme(ThemeId(names[theme.id]), theme.name) for theme in survey.taxonomy)
    entries = tuple(
        replace(
            entry, assignment=replace(place, theme=ThemeId(names[place.theme]), path=(ThemeId(names[place.theme]),))
        )
        for entry in survey.entries
        if (place := entry.assignment)
    )
    again = replace(survey, taxonomy=Taxonomy(themes), entries=entries, counts=(), sections=())

    files = [page.file for page in lay_out(again, 1).parts]
    held = {entry.assignment.theme for entry in entries if entry.assignment}
    assert len(set(files)) == len(files) == len(held)


def test_what_fits_no_theme_has_a_page_too() -> None:
    """And a paper without any theme stands there with it."""
    survey = survey_with_stranger()
    bare = replace(survey, entries=(replace(survey.entries[0], assignment=None), *survey.entries[1:]))
    layout = lay_out(bare, 1)

    [page] = layout.of_theme(None)
    assert bare.entries[0] in page.entries
    assert "Fits no theme" in tree(divided(bare, 1)[page.file]).text_content()


@pytest.mark.parametrize("text", [text for _, text in HOSTILE_STRINGS], ids=[name for name, _ in HOSTILE_STRINGS])
def test_hostile_text_is_inert_on_every_page(text: str) -> None:
    """No name of a theme becomes a path, no field an element or an address."""
    for name, written in divided(hostile_survey(text), 1).items():
        page = tree(written)
        assert posixpath.normpath(name) == name
        assert ".." not in name
        assert [script.get("type") for script in page.iter("script")] == [None, "application/json", "module"]
        for element in page.iter("*"):
            assert not [key for key in element.attrib if key.startswith("on") or key in {"src", "style", "action"}]
            assert not unquote(element.get("href", "")).lower().startswith("javascript:")


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [(MAIN, "themes/a.html", "themes/a.html"), ("themes/a.html", "themes/b.html", "b.html"), ("x", "x", "")],
)
def test_addresses_are_relative(here: str, there: str, expected: str) -> None:
    """So that a folder can be moved, mailed and opened from a disk."""
    assert address(here, there) == expected
    assert lay_out(sample_survey()).file_of(PaperId("unknown")) == MAIN
