"""Refine theme scores by soft k-means, leaving each paper out of its own centroid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors
from surveygen.themes.assign.text_features import TermMatrix
from surveygen.themes.uncertainty import Scores

# Chosen on several kinds of labels by benchmarks/themes/assign_parts.py, which prints what other values give.
_TEMPERATURE = 0.2  # of the soft memberships, where 1 is the typical margin of the best theme over the median one
_ROUNDS = 3
_PRIOR_PAPERS = 10  # papers of a theme whose centroid has half weight
_PRIOR_TERMS = 25  # terms of a theme's own text at which its centroid has half weight
_TERM_WEIGHT = 2.0  # of term centroids beside vector centroids
_BACKGROUND_QUANTILE = 0.05
_EPSILON = 1e-6  # squared length of a centroid that a single paper made: nothing is left without the paper


@dataclass(frozen=True, slots=True, eq=False)
class RefinedScores:
    """Theme scores that combine the text of the themes with the centroids of their papers.

    Attributes:
        scores: `(n_papers, n_themes)` float64, rows of mean 0; larger is nearer, and 1 is the typical margin.
        typical_margin: median margin of the best theme over the median one, in the unit of the scores given.
        members: soft membership of each paper in each theme; rows sum to 1.
        centroid_share: 0 to 1, the weight of the centroids beside that of the text of the themes.
    """

    scores: Scores
    typical_margin: float
    members: Scores
    centroid_share: float


def refine_centroids(
    query_scores: Scores, vectors: Vectors, terms: TermMatrix, query_terms: NDArray[np.intp], fixed: NDArray[np.intp]
) -> RefinedScores:
    """Assign papers softly, compute the centroid of each theme, and assign again, three times (soft k-means).

    A paper is never compared with a centroid that it is part of: it is taken out first. Otherwise each paper would
    vote for the theme it already has, which is why self-training tends to repeat itself.
    The centroids weigh the more the larger the themes are and the less text these have: a bare heading gains most,
    a theme with a description and twenty keywords little.

    Args:
        query_scores: `(n_papers, n_themes)` scores by the text of the themes; at least two themes.
        vectors: `(n_papers, dim)` float32, rows of length 1.
        terms: of the papers.
        query_terms: `(n_themes,)` how many different terms the text of each theme and its sub-themes has.
        fixed: `(n_papers,)` column of the theme that a person gave a paper, -1 for none.
    """
    free = fixed < 0 if (fixed < 0).any() else np.ones(len(fixed), dtype=np.bool_)
    by_query, typical_margin = _normalized(query_scores, free)
    share, members = 0.0, soft_memberships(by_query, fixed)
    for _ in range(_ROUNDS):
        size = members.sum(axis=0)
        share = float((size / (size + _PRIOR_PAPERS) * (_PRIOR_TERMS / (_PRIOR_TERMS + query_terms))).mean())
        by_vectors, by_terms = (
            _normalized(part - np.quantile(part[free], _BACKGROUND_QUANTILE, axis=0), free)[0]
            for part in centroid_similarity(vectors, terms, members)
        )
        by_centroid = (by_vectors + _TERM_WEIGHT * by_terms) / (1 + _TERM_WEIGHT)
        scores = (1 - share) * by_query + share * by_centroid
        members = soft_memberships(scores, fixed)
    return RefinedScores(scores, typical_margin, members, share)


def soft_memberships(scores: Scores, fixed: NDArray[np.intp]) -> Scores:
    """Return the softmax of each paper's scores; papers with a fixed theme are members of it alone."""
    raised = np.exp((scores - scores.max(axis=1, keepdims=True)) / _TEMPERATURE)
    members: Scores = raised / raised.sum(axis=1, keepdims=True)
    rows = np.flatnonzero(fixed >= 0)
    members[rows] = 0
    members[rows, fixed[rows]] = 1
    return members


def centroid_similarity(vectors: Vectors, terms: TermMatrix, weights: Scores) -> tuple[Scores, Scores]:
    """Compare each paper with the weighted centroid of the other papers of each theme, by vectors and by terms.

    `weights` is `(n_papers, n_themes)`, 0 or more; each result too is `(n_papers, n_themes)`, cosines, 0 where no other
    paper has a weight.
    """
    points = vectors.astype(np.float64)
    dots = points @ (weights.T @ points).T
    by_vectors = _leave_one_out(dots, (points**2).sum(axis=1), weights, (weights * dots).sum(axis=0))
    counts: Any = terms.papers  # SciPy has no types
    centroids = (counts.T @ weights).T
    lengths = np.asarray(counts.multiply(counts).sum(axis=1)).ravel()
    dots = np.asarray(counts @ centroids.T)
    return by_vectors, _leave_one_out(dots, lengths, weights, (centroids**2).sum(axis=1))


def _leave_one_out(dots: Scores, squares: Scores, weights: Scores, sizes: Scores) -> Scores:
    """Turn products with sums of all papers into cosines with sums of the others.

    Args:
        dots: `(n_papers, n_themes)` products of each paper with each weighted sum.
        squares: `(n_papers,)` squared lengths of the papers.
        weights: those of the sums.
        sizes: `(n_themes,)` squared lengths of the sums.
    """
    own = weights * squares[:, None]
    rest = sizes - 2 * weights * dots + weights * own
    cosine: Scores = np.where(rest > _EPSILON, (dots - own) / np.sqrt(np.maximum(rest, _EPSILON)), 0.0)
    return cosine


def _normalized(scores: Scores, free: NDArray[np.bool_]) -> tuple[Scores, float]:
    """Center each paper's scores and scale all alike, so that the typical margin is 1; return that margin as well.

    The typical margin is the median, over the papers that are `free`, of the best score minus the median one.
    """
    margin = float(np.median((scores.max(axis=1) - np.median(scores, axis=1))[free]))
    centered: Scores = scores - scores.mean(axis=1, keepdims=True)
    return (centered / margin if margin > _EPSILON else centered * 0), margin
