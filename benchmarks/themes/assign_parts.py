"""Print what each part of the assigner adds and what other weights give, on the sets for choosing only.

    python benchmarks/themes/assign_parts.py --packages PACKAGES [--vectors FILE.npz]

The sets for judging of assign.py are left out: nothing may be chosen by them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from assign_methods import gold_of, score
from assign_sets import Encoded, LabelSet, label_sets
from numpy.typing import NDArray

from surveygen.themes.assign import scores as scoring
from surveygen.themes.assign.scores import (
    OWN_SHARE,
    TERM_WEIGHT,
    ThemeScores,
    ThemeTree,
    propagate_up,
    refine_centroids,
    score_themes,
    subtract_background,
)
from surveygen.themes.assign.text_features import TermMatrix, term_matrix
from surveygen.themes.uncertainty import Scores

Basis = tuple[LabelSet, ThemeScores, TermMatrix]


def main() -> None:
    """Print one row a variant."""
    parser = argparse.ArgumentParser(description="Compare the parts of the assigner.")
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--vectors", type=Path)
    options = parser.parse_args()
    sets = [labeled for labeled in label_sets(Encoded(options.vectors), options.packages) if not labeled.judging]
    bases = [_basis(labeled) for labeled in sets]
    print(f"{'macro-F1':<34}" + "".join(f"{labeled.name:>12}" for labeled in sets) + f"{'mean':>8}")
    for name, variant in VARIANTS.items():
        values = [score(gold_of(basis[0]), variant(basis).argmax(axis=1)) for basis in bases]
        print(f"{name:<34}" + "".join(f"{value:12.3f}" for value in values) + f"{np.mean(values):8.3f}", flush=True)
    for constant, others in REFINEMENT.items():
        chosen = getattr(scoring, constant)
        for other in others:
            setattr(scoring, constant, other)
            values = [score(gold_of(basis[0]), _refined(basis).argmax(axis=1)) for basis in bases]
            row = "".join(f"{value:12.3f}" for value in values)
            print(f"{f'all,{constant} {other} not {chosen}':<34}{row}{np.mean(values):8.3f}", flush=True)
        setattr(scoring, constant, chosen)


def _basis(labeled: LabelSet) -> Basis:
    terms = term_matrix(labeled.papers, labeled.taxonomy)
    scores = score_themes(labeled.vectors, terms, labeled.papers, labeled.taxonomy, labeled.queries.vectors)
    return labeled, scores, terms


def _by_query(basis: Basis, weight: float = TERM_WEIGHT, background: float = 0.75, own: float = OWN_SHARE) -> Scores:
    tree = ThemeTree.build(basis[0].taxonomy)
    above = subtract_background(basis[1].combined(weight), share=background)
    scores: Scores = propagate_up(above, tree, own_share=own)
    return scores[:, list(tree.tops)]


def _refined(basis: Basis, weight: float = TERM_WEIGHT) -> Scores:
    labeled, _, terms = basis
    tree = ThemeTree.build(labeled.taxonomy)
    subtrees = (list(tree.subtree[top]) for top in tree.tops)
    counts = np.array([len(np.unique(terms.themes[rows].indices)) for rows in subtrees], dtype=np.intp)
    none_fixed: NDArray[np.intp] = np.full(len(labeled.papers), -1, dtype=np.intp)
    return refine_centroids(_by_query(basis, weight), labeled.vectors, terms, counts, none_fixed).scores


VARIANTS: dict[str, Callable[[Basis], Scores]] = {
    "descriptions and keywords": lambda basis: _by_query(basis, 0, 0, 1),
    "+ sub-themes raise parents": lambda basis: _by_query(basis, 0, 0),
    "+ terms, weight 1": lambda basis: _by_query(basis, 1, 0),
    "+ terms, weight 3": lambda basis: _by_query(basis, 3, 0),
    "+ background off, .5": lambda basis: _by_query(basis, background=0.5),
    "+ background off, .75": _by_query,
    "+ background off, 1": lambda basis: _by_query(basis, background=1),
    "+ centroids of papers (all)": _refined,
    "all, terms of weight 2": lambda basis: _refined(basis, 2),
    "all, terms of weight 4": lambda basis: _refined(basis, 4),
}
REFINEMENT = {
    "_TEMPERATURE": (0.1, 0.3),
    "_ROUNDS": (1, 5),
    "_PRIOR_PAPERS": (5, 20),
    "_PRIOR_TERMS": (15, 50, 100),
    "_CENTROID_TERM_WEIGHT": (0.0, 1.0, 4.0),
    "_CENTROID_BACKGROUND": (0.02, 0.1, 0.5),
}


if __name__ == "__main__":
    main()
