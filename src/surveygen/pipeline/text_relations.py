"""What full texts say of other papers: citations, contexts, results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from surveygen.corpus import Store
from surveygen.domain.citation import CitationRecord
from surveygen.domain.decision import excluded_papers
from surveygen.domain.full_text import FullTextRecord, ReferenceLookup
from surveygen.domain.license import Permission
from surveygen.domain.paper import Paper, PaperId, Status
from surveygen.domain.results import ResultTable
from surveygen.domain.summary import CitationContext
from surveygen.pipeline.state import StoredResults, digest

if TYPE_CHECKING:
    from surveygen.documents import PaperIndex

_LIVE: tuple[Status, ...] = ("active", "reinstated")


@dataclass(frozen=True, slots=True)
class TextRelations:
    """What one text says of other papers.

    Attributes:
        record: whom it cites. references: papers of the survey by ids of entries. contexts: what it says of them.
        tables: those whose values may be results.
    """

    record: CitationRecord
    references: tuple[tuple[str, PaperId], ...] = ()
    contexts: tuple[CitationContext, ...] = ()
    tables: tuple[ResultTable, ...] = ()


def read_relations(
    store: Store,
    papers: Sequence[Paper],
    permission: Callable[[PaperId], Permission],
    results: StoredResults | None = None,
) -> Iterator[TextRelations]:
    """Yield what the full texts of papers say of others, each text that of the version given.

    Args:
        store: has the full texts.
        papers: of the survey; an entry of a bibliography is one of them or a work outside.
        permission: what of the sentences of a paper's text may be shown.
        results: where results of earlier runs are, which hold as long as the text and the papers are the same; without
            them each text is read anew.
    """
    # Quick commands need no parser.
    from surveygen.documents import MATCHING, PaperIndex  # noqa: PLC0415
    from surveygen.summarize.extractive import rules_hash  # noqa: PLC0415

    by_id = {paper.id: paper for paper in papers}
    records = [record for record in store.full_text.records() if _is_of(record, by_id)]
    if not records:
        return
    digests = store.full_text.digests()
    index = PaperIndex.of(papers)
    names = digest([(paper.id, paper.title, paper.authors[:1], paper.year, paper.doi) for paper in papers])
    for record in records:
        paper, allowed = by_id[record.paper], permission(record.paper)
        text = (record.paper, record.version, digests.get((record.paper, record.version), ""), record.at)

        def read(record: FullTextRecord = record, paper: Paper = paper, allowed: Permission = allowed) -> TextRelations:
            return _read(store, record, paper, index, allowed)

        content = (MATCHING, rules_hash(), *text, paper.authors, allowed, names)
        relations = read() if results is None else results(TextRelations, "cites", content, record.paper, read)
        if relations.record:  # else the text is damaged
            yield relations


def citation_records(store: Store, papers: Sequence[Paper], citing: Iterable[PaperId]) -> Iterator[CitationRecord]:
    """Yield whom some papers cite by their bibliographies, which are read anew, as a proof needs it."""
    # Quick commands need no parser.
    from surveygen.documents import PaperIndex, list_citations, match_references  # noqa: PLC0415

    index = PaperIndex.of(papers)
    by_id = {paper.id: paper for paper in papers}
    for name in sorted(set(citing) & set(by_id)):
        record = store.full_text.record(name, by_id[name].version)
        document = store.full_text.get(name, by_id[name].version) if record is not None else None
        if record is not None and document is not None:
            yield list_citations(document, index, match_references(document, index), at=record.at)


def reference_lookup(store: Store) -> ReferenceLookup:
    """Return a function that tells which paper of the survey an entry of a stored text is, matched anew."""
    from surveygen.documents import PaperIndex, match_references  # noqa: PLC0415  # quick commands need no parser

    @cache
    def index() -> PaperIndex:
        excluded = excluded_papers(store.decisions.all())
        return PaperIndex.of(paper for paper in store.papers.all(status=_LIVE) if paper.id not in excluded)

    @cache
    def matches(paper: PaperId, version: int) -> Mapping[str, PaperId]:
        document = store.full_text.get(paper, version)
        return match_references(document, index()) if document is not None else {}

    return lambda paper, version, reference: matches(paper, version).get(reference)


def _is_of(record: FullTextRecord, papers: Mapping[PaperId, Paper]) -> bool:
    paper = papers.get(record.paper)
    return record.is_read and paper is not None and paper.version == record.version


def _read(
    store: Store, record: FullTextRecord, paper: Paper, index: PaperIndex, permission: Permission
) -> TextRelations:
    from surveygen.documents import list_citations, match_references  # noqa: PLC0415  # quick commands need no parser
    from surveygen.summarize import find_contexts, find_result_tables  # noqa: PLC0415

    document = store.full_text.get(record.paper, record.version)
    if document is None:
        return TextRelations(CitationRecord(record.paper, ""))
    references = match_references(document, index)
    contexts = () if permission == "facts" else tuple(find_contexts(document, paper, references.get, permission))
    return TextRelations(
        list_citations(document, index, references, at=record.at),
        tuple(references.items()),
        contexts,
        tuple(find_result_tables(document, references.get)),
    )
