"""How well each paper fits each theme by meaning, by words, and by its seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Taxonomy, Theme
from surveygen.themes._queries import keywords, sentence

Scores = NDArray[np.float64]

# The weight of words beside meaning, and the number of hashed words: benchmarks/themes_quick.py, its table of weights.
WORD_WEIGHT = 3.0
_BUCKETS = 2**18
# How much of a theme's background is taken off, and which papers are background: the same tables.
_BACKGROUND_SHARE = 0.75
_BACKGROUND_QUANTILE = 0.1
_FEW = 20  # papers; with so many, half of it is taken off


def evidence(
    vectors: Vectors, papers: Sequence[Paper], taxonomy: Taxonomy, queries: Vectors, *, word_weight: float = WORD_WEIGHT
) -> Scores:
    """Score each paper against each theme itself, apart from its sub-themes.

    A weighted mean of two cosines: between vectors, and between TF-IDF weights of words and word pairs. Seeds that are
    among the papers draw their theme toward them, in both.

    Args:
        vectors: `(n_papers, dim)` float32, rows of length 1.
        papers: in the order of `vectors`.
        taxonomy: the themes.
        queries: `(n_themes, dim)` float32, rows of length 1, in the order of the themes.
        word_weight: weight of the words when meaning weighs 1.

    Returns:
        `(n_papers, n_themes)` float64, -1 to 1.
    """
    where = {paper.id: row for row, paper in enumerate(papers)}
    seeds = [_seed_rows(theme, where) for theme in taxonomy]
    meaning = vectors @ _drawn(queries, vectors, seeds).T
    words = _word_scores(papers, taxonomy, seeds)
    scores: Scores = (meaning + word_weight * words) / (1 + word_weight)
    return scores


def above_background(own: Scores, *, share: float = _BACKGROUND_SHARE) -> Scores:
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


def _word_scores(papers: Sequence[Paper], taxonomy: Taxonomy, seeds: list[list[int]]) -> Scores:
    counted, asked = _word_weights(papers, taxonomy)
    scores: Scores = (counted @ asked.T).toarray()
    for row, members in enumerate(seeds):
        if members:
            mean = np.asarray(counted[members].mean(axis=0)).ravel()
            weight = _own_weight(len(members))
            scores[:, row] = weight * scores[:, row] + (1 - weight) * (counted @ mean) / max(
                float(np.linalg.norm(mean)), 1e-12
            )
    return scores


def _word_weights(papers: Sequence[Paper], taxonomy: Taxonomy) -> tuple[Any, Any]:
    """Return TF-IDF of papers and of themes, sparse, rows of length 1, over the same hashed words."""
    # Two seconds of import that a build with cached places does without.
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer  # noqa: PLC0415

    hashing = HashingVectorizer(
        n_features=_BUCKETS, ngram_range=(1, 2), stop_words="english", alternate_sign=False, norm=None
    )
    counts = hashing.transform(f"{paper.title}. {paper.text}" for paper in papers)
    weighing = TfidfTransformer(sublinear_tf=True).fit(counts)
    # A word that no paper has says nothing about the papers: it must not make the theme's other words lighter.
    known = np.bincount(counts.indices, minlength=_BUCKETS) > 0
    asked = hashing.transform(_words(theme, taxonomy) for theme in taxonomy)
    asked.data *= known[asked.indices]
    asked.eliminate_zeros()
    return weighing.transform(counts), weighing.transform(asked)


def _words(theme: Theme, taxonomy: Taxonomy) -> str:
    return ". ".join((theme.name, sentence(theme), *keywords(theme, taxonomy), *theme.keywords))
