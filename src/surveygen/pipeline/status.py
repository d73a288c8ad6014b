"""The state of a survey."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.changes import StaleEdit
from surveygen.domain.decision import active_edits, excluded_papers
from surveygen.domain.edits import stale_sources
from surveygen.domain.paper import BadRecord, Paper, PaperId


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a survey; `counts` by name, `drafts` as folders relative to the project.

    `doubted` lists sentences written by a person whose sources have changed since.
    """

    title: str
    changed_at: str
    counts: dict[str, int]
    sources: tuple[str, ...]
    quarantine: tuple[BadRecord, ...]
    wanted: tuple[str, ...]
    drafts: tuple[str, ...]
    doubted: tuple[StaleEdit, ...] = ()


def status(project: Project) -> Status:
    """Read the store; create an empty one if there is none."""
    with Store.open_to_read(project.database) as store:
        drafts = sorted(path.parent for path in project.output.rglob("manifest.json"))
        return Status(
            title=project.settings.title,
            changed_at=store.changed_at(),
            counts=asdict(store.counts()),
            sources=store.papers.sources(),
            quarantine=tuple(record for record, _ in store.papers.quarantine()),
            wanted=tuple(item.id for item in store.papers.pending()),
            drafts=tuple(str(path.relative_to(project.root)) for path in drafts),
            doubted=_stale_edits(store),
        )


def _stale_edits(store: Store) -> tuple[StaleEdit, ...]:
    """Return the person's sentences whose sources changed; no draft is made for it."""
    excluded = excluded_papers(store.decisions.all())

    def lookup(paper: PaperId) -> Paper | None:
        return None if paper in excluded else store.papers.get(paper)

    stale = []
    for decision in active_edits(store.decisions.all()):
        if decision.edit is not None and decision.target:
            sources = stale_sources(decision.edit, lookup)
            if sources:
                stale.append(StaleEdit(decision.subject, decision.edit.claim, decision.target, sources))
    return tuple(stale)
