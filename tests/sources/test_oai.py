"""The OAI source against the small arXiv: nothing is lost, whatever the lists leave out."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from arxiv_oai import EARLIEST, Sizes
from arxiv_server import FastClock, Replica, serving
from arxiv_world import State, Version, World, invent_world, real_world
from surveygen.config import ArxivSettings
from surveygen.domain.paper import BadRecord, Paper, PaperId
from surveygen.errors import ConfigError, SourceError
from surveygen.sources.arxiv import RecordPage
from surveygen.sources.arxiv.oai import OaiHarvester, make
from surveygen.sources.http import Budget, BudgetError, NetworkDeps, Timeouts


class Taker:
    """Takes pages as a store does, in memory."""

    def __init__(self, replica: Replica, folder: Path, *, since: str = "", budget: Budget | None = None) -> None:
        settings = ArxivSettings(
            api_url=replica.url, oai_url=replica.oai_url, min_interval_seconds=0.0, sets=("cs",), since=since
        )
        deps = NetworkDeps(FastClock().clock, Timeouts(10, 10, 1e12), folder, budget)
        self.source: OaiHarvester = make(settings, deps)
        self.papers: dict[PaperId, Paper] = {}
        self.bad: list[BadRecord] = []
        self.pages: list[RecordPage] = []
        self.cursor: str | None = None

    def known(self, ids: Collection[PaperId]) -> Mapping[PaperId, str]:
        """Return the datestamps of what was taken."""
        return {paper: self.papers[paper].datestamp or "" for paper in ids if paper in self.papers}

    def take(self) -> Taker:
        """Harvest once; what came before an error is kept."""
        for page in self.source.harvest("cs", self.cursor, self.known):
            self.pages.append(page)
            self.papers |= {record.id: record for record in page.records if isinstance(record, Paper)}
            self.bad += [record for record in page.records if isinstance(record, BadRecord)]
            self.cursor = page.cursor or self.cursor
        return self

    def renewed(self, other: Taker) -> Taker:
        """Give what was taken to another one, as to a later process."""
        other.papers, other.cursor = self.papers, self.cursor
        return other

    @property
    def verified(self) -> str | None:
        """The day up to which the cursor says that nothing is missing."""
        return json.loads(self.cursor)["verified_until"] if self.cursor else None


def stamps(world: World | None) -> dict[str, str]:
    """Return the datestamps of all papers there are."""
    assert world is not None
    return {state.id: state.moment[:10] for state in world.current()}


def told(taker: Taker) -> dict[str, str]:
    """Return the datestamps of all papers taken."""
    return {paper.id: paper.datestamp or "" for paper in taker.papers.values()}


def verbs(replica: Replica) -> list[str]:
    """Return the verbs asked."""
    return [hit.query["verb"] for hit in replica.hits]


def test_it_is_a_harvest_source() -> None:
    """The plug-in has the shape of its seam, and a set asked twice is one."""
    source = make(ArxivSettings(sets=("cs:cs:CL", "math", "math")), NetworkDeps())

    assert source.scopes() == ("cs:cs:CL", "math")


def test_a_list_is_walked_and_then_compared(tmp_path: Path) -> None:
    """All papers come; the cursor is the day of the server's first answer."""
    with serving(Replica(world=invent_world(35))) as replica:
        taker = Taker(replica, tmp_path).take()

    assert told(taker) == stamps(replica.world)
    assert verbs(replica) == ["Identify", *["ListRecords"] * 4, "ListIdentifiers"]
    assert taker.verified == "2024-01-21"


def test_a_record_has_all_versions(tmp_path: Path) -> None:
    """Versions with dates, sizes and flags; the submitter stays out."""
    versions = (Version(1, "2024-01-02T10:00:00Z"), Version(2, "2024-02-03T04:05:06Z", "I", 0))
    state = State(
        "math/0309136", "2024-02-04T00:00:00Z", versions, "Sheep", "Gone.", "P. Erd{\\H o}s (1), A. B{\\'e}la ((1) X)",
        "cs.DS math.GT", "under revision", "J. Inv. 1", "10.1000/x",
    )  # fmt: skip
    with serving(Replica(world=World([state], "2024-03-01T00:00:00Z"))) as replica:
        paper = Taker(replica, tmp_path).take().papers[PaperId("math/0309136")]

    assert [(v.n, v.submitted_at, v.size_kb, v.flags) for v in paper.versions] == [
        (1, "2024-01-02T10:00:00Z", 7, ""),
        (2, "2024-02-03T04:05:06Z", 0, "I"),
    ]
    assert (paper.version, paper.published, paper.updated) == (2, "2024-01-02T10:00:00Z", "2024-02-03T04:05:06Z")
    assert (paper.datestamp, paper.status, paper.categories) == ("2024-02-04", "withdrawn", ("cs.DS", "math.GT"))
    assert [author.name for author in paper.authors] == ["P. Erdős", "A. Béla"]
    assert (paper.doi, paper.journal_ref, paper.comment) == ("10.1000/x", "J. Inv. 1", "under revision")
    assert "Nobody" not in repr(paper)


