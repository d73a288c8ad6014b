"""Assign each paper to the theme whose text and papers are nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId
from surveygen.themes.assign.explain import rationale_terms
from surveygen.themes.assign.scores import (
    RefinedScores,
    ThemeTree,
    assign_down,
    centroid_similarity,
    propagate_up,
    refine_centroids,
    score_themes,
    subtract_background,
)
from surveygen.themes.assign.text_features import TermMatrix, ThemeVectors, term_matrix
from surveygen.themes.uncertainty import (
    Scores,
    ThemeFit,
    below_group_quantile,
    centroid_weights,
    confidence,
    confidence_features,
    detect_outliers,
)

_UNCERTAIN = 0.15  # share of each theme's papers, those of the lowest confidence
_SECONDARY = 0.7  # of a paper's membership in its theme: with as much in the runner-up, that is a secondary theme

NO_OVERRIDES: Mapping[PaperId, ThemeId] = MappingProxyType({})
_SeedThemes = Mapping[PaperId, tuple[ThemeId, ...]]


class NearestCentroidAssigner:
    """Compares papers with each theme's text, keywords, sub-themes, seeds and papers, by vectors and by terms.

    The parts were chosen over several kinds of labels (benchmarks/themes/assign_parts.py): scores of sub-themes
    propagated to their parent, terms beside vectors, a background level of each theme, and centroids of its papers.
    Centering on the mean, label propagation, and self-training in which each paper also votes for itself help on some
    labels and harm on others, and are left out. Deterministic.
    """

    fingerprint = "nearest-3"  # a new number whenever the same input could give another result

    def assign(
        self,
        embeddings: Embeddings,
        papers: Sequence[Paper],
        taxonomy: Taxonomy,
        theme_vectors: ThemeVectors,
        *,
        overrides: Mapping[PaperId, ThemeId] = NO_OVERRIDES,
    ) -> tuple[Assignment, ...]:
        """Return the assignment of each paper, in the order of `papers`; none if the taxonomy is empty.

        Papers of `overrides` (method "person") and seeds (method "seed") are assigned as the person decided, whatever
        their scores; seeds of an induced theme only draw it toward them.
        Time and memory grow with papers times themes.
        """
        if not papers or not len(taxonomy):
            return ()
        vectors = embeddings.rows([paper.id for paper in papers])
        fixed = seed_themes(taxonomy) | {paper: (theme,) for paper, theme in overrides.items()}
        # One thread, because the sum of several comes in any order.
        with threadpool_limits(limits=1):
            inputs = AssignmentInput.build(vectors, papers, taxonomy, theme_vectors.vectors, fixed)
            refined = inputs.refine_tops()
            choice = inputs.choose_tops(refined)
            rationales = rationale_terms(papers, taxonomy, inputs.terms, refined, (choice.chosen, choice.runners_up))
            nodes = inputs.deepest_themes(choice.chosen)
        ids = [theme.id for theme in taxonomy]
        themes = [
            fixed[p.id][0] if p.id in fixed else ids[node] for p, node in zip(papers, nodes.tolist(), strict=True)
        ]
        assigned = _assignments(papers, taxonomy, themes, choice, rationales)
        # What a person decided is certain; further themes of a seed are secondary.
        return tuple(
            replace(
                item,
                uncertain=False,
                method="person" if item.paper in overrides else "seed",
                secondary=fixed[item.paper][1:],
            )
            if item.paper in fixed
            else item
            for item in assigned
        )


@dataclass(frozen=True, slots=True, eq=False)
class AssignmentInput:
    """Scores of all papers before any theme is chosen.

    `own` and `propagated` have a column for each theme; `by_query` (by vectors, by terms), `combined` and `top`
    (without the background) one for each top theme. `fixed` is the column of the top theme that a person gave a paper,
    -1 for none.
    """

    vectors: Vectors
    tree: ThemeTree
    terms: TermMatrix
    own: Scores
    propagated: Scores
    top: Scores
    by_query: tuple[Scores, Scores]
    combined: Scores
    fixed: NDArray[np.intp]

    @classmethod
    def build(
        cls, vectors: Vectors, papers: Sequence[Paper], taxonomy: Taxonomy, queries: Vectors, fixed: _SeedThemes
    ) -> AssignmentInput:
        """Score the papers, `fixed` naming the themes that a person gave some of them."""
        tree, terms = ThemeTree.build(taxonomy), term_matrix(papers, taxonomy)
        scores = score_themes(vectors, terms, papers, taxonomy, queries)
        own = subtract_background(scores.combined())
        propagated, tops = propagate_up(own, tree), list(tree.tops)
        by_vectors, by_terms, combined = (
            propagate_up(part, tree)[:, tops] for part in (scores.vectors, scores.terms, scores.combined())
        )
        column = {theme.id: n for n, theme in enumerate(taxonomy.children(None))}
        given = {paper: column[taxonomy.path(themes[0])[0]] for paper, themes in fixed.items()}
        columns = np.array([given.get(paper.id, -1) for paper in papers], dtype=np.intp)
        return cls(
            vectors, tree, terms, own, propagated, propagated[:, tops], (by_vectors, by_terms), combined, columns
        )

    def refine_tops(self) -> RefinedScores:
        """Refine the scores of the top themes by the papers."""
        return refine_centroids(self.top, self.vectors, self.terms, self.query_term_counts(self.tree.tops), self.fixed)

    def choose_tops(self, refined: RefinedScores) -> TopChoice:
        """Choose top themes by their refined scores; confidence and fit are 1 where a person left no choice."""
        scores = self.top.mean(axis=1, keepdims=True) + refined.typical_margin * refined.scores
        is_fixed, rows = self.fixed >= 0, np.arange(len(scores))
        chosen = np.where(is_fixed, self.fixed, refined.scores.argmax(axis=1))
        others = scores.copy()
        others[rows, chosen] = -np.inf
        runners_up = others.argmax(axis=1)
        probability, is_secondary = np.ones(len(scores)), np.zeros(len(scores), dtype=np.bool_)
        if scores.shape[1] > 1:
            by_centroid = centroid_similarity(self.vectors, self.terms, refined.members)
            probability = confidence(confidence_features(refined.scores, chosen, self.by_query, by_centroid))
            is_secondary = refined.members[rows, runners_up] >= _SECONDARY * refined.members[rows, chosen]
        weights = refined.members * centroid_weights(self.combined, chosen)[:, None]
        by_vectors, by_terms = centroid_similarity(self.vectors, self.terms, weights)
        estimate = detect_outliers(self.combined, by_vectors, chosen, (self.by_query[0], by_terms))
        fit = ThemeFit(np.where(is_fixed, 1.0, estimate.fit), estimate.is_outlier & ~is_fixed)
        return TopChoice(scores, chosen, runners_up, np.where(is_fixed, 1.0, probability), is_secondary, fit)

    def deepest_themes(self, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
        """Go down to the deepest theme, at each level by the refined scores of the siblings among their own papers."""

        def compare(rows: NDArray[np.intp], children: Sequence[int]) -> Scores:
            terms = TermMatrix(self.terms.papers[rows], self.terms.themes)
            none_fixed = np.full(len(rows), -1, dtype=np.intp)
            scores, query_terms = self.propagated[rows][:, children], self.query_term_counts(children)
            return refine_centroids(scores, self.vectors[rows], terms, query_terms, none_fixed).scores

        tops = np.asarray(self.tree.tops, dtype=np.intp)
        return assign_down(self.own, self.propagated, self.tree, tops[chosen], compare)

    def query_term_counts(self, themes: Sequence[int]) -> NDArray[np.intp]:
        """Count the different terms in the text of each theme and its sub-themes, as far as papers use them."""
        columns = (np.unique(self.terms.themes[list(self.tree.subtree[theme])].indices) for theme in themes)
        return np.array([len(terms) for terms in columns], dtype=np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class TopChoice:
    """The top theme of each paper; `chosen` and `runners_up` are columns of `scores`, one for each top theme."""

    scores: Scores
    chosen: NDArray[np.intp]
    runners_up: NDArray[np.intp]
    confidence: NDArray[np.float64]
    is_secondary: NDArray[np.bool_]
    fit: ThemeFit


def seed_themes(taxonomy: Taxonomy) -> dict[PaperId, tuple[ThemeId, ...]]:
    """Return for each seed that a person named its themes, in reading order."""
    themes: dict[PaperId, tuple[ThemeId, ...]] = {}
    for theme in taxonomy:
        for seed in theme.seeds if theme.origin == "given" else ():
            themes[seed] = (*themes.get(seed, ()), theme.id)
    return themes


def _assignments(
    papers: Sequence[Paper],
    taxonomy: Taxonomy,
    themes: Sequence[ThemeId],
    choice: TopChoice,
    rationales: Sequence[tuple[str, ...]],
) -> tuple[Assignment, ...]:
    """Make the assignments; uncertain are those of the lowest confidence in their theme, and those without a margin."""
    tops = [theme.id for theme in taxonomy.children(None)]
    paths = {theme: taxonomy.path(theme) for theme in set(themes)}
    rows, several = np.arange(len(papers)), len(tops) > 1
    score = choice.scores[rows, choice.chosen]
    margin = score - choice.scores[rows, choice.runners_up] if several else score
    uncertain = below_group_quantile(choice.confidence, choice.chosen, _UNCERTAIN) | (margin <= 0)
    assigned = []
    for row, (paper, theme) in enumerate(zip(papers, themes, strict=True)):
        runner_up = tops[choice.runners_up[row]] if several else None
        is_member = not choice.fit.is_outlier[row]
        assigned.append(
            Assignment(
                paper=paper.id,
                theme=theme,
                path=paths[theme],
                score=float(score[row]),
                runner_up=runner_up,
                margin=float(margin[row]),
                uncertain=bool(uncertain[row] and is_member),
                method="nearest",
                secondary=(runner_up,) if runner_up is not None and choice.is_secondary[row] and is_member else (),
                confidence=float(choice.confidence[row]),
                fit=float(choice.fit.fit[row]),
                outside=not is_member,
                keywords=rationales[row],
            )
        )
    return tuple(assigned)
