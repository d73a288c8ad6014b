"""Fit the map from features of a placement to its confidence, on the sets for choosing; writes confidence.toml.

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

import surveygen.themes.assign.nearest_centroid as assigner
from surveygen.themes.uncertainty import FEATURES

TARGET = Path(assigner.__file__).with_name("confidence.toml")
_HEAD = """# The map from what is known of a placement to the probability that a person would choose the same theme.
# Written by benchmarks/themes/fit_confidence.py; see there for the label sets it was fitted on.
"""
FAMILIES = {
    "survey": ("alignment", "sections"),
    "lists": ("lists", "list-subs", "headings"),
    "arxiv": ("arxiv", "arxiv-names"),
    "newsgroups": ("news-tops", "newsgroups"),
    "dictionary": ("foldoc",),
}
Known = tuple[NDArray[np.float64], NDArray[np.bool_]]


def main() -> None:
    """Fit, report and write."""
    parser = argparse.ArgumentParser(description="Fit the map of confidence.")
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--vectors", type=Path)
    options = parser.parse_args()
    sets = label_sets(Encoded(options.vectors), options.packages)
    known = {labeled.name: _known(labeled) for labeled in sets if not labeled.judging}
    for family, names in FAMILIES.items():
        weights, intercept = _fit({name: pair for name, pair in known.items() if name not in names})
        errors = list(_errors({name: known[name] for name in names}, weights, intercept))
        print(f"{family} left out: " + ", ".join(f"{name} ECE {error:.3f}" for name, error in errors))
    weights, intercept = _fit(known)
    lines = [f"intercept = {intercept:.4f}", *(f"{n} = {w:.4f}" for n, w in zip(FEATURES, weights, strict=True))]
    TARGET.write_text(_HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def _known(labeled: LabelSet) -> Known:
    """Return the features of each placement, and whether it is right."""
    found = assigner.known_of(labeled.vectors, labeled.papers, labeled.taxonomy, labeled.queries.vectors)
    return found[0], found[1] == gold_of(labeled)


def _fit(known: dict[str, Known]) -> tuple[NDArray[np.float64], float]:
    features = np.vstack([pair[0] for pair in known.values()])
    right = np.concatenate([pair[1] for pair in known.values()])
    weights = np.concatenate([np.full(len(pair[1]), 100 / len(pair[1])) for pair in known.values()])
    middle, spread = features.mean(axis=0), features.std(axis=0)
    model = LogisticRegression(C=1.0).fit((features - middle) / spread, right, sample_weight=weights)
    slopes = model.coef_[0] / spread
    return slopes, float(model.intercept_[0] - slopes @ middle)


def _errors(known: dict[str, Known], weights: NDArray[np.float64], intercept: float) -> Iterator[tuple[str, float]]:
    for name, (features, right) in known.items():
        yield name, calibration_error(1 / (1 + np.exp(-(features @ weights + intercept))), right)


if __name__ == "__main__":
    main()
