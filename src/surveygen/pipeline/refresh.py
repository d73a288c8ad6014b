"""Refresh a survey and tell what changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from surveygen.config import Project
from surveygen.corpus import Store, locked
from surveygen.domain.changes import Changes
from surveygen.pipeline import snapshot
from surveygen.pipeline.build import BuildRequest, BuildResult, build_outputs, take_up
from surveygen.pipeline.citations import CitationUpdate, update_citations
from surveygen.pipeline.harvest import HarvestResult, harvest
from surveygen.pipeline.prepare import prepare_survey
from surveygen.pipeline.progress import Progress
from surveygen.pipeline.suggestions import suggest
from surveygen.sources.http import NetworkDeps


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What a refresh did.

    Attributes:
        harvested: None where the settings name nothing to harvest.
        changes: the difference to the last edition, None if there is none.
        learnt: of citations, by graph; none where the settings name no graph.
    """

    harvested: HarvestResult | None
    changes: Changes | None
    built: BuildResult
    learnt: tuple[CitationUpdate, ...] = ()


def refresh(
    project: Project,
    progress: Progress,
    *,
    since: str | None = None,
    if_announced: bool = False,
    edge: NetworkDeps | None = None,
) -> RefreshResult:
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
    order = BuildRequest(project)
    with locked(project.database):
        harvested = None
        if _has_source(project):
            harvested = harvest(project, progress, since=since, if_announced=if_announced, deps=edge)
        with Store.open(project.database) as store:
            learnt = update_citations(project, store, progress, edge)
            changes, built = _bring_up(order, store, progress)
    return RefreshResult(harvested, changes, built, learnt)


def _has_source(project: Project) -> bool:
    arxiv = project.settings.sources.arxiv
    if arxiv.query or arxiv.sets:
        return True
    with Store.open(project.database) as store:
        return bool(store.papers.pending())


def _bring_up(order: BuildRequest, store: Store, progress: Progress) -> tuple[Changes | None, BuildResult]:
    take_up(order, store, progress)
    before = snapshot.load(store)
    if before is not None and before.corpus == store.sha256():
        return None, build_outputs(order, store, progress)
    drawing = prepare_survey(order.project, store, progress)
    survey = drawing.survey(order.languages[0])
    now = snapshot.take_snapshot(store, survey, before.run + 1 if before else 0, drawing.run.excluded)
    changes = snapshot.diff_snapshots(before, now, store) if before else None
    if changes:
        offered = suggest(drawing.run, drawing.placed)
        changes = replace(changes, proposed=tuple(one.id for one in offered.proposals))
    if changes:
        snapshot.save(store, now, changes)
    elif before:
        snapshot.save(store, replace(now, run=before.run))
    else:
        snapshot.save(store, now)
    return changes or None, build_outputs(order, store, progress, drawing)
