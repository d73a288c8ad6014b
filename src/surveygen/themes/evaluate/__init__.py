"""Evaluate assignments and headings against labels that people gave."""

from __future__ import annotations

from surveygen.themes.evaluate.gold import Gold, gold_depth, match, read_gold
from surveygen.themes.evaluate.headings import compare_headings, read_outline
from surveygen.themes.evaluate.measures import evaluate, macro_f1, purity

__all__ = [
    "Gold",
    "compare_headings",
    "evaluate",
    "gold_depth",
    "macro_f1",
    "match",
    "purity",
    "read_gold",
    "read_outline",
]
