"""Drafts that use full texts: what appears under which license and setting, and that verify proves it."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from latexml_pages import PlantedPaper, make_corpus
from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.corpus import Store, export_lines, import_lines
from surveygen.documents import read_page
from surveygen.domain.full_text import FullTextRecord
from surveygen.domain.license import Show
from surveygen.render import read_markdown

AT = "2026-09-01T12:00:00Z"
LICENSES = {
    "open": "http://creativecommons.org/licenses/by/4.0/",
    "no-derivatives": "http://creativecommons.org/licenses/by-nd/4.0/",
    "closed": "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
}
COUNT = 9  # papers; a third under each license
SETTINGS = """title = "Bees"
slug = "bees"
profile = "none"
formats = ["html", "latex", "markdown", "json"]
[embed]
encoder = "lsa"
"""


def corpus() -> tuple[PlantedPaper, ...]:
    """Return invented papers; those at 0, 3, 6, ... are open, those at 2, 5, 8, ... closed."""
    licenses = list(LICENSES.values())
    return tuple(
        replace(item, paper=replace(item.paper, license=licenses[at % 3])) for at, item in enumerate(make_corpus(COUNT))
    )


def make(folder: Path, *, texts: bool = True) -> Project:
    """Make a survey of these papers, with their full texts in the store."""
    folder.mkdir()
    (folder / "survey.toml").write_text(SETTINGS, encoding="utf-8")
    project = find_project(folder)
    with Store.open(project.database) as store:
        store.import_records([item.paper for item in corpus()], source="test", at=AT)
        for item in corpus() if texts else ():
            name = f"{item.paper.id}v1"
            document = read_page(item.page, paper=item.paper.id, version=1, title=item.paper.title)
            record = FullTextRecord(item.paper.id, 1, "fetched", f"https://arxiv.org/html/{name}", AT)
            store.full_text.put_document(document, replace(record, license=item.paper.license))
    return project


def showing(project: Project, show: Show) -> Project:
    """Return the survey with another setting, which its survey.toml has too."""
    text = f'{SETTINGS}[full_text]\nshow = "{show}"\n'
    (project.root / "survey.toml").write_text(text, encoding="utf-8")
    return find_project(project.root)


def files(project: Project) -> dict[str, str]:
    """Return the files of the draft by name."""
    paths = (path for path in (project.output / "bees" / "en").rglob("*") if path.is_file())
    return {path.name: path.read_text(encoding="utf-8") for path in paths if path.name != "manifest.json"}


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> dict[Show, dict[str, str]]:
    """The files of a draft under each setting, each proved by verify."""
    project = make(tmp_path_factory.mktemp("texts") / "survey")
    made: dict[Show, dict[str, str]] = {}
    shows: tuple[Show, ...] = ("licensed", "quotations", "none")
    for show in shows:
        project = showing(project, show)
        pipeline.build(project, pipeline.NullProgress())
        assert pipeline.verify(project).problems == ()
        made[show] = files(project)
    return made


def cards(draft: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return the papers of a draft by id."""
    return {paper["id"]: paper for paper in json.loads(draft["survey.json"])["papers"]}


# What appears of a planted limit, which only the full text tells.
TABLE = {
    ("open", "licensed"): "sentence", ("open", "quotations"): "sentence", ("open", "none"): "",
    ("no-derivatives", "licensed"): "quotation", ("no-derivatives", "quotations"): "quotation",
    ("no-derivatives", "none"): "", ("closed", "licensed"): "pointer", ("closed", "quotations"): "quotation",
    ("closed", "none"): "",
}  # fmt: skip


@pytest.mark.parametrize(("license_name", "show"), TABLE)
def test_license_and_setting_decide_what_appears(
    license_name: str, show: Show, drafts: dict[Show, dict[str, str]]
) -> None:
    """Limits, contributions and definitions appear as the table says, in every format; names always."""
    expected = TABLE[license_name, show]
    for at, item in enumerate(corpus()):
        if list(LICENSES)[at % 3] != license_name:
            continue
        card = cards(drafts[show])[item.paper.id]["card"]
        told = {name: [it["text"] for it in card.get(name, ())] for name in ("limits", "contributions", "definitions")}
        pointed = {pointer["field"] for pointer in card.get("pointers", ())}

        assert pointed >= set(told) if expected == "pointer" else pointed == set()
        assert all(bool(texts) == (expected in ("sentence", "quotation")) for texts in told.values())
        assert all(("“" in text) == (expected == "quotation") for text in told["definitions"])
        assert {name for it in card["data"] for name in it["text"].split("; ")} == set(item.data_sets)
        if expected in ("pointer", ""):
            for text in drafts[show].values():
                assert not any(
                    words in text for words in (item.limitations[0].removeprefix("We "), item.contributions[1][:-1])
                )


def test_every_format_links_to_the_place(drafts: dict[Show, dict[str, str]]) -> None:
    """Where a sentence of a full text stands, its section is named and linked."""
    draft = drafts["licensed"]

    assert "](https://arxiv.org/html/" in draft["survey.md"]
    assert "\\href{https://arxiv.org/html/" in draft["survey.tex"]
    assert 'class="place" href="https://arxiv.org/html/' in draft["index.html"]
    assert "Full text, § " in draft["index.html"]
    paper = next(it for it in cards(draft).values() if it["card"].get("limits"))
    name = paper["card"]["limits"][0]["evidence"][0]["field"].removeprefix("text:")
    passage = next(it for it in paper["full_text"]["passages"] if it["unit"] == name)
    assert passage["url"] == f"https://arxiv.org/html/{paper['id']}v1#{passage['element']}"
    assert passage["section"] == passage["element"].removeprefix("S").partition(".")[0]


