"""Decisions of a person hold in every later run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from small_surveys import FORMATS, MakeProject, corpus_lines
from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.domain.theme import ThemeId
from surveygen.errors import ThemeError

SILENT = pipeline.NullProgress()


def places(project: Project) -> dict[str, str]:
    """Where each paper stands."""
    return {str(paper): str(item.theme) for paper, item in pipeline.show(project, SILENT).assignments.items()}


def draft(project: Project, *formats: str) -> Mapping[str, Any]:
    """Build with some formats, and read survey.json."""
    pipeline.build(project, SILENT, formats=("json", *formats))
    path = project.output / project.settings.slug / "en" / "survey.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def add_more(project: Project, root: Path, tmp_path: Path) -> None:
    """Let new papers come."""
    more = tmp_path / "more.jsonl"
    more.write_text(corpus_lines(root, 25, start=60), encoding="utf-8")
    pipeline.add(project, [more], SILENT)


def elsewhere(project: Project) -> tuple[str, str, str]:
    """A paper, the theme where it stands, and a leaf of another top theme."""
    shown = pipeline.show(project, SILENT)
    paper, item = next((paper, item) for paper, item in shown.assignments.items() if item.method == "nearest")
    leaf = next(t.id for t in shown.taxonomy if t.parent is not None and t.parent != item.path[0])
    return paper, item.theme, leaf


def test_a_moved_paper_stands_where_it_was_put_after_every_run(copy: Project, root: Path, tmp_path: Path) -> None:
    """After a build, after new papers, and in a survey made from the dump; its method is "person"."""
    paper, _, theme = elsewhere(copy)
    pipeline.move(copy, paper, theme)
    first = next(row for row in draft(copy)["assignments"] if row["paper"] == paper)
    add_more(copy, root, tmp_path)
    later = places(copy)
    dump = tmp_path / "dump.jsonl"
    dump.write_text("".join(pipeline.export(copy, "jsonl")), encoding="utf-8")
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "survey.toml").write_bytes((copy.root / "survey.toml").read_bytes())
    again = find_project(tmp_path / "again", exact=True)
    pipeline.add(again, [dump], SILENT)

    assert (first["theme"], first["method"]) == (theme, "person")
    assert later[paper] == theme
    assert places(again)[paper] == theme
    assert pipeline.history(again).decisions == pipeline.history(copy).decisions


def test_each_decision_is_signed_and_dated(copy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the author of the settings; else with the login name."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("LOGNAME", "grace")
    theme = pipeline.show(copy, SILENT).taxonomy.themes[0].id
    pipeline.rename(copy, theme, "One")
    settings = copy.root / "survey.toml"
    settings.write_text(settings.read_text().replace('author = ""', 'author = "Ada Byron"'))
    pipeline.rename(find_project(copy.root, exact=True), theme, "Two")

    made = pipeline.history(copy).decisions

    assert [(one.author, one.at) for one in made] == [
        ("grace", "2023-11-14T22:13:20Z"),
        ("Ada Byron", "2023-11-14T22:13:20Z"),
    ]


def test_a_renamed_theme_is_called_so_in_the_draft(copy: Project) -> None:
    """Its id and its papers are the same."""
    before = places(copy)
    theme = pipeline.show(copy, SILENT).taxonomy.themes[0].id

    pipeline.rename(copy, theme, "What to want")

    data = draft(copy)
    assert next(row["name"] for row in data["themes"] if row["id"] == theme) == "What to want"
    assert {row["paper"]: row["theme"] for row in data["assignments"]} == before


@pytest.mark.parametrize("verb", ["rename", "move", "merge", "pin", "exclude"])
def test_undoing_a_decision_puts_every_paper_back(copy: Project, verb: str) -> None:
    """The themes and places are those from before."""
    before, shown = places(copy), pipeline.show(copy, SILENT)
    paper, theme, other = elsewhere(copy)
    decide: Mapping[str, Callable[[], object]] = {
        "rename": lambda: pipeline.rename(copy, theme, "Another"),
        "move": lambda: pipeline.move(copy, paper, other),
        "merge": lambda: pipeline.merge(copy, theme, other),
        "pin": lambda: pipeline.pin(copy, SILENT, paper),
        "exclude": lambda: pipeline.exclude(copy, paper),
    }
    decide[verb]()
    between = pipeline.show(copy, SILENT)

    pipeline.undo(copy)

    after = pipeline.show(copy, SILENT)
    assert between != shown
    assert places(copy) == before
    assert after.taxonomy == shown.taxonomy


def test_a_merge_leaves_no_paper_behind(copy: Project) -> None:
    """All papers of the one stand under the other or below it, with the reason in the log; the id is gone."""
    before = places(copy)
    _, theme, other = elsewhere(copy)

    pipeline.merge(copy, theme, other)

    shown = pipeline.show(copy, SILENT)
    assert theme not in shown.taxonomy
    assert all(other in shown.assignments[paper].path for paper, was in before.items() if was == theme)
    reasons = {str(one.paper): one.reason for one in pipeline.history(copy).moves}
    assert {reasons[paper] for paper, was in before.items() if was == theme} == {"merged"}


def test_an_excluded_paper_is_counted_and_not_drafted(copy: Project) -> None:
    """It stays in the store; moving it to a theme brings it back."""
    paper, theme, _ = elsewhere(copy)
    pipeline.exclude(copy, paper)
    data = draft(copy, *FORMATS)

    assert paper not in {row["id"] for row in data["papers"]}
    assert len(data["papers"]) == 59
    assert pipeline.status(copy).counts["excluded"] == 1
    assert _selection(data)["excluded"] == 1
    assert _selection(data)["included"] == 59
    assert pipeline.verify(copy).problems == ()
    pipeline.move(copy, paper, theme)
    assert places(copy)[paper] == theme


def test_a_reference_keeps_its_number_while_papers_come(copy: Project, root: Path, tmp_path: Path) -> None:
    """New papers are numbered after those that readers know; one that left and returns has its old number."""
    before = numbers(draft(copy))
    gone = min(before)
    pipeline.exclude(copy, gone)
    draft(copy)
    pipeline.undo(copy)
    add_more(copy, root, tmp_path)
    after = numbers(draft(copy))

    assert before.items() <= after.items()
    assert sorted(after.values()) == list(range(1, 86))


def numbers(data: Mapping[str, Any]) -> dict[str, int]:
    """The number of each paper among the references."""
    return {row["id"]: row["number"] for row in data["papers"]}


def _selection(data: Mapping[str, Any]) -> dict[str, int]:
    flow = next(block for part in data["sections"] for block in part["blocks"] if block["kind"] == "flow")
    counts = [count for stage in flow["stages"] for count in (stage["kept"], *stage["parts"], *stage["aside"])]
    return {count["name"]: count["total"] for count in counts}


@pytest.fixture
def flat(make_project: MakeProject) -> Project:
    """A survey with induced themes of one level."""
    project = make_project(profile="none")
    settings = project.root / "survey.toml"
    settings.write_text(settings.read_text().replace('subthemes = "induced"', 'subthemes = "none"'))
    return find_project(project.root, exact=True)


def test_a_split_theme_gets_sub_themes_that_stay(flat: Project, root: Path, tmp_path: Path) -> None:
    """Undone, all is as before. They are minted once: later runs find the same ids, and the papers stand below."""
    before = places(flat)
    theme = ThemeId(max(set(before.values()), key=list(before.values()).count))
    pipeline.split(flat, SILENT, theme)
    pipeline.undo(flat)
    undone = places(flat)
    made = pipeline.split(flat, SILENT, theme).decision
    assert made is not None
    minted = {child.id for child in made.themes}
    first = places(flat)
    add_more(flat, root, tmp_path)
    shown = pipeline.show(flat, SILENT)

    assert {child.id for child in shown.taxonomy.children(theme)} == minted
    assert set(first.values()) & minted
    assert {paper: shown.assignments[paper].theme for paper in first} == first
    assert pipeline.split(flat, SILENT, theme).decision is None
    assert undone == before


def test_what_is_so_already_is_not_decided_again(copy: Project) -> None:
    """A second time stores nothing."""
    paper, theme, other = elsewhere(copy)
    out = next(one for one in places(copy) if one != paper)
    for _ in range(2):
        pipeline.move(copy, paper, other)
        pipeline.rename(copy, theme, "Another")
        pipeline.exclude(copy, out)
    pipeline.merge(copy, theme, other)
    pipeline.merge(copy, theme, other)

    assert [one.action for one in pipeline.history(copy).decisions] == ["move", "rename", "exclude", "merge"]


@pytest.mark.parametrize(
    ("decide", "said"),
    [
        (lambda p: pipeline.rename(p, "oute", "X"), "no theme 'oute'"),
        (lambda p: pipeline.rename(p, "outer", " "), "is empty"),
        (lambda p: pipeline.rename(p, "outer", "INNER alignment"), "already has the name"),
        (lambda p: pipeline.move(p, "9999.99999", "outer"), "no paper '9999.99999'"),
        (lambda p: pipeline.pin(p, SILENT, "9999.99999"), "no paper"),
        (lambda p: pipeline.exclude(p, "9999.99999"), "no paper"),
        (lambda p: pipeline.merge(p, "outer", "outer"), "into itself"),
        (lambda p: pipeline.merge(p, "outer", "outer-scalable"), "is below"),
        (lambda p: pipeline.merge(p, "nothing", "outer"), "no theme 'nothing'"),
        (lambda p: pipeline.split(p, SILENT, "outer"), "has sub-themes already"),
        (pipeline.undo, "no decision to undo"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(copy: Project, decide: Callable[[Project], object], said: str) -> None:
    """With what is wrong and what to do; nothing is stored."""
    with pytest.raises(ThemeError, match=said) as caught:
        decide(copy)

    assert caught.value.hint
    assert pipeline.history(copy).decisions == ()


def test_a_theme_that_was_merged_away_names_its_heir(copy: Project) -> None:
    """A person who knows the old id is led to the new one."""
    _, theme, other = elsewhere(copy)
    pipeline.merge(copy, theme, other)

    with pytest.raises(ThemeError, match=f"was merged into '{other}'"):
        pipeline.rename(copy, theme, "X")


def test_before_the_first_build_there_is_no_theme_to_steer(make_project: MakeProject) -> None:
    """Where themes are induced, the error says how they come to be."""
    project = make_project(profile="none")

    with pytest.raises(ThemeError, match="the survey has no themes yet") as caught:
        pipeline.rename(project, "outer", "X")

    assert "surveygen build" in caught.value.hint


def test_decisions_about_a_theme_that_is_not_there_wait(copy: Project) -> None:
    """Under another profile they have no effect and are named; they are not lost."""
    paper, _, theme = elsewhere(copy)
    pipeline.move(copy, paper, theme)
    settings = copy.root / "survey.toml"
    text = settings.read_text()
    settings.write_text(text.replace('profile = "llm-alignment"', 'profile = "automated-alignment"'))
    other = find_project(copy.root, exact=True)

    assert pipeline.history(other).idle == (1,)
    assert places(other)[paper] != theme
    settings.write_text(text)
    assert places(find_project(copy.root, exact=True))[paper] == theme
