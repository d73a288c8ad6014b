"""Pages of papers: pace, refusals and answers that are no pages."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from arxiv_pages import invent_page, make_png
from arxiv_server import SCALE, FastClock, Replica, serving
from surveygen.config import ArxivSettings
from surveygen.domain.figure import MAX_IMAGE_BYTES
from surveygen.domain.license import reuse
from surveygen.domain.paper import PaperId
from surveygen.errors import ConfigError, SourceError
from surveygen.sources.arxiv import PAGE_LANE, PageSource, clear_stop
from surveygen.sources.arxiv.html import MAX_PAGE_BYTES, make, page_address
from surveygen.sources.http import Clock, NetworkDeps, Timeouts
from surveygen.sources.http.limiter import Limiter

PAPER = PaperId("2401.00001")
PAGE = invent_page(PAPER)
PAGES = {f"2401.{number:05}v1": PAGE for number in range(1, 8)}
PATIENT = Timeouts(connect=5, read=5, whole=1e12)
EAGER = Timeouts(connect=2, read=0.3, whole=1e12)


def pages_of(
    replica: Replica, folder: Path, fast: FastClock, *, interval: float = 15.0, timeouts: Timeouts = PATIENT
) -> PageSource:
    """Make the client of a server in fast time."""
    settings = ArxivSettings(
        api_url=replica.url, html_url=replica.html_url, page_interval_seconds=interval, min_interval_seconds=0
    )
    return make(settings, NetworkDeps(fast.clock, timeouts, folder))


def test_a_page_comes_as_it_is(tmp_path: Path) -> None:
    """The address names the version, and the bytes are those of the server."""
    with serving(Replica(pages={f"{PAPER}v1": PAGE})) as replica:
        page = pages_of(replica, tmp_path, FastClock()).fetch(PAPER, 1)

    assert (page.status, page.body) == ("fetched", PAGE)
    assert page.url == f"{replica.html_url}/2401.00001v1"


def test_one_page_in_fifteen_seconds_over_one_connection(tmp_path: Path) -> None:
    """The pause is counted from the end of a page to the start of the next, by all clients of the lane."""
    fast = FastClock()
    with serving(Replica(pages=PAGES)) as replica:
        for number in range(1, 4):
            pages_of(replica, tmp_path, fast).fetch(PaperId(f"2401.{number:05}"), 1)
        client = pages_of(replica, tmp_path, fast)
        for number in range(4, 7):
            client.fetch(PaperId(f"2401.{number:05}"), 1)

    pauses = [after.arrived - before.ended for before, after in pairwise(replica.hits)]
    assert len(pauses) == 5
    assert all(pause >= 15.0 / SCALE * 0.9 for pause in pauses)
    assert len({hit.connection for hit in replica.hits[3:]}) == 1


def test_the_lane_is_beside_that_of_the_interfaces(tmp_path: Path) -> None:
    """A page does not make a query wait, and a query no page."""
    naps: list[float] = []
    clock = Clock(lambda: 100.0, lambda: 0.0, naps.append, lambda: 0.0)
    for url, lane in (("https://export.arxiv.org/api", ""), ("https://arxiv.org/html", PAGE_LANE)):
        with Limiter(url, 0.0, clock, tmp_path, lane=lane, floor=15.0 if lane else 3.0).acquire():
            pass
    assert naps == []

    for url, lane in (("https://oaipmh.arxiv.org/oai", ""), ("https://arxiv.org/html", PAGE_LANE)):
        with Limiter(url, 0.0, clock, tmp_path, lane=lane, floor=15.0 if lane else 3.0).acquire():
            pass
    assert naps == [3.0, 15.0]


def test_a_pause_below_that_of_arxiv_is_refused() -> None:
    """Except for a server of this machine."""
    with pytest.raises(ConfigError, match=r"page_interval_seconds: 14\.9 is below arXiv's limit"):
        ArxivSettings(page_interval_seconds=14.9)

    assert ArxivSettings(page_interval_seconds=0.0, html_url="http://127.0.0.1:1/html").page_interval_seconds == 0


def test_a_busy_server_that_hangs_is_asked_after_a_minute_then_two(tmp_path: Path) -> None:
    """429 without a word on when, then a connection that hangs: 60 s, then 120 s; afterwards pages come slower."""
    fast = FastClock()
    with serving(Replica(pages=PAGES, faults={1: "429 bare", 2: "silent"})) as replica:
        page = pages_of(replica, tmp_path, fast, interval=1.0, timeouts=EAGER).fetch(PAPER, 1)

    assert page.status == "fetched"
    assert [nap for nap in fast.naps if nap >= 60] == pytest.approx([60.0, 120.0])


@pytest.mark.parametrize("fault", ["429 bare", "503", "cut"])
def test_a_server_that_stays_busy_ends_the_run(fault: str, tmp_path: Path) -> None:
    """Five tries, each pause twice the one before; the error says that later is fine."""
    fast = FastClock()
    with serving(Replica(pages=PAGES, otherwise=fault)) as replica, pytest.raises(SourceError) as caught:
        pages_of(replica, tmp_path, fast, interval=0.0).fetch(PAPER, 1)

    assert len(replica.hits) == 5
    assert [nap for nap in fast.naps if nap >= 60] == pytest.approx([60.0, 120.0, 240.0, 480.0])
    assert caught.value.retryable
    assert "next run continues" in caught.value.hint


def test_forbidden_stops_this_run_and_later_ones(tmp_path: Path) -> None:
    """After a 403 no page is requested until a person clears it; the mark of the interfaces stops pages as well."""
    with serving(Replica(pages=PAGES, faults={1: "403"})) as replica:
        for _ in range(3):
            with pytest.raises(SourceError, match="status 403") as caught:
                pages_of(replica, tmp_path, FastClock()).fetch(PAPER, 1)
        assert len(replica.hits) == 1
        assert "--clear-stop" in caught.value.hint
        settings = ArxivSettings(
            api_url=replica.url, html_url=replica.html_url, oai_url=replica.oai_url, feed_url=replica.feed_url
        )
        assert clear_stop(settings, tmp_path)
        assert pages_of(replica, tmp_path, FastClock()).fetch(PAPER, 1).status == "fetched"
        Limiter(replica.url, 0.0, Clock(), tmp_path).mark_stop("status 403")
        with pytest.raises(SourceError, match="refused an earlier run"):
            pages_of(replica, tmp_path, FastClock()).fetch(PAPER, 1)


def test_a_stop_of_the_pages_does_not_stop_the_interfaces(tmp_path: Path) -> None:
    """The lane has a mark of its own."""
    Limiter("http://127.0.0.1:9/html", 0.0, Clock(), tmp_path, lane=PAGE_LANE).mark_stop("status 403")

    assert Limiter("http://127.0.0.1:9/api", 0.0, Clock(), tmp_path).stop_mark() == ""


def test_a_page_that_does_not_exist_is_no_error(tmp_path: Path) -> None:
    """404 is asked for once, however many follow one another."""
    with serving(Replica()) as replica:
        client = pages_of(replica, tmp_path, FastClock())
        pages = [client.fetch(PaperId(f"2401.{number:05}"), 1) for number in range(1, 8)]

    assert {page.status for page in pages} == {"none"}
    assert len(replica.hits) == 7


def test_an_endless_page_is_cut_off(tmp_path: Path) -> None:
    """No more than the limit is read, the page is not asked for again, and the next one is read."""
    with serving(Replica(pages=PAGES, faults={1: "endless"})) as replica:
        client = pages_of(replica, tmp_path, FastClock())
        first, second = client.fetch(PAPER, 1), client.fetch(PaperId("2401.00002"), 1)

    assert (first.status, second.status) == ("failed", "fetched")
    assert f"larger than {MAX_PAGE_BYTES // 2**20} MiB" in first.reason
    assert len(replica.hits) == 2


def test_a_page_that_drips_is_given_up(tmp_path: Path) -> None:
    """A page that takes longer than the time for a whole answer is a fault of the network."""
    fast = FastClock()
    timeouts = Timeouts(connect=2, read=2, whole=60.0)  # of the fast clock: 30 ms
    with (
        serving(Replica(pages=PAGES, otherwise="drip")) as replica,
        pytest.raises(SourceError, match="did not end in time"),
    ):
        pages_of(replica, tmp_path, fast, interval=0.0, timeouts=timeouts).fetch(PAPER, 1)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("maintenance", "not the page of a paper"), ("half page", "breaks off"), ("error feed", "instead of HTML")],
)
def test_what_is_no_page_is_asked_for_once_more(fault: str, reason: str, tmp_path: Path) -> None:
    """An answer of another kind fails for its paper; three in a row are the server's fault and end the run."""
    with serving(Replica(pages=PAGES, otherwise=fault)) as replica:
        client = pages_of(replica, tmp_path, FastClock())
        failed = [client.fetch(PaperId(f"2401.{number:05}"), 1) for number in (1, 2)]
        with pytest.raises(SourceError, match="3 answers in a row are no pages"):
            client.fetch(PaperId("2401.00003"), 1)

    assert [page.status for page in failed] == ["failed", "failed"]
    assert all(reason in page.reason for page in failed)
    assert len(replica.hits) == 6


