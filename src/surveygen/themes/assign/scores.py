"""Score papers against themes by text, sub-themes and centroids."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper
from surveygen.domain.theme import Taxonomy
from surveygen.themes.assign.text_features import TermMatrix
from surveygen.themes.uncertainty import Scores, margins

# Chosen by benchmarks/themes/assign_parts.py, which prints what each part adds and what other values give.
TERM_WEIGHT = 3.0  # of the term score beside that of the vectors
BACKGROUND_SHARE = 0.75  # of the background level that is subtracted
_BACKGROUND_QUANTILE = 0.1  # of all papers, those that are background
_FEW = 20  # papers; with so many, half of the share is subtracted
OWN_SHARE = 0.5  # of a theme's own score in its propagated score
_SHARPNESS = 0.015  # of the soft maximum over sub-themes
_WEAK_QUARTER = 0.25
# Of a theme's query beside the mean of its seeds. With three seeds, equal weights raise macro-F1 from .705 to .728 on
# 1,222 IJCAI papers in 25 sub-themes; a single seed at that weight can lower it.
_QUERY_WEIGHT, _QUERY_WEIGHT_FEW = 0.5, 0.7
# Of the refinement, chosen on the same labels:
_TEMPERATURE = 0.2  # of the soft memberships, where 1 is the typical margin of the best theme over the median one
_ROUNDS = 3
_PRIOR_PAPERS = 10  # papers of a theme whose centroid has half weight
_PRIOR_TERMS = 25  # terms of a theme's own text at which its centroid has half weight
_CENTROID_TERM_WEIGHT = 2.0  # of term centroids beside vector centroids
_CENTROID_BACKGROUND = 0.05  # of all papers, those that are background to a centroid
_EPSILON = 1e-6  # squared length of a centroid that a single paper made: nothing is left without the paper


@dataclass(frozen=True, slots=True, eq=False)
class ThemeScores:
    """Cosines of each paper with each theme itself, apart from its sub-themes.

    `vectors` compares embeddings and `terms` TF-IDF weights; both are `(n_papers, n_themes)` float64, -1 to 1.
    """

    vectors: Scores
    terms: Scores

    def combined(self, term_weight: float = TERM_WEIGHT) -> Scores:
        """Return the weighted mean of both; the vectors have weight 1."""
        mean: Scores = (self.vectors + term_weight * self.terms) / (1 + term_weight)
        return mean


def score_themes(
    vectors: Vectors, terms: TermMatrix, papers: Sequence[Paper], taxonomy: Taxonomy, queries: Vectors
) -> ThemeScores:
    """Compare each paper with each theme; seeds that are among the papers draw their theme toward them.

    Args:
        vectors: `(n_papers, dim)` float32, rows of length 1.
        terms: of the same papers and themes.
        papers: in the order of `vectors`.
        taxonomy: the themes.
        queries: `(n_themes, dim)` float32, rows of length 1, in the order of the themes.
    """
    row_of = {paper.id: row for row, paper in enumerate(papers)}
    targets = queries.copy()
    by_terms: Scores = (terms.papers @ terms.themes.T).toarray()
    for column, theme in enumerate(taxonomy):
        seeds = [row_of[seed] for seed in theme.seeds if seed in row_of]
        if seeds:
            weight = _QUERY_WEIGHT_FEW if len(seeds) < 3 else _QUERY_WEIGHT
            mean = unit_rows(vectors[seeds].mean(axis=0, keepdims=True))[0]
            targets[column] = np.float32(weight) * queries[column] + (1 - np.float32(weight)) * mean
            seed_terms = np.asarray(terms.papers[seeds].mean(axis=0)).ravel()
            by_seeds = (terms.papers @ seed_terms) / max(float(np.linalg.norm(seed_terms)), 1e-12)
            by_terms[:, column] = weight * by_terms[:, column] + (1 - weight) * by_seeds
    by_vectors = vectors @ unit_rows(targets).T
    return ThemeScores(by_vectors.astype(np.float64), by_terms)


def subtract_background(scores: Scores, *, share: float = BACKGROUND_SHARE) -> Scores:
    """Subtract from each theme's scores the level that even papers of other themes reach.

    Some texts are near everything, others near nothing. The level of a theme is its score for the tenth of all papers
    that are least similar to it: unlike the mean, this does not depend on how many papers the theme has.
    `(n_papers, n_themes)` in and out.
    """
    shrunk = share * len(scores) / (len(scores) + _FEW)
    level = np.quantile(scores, _BACKGROUND_QUANTILE, axis=0)
    above: Scores = scores - shrunk * level
    return above


@dataclass(frozen=True, slots=True)
class ThemeTree:
    """A taxonomy by row numbers: `tops`, and for each theme its `children` and its `subtree` (itself first)."""

    tops: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    subtree: tuple[tuple[int, ...], ...]

    @classmethod
    def build(cls, taxonomy: Taxonomy) -> ThemeTree:
        """Number the themes in reading order."""
        row = {theme.id: n for n, theme in enumerate(taxonomy)}
        children: list[list[int]] = [[] for _ in row]
        tops: list[int] = []
        for n, theme in enumerate(taxonomy):
            (tops if theme.parent is None else children[row[theme.parent]]).append(n)
        subtree: list[tuple[int, ...]] = [()] * len(row)
        for n in reversed(range(len(row))):
            subtree[n] = (n, *(below for child in children[n] for below in subtree[child]))
        return cls(tuple(tops), tuple(tuple(below) for below in children), tuple(subtree))


def propagate_up(scores: Scores, tree: ThemeTree, *, own_share: float = OWN_SHARE) -> Scores:
    """Let the scores of sub-themes count for the themes above them.

    The result is half a theme's own score, half a soft maximum (log-mean-exp) over the theme and all below it, so that
    a theme gains nothing by having many sub-themes. `(n_papers, n_themes)` in and out.
    """
    propagated = scores.copy()
    for node, below in enumerate(tree.subtree):
        if len(below) > 1:
            inside = scores[:, below]
            peak = inside.max(axis=1)
            soft = peak + _SHARPNESS * np.log(np.exp((inside - peak[:, None]) / _SHARPNESS).mean(axis=1))
            propagated[:, node] = own_share * scores[:, node] + (1 - own_share) * soft
    return propagated


CompareSiblings = Callable[[NDArray[np.intp], Sequence[int]], Scores]


def assign_down(
    own: Scores, propagated: Scores, tree: ThemeTree, tops: NDArray[np.intp], compare: CompareSiblings | None = None
) -> NDArray[np.intp]:
    """Move each paper from its top theme to the deepest theme that fits.

    A paper stays at an inner theme when no child is convincing: the theme's own score is higher than that of the best
    child, and the margin among the children is in the lowest quarter of the papers at the theme.

    Args:
        own: `(n_papers, n_themes)` scores of each theme itself.
        propagated: the same after `propagate_up`.
        tree: the themes.
        tops: `(n_papers,)` row of each paper's top theme.
        compare: scores some papers (rows) for some siblings (columns), `(papers, siblings)`; by default `propagated`.

    Returns:
        `(n_papers,)` row of each paper's theme.
    """
    assigned = tops.copy()
    for node, children in enumerate(tree.children):
        here = np.flatnonzero(assigned == node)
        if children and len(here):
            inside = propagated[here][:, children]
            scores = inside if compare is None or len(children) == 1 else compare(here, children)
            best, gap = scores.argmax(axis=1), margins(scores)
            vague = gap <= np.quantile(gap, _WEAK_QUARTER)
            stays = (own[here, node] > inside.max(axis=1)) & vague
            assigned[here[~stays]] = np.asarray(children, dtype=np.intp)[best[~stays]]
    return assigned


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
            _normalized(part - np.quantile(part[free], _CENTROID_BACKGROUND, axis=0), free)[0]
            for part in centroid_similarity(vectors, terms, members)
        )
        by_centroid = (by_vectors + _CENTROID_TERM_WEIGHT * by_terms) / (1 + _CENTROID_TERM_WEIGHT)
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
