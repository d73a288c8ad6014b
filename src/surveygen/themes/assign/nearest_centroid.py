"""Place each paper under the theme that it is most like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # scikit-learn's own helper, no stubs

from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId
from surveygen.themes.assign.explanation import rationale_terms
from surveygen.themes.assign.hierarchy import ThemeTree, assign_down, build, propagate_up
from surveygen.themes.assign.outliers import ThemeFit, centroid_weights, detect_outliers
from surveygen.themes.assign.protocol import NO_OVERRIDES, ThemeVectors
from surveygen.themes.assign.refinement import RefinedScores, centroid_similarity, refine_centroids
from surveygen.themes.assign.scores import Scores, score_themes, subtract_background
from surveygen.themes.assign.text_features import TermMatrix, term_matrix
from surveygen.themes.doubt import below_group_quantile
from surveygen.themes.uncertainty import confidence, confidence_features

_UNCERTAIN = 0.15  # share of each theme's papers, those of least confidence
_ALSO = 0.7  # of the share that the first theme has in a paper: a second theme that has as much is given as well


@dataclass(frozen=True, slots=True, eq=False)
class _AssignmentInput:
    """What the placing of a survey rests on.

    `own` and `lifted` have a column for each theme; `told` (by meaning, by words), `mixed` and `top` (without the
    background) one for each top theme. `fixed` is the column of the top theme that a person gave a paper, -1 for none.
    """

    tree: ThemeTree
    words: TermMatrix
    own: Scores
    lifted: Scores
    top: Scores
    told: tuple[Scores, Scores]
    mixed: Scores
    fixed: NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class _AssignmentDecision:
    """What was decided for each paper; `chosen` and `rivals` are columns of `scores`, one for each top theme."""

    scores: Scores
    chosen: NDArray[np.intp]
    rivals: NDArray[np.intp]
    confidence: NDArray[np.float64]
    also: NDArray[np.bool_]
    fit: ThemeFit
    keywords: Sequence[tuple[str, ...]]


class NearestCentroidAssigner:
    """Meaning and words against each theme's text, keywords, sub-themes, seeds and papers; deterministic.

    The parts were chosen over several kinds of labels (benchmarks/themes/assign_parts.py): sub-themes that lift their
    parent, words beside meaning, a background level of each theme, and what its papers share. Centering on the mean,
    label propagation, and self-training in which each paper also votes for itself help on some and harm on others, and
    are left out.
    """

    fingerprint = "nearest-3"  # a new number whenever the same input could give another place

    def assign(
        self,
        embeddings: Embeddings,
        papers: Sequence[Paper],
        taxonomy: Taxonomy,
        theme_vectors: ThemeVectors,
        *,
        overrides: Mapping[PaperId, ThemeId] = NO_OVERRIDES,
    ) -> tuple[Assignment, ...]:
        """Return one assignment a paper, in the order of `papers`; none if the taxonomy is empty.

        A paper of `overrides` (method "person") and a seed (method "seed") stand where the person put them; seeds of an
        induced theme only draw it toward them.
        Time and memory grow with papers times themes.
        """
        if not papers or not len(taxonomy):
            return ()
        vectors = embeddings.rows([paper.id for paper in papers])
        planted = _planted(taxonomy) | {paper: (theme,) for paper, theme in overrides.items()}
        # One thread, because the sum of several comes in any order.
        with threadpool_limits(limits=1):
            basis = _basis(vectors, papers, taxonomy, theme_vectors.vectors, planted)
            verdict = _decide(vectors, papers, taxonomy, basis)
            places = _places(vectors, basis, verdict.chosen)
        ids = [theme.id for theme in taxonomy]
        nodes = [
            planted[paper.id][0] if paper.id in planted else ids[place]
            for paper, place in zip(papers, places.tolist(), strict=True)
        ]
        made = _assignments(papers, taxonomy, nodes, verdict, planted)
        return tuple(replace(item, method="person") if item.paper in overrides else item for item in made)


def _planted(taxonomy: Taxonomy) -> dict[PaperId, tuple[ThemeId, ...]]:
    """Return for each seed that a person named its themes, in reading order."""
    planted: dict[PaperId, tuple[ThemeId, ...]] = {}
    for theme in taxonomy:
        for seed in theme.seeds if theme.origin == "given" else ():
            planted[seed] = (*planted.get(seed, ()), theme.id)
    return planted


def _basis(
    vectors: Vectors,
    papers: Sequence[Paper],
    taxonomy: Taxonomy,
    queries: Vectors,
    planted: dict[PaperId, tuple[ThemeId, ...]],
) -> _AssignmentInput:
    tree, words = build(taxonomy), term_matrix(papers, taxonomy)
    found = score_themes(vectors, words, papers, taxonomy, queries)
    own = subtract_background(found.together())
    lifted, tops = propagate_up(own, tree), list(tree.tops)
    meaning, wording, mixed = (
        propagate_up(part, tree)[:, tops] for part in (found.meaning, found.words, found.together())
    )
    column = {theme.id: n for n, theme in enumerate(taxonomy.children(None))}
    given = {paper: column[taxonomy.path(themes[0])[0]] for paper, themes in planted.items()}
    fixed = np.array([given.get(paper.id, -1) for paper in papers], dtype=np.intp)
    return _AssignmentInput(tree, words, own, lifted, lifted[:, tops], (meaning, wording), mixed, fixed)


def known_of(
    vectors: Vectors, papers: Sequence[Paper], taxonomy: Taxonomy, queries: Vectors
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the features that confidence rests on, `(n_papers, 4)`, and the column of each paper's top theme.

    For the program that fits the map of confidence; at least two top themes.
    """
    basis = _basis(vectors, papers, taxonomy, queries, _planted(taxonomy))
    learned = refine_centroids(basis.top, vectors, basis.words, _said(basis, basis.tree.tops), basis.fixed)
    chosen = _choose(learned, basis)
    return confidence_features(
        learned.scores, chosen, basis.told, centroid_similarity(vectors, basis.words, learned.members)
    ), chosen