def test_real_papers_keep_their_versions(shared: Path, tmp_path: Path) -> None:
    """509 real papers with 1,041 versions, withdrawals among them, come as they are."""
    world = real_world(shared / "fixtures/arxiv/versions.jsonl")
    found: dict[PaperId, Paper] = {}
    with serving(Replica(world=world, sizes=Sizes(100, 1000))) as replica:
        for name in ("cs", "math", "physics", "q-bio", "stat", "q-fin", "eess", "econ"):
            taker = Taker(replica, tmp_path)
            for page in taker.source.harvest(name, None, lambda ids: dict.fromkeys(ids, "9999")):
                found |= {record.id: record for record in page.records if isinstance(record, Paper)}
                assert not any(isinstance(record, BadRecord) for record in page.records)

    assert len(found) == 509
    assert sum(len(paper.versions) for paper in found.values()) == 1041
    assert found[PaperId("0908.3762")].versions[1].flags == "I"
    assert found[PaperId("0908.3762")].status == "active"


def test_the_next_harvest_asks_two_days_back(tmp_path: Path) -> None:
    """The overlap is two days, and with nothing new only the overlap comes again."""
    with serving(Replica(world=invent_world(35))) as replica:
        taker = Taker(replica, tmp_path).take()
        replica.hits.clear()
        taker.pages.clear()
        taker.take()

    assert replica.hits[1].query["from"] == "2024-01-19"
    assert "until" not in replica.hits[1].query
    assert all((record.datestamp or "") >= "2024-01-19" for page in taker.pages for record in page.records)  # type: ignore[union-attr]  # papers only


def test_a_first_day_before_the_first_of_the_server_is_moved(tmp_path: Path) -> None:
    """Asking from before the earliest datestamp would be refused."""
    with serving(Replica(world=invent_world(5))) as replica:
        taker = Taker(replica, tmp_path, since="1991-08-01").take()

    assert replica.hits[1].query["from"] == EARLIEST
    assert len(taker.papers) == 5


def test_a_record_hidden_by_a_shift_is_found(tmp_path: Path) -> None:
    """A record that changes during the walk shifts the list; what it hides is asked for by name."""

    def touch(world: World) -> None:
        world.extra.append(world.current()[0].corrected(world.now))

    with serving(Replica(world=invent_world(30, days=10), during={3: touch})) as replica:
        taker = Taker(replica, tmp_path).take()

    assert told(taker) == stamps(replica.world)
    assert "GetRecord" in verbs(replica)


def test_a_great_shift_repeats_the_walk(tmp_path: Path) -> None:
    """More than 50 missing records are not asked one by one."""

    def touch(world: World) -> None:
        world.extra.extend(state.corrected(world.now) for state in world.current()[:60])

    with serving(Replica(world=invent_world(130, days=10), during={8: touch})) as replica:
        taker = Taker(replica, tmp_path).take()

    assert told(taker) == stamps(replica.world)
    assert verbs(replica).count("GetRecord") == 0
    assert verbs(replica).count("ListRecords") == 26


def test_no_records_move_no_cursor(tmp_path: Path) -> None:
    """An empty answer may be a stale one: it is a success, and the next harvest asks the same again."""
    with serving(Replica(world=invent_world(5), faults={2: "noRecordsMatch"})) as replica:
        taker = Taker(replica, tmp_path).take()
        assert (taker.papers, taker.cursor) == ({}, None)
        taker.take()

    assert len(taker.papers) == 5


