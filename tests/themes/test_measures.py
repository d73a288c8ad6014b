"""Agreement with people."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.errors import ThemeError
from surveygen.themes.evaluate import evaluate as evaluate_fully
from surveygen.themes.evaluate import gold_depth, macro_f1, purity, read_gold

THEMES = Taxonomy(
    (
        Theme(ThemeId("outer"), "Outer alignment", names=(("ja", "外部"),)),
        Theme(ThemeId("outer-rl"), "RL-based methods", ThemeId("outer")),
        Theme(ThemeId("outer-sl"), "SL-based methods", ThemeId("outer")),
        Theme(ThemeId("attacks"), "Attacks on models"),
    )
)
evaluate = partial(evaluate_fully, resamples=10)
codes = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40)


def placed(**themes: str) -> list[Assignment]:
    """Place papers by name."""
    return [
        Assignment(
            PaperId(paper),
            ThemeId(theme),
            THEMES.path(ThemeId(theme)),
            0.5,
            None,
            0.1,
            uncertain=False,
            method="nearest",
        )
        for paper, theme in themes.items()
    ]


def gold(**labels: list[str]) -> dict[PaperId, list[str]]:
    """Label papers by name."""
    return {PaperId(paper): path for paper, path in labels.items()}


def test_figures_of_a_small_table() -> None:
    """Two of three right: accuracy 2/3, macro-F1 the mean of 2/3 and 2/3, and the confusion says what went where."""
    labels = gold(a=["outer"], b=["outer"], c=["attacks"])

    result = evaluate(labels, placed(a="outer-rl", b="attacks", c="attacks"), THEMES)

    assert (result.papers, result.missing, result.seeds) == (3, 0, 0)
    assert result.value("accuracy") == pytest.approx(2 / 3)
    assert result.value("macro_f1") == pytest.approx(2 / 3)
    assert result.confusion == (("outer", "attacks", 1),)
    assert [(t.theme, t.precision, t.recall) for t in result.themes] == [("outer", 1.0, 0.5), ("attacks", 0.5, 1.0)]


def test_agreement_without_error_is_one() -> None:
    """Where program and people agree every measure and its interval is 1."""
    result = evaluate(gold(a=["outer"], b=["attacks"]), placed(a="outer", b="attacks"), THEMES)

    assert {figure.value for figure in result.figures} == {1.0}
    assert all(0 <= figure.low <= figure.value <= figure.high <= 1 for figure in result.figures)


@pytest.mark.parametrize("label", ["outer", "OUTER", "Outer Alignment", "outer align", "外部", " outer "])
def test_labels_are_ids_names_or_beginnings(label: str) -> None:
    """A label is found by id, by name in any language, or by a beginning, whatever its case."""
    assert evaluate(gold(a=[label]), placed(a="outer"), THEMES).value("accuracy") == 1


def test_unknown_labels_are_told() -> None:
    """A label that no theme answers to is listed, and the paper is compared as deep as its path is known."""
    result = evaluate(
        gold(a=["outer", "Market making"], b=["attack"], c=["Nowhere"]), placed(a="outer", b="attacks"), THEMES
    )

    assert result.unknown == ("Market making", "Nowhere")
    assert result.papers == 2


def test_level_two_compares_children() -> None:
    """At level 2 only papers with a second label count, and a paper left at the top is wrong there."""
    labels = gold(a=["outer", "RL-based"], b=["outer", "SL"], c=["attacks"])

    result = evaluate(labels, placed(a="outer-rl", b="outer", c="attacks"), THEMES, 2)

    assert result.papers == 2
    assert result.value("accuracy") == 0.5


def test_seeds_and_strangers_are_left_out() -> None:
    """A seed is no evidence, and a paper that the survey does not hold is counted as missing."""
    first, second = placed(a="outer", b="attacks")
    seed = Assignment(first.paper, first.theme, first.path, 0.5, None, 0.1, uncertain=False, method="seed")

    result = evaluate(gold(a=["outer"], b=["attacks"], c=["outer"]), [seed, second], THEMES)

    assert (result.papers, result.seeds, result.missing) == (1, 1, 1)


def test_nothing_to_compare_is_an_error() -> None:
    """Labels of another survey are refused with a hint."""
    with pytest.raises(ThemeError, match="Nowhere"):
        evaluate(gold(a=["Nowhere"]), placed(a="outer"), THEMES)


def test_evaluation_is_printed_and_dumped() -> None:
    """The table names every theme and figure; the JSON holds them too; both are the same each time."""
    labels, assigned = gold(a=["outer"], b=["attacks"], c=["x"]), placed(a="attacks", b="attacks")
    result = evaluate(labels, assigned, THEMES)

    text = result.as_text()
    assert all(word in text for word in ("macro_f1", "outer -> attacks: 1", "label not in the taxonomy: x"))
    assert json.loads(json.dumps(result.as_json()))["themes"][0]["theme"] == "outer"
    assert evaluate(labels, assigned, THEMES) == result


@given(codes)
def test_measures_stay_between_zero_and_one(pairs: list[tuple[int, int]]) -> None:
    """Macro-F1 and purity are shares; a perfect prediction has both at 1."""
    labels, assigned = (np.array(side, dtype=np.intp) for side in zip(*pairs, strict=True))

    assert 0 <= macro_f1(labels, assigned) <= 1
    assert 0 < purity(labels, assigned) <= 1
    assert macro_f1(labels, labels) == purity(labels, labels) == 1


def test_depth_is_that_of_labels_that_are_themes() -> None:
    """Labels below the taxonomy's own depth open no level."""
    assert gold_depth(gold(a=["outer", "RL-based", "PPO"], b=["attacks"]), THEMES) == 2
    assert gold_depth(gold(a=["Nowhere"]), THEMES) == 0


def test_gold_file_is_read(tmp_path: Path) -> None:
    """Ids in any form, or none; lines without labels and papers outside the themes are passed over."""
    lines = [
        {"arxiv_id": "2107.05580v2", "labels": ["outer", "x"]},
        {"id": "own-key", "labels": ["attacks"]},
        {"arxiv_id": None, "title": "On the Way, Part 2", "labels": ["outer"]},
        {"id": "context", "labels": ["Related"], "core": False},
        {"id": "unlabeled"},
    ]
    (tmp_path / "gold.jsonl").write_text("\n\n".join(map(json.dumps, lines)), encoding="utf-8")

    labels = read_gold(tmp_path / "gold.jsonl")

    assert labels == {
        "2107.05580": ("outer", "x"),
        "own-key": ("attacks",),
        "title:on-the-way-part-2": ("outer",),
    }


@pytest.mark.parametrize(("text", "message"), [("{", "line 1: not JSON"), ("[]", "not a JSON object"), ("", "no line")])
def test_bad_gold_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """A gold file that cannot be used says where."""
    (tmp_path / "gold.jsonl").write_text(text)

    with pytest.raises(ThemeError, match=message):
        read_gold(tmp_path / "gold.jsonl")
    with pytest.raises(ThemeError, match="cannot be read"):
        read_gold(tmp_path / "absent.jsonl")
