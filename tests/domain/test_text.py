"""Cleaning words and making folder names."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.text import clean, slugify


@given(st.text(alphabet=st.characters()))
def test_cleaning_is_idempotent_and_leaves_nothing_unprintable(text: str) -> None:
    """What is clean stays as it is, and no control, bidi or private character gets through."""
    once = clean(text)

    assert clean(once) == once
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"} for char in once)
    assert not set(once) & set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def test_long_text_is_cut_at_a_word() -> None:
    """A cut shows itself and never goes through a word."""
    assert clean("alpha beta gamma", limit=12) == "alpha beta…"


def test_marks_are_capped_at_four_a_letter() -> None:
    """A tower of combining marks cannot climb over the lines above."""
    assert clean("x" + "\u0300" * 30) == "x" + "\u0300" * 4


@given(st.text())
def test_a_slug_is_a_folder_name(text: str) -> None:
    """Whatever the title, the folder's name is plain ASCII and stable."""
    slug = slugify(text)

    assert slug
    assert slug == slugify(slug)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
