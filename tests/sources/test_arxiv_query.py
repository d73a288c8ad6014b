"""The query API: paging, dates, ids, and a server that is not believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import arxiv
import pytest

from arxiv_server import FastClock, Replica, invent, serving
from surveygen.config import ArxivSettings
from surveygen.domain.paper import BadRecord, Paper, PaperId, PendingPaper
from surveygen.errors import ConfigError, SourceError
from surveygen.sources.arxiv import FetchRequest, RecordPage, with_field
from surveygen.sources.arxiv.query import ArxivQuery, make
from surveygen.sources.http import NetworkDeps, Timeouts

EVERYTHING = FetchRequest(query="all:nothing", max_papers=1000)


def source(
    replica: Replica, folder: Path, fast: FastClock | None = None, page: int = 10, max_offset: int = 10_000
) -> ArxivQuery:
    """Make the source in fast time, with small pages."""
    settings = ArxivSettings(api_url=replica.url, min_interval_seconds=0.0)
    deps = NetworkDeps((fast or FastClock()).clock, Timeouts(5, 5, 1e12), folder)
    return ArxivQuery(settings, deps, page_size=page, max_offset=max_offset)


def papers(pages: Iterator[RecordPage] | list[RecordPage]) -> list[str]:
    """Return the ids on some pages."""
    return [record.id for page in pages for record in page.records if isinstance(record, Paper)]


def bad(pages: list[RecordPage]) -> list[BadRecord]:
    """Return what could not be used on some pages."""
    return [record for page in pages for record in page.records if isinstance(record, BadRecord)]


@pytest.mark.parametrize("wanted", [1, 10, 25, 35, 1000])
def test_pages_are_walked_newest_first(wanted: int, tmp_path: Path) -> None:
    """As many papers come as are wanted, each once, newest first, and no page is larger than what is missing."""
    everything = invent(35)
    with serving(Replica(everything)) as replica:
        found = papers(source(replica, tmp_path).fetch(FetchRequest(query="all:x", max_papers=wanted)))

    assert found == [paper.id for paper in everything[::-1][:wanted]]
    assert len(replica.hits) == -(-min(wanted, 35) // 10)
    assert int(replica.hits[-1].query["max_results"]) <= max(1, wanted - 10 * (len(replica.hits) - 1))


@pytest.mark.parametrize(
    "fault",
    [
        "429 seconds", "503", "html", "html as xml", "truncated", "empty page", "cut", "ignores start",
        "ignores start silently", "wrong order", "wrong years", "empty body", "control character", "duplicate entry",
    ],
)  # fmt: skip
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_fault_on_one_page_loses_nothing(fault: str, number: int, tmp_path: Path) -> None:
    """Whatever goes wrong once, the papers are those of a faultless run."""
    request = FetchRequest(query="all:x", since="2024", max_papers=1000)
    with serving(Replica(invent(25), {number: fault})) as replica:
        pages = list(source(replica, tmp_path).fetch(request))

    assert sorted(papers(pages)) == sorted(paper.id for paper in replica.papers)
    assert bad(pages) == []
    assert len(replica.hits) <= 4


def test_an_order_by_relevance_is_asked_for_and_not_checked_by_date(tmp_path: Path) -> None:
    """The server is asked for it on each page, and papers of any dates are taken as they come."""
    with serving(Replica(invent(25), {1: "wrong order"})) as replica:
        request = FetchRequest(query="all:x", max_papers=25, sort="relevance")
        found = papers(source(replica, tmp_path).fetch(request))

    assert sorted(found) == sorted(paper.id for paper in replica.papers)
    assert [hit.query["sortBy"] for hit in replica.hits] == ["relevance"] * 3


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("", ""),
        ("graph learning", 'all:"graph learning"'),
        ("cat:cs.LG", "cat:cs.LG"),
        ('  abs:"graph learning"  AND cat:cs.LG ', 'abs:"graph learning" AND cat:cs.LG'),
    ],
)
def test_words_without_a_field_become_a_phrase(query: str, sent: str) -> None:
    """A query with a field stays as it is."""
    assert with_field(query) == sent


@pytest.mark.parametrize("query", ['"graph learning"', "graphs AND trees", "(graphs)"])
def test_operators_without_a_field_are_refused(query: str) -> None:
    """What the words are looked for in cannot be guessed."""
    with pytest.raises(ConfigError, match="names no field"):
        with_field(query)


def test_a_short_page_goes_on_where_it_ended(tmp_path: Path) -> None:
    """The next page starts after the entries that came, not after those that were asked."""
    with serving(Replica(invent(25), {1: "short page"})) as replica:
        pages = list(source(replica, tmp_path).fetch(EVERYTHING))

    assert len(set(papers(pages))) == 25
    assert [hit.query["start"] for hit in replica.hits] == ["0", "5", "15"]


def test_an_undated_entry_costs_only_itself(tmp_path: Path) -> None:
    """An entry without a date is a bad record, and counts for the offset."""
    with serving(Replica(invent(25), {1: "undated entry"})) as replica:
        pages = list(source(replica, tmp_path).fetch(EVERYTHING))

    assert len(papers(pages)) == 24
    assert ["no date" in record.reason for record in bad(pages)] == [True]
    assert [hit.query["start"] for hit in replica.hits] == ["0", "10", "20"]


def test_a_paper_twice_comes_once(tmp_path: Path) -> None:
    """A server that shows an entry twice does not make two papers of it."""
    with serving(Replica(invent(5), {1: "duplicate entry"})) as replica:
        pages = list(source(replica, tmp_path).fetch(EVERYTHING))

    assert len(papers(pages)) == len(set(papers(pages))) == 5


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("ignores start", "answered from 0"),
        ("ignores start silently", "same papers again"),
        ("wrong order", "not in the requested order"),
        ("wrong years", "outside the requested dates"),
        ("empty page", "are promised"),
    ],
)
def test_a_lying_server_is_not_believed(fault: str, words: str, tmp_path: Path) -> None:
    """A server that ignores offset, order or dates, as arXiv's did in 2025, is an error, never wrong papers."""
    faults = dict.fromkeys(range(2, 20), fault)
    request = FetchRequest(query="all:x", since="2024", max_papers=1000)
    with serving(Replica(invent(25), faults)) as replica:
        pages = source(replica, tmp_path).fetch(request)
        good = papers([next(pages)])
        with pytest.raises(SourceError, match=words) as caught:
            list(pages)

    assert len(good) == 10
    assert caught.value.retryable


