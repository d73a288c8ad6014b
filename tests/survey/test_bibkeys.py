"""Citation keys: readable, unique, unchanging."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.survey import make_cite_keys


def _paper(name: str, title: str = "On the Way", author: str = "Ada Lovelace", year: str = "1843") -> Paper:
    return Paper(PaperId(name), title, authors=(Author(author),) if author else (), published=year or None)


def test_a_key_is_family_year_and_first_significant_word() -> None:
    """Small words and mathematics do not make a key."""
    papers = [_paper("1", "The $\\alpha$ Way of the Engine"), _paper("2", "Über Zahlen", "Paul Erdős", "1932-05")]

    assert make_cite_keys(papers, {}) == {"1": "lovelace1843alpha", "2": "erdos1932uber"}


def test_a_clash_gets_a_letter() -> None:
    """The first paper keeps the bare key."""
    keys = make_cite_keys([_paper("1"), _paper("2"), _paper("3")], {})

    assert list(keys.values()) == ["lovelace1843way", "lovelace1843waya", "lovelace1843wayb"]


def test_known_keys_stay_and_are_not_given_again() -> None:
    """A paper that has a key is passed over, and its key is taken."""
    assert make_cite_keys([_paper("1"), _paper("2")], {PaperId("1"): "lovelace1843way"}) == {"2": "lovelace1843waya"}


def test_a_paper_without_author_and_latin_title_still_gets_a_key() -> None:
    """Where nothing else is left, the id makes the key."""
    assert make_cite_keys([_paper("2107.05580", "意味", "", "")], {}) == {"2107.05580": "paper210705580"}


@given(st.lists(st.tuples(st.text(min_size=1), st.text(), st.sampled_from(["", "2020", "2021-03"])), max_size=30))
def test_keys_are_unique_and_plain(rows: list[tuple[str, str, str]]) -> None:
    """Whatever the names, every paper gets one key that BibTeX accepts and no other paper has."""
    papers = [_paper(str(i), title, author, year) for i, (title, author, year) in enumerate(rows)]

    keys = make_cite_keys(papers, {})

    assert len(set(keys.values())) == len(papers)
    assert all(re.fullmatch(r"[a-z0-9]+", key) for key in keys.values())
    assert make_cite_keys(papers, keys) == {}
