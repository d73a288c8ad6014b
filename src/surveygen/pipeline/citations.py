"""Ask citation graphs who cites whom, and say what was learnt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from surveygen import plugins
from surveygen.config import Project, SourceSettings
from surveygen.corpus import Store, locked
from surveygen.domain.citation import Citations, CitedWork, paper_identifiers, resolve_citations
from surveygen.domain.paper import Paper, Status
from surveygen.errors import ConfigError, SourceError
from surveygen.pipeline._clock import days_ago, now
from surveygen.pipeline.progress import Progress
from surveygen.sources import Budget, CitationSource, NetworkDeps

_LIVE: tuple[Status, ...] = ("active", "reinstated")


@dataclass(frozen=True, slots=True)
class CitationUpdate:
    """What one graph told in one run.

    Attributes:
        due: papers to be asked about, as they are new or what is known of them is old. answered: of these, those that
            the graph told of or said that it does not know; the rest waits for the next run.
        known: of those answered, those that the graph knows. changed: answers that are new or different.
        note: why the asking ended early; empty if it did not.
    """

    provider: str
    due: int
    answered: int
    known: int
    changed: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class CitationReport:
    """What was learnt, and what the store knows now.

    Attributes:
        citations: pairs of papers of the survey. papers: those that cite or are cited.
        missed: works that the survey cites most and does not hold, with how many of its papers do.
    """

    learnt: tuple[CitationUpdate, ...]
    citations: int
    papers: int
    missed: tuple[tuple[CitedWork, int], ...]


def plan_citations(project: Project) -> tuple[str, ...]:
    """Return the requests that `update_citations` would make; asks nothing.

    Raises:
        ConfigError: no graph is named in the settings, or one that there is not.
    """
    _want_providers(project)
    with Store.open(project.database) as store:
        graphs = _graphs(project, NetworkDeps())
        return tuple(line for name, graph in graphs for line in graph.plan_citations(_due(project, store, name)))


def fetch_citations(project: Project, progress: Progress, *, edge: NetworkDeps | None = None) -> CitationReport:
    """Ask the graphs of the settings and sum up what the store then knows.

    Raises:
        ConfigError: no graph is named in the settings, or one that there is not. CorpusError: a refresh runs.
    """
    _want_providers(project)
    project.database.parent.mkdir(parents=True, exist_ok=True)
    with locked(project.database), Store.open(project.database) as store:
        learnt = update_citations(project, store, progress, edge)
        known = citations_of(store, tuple(store.papers.all(status=_LIVE)))
    pairs = {(found.citing, found.cited) for found in known.edges}
    return CitationReport(learnt, len(pairs), len({paper for pair in pairs for paper in pair}), known.missing)


def update_citations(
    project: Project, store: Store, progress: Progress, edge: NetworkDeps | None = None
) -> tuple[CitationUpdate, ...]:
    """Ask each graph of the settings about papers that are new or that it was last asked about long ago.

    A graph that fails ends a note, not the run: what it told before that is kept. Nothing is asked by default.

    Args:
        project: whose settings name the graphs.
        store: open, and locked by the caller if others may write.
        progress: who watches.
        edge: clock, time-outs and turns; a test brings its own. The budget is that of `[citations]`.

    Raises:
        ConfigError: the settings name a graph that there is not. CorpusError: the store cannot be written.
    """
    edge = replace(edge or NetworkDeps(), budget=Budget(project.settings.citations.max_requests))
    return tuple(_ask(project, store, progress, name, graph) for name, graph in _graphs(project, edge))


def citations_of(store: Store, papers: Sequence[Paper]) -> Citations:
    """Return who cites whom among some papers, by all that the store was told."""
    return resolve_citations(papers, store.citations.all())


def graph_titles(providers: Iterable[str]) -> dict[str, str]:
    """Return what graphs call themselves; one that is no longer installed goes by its name."""
    titles: dict[str, str] = {}
    for name in sorted(set(providers)):
        try:
            titles[name] = plugins.load("sources", name).make(SourceSettings()).title
        except ConfigError:
            titles[name] = name
    return titles


def _ask(project: Project, store: Store, progress: Progress, name: str, graph: CitationSource) -> CitationUpdate:
    due = _due(project, store, name)
    learnt = CitationUpdate(name, len(due), 0, 0, 0)
    with progress.stage("citations", len(due)) as advance:
        try:
            for answer in graph.citations(due):
                learnt = replace(
                    learnt,
                    answered=learnt.answered + len(answer),
                    known=learnt.known + sum(map(bool, answer)),
                    changed=learnt.changed + store.citations.put(answer, at=now()),
                )
                advance(len(answer))
        except (SourceError, ConfigError) as error:
            note = f"{error.message}; {error.hint}" if error.hint else error.message
            progress.note(f"citations: {note}; {len(due) - learnt.answered} papers wait for the next run")
            learnt = replace(learnt, note=note)
    return learnt


def _due(project: Project, store: Store, provider: str) -> list[Paper]:
    """Return the papers that a graph can know and was not asked about of late, those never asked first."""
    asked = store.citations.last_asked(provider)
    old = days_ago(project.settings.citations.max_age_days)
    due = [
        paper for paper in store.papers.all(status=_LIVE) if paper_identifiers(paper) and asked.get(paper.id, "") <= old
    ]
    return sorted(due, key=lambda paper: (asked.get(paper.id, ""), paper.id))


def _graphs(project: Project, edge: NetworkDeps) -> list[tuple[str, CitationSource]]:
    settings = project.settings
    graphs: list[tuple[str, CitationSource]] = []
    for name in dict.fromkeys(settings.citations.providers):
        if not _is_graph(name):
            known = ", ".join(filter(_is_graph, plugins.names("sources")))
            where = "citations.providers"
            raise ConfigError(f"{where}: {name!r} tells no citations", f"choose from {known}", path=where)
        graphs.append((name, plugins.load("sources", name).make(settings.sources, edge, settings.citations)))
    return graphs


def _is_graph(name: str) -> bool:
    return isinstance(plugins.load("sources", name).make(SourceSettings()), CitationSource)


def _want_providers(project: Project) -> None:
    if not project.settings.citations.providers:
        raise ConfigError(
            "no citation graph is asked",
            'set providers = ["semantic_scholar"] under [citations] in survey.toml',
            path="citations.providers",
        )
