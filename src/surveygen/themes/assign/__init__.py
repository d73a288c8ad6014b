"""Assign papers to the themes of a taxonomy."""

from __future__ import annotations

from surveygen.themes.assign.explanation import rationale_sentences
from surveygen.themes.assign.nearest_centroid import NearestCentroidAssigner
from surveygen.themes.assign.protocol import NO_OVERRIDES, ThemeVectors
from surveygen.themes.assign.queries import theme_queries, theme_vectors
from surveygen.themes.assign.stability import PreviousState, StableAssignments, stabilize

__all__ = [
    "NO_OVERRIDES",
    "NearestCentroidAssigner",
    "PreviousState",
    "StableAssignments",
    "ThemeVectors",
    "rationale_sentences",
    "stabilize",
    "theme_queries",
    "theme_vectors",
]
