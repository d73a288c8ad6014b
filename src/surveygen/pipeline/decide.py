"""Decisions of a person about themes and papers.

Each function stores one decision; decisions are append-only and are applied in every later run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.decision import Action, Decision, ThemeMove, active_decisions, active_edits, excluded_papers
from surveygen.domain.edits import Edit
from surveygen.domain.paper import PaperId
from surveygen.domain.text import MAX_TITLE, clean
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.environment import login_name
from surveygen.errors import ThemeError
from surveygen.pipeline.run_context import Progress, now, open_context
from surveygen.pipeline.stages.assign import place_papers, saved_taxonomy, used_theme_ids
from surveygen.themes import Profile, load_profile
from surveygen.themes.curate import CuratedTaxonomy, apply_decisions
from surveygen.themes.induce import KMeansInducer


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """The decision as it was stored; None if it would have changed nothing."""

    decision: Decision | None


@dataclass(frozen=True, slots=True)
class DecisionLog:
    """All decisions and moves.

    Attributes:
        undone: numbers of decisions that were reverted.
        idle: numbers of decisions without effect because they name a theme that does not exist.
        moves: papers that changed their theme, with the reason.
    """

    decisions: tuple[Decision, ...]
    undone: tuple[int, ...]
    idle: tuple[int, ...]
    moves: tuple[ThemeMove, ...]


@dataclass(frozen=True, slots=True)
class DecisionSession:
    """An open store with its decisions and the taxonomy `base` from before any of them."""

    project: Project
    store: Store
    profile: Profile
    base: Taxonomy
    decisions: tuple[Decision, ...]

    @classmethod
    def of(cls, project: Project, store: Store) -> DecisionSession:
        """Read the decisions and the profile of an open store."""
        profile = load_profile(project.settings.profile, project.root)
        return cls(
            project, store, profile, saved_taxonomy(store, profile, project.settings.themes), store.decisions.all()
        )

    @property
    def curated(self) -> CuratedTaxonomy:
        """The taxonomy with all decisions applied."""
        return apply_decisions(self.base, self.decisions, dict(self.profile.replaces))

    def decide(
        self,
        action: Action,
        subject: str,
        target: str = "",
        *,
        themes: tuple[Theme, ...] = (),
        proposal: str = "",
        edit: Edit | None = None,
        reason: str = "",
    ) -> DecisionResult:
        """Store a decision unless it would change nothing; "undo" is always stored."""
        author = self.project.settings.themes.author or login_name()
        decision = Decision(
            len(self.decisions) + 1, now(), author, action, subject, target, themes, proposal, edit, clean(reason)
        )
        if action != "undo" and self._outcome(self.decisions) == self._outcome((*self.decisions, decision)):
            return DecisionResult(None)
        return DecisionResult(self.store.decisions.append(decision))

    def theme(self, name: str) -> ThemeId:
        """Return the id of an existing theme.

        Raises:
            ThemeError: there is no such theme; the hint names the nearest id, or the theme that it was merged into.
        """
        curated, theme = self.curated, ThemeId(name)
        if theme in curated.taxonomy:
            return theme
        if theme in curated.merged_into:
            successor = curated.merged_into[theme]
            raise ThemeError(f"the theme {name!r} was merged into {successor!r}", f"use {successor!r} instead")
        if not len(curated.taxonomy):
            raise ThemeError(f"there is no theme {name!r}: the survey has no themes yet", "run: surveygen build")
        ids = {shown.name: shown.id for shown in curated.shown}
        near = get_close_matches(name, [*(shown.id for shown in curated.taxonomy), *ids], n=1, cutoff=0.5)
        hint = f"did you mean {ids.get(near[0], ThemeId(near[0]))!r}? " if near else ""
        raise ThemeError(f"there is no theme {name!r}", f"{hint}surveygen themes show lists the ids")

    def paper(self, name: str) -> PaperId:
        """Return the id of a paper of the store.

        Raises:
            ThemeError: there is no such paper.
        """
        if self.store.papers.get(PaperId(name)) is None:
            raise ThemeError(f"there is no paper {name!r}", "surveygen themes show THEME lists the ids of its papers")
        return PaperId(name)

    def check_merge(self, name: str, into: ThemeId) -> None:
        """Check that a theme can be merged into another.

        Raises:
            ThemeError: it is the same theme, or lies below the merged one.
        """
        theme = self.theme(name)
        if theme == into:
            raise ThemeError(
                f"{name!r} cannot be merged into itself", "name two themes: surveygen themes merge THEME INTO"
            )
        if theme in self.curated.taxonomy.path(into):
            raise ThemeError(
                f"{into!r} is below {name!r}", f"merge in the other direction: surveygen themes merge {into} {name}"
            )

    def divide(self, progress: Progress, theme: ThemeId, *, target: int = 0) -> tuple[Theme, ...]:
        """Induce sub-themes of a theme, `target` of them, or as many as the papers suggest if it is 0.

        Raises:
            ThemeError: the theme has sub-themes already, or too few papers.
        """
        if children := self.curated.shown.children(theme):
            names = ", ".join(child.id for child in children)
            raise ThemeError(f"{theme!r} has sub-themes already: {names}", "split one of these")
        data = place_papers(open_context(self.project, self.store, progress))
        members = {paper for paper, item in data.assignments.items() if item.theme == theme}
        settings = self.project.settings.themes
        inducer = KMeansInducer(replace(settings, target=target))
        papers = [paper for paper in data.papers if paper.id in members]
        themes, _ = inducer.induce(
            data.embeddings.subset([paper.id for paper in papers]),
            papers,
            parent=theme,
            reserved_ids=used_theme_ids(self.store, self.profile),
            seed=settings.seed,
            title=self.project.settings.title,
            tree=self.curated.shown.themes,
        )
        if not themes:
            raise ThemeError(f"{theme!r} has {len(papers)} papers: too few, or too similar, to divide", "keep it whole")
        return themes

    def _outcome(self, decisions: tuple[Decision, ...]) -> tuple[object, ...]:
        """Return everything that decisions determine, to tell whether a new one changes anything."""
        curated = apply_decisions(self.base, decisions, dict(self.profile.replaces))
        edits = {(decision.subject, decision.target, decision.edit) for decision in active_edits(decisions)}
        return replace(curated, without_effect=()), excluded_papers(decisions), edits


@contextmanager
def open_session(project: Project) -> Iterator[DecisionSession]:
    """Open the store for decisions; nothing is embedded or assigned."""
    with Store.open(project.database) as store:
        yield DecisionSession.of(project, store)


def rename(project: Project, theme: str, name: str) -> DecisionResult:
    """Give a theme another name in every language; its id and its papers stay.

    Raises:
        ThemeError: there is no such theme, the name is empty, or a sibling has the same name.
    """
    with open_session(project) as session:
        theme_id, new_name = session.theme(theme), clean(name, MAX_TITLE)
        if not new_name:
            raise ThemeError(f"the new name of {theme!r} is empty", 'surveygen themes rename THEME "NAME"')
        shown = session.curated.shown
        for sibling in shown.children(shown[theme_id].parent):
            if sibling.id != theme_id and sibling.name.casefold() == new_name.casefold():
                raise ThemeError(
                    f"{sibling.id!r} already has the name {new_name!r}",
                    f"to join them: surveygen themes merge {theme} {sibling.id}",
                )
        return session.decide("rename", theme_id, new_name)


def move(project: Project, paper: str, theme: str) -> DecisionResult:
    """Assign a paper to a theme permanently; it becomes a seed of the theme, and returns if it was excluded.

    Raises:
        ThemeError: there is no such paper or theme.
    """
    with open_session(project) as session:
        return session.decide("move", session.paper(paper), session.theme(theme))


def pin(project: Project, progress: Progress, paper: str) -> DecisionResult:
    """Keep a paper in its present theme, whatever evidence comes later.

    Raises:
        ThemeError: there is no such paper, or it has no theme. Others: as for a build.
    """
    with open_session(project) as session:
        paper_id = session.paper(paper)
        assignment = place_papers(open_context(project, session.store, progress)).assignments.get(paper_id)
        if assignment is None:
            raise ThemeError(f"{paper} has no theme", f"assign it to one: surveygen themes move {paper} THEME")
        return session.decide("pin", paper_id, assignment.theme)


def exclude(project: Project, paper: str, *, because: str = "") -> DecisionResult:
    """Take a paper out of the draft; it stays in the store and in the numbers of the selection.

    Args:
        project: the survey.
        paper: its id.
        because: the reason, for the log of decisions and the dump.

    Raises:
        ThemeError: there is no such paper.
    """
    with open_session(project) as session:
        return session.decide("exclude", session.paper(paper), reason=because)


def merge(project: Project, theme: str, into: str) -> DecisionResult:
    """Move the papers, sub-themes, keywords and seeds of a theme into another one and remove it.

    Raises:
        ThemeError: there is no such theme, both are the same, or `into` lies below `theme`.
    """
    with open_session(project) as session:
        target = session.theme(into)
        if session.curated.merged_into.get(ThemeId(theme)) == target:
            return DecisionResult(None)
        session.check_merge(theme, target)
        return session.decide("merge", theme, target)


def split(project: Project, progress: Progress, theme: str) -> DecisionResult:
    """Divide the papers of a theme into induced sub-themes.

    Raises:
        ThemeError: there is no such theme, it has sub-themes of another origin, or too few papers to divide.
    """
    with open_session(project) as session:
        theme_id = session.theme(theme)
        active = active_decisions(session.decisions)
        if any(decision.action == "split" and decision.subject == theme_id for decision in active):
            return DecisionResult(None)
        return session.decide("split", theme_id, themes=session.divide(progress, theme_id))


def undo(project: Project) -> DecisionResult:
    """Revert the last active decision.

    Raises:
        ThemeError: there is none.
    """
    with open_session(project) as session:
        active = active_decisions(session.decisions)
        if not active:
            raise ThemeError("there is no decision to undo", "surveygen themes log lists the decisions")
        return session.decide("undo", str(active[-1].number))


def history(project: Project) -> DecisionLog:
    """Return all decisions and moves."""
    with open_session(project) as session:
        active = {decision.number for decision in active_decisions(session.decisions)}
        undone = (item.number for item in session.decisions if item.action != "undo" and item.number not in active)
        return DecisionLog(
            session.decisions, tuple(undone), session.curated.without_effect, session.store.decisions.moves()
        )