def test_a_refused_query_shows_the_reason(tmp_path: Path) -> None:
    """The text of an error feed, with status 200 or 400, is what the person reads; it is not asked again."""
    for fault in ("error feed", "error feed 400"):
        with serving(Replica(otherwise=fault)) as replica, pytest.raises(SourceError, match="no such field: zz"):
            list(source(replica, tmp_path).fetch(EVERYTHING))
        assert len(replica.hits) == 1


def test_no_answer_is_an_answer(tmp_path: Path) -> None:
    """A query that matches nothing gives a page without papers."""
    with serving(Replica()) as replica:
        pages = list(source(replica, tmp_path).fetch(EVERYTHING))

    assert [(page.records, page.total) for page in pages] == [((), 0)]


def test_dates_are_asked_and_held(tmp_path: Path) -> None:
    """`since` and `until` hold whole days, months or years, both ends included."""
    with serving(Replica(invent(60, step=timedelta(days=1)))) as replica:
        asked = FetchRequest(query="a OR b", since="2024-01-10", until="2024-01", max_papers=1000)
        found = papers(source(replica, tmp_path, page=100).fetch(asked))

    assert len(found) == 22
    assert replica.hits[0].query["search_query"] == "(a OR b) AND submittedDate:[202401100000 TO 202401312359]"


def test_a_large_query_is_split_by_date(tmp_path: Path) -> None:
    """A query with more papers than the server pages through is halved by date; every paper comes once."""
    everything = invent(130)
    with serving(Replica(everything, most_offset=40)) as replica:
        found = papers(source(replica, tmp_path, page=20, max_offset=40).fetch(EVERYTHING))

    assert found == [paper.id for paper in everything[::-1]]
    assert len(replica.hits) < 30


def test_a_minute_cannot_be_split(tmp_path: Path) -> None:
    """More papers in one minute than the server pages through is an error, not a silent loss."""
    crowd = invent(9, step=timedelta(seconds=1))
    with serving(Replica(crowd, most_offset=5)) as replica, pytest.raises(SourceError, match="2024-01-01 00:00"):
        list(source(replica, tmp_path, page=5, max_offset=5).fetch(EVERYTHING))


def test_ids_come_in_batches_with_what_is_missing(tmp_path: Path) -> None:
    """230 ids are three requests; those that the server does not know are named."""
    everything = invent(228)
    asked = tuple(PendingPaper(PaperId(paper.id)) for paper in everything)
    with serving(Replica(everything)) as replica:
        pages = list(source(replica, tmp_path).fetch(FetchRequest(ids=(*asked, PendingPaper(PaperId("2412.99999"))))))

    assert sorted(papers(pages)) == sorted(paper.id for paper in everything)
    assert [page.missing for page in pages] == [(), (), ("2412.99999",)]
    assert [hit.query["max_results"] for hit in replica.hits] == ["100", "100", "29"]


def test_a_malformed_id_is_never_sent(tmp_path: Path) -> None:
    """What is no arXiv id is a bad record of its own; the others are asked."""
    with serving(Replica(invent(1))) as replica:
        asked = (PendingPaper(PaperId("doi:10.1/x")), PendingPaper(PaperId("2401.00000"), 1))
        pages = list(source(replica, tmp_path).fetch(FetchRequest(ids=asked)))

    assert papers(pages) == ["2401.00000"]
    assert "doi:10.1/x" in bad(pages)[0].reason
    assert replica.hits[0].query["id_list"] == "2401.00000v1"


