"""Themes, assignments of papers, and proposed changes of themes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NewType

from surveygen.domain.paper import PaperId

ThemeId = NewType("ThemeId", str)
Origin = Literal["given", "induced"]
ProposalKind = Literal["new", "split", "merge"]


@dataclass(frozen=True, slots=True)
class Theme:
    """A node of the taxonomy.

    Attributes:
        id: minted once, never an index, never reused.
        name: in English; `names` holds (language code, name) pairs sorted by code.
        description: what belongs here and what does not; also the query that papers are compared with.
        keywords: the field's own terms. seeds: papers that a person named as clear examples; of an induced theme its
            most central ones.
    """

    id: ThemeId
    name: str
    parent: ThemeId | None = None
    description: str = ""
    keywords: tuple[str, ...] = ()
    seeds: tuple[PaperId, ...] = ()
    origin: Origin = "given"
    names: tuple[tuple[str, str], ...] = ()

    def name_in(self, language: str) -> str:
        """Return the name in a language, in English where that is unknown."""
        return dict(self.names).get(language, self.name)


@dataclass(frozen=True)  # without slots, which a cached property cannot have
class Taxonomy:
    """A forest of themes in reading order: parents before their children.

    Raises:
        ValueError: two themes share an id, or a parent is not named before its child.
    """

    themes: tuple[Theme, ...] = ()

    def __post_init__(self) -> None:
        seen: set[ThemeId] = set()
        for theme in self.themes:
            if theme.id in seen:
                raise ValueError(f"two themes have the id {theme.id!r}")
            if theme.parent is not None and theme.parent not in seen:
                raise ValueError(f"theme {theme.id!r} names the parent {theme.parent!r}, which does not precede it")
            seen.add(theme.id)

    @cached_property
    def _by_id(self) -> dict[ThemeId, Theme]:
        return {theme.id: theme for theme in self.themes}

    def __iter__(self) -> Iterator[Theme]:
        return iter(self.themes)

    def __len__(self) -> int:
        return len(self.themes)

    def __contains__(self, theme: object) -> bool:
        return theme in self._by_id

    def __getitem__(self, theme: ThemeId) -> Theme:
        return self._by_id[theme]

    def children(self, parent: ThemeId | None) -> tuple[Theme, ...]:
        """Return the direct children of a theme, the top themes for None."""
        return tuple(theme for theme in self.themes if theme.parent == parent)

    def path(self, theme: ThemeId) -> tuple[ThemeId, ...]:
        """Return the ids from the top theme down to this one."""
        node: Theme | None = self[theme]
        steps: list[ThemeId] = []
        while node is not None:
            steps.append(node.id)
            node = self[node.parent] if node.parent is not None else None
        return tuple(reversed(steps))

    def subtree(self, theme: ThemeId) -> tuple[Theme, ...]:
        """Return a theme and all below it, in reading order."""
        inside = {theme}
        for node in self.themes:
            if node.parent in inside:
                inside.add(node.id)
        return tuple(node for node in self.themes if node.id in inside)


def in_reading_order(themes: Sequence[Theme]) -> Taxonomy:
    """Put children right after their parents, keeping the order among siblings."""
    ordered: list[Theme] = []

    def visit(parent: ThemeId | None) -> None:
        for theme in themes:
            if theme.parent == parent:
                ordered.append(theme)
                visit(theme.id)

    visit(None)
    return Taxonomy(tuple(ordered))


@dataclass(frozen=True, slots=True)
class Assignment:
    """The theme of a paper.

    Attributes:
        theme: the deepest node that fits. path: top theme down to `theme`.
        score: similarity to the top theme chosen; larger is nearer (cosine scale, -1 to 1).
        runner_up: the second best top theme, None if there is only one. margin: score minus the runner-up's score.
        uncertain: the confidence is among the smallest of its theme; shown, never hidden.
        method: how it was decided ("nearest", "seed", "person", ...). secondary: further themes it belongs to.
        confidence: 0 to 1, the probability that a person would choose the same top theme.
        fit: 0 to 1, how clearly it differs from the papers of other themes. outside: it fits no theme; `theme` is then
            only the nearest one, and the paper is not a member of it.
        keywords: its words that decided, the most important first.
    """

    paper: PaperId
    theme: ThemeId
    path: tuple[ThemeId, ...]
    score: float
    runner_up: ThemeId | None
    margin: float
    uncertain: bool
    method: str
    secondary: tuple[ThemeId, ...] = ()
    confidence: float = 0.0
    fit: float = 1.0
    outside: bool = False
    keywords: tuple[str, ...] = ()

    def belongs(self, theme: ThemeId) -> bool:
        """Whether the paper is a member of a theme, here or below it."""
        return not self.outside and theme in self.path


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the themes that a person may accept.

    Attributes:
        id: the same as long as the same change is proposed.
        themes: of "split" the theme, of "merge" the theme to remove and the theme that takes its papers, of "new" the
            parent, or nothing for a top theme.
        papers: the supporting papers, sorted. name, keywords, description: of a new theme.
        reason: the evidence in short.
    """

    id: str
    kind: ProposalKind
    themes: tuple[ThemeId, ...] = ()
    papers: tuple[PaperId, ...] = ()
    name: str = ""
    keywords: tuple[str, ...] = ()
    reason: str = ""
    description: str = ""


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
