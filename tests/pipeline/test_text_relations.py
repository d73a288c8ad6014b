"""What the full texts of papers say of one another reaches the drafts, and is proved there."""

from __future__ import annotations

from pathlib import Path

import pytest

from latexml_pages import make_corpus
from planted_survey import put_texts
from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.corpus import Store
from surveygen.domain.citation import CitationRecord, resolve_citations
from surveygen.pipeline.citations import text_citations
from surveygen.pipeline.state import StoredResults

CORPUS = make_corpus(24)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A survey of invented papers with their full texts, not built."""
    pipeline.init(tmp_path / "survey", title="Animals")
    made = find_project(tmp_path / "survey", exact=True)
    put_texts(made, CORPUS)
    return made


def test_references_of_full_texts_are_edges(project: Project) -> None:
    """Each planted reference is an edge of the provider of full texts, and there is no other."""
    with Store.open(project.database) as store:
        papers = tuple(store.papers.all())
        edges = resolve_citations(papers, text_citations(store, papers)).edges

    planted = {(it.paper.id, cited) for it in CORPUS for cited in it.references}
    assert {(edge.citing, edge.cited) for edge in edges} == planted
    assert {edge.provider for edge in edges} == {"full_text"}


def test_texts_are_read_again_only_for_new_texts_or_papers(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same papers only a text that is new is read; a paper that is gone may have been meant by any entry."""
    with Store.open(project.database) as store:
        papers, results = tuple(store.papers.all()), StoredResults(store)
        first = list(text_citations(store, papers, results))
        opened: list[str] = []
        get = store.full_text.get
        monkeypatch.setattr(store.full_text, "get", lambda paper, version: opened.append(paper) or get(paper, version))
        again = list(text_citations(store, papers, results))
        assert (again, opened) == (first, [])
        list(text_citations(store, papers[:-1], results))

    assert opened == [paper.id for paper in papers[:-1]]


def test_a_text_of_another_version_says_nothing(project: Project) -> None:
    """Only the text of the version that the survey has counts."""
    with Store.open(project.database) as store:
        papers = [paper.with_changes(version=2) for paper in store.papers.all()]

        assert list[CitationRecord](text_citations(store, papers)) == []
