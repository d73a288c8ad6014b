"""Refreshes of a survey, from the small arXiv to the drafts."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from arxiv_server import Replica, serving
from arxiv_world import State, Version, World
from harvest_project import dump, edge_at, project_at
from small_surveys import corpus_lines
from surveygen.config import EmbedSettings, Project
from surveygen.pipeline import NullProgress, RefreshResult, build, verify
from surveygen.pipeline import refresh as _refresh

ATOM = "{http://www.w3.org/2005/Atom}"
START, LATER = "2024-03-01T12:00:00Z", "2024-03-05T12:00:00Z"


def world_of(root: Path, papers: int = 40) -> World:
    """Let the small arXiv hold papers of the shipped corpus, submitted one an hour."""
    rows = [json.loads(line) for line in corpus_lines(root, papers).splitlines()]
    states = []
    for number, row in enumerate(rows):
        at = f"2024-02-{1 + number // 20:02}T{number % 20:02}:00:00Z"
        authors = ", ".join(name.replace(",", " ") for name in row["authors"])
        words = {"title": row["title"], "abstract": row["abstract"], "authors": authors}
        states.append(State(row["arxiv_id"], at, (Version(1, at),), categories="cs.CL").corrected(at, **words))
    return World(states, START)


@pytest.fixture
def replica(root: Path) -> Iterator[Replica]:
    """A small arXiv with 40 real papers."""
    with serving(Replica(world=world_of(root))) as server:
        yield server


def survey_at(folder: Path, replica: Replica) -> Project:
    """Make a survey under the shipped profile that harvests a small arXiv."""
    made = project_at(folder, replica)
    settings = replace(made.settings, title="Sample", profile="llm-alignment", embed=EmbedSettings("hashing"))
    return replace(made, settings=settings)


@pytest.fixture(scope="module")
def begun(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A survey that was refreshed once; not to be changed."""
    folder = tmp_path_factory.mktemp("begun") / "survey"
    with serving(Replica(world=world_of(root))) as server:
        refresh(survey_at(folder, server))
    return folder


@pytest.fixture
def project(begun: Path, replica: Replica, tmp_path: Path) -> Project:
    """A copy of the survey that was refreshed once."""
    shutil.copytree(begun, tmp_path / "survey")
    return survey_at(tmp_path / "survey", replica)


def refresh(project: Project, **options: Any) -> RefreshResult:
    """Refresh without a pause."""
    return _refresh(project, NullProgress(), deps=edge_at(project.root), **options)