def _choose(learned: RefinedScores, basis: _AssignmentInput) -> NDArray[np.intp]:
    return np.where(basis.fixed >= 0, basis.fixed, learned.scores.argmax(axis=1))


def _decide(
    vectors: Vectors, papers: Sequence[Paper], taxonomy: Taxonomy, basis: _AssignmentInput
) -> _AssignmentDecision:
    """Choose top themes by what the themes say and what their papers share; with one theme there is no choice."""
    learned = refine_centroids(basis.top, vectors, basis.words, _said(basis, basis.tree.tops), basis.fixed)
    scores = basis.top.mean(axis=1, keepdims=True) + learned.lead * learned.scores
    chosen = _choose(learned, basis)
    rivals = _second(scores, chosen)
    shown = centroid_similarity(vectors, basis.words, learned.members)
    alone = scores.shape[1] == 1
    sure = np.ones(len(papers)) if alone else confidence(confidence_features(learned.scores, chosen, basis.told, shown))
    rows = np.arange(len(papers))
    also = learned.members[rows, rivals] >= _ALSO * learned.members[rows, chosen]
    return _AssignmentDecision(
        scores,
        chosen,
        rivals,
        np.where(basis.fixed >= 0, 1.0, sure),
        also & (not alone),
        _judge(vectors, basis, learned, chosen),
        rationale_terms(papers, taxonomy, basis.words, learned, (chosen, rivals)),
    )


def _places(vectors: Vectors, basis: _AssignmentInput, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    """Go down to the deepest theme, at each level by what the sub-themes say and what their papers share."""

    def compare(rows: NDArray[np.intp], children: Sequence[int]) -> Scores:
        words = TermMatrix(basis.words.papers[rows], basis.words.themes)
        nobody = np.full(len(rows), -1, dtype=np.intp)
        return refine_centroids(
            basis.lifted[rows][:, children], vectors[rows], words, _said(basis, children), nobody
        ).scores

    tops = np.asarray(basis.tree.tops, dtype=np.intp)
    return assign_down(basis.own, basis.lifted, basis.tree, tops[chosen], compare)


def _said(basis: _AssignmentInput, themes: Sequence[int]) -> NDArray[np.intp]:
    """Count the different words and pairs that each theme and its sub-themes say, as far as papers use them."""
    said = (np.unique(basis.words.themes[list(basis.tree.subtree[theme])].indices) for theme in themes)
    return np.array([len(columns) for columns in said], dtype=np.intp)


def _judge(vectors: Vectors, basis: _AssignmentInput, learned: RefinedScores, chosen: NDArray[np.intp]) -> ThemeFit:
    weights = learned.members * centroid_weights(basis.mixed, chosen)[:, None]
    by_meaning, by_words = centroid_similarity(vectors, basis.words, weights)
    found = detect_outliers(basis.mixed, by_meaning, chosen, (basis.told[0], by_words))
    given = basis.fixed >= 0
    return ThemeFit(np.where(given, 1.0, found.fit), found.outside & ~given)


def _second(scores: Scores, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    others = scores.copy()
    others[np.arange(len(scores)), chosen] = -np.inf
    second: NDArray[np.intp] = others.argmax(axis=1)
    return second


def _assignments(
    papers: Sequence[Paper],
    taxonomy: Taxonomy,
    nodes: Sequence[ThemeId],
    verdict: _AssignmentDecision,
    planted: dict[PaperId, tuple[ThemeId, ...]],
) -> tuple[Assignment, ...]:
    tops = [theme.id for theme in taxonomy.children(None)]
    paths = {theme: taxonomy.path(theme) for theme in set(nodes)}
    rows, several = np.arange(len(papers)), len(tops) > 1
    score = verdict.scores[rows, verdict.chosen]
    gap = score - verdict.scores[rows, verdict.rivals] if several else score
    doubtful = below_group_quantile(verdict.confidence, verdict.chosen, _UNCERTAIN) | (gap <= 0)
    made = []
    for row, (paper, node) in enumerate(zip(papers, nodes, strict=True)):
        rival = tops[verdict.rivals[row]] if several else None
        place = Assignment(
            paper=paper.id,
            theme=node,
            path=paths[node],
            score=float(score[row]),
            runner_up=rival,
            margin=float(gap[row]),
            uncertain=bool(doubtful[row] and not verdict.fit.outside[row]),
            method="nearest",
            secondary=(rival,) if rival is not None and verdict.also[row] and not verdict.fit.outside[row] else (),
            confidence=float(verdict.confidence[row]),
            fit=float(verdict.fit.fit[row]),
            outside=bool(verdict.fit.outside[row]),
            keywords=verdict.keywords[row],
        )
        given = planted.get(paper.id)
        made.append(replace(place, uncertain=False, method="seed", secondary=given[1:]) if given else place)
    return tuple(made)
