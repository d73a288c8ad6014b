"""A server that is wrong about time, its records or the end of its lists does not keep papers from being found."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import pytest

from arxiv_oai import Sizes, oai_answer
from arxiv_server import Replica, serving
from arxiv_world import State, Version, World, invent_world, rfc822
from harvest_project import dump, project_at, run, run_until_done
from surveygen.corpus import Store
from surveygen.domain.paper import PaperId
from surveygen.errors import SourceError
from surveygen.pipeline import NullProgress
from surveygen.pipeline.add import add
from surveygen.pipeline.harvest import FetchQuery, fetch

QUERY = {"sets": (), "query": "all:x"}
BOTH = pytest.mark.parametrize("settings", [{}, QUERY], ids=["set", "query"])
SEEDS = range(6)


def moment(day: date) -> str:
    """Return noon of a day."""
    return f"{day.isoformat()}T12:00:00Z"


def wall(day: date) -> float:
    """Return noon of a day in seconds since 1970."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()


def published(number: int, day: date) -> State:
    """Return a paper of a day."""
    at = moment(day)
    return State(f"2402.{number:05}", at, (Version(1, at),), f"Paper {number} of {day}")


def known(project: object) -> set[PaperId]:
    """Return the ids in the store of a project."""
    with Store.open(project.database) as store:  # type: ignore[attr-defined]  # a project
        return {paper.id for paper in store.papers.all()}


@BOTH
@pytest.mark.parametrize("seed", SEEDS)
def test_a_wrong_clock_of_the_server_hides_no_later_paper(
    seed: int, settings: dict[str, object], tmp_path: Path
) -> None:
    """A paper a day for weeks, and the clock of the server is wrong now and then: in the end all are there."""
    rng = random.Random(seed)
    first = date(2024, 2, 1)
    world = World([published(number, first + timedelta(days=number)) for number in range(30)], "")
    with serving(Replica(world=world)) as replica:
        project = project_at(tmp_path, replica, **settings)
        day = first
        while day < first + timedelta(days=30):
            wrong = rng.choice([None, 2, 400, 27_000, 2_900_000])
            held, world.states = world.states, [state for state in world.states if state.moment <= moment(day)]
            world.now = moment(day if wrong is None else day + timedelta(days=wrong))
            harvested = run(project, wall=wall(day))
            assert bool(harvested.notes) == (wrong is not None)
            world.states = held
            day += timedelta(days=rng.randrange(1, 5))
        world.now = moment(day)
        run(project, wall=wall(day))

        assert known(project) == {state.id for state in world.states}


def test_the_difference_of_the_clocks_is_told(tmp_path: Path) -> None:
    """The note names both days; a difference of one day is usual around the world."""
    with serving(Replica(world=invent_world(3))) as replica:
        project = project_at(tmp_path, replica)
        replica.world = World(replica.world.states if replica.world else [], "2099-01-01T00:00:00Z")
        (note,) = run(project, wall=wall(date(2024, 3, 1))).notes
        quiet = run(project, wall=wall(date(2098, 12, 31)))

    assert "2099-01-01" in note
    assert "2024-03-01" in note
    assert quiet.notes == ()


