"""Apply what persons decided to a taxonomy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from surveygen.domain.decision import Decision, active_decisions
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Taxonomy, Theme, ThemeId, in_reading_order


@dataclass(frozen=True, slots=True)
class CuratedTaxonomy:
    """A taxonomy with the decisions applied.

    Attributes:
        taxonomy: what papers are compared with. Its names are those from before any renaming: to call a theme
            otherwise moves no paper.
        names: new names by theme. placed: papers that stand where a person put them.
        heirs: for each theme that is gone the one that took its papers.
        idle: numbers of decisions without effect, because a theme that they name is not there.
    """

    taxonomy: Taxonomy
    names: Mapping[ThemeId, str] = field(default_factory=dict)
    placed: Mapping[PaperId, ThemeId] = field(default_factory=dict)
    merged_into: Mapping[ThemeId, ThemeId] = field(default_factory=dict)
    without_effect: tuple[int, ...] = ()

    @property
    def shown(self) -> Taxonomy:
        """The taxonomy with its new names; a translation of an old name is no name any more."""
        return Taxonomy(
            tuple(replace(t, name=self.names[t.id], names=()) if t.id in self.names else t for t in self.taxonomy)
        )

    def heir(self, theme: ThemeId | str) -> ThemeId:
        """Return the theme itself, or the one that took its papers."""
        return self.merged_into.get(ThemeId(theme), ThemeId(theme))


def apply_decisions(
    taxonomy: Taxonomy, decisions: Iterable[Decision], replaced: Mapping[ThemeId, ThemeId] | None = None
) -> CuratedTaxonomy:
    """Apply the decisions that hold, in their order. Pure, and a decision twice is a decision once.

    Args:
        taxonomy: as it is given and induced.
        decisions: all of the store, undone ones too.
        replaced: themes of an earlier taxonomy with their successors in this one.
    """
    decisions = tuple(decisions)
    board = _Builder(taxonomy, replaced or {})
    for decision in active_decisions(decisions):
        if decision.action != "edit" and not board.apply(decision):
            board.without_effect.append(decision.number)
    board.give_back(one for one in decisions if one.action == "split")
    names = {theme: name for theme, name in board.names.items() if theme in board.themes}
    return CuratedTaxonomy(
        in_reading_order(tuple(board.themes.values())),
        names,
        dict(board.placed),
        dict(board.merged_into),
        tuple(board.without_effect),
    )


class _Builder:
    """The state while decisions are applied, one after another."""

    def __init__(self, taxonomy: Taxonomy, replaced: Mapping[ThemeId, ThemeId]) -> None:
        self.themes = {theme.id: theme for theme in taxonomy}
        self.names: dict[ThemeId, str] = {}
        self.placed: dict[PaperId, ThemeId] = {}
        self.merged_into = {old: new for old, new in replaced.items() if old not in self.themes and new in self.themes}
        self.without_effect: list[int] = []

    def apply(self, decision: Decision) -> bool:
        """Apply one decision; False if a theme that it needs is not there."""
        verbs: dict[str, Callable[[Decision], bool]] = {
            "rename": self._rename,
            "merge": self._merge,
            "split": self._split,
            "add": self._add,
            "move": self._place,
            "pin": self._place,
            "exclude": self._exclude,
        }
        return verbs[decision.action](decision)

    def give_back(self, splits: Iterable[Decision]) -> None:
        """Let the theme take the papers of its parts where a division was taken back."""
        for split in splits:
            for theme in split.themes:
                if theme.id not in self.themes and theme.id not in self.merged_into:
                    self.merged_into[theme.id] = self._heir(split.subject)

    def _rename(self, decision: Decision) -> bool:
        theme = ThemeId(decision.subject)
        if theme in self.themes:
            self.names[theme] = decision.target
        return theme in self.themes

    def _merge(self, decision: Decision) -> bool:
        gone, into = ThemeId(decision.subject), self._heir(decision.target)
        if into not in self.themes:
            return False
        if gone not in self.themes:
            return self.merged_into.get(gone) == into
        if gone in self._path(into):
            return False
        theme, keeper = self.themes.pop(gone), self.themes[into]
        words: dict[str, str] = {}
        for word in (*keeper.keywords, theme.name, *theme.keywords):
            words.setdefault(word.casefold(), word)
        seeds = tuple(dict.fromkeys((*keeper.seeds, *theme.seeds)))
        self.themes[into] = replace(keeper, keywords=tuple(words.values()), seeds=seeds)
        for child in [child for child in self.themes.values() if child.parent == gone]:
            self.themes[child.id] = replace(child, parent=into)
        self.merged_into = {old: into if heir == gone else heir for old, heir in self.merged_into.items()} | {
            gone: into
        }
        self.placed = {paper: into if where == gone else where for paper, where in self.placed.items()}
        return True

    def _split(self, decision: Decision) -> bool:
        theme = ThemeId(decision.subject)
        if theme in self.themes:
            self._bring(replace(child, parent=theme) for child in decision.themes)
        return theme in self.themes

    def _add(self, decision: Decision) -> bool:
        parent = self._heir(decision.target)
        self._bring(replace(theme, parent=parent if parent in self.themes else None) for theme in decision.themes)
        for theme in decision.themes:
            for paper in theme.seeds:
                self._put(paper, self._heir(theme.id))
        return True

    def _place(self, decision: Decision) -> bool:
        theme = self._heir(decision.target)
        if theme in self.themes:
            self._put(PaperId(decision.subject), theme)
        return theme in self.themes

    def _exclude(self, decision: Decision) -> bool:
        paper = PaperId(decision.subject)
        self.placed.pop(paper, None)
        self._forget(paper)
        return True

    def _put(self, paper: PaperId, theme: ThemeId) -> None:
        """Let a paper stand under a theme, as its seed and as that of no other."""
        self.placed[paper] = theme
        known = self.themes[theme]
        if paper not in known.seeds or any(paper in other.seeds for other in self.themes.values() if other != known):
            self._forget(paper)
            self.themes[theme] = replace(known, seeds=(*(seed for seed in known.seeds if seed != paper), paper))

    def _forget(self, paper: PaperId) -> None:
        for theme in [theme for theme in self.themes.values() if paper in theme.seeds]:
            self.themes[theme.id] = replace(theme, seeds=tuple(seed for seed in theme.seeds if seed != paper))

    def _bring(self, themes: Iterable[Theme]) -> None:
        """Put in themes that were neither there before nor merged away since."""
        for theme in themes:
            if theme.id not in self.themes and theme.id not in self.merged_into:
                self.themes[theme.id] = theme

    def _heir(self, theme: str) -> ThemeId:
        return self.merged_into.get(ThemeId(theme), ThemeId(theme))

    def _path(self, theme: ThemeId) -> list[ThemeId]:
        steps: list[ThemeId] = []
        node: ThemeId | None = theme
        while node is not None:
            steps.append(node)
            node = self.themes[node].parent
        return steps
