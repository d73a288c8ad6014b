"""Pages of papers in a draft: written, linked, proved, and removed with their papers."""

from __future__ import annotations

from pathlib import Path

import pytest

from small_surveys import MakeProject
from surveygen import pipeline
from surveygen.config import Project
from surveygen.pipeline.files import read_manifest

SILENT = pipeline.NullProgress()


@pytest.fixture
def edition(make_project: MakeProject) -> tuple[Project, Path]:
    """A survey of eight papers, and the folder of its edition, not built yet."""
    project = make_project(papers=8)
    return project, project.output / "sample" / "en"


def pages(folder: Path) -> set[str]:
    """Return the names of the pages in a folder."""
    return {path.name for path in (folder / "papers").glob("*")}


def reasons(project: Project) -> list[tuple[str, str]]:
    """Return what `verify` finds: file and reason."""
    report = pipeline.verify(project)
    return [(Path(item.file).name, item.reason) for item in (*report.problems, *report.outdated)]


def test_pages_come_with_the_main_page(edition: tuple[Project, Path]) -> None:
    """The format alone writes the survey's page too, with links; a later build of that page keeps both."""
    project, folder = edition
    pipeline.build(project, SILENT, formats=["html", "markdown"])
    assert '"papers/' not in (folder / "index.html").read_text(encoding="utf-8")
    pipeline.build(project, SILENT, formats=["reviews"])
    names = pages(folder)

    assert len(names) == 8
    assert set(read_manifest(folder)) >= {"index.html", *(f"papers/{name}" for name in names)}
    for file in ("index.html", "survey.md"):
        text = (folder / file).read_text(encoding="utf-8")
        assert all(f"papers/{name}" in text for name in names)
    assert reasons(project) == []
    assert pipeline.build(project, SILENT, formats=["html"]).changed == ()
    assert pages(folder) == names


def test_a_page_leaves_with_its_paper(edition: tuple[Project, Path]) -> None:
    """A page that changed or is not of this draft is reported; the page of an excluded paper is removed."""
    project, folder = edition
    pipeline.build(project, SILENT, formats=["reviews"])
    first, *others = sorted(pages(folder))
    path = folder / "papers" / first
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("</h1>", " indeed</h1>"), encoding="utf-8")
    (folder / "papers" / "stray.html").write_text("<p>Not of this draft</p>", encoding="utf-8")
    assert [name for name, _ in reasons(project)] == [first, "stray.html"]
    path.write_text(text, encoding="utf-8")
    (folder / "papers" / "stray.html").unlink()

    pipeline.exclude(project, first.removesuffix(".html"))
    assert reasons(project)
    pipeline.build(project, SILENT, formats=["reviews"])
    assert pages(folder) == set(others)
    assert first not in (folder / "index.html").read_text(encoding="utf-8")
    assert reasons(project) == []


def test_outdated_pages_are_not_linked(edition: tuple[Project, Path]) -> None:
    """Where only the survey's page is built after a change, it has no links to pages of an earlier state."""
    project, folder = edition
    pipeline.build(project, SILENT, formats=["reviews"])
    first = min(pages(folder)).removesuffix(".html")
    pipeline.exclude(project, first)
    pipeline.build(project, SILENT, formats=["html"])

    assert '"papers/' not in (folder / "index.html").read_text(encoding="utf-8")
    assert {name for name, _ in reasons(project)} == pages(folder)
    assert len(pages(folder)) == 8