def test_the_words_of_closed_texts_are_nowhere(drafts: dict[Show, dict[str, str]]) -> None:
    """A passage has its words only under a license that permits to show them whole."""
    for paper in cards(drafts["licensed"]).values():
        closed = paper["full_text"]["reuse"] == "closed"
        assert all(bool(passage["text"]) != closed for passage in paper["full_text"]["passages"])


def test_the_draft_tells_how_many_papers_were_read_in_full(drafts: dict[Show, dict[str, str]]) -> None:
    """The method and the quality figures have the number."""
    assert json.loads(drafts["licensed"]["survey.json"])["quality"]["full_texts"] == COUNT
    assert f"{COUNT} of the {COUNT} papers were also read in full." in drafts["none"]["survey.md"]
    assert "Papers read in full" in drafts["licensed"]["survey.tex"]


def test_limits_of_full_texts_are_open_problems(drafts: dict[Show, dict[str, str]]) -> None:
    """The section on open problems quotes limits that no abstract tells."""
    sections = json.loads(drafts["licensed"]["survey.json"])["sections"]
    problems = next(section for section in sections if section["id"] == "open-problems")

    fields = {span["field"][:5] for block in problems["blocks"] for it in block["sentences"] for span in it["evidence"]}
    assert "text:" in fields


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A survey with a draft; copy it to change it."""
    project = make(tmp_path_factory.mktemp("built") / "survey")
    pipeline.build(project, pipeline.NullProgress())
    return project


@pytest.fixture
def copy(built: Project, tmp_path: Path) -> Project:
    """A copy of the survey with its draft."""
    shutil.copytree(built.root, tmp_path / "survey")
    return find_project(tmp_path / "survey")


def test_a_change_of_the_setting_reads_no_page(copy: Project) -> None:
    """Cards are made anew from the stored units: no page is stored or asked for."""
    first = files(copy)

    result = pipeline.build(showing(copy, "none"), pipeline.NullProgress())

    assert result.changed
    assert not any(card["card"].get("limits") for card in cards(files(copy)).values())
    assert any(card["card"].get("limits") for card in cards(first).values())
    with Store.open(copy.database) as store:
        assert store.counts().unread_pages == 0
        assert store.full_text.page(corpus()[0].paper.id, 1) is None


def test_places_are_no_words_of_a_person(built: Project) -> None:
    """The Markdown edition reads back as it was written, and an edited sentence keeps its words without its place."""
    text = files(built)["survey.md"]
    claim = re.search(r"<!-- [0-9a-f]{10} -->([^<]*) \(<!-- at -->", text)
    assert claim is not None

    (edit,) = read_markdown(text.replace(claim[1], f"Surely, {claim[1]}", 1)).edits

    assert read_markdown(text).edits == ()
    assert "Surely" in edit[2]
    assert "Full text" not in edit[2]
    assert "http" not in edit[2]


def test_a_store_from_a_dump_proves_the_sentences(copy: Project) -> None:
    """The dump has the units and no page: no sentence of the draft is doubted, and a draft built from it holds."""
    with Store.open(copy.database) as store:
        lines = list(export_lines(store))
    copy.database.unlink()
    with Store.open(copy.database) as store:
        import_lines(store, lines, at=AT)

    assert {problem.place for problem in pipeline.verify(copy).problems} == {""}  # of files alone
    pipeline.build(copy, pipeline.NullProgress())
    assert pipeline.verify(copy).problems == ()


def test_forged_evidence_is_caught(copy: Project) -> None:
    """Evidence in another unit, version, place or paper is none, and is found by what it says, not by its bytes."""
    path = copy.output / "bees" / "en" / "survey.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    rows = [paper for paper in data["papers"] if paper["card"].get("limits")]
    spans = [row["card"]["limits"][0]["evidence"][0] for row in rows]
    foreign = [dict(span) for span in spans]
    changes: list[dict[str, Any]] = [
        {"field": "text:1-1-00000000"},
        {"version": 2},
        {"start": spans[2]["start"] + 3},
        {"field": foreign[0]["field"]},
        {"field": "abstract"},
        foreign[0],
    ]
    for span, change in zip(spans, changes, strict=False):
        span.update(change)
    path.write_text(json.dumps(data), encoding="utf-8")

    places = {problem.place for problem in pipeline.verify(copy).problems}

    assert {f"card {row['id']}" for row in rows[: len(changes)]} <= places
    assert len(rows) >= len(changes)


def test_a_draft_that_shows_too_much_is_caught(copy: Project) -> None:
    """A sentence whose license does not permit to show it is found, though it stands in the store letter by letter."""
    problems = pipeline.verify(showing(copy, "none")).problems

    assert any("than its license and full_text.show permit" in problem.reason for problem in problems)


def test_without_full_texts_nothing_is_said_of_them(tmp_path: Path) -> None:
    """No key, figure or word of a draft without full texts is about them."""
    project = make(tmp_path / "survey", texts=False)
    pipeline.build(project, pipeline.NullProgress())

    draft = files(project)
    assert "full_text" not in draft["survey.json"]
    assert not any("read in full" in text for text in draft.values())
