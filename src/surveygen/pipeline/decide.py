"""Steer the themes: what a person decides holds in every later run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from surveygen.config import Project
from surveygen.domain.decision import Decision, ThemeMove, active_decisions
from surveygen.domain.embedding import Embeddings
from surveygen.domain.text import MAX_TITLE, clean
from surveygen.domain.theme import Theme, ThemeId
from surveygen.errors import ThemeError
from surveygen.pipeline._assignment import assign_papers
from surveygen.pipeline._decision_session import DecisionResult, DecisionSession, open_session
from surveygen.pipeline._taxonomy import minted
from surveygen.pipeline.context import open_context
from surveygen.pipeline.progress import Progress
from surveygen.themes.induce import KMeansInducer


@dataclass(frozen=True, slots=True)
class DecisionLog:
    """What persons decided and evidence moved; `undone` decisions were taken back, `idle` ones name a missing theme."""

    decisions: tuple[Decision, ...]
    undone: tuple[int, ...]
    idle: tuple[int, ...]
    moves: tuple[ThemeMove, ...]


def rename(project: Project, theme: str, name: str) -> DecisionResult:
    """Call a theme otherwise, in every language; it keeps its id and its papers.

    Raises:
        ThemeError: there is no such theme, no name, or a theme beside it has this name.
    """
    with open_session(project) as desk:
        known = desk.theme(theme)
        called = clean(name, MAX_TITLE)
        if not called:
            raise ThemeError(f"{theme!r} needs a name that can be read", 'surveygen themes rename THEME "NAME"')
        shown = desk.steered.shown
        beside = shown.children(shown[known].parent)
        twin = next((one.id for one in beside if one.id != known and one.name.casefold() == called.casefold()), None)
        if twin is not None:
            raise ThemeError(
                f"{twin!r} has the name {called!r}", f"to join them: surveygen themes merge {theme} {twin}"
            )
        return desk.decide("rename", known, called)


def move(project: Project, paper: str, theme: str) -> DecisionResult:
    """Put a paper under a theme for good; it draws the theme toward it, and comes back if it was excluded.

    Raises:
        ThemeError: there is no such paper or theme.
    """
    with open_session(project) as desk:
        return desk.decide("move", desk.paper(paper), desk.theme(theme))


def pin(project: Project, progress: Progress, paper: str) -> DecisionResult:
    """Keep a paper where it stands, whatever evidence comes.

    Raises:
        ThemeError: there is no such paper, or it stands under no theme. Others: as for a build.
    """
    with open_session(project) as desk:
        known = desk.paper(paper)
        placed = assign_papers(open_context(project, desk.store, progress))
        theme = next((item.theme for item in placed.assignments if item.paper == known), None)
        if theme is None:
            raise ThemeError(f"{paper} stands under no theme", f"put it under one: surveygen themes move {paper} THEME")
        return desk.decide("pin", known, theme)


def exclude(project: Project, paper: str) -> DecisionResult:
    """Take a paper out of the draft; it stays in the store and in the numbers of the selection.

    Raises:
        ThemeError: there is no such paper.
    """
    with open_session(project) as desk:
        return desk.decide("exclude", desk.paper(paper))


def merge(project: Project, theme: str, into: str) -> DecisionResult:
    """Let one theme take the papers, sub-themes, keywords and seeds of another, which is gone then.

    Raises:
        ThemeError: there is no such theme, or the one is the other or stands above it.
    """
    with open_session(project) as desk:
        steered = desk.steered
        keeper = desk.theme(into)
        if steered.merged_into.get(ThemeId(theme)) == keeper:
            return DecisionResult(None)
        check_merge(desk, theme, keeper)
        return desk.decide("merge", theme, keeper)


def check_merge(desk: DecisionSession, theme: str, into: ThemeId) -> None:
    """Raise where a theme cannot go into another."""
    gone = desk.theme(theme)
    if gone == into:
        raise ThemeError(
            f"{theme!r} cannot be merged into itself", "name two themes: surveygen themes merge THEME INTO"
        )
    if gone in desk.steered.taxonomy.path(into):
        raise ThemeError(
            f"{into!r} stands below {theme!r}", f"the other way round: surveygen themes merge {into} {theme}"
        )


def split(project: Project, progress: Progress, theme: str) -> DecisionResult:
    """Divide the papers of a theme into sub-themes found in them.

    Raises:
        ThemeError: there is no such theme, it has sub-themes of another origin, or too few papers to divide.
    """
    with open_session(project) as desk:
        known = desk.theme(theme)
        if any(one.action == "split" and one.subject == known for one in active_decisions(desk.decisions)):
            return DecisionResult(None)
        return desk.decide("split", known, themes=divide(desk, progress, known))


def divide(desk: DecisionSession, progress: Progress, theme: ThemeId, *, target: int = 0) -> tuple[Theme, ...]:
    """Return sub-themes of a theme, as many as asked, or as the papers suggest for 0.

    Raises:
        ThemeError: it has some already, or too few papers.
    """
    if below := desk.steered.shown.children(theme):
        names = ", ".join(child.id for child in below)
        raise ThemeError(f"{theme!r} has sub-themes already: {names}", "split one of these")
    run = open_context(desk.project, desk.store, progress)
    members = {item.paper for item in assign_papers(run).assignments if item.theme == theme}
    settings = run.settings.themes
    inducer = KMeansInducer(replace(settings, target=target))
    papers = [paper for paper in run.papers if paper.id in members]
    ids = tuple(paper.id for paper in papers)
    themes, _ = inducer.induce(
        Embeddings(ids, run.embeddings.rows(ids), run.embeddings.encoder),
        papers,
        parent=theme,
        reserved_ids=minted(desk.store, desk.profile),
        seed=settings.seed,
    )
    if not themes:
        raise ThemeError(f"{theme!r} has {len(papers)} papers: too few, or too alike, to divide", "leave it whole")
    return themes


def undo(project: Project) -> DecisionResult:
    """Take back the last decision that holds.

    Raises:
        ThemeError: there is none.
    """
    with open_session(project) as desk:
        held = active_decisions(desk.decisions)
        if not held:
            raise ThemeError("there is no decision to take back", "surveygen themes log lists them")
        return desk.decide("undo", str(held[-1].number))


def history(project: Project) -> DecisionLog:
    """Return all that was decided and moved."""
    with open_session(project) as desk:
        held = {one.number for one in active_decisions(desk.decisions)}
        undone = (one.number for one in desk.decisions if one.action != "undo" and one.number not in held)
        return DecisionLog(desk.decisions, tuple(undone), desk.steered.without_effect, desk.store.decisions.moves())
