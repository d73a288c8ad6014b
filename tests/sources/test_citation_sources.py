"""Citation graphs, each against a small server that speaks its shapes and their faults."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arxiv_server import FastClock
from citation_server import BROKEN, Graph, serving_graph
from surveygen import plugins
from surveygen.config import ArxivSettings, CitationSettings, Settings, SourceSettings
from surveygen.domain.citation import CitationRecord
from surveygen.domain.paper import Paper, PaperId
from surveygen.errors import ConfigError, SourceError
from surveygen.sources.citations import CitationSource, openalex, semantic_scholar
from surveygen.sources.http import Budget, BudgetError, NetworkDeps, Timeouts

GRAPHS = ("semantic_scholar", "openalex")
LOCAL = SourceSettings(arxiv=ArxivSettings(api_url="http://127.0.0.1:9/", min_interval_seconds=0.0))
Ask = Callable[..., list[CitationRecord]]


def papers(*ids: str) -> list[Paper]:
    """Make papers of which little is known."""
    return [Paper(PaperId(one), f"Title of {one}") for one in ids]


@pytest.fixture
def graph() -> Iterator[Graph]:
    """Three papers that are known, and two works that they cite."""
    known = {"2101.00001": ["1706.00009", "2101.00002"], "2101.00002": ["1706.00009"], "2101.00003": []}
    with serving_graph(Graph(known, {"2101.00002": "10.1000/Two"})) as running:
        yield running


def source_of(name: str, graph: Graph, deps: NetworkDeps) -> CitationSource:
    """Make a source that sends its requests to the small graph."""
    settings = Settings("Citations", sources=LOCAL, citations=graph.settings(name))
    source: CitationSource = plugins.load("sources.citations", name).make(settings, deps)
    return source


@pytest.fixture
def clock() -> FastClock:
    """Time that runs fast."""
    return FastClock()


@pytest.fixture
def ask(graph: Graph, clock: FastClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask one graph about papers, with the key that it wants."""
    monkeypatch.setenv("OPENALEX_API_KEY", f" {graph.key}\n")
    monkeypatch.delenv("SEMANTIC_SCHOLAR_API_KEY", raising=False)

    def run(name: str, asked: Sequence[Paper], **more: object) -> list[CitationRecord]:
        deps = NetworkDeps(clock.clock, Timeouts(5, 5, 1e12), tmp_path, Budget(int(str(more.get("budget", 0)))))
        source = source_of(name, graph, deps)
        return [told for answer in source.citations(asked) for told in answer]

    return run


@pytest.mark.parametrize("name", GRAPHS)
def test_every_graph_tells_of_each_paper_asked(name: str, graph: Graph, ask: Ask) -> None:
    """What is known and what is not, in the order asked; papers without a name for the graph are left out."""
    told = ask(name, papers("2101.00001", "9901.99999", "my own", "2101.00002"))

    assert [(one.paper, bool(one)) for one in told] == [
        ("2101.00001", True),
        ("9901.99999", False),
        ("2101.00002", True),
    ]
    assert {one.provider for one in told} == {name}
    assert [len(one.references) for one in told] == [2, 0, 1]
    assert all(one.cited_by for one in told if one)
    assert len(graph.hits) == 1


def test_semantic_scholar_names_what_is_cited(ask: Ask) -> None:
    """With ids, title, authors and year; a reference that the service could not match is counted only."""
    (told,) = ask("semantic_scholar", papers("2101.00001"))
    first, second = told.references

    assert first.ids[0] == "arxiv:1706.00009"
    assert (first.title, first.authors, first.year) == ("About 1706.00009", "Byron and Lindqvist", 2020)
    assert second.ids[:2] == ("arxiv:2101.00002", "doi:10.1000/two")
    assert told.more == 1


def test_openalex_finds_a_paper_by_either_doi(graph: Graph, ask: Ask) -> None:
    """By arXiv's own and by that of the publication; two works of one paper are united."""
    published = papers("2101.00002")[0].with_changes(doi="10.1000/two")
    (told,) = ask("openalex", [published])

    assert graph.hits[0].names == ["10.48550/arxiv.2101.00002", "10.1000/two"]
    assert set(told.ids) >= {"doi:10.1000/two", "doi:10.48550/arxiv.2101.00002", "arxiv:2101.00002"}
    assert len(told.references) == 1


@pytest.mark.parametrize(("name", "batch"), [("semantic_scholar", 100), ("openalex", 50)])
def test_many_papers_go_in_few_requests(name: str, batch: int, graph: Graph, ask: Ask) -> None:
    """No batch is above what the service takes, and the plan names each request without the key."""
    many = papers(*(f"2101.{n:05}" for n in range(1, 2 * batch + 2)))
    told = ask(name, many)
    plan = source_of(name, graph, NetworkDeps()).plan_citations(many)

    assert len(told) == len(many)
    assert [len(hit.names) for hit in graph.hits] == [batch, batch, 1]
    assert len(plan) == 3
    assert not any(graph.key in line for line in plan)


def test_a_batch_of_unknown_papers_is_no_fault(graph: Graph, ask: Ask) -> None:
    """Semantic Scholar answers 400 where it knows none of the ids."""
    told = ask("semantic_scholar", papers("9901.99998", "9901.99999"))

    assert [bool(one) for one in told] == [False, False]
    assert len(graph.hits) == 1


