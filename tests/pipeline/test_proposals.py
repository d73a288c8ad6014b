"""Proposals about the themes, and a taxonomy drawn anew."""

from __future__ import annotations

import tomllib

import pytest

from small_surveys import MakeProject
from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.errors import ThemeError
from surveygen.pipeline.refresh import refresh
from topics import add

SILENT = pipeline.NullProgress()


@pytest.fixture
def grown(make_project: MakeProject) -> Project:
    """A survey built from three topics, to which a fourth came later."""
    project = make_project(papers=0, profile="none")
    settings = project.root / "survey.toml"
    text = (
        settings.read_text().replace('subthemes = "induced"', 'subthemes = "none"').replace("target = 0", "target = 3")
    )
    settings.write_text(text)
    project = find_project(project.root, exact=True)
    for topic in ("glaciers", "violins", "enzymes"):
        add(project, topic, range(24))
    pipeline.build(project, SILENT)
    add(project, "bridges", range(14))
    return project


def test_a_theme_that_comes_later_is_proposed_and_accepted(grown: Project) -> None:
    """It gets an id of its own and its papers; the decision names the proposal; once is enough."""
    (offered,) = pipeline.proposals(grown, SILENT).proposals
    before = {p: i.theme for p, i in pipeline.show(grown, SILENT).assignments.items()}

    made = pipeline.accept(grown, SILENT).decision

    assert made is not None
    assert made.proposal == offered.id
    assert "bridges" in offered.name.lower()
    shown = pipeline.show(grown, SILENT)
    theme = made.themes[0].id
    assert {p for p, i in shown.assignments.items() if i.theme == theme} == {f"bridges-{n:03}" for n in range(14)}
    assert all(i.theme == before[p] for p, i in shown.assignments.items() if not p.startswith("bridges"))
    assert pipeline.accept(grown, SILENT, offered.id).decision is None
    assert pipeline.proposals(grown, SILENT).proposals == ()


def test_later_papers_of_an_accepted_theme_find_it(grown: Project) -> None:
    """Its seeds draw them."""
    pipeline.accept(grown, SILENT)
    add(grown, "bridges", range(14, 20))

    shown = pipeline.show(grown, SILENT)

    assert len({i.theme for p, i in shown.assignments.items() if p.startswith("bridges")}) == 1


def test_all_of_a_list_can_be_accepted(grown: Project) -> None:
    """One after the other, though the first changes what would be proposed now."""
    add(grown, "orchids", range(14))
    listed = pipeline.proposals(grown, SILENT).proposals

    made = [pipeline.accept(grown, SILENT, one.id).decision for one in listed]

    assert len(listed) > 1
    assert [one.proposal for one in made if one] == [one.id for one in listed]


def test_a_proposal_is_the_same_until_something_changes(grown: Project) -> None:
    """Asking again changes nothing; with more papers of the kind its id stays."""
    first = pipeline.proposals(grown, SILENT)
    again = pipeline.proposals(grown, SILENT)
    add(grown, "bridges", range(14, 17))

    later = pipeline.proposals(grown, SILENT)

    assert again == first
    assert [one.id for one in later.proposals] == [one.id for one in first.proposals]


def test_an_unknown_proposal_is_refused(grown: Project, make_project: MakeProject) -> None:
    """With those that there are, or how they come to be."""
    offered = pipeline.proposals(grown, SILENT).proposals[0].id
    with pytest.raises(ThemeError, match="no proposal 'new-000000'") as caught:
        pipeline.accept(grown, SILENT, "new-000000")
    assert offered in caught.value.hint

    with pytest.raises(ThemeError, match="there are no proposals"):
        pipeline.accept(make_project("other"), SILENT)


def test_a_refresh_reports_what_is_proposed(grown: Project) -> None:
    """changes.json lists the proposals, and the survey is as it was."""
    changes = refresh(grown, SILENT).changes

    assert changes is not None
    assert changes.proposed == tuple(one.id for one in pipeline.proposals(grown, SILENT).proposals)
    assert changes.proposed


def test_a_move_is_reported_with_its_reason(copy: Project) -> None:
    """A person's, here."""
    shown = pipeline.show(copy, SILENT)
    paper, item = next((p, i) for p, i in shown.assignments.items() if i.method == "nearest")
    theme = next(t.id for t in shown.taxonomy if t.id not in item.path)
    pipeline.move(copy, paper, theme)
    changes = refresh(copy, SILENT).changes

    assert changes is not None
    assert [(one.after, one.reason) for one in changes.moved if one.paper == paper] == [(theme, "person")]


def test_drift_is_told_when_fresh_themes_would_be_others(grown: Project, copy: Project) -> None:
    """Not while the themes are those that would be found; nothing where a person gave them."""
    before = pipeline.proposals(grown, SILENT).drift
    papers = pipeline.show(grown, SILENT)
    tops = [theme.id for theme in papers.taxonomy]
    for n, paper in enumerate(sorted(papers.assignments)):
        pipeline.move(grown, paper, tops[n % 3])

    after = pipeline.proposals(grown, SILENT).drift

    assert before is not None
    assert after is not None
    assert not before.grown
    assert after.grown
    assert after.kept < before.kept
    assert pipeline.proposals(copy, SILENT).drift is None


def test_a_taxonomy_drawn_anew_keeps_what_it_finds_again(grown: Project) -> None:
    """Themes that are found again keep their ids; a file that a person may have edited is not overwritten."""
    before = pipeline.show(grown, SILENT)
    old = [theme.id for theme in before.taxonomy]

    drawn = pipeline.reinduce(grown, SILENT, target=4)

    assert set(drawn.lineage.kept) == set(old)
    assert len(drawn.lineage.born) == 1
    data = tomllib.loads(drawn.path.read_text(encoding="utf-8"))
    assert [theme["id"] for theme in data["theme"]] == [theme.id for theme in drawn.taxonomy]
    with pytest.raises(ThemeError, match="exists and differs"):
        pipeline.reinduce(grown, SILENT, target=2)


def test_an_adopted_draft_leads_decisions_to_the_successors(grown: Project) -> None:
    """With two themes instead of three one is replaced, and a paper that was put there stands under its successor."""
    drawn = pipeline.reinduce(grown, SILENT, target=2)
    gone, successor = drawn.lineage.merged[0]
    paper = next(p for p, i in pipeline.show(grown, SILENT).assignments.items() if i.theme != gone)
    pipeline.move(grown, paper, gone)
    settings = grown.root / "survey.toml"
    settings.write_text(settings.read_text().replace('profile = "none"', f'profile = "{drawn.path.name}"'))

    shown = pipeline.show(find_project(grown.root, exact=True), SILENT)

    assert {theme.id for theme in shown.taxonomy} == {theme.id for theme in drawn.taxonomy}
    assert shown.assignments[paper].theme == successor
    assert shown.assignments[paper].method == "person"
