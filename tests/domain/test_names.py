"""Author names in running text and in keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.names import fold, short_authors, split_name
from surveygen.domain.paper import Author


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
    ("names", "shown"),
    [((), ""), (("A B",), "B"), (("A B", "C D"), "B and D"), (("A B", "C D", "E F"), "B et al.")],
)
def test_authors_are_shortened_as_in_running_text(names: tuple[str, ...], shown: str) -> None:
    """One, two, or the first and others."""
    assert short_authors([Author(name) for name in names]) == shown


@given(st.text())
def test_keys_are_plain_ascii(text: str) -> None:
    """No name can bring a character into a key that BibTeX refuses."""
    assert set(fold(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789")
