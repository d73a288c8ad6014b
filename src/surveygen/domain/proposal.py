"""Proposed changes of themes, drift, and the lineage of taxonomies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from surveygen.domain.paper import PaperId
from surveygen.domain.theme import ThemeId

ProposalKind = Literal["new", "split", "merge"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the themes that a person may accept.

    Attributes:
        id: the same as long as the same change is proposed.
        themes: of "split" the theme, of "merge" the theme to remove and the theme that takes its papers, of "new" the
            parent, or nothing for a top theme.
        papers: the supporting papers, sorted. name, keywords: of a new theme.
        reason: the evidence in short.
    """

    id: str
    kind: ProposalKind
    themes: tuple[ThemeId, ...] = ()
    papers: tuple[PaperId, ...] = ()
    name: str = ""
    keywords: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """Agreement of the assignments with themes induced anew, by normalized mutual information, 0 to 1.

    Attributes:
        kept: agreement of the assignments with the new themes. fresh: agreement of the new themes with themes induced
            from four fifths of the same papers, an upper bound.
        grown: `kept` is so far below `fresh` that a new taxonomy should be considered.
    """

    kept: float
    fresh: float
    grown: bool


@dataclass(frozen=True, slots=True)
class Lineage:
    """The differences between a taxonomy and an earlier one.

    Attributes:
        kept: ids in both. born: new ids. retired: ids that are gone.
        merged: (gone theme, theme that took most of its papers). split: (old theme, themes that share its papers).
    """

    kept: tuple[ThemeId, ...] = ()
    born: tuple[ThemeId, ...] = ()
    retired: tuple[ThemeId, ...] = ()
    merged: tuple[tuple[ThemeId, ThemeId], ...] = ()
    split: tuple[tuple[ThemeId, tuple[ThemeId, ...]], ...] = ()
