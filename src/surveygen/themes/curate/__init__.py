"""Apply decisions to a taxonomy, suggest changes, and align two taxonomies."""

from __future__ import annotations

from surveygen.themes.curate.alignment import agreement, align
from surveygen.themes.curate.decisions import CuratedTaxonomy, apply_decisions
from surveygen.themes.curate.suggestions import SuggestionInput, suggest_changes

__all__ = ["CuratedTaxonomy", "SuggestionInput", "agreement", "align", "apply_decisions", "suggest_changes"]
