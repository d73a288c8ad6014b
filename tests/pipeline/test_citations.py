"""Asking citation graphs, and what a draft makes of the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from arxiv_server import FastClock
from citation_server import Graph, serving_graph
from small_surveys import FORMATS, MakeProject
from surveygen import pipeline
from surveygen.config import ArxivSettings, Project, SourceSettings
from surveygen.corpus import Store, export_lines
from surveygen.domain.citation import resolve_citations
from surveygen.domain.paper import PaperId
from surveygen.errors import ConfigError
from surveygen.pipeline.citations import CitationUpdate
from surveygen.sources.http import NetworkDeps

SILENT = pipeline.NullProgress()
DAY = 86_400


class Notes(pipeline.NullProgress):
    """Keeps what was said."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.said: list[str] = []

    def note(self, message: str) -> None:
        """Keep a line."""
        self.said.append(message)


@pytest.fixture
def graph() -> Iterator[Graph]:
    """A graph that knows all but one of twelve papers; each cites the first two and a work of elsewhere."""
    with serving_graph(Graph({})) as running:
        yield running


@pytest.fixture
def project(make_project: MakeProject, graph: Graph, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A survey of twelve papers that asks the small graph."""
    monkeypatch.setenv("OPENALEX_API_KEY", graph.key)
    made = make_project(papers=12, formats=FORMATS)
    with Store.open(made.database) as store:
        ids = [paper.id for paper in store.papers.all()]
    graph.references = {paper: [*ids[:2], "1706.00009"] for paper in ids[:-1]}
    return asking(made, graph, "semantic_scholar")


def asking(project: Project, graph: Graph, *providers: str, **more: Any) -> Project:
    """Let a survey ask some graphs."""
    settings = replace(
        project.settings,
        sources=SourceSettings(arxiv=ArxivSettings(api_url=graph.url, min_interval_seconds=0.0)),
        citations=graph.settings(*providers, **more),
    )
    return replace(project, settings=settings)


def update(project: Project, folder: Path, progress: pipeline.Progress = SILENT) -> tuple[CitationUpdate, ...]:
    """Ask once, in fast time."""
    with Store.open(project.database) as store:
        return pipeline.update_citations(project, store, progress, NetworkDeps(FastClock().clock, lock_folder=folder))


def dump(project: Project) -> list[str]:
    """Return the dump of the store."""
    with Store.open(project.database) as store:
        return list(export_lines(store))


def test_nothing_is_asked_by_default(make_project: MakeProject, tmp_path: Path) -> None:
    """No graph is named, so none is asked; the command says how to name one."""
    project = make_project(papers=3)

    assert update(project, tmp_path) == ()
    with pytest.raises(ConfigError, match="no service is set") as caught:
        pipeline.fetch_citations(project, SILENT)
    assert "semantic_scholar" in caught.value.hint


def test_a_second_update_asks_nothing_until_answers_are_old(
    project: Project, graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only new papers and old answers are asked; an answer that is the same again changes no byte of the dump."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(100 * DAY))
    first = update(project, tmp_path)
    before = dump(project)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(129 * DAY))
    second = update(project, tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(131 * DAY))
    third = update(project, tmp_path)

    assert first == (CitationUpdate("semantic_scholar", 12, 12, 11, 11),)
    assert second == (CitationUpdate("semantic_scholar", 0, 0, 0, 0),)
    assert third == (CitationUpdate("semantic_scholar", 12, 12, 11, 0),)
    assert len(graph.hits) == 2
    assert dump(project) == before


def test_a_new_paper_is_asked_alone(project: Project, graph: Graph, tmp_path: Path) -> None:
    """What is known of the others stays, and the new paper takes its place among them."""
    update(project, tmp_path)
    record = {"arxiv_id": "1706.00009", "title": "The work of elsewhere", "abstract": "It is old."}
    (tmp_path / "new.jsonl").write_text(json.dumps(record), encoding="utf-8")
    pipeline.add(project, [tmp_path / "new.jsonl"], SILENT)
    update(project, tmp_path)

    assert list(graph.hits[-1].names) == ["ARXIV:1706.00009"]
    with Store.open(project.database) as store:
        known = resolve_citations(store.papers.all(), store.citations.all())
    assert len(known.stats[PaperId("1706.00009")].cited_by) == 11


@pytest.mark.parametrize("fault", ["401", "out of credits", "500", "html"])
def test_a_graph_that_fails_ends_in_a_note(fault: str, project: Project, graph: Graph, tmp_path: Path) -> None:
    """The other graph is asked all the same, the papers are counted, and the next run asks again."""
    project = asking(project, graph, "semantic_scholar", "openalex")
    graph.otherwise = fault
    notes = Notes()
    failed = update(project, tmp_path, notes)
    graph.otherwise = ""

    assert [(one.due, one.answered, bool(one.note)) for one in failed] == [(12, 0, True)] * 2
    assert len(notes.said) == 2
    assert "12 papers wait" in notes.said[0]
    assert graph.key not in "".join(notes.said)
    assert [one.known for one in update(project, tmp_path)] == [11, 11]


def test_a_budget_is_kept_and_the_next_run_goes_on(project: Project, graph: Graph, tmp_path: Path) -> None:
    """Both graphs share it; what was told stays."""
    project = asking(project, graph, "semantic_scholar", "openalex", max_requests=1)

    assert [one.answered for one in update(project, tmp_path)] == [12, 0]
    assert [one.answered for one in update(project, tmp_path)] == [0, 12]


def test_a_plan_names_the_requests(project: Project, graph: Graph) -> None:
    """Nothing is asked; the key is not shown."""
    plan = pipeline.plan_citations(asking(project, graph, "semantic_scholar", "openalex"))

    assert [line.split()[0] for line in plan] == ["POST", "GET"]
    assert graph.hits == []
    assert graph.key not in "".join(plan)


@pytest.mark.parametrize("name", ["jsonl", "semantic_scholer"])
def test_a_graph_that_there_is_not_is_named(name: str, project: Project, graph: Graph, tmp_path: Path) -> None:
    """A wrong setting is no failure of a graph."""
    with pytest.raises(ConfigError, match=name) as caught:
        update(asking(project, graph, name), tmp_path)

    assert "semantic_scholar" in caught.value.hint


def test_a_draft_shows_who_cites_whom(project: Project, graph: Graph, tmp_path: Path) -> None:
    """In all formats; a build with the same citations changes no byte."""
    project = asking(project, graph, "semantic_scholar", "openalex")
    update(project, tmp_path)
    pipeline.build(project, SILENT)
    draft = project.output / "sample" / "en"
    data = json.loads((draft / "survey.json").read_text(encoding="utf-8"))
    first = min(paper["id"] for paper in data["papers"])
    cited = next(paper for paper in data["papers"] if paper["id"] == first)

    assert len(cited["cited_by"]) == 10
    assert cited["citation_count"] == 18
    assert [told["provider"] for told in cited["citations_told"]] == ["openalex", "semantic_scholar"]
    assert [work["title"] for work in cited["references_outside"]] == ["About 1706.00009"]
    assert {edge["provider"] for edge in data["citations"]} == {"openalex", "semantic_scholar"}
    for name in ("index.html", "survey.tex", "survey.md"):
        text = (draft / name).read_text(encoding="utf-8")
        assert "Most cited within this survey" in text
        assert "according to OpenAlex, Semantic Scholar" in text
    assert pipeline.build(project, SILENT).changed == ()


def test_a_refresh_asks_for_citations(project: Project, graph: Graph, tmp_path: Path) -> None:
    """A second one asks nothing and changes no byte; a graph that fails does not fail it."""
    edge = NetworkDeps(FastClock().clock, lock_folder=tmp_path)
    graph.otherwise = "500"
    failed = pipeline.refresh(project, SILENT, deps=edge)
    graph.otherwise = ""
    first = pipeline.refresh(project, SILENT, deps=edge)
    before, asked = dump(project), len(graph.hits)
    second = pipeline.refresh(project, SILENT, deps=edge)

    assert [one.note != "" for one in failed.learnt] == [True]
    assert [(one.due, one.known) for one in first.learnt] == [(12, 11)]
    assert first.built.changed
    assert (second.built.changed, dump(project), len(graph.hits)) == ((), before, asked)
