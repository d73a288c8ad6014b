"""Score papers against themes, and pass scores through the tree of themes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
