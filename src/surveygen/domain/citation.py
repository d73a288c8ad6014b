"""Citation records of graphs and the citations within a survey."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from surveygen.domain.identity import title_key
from surveygen.domain.paper import Paper, PaperId, is_arxiv_id

FULL_TEXT = "full_text"  # the provider of what bibliographies of stored texts say
MAX_EXTERNAL = 30  # works outside the survey that are listed for each paper of a draft; a card shows at most 60 nodes
MAX_MISSING = 10  # works outside the survey that its papers cite most
_MIN_TITLE_WORDS = 4  # of a title that may name a work alone; there are many an "Introduction to Optimization"


@dataclass(frozen=True, slots=True)
class CitedWork:
    """A paper as a graph lists it.

    Attributes:
        ids: "arxiv:2101.00001", "doi:10.1000/x" in lower case, the graph's own ("openalex:W12"), or a `title_name`;
            strongest first. A paper of the survey may be named by its `survey_name`.
        authors: in short, "Müller et al."; empty if unknown, as is the title.
    """

    ids: tuple[str, ...]
    title: str = ""
    authors: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class CitationRecord:
    """The answer of one graph about one paper of the survey.

    Attributes:
        ids: the ids of the paper in the graph; empty if the graph does not list it.
        cited_by: how often it is cited anywhere; None if the graph does not say.
        references: in the graph's order. more: how many further ones were left out.
        at: ISO 8601 UTC, since when the graph gives this answer; "" before it is stored.
    """

    paper: PaperId
    provider: str
    ids: tuple[str, ...] = ()
    cited_by: int | None = None
    references: tuple[CitedWork, ...] = ()
    more: int = 0
    at: str = ""

    def __bool__(self) -> bool:
        """Whether the graph lists the paper."""
        return bool(self.ids)


@dataclass(frozen=True, slots=True)
class CitationEdge:
    """One paper of the survey cites another, according to a graph at a time."""

    citing: PaperId
    cited: PaperId
    provider: str
    at: str


@dataclass(frozen=True, slots=True)
class CitationStats:
    """Citations from and to one paper.

    Attributes:
        references, cited_by: papers of the survey, sorted by id.
        outside: works outside the survey that it cites, those first that the survey cites most. more: further ones.
        count: how often it is cited anywhere, the largest number of any graph; None if no graph says.
        providers: name and date of each graph that lists the paper.
    """

    references: tuple[PaperId, ...] = ()
    cited_by: tuple[PaperId, ...] = ()
    outside: tuple[CitedWork, ...] = ()
    more: int = 0
    count: int | None = None
    providers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Citations:
    """The citations of a survey.

    Attributes:
        edges: within the survey, sorted; one for each graph that lists it.
        stats: of each paper that a graph lists or a paper cites.
        missing: works outside the survey that most of its papers cite, with the number of these papers.
    """

    edges: tuple[CitationEdge, ...] = ()
    stats: Mapping[PaperId, CitationStats] = field(default_factory=dict)
    missing: tuple[tuple[CitedWork, int], ...] = ()


def paper_identifiers(paper: Paper) -> tuple[str, ...]:
    """Return the ids by which graphs may list a paper, strongest first.

    >>> paper_identifiers(Paper(PaperId("2101.00001"), "T", doi="https://doi.org/10.1000/X"))
    ('arxiv:2101.00001', 'doi:10.1000/x', 'doi:10.48550/arxiv.2101.00001')
    """
    own = paper.doi.lower().removeprefix("https://doi.org/").split()
    dois = [f"doi:{doi}" for doi in own if doi.startswith("10.")]
    arxiv = paper.id.lower()
    if is_arxiv_id(paper.id):
        return tuple(dict.fromkeys((f"arxiv:{arxiv}", *dois, f"doi:10.48550/arxiv.{arxiv}")))
    return tuple(dict.fromkeys(dois))


def survey_name(paper: PaperId) -> str:
    """Return the id of a paper of the survey among those of cited works; no graph uses it.

    >>> survey_name(PaperId("doi:10.1000/x"))
    'survey:doi:10.1000/x'
    """
    return f"survey:{paper}"


def title_name(title: str) -> str:
    """Return the id that a work has by its title alone, "" if that is too short to name one work.

    >>> title_name("Counting Bees in the Dark"), title_name("The Bee")
    ('title:countingbeesinthedark', '')
    """
    return f"title:{title_key(title)}" if len(title.split()) >= _MIN_TITLE_WORDS else ""


def resolve_citations(papers: Iterable[Paper], records: Iterable[CitationRecord]) -> Citations:
    """Match the works that graphs list with the papers of a survey; records of other papers are ignored.

    Works outside the survey that share an id or a title are one work. The order of `papers` decides which of two papers
    with a common id is meant, the order of `records` which graph's list of works outside the survey is shown.
    """
    by_identifier: dict[str, PaperId] = {}
    inside: set[PaperId] = set()
    for paper in papers:
        inside.add(paper.id)
        for identifier in (survey_name(paper.id), *paper_identifiers(paper)):
            by_identifier.setdefault(identifier, paper.id)
    used = [record for record in records if record and record.paper in inside]
    for record in used:
        for identifier in record.ids:
            by_identifier.setdefault(identifier, record.paper)
    edges: set[CitationEdge] = set()
    works_outside: dict[PaperId, tuple[dict[str, CitedWork], int]] = {}  # with the number of those that are left out
    first_names: dict[str, str] = {}
    for record in used:
        outside: dict[str, CitedWork] = {}
        for work in record.references:
            target = next((by_identifier[name] for name in work.ids if name in by_identifier), None)
            if target is None and work.ids:
                names = tuple(filter(None, (*work.ids, title_name(work.title))))
                first = next((first_names[name] for name in names if name in first_names), names[0])
                first_names.update(dict.fromkeys(names, first))
                outside.setdefault(first, work)
            elif target is not None and target != record.paper:
                edges.add(CitationEdge(record.paper, target, record.provider, record.at))
        titled = {name: work for name, work in outside.items() if work.title}
        if record.paper not in works_outside or (titled and not works_outside[record.paper][0]):
            works_outside[record.paper] = titled, len(outside) - len(titled) + record.more
    return _count_citations(used, edges, works_outside)


def _count_citations(
    records: Iterable[CitationRecord],
    edges: Iterable[CitationEdge],
    works_outside: Mapping[PaperId, tuple[Mapping[str, CitedWork], int]],
) -> Citations:
    """Return the edges, the statistics of each paper, and the missing works."""
    edges = sorted(edges, key=lambda edge: (edge.citing, edge.cited, edge.provider))
    cites: dict[PaperId, set[PaperId]] = defaultdict(set)
    cited: dict[PaperId, set[PaperId]] = defaultdict(set)
    for edge in edges:
        cites[edge.citing].add(edge.cited)
        cited[edge.cited].add(edge.citing)
    of_paper: dict[PaperId, list[CitationRecord]] = defaultdict(list)
    for record in records:
        of_paper[record.paper].append(record)
    works = {name: work for group, _ in works_outside.values() for name, work in group.items()}
    times = Counter(name for group, _ in works_outside.values() for name in group)
    ranked = sorted(times.items(), key=lambda item: (-item[1], item[0]))
    stats = {}
    for paper in sorted({*cites, *cited, *of_paper}):
        group, more = works_outside.get(paper, ({}, 0))
        outside = sorted(group, key=lambda name: (-times[name], group[name].title))
        stats[paper] = CitationStats(
            references=tuple(sorted(cites.get(paper, ()))),
            cited_by=tuple(sorted(cited.get(paper, ()))),
            outside=tuple(works[name] for name in outside[:MAX_EXTERNAL]),
            more=max(len(outside) - MAX_EXTERNAL, 0) + more,
            count=max((item.cited_by for item in of_paper[paper] if item.cited_by is not None), default=None),
            providers=tuple((item.provider, item.at) for item in of_paper[paper]),
        )
    return Citations(tuple(edges), stats, tuple((works[name], count) for name, count in ranked[:MAX_MISSING]))