class Notes(NullProgress):
    """Keeps what a person would be told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, message: str) -> None:
        """Keep a line."""
        self.lines.append(message)


@pytest.mark.parametrize("request_", [FetchQuery(), FetchQuery(ids=("2402.00001",)), FetchQuery(query="all:x")])
def test_a_fetch_tells_it_too(request_: FetchQuery, tmp_path: Path) -> None:
    """Whatever was asked for, the server is the same; the query of the settings is no matter where ids are named."""
    with serving(Replica(world=invent_world(3))) as replica:
        project = project_at(tmp_path, replica, query="graphs AND trees" if request_.ids else "all:x", sets=())
        replica.world = World(replica.world.states if replica.world else [], "2099-01-01T00:00:00Z")
        told = Notes()
        fetch(project, request_, told)

    assert ["2099-01-01" in line for line in told.lines] == [True]


def test_a_cursor_of_the_future_starts_anew(tmp_path: Path) -> None:
    """Stores of earlier versions may have one; nothing that was published since is missed."""
    with serving(Replica(world=invent_world(12))) as replica:
        project = project_at(tmp_path, replica)
        run(project, wall=wall(date(2999, 1, 1)))
        assert replica.world is not None
        replica.world.extra.append(published(1, date(2024, 1, 20)))
        run(project, wall=wall(date(2024, 2, 1)))

        assert "2402.00001" in known(project)


def test_a_datestamp_of_the_future_keeps_no_correction_out(tmp_path: Path) -> None:
    """A record of the year 2099 is stored under our day, so that a later correction counts."""
    with serving(Replica(world=World([], "2024-02-01T00:00:00Z"))) as replica:
        world = replica.world
        assert world is not None
        wrong = State("2402.00001", "2024-01-01T00:00:00Z", (Version(1, "2024-01-01T00:00:00Z"),), "A wrong title")
        world.states = [wrong.corrected("2099-01-01T00:00:00Z")]
        world.now = "2099-01-02T00:00:00Z"
        project = project_at(tmp_path, replica)
        run(project, wall=wall(date(2024, 2, 1)))
        world.states, world.now = [wrong.corrected("2024-02-20T00:00:00Z", title="Right")], "2024-02-21T00:00:00Z"
        run(project, wall=wall(date(2024, 2, 21)))
        with Store.open(project.database) as store:
            paper = store.papers.get(PaperId("2402.00001"))

    assert paper is not None
    assert paper.title == "Right"


@pytest.mark.parametrize("day", ["9999-12-31", "2099-01-01", "2031-01-01"])
def test_a_wrong_date_in_a_snapshot_hides_no_later_paper(day: str, tmp_path: Path) -> None:
    """One line of a snapshot with a date of the future: the harvest of a set still begins before the others."""
    with serving(Replica(world=invent_world(20))) as replica:
        assert replica.world is not None
        states = replica.world.current()
        lines = [
            {
                "id": state.id, "title": state.title, "abstract": state.abstract, "authors": state.authors,
                "categories": state.categories, "update_date": state.moment[:10],
                "versions": [{"version": f"v{one.n}", "created": rfc822(one.date)} for one in state.versions],
            }
            for state in states[:8]
        ]  # fmt: skip
        lines[3]["update_date"] = day
        file = tmp_path / "snapshot.jsonl"
        file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        project = project_at(tmp_path, replica)
        add(project, [file], NullProgress())
        run(project)
        corrected = states[3].corrected(replica.world.now, title="Corrected since")
        replica.world.extra.append(corrected)
        run(project)
        with Store.open(project.database) as store:
            titles = {paper.id: paper.title for paper in store.papers.all()}

    assert titles == {state.id: state.title for state in states} | {corrected.id: corrected.title}


@dataclass
class Denying(Replica):
    """A server that lists some papers and says for a while that they do not exist."""

    denied: set[str] = field(default_factory=set)

    def reply(self, path: str, query: Mapping[str, str], fault: str) -> tuple[int, bytes]:
        """Leave denied papers out of everything but the list of identifiers."""
        assert self.world is not None
        if query.get("verb") == "ListIdentifiers":
            return super().reply(path, query, fault)
        there = self.world
        shown = World([state for state in there.current() if state.id not in self.denied], there.now)
        try:
            self.world = shown
            return super().reply(path, query, fault)
        finally:
            self.world = there


@pytest.mark.parametrize("seed", SEEDS)
def test_records_that_are_denied_for_a_while_come_later(seed: int, tmp_path: Path) -> None:
    """They are wanted until the server gives them: the store ends as if it always had."""
    rng = random.Random(seed)
    world = invent_world(30, seed=seed)
    ids = sorted({state.id for state in world.current()})
    replica = Denying(world=world, denied=set(rng.sample(ids, rng.randrange(1, 6))))
    with serving(replica):
        project = project_at(tmp_path / "denied", replica)
        run(project)
        with Store.open(project.database) as store:
            assert {paper.id for paper in store.papers.pending()} == replica.denied
        while replica.denied:
            replica.denied.pop()
            run(project)
        calm = project_at(tmp_path / "calm", replica)
        run(calm)

    assert dump(project) == dump(calm)


def test_a_record_that_is_denied_for_ever_holds_nothing_up(tmp_path: Path) -> None:
    """A month after its datestamp the list begins later again; its id stays wanted."""
    world = invent_world(20)
    replica = Denying(world=world, denied={world.current()[0].id})
    with serving(replica):
        project = project_at(tmp_path, replica)
        for number in range(3):
            run(project)
            world.pass_time(days=40)
            world.extra.append(published(number, date.fromisoformat(world.now[:10])))
            world.pass_time(days=1)
        run(project)
        with Store.open(project.database) as store:
            wanted = {paper.id for paper in store.papers.pending()}
        asked = [hit.query.get("from", "") for hit in replica.hits if hit.query.get("verb") == "ListRecords"]

    assert wanted == replica.denied
    assert asked[-1] > world.current()[0].moment[:10]


@dataclass
class Endless(Replica):
    """A server whose lists go on in circles, under ever new tokens."""

    verb: str = "ListRecords"
    circle: int = 2
    answered: int = 0

    def reply(self, path: str, query: Mapping[str, str], fault: str) -> tuple[int, bytes]:
        """Give one of some pages and a token that it never gave before."""
        assert self.world is not None
        if query.get("verb") != self.verb:
            return super().reply(path, query, fault)
        self.answered += 1
        skip = self.answered % self.circle * self.sizes.records
        token = urlencode({"verb": self.verb, "metadataPrefix": "arXivRaw", "skip": skip})
        page = oai_answer(self.world, {"verb": self.verb, "resumptionToken": token}, self.sizes)
        start, _, end = page.partition(f"</{self.verb}>".encode())
        new = f"<resumptionToken>{escape(token)}&amp;new={self.answered}</resumptionToken></{self.verb}>"
        return 200, start.partition(b"<resumptionToken")[0] + new.encode() + end


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
@pytest.mark.parametrize("circle", [2, 3])
def test_a_list_in_circles_ends(verb: str, circle: int, tmp_path: Path) -> None:
    """Pages without a new record end the run with an error; what came is kept, and a good server completes it."""
    replica = Endless(world=invent_world(40), sizes=Sizes(10, 10), verb=verb, circle=circle)
    with serving(replica):
        project = project_at(tmp_path, replica)
        with pytest.raises(SourceError, match="pages without a new record"):
            run(project)
        assert replica.answered < 30
        assert known(project)
        replica.verb = "none"
        run_until_done(project)

        assert replica.world is not None
        assert known(project) == {state.id for state in replica.world.current()}


@dataclass
class Repeating(Replica):
    """A server whose query gives the same papers at every offset, and promises ever more."""

    def answer(self, query: Mapping[str, str], fault: str) -> tuple[int, bytes]:
        """Give the first page under the offset that was requested."""
        status, body = super().answer({**query, "start": "0"}, fault)
        counts = b"<opensearch:totalResults>9000</opensearch:totalResults>"
        head, _, rest = body.partition(b"<opensearch:totalResults>")
        _, _, rest = rest.partition(b"</opensearch:startIndex>")
        start = f"<opensearch:startIndex>{query['start']}</opensearch:startIndex>".encode()
        return status, head + counts + start + rest


def test_updates_that_repeat_end(tmp_path: Path) -> None:
    """The walk through updates of a query ends after some pages without a new paper."""
    world = invent_world(5, start="2024-01-01T00:00:00Z")
    with serving(Replica(world=world)) as replica:
        project = project_at(tmp_path, replica, **QUERY)
        run(project)
    with serving(Repeating(world=world)) as replica:
        project = project_at(tmp_path, replica, **QUERY)
        with pytest.raises(SourceError, match="pages without a new record"):
            run(project)

        assert len(replica.hits) < 20


@BOTH
@pytest.mark.parametrize("seed", SEEDS)
def test_arxiv_outranks_what_files_say_of_its_papers(seed: int, settings: dict[str, object], tmp_path: Path) -> None:
    """Versions, dates and titles that files invent, before or after the harvest, are not those of the survey."""
    rng = random.Random(seed)
    world = invent_world(12, seed=seed)
    states = world.current()
    lines = [
        {
            "arxiv_id": state.id,
            "title": state.title.upper(),
            "version": rng.choice([1, 2, 999, 9999]),
            "updated": rng.choice(["2023-01-01", "2026-01-01"]),
            "abstract": rng.choice(["", "Much longer than what arXiv has, and not its own words at all."]),
        }
        for state in rng.sample(states, 6)
    ]
    file = tmp_path / "file.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with serving(Replica(world=world)) as replica:
        project = project_at(tmp_path, replica, **settings)
        for step in rng.sample(["add", "harvest"], 2):
            if step == "add":
                add(project, [file], NullProgress())
            else:
                run(project)
        world.pass_time(days=2)
        world.extra.append(states[0].revised(world.now, title="Revised"))
        run(project)
        with Store.open(project.database) as store:
            stored = {paper.id: (paper.title, paper.latest) for paper in store.papers.all()}

    assert stored == {state.id: (state.title, state.versions[-1].n) for state in world.current()}
