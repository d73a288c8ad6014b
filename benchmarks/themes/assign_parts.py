"""What each part of our placing adds, and what its weights are worth, on the sets for choosing only.

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

from surveygen.themes.assign import refinement
from surveygen.themes.assign.hierarchy import OWN_SHARE, build, propagate_up
from surveygen.themes.assign.refinement import refine_centroids
from surveygen.themes.assign.scores import WORD_WEIGHT, Scores, ThemeScores, score_themes, subtract_background
from surveygen.themes.assign.text_features import TermMatrix, term_matrix

Basis = tuple[LabelSet, ThemeScores, TermMatrix]


def main() -> None:
    """Print one row a variant."""
    parser = argparse.ArgumentParser(description="Compare the parts of our placing.")
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--vectors", type=Path)
    options = parser.parse_args()
    sets = [each for each in label_sets(Encoded(options.vectors), options.packages) if not each.judging]
    bases = [_basis(labeled) for labeled in sets]
    print(f"{'macro-F1':<34}" + "".join(f"{labeled.name:>12}" for labeled in sets) + f"{'mean':>8}")
    for name, variant in VARIANTS.items():
        values = [score(gold_of(basis[0]), variant(basis).argmax(axis=1)) for basis in bases]
        print(f"{name:<34}" + "".join(f"{value:12.3f}" for value in values) + f"{np.mean(values):8.3f}", flush=True)
    for constant, others in LEARNING.items():
        chosen = getattr(refinement, constant)
        for other in others:
            setattr(refinement, constant, other)
            values = [score(gold_of(basis[0]), _learned(basis).argmax(axis=1)) for basis in bases]
            row = "".join(f"{value:12.3f}" for value in values)
            print(f"{f'all,{constant} {other} not {chosen}':<34}{row}{np.mean(values):8.3f}", flush=True)
        setattr(refinement, constant, chosen)


def _basis(labeled: LabelSet) -> Basis:
    words = term_matrix(labeled.papers, labeled.taxonomy)
    return (
        labeled,
        score_themes(labeled.vectors, words, labeled.papers, labeled.taxonomy, labeled.queries.vectors),
        words,
    )


def _told(basis: Basis, weight: float = WORD_WEIGHT, background: float = 0.75, own: float = OWN_SHARE) -> Scores:
    tree = build(basis[0].taxonomy)
    scores: Scores = propagate_up(subtract_background(basis[1].together(weight), share=background), tree, own_share=own)
    return scores[:, list(tree.tops)]


def _learned(basis: Basis, weight: float = WORD_WEIGHT) -> Scores:
    labeled, _, words = basis
    tree = build(labeled.taxonomy)
    said = np.array([len(np.unique(words.themes[list(tree.subtree[top])].indices)) for top in tree.tops], dtype=np.intp)
    nobody: NDArray[np.intp] = np.full(len(labeled.papers), -1, dtype=np.intp)
    return refine_centroids(_told(basis, weight), labeled.vectors, words, said, nobody).scores


VARIANTS: dict[str, Callable[[Basis], Scores]] = {
    "descriptions and keywords": lambda basis: _told(basis, 0, 0, 1),
    "+ sub-themes lift parents": lambda basis: _told(basis, 0, 0),
    "+ words, weight 1": lambda basis: _told(basis, 1, 0),
    "+ words, weight 3": lambda basis: _told(basis, 3, 0),
    "+ background off, .5": lambda basis: _told(basis, background=0.5),
    "+ background off, .75": _told,
    "+ background off, 1": lambda basis: _told(basis, background=1),
    "+ what papers share (all)": _learned,
    "all, words of weight 2": lambda basis: _learned(basis, 2),
    "all, words of weight 4": lambda basis: _learned(basis, 4),
}
LEARNING = {
    "_SOFTNESS": (0.1, 0.3),
    "_ROUNDS": (1, 5),
    "_DOUBT_PAPERS": (5, 20),
    "_DOUBT_WORDS": (15, 50, 100),
    "_WORD_WEIGHT": (0.0, 1.0, 4.0),
    "_BACKGROUND_QUANTILE": (0.02, 0.1, 0.5),
}


if __name__ == "__main__":
    main()