def test_a_refused_batch_is_halved(graph: Graph, ask: Ask) -> None:
    """The paper that it is refused for is left alone, the others are told."""
    graph.refuses = "2101.00002"
    told = ask("semantic_scholar", papers("2101.00001", "2101.00002", "2101.00003"))

    assert [bool(one) for one in told] == [True, False, True]


def test_a_service_that_refuses_all_is_given_up(graph: Graph, ask: Ask) -> None:
    """Halving ends after a few papers that were refused alone."""
    graph.refuses = "2101"
    with pytest.raises(SourceError, match="maximum size"):
        ask("semantic_scholar", papers(*(f"2101.{n:05}" for n in range(64))))

    assert len(graph.hits) < 20


PASSING = [(name, fault) for name in GRAPHS for fault in (*BROKEN, "429", "500")]
PASSING.remove(("openalex", "short list"))  # it leaves out what it does not know


@pytest.mark.parametrize(("name", "fault"), PASSING)
def test_a_passing_fault_is_survived(name: str, fault: str, graph: Graph, ask: Ask) -> None:
    """One more request, and nothing is lost."""
    graph.faults = {1: fault}
    told = ask(name, papers("2101.00001", "2101.00002"))

    assert [bool(one) for one in told] == [True, True]
    assert len(graph.hits) == 2


@pytest.mark.parametrize("fault", ["401", "403", "404", "out of credits"])
@pytest.mark.parametrize("name", GRAPHS)
def test_a_lasting_refusal_is_asked_once(name: str, fault: str, graph: Graph, ask: Ask, clock: FastClock) -> None:
    """Nobody waits hours for credits; the next run may ask again, for no mark is left."""
    graph.otherwise = fault
    with pytest.raises(SourceError) as caught:
        ask(name, papers("2101.00001"))
    graph.otherwise = ""

    assert (len(graph.hits), clock.naps) == (1, [])
    assert caught.value.hint
    assert len(ask(name, papers("2101.00001"))) == 1


@pytest.mark.parametrize("fault", ["500", "429", "html"])
def test_a_lasting_outage_ends_soon(fault: str, graph: Graph, ask: Ask, clock: FastClock) -> None:
    """Within four tries and two minutes: nothing depends on a graph."""
    graph.otherwise = fault
    with pytest.raises(SourceError):
        ask("semantic_scholar", papers("2101.00001"))

    assert len(graph.hits) <= 4
    assert sum(clock.naps) < 120


def test_openalex_is_not_asked_without_a_key(graph: Graph, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the variable; a wrong key is refused by the service."""
    monkeypatch.setenv("OPENALEX_API_KEY", "  ")
    with pytest.raises(SourceError, match="requires a key") as caught:
        ask("openalex", papers("2101.00001"))
    assert "OPENALEX_API_KEY" in caught.value.hint
    assert graph.hits == []
    monkeypatch.setenv("OPENALEX_API_KEY", "wrong")
    with pytest.raises(SourceError, match="status 401"):
        ask("openalex", papers("2101.00001"))


def test_a_key_is_sent_bare_and_never_shown(graph: Graph, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """White space is taken off; what cannot be a key is refused without its value."""
    monkeypatch.setenv("SEMANTIC_SCHOLAR_API_KEY", " secret-7 \n")
    ask("semantic_scholar", papers("2101.00001"))
    assert {name.lower(): value for name, value in graph.hits[0].headers.items()}["x-api-key"] == "secret-7"
    monkeypatch.setenv("SEMANTIC_SCHOLAR_API_KEY", "secret 7\nX-Other: 1")
    with pytest.raises(ConfigError) as caught:
        ask("semantic_scholar", papers("2101.00001"))
    assert "secret" not in caught.value.message + caught.value.hint


def test_a_budget_ends_the_asking(graph: Graph, ask: Ask) -> None:
    """What was told before is good."""
    with pytest.raises(BudgetError):
        ask("semantic_scholar", papers(*(f"2101.{n:05}" for n in range(1, 202))), budget=2)

    assert len(graph.hits) == 2


KEYS = (
    *("paperId", "externalIds", "ArXiv", "DOI", "references", "citationCount", "title", "year", "authors", "name"),
    *("id", "doi", "cited_by_count", "referenced_works"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


@given(JSON)
def test_whatever_json_comes_is_read_or_left(data: object) -> None:
    """Any value in any place raises nothing, and only well-formed parts are kept."""
    paper = Paper(PaperId("2101.00001"), "T")
    works = openalex.parse_works(
        json.dumps({"results": [data, {"doi": "10.48550/arXiv.2101.00001", "id": data}]}).encode()
    )
    for one in (semantic_scholar.read_record(paper, data), openalex.read_record(paper, works)):
        assert one.cited_by is None or one.cited_by >= 0
        assert all(work.ids for work in one.references)


def test_addresses_are_https() -> None:
    """A key does not travel in the clear, but to this machine."""
    with pytest.raises(ConfigError, match="not https"):
        CitationSettings(openalex_url="http://api.openalex.org")
    assert CitationSettings(openalex_url="http://127.0.0.1:8000").openalex_url
