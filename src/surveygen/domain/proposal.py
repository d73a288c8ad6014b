"""What is proposed about themes, and how taxonomies follow each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from surveygen.domain.paper import PaperId
from surveygen.domain.theme import ThemeId

ProposalKind = Literal["new", "split", "merge"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the themes that waits for a person.

    Attributes:
        id: stays while the same thing is proposed.
        themes: of "split" the theme, of "merge" the one that would go and the one that would take its papers, of "new"
            the parent, or nothing for a top theme.
        papers: those that speak for it, sorted. name, keywords: of a new theme.
        reason: the evidence in a few words.
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
    """How far the places are from themes induced afresh, by normalized mutual information, 0 to 1.

    Attributes:
        kept: agreement of the places with the fresh themes. fresh: agreement of these with themes induced from four
            fifths of the same papers, which is as much as can be expected.
        grown: `kept` is so far below `fresh` that a re-taxonomy is worth a look.
    """

    kept: float
    fresh: float
    grown: bool


@dataclass(frozen=True, slots=True)
class Lineage:
    """How a taxonomy follows from another.

    Attributes:
        kept: ids in both. born: new ids. retired: ids that are gone.
        merged: (gone theme, theme that took most of its papers). split: (old theme, themes that share its papers).
    """

    kept: tuple[ThemeId, ...] = ()
    born: tuple[ThemeId, ...] = ()
    retired: tuple[ThemeId, ...] = ()
    merged: tuple[tuple[ThemeId, ThemeId], ...] = ()
    split: tuple[tuple[ThemeId, tuple[ThemeId, ...]], ...] = ()
