"""Untrusted words become a small typed tree."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_strings import HOSTILE_STRINGS
from surveygen.domain.inline import Cite, Math, Str, parse_inline, plain
from surveygen.domain.paper import PaperId
from surveygen.domain.text import clean

FIRST, SECOND = PaperId("2101.00001"), PaperId("hep-th/9901001")
_TEXLESS = st.text(st.characters(exclude_characters="\\$[`'-{"))


@given(st.text() | st.text("\\${}[]@()^_'`\"ab1 "))
def test_parsing_never_fails(text: str) -> None:
    """Any text gives a tree of the three kinds, with no empty and no neighboring words."""
    nodes = parse_inline(text, [FIRST])

    kinds = [type(node) for node in nodes]
    assert all(not (a is b is Str) for a, b in itertools.pairwise(kinds))
    assert all(node.text for node in nodes if isinstance(node, Str))


@given(_TEXLESS)
def test_words_without_tex_are_only_cleaned(text: str) -> None:
    """Text with no TeX in it comes back as `clean` leaves it."""
    assert plain(parse_inline(text)) == clean(text)


@given(_TEXLESS)
def test_parsing_its_own_output_changes_nothing(text: str) -> None:
    """Parsing is idempotent where there is no TeX."""
    once = parse_inline(text)

    assert parse_inline(plain(once)) == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Erd\\H{o}s, M\\"uller, na\\"{\\i}ve, \\o, \\ss', "Erdős, Müller, naïve, ø, ß"),
        ('Poincar\\\'e {\\"O}zt\\"{u}rk {\\L}ukasz', "Poincaré Öztürk Łukasz"),
        ("\\textbf{bold \\emph{nested}} {\\em old}", "bold nested old"),
        ("R\\&D, 5\\% of \\$3, a\\_b, \\{x\\}, \\#1", "R&D, 5% of $3, a_b, {x}, #1"),
        ("``q'' --- 1--2", "“q” — 1–2"),
        ("\\input{x} \\foo", "\\input{x} \\foo"),
        ("cost $5 and $10 million", "cost $5 and $10 million"),
        ("dangling $\\alpha", "dangling $\\alpha"),
    ],
)
def test_tex_of_text_is_decoded_and_commands_stay_visible(text: str, expected: str) -> None:
    """Accents, fonts, escapes and quotes are decoded; a command that is none of them is shown."""
    assert parse_inline(text) == (Str(expected),)


@pytest.mark.parametrize(
    ("text", "math"),
    [
        ("$x$", Math("x")),
        ("\\(x\\)", Math("x")),
        ("$$x$$", Math("x", display=True)),
        ("\\[x\\]", Math("x", display=True)),
    ],
)
def test_each_kind_of_delimiter_is_known(text: str, math: Math) -> None:
    """Four ways to mark mathematics, two of them for display."""
    assert parse_inline(f"a {text} b") == (Str("a "), math, Str(" b"))


def test_neighboring_markers_become_one_citation() -> None:
    """Markers side by side merge, without repeats, and take the space before them along."""
    text = f"It works [@{FIRST}] [@{SECOND}] [@{FIRST}]. So [@{SECOND}]"

    nodes = parse_inline(text, [FIRST, SECOND])

    assert nodes == (Str("It works"), Cite((FIRST, SECOND)), Str(". So"), Cite((SECOND,)))


def test_a_marker_of_an_unknown_paper_is_text() -> None:
    """Only papers that the caller names can be cited."""
    assert parse_inline("So [@9999.99999]", [FIRST]) == (Str("So [@9999.99999]"),)


@given(
    st.lists(st.sampled_from([f"[@{FIRST}]", f" [@{SECOND}]", "[@x]", "[@", "]", " ", "a", "b.", ", "])).map("".join)
)
def test_markers_are_read_alike_with_and_without_tex_behind(text: str) -> None:
    """Mathematics at the end of a text changes nothing of how the words before it are read."""
    alone = parse_inline(text, [FIRST, SECOND])
    followed = parse_inline(f"{text}.$x$", [FIRST, SECOND])

    assert followed[-1] == Math("x")
    assert parse_inline(f"{text}.", [FIRST, SECOND]) == followed[:-1]
    assert [node for node in alone if isinstance(node, Cite)] == [node for node in followed if isinstance(node, Cite)]


def test_a_font_command_around_math_and_citation_is_unwrapped() -> None:
    """What was found first is kept whole while the words around it are decoded."""
    nodes = parse_inline(f"\\emph{{so $x_{{1}}$ [@{FIRST}]}}", [FIRST])

    assert nodes == (Str("so "), Math("x_{1}"), Cite((FIRST,)))


@pytest.mark.parametrize(("name", "text"), HOSTILE_STRINGS, ids=[name for name, _ in HOSTILE_STRINGS])
def test_hostile_text_leaves_only_safe_mathematics(name: str, text: str) -> None:
    """No command outside the allowlist reaches a Math node."""
    nodes = parse_inline(text)

    forbidden = ("input", "def", "href", "begin", "script", "write", "directlua")
    assert not any(word in node.tex for node in nodes if isinstance(node, Math) for word in forbidden)


def test_long_nested_text_is_read_in_linear_time() -> None:
    """Ten thousand braces, dollars or commands cost no more than ordinary words."""
    for text in ("\\emph{" * 1600, "{" * 9999, "$" * 9999, "\\(" * 5000, "$x$" * 3333):
        assert parse_inline(text)
