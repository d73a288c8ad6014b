"""Cleaning words and making folder names."""

from __future__ import annotations

import unicodedata

import pytest
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


HIDDEN = [
    *map(chr, (0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x202E, 0x2060, 0x2066, 0x3164)),
    *map(chr, (0xFEFF, 0xFFA0, 0xE0001, 0xE0041, 0xE007F, 0xE0100, 0xE01EF)),
]


@pytest.mark.parametrize("char", HIDDEN, ids=lambda char: f"U+{ord(char):04X}")
def test_no_text_hides_between_letters(char: str) -> None:
    """Characters that nobody sees are removed, so that a word is the word that is read."""
    assert clean(f"{char}ig{char}{char}nore{char} this", 100) == "ignore this"
    assert clean("".join(f"{letter}{char}" for letter in "ignore")) == "ignore"
    assert clean(clean(f"\u00e9{char}\u0301{char}") * 2) == clean(f"\u00e9{char}\u0301{char}") * 2


@pytest.mark.parametrize(
    "text",
    ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0915\u094d\u200d\u0937", "\U0001f469\u200d\U0001f52c"],
)
def test_joiners_stay_where_they_have_a_use(text: str) -> None:
    """In Persian, in Hindi and within an emoji."""
    assert clean(text) == text
