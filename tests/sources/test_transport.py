"""The transport against a server that misbehaves on schedule."""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest

from arxiv_server import FAULTS, SCALE, FastClock, Replica, invent, serving
from surveygen.errors import ConfigError, SourceError
from surveygen.sources.arxiv.query import AtomFeed, parse_feed
from surveygen.sources.http import Budget, Clock, NetworkDeps, Timeouts
from surveygen.sources.http.limiter import Limiter
from surveygen.sources.http.transport import Transport, user_agent

PATIENT = Timeouts(connect=5, read=5, whole=1e12)


def ask(replica: Replica, folder: Path, fast: FastClock, timeouts: Timeouts = PATIENT) -> AtomFeed:
    """Ask once, as often as the table allows."""
    return transport(replica, folder, fast, timeouts).get(replica.url, lambda body: parse_feed(body, replica.url))[1]


def transport(replica: Replica, folder: Path, fast: FastClock, timeouts: Timeouts = PATIENT) -> Transport:
    """Make a transport in fast time."""
    limiter = Limiter(replica.url, 3.0, fast.clock, folder)
    return Transport(limiter, NetworkDeps(fast.clock, timeouts), contact="me@example.org")


@pytest.mark.parametrize(
    "fault",
    [
        "429 seconds", "429 date", "429 bare", "408", "425", "500", "502", "503", "504", "html", "html as xml",
        "empty body", "truncated", "control character", "wrong utf-8", "cut", "reset", "gzip damaged", "brotli",
    ],
)  # fmt: skip
def test_a_passing_fault_is_survived(fault: str, tmp_path: Path) -> None:
    """A fault that the table calls passing costs one more request and no paper."""
    fast = FastClock()
    with serving(Replica(invent(4), {1: fault})) as replica:
        feed = ask(replica, tmp_path, fast)

    assert len(feed.papers) == 4
    assert len(replica.hits) == 2


@pytest.mark.parametrize(("fault", "pause"), [("429 seconds", 2.0), ("429 date", 40.0), ("429 bare", 30.0)])
def test_a_busy_server_says_how_long(fault: str, pause: float, tmp_path: Path) -> None:
    """Retry-After is obeyed as seconds and as a date; without it we wait 30 s; then requests come half as often."""
    fast = FastClock()
    with serving(Replica(invent(1), {1: fault})) as replica:
        ask(replica, tmp_path, fast)

    assert fast.naps[0] == pytest.approx(pause)
    assert replica.hits[1].arrived - replica.hits[0].ended >= max(pause, 6.0) / SCALE * 0.9


def test_a_pause_of_a_day_ends_the_run(tmp_path: Path) -> None:
    """A server that wants more than six hours is left alone, and the error says that later is fine."""
    with serving(Replica(invent(1), otherwise="429 tomorrow")) as replica, pytest.raises(SourceError) as caught:
        ask(replica, tmp_path, FastClock())

    assert len(replica.hits) == 1
    assert caught.value.retryable


@pytest.mark.parametrize("fault", ["401", "403"])
def test_forbidden_stops_for_good(fault: str, tmp_path: Path) -> None:
    """After a 403 no request follows, whatever is asked."""
    with serving(Replica(invent(1), {1: fault})) as replica:
        asking = transport(replica, tmp_path, FastClock())
        for _ in range(3):
            with pytest.raises(SourceError, match=f"status {fault}") as caught:
                asking.get(replica.url, lambda body: body)

    assert len(replica.hits) == 1
    assert (caught.value.status, caught.value.exit_code, caught.value.retryable) == (int(fault), 3, False)


def test_a_stop_holds_for_later_processes_until_it_is_cleared(tmp_path: Path) -> None:
    """The mark lies beside the lock file, says what was answered, and has no words of the query in it."""
    with serving(Replica(invent(1), {1: "403"})) as replica:
        with pytest.raises(SourceError, match="status 403"):
            transport(replica, tmp_path, FastClock()).get(f"{replica.url}?secret=1", lambda body: body)
        with pytest.raises(SourceError, match=r"refused an earlier run: .*status 403") as caught:
            ask(replica, tmp_path, FastClock())
        assert len(replica.hits) == 1
        assert Limiter(replica.url, 0.0, Clock(), tmp_path).clear_stop()
        assert len(ask(replica, tmp_path, FastClock()).papers) == 1

    assert "--clear-stop" in caught.value.hint
    assert "secret" not in caught.value.message


