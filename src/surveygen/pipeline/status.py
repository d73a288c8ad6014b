"""The state of a survey."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.changes import StaleEdit
from surveygen.domain.paper import BadRecord
from surveygen.pipeline._edits import stale_edits


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
    with Store.open(project.database) as store:
        drafts = sorted(path.parent for path in project.output.rglob("manifest.json"))
        return Status(
            title=project.settings.title,
            changed_at=store.changed_at(),
            counts=asdict(store.counts()),
            sources=store.papers.sources(),
            quarantine=tuple(record for record, _ in store.papers.quarantine()),
            wanted=tuple(item.id for item in store.papers.pending()),
            drafts=tuple(str(path.relative_to(project.root)) for path in drafts),
            doubted=stale_edits(store),
        )
