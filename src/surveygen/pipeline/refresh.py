"""Refresh a survey and tell what changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from surveygen.config import Project
from surveygen.corpus import Store, locked
from surveygen.domain.changes import Changes
from surveygen.pipeline import _edition
from surveygen.pipeline._draw import draw
from surveygen.pipeline.build import Built, Order, make_drafts, take_up
from surveygen.pipeline.citations import Learnt, update_citations
from surveygen.pipeline.harvest import Harvested, harvest
from surveygen.pipeline.progress import Progress
from surveygen.pipeline.proposals import offer
from surveygen.sources import Edge


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did.

    Attributes:
        harvested: None where the settings name nothing to harvest.
        changes: the difference to the last edition, None if there is none.
        learnt: of citations, by graph; none where the settings name no graph.
    """

    harvested: Harvested | None
    changes: Changes | None
    built: Built
    learnt: tuple[Learnt, ...] = ()


def refresh(
    project: Project,
    progress: Progress,
    *,
    since: str | None = None,
    if_announced: bool = False,
    edge: Edge | None = None,
) -> Refreshed:
    """Bring store and drafts up to date; a refresh that died is taken up again by the next one.

    With nothing new no byte of the drafts or of the store's dump changes, and the last report stays.

    Args:
        project: its settings say what to harvest; without a query and sets only what was added by hand is taken in.
        progress: who watches.
        since: ISO day from which all is asked again.
        if_announced: leave arXiv alone unless its daily feed has news.
        edge: as for `harvest`.

    Raises:
        CorpusError: another refresh of this survey runs. SourceError: arXiv gave no usable answer; what came before is
            kept, and the next refresh goes on there. Others: as for `build`.
    """
    order = Order(project)
    with locked(project.database):
        harvested = None
        if _has_source(project):
            harvested = harvest(project, progress, since=since, if_announced=if_announced, edge=edge)
        with Store.open(project.database) as store:
            learnt = update_citations(project, store, progress, edge)
            changes, built = _bring_up(order, store, progress)
    return Refreshed(harvested, changes, built, learnt)


def _has_source(project: Project) -> bool:
    arxiv = project.settings.sources.arxiv
    if arxiv.query or arxiv.sets:
        return True
    with Store.open(project.database) as store:
        return bool(store.wanted())


def _bring_up(order: Order, store: Store, progress: Progress) -> tuple[Changes | None, Built]:
    take_up(order, store, progress)
    before = _edition.load(store)
    if before is not None and before.corpus == store.sha256():
        return None, make_drafts(order, store, progress)
    drawing = draw(order.project, store, progress)
    survey = drawing.survey(order.languages[0])
    now = _edition.photograph(store, survey, before.run + 1 if before else 0, drawing.run.excluded)
    changes = _edition.compare(before, now, store) if before else None
    if changes:
        offered = offer(drawing.run, drawing.placed)
        changes = replace(changes, proposed=tuple(one.id for one in offered.proposals))
    if changes:
        _edition.save(store, now, changes)
    elif before:
        _edition.save(store, replace(now, run=before.run))
    else:
        _edition.save(store, now)
    return changes or None, make_drafts(order, store, progress, drawing)
