"""Figures from the small arXiv to the page of the paper: only where the license permits it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from arxiv_pages import invent_page, make_png
from arxiv_server import Replica, invent, serving
from harvest_project import edge_at, project_at
from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.paper import Paper, PaperId
from surveygen.pipeline import (
    FullTextQuery,
    FullTextResult,
    NullProgress,
    fetch_full_text,
    plan_full_text,
    update_full_text,
)
from surveygen.pipeline.figures import StoredImages, shown_figures

AT = "2026-09-01T12:00:00Z"
BY = "http://creativecommons.org/licenses/by/4.0/"
LICENSES = (
    BY,
    "http://creativecommons.org/licenses/by-nc-nd/4.0/",
    "http://arxiv.org/licenses/nonexclusive-distrib/1.0/",
    "",
)


@pytest.fixture
def replica() -> Iterator[Replica]:
    """A small arXiv with four papers, each with a figure."""
    papers = invent(len(LICENSES))
    figures = [("x1.png", "Errors."), ("x2.png", "Overview of the method.")]
    pages = {f"{paper.id}v1": invent_page(paper.id, 1, paper.title, figures=figures) for paper in papers}
    images = {f"{name}/x2.png": make_png(color=number) for number, name in enumerate(pages)}
    with serving(Replica(papers, pages={**pages, **images})) as server:
        yield server


@pytest.fixture
def project(replica: Replica, tmp_path: Path) -> Project:
    """A survey of these papers, each with another license."""
    made = project_at(tmp_path / "survey", replica, sets=())
    put(
        made,
        [
            Paper(PaperId(item.id), item.title, published=item.published, license=license_url)
            for item, license_url in zip(replica.papers, LICENSES, strict=True)
        ],
    )
    return made


def put(project: Project, papers: list[Paper]) -> None:
    """Import papers."""
    with Store.open(project.database) as store:
        store.import_records(papers, source="test", at=AT)


def fetch(project: Project, *, figures: bool = True) -> FullTextResult:
    """Fetch once, without a pause."""
    return fetch_full_text(project, FullTextQuery(figures=figures), NullProgress(), deps=edge_at(project.root))


def images_hit(replica: Replica) -> list[str]:
    """List the requested images in their order."""
    return [name for name in replica.pages_hit() if "/" in name]


def test_only_figures_that_may_be_shown_are_requested(replica: Replica, project: Project) -> None:
    """The overview of each paper with an open license, once; the others are not asked for."""
    plan = plan_full_text(project, FullTextQuery(figures=True))
    done = fetch(project)
    names = [paper.id for paper in replica.papers]

    assert "figures of the new pages: at most 2" in plan.summary()
    assert sorted(images_hit(replica)) == [f"{name}v1/x2.png" for name in names[:2]]
    assert sorted(done.figures) == [f"{name}v1" for name in names[:2]]
    with Store.open(project.database) as store:
        figures = shown_figures(store, store.papers.all())
        images = StoredImages(store, figures.values())
        assert sorted(figures) == names[:2]
        assert sorted(images.values()) == sorted([make_png(color=0), make_png(color=1)])
        assert {figure.caption for figure in figures.values()} == {"Overview of the method."}
    assert fetch(project) == FullTextResult("complete")
    assert len(replica.hits) == len(names) + 2


def test_figures_can_be_fetched_later(replica: Replica, project: Project) -> None:
    """Of texts that are there; an image that is missing is remembered with the reason and not asked for again."""
    fetch(project, figures=False)
    assert images_hit(replica) == []
    replica.pages = {name: data for name, data in replica.pages.items() if name != f"{replica.papers[0].id}v1/x2.png"}
    plan = plan_full_text(project, FullTextQuery(figures=True))
    done = fetch(project)

    assert plan.summary().startswith("no page to fetch; figures: 2")
    assert done.figures == (f"{replica.papers[1].id}v1",)
    assert done.failed == ((f"{replica.papers[0].id}v1", "figure: arXiv has no such image"),)
    assert fetch(project) == FullTextResult("complete")


def test_a_new_version_comes_with_its_figure(replica: Replica, project: Project) -> None:
    """A refresh fetches the figure of a new version where figures were fetched before, and nothing else."""
    fetch(project)
    name = replica.papers[0].id
    page = invent_page(name, 2, replica.papers[0].title, figures=[("x2.png", "Overview of the method.")])
    replica.pages = {**replica.pages, f"{name}v2": page, f"{name}v2/x2.png": make_png(color=9)}
    with Store.open(project.database) as store:
        papers = {paper.id: paper for paper in store.papers.all()}
    put(project, [papers[PaperId(name)].with_changes(version=2, updated="2026-10-01")])
    seen = len(replica.hits)
    done = update_full_text(project, NullProgress(), deps=edge_at(project.root))

    assert done is not None
    assert done.figures == (f"{name}v2",)
    assert replica.pages_hit()[seen:] == [f"{name}v2", f"{name}v2/x2.png"]


def test_a_license_that_was_corrected_hides_the_figure(replica: Replica, project: Project) -> None:
    """What may be shown follows the license as the store has it now, and the version that the draft describes."""
    fetch(project)
    first, second = (PaperId(paper.id) for paper in replica.papers[:2])
    with Store.open(project.database) as store:
        papers = {paper.id: paper for paper in store.papers.all()}
        newer = papers[second].with_changes(version=2)
        assert set(shown_figures(store, [papers[first], newer])) == {first}
    closed = replace(papers[first], license=LICENSES[2], authority=True, datestamp="2026-10-01")
    put(project, [closed])
    with Store.open(project.database) as store:
        assert set(shown_figures(store, store.papers.all())) == {second}
