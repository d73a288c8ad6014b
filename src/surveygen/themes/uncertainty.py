"""Estimate how certain an assignment is; find outliers and border cases."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId

Scores = NDArray[np.float64]

FEATURES = ("log_margin", "query_votes", "centroid_votes", "agreement")
_MIN_MARGIN = 0.05  # added before the logarithm of the margin
_PRIOR_PAPERS, _PRIOR_AGREEMENT = 10, 0.6  # a survey of few papers is shrunk toward a typical one
_MIN_GROUP = 8  # members; a smaller theme uses the quantile of all papers
# The largest with which each set for choosing of benchmarks/themes/assign.py loses less than 2 % of its own papers.
# Both are in robust standard deviations above the papers of other themes, by the text of a theme and by its papers.
_QUERY_THRESHOLD, _CENTROID_THRESHOLD = 0.3, 0.0
_MIDPOINT = -1.0  # sum of both kinds of deviation at which `fit` is one half
_MIN_PAPERS = 30  # of fewer papers it cannot be estimated what is typical
_MAD = 1.4826  # from a median absolute deviation to a standard deviation, for a normal distribution
_UNTRUSTED = 0.3  # share of the papers that have no weight in the centroids


def confidence(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `(n_papers,)` probabilities that a person would choose the same theme: a logistic map of the features.

    The weights in confidence.toml were fitted once by benchmarks/themes/fit_confidence.py on labels of other surveys,
    so that a user's survey needs none.
    """
    data = tomllib.loads((files("surveygen.themes") / "confidence.toml").read_text(encoding="utf-8"))
    weights = np.array([float(data[name]) for name in FEATURES])
    probability: NDArray[np.float64] = 1 / (1 + np.exp(-(features @ weights + float(data["intercept"]))))
    return probability


def confidence_features(
    scores: Scores, chosen: NDArray[np.intp], by_query: tuple[Scores, Scores], by_centroid: tuple[Scores, Scores]
) -> NDArray[np.float64]:
    """Compute the features of each assignment that `confidence` maps; they need no labels.

    Args:
        scores: `(n_papers, n_themes)`, scale-free, at least two themes.
        chosen: `(n_papers,)` column of each paper's theme.
        by_query: similarity to the text of the themes, by vectors and by terms.
        by_centroid: similarity to the papers of the themes, by vectors and by terms.

    Returns:
        `(n_papers, 4)`: the logarithm of the margin over the second theme; how many of the two query measures, and of
        the two centroid measures, choose the same theme; how often such measures agree over the whole survey, which
        tells how well its themes can be told apart at all.
    """
    count = len(scores)
    best = [part.argmax(axis=1) for part in (*by_query, *by_centroid)]
    votes = [(choice == chosen).astype(np.float64) for choice in best]
    agreed = ((best[0] == best[1]).mean() + (best[0] == best[2]).mean()) / 2
    agreement = (agreed * count + _PRIOR_AGREEMENT * _PRIOR_PAPERS) / (count + _PRIOR_PAPERS)
    log_margin = np.log(margins(scores) + _MIN_MARGIN)
    return np.column_stack([log_margin, votes[0] + votes[1], votes[2] + votes[3], np.full(count, agreement)])


def margins(scores: Scores) -> NDArray[np.float64]:
    """Return the best minus the second best score of each row; the best score itself where there is one column.

    `(n, k)` with k of at least 1 in, `(n,)` out.
    """
    if scores.shape[1] == 1:
        only: NDArray[np.float64] = scores[:, 0]
        return only
    ordered = np.partition(scores, -2, axis=1)
    margin: NDArray[np.float64] = ordered[:, -1] - ordered[:, -2]
    return margin


def below_group_quantile(values: NDArray[np.float64], groups: NDArray[np.intp], share: float) -> NDArray[np.bool_]:
    """Mark the values below the `share` quantile of their own group, and values of 0 or less.

    A theme is compared with itself: cosines of some themes are higher throughout, so no single threshold fits all.
    """
    marked = values <= 0
    quantile_of_all = np.quantile(values, share) if len(values) else 0.0
    for group in np.unique(groups):
        inside = groups == group
        threshold = np.quantile(values[inside], share) if inside.sum() >= _MIN_GROUP else quantile_of_all
        marked |= inside & (values < threshold)
    return marked


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


def border_cases(
    taxonomy: Taxonomy, assignments: Sequence[Assignment], count: int = 5
) -> dict[ThemeId, tuple[PaperId, ...]]:
    """Return for each theme the papers that were nearly assigned otherwise, the smallest margins first.

    These are its own uncertain papers, and those of other themes that have it as the runner-up. Papers that fit no
    theme and papers that a person placed are not border cases.
    """
    uncertain = sorted((item for item in assignments if item.uncertain), key=lambda item: (item.margin, item.paper))
    candidates = {theme.id: [item for item in uncertain if item.belongs(theme.id)] for theme in taxonomy}
    for item in uncertain:
        if item.runner_up in candidates and not item.outside:
            candidates[item.runner_up].append(item)
    return {
        theme: tuple(item.paper for item in sorted(items, key=lambda item: (item.margin, item.paper))[:count])
        for theme, items in candidates.items()
    }
