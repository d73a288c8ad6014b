"""How well each paper fits each theme by meaning, by words, and by its seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Taxonomy, Theme
from surveygen.themes.assign.text_features import TermMatrix

Scores = NDArray[np.float64]

# The weight of words beside meaning: benchmarks/themes/assign_parts.py.
WORD_WEIGHT = 3.0
# How much of a theme's background is taken off, and which papers are background: the same.
_BACKGROUND_SHARE = 0.75
_BACKGROUND_QUANTILE = 0.1
_FEW = 20  # papers; with so many, half of it is taken off


@dataclass(frozen=True, slots=True, eq=False)
class ThemeScores:
    """Cosines of each paper with each theme itself, apart from its sub-themes.

    `meaning` compares vectors and `words` TF-IDF weights; both are `(n_papers, n_themes)` float64, -1 to 1.
    """

    meaning: Scores
    words: Scores

    def together(self, word_weight: float = WORD_WEIGHT) -> Scores:
        """Return the weighted mean of both; meaning weighs 1."""
        mixed: Scores = (self.meaning + word_weight * self.words) / (1 + word_weight)
        return mixed


def score_themes(
    vectors: Vectors, words: TermMatrix, papers: Sequence[Paper], taxonomy: Taxonomy, queries: Vectors
) -> ThemeScores:
    """Compare each paper with each theme; seeds that are among the papers draw their theme toward them.

    Args:
        vectors: `(n_papers, dim)` float32, rows of length 1.
        words: of the same papers and themes.
        papers: in the order of `vectors`.
        taxonomy: the themes.
        queries: `(n_themes, dim)` float32, rows of length 1, in the order of the themes.
    """
    where = {paper.id: row for row, paper in enumerate(papers)}
    seeds = [_seed_rows(theme, where) for theme in taxonomy]
    meaning = vectors @ _drawn(queries, vectors, seeds).T
    return ThemeScores(meaning.astype(np.float64), _word_scores(words, seeds))


def subtract_background(own: Scores, *, share: float = _BACKGROUND_SHARE) -> Scores:
    """Take from each theme's scores what even papers that do not belong to it have.

    Some texts are near everything, others near nothing. The level of a theme is its score for the tenth of all papers
    that are least like it: unlike the mean, this does not depend on how many papers the theme has.
    `(n_papers, n_themes)` in and out.
    """
    certain = share * len(own) / (len(own) + _FEW)
    level = np.quantile(own, _BACKGROUND_QUANTILE, axis=0)
    above: Scores = own - certain * level
    return above


def _seed_rows(theme: Theme, where: dict[PaperId, int]) -> list[int]:
    return [where[seed] for seed in theme.seeds if seed in where]


def _own_weight(seeds: int) -> float:
    """Weight of the written query beside the mean of the seeds; one seed alone can mislead (notes/theming.md A)."""
    if seeds == 0:
        return 1.0
    return 0.7 if seeds < 3 else 0.5


def _drawn(queries: Vectors, vectors: Vectors, seeds: list[list[int]]) -> Vectors:
    drawn = queries.copy()
    for row, members in enumerate(seeds):
        if members:
            mean = unit_rows(vectors[members].mean(axis=0, keepdims=True))[0]
            weight = np.float32(_own_weight(len(members)))
            drawn[row] = weight * queries[row] + (1 - weight) * mean
    return unit_rows(drawn)


def _word_scores(words: TermMatrix, seeds: list[list[int]]) -> Scores:
    scores: Scores = (words.papers @ words.themes.T).toarray()
    for row, members in enumerate(seeds):
        if members:
            weight = _own_weight(len(members))
            scores[:, row] = weight * scores[:, row] + (1 - weight) * _like_seeds(words.papers, members)
    return scores


def _like_seeds(counted: Any, members: list[int]) -> Scores:  # noqa: ANN401  # SciPy has no types
    mean = np.asarray(counted[members].mean(axis=0)).ravel()
    likeness: Scores = (counted @ mean) / max(float(np.linalg.norm(mean)), 1e-12)
    return likeness
