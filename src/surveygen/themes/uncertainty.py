"""How probably a theme is the one that a person would choose."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from surveygen.themes.assign.scores import Scores
from surveygen.themes.doubt import margins

FEATURES = ("log_margin", "told_votes", "shown_votes", "agreement")
_LEAST_MARGIN = 0.05  # where the logarithm of the margin is cut off
_PRIOR_PAPERS, _PRIOR_AGREEMENT = 10, 0.6  # a survey of few papers is taken for a usual one


def confidence(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `(n_papers,)` 0 to 1: a logistic map of the features, the same for all surveys.

    Its numbers were fitted by benchmarks/themes/fit_confidence.py on labels of other surveys, none of which a user's
    survey needs; they are kept in confidence.toml.
    """
    weights, intercept = _map()
    probability: NDArray[np.float64] = 1 / (1 + np.exp(-(features @ weights + intercept)))
    return probability


def confidence_features(
    scores: Scores, chosen: NDArray[np.intp], told: tuple[Scores, Scores], shown: tuple[Scores, Scores]
) -> NDArray[np.float64]:
    """Gather what is known of each placement without any label.

    Args:
        scores: `(n_papers, n_themes)`, scale-free, at least two themes.
        chosen: `(n_papers,)` the theme of each paper.
        told: likeness to what the themes say, by meaning and by words.
        shown: likeness to their papers, by meaning and by words.

    Returns:
        `(n_papers, 4)`: the logarithm of the lead over the second theme; how many of two measures by what themes say,
        and of two by their papers, choose the same theme; how often such measures agree over the whole survey, which
        tells how well its themes can be told apart at all.
    """
    count = len(scores)
    best = [part.argmax(axis=1) for part in (*told, *shown)]
    votes = [(one == chosen).astype(np.float64) for one in best]
    agreed = ((best[0] == best[1]).mean() + (best[0] == best[2]).mean()) / 2
    agreement = (agreed * count + _PRIOR_AGREEMENT * _PRIOR_PAPERS) / (count + _PRIOR_PAPERS)
    return np.column_stack(
        [
            np.log(margins(scores) + _LEAST_MARGIN),
            votes[0] + votes[1],
            votes[2] + votes[3],
            np.full(count, agreement),
        ]
    )


@cache
def _map() -> tuple[NDArray[np.float64], float]:
    data = tomllib.loads((files("surveygen") / "themes" / "confidence.toml").read_text(encoding="utf-8"))
    return np.array([float(data[name]) for name in FEATURES]), float(data["intercept"])
