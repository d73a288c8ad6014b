"""Harvests of the small arXiv into a real store."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import arxiv
import pytest

from arxiv_oai import Sizes
from arxiv_server import Replica, serving
from arxiv_world import State, Version, World, invent_world, real_world, rfc822
from harvest_project import EAGER, dump, project_at, run, run_until_done
from harvest_worker import let_go, prepare_worker, start_worker
from surveygen.corpus import Scope, Store
from surveygen.domain.changes import Revised
from surveygen.domain.paper import PaperId, PendingPaper
from surveygen.errors import ConfigError, CorpusError, SourceError
from surveygen.pipeline import NullProgress
from surveygen.pipeline.add import add
from surveygen.pipeline.harvest import FetchQuery, fetch, harvest, plan_harvest
from surveygen.sources.arxiv import clear_stop
from surveygen.sources.http import NetworkDeps

QUERY = {"sets": (), "query": "all:x"}
SEEN = 2.9  # of three seconds, as the server sees them: its thread may note the end of an answer late


@pytest.fixture
def replica() -> Iterator[Replica]:
    """A small arXiv with 35 invented papers, whose script has come to its end."""
    world = invent_world(35)
    with serving(
        Replica(world=World([state for state in world.states if state.moment <= world.now], world.now))
    ) as server:
        yield server


def there(replica: Replica) -> World:
    """Return the world of a server."""
    assert replica.world is not None
    return replica.world


@pytest.mark.parametrize("settings", [{}, QUERY], ids=["set", "query"])
def test_a_fetch_without_a_request_harvests_what_the_settings_name(
    settings: dict[str, object], replica: Replica, tmp_path: Path
) -> None:
    """The first brings all papers of the set or the query, the second asks for what is new since."""
    project = project_at(tmp_path, replica, **settings)
    first = fetch(project, FetchQuery(), NullProgress())
    asked = len(replica.hits)
    second = fetch(project, FetchQuery(), NullProgress())

    assert set(first.change.added) == {state.id for state in there(replica).current()}
    assert second.change.added == ()
    assert len(replica.hits) - asked <= asked


@pytest.mark.parametrize("settings", [{}, QUERY, {"sets": ("cs:cs:XX", "cs")}], ids=["set", "query", "two sets"])
def test_all_papers_come_and_a_second_harvest_changes_nothing(
    settings: dict[str, object], replica: Replica, tmp_path: Path
) -> None:
    """By set and by query: the same papers; with nothing new there is no event, and no byte of the dump differs."""
    project = project_at(tmp_path, replica, **settings)
    first = run(project)
    before = dump(project)
    second = run(project)

    assert set(first.difference.added) == {state.id for state in there(replica).current()}
    assert (second.events, dump(project)) == ((), before)
    assert (first.outcome, second.outcome) == ("complete", "complete")


@pytest.mark.parametrize("settings", [{}, QUERY], ids=["set", "query"])
def test_what_happened_is_told(settings: dict[str, object], replica: Replica, tmp_path: Path) -> None:
    """A new paper, a new version and a withdrawal, each in its list."""
    project = project_at(tmp_path, replica, **settings)
    run(project)
    old = [state for state in there(replica).current() if not state.versions[-1].flags][:2]
    at = "2024-01-22T10:00:00Z"
    there(replica).extra += [
        State("2401.90000", at, (Version(1, at),), "Brand new"),
        old[0].revised(at, abstract="Better."),
        old[1].revised(at, flags="I", abstract="Gone.", comments="This paper has been withdrawn."),
    ]
    there(replica).now = "2024-01-23T00:00:00Z"
    difference = run(project).difference

    assert difference.added == (PaperId("2401.90000"),)
    n = old[0].versions[-1].n
    assert difference.revised == (Revised(PaperId(old[0].id), n, n + 1),)
    assert difference.withdrawn == (PaperId(old[1].id),)


def test_a_correction_within_a_version_is_told(replica: Replica, tmp_path: Path) -> None:
    """Sets know of corrections and touches that a query cannot see."""
    project = project_at(tmp_path, replica)
    run(project)
    corrected, touched = there(replica).current()[:2]
    there(replica).extra += [
        corrected.corrected("2024-01-22T10:00:00Z", title="Short", comments="12 pages"),
        touched.corrected("2024-01-22T10:00:00Z"),
    ]
    there(replica).now = "2024-01-23T00:00:00Z"
    harvested = run(project)

    assert [(one.paper, one.fields) for one in harvested.difference.metadata] == [(corrected.id, ("comment", "title"))]
    assert [event.paper for event in harvested.events if event.kind == "touched"] == [touched.id]


def test_every_answer_is_kept(replica: Replica, tmp_path: Path) -> None:
    """The bytes of each page are in the store, under the address that gave them."""
    project = project_at(tmp_path, replica)
    run(project)
    with Store.open(project.database) as store:
        pages = list(store.runs.raw_pages())

    assert [page.url.split("verb=")[1].split("&")[0] for page in pages] == [
        "Identify",
        *["ListRecords"] * 4,
        "ListIdentifiers",
    ]
    assert all(page.body.startswith(b"<?xml") for page in pages)


def test_an_answer_that_cannot_be_read_is_kept_too(replica: Replica, tmp_path: Path) -> None:
    """It is archived before anybody reads it, so that the fault can be looked at."""
    replica.faults = {2: "truncated"}
    project = project_at(tmp_path, replica)
    run(project)
    with Store.open(project.database) as store:
        pages = [page for page in store.runs.raw_pages() if "ListRecords" in page.url]

    assert pages[0].url == pages[1].url
    assert pages[1].body.startswith(pages[0].body)


def test_wanted_ids_come_first(replica: Replica, tmp_path: Path) -> None:
    """Ids still wanted are asked by name; one that nobody knows is reported."""
    project = project_at(tmp_path, replica, sets=())
    with Store.open(project.database) as store:
        store.import_records(
            [PendingPaper(PaperId("2401.00003")), PendingPaper(PaperId("2401.99999"))],
            source="x",
            at="2024-01-01T00:00:00Z",
        )
    harvested = run(project)

    assert harvested.difference.added == (PaperId("2401.00003"),)
    assert harvested.missing == (PaperId("2401.99999"),)


def test_nothing_to_harvest_is_a_mistake_of_the_settings(replica: Replica, tmp_path: Path) -> None:
    """Without sets, query and wanted ids there is nothing to ask for."""
    with pytest.raises(ConfigError, match="nothing to harvest"):
        run(project_at(tmp_path, replica, sets=()))


def test_a_plan_asks_nothing(replica: Replica, tmp_path: Path) -> None:
    """A dry run lists addresses, from where the last harvest stopped."""
    project = project_at(tmp_path, replica, sets=("cs", "math"))
    first = plan_harvest(project)
    assert (len(first), len(replica.hits)) == (6, 0)
    run(project)

    assert "from=2024-01-19" in plan_harvest(project)[1]
    assert "from=2020-01-01" in plan_harvest(project, since="2020-01-01")[1]
    assert len(plan_harvest(project_at(tmp_path, replica, **QUERY))) == 10


def test_a_harvest_from_a_day_asks_all_again(replica: Replica, tmp_path: Path) -> None:
    """Whatever is known; and what is known makes no event."""
    project = project_at(tmp_path, replica)
    run(project)
    replica.hits.clear()

    assert run(project, since="2024-01-02").events == ()
    assert replica.hits[1].query["from"] == "2024-01-02"


def test_a_budget_pauses_and_the_next_run_goes_on(replica: Replica, tmp_path: Path) -> None:
    """Four requests a run: the runs before the last are paused, and the store is that of one harvest."""
    project = project_at(tmp_path / "slow", replica, max_requests=4)
    outcomes = [run(project).outcome for _ in range(3)]
    whole = project_at(tmp_path / "whole", replica)
    run(whole)

    assert outcomes[0] == "paused"
    assert outcomes[-1] == "complete"
    assert dump(project) == dump(whole)


def test_a_set_that_fails_does_not_stop_the_others(replica: Replica, tmp_path: Path) -> None:
    """The error comes at the end, and the cursor of the set that went well has moved."""
    replica.faults = {2: "badArgument"}
    project = project_at(tmp_path, replica, sets=("nosuch", "cs"))
    with pytest.raises(SourceError, match="badArgument"):
        run(project)

    with Store.open(project.database) as store:
        assert json.loads(store.runs.cursor(Scope("oai", "cs", "arXivRaw")) or "{}")["verified_until"] == "2024-01-21"
        assert [one.outcome for one in store.runs.all()] == ["incomplete"]


def test_after_a_403_nothing_is_asked_until_a_person_clears_it(replica: Replica, tmp_path: Path) -> None:
    """Not in this run and not in later ones, by set or by query."""
    replica.faults = {3: "403"}
    project = project_at(tmp_path, replica, sets=("cs", "math"))
    for _ in range(3):
        with pytest.raises(SourceError, match=r"403|refused") as caught:
            run(project)
    with pytest.raises(SourceError, match="refused an earlier run"):
        run(project_at(tmp_path / "other", replica, **QUERY), locks=tmp_path)

    assert len(replica.hits) == 3
    assert (caught.value.exit_code, "--clear-stop" in caught.value.hint) == (3, True)
    assert clear_stop(project.settings.sources.arxiv, tmp_path / "locks")
    assert not clear_stop(project.settings.sources.arxiv, tmp_path / "locks")
    assert run_until_done(project) == 0


def test_a_server_that_never_answers_ends_in_a_time_out(replica: Replica, tmp_path: Path) -> None:
    """Exit code 3, and the cursor is where the last stored page put it."""
    project = project_at(tmp_path, replica)
    replica.faults = dict.fromkeys(range(4, 99), "silent")
    with pytest.raises(SourceError, match="no answer in time") as caught:
        run(project, timeouts=EAGER)
    with Store.open(project.database) as store:
        cursor = json.loads(store.runs.cursor(Scope("oai", "cs", "arXivRaw")) or "{}")

    assert caught.value.exit_code == 3
    assert "skip=20" in cursor["window"]["token"]
    assert len(dump(project)) == 1 + 20


@pytest.mark.parametrize("fault", ["entity bomb", "foreign entity", "gzip bomb", "foreign redirect"])
def test_a_hostile_answer_is_refused_at_once(fault: str, replica: Replica, tmp_path: Path) -> None:
    """One request, no page stored, and the next harvest is as if nothing had been."""
    replica.faults = {2: fault}
    project = project_at(tmp_path, replica)
    started = time.monotonic()
    with pytest.raises(SourceError):
        run(project)

    assert len(replica.hits) == 2
    assert time.monotonic() - started < 5
    assert len(dump(project)) == 1
    assert run_until_done(project) == 0


def test_the_daily_feed_may_say_that_there_is_nothing_to_do(replica: Replica, tmp_path: Path) -> None:
    """One request with an ETag in place of a harvest; news, or a harvest that failed, lead to a harvest."""
    project = project_at(tmp_path, replica, feeds=("cs.XX",))
    there(replica).now = "2024-01-19T12:00:00Z"
    replica.faults = {3: "400"}
    with pytest.raises(SourceError):
        run(project, if_announced=True)
    assert run(project, if_announced=True).difference.added
    replica.hits.clear()
    assert not run(project, if_announced=True).events
    there(replica).now = "2024-03-01T00:00:00Z"
    assert not run(project, if_announced=True).events

    assert len(replica.hits) == 2


def test_a_survey_asks_politely_by_default(tmp_path: Path) -> None:
    """Three requests in real time: three seconds from each end to the next start, one connection, one name."""
    with serving(Replica(world=invent_world(25), sizes=Sizes(25, 80))) as replica:
        project = project_at(tmp_path, replica, min_interval_seconds=3.0, contact="me@example.org")
        harvest(project, NullProgress(), deps=NetworkDeps(lock_folder=tmp_path))

    assert len(replica.hits) == 3
    assert all(later.arrived - earlier.ended >= SEEN for earlier, later in pairwise(replica.hits))
    assert len({hit.connection for hit in replica.hits}) == 1
    assert all(hit.agent.endswith("(mailto:me@example.org)") for hit in replica.hits)


def test_of_two_refreshes_of_a_survey_one_leaves(replica: Replica, root: Path, tmp_path: Path) -> None:
    """The second one says that another surveygen is at work, and the store is that of one harvest."""
    workers = [prepare_worker(root, tmp_path / "one", replica, 0.5, tmp_path) for _ in range(2)]
    for one in workers:  # both at once, however long they took to start
        let_go(one)
    ends = [one.communicate(timeout=30)[1] for one in workers]

    assert sorted(one.returncode for one in workers) == [0, CorpusError.exit_code]
    assert "another surveygen is refreshing this survey" in "".join(ends)
    alone = project_at(tmp_path / "alone", replica)
    run(alone)
    assert dump(project_at(tmp_path / "one", replica)) == dump(alone)


def test_two_surveys_take_turns(replica: Replica, root: Path, tmp_path: Path) -> None:
    """Two processes with a store each never ask at once, nor without the pause between."""
    workers = [start_worker(root, tmp_path / name, replica, 0.1, tmp_path) for name in ("one", "two")]
    for one in workers:
        one.communicate(timeout=30)

    assert [one.returncode for one in workers] == [0, 0]
    assert len(replica.hits) == 12
    assert all(later.arrived - earlier.ended > 0.05 for earlier, later in pairwise(replica.hits))


def test_the_real_client_reads_the_same_papers(replica: Replica, tmp_path: Path) -> None:
    """The `arxiv` package, pointed at the replica, finds the papers, dates and versions that we find."""
    client = arxiv.Client(page_size=10, delay_seconds=0.0)
    client.query_url_format = replica.url + "?{}"
    theirs = {result.get_short_id(): result for result in client.results(arxiv.Search("all:x", max_results=None))}
    project = project_at(tmp_path, replica, **QUERY)
    run(project)
    with Store.open(project.database) as store:
        ours = {f"{paper.id}v{paper.version}": paper for paper in store.papers.all()}

    assert theirs.keys() == ours.keys()
    for name, paper in ours.items():
        assert theirs[name].title == paper.title
        assert theirs[name].updated.strftime("%Y-%m-%dT%H:%M:%SZ") == paper.updated
        assert [author.name for author in theirs[name].authors] == [author.name for author in paper.authors]


def test_real_withdrawals_and_reinstatements_are_told(shared: Path, tmp_path: Path) -> None:
    """0908.3762 was withdrawn twice and came back; each harvest tells the step that it saw."""
    world = real_world(shared / "fixtures/arxiv/versions.jsonl")
    steps = {
        "2010-12-01": (), "2011-02-10": ("withdrawn", "revised"), "2011-10-20": ("reinstated", "revised"),
        "2012-04-01": ("withdrawn", "revised"), "2012-11-01": ("reinstated", "revised"),
    }  # fmt: skip
    told: dict[str, tuple[str, ...]] = {}
    with serving(Replica(world=world, sizes=Sizes(100, 1000))) as replica:
        project = project_at(tmp_path, replica, sets=("math",))
        for day in steps:
            world.now = f"{day}T00:00:00Z"
            told[day] = tuple(event.kind for event in run(project).events if event.paper == "0908.3762")
        with Store.open(project.database) as store:
            paper = store.papers.get(PaperId("0908.3762"))

    assert told | {"2010-12-01": ()} == steps
    assert paper is not None
    assert (paper.version, paper.status) == (5, "reinstated")


def test_a_snapshot_is_where_a_set_begins(replica: Replica, tmp_path: Path) -> None:
    """The first harvest after an imported snapshot asks from seven days before its last datestamp on."""
    papers = there(replica).current()[:20]
    lines = [
        {
            "id": state.id, "submitter": "Nobody", "title": state.title, "abstract": state.abstract,
            "authors": state.authors, "categories": state.categories, "update_date": state.moment[:10],
            "license": state.license, "comments": state.comments or None, "doi": state.doi or None,
            "versions": [{"version": f"v{one.n}", "created": rfc822(one.date)} for one in state.versions],
        }
        for state in papers
    ]  # fmt: skip
    file = tmp_path / "snapshot.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    project = project_at(tmp_path, replica)
    add(project, [file], NullProgress())
    run(project)
    with Store.open(project.database) as store:
        known = {paper.id for paper in store.papers.all()}

    day = int(papers[-1].moment[8:10]) - 7
    assert replica.hits[1].query["from"] == f"2024-01-{day:02}"
    assert known == {state.id for state in there(replica).current()}
    assert "from=" not in plan_harvest(project_at(tmp_path / "new", replica))[1]


def test_fetched_papers_are_told_and_kept_as_they_came(replica: Replica, tmp_path: Path) -> None:
    """A fetch by query is a run like any other: events, raw pages, and the same answer twice is no change."""
    project = project_at(tmp_path, replica, **QUERY)
    first, second = (fetch(project, FetchQuery(ids=("2401.00003", "2401.99999")), NullProgress()) for _ in range(2))
    with Store.open(project.database) as store:
        assert [run.changes for run in store.runs.all()] == [1, 0]
        assert len(list(store.runs.raw_pages())) == 1

    assert (first.change.added, first.missing) == (("2401.00003",), ("2401.99999",))
    assert not second.change
    assert second.change.unchanged == 1
