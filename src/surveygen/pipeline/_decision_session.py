"""Take a decision down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.decision import Action, Decision, active_edits, excluded_papers
from surveygen.domain.edits import Edit
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.environment import login_name
from surveygen.errors import ThemeError
from surveygen.pipeline._clock import now
from surveygen.pipeline._taxonomy import saved_taxonomy
from surveygen.themes import Profile, load_profile
from surveygen.themes.curate import CuratedTaxonomy, apply_decisions


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """A decision as it was stored; None if everything was so already."""

    decision: Decision | None


@dataclass(frozen=True, slots=True)
class DecisionSession:
    """Where decisions are made: the store, the themes before any of them, and all of them."""

    project: Project
    store: Store
    profile: Profile
    base: Taxonomy
    decisions: tuple[Decision, ...]

    @property
    def steered(self) -> CuratedTaxonomy:
        """The themes as they are now."""
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
    ) -> DecisionResult:
        """Store a decision unless it would change nothing; to undo one that has no effect is still a step back."""
        author = self.project.settings.themes.author or login_name()
        decision = Decision(len(self.decisions) + 1, now(), author, action, subject, target, themes, proposal, edit)
        if action != "undo" and self._outcome(self.decisions) == self._outcome((*self.decisions, decision)):
            return DecisionResult(None)
        return DecisionResult(self.store.decisions.append(decision))

    def theme(self, theme: str) -> ThemeId:
        """Return the id of a theme that is there.

        Raises:
            ThemeError: it is not; with the nearest ids, or the theme that it was merged into.
        """
        steered = self.steered
        known = ThemeId(theme)
        if known in steered.taxonomy:
            return known
        if known in steered.merged_into:
            heir = steered.merged_into[known]
            raise ThemeError(f"the theme {theme!r} went into {heir!r}", f"name {heir!r} instead")
        if not len(steered.taxonomy):
            raise ThemeError(f"there is no theme {theme!r}: none has been found yet", "run: surveygen build")
        called = {one.name: one.id for one in steered.shown}
        near = get_close_matches(theme, [*(one.id for one in steered.taxonomy), *called], n=1, cutoff=0.5)
        hint = f"did you mean {called.get(near[0], ThemeId(near[0]))!r}? " if near else ""
        raise ThemeError(f"there is no theme {theme!r}", f"{hint}surveygen themes show lists the ids")

    def paper(self, paper: str) -> PaperId:
        """Return the id of a paper of the store.

        Raises:
            ThemeError: there is no such paper.
        """
        if self.store.papers.get(PaperId(paper)) is None:
            raise ThemeError(f"there is no paper {paper!r}", "surveygen themes show THEME lists the ids of its papers")
        return PaperId(paper)

    def _outcome(self, decisions: tuple[Decision, ...]) -> tuple[object, ...]:
        steered = apply_decisions(self.base, decisions, dict(self.profile.replaces))
        written = {(one.subject, one.target, one.edit) for one in active_edits(decisions)}
        return replace(steered, without_effect=()), excluded_papers(decisions), written


@contextmanager
def open_session(project: Project) -> Iterator[DecisionSession]:
    """Open the store for decisions; no paper is embedded or placed for it."""
    with Store.open(project.database) as store:
        yield bench_of(project, store)


def bench_of(project: Project, store: Store) -> DecisionSession:
    """Stand before an open store with the decisions that it has now."""
    profile = load_profile(project.settings.profile, project.root)
    return DecisionSession(
        project, store, profile, saved_taxonomy(store, profile, project.settings.themes), store.decisions.all()
    )
