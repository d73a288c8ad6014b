"""Letters beyond ASCII as TeX commands."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.inline import parse_inline, plain
from surveygen.render.bibtex import ascii_tex
from surveygen.render.latex.text import tex_string
from surveygen.tex_text import decode_tex

# Latin-1, Latin Extended-A and the letters of Vietnamese, as far as TeX has a command for each accent on them.
_LATIN = "".join(
    letter
    for letter in map(chr, [*range(0xC0, 0x180), *range(0x1EA0, 0x1EFA)])
    if letter.isalpha() and ascii_tex(letter).isascii()
)


def test_most_latin_letters_have_a_command() -> None:
    """All letters of the larger European languages and most of Vietnamese become ASCII."""
    assert set("àâäãåçéèêëíìîïñóòôöõøúùûüýÿßæœłđčšžěřůőűąęćńśźżğışţățșāēīōūģķļņňťďĺľŕẽịạọụễệộậ") <= {*_LATIN, *"ịșț"}


@given(st.text(_LATIN + "abc XYZ", max_size=30))
def test_commands_read_back_as_the_letters(text: str) -> None:
    """Our own reader of TeX gives the text back."""
    line = " ".join(unicodedata.normalize("NFC", text).split())

    assert ascii_tex(text).isascii()
    assert plain(parse_inline(ascii_tex(line))) == line


@given(st.text("-–—'”“ab", max_size=12))
def test_rows_of_dashes_and_quotation_marks_read_back(text: str) -> None:
    """TeX joins two signs in a row to another one; they are written apart."""
    assert decode_tex(ascii_tex(tex_string(text))) == text


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("β-VAE", "{$\\beta$}-VAE"),
        ("Ελλάδα ά", "Ελλάδα ά"),
        ("a ≠ b", "a {$\\neq$} b"),
        ("ℝ²", "{$\\mathbb{R}$}{$^2$}"),
        ("漢字 한국어 🤖", "漢字 한국어 🤖"),
        ("ǿ ơ", "ǿ ơ"),
        ("$x$\u0301", "$x$\u0301"),
    ],
)
def test_signs_and_other_scripts(text: str, tex: str) -> None:
    """One Greek letter or a sign is mathematics in braces; words of other scripts stay whole."""
    assert ascii_tex(text) == tex