def test_a_name_is_wanted_for_many_requests(tmp_path: Path) -> None:
    """The twenty-first request to a host of the outside wants a contact; it is not sent."""
    budget = Budget()
    for _ in range(20):
        budget.spend(0.0)
    asking = Transport(Limiter("https://export.arxiv.org/", 3.0, Clock(), tmp_path), NetworkDeps(budget=budget))
    with pytest.raises(ConfigError, match="more than 20 requests"):
        asking.get("https://export.arxiv.org/api/query", lambda body: body)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("404", "status 404"),
        ("410", "status 410"),
        ("418", "status 418"),
        ("400", "status 400"),
        ("error feed", "no such field: zz"),
        ("error feed 400", "no such field: zz"),
        ("entity bomb", "entities"),
        ("foreign entity", "entities"),
        ("gzip bomb", "larger than 64 MiB"),
        ("many tags", "more than 1500000 XML tags"),
        ("foreign redirect", "another site"),
        ("file redirect", "another site"),
    ],
)
def test_a_lasting_fault_is_asked_once(fault: str, words: str, tmp_path: Path) -> None:
    """What no repetition can mend raises at once, with the server's own words where it has some."""
    with serving(Replica(invent(1), otherwise=fault)) as replica, pytest.raises(SourceError) as caught:
        ask(replica, tmp_path, FastClock())

    assert len(replica.hits) == 1
    assert words in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("fault", ["503", "html", "cut", "500"])
def test_a_lasting_outage_ends(fault: str, tmp_path: Path) -> None:
    """A server that never recovers is asked as often as its row says, ever more slowly; the error counts the tries."""
    fast = FastClock()
    with serving(Replica(invent(1), otherwise=fault)) as replica, pytest.raises(SourceError, match="tries") as caught:
        ask(replica, tmp_path, fast)

    assert len(replica.hits) == caught.value.attempt
    assert len(replica.hits) in {5, 6}
    assert caught.value.url == replica.url


def test_a_silent_server_is_left(tmp_path: Path) -> None:
    """A server that accepts and never answers ends in a time-out, not in waiting for ever."""
    timeouts = Timeouts(connect=1, read=0.1, whole=1e12)
    with (
        serving(Replica(otherwise="silent")) as replica,
        pytest.raises(SourceError, match="no answer in time") as caught,
    ):
        ask(replica, tmp_path, FastClock(), timeouts)

    assert caught.value.exit_code == 3


@pytest.mark.parametrize("fault", ["dripping head", "continue", "no length"])
def test_an_answer_without_an_end_is_left(fault: str, tmp_path: Path) -> None:
    """Whatever arrives before the body, or without its length: the time for the whole response is bounded."""
    timeouts = Timeouts(connect=5, read=5, whole=0.5)
    clock = Clock(sleep=lambda _: None)
    with serving(Replica(invent(2), {1: fault})) as replica:
        limiter = Limiter(replica.url, 0.0, clock, tmp_path)
        feed = Transport(limiter, NetworkDeps(clock, timeouts)).get(replica.url, lambda body: parse_feed(body, ""))[1]

    assert len(feed.papers) == 2
    assert len(replica.hits) == 2


def test_a_dripping_answer_is_left(tmp_path: Path) -> None:
    """An answer that comes byte by byte is bounded as a whole, though no single wait is too long."""
    timeouts = Timeouts(connect=5, read=5, whole=0.1 * SCALE)
    with serving(Replica(invent(9), {1: "drip"})) as replica:
        feed = ask(replica, tmp_path, FastClock(), timeouts)

    assert len(feed.papers) == 9
    assert len(replica.hits) == 2


def test_a_bomb_stays_small(tmp_path: Path) -> None:
    """65 MiB in 64 kB of gzip are refused without holding much more than the limit."""
    tracemalloc.start()
    with serving(Replica(otherwise="gzip bomb")) as replica, pytest.raises(SourceError):
        ask(replica, tmp_path, FastClock())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 150 * 2**20


