"""Assign papers to the themes of a taxonomy."""

from __future__ import annotations

from surveygen.themes.assign.explain import rationale_sentences
from surveygen.themes.assign.nearest_centroid import NearestCentroidAssigner
from surveygen.themes.assign.stability import PreviousState, StableAssignments, stabilize
from surveygen.themes.assign.text_features import ThemeVectors, theme_queries, theme_vectors

__all__ = [
    "NearestCentroidAssigner",
    "PreviousState",
    "StableAssignments",
    "ThemeVectors",
    "rationale_sentences",
    "stabilize",
    "theme_queries",
    "theme_vectors",
]
