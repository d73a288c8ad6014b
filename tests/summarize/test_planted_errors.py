"""What the checker refuses of planted errors and of true paraphrases, by benchmarks/grounding.py."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from surveygen.summarize import check_grounding

ROOT = Path(__file__).resolve().parents[2]
BENCHMARK: dict[str, Any] = runpy.run_path(str(ROOT / "benchmarks" / "grounding.py"))
SENTENCES = 60  # of a kind
FEW = 20  # below which a share says nothing


@pytest.fixture(scope="module")
def corpus() -> Any:
    """Read the notes of the sample survey."""
    return BENCHMARK["read"](ROOT / "corpus" / "llm-alignment.jsonl", 300)


def refused(corpus: Any, plant: Any) -> tuple[int, int]:
    """Return how many sentences of a kind are refused, and how many there are."""
    versions = {(paper.id, paper.version): paper for paper, _, _ in corpus}
    made = BENCHMARK["planted"](corpus, plant, SENTENCES)
    return sum(not check_grounding(sentence, lambda *key: versions.get(key)).ok for sentence in made), len(made)


def test_there_are_23_kinds_of_errors() -> None:
    """The kinds of the attack on an earlier checker."""
    assert len(BENCHMARK["ERRORS"]) == 23


@pytest.mark.parametrize("kind", BENCHMARK["ERRORS"])
def test_planted_errors_are_refused(corpus: Any, kind: str) -> None:
    """At least 95 % of each kind."""
    found, count = refused(corpus, BENCHMARK["ERRORS"][kind])

    assert count >= FEW
    assert found >= 0.95 * count


@pytest.mark.parametrize(("group", "most"), [("LIGHT", 0.1), ("HEAVY", 0.15)])
def test_true_paraphrases_are_accepted(corpus: Any, group: str, most: float) -> None:
    """At most 10 % of light and 15 % of heavier ones of each kind are refused."""
    counts = {kind: refused(corpus, plant) for kind, plant in BENCHMARK[group].items()}

    assert {kind: pair for kind, pair in counts.items() if pair[1] >= FEW and pair[0] > most * pair[1]} == {}
