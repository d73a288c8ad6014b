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
    return cast("list[Assignment]", [SimpleNamespace(confidence=value) for value in confidences])


def test_error_of_two_bins() -> None:
    """Four papers at .9 of which half are right, four at .3 of which one is: (.4 + .05) / 2."""
    result = calibrate(sure(*[0.9] * 4, *[0.3] * 4), [True, True, False, False, True, False, False, False])

    assert result is not None
    assert result.ece == pytest.approx((0.4 + 0.05) / 2)
    assert [(item.papers, round(item.confidence, 6), item.accuracy) for item in result.bins] == [
        (4, 0.3, 0.25),
        (4, 0.9, 0.5),
    ]


def test_confidence_that_means_what_it_says_has_no_error() -> None:
    """Papers right as often as they say have an error near 0; full confidence has a bin too."""
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.05, 1, 20_000)

    result = calibrate(sure(*confidence, 1.0), [*(rng.uniform(size=confidence.size) < confidence), True])

    assert result is not None
    assert result.ece < 0.02
    assert sum(item.papers for item in result.bins) == 20_001


@pytest.mark.parametrize("assignments", [sure(0.0, 0.0), [cast("Any", object())]])
def test_without_confidence_there_is_no_curve(assignments: list[Assignment]) -> None:
    """An assigner that tells none is not called badly calibrated."""
    assert calibrate(assignments, [True] * len(assignments)) is None
