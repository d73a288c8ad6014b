"""Detect papers that fit no theme, by what is typical for each theme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveygen.themes.uncertainty import Scores

# The largest with which each set for choosing of benchmarks/themes/assign.py loses less than 2 % of its own papers.
# Both are in robust standard deviations above the papers of other themes, by the text of a theme and by its papers.
_QUERY_THRESHOLD, _CENTROID_THRESHOLD = 0.3, 0.0
_MIDPOINT = -1.0  # sum of both kinds of deviation at which `fit` is one half
_MIN_PAPERS = 30  # of fewer papers it cannot be estimated what is typical
_MAD = 1.4826  # from a median absolute deviation to a standard deviation, for a normal distribution
_UNTRUSTED = 0.3  # share of the papers that have no weight in the centroids


@dataclass(frozen=True, slots=True, eq=False)
class ThemeFit:
    """`fit` is `(n_papers,)` 0 to 1, how well each paper fits its theme, at most one half where `is_outlier`."""

    fit: NDArray[np.float64]
    is_outlier: NDArray[np.bool_]


def centroid_weights(by_query: Scores, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return `(n_papers,)` weights for centroids, so that possible outliers do not shift them.

    0 for the 30 % of all papers that are least similar to their theme, then rising.
    """
    own = by_query[np.arange(len(by_query)), chosen]
    rank = np.searchsorted(np.sort(own), own, side="right") / len(own)
    weights: NDArray[np.float64] = np.maximum(rank - _UNTRUSTED, 0.0)
    return weights


def detect_outliers(
    by_query: Scores, by_centroid: Scores, chosen: NDArray[np.intp], further: tuple[Scores, ...]
) -> ThemeFit:
    """Estimate how well each paper fits the theme chosen for it.

    The papers of all other themes show what a paper that does not belong to a theme scores there. A paper that exceeds
    them neither by the text of the theme nor by similarity to its papers is an outlier. No threshold on a cosine could
    tell that: those of one theme are higher than those of another.

    Args:
        by_query: `(n_papers, n_themes)` similarity to the text of the themes, in any unit.
        by_centroid: similarity to their papers.
        chosen: `(n_papers,)` column of each paper's theme.
        further: more similarity measures, which refine `fit`.
    """
    count, themes = by_query.shape
    if count < _MIN_PAPERS or themes < 2:
        return ThemeFit(np.ones(count), np.zeros(count, dtype=np.bool_))
    query_deviation, centroid_deviation = _deviation(by_query, chosen), _deviation(by_centroid, chosen)
    typical = np.mean([_robust_z(_above_others(part, chosen)) for part in (by_query, by_centroid, *further)], axis=0)
    fit = 1 / (1 + np.exp(_MIDPOINT - query_deviation - typical))
    is_outlier = (query_deviation < _QUERY_THRESHOLD) & (centroid_deviation < _CENTROID_THRESHOLD)
    return ThemeFit(np.where(is_outlier, np.minimum(fit, 0.5), fit), is_outlier)


def _deviation(scores: Scores, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return how many deviations each paper lies above the papers of other themes, at its own theme."""
    others = [_scores_of_others(scores, chosen, theme) for theme in range(scores.shape[1])]
    spread = np.array([np.median(np.abs(values - np.median(values))) for values in others]) * _MAD
    # Averaged with the median spread of all themes, as that of a single theme is uncertain.
    spread = np.maximum((spread + np.median(spread)) / 2, 1e-9)
    deviation: NDArray[np.float64] = _above_others(scores, chosen) / spread[chosen]
    return deviation


def _above_others(scores: Scores, chosen: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return each paper's score minus the median score of the papers of other themes, at its own theme."""
    median = np.array([np.median(_scores_of_others(scores, chosen, theme)) for theme in range(scores.shape[1])])
    above: NDArray[np.float64] = scores[np.arange(len(scores)), chosen] - median[chosen]
    return above


def _scores_of_others(scores: Scores, chosen: NDArray[np.intp], theme: int) -> NDArray[np.float64]:
    """Return the scores of other themes' papers at a theme; of all papers if there are no others."""
    others: NDArray[np.float64] = scores[chosen != theme, theme]
    return others if len(others) else scores[:, theme]


def _robust_z(values: NDArray[np.float64]) -> NDArray[np.float64]:
    median = np.median(values)
    deviations: NDArray[np.float64] = (values - median) / (np.median(np.abs(values - median)) + 1e-9)
    return deviations
