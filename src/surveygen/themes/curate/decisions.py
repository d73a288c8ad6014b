"""Apply a person's decisions to a taxonomy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from surveygen.domain.decision import Decision, active_decisions
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Taxonomy, Theme, ThemeId, in_reading_order
from surveygen.languages.definitions import read_definition


@dataclass(frozen=True, slots=True)
class CuratedTaxonomy:
    """A taxonomy with the decisions applied.

    Attributes:
        taxonomy: what papers are compared with. Its names are those from before any renaming, so that renaming a theme
            moves no paper.
        names: new names by theme. placed: papers whose theme a person chose.
        merged_into: for each theme that is gone the one that took its papers.
        without_effect: numbers of decisions without effect, because a theme that they name does not exist.
    """

    taxonomy: Taxonomy
    names: Mapping[ThemeId, str] = field(default_factory=dict)
    placed: Mapping[PaperId, ThemeId] = field(default_factory=dict)
    merged_into: Mapping[ThemeId, ThemeId] = field(default_factory=dict)
    without_effect: tuple[int, ...] = ()

    @property
    def shown(self) -> Taxonomy:
        """The taxonomy with its new names, computed definitions with them; translations of an old name are dropped."""
        return Taxonomy(tuple(_renamed(t, self.names[t.id]) if t.id in self.names else t for t in self.taxonomy))

    def successor(self, theme: ThemeId | str) -> ThemeId:
        """Return the theme itself, or the one that took its papers."""
        return self.merged_into.get(ThemeId(theme), ThemeId(theme))


def _renamed(theme: Theme, name: str) -> Theme:
    """Give a theme another name, in its definition as well unless a person wrote that."""
    definition = read_definition(theme.description) if theme.origin == "induced" and name != theme.name else None
    description = definition.renamed(name).say() if definition else theme.description
    return replace(theme, name=name, names=(), description=description)


def apply_decisions(
    taxonomy: Taxonomy, decisions: Iterable[Decision], replaced: Mapping[ThemeId, ThemeId] | None = None
) -> CuratedTaxonomy:
    """Apply the active decisions in their order. Pure, and applying a decision twice changes nothing.

    Args:
        taxonomy: given and induced themes before any decision.
        decisions: all of the store, undone ones too.
        replaced: themes of an earlier taxonomy with their successors in this one.
    """
    decisions = tuple(decisions)
    builder = _Builder(taxonomy, replaced or {})
    without_effect = [
        decision.number
        for decision in active_decisions(decisions)
        if decision.action != "edit" and not builder.apply(decision)
    ]
    builder.return_papers_of_parts(decision for decision in decisions if decision.action == "split")
    return CuratedTaxonomy(
        in_reading_order(tuple(builder.themes.values())),
        {theme: name for theme, name in builder.names.items() if theme in builder.themes},
        builder.placed,
        builder.merged_into,
        tuple(without_effect),
    )


class _Builder:
    """The state while decisions are applied one after another."""

    def __init__(self, taxonomy: Taxonomy, replaced: Mapping[ThemeId, ThemeId]) -> None:
        self.themes = {theme.id: theme for theme in taxonomy}
        self.names: dict[ThemeId, str] = {}
        self.placed: dict[PaperId, ThemeId] = {}
        self.merged_into = {old: new for old, new in replaced.items() if old not in self.themes and new in self.themes}

    def apply(self, decision: Decision) -> bool:
        """Apply one decision; False if a theme that it needs does not exist."""
        theme = self._successor(decision.target) if decision.action in {"move", "pin"} else ThemeId(decision.subject)
        match decision.action:
            case "merge":
                return self._merge(theme, self._successor(decision.target))
            case "add":
                parent = self._successor(decision.target)
                self._insert(replace(t, parent=parent if parent in self.themes else None) for t in decision.themes)
                for paper, new in ((paper, theme.id) for theme in decision.themes for paper in theme.seeds):
                    self._make_seed(paper, self._successor(new))
            case "exclude":
                self.placed.pop(PaperId(decision.subject), None)
                self._remove_seed(PaperId(decision.subject))
            case _ if theme not in self.themes:
                return False
            case "rename":
                self.names[theme] = decision.target
            case "split":
                self._insert(replace(child, parent=theme) for child in decision.themes)
            case _:
                self._make_seed(PaperId(decision.subject), theme)
        return True

    def return_papers_of_parts(self, splits: Iterable[Decision]) -> None:
        """Let a theme take the papers of its parts where its split was undone."""
        for split in splits:
            for part in split.themes:
                if part.id not in self.themes and part.id not in self.merged_into:
                    self.merged_into[part.id] = self._successor(split.subject)

    def _merge(self, gone: ThemeId, into: ThemeId) -> bool:
        """Let one theme take keywords, seeds, sub-themes and papers of another; False if either cannot."""
        if into not in self.themes:
            return False
        if gone not in self.themes:
            return self.merged_into.get(gone) == into
        node: ThemeId | None = into
        while node is not None and node != gone:
            node = self.themes[node].parent
        if node == gone:  # a theme cannot take one that it lies below
            return False
        theme, target = self.themes.pop(gone), self.themes[into]
        keywords: dict[str, str] = {}
        for word in (*target.keywords, theme.name, *theme.keywords):
            keywords.setdefault(word.casefold(), word)
        seeds = tuple(dict.fromkeys((*target.seeds, *theme.seeds)))
        self.themes[into] = replace(target, keywords=tuple(keywords.values()), seeds=seeds)
        for child in [child for child in self.themes.values() if child.parent == gone]:
            self.themes[child.id] = replace(child, parent=into)
        redirected = {old: into if new == gone else new for old, new in self.merged_into.items()}
        self.merged_into = redirected | {gone: into}
        self.placed = {paper: into if theme_id == gone else theme_id for paper, theme_id in self.placed.items()}
        return True

    def _make_seed(self, paper: PaperId, theme_id: ThemeId) -> None:
        """Place a paper under a theme, as its seed and as that of no other."""
        self.placed[paper] = theme_id
        theme = self.themes[theme_id]
        if paper not in theme.seeds or any(paper in other.seeds for other in self.themes.values() if other != theme):
            self._remove_seed(paper)
            self.themes[theme_id] = replace(theme, seeds=(*(seed for seed in theme.seeds if seed != paper), paper))

    def _remove_seed(self, paper: PaperId) -> None:
        for theme in [theme for theme in self.themes.values() if paper in theme.seeds]:
            self.themes[theme.id] = replace(theme, seeds=tuple(seed for seed in theme.seeds if seed != paper))

    def _insert(self, themes: Iterable[Theme]) -> None:
        """Insert the themes that do not exist and were not merged away."""
        for theme in themes:
            if theme.id not in self.themes and theme.id not in self.merged_into:
                self.themes[theme.id] = theme

    def _successor(self, theme: str) -> ThemeId:
        return self.merged_into.get(ThemeId(theme), ThemeId(theme))
