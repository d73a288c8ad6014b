"""An edition that tells other facts than the others is found, whatever was changed in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edition_settings import command, configure
from small_surveys import MakeProject, corpus_lines
from surveygen import pipeline
from surveygen.config import Project, find_project

SILENT = pipeline.NullProgress()
Edit = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Project:
    """A survey in English, Spanish and Japanese; not to be changed."""
    folder = tmp_path_factory.mktemp("three") / "survey"
    pipeline.init(folder, profile="llm-alignment", title="Sample")
    settings = folder / "survey.toml"
    settings.write_text(settings.read_text().replace('encoder = "sentence"', 'encoder = "lsa"'))
    project = configure(find_project(folder, exact=True), command("honest"), "es", "ja")
    source = folder / "papers.jsonl"
    source.write_text(corpus_lines(root, 12), encoding="utf-8")
    pipeline.add(project, [source], SILENT)
    pipeline.build(project, SILENT)
    return project


def test_editions_in_further_languages_with_titles_of_their_own_are_proved(make_project: MakeProject) -> None:
    """The settings name one language, the build three, and the profile has a title in each."""
    project = make_project(papers=12)
    path = project.root / "survey.toml"
    text = path.read_text(encoding="utf-8").replace('title = "Sample"', 'title = "Large Language Model Alignment"')
    path.write_text(text, encoding="utf-8")
    project = find_project(project.root, exact=True)

    built = pipeline.build(project, SILENT, languages=["en", "de", "ja"])

    files = [path for path in built.changed if path.name == "survey.json"]
    titles = {json.loads(path.read_text(encoding="utf-8"))["title"] for path in files}
    assert len(titles) == 3
    assert pipeline.verify(project).problems == ()


@pytest.fixture
def copy(three: Project, tmp_path: Path) -> Project:
    """A copy, to be changed at will."""
    shutil.copytree(three.root, tmp_path / "copy")
    return replace(find_project(tmp_path / "copy", exact=True), trusted=True)


def edit(project: Project, change: Edit, code: str = "es") -> list[tuple[str, str]]:
    """Change an edition; return (edition, reason) of what verify finds besides the changed file."""
    path = project.output / project.settings.slug / code / "survey.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    found = pipeline.verify(project).problems
    return [(Path(one.file).parent.name, one.reason) for one in found if one.reason != "changed after it was built"]


def themed(data: dict[str, Any]) -> dict[str, Any]:
    """Return the first paragraph of a theme."""
    found: dict[str, Any] = next(
        block
        for section in data["sections"]
        if section["theme"]
        for block in section["blocks"]
        if block["kind"] == "paragraph"
    )
    return found


def claim(data: dict[str, Any]) -> dict[str, Any]:
    """Return the first claim of a theme."""
    found: dict[str, Any] = themed(data)["sentences"][0]
    return found


def card(data: dict[str, Any]) -> dict[str, Any]:
    """Return the first card that says something."""
    found: dict[str, Any] = next(paper["card"] for paper in data["papers"] if paper["card"]["one_liner"])
    return found


def test_editions_as_built_tell_the_same(three: Project) -> None:
    """Nothing is found."""
    report = pipeline.verify(three)

    assert report.problems == ()
    assert report.drafts == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data["sections"].pop(3),
        lambda data: data["sections"][2].update(id="other"),
        lambda data: themed(data)["sentences"].pop(0),
        lambda data: themed(data)["sentences"].append(dict(claim(data))),
        lambda data: data["references"].pop(),
        lambda data: data["references"][0].update(cite_key="other2020"),
        lambda data: data["papers"][0].update(title="Another title"),
        lambda data: data["assignments"][0].update(theme="elsewhere"),
        lambda data: data["quality"].update(claim_sentences=7),
        lambda data: data["themes"][0].update(size=99),
        lambda data: next(
            block for section in data["sections"] for block in section["blocks"] if block["kind"] == "facts"
        )["rows"][0].update(value="13"),
        lambda data: claim(data).update(support=0.25),
        lambda data: claim(data)["evidence"][0].update(start=claim(data)["evidence"][0]["start"] + 1),
        lambda data: card(data).update(one_liner=None),
        lambda data: card(data).update(code="https://example.org"),
        lambda data: next(
            block for section in data["sections"] for block in section["blocks"] if block["kind"] == "year_chart"
        )["counts"][0].__setitem__(0, 99),
    ],
)
def test_another_fact_is_found(copy: Project, change: Edit) -> None:
    """Sections, claims, evidence, references, papers, cards, counts: the edition that differs is named."""
    found = edit(copy, change)

    assert any(code == "es" and "differs from the edition 'en'" in reason for code, reason in found)
    assert {code for code, _ in found} == {"es"}


def test_the_span_of_a_code_link_is_compared(copy: Project) -> None:
    """The evidence of a code link is a fact, not a sentence: equal spans agree, another span is a difference."""
    span = {"paper": "1811.06521", "version": 1, "field": "abstract", "start": 0, "end": 9}

    def name_code(data: dict[str, Any], start: int = 0) -> None:
        card(data).update(code="https://github.com/a/b", code_evidence={**span, "start": start})

    equal = [edit(copy, name_code, code) for code in ("en", "es", "ja")][-1]
    different = edit(copy, lambda data: name_code(data, start=3))

    assert equal == []
    assert [(code, "differs from the edition 'en'" in reason) for code, reason in different] == [("es", True)]


def test_a_changed_reference_edition_shows_in_all_others(copy: Project) -> None:
    """The first edition is what the others are compared with."""
    found = edit(copy, lambda data: themed(data)["sentences"].pop(0), "en")

    assert {code for code, reason in found if "differs" in reason} == {"es", "ja"}


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(text=f"{one['text']} 17", marked=one["marked"].replace(" [@", " 17 [@", 1)),
        lambda one: one.update(text=one["source"].split(" [@")[0] + ".", marked=one["source"]),
        lambda one: one.update(language="ru"),
        lambda one: one.update(translated_from=None),
    ],
    ids=["number", "echo", "language", "origin"],
)
def test_a_changed_translation_is_found(copy: Project, change: Edit) -> None:
    """A translation is checked against its source again, and its source against the paper."""
    assert {code for code, _ in edit(copy, lambda data: change(claim(data)))} == {"es"}


def test_a_changed_source_is_found(copy: Project) -> None:
    """The words that a translation rests on must be those of the paper."""
    found = edit(copy, lambda data: claim(data).update(source="Something else [@1811.06521]."))

    assert len(found) >= 2


def test_an_edition_of_an_older_corpus_is_found(copy: Project, root: Path, tmp_path: Path) -> None:
    """One edition alone was built again after new papers."""
    more = tmp_path / "more.jsonl"
    more.write_text(corpus_lines(root, 2, start=12), encoding="utf-8")
    pipeline.add(copy, [more], SILENT)
    pipeline.build(copy, SILENT, languages=["en", "es"])

    reasons = [problem.reason for problem in pipeline.verify(copy).problems if "/ja/" in problem.file]

    assert any("another state of the corpus" in reason for reason in reasons)