def test_gzip_and_redirects_are_followed(tmp_path: Path) -> None:
    """Packed answers are unpacked; a redirect within the site is followed, a loop of them is not."""
    with serving(Replica(invent(2), {1: "redirect", 2: "gzip"}, otherwise="redirect")) as replica:
        assert len(ask(replica, tmp_path, FastClock()).papers) == 2
        with pytest.raises(SourceError, match="status 302"):
            ask(replica, tmp_path, FastClock())

    assert len(replica.hits) == 2 + 6


def test_one_connection_and_a_name(tmp_path: Path) -> None:
    """Requests share one connection, and name the program and whom to write to."""
    with serving(Replica(invent(1))) as replica:
        asking = transport(replica, tmp_path, FastClock())
        for _ in range(3):
            asking.get(replica.url, lambda body: body)

    assert len({hit.connection for hit in replica.hits}) == 1
    assert replica.hits[0].agent == user_agent("me@example.org")
    assert replica.hits[0].agent.endswith("(mailto:me@example.org)")


def test_three_seconds_of_real_time(tmp_path: Path) -> None:
    """By default three seconds lie between the end of a request and the start of the next, in real time."""
    with serving(Replica(invent(1))) as replica:
        asking = Transport(Limiter(replica.url, 3.0, Clock(), tmp_path))
        asking.get(replica.url, lambda body: body)
        asking.get(replica.url, lambda body: body)

    assert replica.hits[1].arrived - replica.hits[0].ended >= 2.9  # the server may note its end late


def test_processes_take_turns(tmp_path: Path) -> None:
    """Two processes at once never ask at the same time, nor without the pause between."""
    code = (
        "import sys; from pathlib import Path; from surveygen.sources.http.limiter import Clock, Limiter\n"
        "from surveygen.sources.http.transport import Transport\n"
        "t = Transport(Limiter(sys.argv[1], 0.1, Clock(), Path(sys.argv[2])))\n"
        "for _ in range(3): t.get(sys.argv[1], lambda body: body)"
    )
    with serving(Replica(invent(1))) as replica:
        command = [sys.executable, "-c", code, replica.url, str(tmp_path)]
        workers = [subprocess.Popen(command) for _ in range(2)]
        assert [worker.wait(30) for worker in workers] == [0, 0]

    assert len(replica.hits) == 6
    assert all(later.arrived - earlier.ended > 0.05 for earlier, later in pairwise(replica.hits))


def test_every_fault_is_tried() -> None:
    """The server knows the faults that the tests of this room name."""
    assert {"429 seconds", "silent", "gzip bomb", "cut", "foreign redirect"} <= set(FAULTS)


def test_an_interval_below_the_rule_is_for_this_machine_only(tmp_path: Path) -> None:
    """For a host of the outside the limiter keeps three seconds, whatever it is told."""
    naps: list[float] = []
    still = Clock(monotonic=lambda: 1000.0, sleep=naps.append)
    outside = Limiter("https://export.arxiv.org/api/query", 0.01, still, tmp_path)
    for _ in range(2):
        with outside.acquire():
            pass

    assert naps == [3.0]


def test_each_service_has_its_own_turns(tmp_path: Path) -> None:
    """All hosts of arXiv take turns together; another service does not wait for them."""
    naps: list[float] = []
    still = Clock(monotonic=lambda: 1000.0, sleep=naps.append)
    for url in ("https://export.arxiv.org/api", "https://api.openalex.org", "https://rss.arxiv.org/atom"):
        with Limiter(url, 0.01, still, tmp_path).acquire():
            pass

    assert naps == [3.0]
    assert {path.name for path in tmp_path.iterdir()} == {"arxiv.lock", "api-openalex-org.lock"}


def test_a_lock_that_cannot_be_written_falls_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cache folder cannot be made, the lock lies in the folder for temporary files."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    started = time.monotonic()
    with Limiter("http://127.0.0.1:1/", 0.0, Clock(), tmp_path / "file").acquire():
        pass

    assert time.monotonic() - started < 1
    assert list(tmp_path.glob("surveygen-*/127.0.0.1-1.lock"))
