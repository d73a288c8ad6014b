"""Update of citation records from the services of the settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from surveygen import plugins
from surveygen.config import Project
from surveygen.corpus import Store, locked
from surveygen.domain.citation import CitedWork, paper_identifiers, resolve_citations
from surveygen.domain.paper import Paper, Status
from surveygen.errors import ConfigError, SourceError, did_you_mean
from surveygen.pipeline.run_context import Progress, days_ago, now
from surveygen.pipeline.text_relations import read_relations
from surveygen.pipeline.trust import check_trust
from surveygen.sources.citations import CitationSource
from surveygen.sources.http import Budget, NetworkDeps

_LIVE: tuple[Status, ...] = ("active", "reinstated")


@dataclass(frozen=True, slots=True)
class CitationUpdate:
    """The records that one service sent in one run.

    Attributes:
        due: papers to query, as they are new or their record is old. answered: of these, those that the service sent a
            record of or said that it does not know; the rest waits for the next run.
        known: of those answered, those that the service knows. changed: records that are new or different.
        note: why the update ended early; empty if it did not.
    """

    provider: str
    due: int
    answered: int
    known: int
    changed: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class CitationReport:
    """The updates of a run, and a summary of the records in the store.

    Attributes:
        citations: pairs of papers of the survey. papers: those that cite or are cited.
        missed: works that the survey cites most and does not contain, with how many of its papers cite them.
    """

    learnt: tuple[CitationUpdate, ...]
    citations: int
    papers: int
    missed: tuple[tuple[CitedWork, int], ...]


def plan_citations(project: Project) -> tuple[str, ...]:
    """Return the requests that `update_citations` would send; sends none.

    Raises:
        ConfigError: the settings name no service, or an unknown one.
    """
    _require_providers(project)
    with Store.open(project.database) as store:
        sources = _sources(project, NetworkDeps())
        return tuple(line for name, source in sources for line in source.plan_citations(_due(project, store, name)))


def fetch_citations(project: Project, progress: Progress, *, deps: NetworkDeps | None = None) -> CitationReport:
    """Update the records from the services of the settings, and summarize what the store then has.

    Raises:
        ConfigError: the settings name no service, or an unknown one. CorpusError: a refresh is running.
    """
    _require_providers(project)
    project.database.parent.mkdir(parents=True, exist_ok=True)
    check_trust(project)  # before a key is sent anywhere
    with locked(project.database), Store.open(project.database) as store:
        updates = update_citations(project, store, progress, deps)
        papers = tuple(store.papers.all(status=_LIVE))
        relations = read_relations(store, papers, lambda _paper: "facts")
        citations = resolve_citations(papers, (*store.citations.all(), *(it.record for it in relations)))
    pairs = {(edge.citing, edge.cited) for edge in citations.edges}
    return CitationReport(updates, len(pairs), len({paper for pair in pairs for paper in pair}), citations.missing)


def update_citations(
    project: Project, store: Store, progress: Progress, deps: NetworkDeps | None = None
) -> tuple[CitationUpdate, ...]:
    """Query each service of the settings for papers that are new or whose record is old; by default there is none.

    A service that fails gives a note, not an error: the records before that are stored.

    Args:
        project: its settings name the services.
        store: open, and locked by the caller if others may write.
        progress: is told how many records were stored.
        deps: clock, timeouts and locks; a test sets its own. The budget is that of `[citations]`.

    Raises:
        ConfigError: the settings name an unknown service. CorpusError: the store cannot be written.
    """
    deps = replace(deps or NetworkDeps(), budget=Budget(project.settings.citations.max_requests))
    updates = []
    for name, source in _sources(project, deps):
        due = _due(project, store, name)
        update = CitationUpdate(name, len(due), 0, 0, 0)
        with progress.stage("citations", len(due)) as advance:
            try:
                for records in source.citations(due):
                    update = replace(
                        update,
                        answered=update.answered + len(records),
                        known=update.known + sum(map(bool, records)),
                        changed=update.changed + store.citations.put(records, at=now()),
                    )
                    advance(len(records))
            except (SourceError, ConfigError) as error:
                note = f"{error.message}; {error.hint}" if error.hint else error.message
                progress.note(f"citations: {note}; {len(due) - update.answered} papers wait for the next run")
                update = replace(update, note=note)
        updates.append(update)
    return tuple(updates)


def service_titles(providers: Iterable[str]) -> dict[str, str]:
    """Return the titles of citation services; one that is no longer installed has its name."""
    installed = plugins.names("sources.citations")
    return {
        name: plugins.load("sources.citations", name).TITLE if name in installed else name
        for name in sorted(set(providers))
    }


def _due(project: Project, store: Store, provider: str) -> list[Paper]:
    """Return the papers that a service can know and was not queried for lately, those never queried first."""
    last_asked = store.citations.last_asked(provider)
    limit = days_ago(project.settings.citations.max_age_days)
    candidates = (paper for paper in store.papers.all(status=_LIVE) if paper_identifiers(paper))
    due = [paper for paper in candidates if last_asked.get(paper.id, "") <= limit]
    return sorted(due, key=lambda paper: (last_asked.get(paper.id, ""), paper.id))


def _sources(project: Project, deps: NetworkDeps) -> list[tuple[str, CitationSource]]:
    installed = plugins.names("sources.citations")
    sources: list[tuple[str, CitationSource]] = []
    for name in dict.fromkeys(project.settings.citations.providers):
        if name not in installed:
            key = "citations.providers"
            raise ConfigError(f"{key}: unknown service {name!r}", did_you_mean(name, installed), path=key)
        sources.append((name, plugins.load("sources.citations", name).make(project.settings, deps)))
    return sources


def _require_providers(project: Project) -> None:
    if not project.settings.citations.providers:
        raise ConfigError(
            "citations.providers: no service is set",
            'set providers = ["semantic_scholar"] under [citations] in survey.toml',
            path="citations.providers",
        )
