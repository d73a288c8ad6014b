"""A person's sentences as a run finds them."""

from __future__ import annotations

from dataclasses import replace

from surveygen.corpus import Store
from surveygen.domain.changes import StaleEdit
from surveygen.domain.decision import Decision, active_edits, excluded_papers
from surveygen.domain.edits import stale_sources
from surveygen.domain.paper import Paper, PaperId
from surveygen.pipeline._assignment import curated_taxonomy
from surveygen.pipeline._taxonomy import saved_taxonomy
from surveygen.pipeline.context import BuildContext

_THEME = "theme-"


def edits_in_force(run: BuildContext) -> tuple[Decision, ...]:
    """Return the edits that hold; those of a theme that was merged stand under the one that took its papers."""
    held = active_edits(run.store.decisions.all())
    if not held:
        return ()
    steered = curated_taxonomy(run, saved_taxonomy(run.store, run.profile, run.settings.themes))
    heirs = {f"{_THEME}{gone}": f"{_THEME}{heir}" for gone, heir in steered.merged_into.items()}
    return tuple(replace(one, subject=heirs.get(one.subject, one.subject)) for one in held)


def stale_edits(store: Store) -> tuple[StaleEdit, ...]:
    """Return the person's sentences whose sources changed, as the store has them; no draft is made for it."""
    out = excluded_papers(store.decisions.all())

    def known(paper: PaperId) -> Paper | None:
        return None if paper in out else store.papers.get(paper)

    told = (
        (one, stale_sources(one.edit, known))
        for one in active_edits(store.decisions.all())
        if one.edit is not None and one.target
    )
    return tuple(StaleEdit(one.subject, one.edit.claim, one.target, found) for one, found in told if one.edit and found)
