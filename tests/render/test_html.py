"""The page of a survey: complete without scripts, and safe with any text in any field."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from hostile_strings import HOSTILE_STRINGS
from html_pages import page_data, tree
from large_survey import large_survey
from sample_survey import hostile_survey, sample_survey
from surveygen.domain.inline import Math, parse_inline, plain
from surveygen.domain.survey import Survey
from surveygen.errors import TemplateError
from surveygen.languages import Language, load
from surveygen.render import TemplateRoots, template_root
from surveygen.render.formats import html

_HREF = re.compile(r"#|https://[a-z0-9]|data:,\Z")


def rendered(survey: Survey, language: Language | None = None) -> str:
    """Return the text of index.html."""
    return html.make(language or load("en"), TemplateRoots(template_root())).render(survey)["index.html"]


@pytest.fixture(scope="module")
def sample() -> Any:
    """The page of the sample survey."""
    return tree(rendered(sample_survey()))


def test_the_sample_is_as_agreed(golden: Callable[[str, str], None]) -> None:
    """The page of a small survey, but for scripts and styles, stands in a file that people have looked at."""
    page = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-", rendered(sample_survey()))

    golden("index.html", re.sub(r"(<style>|<script>|<script type=\"module\">).*?(?=</)", r"\1", page, flags=re.DOTALL))


def test_rendering_twice_gives_the_same_text() -> None:
    """Two renderers of the same survey agree to the byte, packed data included."""
    survey = large_survey(300)

    assert rendered(survey) == rendered(survey)


@pytest.mark.parametrize("text", [text for _, text in HOSTILE_STRINGS], ids=[name for name, _ in HOSTILE_STRINGS])
def test_hostile_text_is_inert(text: str) -> None:
    """No field lets an element, an attribute or an address through, and its words can be read."""
    written = rendered(hostile_survey(text))
    page = tree(written)

    assert written.encode()
    assert [script.get("type") for script in page.iter("script")] == [None, "application/json", "module"]
    assert not list(page.iter("img", "iframe", "object", "embed", "form[action]", "base"))
    for element in page.iter("*"):
        assert not [name for name in element.attrib if name.startswith("on") or name in {"src", "style", "action"}]
        assert _HREF.match(element.get("href", "#"))
        assert not unquote(element.get("href", "")).lower().startswith("javascript:")
    nodes = parse_inline(text)
    if not any(isinstance(node, Math) for node in nodes):
        assert plain(nodes).strip() in " ".join(page.text_content().split())


@pytest.mark.parametrize("text", [text for _, text in HOSTILE_STRINGS], ids=[name for name, _ in HOSTILE_STRINGS])
def test_the_data_parse_back(text: str) -> None:
    """The data are JSON whatever it holds, and closes no element."""
    data = page_data(tree(rendered(hostile_survey(text))))

    assert [paper["bibtex"].startswith("@") for paper in data["papers"]] == [True, True]
    assert all(address.startswith("https://") for _, address in data["sites"])
    assert data["papers"][0]["id"] == "2101.00001"


def test_the_policy_admits_only_our_scripts_and_styles(sample: Any) -> None:
    """Every script and style that runs has its hash in the policy, and nothing may be loaded."""
    policy = sample.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    texts = [node.text for node in sample.iter("script", "style") if node.get("type") != "application/json"]

    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    assert re.findall(r"sha256-([^']+)", policy) == [hashes[1], hashes[2], hashes[0]]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_nothing_is_asked_from_the_network() -> None:
    """No address is loaded: no source, no import, no url() in the styles."""
    written = rendered(sample_survey())

    assert not re.search(r"\bsrc=|@import|url\(|<link (?!rel=\"icon\" href=\"data:,\")", written)


def test_all_prose_is_there_without_scripts(sample: Any) -> None:
    """Claims, cells, themes and every paper stand in the page itself."""
    text = " ".join(sample.text_content().split())

    for entry in sample_survey().entries:
        row = sample.get_element_by_id(f"p-{entry.paper.id}")
        assert row.tag == "tr"
    assert "Cross-examination." in text
    assert "Weak judges miss errors in long arguments that span several documents." in text
    assert len(sample.xpath("//li[starts-with(@id, 'ref-')]")) == 6


def test_citations_and_references_point_at_each_other(sample: Any) -> None:
    """Every citation leads to its reference, and the reference leads back to each place."""
    cites = sample.xpath("//a[@class='cite'][@id]")

    assert cites
    for cite in cites:
        reference = sample.get_element_by_id(cite.get("href")[1:])
        assert f"#{cite.get('id')}" in [link.get("href") for link in reference.iter("a")]
    ids = sample.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_internal_links_lead_somewhere(sample: Any) -> None:
    """Each link inside the page has its target, save those that filter the catalogue."""
    ids = set(sample.xpath("//@id"))
    links = [link.get("href") for link in sample.iter("a") if link.get("href").startswith("#")]

    known = ids | {"quality"}  # the sample has no section on quality
    assert [link for link in links if "=" not in link and link[1:] not in known] == []


def test_every_paper_has_a_place_without_scripts() -> None:
    """A large catalogue holds some rows only; the address of any other paper leads to its reference."""
    survey = large_survey(120)
    page = tree(rendered(survey))
    places = {entry.paper.id: page.get_element_by_id(f"p-{entry.paper.id}") for entry in survey.entries}

    rows = [node for node in places.values() if node.tag == "tr"]
    assert len(rows) == len(page.xpath("//table[@class='papers']/tbody/tr")) < 120
    for entry in survey.entries:
        node = places[entry.paper.id]
        assert node.tag == "tr" or node.getparent().get("id") == f"ref-{entry.number}"
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_a_claim_points_at_the_words_it_rests_on() -> None:
    """The pieces that a citation names are the evidence, cut from the abstract."""
    survey = large_survey(30)
    page = tree(rendered(survey))
    data = page_data(page)
    claim = next(sentence for sentence in survey.sentences())

    cite = page.xpath("//a[@class='cite'][@data-q]")[0]
    start, end = (int(number) for number in cite.get("data-q").split())
    paper = data["papers"][int(cite.text) - 1]
    assert "".join(paper["abstract"][start:end]) == claim.plain


def test_a_repeated_claim_is_stored_once() -> None:
    """A card's sentence that is the source's own is kept as a place, not as words."""
    paper = page_data(tree(rendered(large_survey(5))))["papers"][0]

    assert [set(claim) for claims in paper["card"].values() for claim in claims if isinstance(claim, dict)] == [
        {"span"}
    ] * 7


def test_an_editors_note_is_not_called_an_abstract() -> None:
    """The kind of text goes to the card, which names it honestly."""
    survey = sample_survey()
    noted = replace(survey.entries[1], paper=replace(survey.entries[1].paper, abstract_kind="note"))
    survey = replace(survey, entries=(survey.entries[0], noted, *survey.entries[2:]))

    kinds = [paper.get("kind") for paper in page_data(tree(rendered(survey)))["papers"]]
    assert kinds == [None, "note", None, None, "none", None]


def test_a_survey_of_nothing_is_a_page() -> None:
    """No papers, no themes, no sections: still a page that says so."""
    survey = sample_survey()
    empty = replace(survey, entries=(), sections=(), counts=(), taxonomy=type(survey.taxonomy)())

    page = tree(rendered(empty))
    assert "0 papers" in page.text_content()
    assert page_data(page)["papers"] == []


def test_500_papers_stay_under_the_promised_size() -> None:
    """1.1 MB for abstracts of 1,250 characters, cards and tables included."""
    page = rendered(large_survey(500))

    assert len(page.encode()) < 1_100_000
    assert len(page_data(tree(page))["papers"]) == 500
    assert page.count("<tr id=") == 40  # 8 of each of five themes without scripts


def test_a_language_from_right_to_left_turns_the_page() -> None:
    """The direction stands on the root; names and titles take their own."""
    arabic = replace(load("en"), code="ar", direction="rtl")

    page = tree(rendered(replace(sample_survey(), language="ar"), arabic))
    assert page.get("dir") == "rtl"
    assert page.get("lang") == "ar"
    assert page.xpath("//h1/@dir") == ["auto"]


def test_a_broken_script_of_a_user_names_the_file(tmp_path: Any) -> None:
    """A module that cannot be joined is an error with the file and the line, not a broken page."""
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "state.js").write_text("const fine = 1;\nexport default fine;\n")
    renderer = html.make(load("en"), TemplateRoots(template_root(), tmp_path))

    with pytest.raises(TemplateError, match=r"state\.js") as caught:
        renderer.render(sample_survey())
    assert (caught.value.template, caught.value.line) == ("html/state.js", 2)


def test_a_style_of_a_user_goes_first(tmp_path: Any) -> None:
    """A file of the same name replaces the shipped one, and the policy follows."""
    (tmp_path / "html").mkdir()
    (tmp_path / "html" / "style.css").write_bytes(b"body { color: teal }\r\n")

    written = html.make(load("en"), TemplateRoots(template_root(), tmp_path)).render(sample_survey())["index.html"]
    base, own = ((template_root() / "html" / name).read_bytes() for name in ("base.css", "own.css"))
    digest = base64.b64encode(hashlib.sha256(base + b"body { color: teal }\n" + own).digest()).decode()
    assert digest in written
