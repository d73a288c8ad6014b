"""The feed and the digest of a refresh."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from hostile_strings import HOSTILE_STRINGS
from sample_survey import hostile_survey, sample_survey
from surveygen.languages import Language
from surveygen.render import render_reports

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def english_report(english: Language) -> dict[str, str]:
    """Feed and digest of the sample, by file name."""
    return render_reports(sample_survey(), english)


def test_a_feed_has_what_readers_want(english_report: dict[str, str]) -> None:
    """RFC 4287: id, title, date and author of the feed; id, title and date of each entry, no id twice."""
    feed = etree.fromstring(english_report["changes.atom"].encode())
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]

    assert feed.tag == f"{ATOM}feed"
    assert all(feed.find(f"{ATOM}{name}") is not None for name in ("id", "title", "updated", "author"))
    assert len(set(ids)) == len(entries) == 7
    assert all(entry.findtext(f"{ATOM}updated") == "2026-01-02T03:04:05Z" for entry in entries)


def test_a_digest_names_every_paper(english_report: dict[str, str]) -> None:
    """A heading a kind of change, a line a paper, with its link."""
    digest = english_report["digest.md"]

    assert "## New papers (1)" in digest
    assert "A proof of " in digest
    assert digest.count("\n- ") == 7


def test_before_a_refresh_there_is_nothing_to_tell(english: Language) -> None:
    """The feed has no entry, and the digest says so."""
    reports = render_reports(replace(sample_survey(), changes=None), english)

    assert "<entry>" not in reports["changes.atom"]
    assert english.say("no_changes") in reports["digest.md"]


@pytest.mark.parametrize("text", [text for _, text in HOSTILE_STRINGS])
def test_hostile_titles_stay_text(text: str, english: Language) -> None:
    """The feed is well-formed and has no element that a title brought."""
    reports = render_reports(hostile_survey(text), english)
    feed = etree.fromstring(reports["changes.atom"].encode())

    assert {element.tag.removeprefix(ATOM) for element in feed.iter(etree.Element)} <= {
        *("feed", "title", "id", "updated", "author", "name", "entry", "link", "summary"),
    }
    assert "<script" not in reports["digest.md"]
