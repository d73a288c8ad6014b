"""Headings against a human outline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.embedding import Vectors
from surveygen.errors import ConfigError, ThemeError
from surveygen.themes.evaluate import compare_headings, read_outline

angles = st.lists(st.floats(0, 1.5), min_size=1, max_size=8)


def at(*turns: float) -> Vectors:
    """Return unit vectors of the plane at these angles, radians."""
    return np.array([[np.cos(turn), np.sin(turn)] for turn in turns], dtype=np.float32)


def test_equal_outlines_agree_fully() -> None:
    """The same headings in another order have precision and recall 1."""
    score = compare_headings(at(0, 0.7, 1.5), at(1.5, 0, 0.7))

    assert (score.ours, score.theirs) == (3, 3)
    assert (score.precision, score.recall, score.f1) == pytest.approx((1, 1, 1), abs=1e-4)


def test_a_missing_heading_costs_recall_only() -> None:
    """Of two headings that have nothing in common we have one: recall one half, precision 1."""
    score = compare_headings(at(0), at(0, np.pi / 2))

    assert (score.precision, score.recall) == pytest.approx((1, 0.5), abs=1e-4)


def test_headings_without_a_vector_agree_with_nothing() -> None:
    """Words that the encoder does not know are like nothing, and divide nothing by zero."""
    score = compare_headings(np.zeros((2, 2), dtype=np.float32), at(0))

    assert (score.precision, score.recall, score.f1) == (0, 0, 0)


@given(angles, angles)
def test_scores_are_shares_and_sides_exchange(ours: list[float], theirs: list[float]) -> None:
    """Both are within 0 and 1, and what is precision one way is recall the other way."""
    there, back = compare_headings(at(*ours), at(*theirs)), compare_headings(at(*theirs), at(*ours))

    assert 0 <= there.precision <= 1
    assert there.precision == pytest.approx(back.recall, abs=1e-6)


def test_marks_and_numbers_are_taken_off(tmp_path: Path) -> None:
    """Markdown, list marks and numbers of sections are no words of a heading; a heading counts once."""
    lines = ["# 1 Outer alignment", "## 2.1 RL-based", "- Attacks", "IV. Evaluation", "(a) A view", "", "Attacks"]
    (tmp_path / "outline.txt").write_text("\n".join(lines), encoding="utf-8")

    headings = read_outline(tmp_path / "outline.txt")

    assert headings == ("1 Outer alignment", "RL-based", "Attacks", "Evaluation", "(a) A view")


def test_a_taxonomy_is_an_outline(tmp_path: Path) -> None:
    """The names of a taxonomy TOML are headings."""
    (tmp_path / "t.toml").write_text('[[theme]]\nid = "a"\nname = "Attacks"\n', encoding="utf-8")

    assert read_outline(tmp_path / "t.toml") == ("Attacks",)


@pytest.mark.parametrize(("name", "text", "error"), [("o.txt", " \n", ThemeError), ("o.toml", "[", ConfigError)])
def test_an_outline_without_headings_is_refused(tmp_path: Path, name: str, text: str, error: type[Exception]) -> None:
    """An empty file, one that is no taxonomy, and none at all."""
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(error):
        read_outline(tmp_path / name)
    with pytest.raises(ThemeError, match="cannot be read"):
        read_outline(tmp_path / "absent.txt")