def test_a_stale_end_of_a_list_is_no_end(tmp_path: Path) -> None:
    """A list that had records cannot have none: the window stays open and the next harvest verifies it."""
    with serving(Replica(world=invent_world(25), faults={5: "noRecordsMatch"})) as replica:
        taker = Taker(replica, tmp_path)
        with pytest.raises(SourceError, match="had records"):
            taker.take()
        assert taker.verified is None
        replica.hits.clear()
        replica.faults = {}
        taker.take()

    assert verbs(replica) == ["Identify", "ListIdentifiers"]
    assert taker.verified == "2024-01-21"


def test_a_dropped_list_begins_again_a_day_before(tmp_path: Path) -> None:
    """A token that the server forgot costs one overlap of a day, not the whole walk."""
    with serving(Replica(world=invent_world(35), faults={4: "badResumptionToken"})) as replica:
        taker = Taker(replica, tmp_path).take()

    last = sorted(state.moment[:10] for state in (replica.world or World([], "")).current())[19]
    assert replica.hits[4].query["from"] == f"2024-01-{int(last[-2:]) - 1:02}"
    assert told(taker) == stamps(replica.world)


def test_a_list_that_is_dropped_again_and_again_ends(tmp_path: Path) -> None:
    """Two restarts are made; then the error says that later is fine."""
    faults = dict.fromkeys(range(3, 99), "badResumptionToken")
    with (
        serving(Replica(world=invent_world(35), faults=faults)) as replica,
        pytest.raises(SourceError, match="dropped the list 3 times") as caught,
    ):
        Taker(replica, tmp_path).take()

    assert caught.value.retryable
    assert verbs(replica).count("ListRecords") == 4


@pytest.mark.parametrize(
    "fault", ["token repeated", "token of other verb", "no empty token", "old dialect", "empty list", "503", "cut"]
)
@pytest.mark.parametrize("number", [2, 3, 6])
def test_a_fault_on_one_page_loses_nothing(fault: str, number: int, tmp_path: Path) -> None:
    """Whatever a list does once, all papers are there after one harvest more."""
    with serving(Replica(world=invent_world(35), faults={number: fault}, sizes=Sizes(10, 20))) as replica:
        taker = Taker(replica, tmp_path)
        with suppress(SourceError):
            taker.take()
        taker.take()

    assert told(taker) == stamps(replica.world)
    assert taker.verified == "2024-01-21"


def test_a_list_in_a_circle_ends(tmp_path: Path) -> None:
    """A token that came before fails the window at once, in records and in headers."""
    with serving(Replica(world=invent_world(50), otherwise="token repeated", sizes=Sizes(10, 10))) as replica:
        taker = Taker(replica, tmp_path)
        with pytest.raises(SourceError, match="same page again"):
            taker.take()

    assert len(replica.hits) < 9


@pytest.mark.parametrize("code", ["badArgument", "badVerb", "cannotDisseminateFormat", "noSetHierarchy"])
def test_a_refusal_is_told_in_the_words_of_the_server(code: str, tmp_path: Path) -> None:
    """An error that no repetition mends is asked once."""
    with (
        serving(Replica(world=invent_world(5), faults={2: code})) as replica,
        pytest.raises(SourceError, match=f"{code}: refused by the replica"),
    ):
        Taker(replica, tmp_path).take()

    assert len(replica.hits) == 2


def test_a_bad_record_costs_only_itself(tmp_path: Path) -> None:
    """It is set aside, asked twice more by name, and does not keep the window open."""
    broken = State("2401.09999", "2024-01-05T00:00:00Z", (Version(1, "2024-01-05T00:00:00Z"),), title="")
    world = invent_world(20)
    with serving(Replica(world=replace(world, states=[*world.states, broken]))) as replica:
        taker = Taker(replica, tmp_path).take()

    assert len(taker.papers) == 20
    assert {record.source for record in taker.bad} == {"oai:2401.09999"}
    assert verbs(replica).count("GetRecord") == 2
    assert taker.verified == "2024-01-21"


def test_a_page_of_bad_records_fails(tmp_path: Path) -> None:
    """More than one percent of a page, and more than two records, are a fault of the page."""
    broken = [
        State(f"2401.1{n:04}", "2024-01-05T00:00:00Z", (Version(1, "2024-01-05T00:00:00Z"),), title="")
        for n in range(3)
    ]
    with (
        serving(Replica(world=World(broken, "2024-01-21T00:00:00Z"))) as replica,
        pytest.raises(SourceError, match="3 of 3 records cannot be used"),
    ):
        Taker(replica, tmp_path).take()

    assert len(replica.hits) == 1 + 5