@pytest.mark.parametrize(
    ("page", "named"),
    [
        (PAGE, (PAPER, 1)),
        (b'<html><link rel="canonical" href="https://arxiv.org/html/hep-th/9901001v2">', ("hep-th/9901001", 2)),
        (b"<!-- saved from url=(0040)https://arxiv.org/html/2101.00001v3 --><html>", ("2101.00001", 3)),
        (b'<div id="watermark-tr">arXiv:2101.00001v2 [cs.CL] 1 Jan 2021</div>', ("2101.00001", 2)),
        (b'<html><a href="https://arxiv.org/abs/2101.00001v2">another paper</a>', None),
        (b"", None),
    ],
)
def test_a_page_names_itself(page: bytes, named: tuple[str, int] | None) -> None:
    """By its base, its canonical address, the comment of a browser or the id at its side; links to others do not."""
    assert page_address(page) == named


@pytest.mark.parametrize(
    ("license_url", "expected"),
    [
        ("http://creativecommons.org/licenses/by/4.0/", "open"),
        ("https://creativecommons.org/licenses/by-sa/4.0", "open"),
        ("http://creativecommons.org/licenses/by-nc-sa/3.0/", "open"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "open"),
        ("http://creativecommons.org/licenses/publicdomain/", "open"),
        ("http://creativecommons.org/licenses/by-nc-nd/4.0/", "no-derivatives"),
        ("http://creativecommons.org/licenses/by-nd/4.0/", "no-derivatives"),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", "closed"),
        ("http://arxiv.org/licenses/assumed-1991-2003/", "closed"),
        ("https://example.org/?http://creativecommons.org/licenses/by/4.0/", "closed"),
        ("http://creativecommons.org/licenses/by/4.0/ except figures", "closed"),
        ("", "closed"),
    ],
)
def test_a_license_says_what_may_be_shown(license_url: str, expected: str) -> None:
    """What is not known to be open is closed."""
    assert reuse(license_url) == expected


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("x1.png", "x1.png"),
        ("./extracted/5/figs/a b.png", "extracted/5/figs/a%20b.png"),
        ("2401.00001v1/x1.png", "x1.png"),
        ("/html/2401.00001v1/x1.png", "x1.png"),
        ("https://arxiv.org/html/2401.00001v1/x1.png", "x1.png"),
        ("https://evil.example/x1.png", ""),
        ("//evil.example/x1.png", ""),
        ("../2401.00002v1/x1.png", ""),
        ("a/%2e%2e/%2e%2e/api/query.png", ""),
        ("/html/2401.00002v1/x1.png", ""),
        ("data:image/png;base64,AAAA", ""),
        ("x1.png?next=/api", "x1.png%3Fnext%3D/api"),
        ("", ""),
    ],
)
def test_an_image_is_a_file_of_its_page(source: str, name: str, tmp_path: Path) -> None:
    """Whatever a page names, only addresses below its own are requested."""
    client = make(ArxivSettings(), NetworkDeps(lock_folder=tmp_path))
    expected = f"https://arxiv.org/html/{PAPER}v1/{name}" if name else ""

    assert client.image_url(PAPER, 1, source) == expected


def test_images_come_at_the_pace_of_pages(tmp_path: Path) -> None:
    """Over the same connection; an answer that is no image or too large is told, and three in a row end the run."""
    fast = FastClock()
    files = {f"{PAPER}v1": PAGE, f"{PAPER}v1/a.png": make_png(), f"{PAPER}v1/b.png": bytes(MAX_IMAGE_BYTES + 1)}
    with serving(Replica(pages={**files, f"{PAPER}v1/c.txt": b"no image"})) as replica:
        client = pages_of(replica, tmp_path, fast)
        client.fetch(PAPER, 1)
        answers = [client.fetch_image(client.image_url(PAPER, 1, f"{name}.png")) for name in "abd"]
        assert client.fetch_image(client.image_url(PAPER, 1, "c.txt")).status == "failed"

    assert answers[0].body == make_png()
    assert [answer.status for answer in answers] == ["fetched", "failed", "none"]
    assert "larger than 2 MiB" in answers[1].reason
    pauses = [after.arrived - before.ended for before, after in pairwise(replica.hits)]
    assert all(pause >= 15.0 / SCALE * 0.9 for pause in pauses)
    assert len({hit.connection for hit in replica.hits[:3]}) == 1