def test_an_id_that_the_server_refuses_is_isolated(tmp_path: Path) -> None:
    """One id of many that the server takes offence at costs only itself: the batch is halved until it stands alone."""
    everything = invent(15)
    good = [PendingPaper(PaperId(paper.id)) for paper in everything]
    strange = PendingPaper(PaperId("not-here/1234567"))
    with serving(Replica(everything, refuses="not-here")) as replica:
        pages = list(source(replica, tmp_path).fetch(FetchRequest(ids=(*good[:7], strange, *good[7:]))))

    assert len(papers(pages)) == 15
    assert "incorrect id format" in bad(pages)[0].reason


def test_recorded_ids_are_replayed(shared: Path, tmp_path: Path) -> None:
    """Real answers over a real socket: an id pair with one missing, a version, an old id, a refused id."""
    folder = shared / "fixtures/arxiv"
    recorded: dict[tuple[str, str, str, str], tuple[int, bytes]] = {}
    for item in json.loads((folder / "PROVENANCE.json").read_text()):
        query = {key: values[0] for key, values in parse_qs(urlsplit(item.get("url", "")).query).items()}
        if item["file"].startswith("api/id_"):
            ids = query["id_list"]
            recorded["", ids, "0", str(ids.count(",") + 1)] = (item["status"], (folder / item["file"]).read_bytes())
    alone = ("1605.08386", "astro-ph/0601001", "0000.0000")
    asked: dict[str, tuple[PendingPaper, ...]] = {name: (PendingPaper(PaperId(name)),) for name in alone}
    asked["2104.12255"] = (PendingPaper(PaperId("2104.12255"), 1),)
    asked["1707.08567"] = (PendingPaper(PaperId("0808.05394")), PendingPaper(PaperId("1707.08567")))
    with serving(Replica(recorded=recorded)) as replica:
        answers = {name: list(source(replica, tmp_path).fetch(FetchRequest(ids=ids))) for name, ids in asked.items()}

    assert papers(answers["1605.08386"]) == ["1605.08386"]
    assert papers(answers["astro-ph/0601001"]) == ["astro-ph/0601001"]
    assert papers(answers["2104.12255"]) == ["2104.12255"]
    assert papers(answers["1707.08567"]) == ["1707.08567"]
    assert answers["1707.08567"][0].missing == ("0808.05394",)
    assert answers["0000.0000"][0].missing == ("0000.0000",)


def test_recorded_pages_by_relevance_are_out_of_order(shared: Path, tmp_path: Path) -> None:
    """A real page that is sorted by relevance is not taken for one sorted by date."""
    body = next((shared / "fixtures/arxiv/api").glob("q_testing_s0_m10_*")).read_bytes()
    recorded = {("testing", "", "0", "10"): (200, body)}
    with serving(Replica(recorded=recorded)) as replica, pytest.raises(SourceError, match="not in the requested order"):
        list(source(replica, tmp_path).fetch(FetchRequest(query="testing", max_papers=10)))


def test_the_plan_is_what_is_asked(tmp_path: Path) -> None:
    """A dry run names the very URLs of a run, without a request."""
    request = FetchRequest(query="cat:cs.XX", ids=(PendingPaper(PaperId("2401.00001")),), max_papers=25)
    with serving(Replica(invent(25))) as replica:
        asking = source(replica, tmp_path)
        planned = asking.plan(request)
        assert replica.hits == []
        asked = [page.url for page in asking.fetch(request)]

    assert list(planned) == asked


def test_the_client_of_others_reads_the_same(tmp_path: Path) -> None:
    """The arxiv package, pointed at the replica, finds the same papers: the replica speaks arXiv's language."""
    with serving(Replica(invent(25))) as replica:
        client = arxiv.Client(page_size=10, delay_seconds=0)
        client.query_url_format = replica.url + "?{}"
        search = arxiv.Search("all:x", max_results=None, sort_by=arxiv.SortCriterion.SubmittedDate)
        theirs = [result.get_short_id().removesuffix("v1") for result in client.results(search)]
        ours = papers(source(replica, tmp_path).fetch(EVERYTHING))

    assert theirs == ours


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (FetchRequest(), "nothing to ask"),
        (FetchRequest(query="x", since="soon"), "not a valid date"),
        (FetchRequest(query="x", until="9999"), "not a valid date"),
        (FetchRequest(query="x", since="2024", until="2023"), "after"),
        (FetchRequest(query="x", max_papers=0), "0 papers"),
        (FetchRequest(query="x", max_papers=9000), "address"),
    ],
)
def test_a_request_that_makes_no_sense(request_: FetchRequest, words: str) -> None:
    """What cannot be asked is an error of usage before any request: also many requests without a contact."""
    with pytest.raises(ConfigError, match=words):
        next(make(ArxivSettings(), NetworkDeps()).fetch(request_))
