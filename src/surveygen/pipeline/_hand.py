"""A person's sentences as a run finds them."""

from __future__ import annotations

from dataclasses import replace

from surveygen.corpus import Store
from surveygen.domain.changes import Doubted
from surveygen.domain.decision import Decision, edits, excluded
from surveygen.domain.hand import doubts
from surveygen.domain.paper import Paper, PaperId
from surveygen.pipeline._place import steered_as
from surveygen.pipeline._run import Run
from surveygen.pipeline._taxonomy import saved_taxonomy

_THEME = "theme-"


def held_edits(run: Run) -> tuple[Decision, ...]:
    """Return the edits that hold; those of a theme that was merged stand under the one that took its papers."""
    held = edits(run.store.decisions())
    if not held:
        return ()
    steered = steered_as(run, saved_taxonomy(run.store, run.profile, run.settings.themes))
    heirs = {f"{_THEME}{gone}": f"{_THEME}{heir}" for gone, heir in steered.heirs.items()}
    return tuple(replace(one, subject=heirs.get(one.subject, one.subject)) for one in held)


def doubted(store: Store) -> tuple[Doubted, ...]:
    """Return the person's sentences whose sources changed, as the store has them; no draft is made for it."""
    out = excluded(store.decisions())

    def known(paper: PaperId) -> Paper | None:
        return None if paper in out else store.paper(paper)

    told = ((one, doubts(one.edit, known)) for one in edits(store.decisions()) if one.edit is not None and one.target)
    return tuple(Doubted(one.subject, one.edit.claim, one.target, found) for one, found in told if one.edit and found)
