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
    measures = [_above_others(scores, chosen) for scores in (by_query, by_centroid, *further)]
    query_deviation, centroid_deviation = (above / spread for above, spread in measures[:2])
    deviations = [above - np.median(above) for above, _ in measures]
    typical = np.mean([values / (np.median(np.abs(values)) + 1e-9) for values in deviations], axis=0)
    fit = 1 / (1 + np.exp(_MIDPOINT - query_deviation - typical))
    is_outlier = (query_deviation < _QUERY_THRESHOLD) & (centroid_deviation < _CENTROID_THRESHOLD)
    return ThemeFit(np.where(is_outlier, np.minimum(fit, 0.5), fit), is_outlier)


def _above_others(scores: Scores, chosen: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compare each paper with the papers of other themes (all papers if there are no others), at its own theme.

    Returns its score minus their median score, and the robust standard deviation of their scores, both `(n_papers,)`.
    """
    median, deviation = [], []
    for theme in range(scores.shape[1]):
        others = scores[chosen != theme, theme]
        others = others if len(others) else scores[:, theme]
        median.append(np.median(others))
        deviation.append(np.median(np.abs(others - np.median(others))))
    spread = np.array(deviation) * _MAD
    # Averaged with the median spread of all themes, as that of a single theme is uncertain.
    spread = np.maximum((spread + np.median(spread)) / 2, 1e-9)
    above: NDArray[np.float64] = scores[np.arange(len(scores)), chosen] - np.array(median)[chosen]
    return above, spread[chosen]