def output(project: Project) -> dict[str, str]:
    """Return the sum of every file of the drafts."""
    files = (path for path in project.output.rglob("*") if path.is_file())
    return {str(path.relative_to(project.output)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def draft(project: Project, name: str) -> str:
    """Return a file of the English edition, or one beside it."""
    folder = project.output / project.settings.slug
    path = folder / "en" / name
    return (path if path.exists() else folder / name).read_text(encoding="utf-8")


def happen(replica: Replica) -> dict[str, State]:
    """Let a paper come, one be revised, one be withdrawn, and one appear in a journal."""
    assert replica.world is not None
    old = replica.world.current()
    at = "2024-03-04T10:00:00Z"
    now = {
        "added": State("2403.90001", at, (Version(1, at),), categories="cs.CL").corrected(
            at, title="Debate with a judge", abstract="We let two models debate. The judge is right more often."
        ),
        "revised": old[0].revised(at, abstract=f"{old[0].abstract} The gain falls to 7.25 % on new data."),
        "withdrawn": old[1].revised(at, flags="I", abstract="Withdrawn.", comments="Error in the proof"),
        "published": old[2].corrected(at, journal_ref="J. Inv. Res. 1 (2024) 1", doi="10.99999/jir.1"),
    }
    replica.world.extra += now.values()
    replica.world.now = LATER
    return now


def test_a_refresh_with_nothing_new_changes_no_byte(project: Project) -> None:
    """A refresh makes the drafts; the next one leaves the dump and every file of the drafts as they are."""
    refresh(project)
    before = (dump(project), output(project))
    second = refresh(project)

    assert second.built.papers == 40
    assert second.changes is None
    assert second.built.changed == ()
    assert (dump(project), output(project)) == before


def test_a_refresh_tells_exactly_what_changed(project: Project, replica: Replica) -> None:
    """New, revised, withdrawn and corrected papers stand in their lists, and in every format."""
    now = happen(replica)
    refreshed = refresh(project)
    told = json.loads(draft(project, "changes.json"))

    assert told["added"] == [now["added"].id]
    assert told["revised"] == [{"paper": now["revised"].id, "from": 1, "to": 2}]
    assert told["withdrawn"] == [now["withdrawn"].id]
    assert told["metadata"] == [{"paper": now["published"].id, "fields": ["doi", "journal_ref"]}]
    assert told["moved"] == told["reinstated"] == []
    assert refreshed.changes is not None
    assert (told["run"], told["since_run"]) == (1, 0)
    assert json.loads(draft(project, "survey.json"))["changes"] == told
    for name in ("index.html", "survey.tex", "survey.md"):
        assert "What changed" in draft(project, name)
        assert "Error in the proof" in draft(project, name)
    assert verify(project).problems == ()


def test_the_selection_stands_beside_what_it_was(project: Project, replica: Replica) -> None:
    """One paper came and one was withdrawn: found and withdrawn grow by one, the draft is as large as before."""
    happen(replica)
    refresh(project)

    sections = json.loads(draft(project, "survey.json"))["sections"]
    [flow] = [block for part in sections for block in part["blocks"] if block["kind"] == "flow"]
    counts = [count for stage in flow["stages"] for count in (stage["kept"], *stage["parts"], *stage["aside"])]
    change = {count["name"]: count["total"] - count["before"] for count in counts}
    kept = [(stage["kept"]["total"], sum(part["total"] for part in stage["parts"])) for stage in flow["stages"]]
    assert (change["found"], change["withdrawn"], change["included"]) == (1, 1, 0)
    assert kept[0][0] == kept[0][1]


def test_a_changed_abstract_is_shown_with_its_difference(project: Project, replica: Replica) -> None:
    """The reader sees which sentence is new."""
    now = happen(replica)
    refresh(project)
    told = json.loads(draft(project, "changes.json"))["abstracts"]

    assert told == [
        {"paper": now["revised"].id, "removed": [], "added": ["The gain falls to 7.25 % on new data."]},
    ]
    assert "The gain falls to 7.25" in draft(project, "survey.md")


def test_a_withdrawn_paper_leaves_the_prose(project: Project, replica: Replica) -> None:
    """It is no reference any more; a section of its own names it."""
    gone = happen(replica)["withdrawn"]
    refresh(project)
    survey = json.loads(draft(project, "survey.json"))
    listed = next(section for section in survey["sections"] if section["id"] == "withdrawn")

    assert gone.id not in {row["paper"] for row in survey["references"]}
    assert [item["paper"] for item in listed["blocks"][1]["items"]] == [gone.id]


def test_sections_without_news_keep_every_byte(project: Project, replica: Replica) -> None:
    """What the report calls identical is so in the document."""
    refresh(project)
    before = {section["id"]: section for section in json.loads(draft(project, "survey.json"))["sections"]}
    happen(replica)
    refresh(project)
    after = {section["id"]: section for section in json.loads(draft(project, "survey.json"))["sections"]}
    told = json.loads(draft(project, "changes.json"))["sections"]

    assert len(told["identical"]) > 5
    assert all(before[name] == after[name] for name in told["identical"])
    assert all(before.get(name) != after[name] for name in told["changed"])


def test_the_feed_keeps_earlier_reports(project: Project, replica: Replica) -> None:
    """An entry a paper and refresh, each with an id of its own; the digest tells of the last one."""
    now = happen(replica)
    refresh(project)
    assert replica.world is not None
    replica.world.extra.append(replica.world.current()[3].corrected("2024-03-06T10:00:00Z", comments="12 pages"))
    replica.world.now = "2024-03-07T12:00:00Z"
    refresh(project)
    feed = etree.fromstring(draft(project, "changes.atom").encode())
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]

    assert len(ids) == len(set(ids)) == 6
    assert any(name and name.endswith(now["added"].id) for name in ids)
    assert draft(project, "digest.md").count("\n- ") == 1


class _Death(NullProgress):
    """A run that is killed as a stage begins."""

    def __init__(self, stage: str) -> None:
        self._stage = stage

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
        if name == self._stage:
            raise KeyboardInterrupt
        with super().stage(name, total) as advance:
            yield advance


@pytest.mark.parametrize("stage", ["cards", "render en"])
def test_a_refresh_that_died_is_taken_up(stage: str, project: Project, replica: Replica, tmp_path: Path) -> None:
    """Whether it died before or after it knew what changed: the next one ends where an undisturbed one ends."""
    calm = replace(project, root=Path(shutil.copytree(project.root, tmp_path / "calm")))
    happen(replica)
    refresh(calm)
    with pytest.raises(KeyboardInterrupt):
        _refresh(project, _Death(stage), deps=edge_at(project.root))
    refresh(project)

    told = [json.loads(draft(one, "changes.json")) for one in (project, calm)]
    assert told[0] | {"at": ""} == told[1] | {"at": ""}
    assert set(output(project)) == set(output(calm))


def test_a_build_between_two_refreshes_does_not_end_the_report(project: Project, replica: Replica) -> None:
    """Drafts made by hand show the store; what a refresh reports is the difference to the refresh before."""
    now = happen(replica)
    refresh(project)
    build(project, NullProgress())

    assert json.loads(draft(project, "changes.json"))["added"] == [now["added"].id]


def test_a_spent_budget_still_shows_what_came(project: Project, replica: Replica) -> None:
    """The harvest pauses, the drafts are made of what there is, and the next refresh goes on."""
    shutil.rmtree(project.root)
    arxiv = replace(project.settings.sources.arxiv, max_requests=2)
    small = replace(project, settings=replace(project.settings, sources=replace(project.settings.sources, arxiv=arxiv)))
    paused = refresh(small)
    refresh(project)

    assert paused.harvested is not None
    assert paused.harvested.outcome == "paused"
    assert 0 < paused.built.papers < 40
    assert len(json.loads(draft(project, "survey.json"))["papers"]) == 40
