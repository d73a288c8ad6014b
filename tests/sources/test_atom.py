"""Atom answers, invented and recorded, to papers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from surveygen.domain.paper import Author, BadRecord
from surveygen.sources.arxiv.query import parse_feed
from surveygen.sources.http.retry import UnusableError

URL = "http://127.0.0.1/api/query"


def test_every_field_is_mapped(root: Path) -> None:
    """An entry gives its fields in any order of elements; classes of other taxonomies are no categories."""
    feed = parse_feed((root / "tests/data/atom/pair.xml").read_bytes(), URL)
    sheep, nothing = feed.papers

    assert (feed.total, feed.start) == (2, 0)
    assert (sheep.id, sheep.version) == ("2402.99001", 3)
    assert sheep.title == r"On counting imaginary sheep with $\alpha_1 < 2$"
    assert sheep.abstract == r"We count sheep that nobody owns. The count is $O(n \log n)$ and stops at dawn."
    assert sheep.authors[0] == Author("Zoë Exemplar", ("Institute of Invented Results", "Second Desk"))
    assert (sheep.published, sheep.updated) == ("2024-02-29T23:59:59Z", "2024-05-01T08:00:00Z")
    assert sheep.categories == ("cs.DS", "math-ph", "cond-mat.mes-hall")
    assert (sheep.primary_category, sheep.doi) == ("cs.DS", "10.99999/sheep.1")
    assert (sheep.status, sheep.comment) == ("active", "9 pages, 1 sheep")
    assert (nothing.id, nothing.title, nothing.status) == ("hep-th/9901999", "0", "withdrawn")


def test_a_bad_entry_is_data(root: Path) -> None:
    """An entry without a date or an id is a bad record that says why and keeps its source; its neighbor is read."""
    undated, nameless, good = parse_feed((root / "tests/data/atom/undated.xml").read_bytes(), URL).records

    assert isinstance(undated, BadRecord)
    assert "no date" in undated.reason
    assert "never submitted" in undated.raw
    assert isinstance(nameless, BadRecord)
    assert not isinstance(good, BadRecord)


def test_an_error_feed_speaks(root: Path) -> None:
    """An error that comes dressed as an entry is an error with the server's words."""
    with pytest.raises(UnusableError, match="start must be non-negative") as caught:
        parse_feed((root / "tests/data/atom/error.xml").read_bytes(), URL)

    assert caught.value.event == "refused"


@pytest.mark.parametrize(
    ("body", "event"),
    [
        (b"", "broken"),
        (b"<html/>", "broken"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "broken"),
        (b"<!DOCTYPE feed [<!ENTITY a 'b'>]><feed>&a;</feed>", "hostile"),
        (b'<!DOCTYPE feed><feed xmlns="http://www.w3.org/2005/Atom"/>', "broken"),
        (b"<a>" * 300 + b"</a>" * 300, "broken"),
        ("<feed/>".encode("utf-16"), "broken"),
    ],
)
def test_what_is_no_feed_is_refused(body: bytes, event: str) -> None:
    """Only a well-formed Atom feed with its counts is read."""
    with pytest.raises(UnusableError) as caught:
        parse_feed(body, URL)

    assert caught.value.event == event


def test_recorded_answers_are_read_whole(shared: Path) -> None:
    """Every real answer gives as many papers as entries, and the one error its reason."""
    folder = shared / "fixtures/arxiv"
    for item in json.loads((folder / "PROVENANCE.json").read_text()):
        if not item["file"].startswith("api/"):
            continue
        body = (folder / item["file"]).read_bytes()
        if item["status"] == 400:
            with pytest.raises(UnusableError, match="incorrect id format for abc"):
                parse_feed(body, item["url"])
            continue
        feed = parse_feed(body, item["url"])
        assert len(feed.papers) == len(feed.records) == body.count(b"<entry>")
        assert all(paper.abstract and paper.authors and paper.categories and paper.published for paper in feed.papers)