def test_a_record_that_is_denied_twice_is_requested_again_later(tmp_path: Path) -> None:
    """An id that is listed and does not exist is reported as missing and wanted; the cursor stays before it."""

    def touch(world: World) -> None:
        world.extra.append(world.current()[0].corrected(world.now))

    faults = dict.fromkeys((6, 8), "idDoesNotExist")
    with serving(Replica(world=invent_world(30, days=10), during={3: touch}, faults=faults)) as replica:
        taker = Taker(replica, tmp_path).take()

    assert len(taker.papers) == 29
    (wanted,) = [page.wanted for page in taker.pages if page.wanted]
    assert {page.missing for page in taker.pages if page.missing} == {wanted}
    assert taker.verified == stamps(replica.world)[wanted[0]]


def test_a_deleted_record_is_told(tmp_path: Path) -> None:
    """A header without a record names the paper and the day."""
    world = invent_world(5)
    world.extra.append(replace(world.current()[0], moment="2024-01-20T00:00:00Z", deleted=True))
    with serving(Replica(world=world)) as replica:
        taker = Taker(replica, tmp_path).take()

    assert [page.deleted for page in taker.pages if page.deleted] == [((world.extra[0].id, "2024-01-20"),)]
    assert len(taker.papers) == 4


def test_a_budget_stops_between_two_requests(tmp_path: Path) -> None:
    """The harvest stops cleanly and goes on where it was, page by page, until it is done."""
    with serving(Replica(world=invent_world(35))) as replica:
        taker = Taker(replica, tmp_path)
        for _ in range(2):
            taker = taker.renewed(Taker(replica, tmp_path, budget=Budget(requests=3)))
            with pytest.raises(BudgetError, match="3 requests") as caught:
                taker.take()
        taker = taker.renewed(Taker(replica, tmp_path, budget=Budget(requests=3))).take()

    assert told(taker) == stamps(replica.world)
    assert (caught.value.exit_code, caught.value.retryable) == (3, True)
    assert taker.verified == "2024-01-21"
    assert verbs(replica).count("ListRecords") == 4


@pytest.mark.parametrize(("budget", "words"), [(Budget(megabytes=1), "bytes"), (Budget(minutes=0.5), "seconds")])
def test_bytes_and_minutes_are_budgets_too(budget: Budget, words: str, tmp_path: Path) -> None:
    """What is over the budget ends the run before the next request."""
    world = invent_world(20)
    big = [state.corrected(state.moment, abstract="long " * 40_000) for state in world.current()]
    with (
        serving(Replica(world=replace(world, states=big), faults={1: "429 bare"})) as replica,
        pytest.raises(BudgetError, match=words),
    ):
        Taker(replica, tmp_path, budget=budget).take()


def test_the_plan_names_the_first_request_of_each_step(tmp_path: Path) -> None:
    """A dry run shows what would be asked, and asks nothing."""
    with serving(Replica(world=invent_world(35))) as replica:
        taker = Taker(replica, tmp_path, since="2024-01-05")
        first = taker.source.plan_harvest("cs", None)
        assert not replica.hits
        limited = Taker(replica, tmp_path, budget=Budget(requests=3))
        with pytest.raises(BudgetError):
            limited.take()
        resumed = taker.source.plan_harvest("cs", limited.cursor)

    assert [url.split("verb=")[1].split("&")[0] for url in first] == ["Identify", "ListRecords", "ListIdentifiers"]
    assert "from=2024-01-05" in first[1]
    assert "resumptionToken=" in resumed[1]


def test_an_empty_set_is_a_mistake_of_the_settings(tmp_path: Path) -> None:
    """It would ask for all of arXiv."""
    with pytest.raises(ConfigError, match="empty set"):
        list(make(ArxivSettings(sets=(" ",)), NetworkDeps()).harvest(" ", None, lambda _: {}))


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"window": 3}', '{"verified_until": null, "window": {"x": 1}}'])
def test_a_cursor_that_cannot_be_read_begins_anew(text: str, tmp_path: Path) -> None:
    """It costs requests and loses nothing."""
    with serving(Replica(world=invent_world(5))) as replica:
        taker = Taker(replica, tmp_path)
        taker.cursor = text
        taker.take()

    assert len(taker.papers) == 5
