"""Only mathematics that TeX can set without an error is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.math import MAX_MATH, safe_math


@pytest.mark.parametrize(
    "tex",
    [
        "x_1'",
        "f''(x)",
        "_2",
        "O(n^{2})",
        "\\hat\\theta",
        "\\frac12",
        "\\sqrt[3]{x}",
        "\\left( \\frac{a}{b} \\right]",
        "\\big\\| x \\big\\|",
        "\\sum_{i=1}^n a_{b_{c}}",
        "\\text{a b}",
        "10\\%",
    ],
)
def test_ordinary_mathematics_is_kept_as_it_is(tex: str) -> None:
    """The constructions of abstracts pass unchanged."""
    assert safe_math(tex) == tex


@pytest.mark.parametrize(
    ("tex", "kept"), [("x_{\\rm eff}", "x_{\\mathrm{eff}}"), ("\\mbox{hi}", "\\text{hi}"), (" x ", "x")]
)
def test_old_commands_are_spelled_the_new_way(tex: str, kept: str) -> None:
    """One spelling for each thing, so that every format has less to know."""
    assert safe_math(tex) == kept


@pytest.mark.parametrize(
    "tex",
    [
        "",
        "x^",
        "a_b_c",
        "x^2'",
        "\\frac{1}{2",
        "a}",
        "\\left( a",
        "\\right)",
        "\\sqrt[3",
        "\\text{<b>}",
        "\\href{a}{b}",
        "a & b",
        "a % b",
        "a # b",
        "^^5c",
        "\\",
        "\\def\\a{b}",
        "\\begin{matrix}",
        "\\\\",
        "α",
        "{" * 30 + "}" * 30,
        "x" * (MAX_MATH + 1),
    ],
)
def test_what_tex_would_stop_at_is_refused(tex: str) -> None:
    """Errors, alignment, comments, definitions, environments and foreign letters are no mathematics here."""
    assert safe_math(tex) is None


@given(st.text("\\{}^_'[]()|<> ab1frcsqt.leih", max_size=40))
def test_what_is_kept_is_kept_again(tex: str) -> None:
    """The rules accept their own spelling."""
    kept = safe_math(tex)

    assert kept is None or safe_math(kept) == kept
