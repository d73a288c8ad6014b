"""Who cites whom: what citation graphs tell, and what follows for a survey."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from surveygen.domain.identifiers import is_arxiv_id
from surveygen.domain.paper import Paper, PaperId

MAX_EXTERNAL = 30  # works outside the survey that are kept for each paper of a draft; a card shows at most 60 nodes
MAX_MISSING = 10  # works outside the survey that it cites most


@dataclass(frozen=True, slots=True)
class CitedWork:
    """A paper as a graph names it.

    Attributes:
        ids: "arxiv:2101.00001", "doi:10.1000/x" in lower case, or the graph's own ("openalex:W12"), strongest first.
        authors: in a few words, "Müller et al."; empty where it is not told, as is the title.
    """

    ids: tuple[str, ...]
    title: str = ""
    authors: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class CitationRecord:
    """What one graph tells of one paper of the survey.

    Attributes:
        ids: by which the graph knows the paper; none if it does not.
        cited_by: how often it is cited anywhere; None if that is not told.
        references: in the order told. more: how many further ones were left out.
        at: ISO 8601 UTC, since when the graph tells this; "" before it is stored.
    """

    paper: PaperId
    provider: str
    ids: tuple[str, ...] = ()
    cited_by: int | None = None
    references: tuple[CitedWork, ...] = ()
    more: int = 0
    at: str = ""

    def __bool__(self) -> bool:
        """Whether the graph knows the paper."""
        return bool(self.ids)


@dataclass(frozen=True, slots=True)
class CitationEdge:
    """One paper of the survey cites another, as a graph told at a time."""

    citing: PaperId
    cited: PaperId
    provider: str
    at: str


@dataclass(frozen=True, slots=True)
class CitationStats:
    """Where one paper stands among the citations that are known.

    Attributes:
        references, cited_by: papers of the survey, sorted by id.
        outside: works that it cites beyond the survey, those first that the survey cites most. more: further ones.
        count: how often it is cited anywhere, the most that a graph tells; None if none does.
        told: provider and date of each graph that knows the paper.
    """

    references: tuple[PaperId, ...] = ()
    cited_by: tuple[PaperId, ...] = ()
    outside: tuple[CitedWork, ...] = ()
    more: int = 0
    count: int | None = None
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Citations:
    """The citations of a survey.

    Attributes:
        edges: within the survey, sorted; one for each graph that tells it.
        standings: of each paper that some graph knows or some paper cites.
        missed: works outside the survey that most of its papers cite, with how many do.
    """

    edges: tuple[CitationEdge, ...] = ()
    standings: Mapping[PaperId, CitationStats] = field(default_factory=dict)
    missed: tuple[tuple[CitedWork, int], ...] = ()


def paper_identifiers(paper: Paper) -> tuple[str, ...]:
    """Return the ids by which graphs may know a paper, strongest first.

    >>> ids_of(Paper(PaperId("2101.00001"), "T", doi="https://doi.org/10.1000/X"))
    ('arxiv:2101.00001', 'doi:10.1000/x', 'doi:10.48550/arxiv.2101.00001')
    """
    own = paper.doi.lower().removeprefix("https://doi.org/").split()
    dois = [f"doi:{doi}" for doi in own if doi.startswith("10.")]
    arxiv = paper.id.lower()
    if is_arxiv_id(paper.id):
        return tuple(dict.fromkeys((f"arxiv:{arxiv}", *dois, f"doi:10.48550/arxiv.{arxiv}")))
    return tuple(dict.fromkeys(dois))


def resolve_citations(papers: Iterable[Paper], told: Iterable[CitationRecord]) -> Citations:
    """Find the papers of a survey among the works that graphs name; what is told of other papers is left out.

    The order of `papers` decides which of two papers with a common id is meant, the order of `told` which graph's
    list of works outside the survey is shown.
    """
    names: dict[str, PaperId] = {}
    inside: set[PaperId] = set()
    for paper in papers:
        inside.add(paper.id)
        for name in paper_identifiers(paper):
            names.setdefault(name, paper.id)
    heard = [one for one in told if one and one.paper in inside]
    for one in heard:
        for name in one.ids:
            names.setdefault(name, one.paper)
    return _Resolver(names, heard).citations()


class _Resolver:
    """Reads what was heard with the names of the papers at hand."""

    def __init__(self, names: Mapping[str, PaperId], heard: list[CitationRecord]) -> None:
        self._heard = heard
        self._edges: set[CitationEdge] = set()
        self._outside: dict[PaperId, list[CitedWork]] = {}
        self._more: dict[PaperId, int] = {}
        for one in heard:
            self._hear(one, names)
        self._times = Counter(work.ids[0] for works in self._outside.values() for work in works)

    def _hear(self, one: CitationRecord, names: Mapping[str, PaperId]) -> None:
        strangers: dict[str, CitedWork] = {}
        for work in one.references:
            target = next((names[name] for name in work.ids if name in names), None)
            if target is None and work.ids:
                strangers.setdefault(work.ids[0], work)
            elif target is not None and target != one.paper:
                self._edges.add(CitationEdge(one.paper, target, one.provider, one.at))
        titled = [work for work in strangers.values() if work.title]
        if one.paper not in self._outside or (titled and not self._outside[one.paper]):
            self._outside[one.paper] = titled
            self._more[one.paper] = len(strangers) - len(titled) + one.more

    def citations(self) -> Citations:
        edges = sorted(self._edges, key=lambda edge: (edge.citing, edge.cited, edge.provider))
        works = {work.ids[0]: work for found in self._outside.values() for work in found}
        ranked = sorted(self._times.items(), key=lambda item: (-item[1], item[0]))
        missed = tuple((works[name], times) for name, times in ranked[:MAX_MISSING])
        return Citations(tuple(edges), self._standings(edges), missed)

    def _standings(self, edges: list[CitationEdge]) -> dict[PaperId, CitationStats]:
        cites: dict[PaperId, set[PaperId]] = defaultdict(set)
        cited: dict[PaperId, set[PaperId]] = defaultdict(set)
        for edge in edges:
            cites[edge.citing].add(edge.cited)
            cited[edge.cited].add(edge.citing)
        told: dict[PaperId, list[CitationRecord]] = defaultdict(list)
        for one in self._heard:
            told[one.paper].append(one)
        return {paper: self._standing(paper, cites, cited, told) for paper in sorted({*cites, *cited, *told})}

    def _standing(
        self,
        paper: PaperId,
        cites: Mapping[PaperId, set[PaperId]],
        cited: Mapping[PaperId, set[PaperId]],
        told: Mapping[PaperId, list[CitationRecord]],
    ) -> CitationStats:
        heard = told.get(paper, [])
        outside = sorted(self._outside.get(paper, []), key=lambda work: (-self._times[work.ids[0]], work.title))
        return CitationStats(
            references=tuple(sorted(cites.get(paper, ()))),
            cited_by=tuple(sorted(cited.get(paper, ()))),
            outside=tuple(outside[:MAX_EXTERNAL]),
            more=max(len(outside) - MAX_EXTERNAL, 0) + self._more.get(paper, 0),
            count=max((one.cited_by for one in heard if one.cited_by is not None), default=None),
            told=tuple((one.provider, one.at) for one in heard),
        )
