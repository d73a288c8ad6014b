"""Words become TeX that prints them and runs nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.inline import Math
from surveygen.domain.text import clean
from surveygen.render.latex.text import BREAK, fallback_fonts, tex, tex_key, tex_math, tex_string
from tex_words import bare, printed

_LETTERS = st.characters(max_codepoint=0x17F, exclude_characters="\u00ad")


@given(st.text(_LETTERS).map(clean) | st.text('\\{}$&%#_^~<>|"`[],-ab ', max_size=80))
def test_escaping_then_unescaping_gives_the_text_back(text: str) -> None:
    """Nothing is lost or added, in long runs too."""
    assert printed(tex(text)) == text
    assert printed(tex_string(text)) == text


@given(st.text("\\{}$&%#_^~ab ", max_size=60))
def test_no_special_sign_is_left_bare(text: str) -> None:
    """What TeX reads as anything but a letter is gone, save the commands that print it."""
    left = bare(tex(text))

    assert not set(left) & set("\\{}$&%#_^~")


def test_signs_are_not_joined() -> None:
    """Two hyphens, commas, apostrophes or angles stay two signs, in a long run too."""
    assert tex("a -- b") == "a -{\\kern0pt}- b"
    assert tex("-" * 40).count("{\\kern0pt}") == 39
    assert all("{\\kern0pt}" in tex(sign * 2) for sign in "-,'<>")


def test_a_long_word_may_break_and_keeps_its_accents() -> None:
    """A break stands after every eighth letter, never between a letter and its mark."""
    assert tex("x" * 32) == BREAK.join(["x" * 8] * 4)
    assert f"{BREAK}\u0301" not in tex("x\u0301" * 40)


def test_numbers_and_latin_words_in_japanese_text_do_not_break() -> None:
    """The places to break are between its signs, and a Latin word as long as a run still breaks."""
    words = "論文は2018年から2026年までに公開され「Instruction」を扱う。"

    assert all(part in tex(words) for part in ("2018", "2026", "Instruction", BREAK))
    assert tex("語" + "x" * 40).count("x" * 24) == 0


def test_an_emoji_carries_its_name() -> None:
    """Without an emoji font the reader still learns what stood there."""
    assert tex("\U0001f916") == "\\pictograph{\U0001f916}{robot face}"


def test_wide_mathematics_is_made_to_fit() -> None:
    """Short mathematics is inline, long mathematics may shrink."""
    assert tex_math(Math("x^2", display=True)) == "\\(x^2\\)"
    assert tex_math(Math("x" * 100)).startswith("\\fitmath{")


def test_keys_hold_letters_and_digits_only() -> None:
    """A key cannot close the command that it stands in."""
    assert tex_key("muller2021x", 3) == "muller2021x"
    assert tex_key("muller}{2021,x", 3) == "paper3"


def test_only_needed_fonts_are_named_in_a_fixed_order() -> None:
    """Latin text needs no fallback; others need theirs, whatever the order of the words."""
    assert fallback_fonts("caf\u00e9 \u2013 \u201cx\u201d \u0151") == ()
    assert fallback_fonts("\u6f22\u03b1") == fallback_fonts("\u03b1\u6f22") != ()
