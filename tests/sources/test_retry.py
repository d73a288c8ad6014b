"""The table of answers, row by row."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from arxiv_server import FastClock, Replica, invent, serving
from surveygen.errors import SourceError
from surveygen.sources.arxiv.oai import MAX_RESTARTS
from surveygen.sources.http import NetworkDeps, Timeouts
from surveygen.sources.http.limiter import Limiter
from surveygen.sources.http.retry import (
    BREAKER,
    RULES,
    TABLE,
    Rule,
    UnusableError,
    read_retry_after,
    rule_for,
    rule_for_code,
    wait_before,
)
from surveygen.sources.http.transport import Transport

# How each event is brought about; a row without status needs a body or a fault of the network.
FOUND_BY_READER = {"empty", "stuck"}
FAULT_OF = {
    "broken": "html",
    "empty": "",
    "stuck": "",
    "network": "cut",
    "oversized": "gzip bomb",
    "hostile": "foreign redirect",
}


def reader_of(rule: Rule) -> object:
    """Return a reader that finds the fault itself where no answer of a server can show it."""

    def read(body: bytes) -> bytes:
        if rule.event in FOUND_BY_READER:
            raise UnusableError(rule.event, "found by the reader")
        return body

    return read


@pytest.mark.parametrize(
    "rule",
    [rule for rule in TABLE if rule.action in {"retry", "fail", "stop"} and rule.event != "unreachable"],
    ids=lambda r: r.event,
)
def test_each_row_asks_as_often_as_it_says(rule: Rule, tmp_path: Path) -> None:
    """A lasting fault is met with one request and the retries of its row, and waits that double from the first."""
    fault = str(rule.statuses[-1]) if rule.statuses else FAULT_OF.get(rule.event, "418")
    fast = FastClock()
    with serving(Replica(invent(1), otherwise=fault)) as replica:
        limiter = Limiter(replica.url, 0.0, fast.clock, tmp_path)
        transport = Transport(limiter, NetworkDeps(fast.clock, Timeouts(5, 5, 1e12)))
        with pytest.raises(SourceError) as caught:
            transport.get(replica.url, reader_of(rule))  # type: ignore[arg-type]  # one reader for all rows

    assert len(replica.hits) == 1 + rule.retries
    assert fast.naps == [rule.first_wait * 2**n for n in range(rule.retries)]
    assert caught.value.retryable == (rule.action == "retry")
    assert caught.value.hint == rule.advice


def test_a_machine_without_network_hears_soon(tmp_path: Path) -> None:
    """A host that never answered is given up after 15 seconds; an address that is none, at once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{free.getsockname()[1]}/api/query"
    for url, naps in ((closed, [5.0, 10.0]), ("no url", [])):
        fast = FastClock()
        transport = Transport(Limiter(closed, 0.0, fast.clock, tmp_path), NetworkDeps(fast.clock))
        with pytest.raises(SourceError) as caught:
            transport.get(url, lambda body: body)
        assert fast.naps == naps
        assert "api_url" in caught.value.hint


@pytest.mark.parametrize(
    ("code", "event", "action"),
    [
        ("noRecordsMatch", "nothing", "accept"),
        ("badResumptionToken", "expired", "restart"),
        ("badArgument", "refused", "fail"),
        ("badVerb", "refused", "fail"),
        ("cannotDisseminateFormat", "refused", "fail"),
        ("noSetHierarchy", "refused", "fail"),
        ("idDoesNotExist", "absent", "fail"),
        ("noMetadataFormats", "absent", "fail"),
        ("inventedByNobody", "broken", "retry"),
    ],
)
def test_each_error_of_oai_has_a_row(code: str, event: str, action: str) -> None:
    """Every code of section 3.6 of the protocol is known; they come with status 200."""
    rule = rule_for_code(code)

    assert (rule.event, rule.action) == (event, action)


def test_the_restarts_of_a_list_are_those_of_the_table() -> None:
    """The cursor, which is pure, counts as often as the row says."""
    assert RULES["expired"].retries == MAX_RESTARTS


def test_five_failures_in_a_row_end_the_run(tmp_path: Path) -> None:
    """The breaker: after the fifth request that used up its tries nothing is asked; one success counts anew."""
    fast = FastClock()
    with serving(Replica(invent(1), otherwise="html")) as replica:
        asking = Transport(Limiter(replica.url, 0.0, fast.clock, tmp_path), NetworkDeps(fast.clock))
        for call in range(BREAKER + 3):
            if call == 1:
                replica.otherwise = ""
                asking.get(replica.url, lambda body: body)
                replica.otherwise = "html"
            with pytest.raises(SourceError, match="instead of XML"):
                asking.get(replica.url, lambda body: body)

    assert len(replica.hits) == 1 + (1 + BREAKER) * (1 + RULES["broken"].retries)


def test_each_status_has_one_row() -> None:
    """No status stands twice, and one that nobody thought of is not asked again."""
    statuses = [status for rule in TABLE for status in rule.statuses]

    assert len(statuses) == len(set(statuses))
    assert rule_for(299).event == rule_for(507).event == "unknown"
    assert {rule.event for rule in TABLE} == set(RULES)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("7", 7.0), (" 7 ", 7.0), ("soon", None), ("-3", None), ("", None), ("٣", None),
        ("Tue, 01 Jan 2030 00:01:00 GMT", 60.0), ("Mon, 01 Jan 2001 00:01:00 GMT", 0.0), ("9" * 400, 999_999_999.0),
    ],
)  # fmt: skip
def test_retry_after(header: str | None, seconds: float | None) -> None:
    """The header is read as seconds or as a date; anything else counts as absent."""
    now = FastClock().wall

    assert read_retry_after(header, now) == seconds


def test_waits_are_bounded() -> None:
    """Doubling ends at ten minutes; chance is added on top."""
    assert wait_before(RULES["server"], 20, None, 0.25) == 600.25
    assert wait_before(RULES["server"], 1, 99.0, 0.0) == 10.0
    assert wait_before(RULES["busy"], 1, 99.0, 0.0) == 99.0
