"""Place papers in a taxonomy, find themes in them, and measure both."""

from __future__ import annotations

from surveygen.themes._align import agreement, align
from surveygen.themes._doubt import border_cases
from surveygen.themes._gold import Gold, gold_depth, read_gold
from surveygen.themes._headings import compare_headings, read_outline
from surveygen.themes._map import MAP, join_map, map_papers
from surveygen.themes._measure import evaluate, macro_f1, purity
from surveygen.themes._neighbours import nearest_papers
from surveygen.themes._profile import Profile, load_profile, shipped_profiles
from surveygen.themes._propose import SuggestionInput, propose
from surveygen.themes._protocol import NOBODY, Assigner, Inducer, ThemeVectors
from surveygen.themes._queries import theme_queries, theme_vectors
from surveygen.themes._settle import PreviousState, StableAssignments, stabilize
from surveygen.themes._steer import CuratedTaxonomy, apply_decisions
from surveygen.themes._updated import updated_nearest
from surveygen.themes._why import deciding_sentences

__all__ = [
    "MAP",
    "NOBODY",
    "Assigner",
    "CuratedTaxonomy",
    "Gold",
    "Inducer",
    "PreviousState",
    "Profile",
    "StableAssignments",
    "SuggestionInput",
    "ThemeVectors",
    "agreement",
    "align",
    "apply_decisions",
    "border_cases",
    "compare_headings",
    "deciding_sentences",
    "evaluate",
    "gold_depth",
    "join_map",
    "load_profile",
    "macro_f1",
    "map_papers",
    "nearest_papers",
    "propose",
    "purity",
    "read_gold",
    "read_outline",
    "shipped_profiles",
    "stabilize",
    "theme_queries",
    "theme_vectors",
    "updated_nearest",
]
