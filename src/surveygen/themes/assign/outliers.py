"""Find the papers that fit no theme, by what is usual for each theme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveygen.themes.assign.scores import Scores

# The largest with which each set for choosing of benchmarks/themes/assign.py loses less than 2 % of its own papers.
_TOLD_CUT = 0.3  # a stranger stands out less than this from papers of other themes, by what the theme says,
_SHOWN_CUT = 0.0  # and less than this by what its papers say
_MIDDLE = -1.0  # the sum of both kinds of deviation at which `fit` is one half
_FEWEST = 30  # papers; of fewer it cannot be said what is usual
_MAD = 1.4826  # from the median of deviations to a standard deviation, for a normal distribution


@dataclass(frozen=True, slots=True, eq=False)
class ThemeFit:
    """`fit` is `(n_papers,)` 0 to 1, how well each paper fits its theme, at most one half for those `outside`."""

    fit: NDArray[np.float64]
    outside: NDArray[np.bool_]


def centroid_weights(told: Scores, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return `(n_papers,)` weights for the middles of themes: strangers, who are little like any theme, count nothing.

    0 for the 30 % of all papers that are least like their theme, then rising.
    """
    own = told[np.arange(len(told)), chosen]
    rank = np.searchsorted(np.sort(own), own, side="right") / len(own)
    weights: NDArray[np.float64] = np.maximum(rank - 0.3, 0.0)
    return weights


def detect_outliers(told: Scores, shown: Scores, chosen: NDArray[np.intp], further: tuple[Scores, ...]) -> ThemeFit:
    """Say how well each paper fits the theme chosen for it.

    The papers of all other themes show what a paper that does not belong to a theme scores there. One that stands out
    from them neither by the theme's own words nor by likeness to the theme's papers is outside. No cut on a cosine
    could say that: those of one theme run higher than those of another.

    Args:
        told: `(n_papers, n_themes)` likeness to what the themes say, in any unit.
        shown: likeness to their papers.
        chosen: `(n_papers,)` the theme of each paper.
        further: more measures of likeness, which refine `fit`.
    """
    count, themes = told.shape
    if count < _FEWEST or themes < 2:
        return ThemeFit(np.ones(count), np.zeros(count, dtype=np.bool_))
    out_told, out_shown = _standing_out(told, chosen), _standing_out(shown, chosen)
    among_all = np.mean([_usual(_above_others(part, chosen)) for part in (told, shown, *further)], axis=0)
    fit = 1 / (1 + np.exp(_MIDDLE - out_told - among_all))
    outside = (out_told < _TOLD_CUT) & (out_shown < _SHOWN_CUT)
    return ThemeFit(np.where(outside, np.minimum(fit, 0.5), fit), outside)


def _standing_out(scores: Scores, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how many deviations each paper lies above the papers of other themes, at its own theme."""
    others = [_others(scores, chosen, theme) for theme in range(scores.shape[1])]
    spread = np.array([np.median(np.abs(values - np.median(values))) for values in others]) * _MAD
    # Half the spread of all themes, as that of one is uncertain.
    spread = np.maximum((spread + np.median(spread)) / 2, 1e-9)
    above: NDArray[np.float64] = _above_others(scores, chosen) / spread[chosen]
    return above


def _above_others(scores: Scores, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how far each paper lies above the middle of the papers of other themes, at its own theme."""
    middle = np.array([np.median(_others(scores, chosen, theme)) for theme in range(scores.shape[1])])
    above: NDArray[np.float64] = scores[np.arange(len(scores)), chosen] - middle[chosen]
    return above


def _others(scores: Scores, chosen: NDArray[np.intp], theme: int) -> NDArray[np.float64]:
    """Return what the papers of other themes score at a theme; all papers if there are no others."""
    found: NDArray[np.float64] = scores[chosen != theme, theme]
    return found if len(found) else scores[:, theme]


def _usual(values: NDArray[np.float64]) -> NDArray[np.float64]:
    middle = np.median(values)
    deviations: NDArray[np.float64] = (values - middle) / (np.median(np.abs(values - middle)) + 1e-9)
    return deviations
