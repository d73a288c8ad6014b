"""Taxonomy themes: profiles, nearest papers, the map, and doubtful assignments.

`surveygen.themes.assign` places papers under themes, `induce` finds themes in papers, `curate` applies and suggests
changes to a taxonomy, and `evaluate` compares assignments with labels that people gave.
"""

from __future__ import annotations

from surveygen.themes.neighbors import nearest_papers, update_neighbors
from surveygen.themes.paper_map import MAP_METHOD, join_map, map_papers, sampling_key
from surveygen.themes.profile import Profile, load_profile, shipped_profiles
from surveygen.themes.uncertainty import border_cases

__all__ = [
    "MAP_METHOD",
    "Profile",
    "border_cases",
    "join_map",
    "load_profile",
    "map_papers",
    "nearest_papers",
    "sampling_key",
    "shipped_profiles",
    "update_neighbors",
]
