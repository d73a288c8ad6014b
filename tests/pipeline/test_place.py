"""Papers stay where they stand."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as struct_replace

from small_surveys import MakeProject
from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.corpus import Store
from surveygen.domain.paper import PaperId
from surveygen.pipeline.assignments import ASSIGNMENTS, AssignmentState
from surveygen.pipeline.run_context import open_context
from surveygen.pipeline.stages.assign import place_papers
from surveygen.survey import SurveyData
from surveygen.themes import load_profile
from topics import TOPICS, add, papers

SILENT = pipeline.NullProgress()
SIZE = 30


def taxonomy(glaciers: str, violins: str) -> str:
    """A profile of two themes; the words say which papers each asks for."""
    themes = (("one", glaciers), ("two", violins))
    rows = (f'[[theme]]\nid = "{name}"\nname = "{name}"\ndescription = "{TOPICS[topic]}"' for name, topic in themes)
    return "\n".join(rows)


@pytest.fixture
def settled(make_project: MakeProject) -> Project:
    """Papers of two subjects under two given themes."""
    project = make_project(papers=0)
    (project.root / "mine.toml").write_text(taxonomy("glaciers", "violins"))
    settings = project.root / "survey.toml"
    text = settings.read_text().replace('profile = "llm-alignment"', 'profile = "mine.toml"')
    settings.write_text(text.replace('subthemes = "induced"', 'subthemes = "given"'))
    for topic in ("glaciers", "violins"):
        add(project, topic, range(SIZE))
    return find_project(project.root, exact=True)


def run(project: Project) -> tuple[SurveyData, AssignmentState]:
    """Place the papers as a build does; return the data and the state that the next run starts from."""
    with Store.open(project.database) as store:
        data = place_papers(open_context(project, store, SILENT))
        state = ASSIGNMENTS.load(store)
    assert state is not None
    return data, state


def places(project: Project) -> dict[str, str]:
    """Where each paper stands."""
    return {str(paper): str(item.theme) for paper, item in pipeline.show(project, SILENT).assignments.items()}


def set_budget(project: Project, share: float) -> Project:
    """Let that share of papers move in a run."""
    settings = project.root / "survey.toml"
    settings.write_text(settings.read_text().replace("max_moved = 0.01", f"max_moved = {share}"))
    return find_project(project.root, exact=True)


def test_old_papers_stay_as_they_are_when_new_ones_come(settled: Project) -> None:
    """Theme, score and doubt are those of before; nothing is logged."""
    before = pipeline.show(settled, SILENT).assignments
    add(settled, "enzymes", range(20))

    after = pipeline.show(settled, SILENT).assignments

    assert {paper: after[paper] for paper in before} == before
    assert pipeline.history(settled).moves == ()


def test_themes_that_change_their_words_move_no_paper_from_its_like(settled: Project) -> None:
    """The assigner alone is not enough: the papers of a theme are like each other. They are marked as uncertain."""
    before = places(settled)
    (settled.root / "mine.toml").write_text(taxonomy("violins", "glaciers"))

    after = pipeline.show(set_budget(settled, 1.0), SILENT).assignments

    assert {str(paper): str(item.theme) for paper, item in after.items()} == before
    assert all(item.uncertain for item in after.values())


def test_the_budget_holds_and_the_rest_waits(settled: Project) -> None:
    """Papers of a subject that were put wrongly go one a run, as new papers come; each with its reason in the log."""
    wrong = [f"glaciers-{n:03}" for n in range(5)]
    places(settled)
    for paper in wrong:
        pipeline.move(settled, paper, "two")
    places(settled)
    _forget_persons(settled)

    astray = []
    for n in range(3):
        add(settled, "glaciers", range(SIZE + n, SIZE + n + 1))
        now = places(settled)
        astray.append(sum(now[paper] == "two" for paper in wrong))

    assert astray == [4, 3, 2]
    moves = [one for one in pipeline.history(settled).moves if one.reason == "evidence"]
    assert len(moves) == 3, "one of 60 papers each time that new ones came"
    assert all("nearer to the papers of one by" in one.detail for one in moves)


def test_the_budget_is_for_all_runs_until_new_papers_come(settled: Project) -> None:
    """Another decision compares all papers again, but finds the budget spent."""
    places(settled)
    for n in range(5):
        pipeline.move(settled, f"glaciers-{n:03}", "two")
    places(settled)
    _forget_persons(settled)
    add(settled, "glaciers", range(SIZE, SIZE + 1))

    astray = []
    for paper in ("violins-001", "violins-002"):
        pipeline.move(settled, paper, "two")
        astray.append(list(places(settled).values()).count("two"))

    assert astray[0] == astray[1]


def _forget_persons(project: Project) -> None:
    """Leave papers where persons put them as if evidence had, and the store without the decisions."""
    with sqlite3.connect(project.database) as connection:
        connection.execute("DELETE FROM decision")
    connection.close()
    with Store.open(project.database) as store:
        state = ASSIGNMENTS.load(store)
        assert state is not None
        present = []
        for item in state.present:
            by_evidence = replace(item.assignment, method="nearest")
            present.append(struct_replace(item, evidence_theme=by_evidence.theme, assignment=by_evidence))
        ASSIGNMENTS.save(store, struct_replace(state, present=tuple(present)))


def test_a_revised_paper_stays_unless_its_new_words_are_about_something_else(settled: Project) -> None:
    """A corrected title moves nothing; another subject does, and the log says that the words changed."""
    before = places(settled)
    with Store.open(settled.database) as store:
        mended = papers("glaciers", range(1))[0].with_changes(title="Glaciers and ice in the alpine snow", version=2)
        other = papers("violins", range(3, 4))[0].with_changes(
            id=PaperId("glaciers-001"),
            version=2,
            authority=True,  # of a file, a record with so different a title would be another paper
        )
        store.import_records([mended, other], source="topics", at="2026-02-01T00:00:00Z")

    after = places(settled)

    assert {paper for paper in before if after[paper] != before[paper]} == {"glaciers-001"}
    assert [(one.paper, one.reason) for one in pipeline.history(settled).moves] == [("glaciers-001", "words")]


def test_a_paper_that_left_and_came_back_stands_where_it_stood(settled: Project) -> None:
    """Withdrawn and reinstated."""
    before = places(settled)
    with Store.open(settled.database) as store:
        for version, status in ((2, "withdrawn"), (3, "reinstated")):
            paper = papers("glaciers", range(1))[0].with_changes(version=version, status=status)
            store.import_records([paper], source="topics", at=f"2026-0{version}-01T00:00:00Z")
            now = places(settled)

    assert now == before


def test_a_store_of_an_earlier_version_has_its_assignments(tmp_path: Path) -> None:
    """Fields that have another name today are stored under their first names."""
    placed = '{"paper":"a","theme":"one","path":["one"],"score":0.5,"runner_up":null,"margin":0.1,"uncertain":false,'
    item = f'{{"text_hash":"h","assignment":{placed}"method":"nearest"}},"root":"one","since":3}}'
    text = f'{{"content":"c","compared":"d","encoder":"lsa:","number":4,"themes":["one"],"kept":[{item}]}}'
    with Store.open(tmp_path / "corpus.db") as store:
        store.cache.put("places", "last", text, slot="last")
        state = ASSIGNMENTS.load(store)

    assert state is not None
    assert (state.present[0].evidence_theme, state.present[0].first_run) == ("one", 3)


def test_recent_papers_are_those_of_the_last_placements(settled: Project) -> None:
    """None at first; then those that came, as far back as three tenths of all."""
    first, _ = run(settled)
    later = []
    for n in range(3):
        add(settled, "enzymes", range(10 * n, 10 * n + 10))
        later.append(run(settled)[0].recent)

    assert first.recent == frozenset()
    assert [len(recent) for recent in later] == [10, 20, 20]
    assert later[2] == {f"enzymes-{n:03}" for n in range(10, 30)}


def test_neighbours_and_places_are_kept_as_they_are_while_nothing_changes(settled: Project) -> None:
    """The second placement reads what the first one wrote."""
    first, state = run(settled)
    second, same = run(settled)

    assert same == state
    assert (second.assignments, dict(second.neighbors)) == (first.assignments, dict(first.neighbors))


def test_a_theme_without_papers_is_told_and_left_out_of_the_tree(settled: Project) -> None:
    """A name alone got no paper: the build proposes keywords of the nearest papers, and readers see no empty branch."""
    profile = settled.root / "mine.toml"
    profile.write_text(profile.read_text() + '\n[[theme]]\nid = "empty"\nname = "Zymurgy"\n')

    built = pipeline.build(settled, SILENT, formats=["markdown"])

    assert [(theme.name, bool(theme.keywords)) for theme in built.empty_themes] == [("Zymurgy", True)]
    assert "Zymurgy" not in (settled.output / "sample" / "en" / "survey.md").read_text(encoding="utf-8")


def test_a_drafted_taxonomy_says_what_its_themes_hold(make_project: MakeProject) -> None:
    """Each theme has its size and typical titles as a comment and an id of its name; the file is a valid profile."""
    project = make_project(papers=60, profile="none")

    path, drafted = pipeline.induce(project, SILENT, target=3)

    text = path.read_text(encoding="utf-8")
    assert text.count("Typical papers:") == len(drafted)
    assert text.count("the most similar theme is") == len(drafted.children(None)) == 3
    assert all(theme.id.startswith(theme.name.lower().split()[0].strip(":")) for theme in drafted)
    assert load_profile("taxonomy.draft.toml", project.root).taxonomy.themes == tuple(
        replace(theme, origin="given") for theme in drafted
    )
