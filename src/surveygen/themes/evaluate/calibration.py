"""Compare how sure the assigner was with how often it was right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveygen.domain.evaluation import Calibration, ConfidenceBin
from surveygen.domain.theme import Assignment

_BINS = 10


def calibrate(assignments: Sequence[Assignment], right: Sequence[bool]) -> Calibration | None:
    """Return the reliability of the confidence, None if no assignment has one.

    Args:
        assignments: at least one; `Assignment.confidence` lies between 0 and 1, and 0 means that none is told.
        right: in the same order, whether people said the same.
    """
    said = np.array([float(getattr(found, "confidence", 0.0)) for found in assignments])
    if not said.any():
        return None
    hits = np.asarray(right, dtype=np.float64)
    place = np.minimum((said * _BINS).astype(np.intp), _BINS - 1)
    bins = [
        ConfidenceBin(int(inside.sum()), float(said[inside].mean()), float(hits[inside].mean()))
        for inside in (place == tenth for tenth in range(_BINS))
        if inside.any()
    ]
    error = sum(one.papers * abs(one.confidence - one.accuracy) for one in bins) / len(said)
    return Calibration(error, tuple(bins))
