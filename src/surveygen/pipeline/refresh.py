"""A refresh: harvest, build, and report what changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from surveygen.config import Project
from surveygen.corpus import Store, locked
from surveygen.domain.changes import Changes
from surveygen.pipeline import snapshot
from surveygen.pipeline.build import BuildResult, check_request, run_build
from surveygen.pipeline.citations import CitationUpdate, update_citations
from surveygen.pipeline.full_text import FullTextResult, update_full_text
from surveygen.pipeline.harvest import HarvestResult, harvest
from surveygen.pipeline.run_context import Progress, open_context
from surveygen.pipeline.trust import check_trust
from surveygen.sources.http import NetworkDeps


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What a refresh did.

    Attributes:
        harvested: result of the harvest; None if the settings name nothing to harvest.
        changes: difference to the last refresh; None if there is none.
        built: the drafts.
        learnt: updates of each citation graph; empty if the settings name none.
        full_text: result of fetching the full texts of new versions; None if no paper with a full text has one.
    """

    harvested: HarvestResult | None
    changes: Changes | None
    built: BuildResult
    learnt: tuple[CitationUpdate, ...] = ()
    full_text: FullTextResult | None = None


def refresh(
    project: Project,
    progress: Progress,
    *,
    since: str | None = None,
    if_announced: bool = False,
    deps: NetworkDeps | None = None,
) -> RefreshResult:
    """Bring store and drafts up to date; the next refresh resumes one that died.

    With nothing new no byte of the drafts or of the store's dump changes, and the last report stays.

    Args:
        project: its settings say what to harvest; with neither query nor sets, only papers added by hand are used.
        progress: is told of each stage.
        since: ISO day from which everything is requested again.
        if_announced: do not contact arXiv unless its daily feed has news.
        deps: as for `harvest`.

    Raises:
        ConfigError: the folder is not trusted.
        CorpusError: another refresh of this survey runs. SourceError: arXiv gave no usable answer; what came before is
            stored, and the next refresh goes on there. Others: as for `build`.
    """
    check_trust(project)  # before a key is sent anywhere
    request = replace(check_request(project), refresh=True)
    arxiv = project.settings.sources.arxiv
    with locked(project.database):
        with Store.open(project.database) as store:
            has_source = bool(arxiv.query or arxiv.sets or store.papers.pending())
        harvested = None
        if has_source:
            harvested = harvest(project, progress, since=since, if_announced=if_announced, deps=deps)
        full_text = update_full_text(project, progress, deps=deps)
        with Store.open(project.database) as store:
            learnt = update_citations(project, store, progress, deps)
            before = snapshot.load(store)
            built = run_build(open_context(project, store, progress, request))
            after = snapshot.load(store)
            # A refresh with changes has a number of its own.
            new = before is not None and after is not None and after.run > before.run
            changes = snapshot.last_reports(store)[0] if new else None
    return RefreshResult(harvested, changes, built, learnt, full_text)
