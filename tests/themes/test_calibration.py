"""Confidence against how often it was right."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from surveygen.domain.theme import Assignment
from surveygen.themes.evaluate import calibrate


def sure(*confidences: float) -> list[Assignment]:
    """Return assignments of which only the confidence matters."""
    return cast("list[Assignment]", [SimpleNamespace(confidence=one) for one in confidences])


def test_error_of_two_bins() -> None:
    """Four papers at .9 of which half are right, four at .3 of which one is: (.4 + .05) / 2."""
    found = calibrate(sure(*[0.9] * 4, *[0.3] * 4), [True, True, False, False, True, False, False, False])

    assert found is not None
    assert found.ece == pytest.approx((0.4 + 0.05) / 2)
    assert [(one.papers, round(one.confidence, 6), one.accuracy) for one in found.bins] == [
        (4, 0.3, 0.25),
        (4, 0.9, 0.5),
    ]


def test_confidence_that_means_what_it_says_has_no_error() -> None:
    """Papers right as often as they say have an error near 0; full confidence has a bin too."""
    rng = np.random.default_rng(0)
    said = rng.uniform(0.05, 1, 20_000)

    found = calibrate(sure(*said, 1.0), [*(rng.uniform(size=said.size) < said), True])

    assert found is not None
    assert found.ece < 0.02
    assert sum(one.papers for one in found.bins) == 20_001


@pytest.mark.parametrize("assignments", [sure(0.0, 0.0), [cast("Any", object())]])
def test_without_confidence_there_is_no_curve(assignments: list[Assignment]) -> None:
    """An assigner that tells none is not called badly calibrated."""
    assert calibrate(assignments, [True] * len(assignments)) is None
