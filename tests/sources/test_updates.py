"""A query from the latest update back to what is known, and the daily feed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arxiv_server import FastClock, Replica, serving
from arxiv_world import State, Version, World, invent_world
from surveygen.config import ArxivSettings
from surveygen.domain.paper import Paper, PaperId
from surveygen.errors import ConfigError, SourceError
from surveygen.sources.arxiv import RecordPage, feed
from surveygen.sources.arxiv.query import ArxivQuery
from surveygen.sources.http import NetworkDeps, Timeouts

NOTHING: dict[PaperId, str] = {}


def sources(replica: Replica, **more: object) -> ArxivSettings:
    """Make settings that ask the replica."""
    urls = {"api_url": replica.url, "feed_url": replica.feed_url}
    return ArxivSettings(query="all:x", min_interval_seconds=0.0, **urls, **more)  # type: ignore[arg-type]  # names of settings


def edge(folder: Path) -> NetworkDeps:
    """Make an edge in fast time."""
    return NetworkDeps(FastClock().clock, Timeouts(10, 10, 1e12), folder)


def client(replica: Replica, folder: Path, max_offset: int = 10_000) -> ArxivQuery:
    """Make the source with small pages."""
    return ArxivQuery(sources(replica), edge(folder), page_size=10, max_offset=max_offset)


def harvest(source: ArxivQuery, cursor: str | None) -> tuple[list[RecordPage], str | None]:
    """Return the pages of a harvest, and its cursor."""
    pages = list(source.harvest("all:x", cursor, lambda _: NOTHING))
    return pages, pages[-1].cursor


def ids(pages: list[RecordPage]) -> set[str]:
    """Return the papers on some pages."""
    return {record.id for page in pages for record in page.records if isinstance(record, Paper)}


def monthly(count: int) -> World:
    """Make papers that are a month apart."""
    dates = [f"{2000 + n // 12}-{1 + n % 12:02}-15T10:00:00Z" for n in range(count)]
    return World([State(f"2401.{n:05}", at, (Version(1, at),)) for n, at in enumerate(dates)], "2024-01-01T00:00:00Z")


def test_the_walk_ends_two_pages_after_what_is_known(tmp_path: Path) -> None:
    """Of a hundred papers one is new: three pages are asked, not ten; the mark is the day of the server."""
    world = monthly(100)
    with serving(Replica(world=world)) as replica:
        source = client(replica, tmp_path)
        pages, cursor = harvest(source, None)
        assert len(ids(pages)) == 100
        assert json.loads(cursor or "") == {"updated_until": "2024-01-01"}
        world.extra.append(world.current()[3].revised("2024-01-02T00:00:00Z"))
        world.now = "2024-01-03T00:00:00Z"
        replica.hits.clear()
        pages, cursor = harvest(source, cursor)

    assert world.extra[0].id in ids(pages)
    assert [hit.query["start"] for hit in replica.hits] == ["0", "10", "20"]
    assert json.loads(cursor or "") == {"updated_until": "2024-01-03"}


def test_more_news_than_the_server_pages_through_is_halved(tmp_path: Path) -> None:
    """Each half has few enough; nothing is lost, and no offset beyond the last is asked."""
    with serving(Replica(world=monthly(60), most_offset=20)) as replica:
        pages, _ = harvest(client(replica, tmp_path, max_offset=20), '{"updated_until": "1999-01-01"}')

    assert len(ids(pages)) == 60
    assert all(int(hit.query["start"]) < 20 for hit in replica.hits)


def test_an_order_that_is_not_kept_is_an_error(tmp_path: Path) -> None:
    """Else the walk would end before the news."""
    with (
        serving(Replica(world=monthly(30), otherwise="wrong order")) as replica,
        pytest.raises(SourceError, match="not sorted by update"),
    ):
        harvest(client(replica, tmp_path), '{"updated_until": "2001-01-01"}')


@pytest.mark.parametrize("text", ["", "{", "[]", '{"updated_until": 7}', '{"updated_until": "soon"}'])
def test_a_mark_that_cannot_be_read_begins_anew(text: str, tmp_path: Path) -> None:
    """It costs requests and loses nothing."""
    with serving(Replica(world=monthly(15))) as replica:
        assert len(ids(harvest(client(replica, tmp_path), text)[0])) == 15


def test_the_plan_of_a_first_harvest_and_of_a_later_one(tmp_path: Path) -> None:
    """By submission at first, by update afterwards."""
    with serving(Replica(world=monthly(15))) as replica:
        source = client(replica, tmp_path)
        first = source.plan_harvest("all:x", None)
        later = source.plan_harvest("all:x", '{"updated_until": "2020-01-01"}')

    assert "sortBy=submittedDate" in first[0]
    assert len(later) == 1
    assert "sortBy=lastUpdatedDate" in later[0]


def test_a_real_feed_is_read(shared: Path) -> None:
    """The feed of cs.AI of 20 August 2025, as it was recorded."""
    heard = feed.parse_update((shared / "fixtures/arxiv/rss_cs.AI_2025-08-20.atom.xml").read_bytes())

    assert (len(heard.new), len(heard.crossed), heard.replaced) == (2, 5, ())
    assert heard.crossed[0] == "2508.13426"
    assert heard


def test_a_feed_seen_before_is_not_read(tmp_path: Path) -> None:
    """With its ETag the second answer is empty; new versions are replacements."""
    world = invent_world(20)
    at = "2024-01-21T05:00:00Z"
    world.extra += [world.current()[0].revised(at), State("2401.90000", at, (Version(1, at),))]
    world.now = at
    with serving(Replica(world=world)) as replica:
        daily = feed.make(sources(replica, feeds=("cs.XX", "cs.CL")), edge(tmp_path))
        first = daily.read()
        second = daily.read(first.validator)

    assert "2401.90000" in first.new
    assert world.extra[0].id in first.replaced
    assert not second
    assert second.validator == first.validator


def test_a_feed_needs_categories(tmp_path: Path) -> None:
    """A feed of nothing is a mistake of the settings."""
    with pytest.raises(ConfigError, match="no daily feed"):
        feed.make(ArxivSettings(), edge(tmp_path)).read()
