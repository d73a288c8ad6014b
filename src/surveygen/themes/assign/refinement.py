"""Let the papers of a theme say what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors
from surveygen.themes.assign.scores import Scores
from surveygen.themes.assign.text_features import TermMatrix

# Chosen on several kinds of labels: benchmarks/themes/assign_parts.py prints what others give.
_SOFTNESS = 0.2  # temperature of the memberships, where 1 is the usual lead of the best theme over the middle one
_ROUNDS = 3
_DOUBT_PAPERS = 10  # papers of a theme whose middle counts half
_DOUBT_WORDS = 25  # words and pairs that a theme says, at which its papers count half
_WORD_WEIGHT = 2.0  # of words beside meaning, in the middles of the papers
_BACKGROUND_QUANTILE = 0.05
_TINY = 1e-6  # squared length of a middle that one paper alone made: nothing is left without it


@dataclass(frozen=True, slots=True, eq=False)
class RefinedScores:
    """What the papers add to what the themes say.

    Attributes:
        scores: `(n_papers, n_themes)` float64, rows of mean 0; larger is nearer, and 1 is the usual lead of the best
            theme over the middle one.
        lead: what that is in the unit of the scores that were given.
        members: how far each paper is taken for a member of each theme; rows sum to 1.
        share: 0 to 1, the weight of the papers beside that of the themes' own words.
    """

    scores: Scores
    lead: float
    members: Scores
    share: float


def refine_centroids(
    base: Scores, vectors: Vectors, words: TermMatrix, said: NDArray[np.intp], fixed: NDArray[np.intp]
) -> RefinedScores:
    """Place papers softly, take the middle of each theme's papers, and place again, three times.

    A paper is never compared with a middle that it is part of: it is taken out first. Otherwise each paper would speak
    for the place it already has, which is why self-training tends to repeat itself.
    The papers weigh the more the larger the themes are and the less these say themselves: a bare heading gains most,
    a theme with a description and twenty keywords little.

    Args:
        base: `(n_papers, n_themes)` scores by what the themes say; at least two themes.
        vectors: `(n_papers, dim)` float32, rows of length 1.
        words: of the papers.
        said: `(n_themes,)` how many words and pairs each theme and its sub-themes say.
        fixed: `(n_papers,)` the theme that a person gave a paper, -1 for none.
    """
    free = fixed < 0 if (fixed < 0).any() else np.ones(len(fixed), dtype=np.bool_)
    told = _leads(base, free)
    share, members = 0.0, memberships(told, fixed)
    for _ in range(_ROUNDS):
        size = members.sum(axis=0)
        share = float((size / (size + _DOUBT_PAPERS) * (_DOUBT_WORDS / (_DOUBT_WORDS + said))).mean())
        meaning, wording = centroid_similarity(vectors, words, members)
        parts = [_leads(_raised(part, free), free) for part in (meaning, wording)]
        shown = (parts[0] + _WORD_WEIGHT * parts[1]) / (1 + _WORD_WEIGHT)
        scores = (1 - share) * told + share * shown
        members = memberships(scores, fixed)
    return RefinedScores(scores, typical_margin(base, free), members, share)


def memberships(scores: Scores, fixed: NDArray[np.intp]) -> Scores:
    """Return for each paper how far it belongs to each theme, rows of sum 1; wholly to the one a person gave."""
    raised = np.exp((scores - scores.max(axis=1, keepdims=True)) / _SOFTNESS)
    members: Scores = raised / raised.sum(axis=1, keepdims=True)
    given = np.flatnonzero(fixed >= 0)
    members[given] = 0
    members[given, fixed[given]] = 1
    return members


def centroid_similarity(vectors: Vectors, words: TermMatrix, weights: Scores) -> tuple[Scores, Scores]:
    """Compare each paper with the weighted middle of the others of each theme, by meaning and by words.

    `weights` is `(n_papers, n_themes)`, 0 or more; each result too is `(n_papers, n_themes)`, cosines, 0 where no other
    paper has a weight.
    """
    points = vectors.astype(np.float64)
    counted = words.papers
    meaning = _without_itself(points @ (weights.T @ points).T, (points**2).sum(axis=1), weights)
    middles = (counted.T @ weights).T
    lengths = np.asarray(counted.multiply(counted).sum(axis=1)).ravel()
    return meaning, _without_itself(_product(counted, middles), lengths, weights, (middles**2).sum(axis=1))


def _without_itself(dots: Scores, squares: Scores, weights: Scores, sizes: Scores | None = None) -> Scores:
    """Turn products with sums of all papers into cosines with sums of the others.

    Args:
        dots: `(n_papers, n_themes)` products of each paper with each weighted sum.
        squares: `(n_papers,)` squared lengths of the papers.
        weights: those of the sums.
        sizes: `(n_themes,)` squared lengths of the sums; from `dots` if they are not given.
    """
    whole = (weights * dots).sum(axis=0) if sizes is None else sizes
    own = weights * squares[:, None]
    rest = whole - 2 * weights * dots + weights * own
    cosine: Scores = np.where(rest > _TINY, (dots - own) / np.sqrt(np.maximum(rest, _TINY)), 0.0)
    return cosine


def _product(counted: Any, middles: Scores) -> Scores:  # noqa: ANN401  # SciPy has no types
    product: Scores = np.asarray(counted @ middles.T)
    return product


def _raised(scores: Scores, free: NDArray[np.bool_]) -> Scores:
    above: Scores = scores - np.quantile(scores[free], _BACKGROUND_QUANTILE, axis=0)
    return above


def typical_margin(scores: Scores, free: NDArray[np.bool_]) -> float:
    """Return the median lead of the best theme over the middle one, of the papers that are `free`."""
    return float(np.median((scores.max(axis=1) - np.median(scores, axis=1))[free]))


def _leads(scores: Scores, free: NDArray[np.bool_]) -> Scores:
    """Center each paper's scores and scale all alike, so that the best usually leads the middle one by 1."""
    lead = typical_margin(scores, free)
    centered: Scores = scores - scores.mean(axis=1, keepdims=True)
    return centered / lead if lead > _TINY else centered * 0
