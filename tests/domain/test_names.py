"""Author names in running text and in keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import Author
from surveygen.domain.person_names import MAX_NAME, family_name, fold, short_authors, split_name


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Ada Lovelace", "Lovelace"),
        ("José G. C. de Souza", "de Souza"),
        ("Johanna van der Berg", "van der Berg"),
        ("Lovelace, Ada", "Lovelace"),
        ("Martin Luther King Jr.", "King"),
        ("Plato", "Plato"),
        ("ATLAS Collaboration", "ATLAS Collaboration"),
        ("Qwen Team", "Qwen Team"),
    ],
)
def test_the_family_name_is_found(name: str, family: str) -> None:
    """Particles stay with the family name, suffixes go, groups are whole."""
    assert split_name(name)[0] == family


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("King, Jr., Martin Luther", ("King", "Martin Luther")),
        ("Martin Luther King, Jr., Ph.D.", ("King", "Martin Luther")),
        ("山田 太郎", ("山田", "太郎")),
        ("김철수", ("김철수", "")),
        ("Smith J. K.", ("Smith", "J. K.")),
        ("Weinan E", ("E", "Weinan")),
        ("Qingyao Ai", ("Ai", "Qingyao")),
        ("de Finetti", ("de Finetti", "")),
        ("Toàn Van Nguyễn", ("Nguyễn", "Toàn Van")),
        ("", ("", "")),
    ],
)
def test_names_are_split_in_two(name: str, split: tuple[str, str]) -> None:
    """Each part keeps its own words, whatever the order in which a language says them."""
    assert split_name(name) == split


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Guy Van den Broeck", "Van den Broeck"),
        ("Ludwig van Beethoven", "van Beethoven"),
        ("Toan Van Nguyen", "Nguyen"),
        ("Sammy Davis Jr.", "Davis"),
        ("Casper, Stephen", "Casper"),
        ("Smith J.", "Smith"),
        ("山田 太郎", "山田"),
        ("Gemini Team", "Gemini Team"),
        ("Madonna", "Madonna"),
        ("de Finetti", "de Finetti"),
        (r"Kurt G{\"o}del", "Gödel"),
        (r"\input{x}", ""),
        ("https://example.org", ""),
        ("A" * (MAX_NAME + 1), ""),
        (":", ""),
    ],
)
def test_what_is_no_name_has_no_family(name: str, family: str) -> None:
    """Running text prints plain words of a name, and nothing of what can be none."""
    assert family_name(name) == family


@given(st.lists(st.sampled_from(["Ann", "van", "Li", "J.", "Müller", "O'Neil", "de", "E"]), min_size=1, max_size=5))
def test_splitting_loses_no_word(words: list[str]) -> None:
    """Family and given names together are the words of the name."""
    family, given_names = split_name(" ".join(words))

    assert family
    assert sorted(f"{family} {given_names}".split()) == sorted(words)


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ((), ""),
        (("A B",), "B"),
        (("A B", "C D"), "B and D"),
        (("A B", "C D", "E F"), "B et al."),
        (("A B", ":"), "B et al."),
        ((":", "A B"), ""),
    ],
)
def test_authors_are_shortened_as_in_running_text(names: tuple[str, ...], shown: str) -> None:
    """One, two, or the first and others; nothing where the first cannot be printed."""
    assert short_authors([Author(name) for name in names]) == shown


@given(st.text())
def test_keys_are_plain_ascii(text: str) -> None:
    """No name can bring a character into a key that BibTeX refuses."""
    assert set(fold(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
