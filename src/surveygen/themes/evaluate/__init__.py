"""Evaluate assignments and headings against people's labels and outlines."""

from __future__ import annotations

from surveygen.themes.evaluate.gold import Gold, gold_depth, match_labels, read_gold, read_outline
from surveygen.themes.evaluate.measures import calibrate, compare_headings, evaluate, macro_f1, purity

__all__ = [
    "Gold",
    "calibrate",
    "compare_headings",
    "evaluate",
    "gold_depth",
    "macro_f1",
    "match_labels",
    "purity",
    "read_gold",
    "read_outline",
]
