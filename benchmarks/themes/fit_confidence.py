"""Fit the map from features of an assignment to its confidence, on the sets for choosing; writes confidence.toml.

    python benchmarks/themes/fit_confidence.py --packages PACKAGES [--vectors FILE.npz]

Each set weighs the same whatever its size. The sets come in five families (the survey, the lists, arXiv, newsgroups,
the dictionary); each is also left out once, and the error of the map that the others give is printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from assign import calibration_error
from assign_methods import gold_of
from assign_sets import Encoded, LabelSet, label_sets
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from surveygen import themes
from surveygen.themes.assign.nearest_centroid import AssignmentInput, seed_themes
from surveygen.themes.assign.scores import centroid_similarity
from surveygen.themes.uncertainty import FEATURES, confidence_features

TARGET = Path(themes.__file__).with_name("confidence.toml")
_HEAD = """# The map from features of an assignment to the probability that a person would choose the same theme.
# Written by benchmarks/themes/fit_confidence.py; see there for the label sets it was fitted on.
"""
FAMILIES = {
    "survey": ("alignment", "sections"),
    "lists": ("lists", "list-subs", "headings"),
    "arxiv": ("arxiv", "arxiv-names"),
    "newsgroups": ("news-tops", "newsgroups"),
    "dictionary": ("foldoc",),
}
Labeled = tuple[NDArray[np.float64], NDArray[np.bool_]]


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description="Fit the map of confidence.")
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--vectors", type=Path)
    options = parser.parse_args()
    sets = label_sets(Encoded(options.vectors), options.packages)
    labeled = {labels.name: _labeled(labels) for labels in sets if not labels.judging}
    for family, names in FAMILIES.items():
        weights, intercept = _fit({name: pair for name, pair in labeled.items() if name not in names})
        errors = list(_errors({name: labeled[name] for name in names}, weights, intercept))
        print(f"{family} left out: " + ", ".join(f"{name} ECE {error:.3f}" for name, error in errors))
    weights, intercept = _fit(labeled)
    lines = [f"intercept = {intercept:.4f}", *(f"{n} = {w:.4f}" for n, w in zip(FEATURES, weights, strict=True))]
    TARGET.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def _labeled(labels: LabelSet) -> Labeled:
    """Return the features of each assignment, and whether it is right; at least two top themes."""
    fixed = seed_themes(labels.taxonomy)
    inputs = AssignmentInput.build(labels.vectors, labels.papers, labels.taxonomy, labels.queries.vectors, fixed)
    refined = inputs.refine_tops()
    chosen = np.where(inputs.fixed >= 0, inputs.fixed, refined.scores.argmax(axis=1))
    by_centroid = centroid_similarity(inputs.vectors, inputs.terms, refined.members)
    return confidence_features(refined.scores, chosen, inputs.by_query, by_centroid), chosen == gold_of(labels)


def _fit(labeled: dict[str, Labeled]) -> tuple[NDArray[np.float64], float]:
    features = np.vstack([pair[0] for pair in labeled.values()])
    right = np.concatenate([pair[1] for pair in labeled.values()])
    weights = np.concatenate([np.full(len(pair[1]), 100 / len(pair[1])) for pair in labeled.values()])
    middle, spread = features.mean(axis=0), features.std(axis=0)
    model = LogisticRegression(C=1.0).fit((features - middle) / spread, right, sample_weight=weights)
    slopes = model.coef_[0] / spread
    return slopes, float(model.intercept_[0] - slopes @ middle)


def _errors(labeled: dict[str, Labeled], weights: NDArray[np.float64], intercept: float) -> Iterator[tuple[str, float]]:
    for name, (features, right) in labeled.items():
        yield name, calibration_error(1 / (1 + np.exp(-(features @ weights + intercept))), right)


if __name__ == "__main__":
    main()
