"""Semantic Scholar's graph: references of many papers in one request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from surveygen.config import CitationSettings, SourceSettings
from surveygen.domain.citation import CitationRecord, CitedWork, paper_identifiers
from surveygen.domain.paper import Paper
from surveygen.environment import api_key
from surveygen.errors import SourceError
from surveygen.sources._citation_api import (
    MAX_REFERENCES,
    arxiv_name,
    authors_of,
    connect_graph,
    count_of,
    doi_name,
    names_of,
    read_json,
    refusal,
    rows_of,
    text_of,
    year_of,
)
from surveygen.sources._network_deps import NetworkDeps
from surveygen.sources._retry import UnusableError
from surveygen.sources._service_policy import json_manners
from surveygen.sources._transport import HttpRequest, Transport

NAME = "semantic_scholar"
# The service takes 500 ids and answers with at most 10 MB; 100 papers with 60 references each are about 4 MB.
BATCH = 100
MAX_REFUSED = 5  # papers refused one by one until the fault is taken to be another
_FIELDS = "externalIds,citationCount,references.externalIds,references.title,references.year,references.authors"
_NONE_KNOWN = "no valid paper ids given"  # what it says, with status 400, where it knows none of the ids
_PAPER_ID = re.compile(r"[0-9a-f]{40}\Z")


def make(
    settings: SourceSettings, edge: NetworkDeps | None = None, citations: CitationSettings | None = None
) -> SemanticScholar:
    """Make the client; nothing is opened or asked before `SemanticScholar.citations`."""
    citations = citations or CitationSettings()
    manners = json_manners(
        forbidden="check the key in SEMANTIC_SCHOLAR_API_KEY, or unset it",
        address="citations.semantic_scholar_url",
    )
    url = citations.semantic_scholar_url
    return SemanticScholar(url, connect_graph(settings, citations, url=url, edge=edge, manners=manners))


class SemanticScholar:
    """Asks the batch endpoint: https://api.semanticscholar.org/api-docs/graph."""

    title = "Semantic Scholar"

    def __init__(self, url: str, transport: Transport) -> None:
        self._url = f"{url.rstrip('/')}/paper/batch?fields={quote(_FIELDS, safe=',.')}"
        self._transport = transport
        self._refused = 0

    def plan_citations(self, papers: Sequence[Paper]) -> tuple[str, ...]:
        """List the requests, as `CitationSource.plan_citations` says."""
        return tuple(f"POST {self._url} ({len(batch)} papers)" for batch in _batches(papers))

    def citations(self, papers: Sequence[Paper]) -> Iterator[tuple[CitationRecord, ...]]:
        """Yield answers, as `CitationSource.citations` says."""
        for batch in _batches(papers):
            yield tuple(self._ask(batch))

    def _ask(self, batch: Sequence[tuple[Paper, str]]) -> list[CitationRecord]:
        """Ask for a batch; one that is refused is halved, until the paper that it is refused for stands alone."""
        body = json.dumps({"ids": [name for _, name in batch]}).encode()
        key = api_key(NAME)
        request = HttpRequest(self._url, {"x-api-key": key} if key else {}, body)
        try:
            _, rows = self._transport.ask(request, lambda body: _read(body, len(batch)))
        except SourceError as error:
            if error.status != 400:
                raise
            if _NONE_KNOWN in error.message.lower():
                return [CitationRecord(paper.id, NAME) for paper, _ in batch]
            return self._halved(batch, error)
        return [_told(paper, row) for (paper, _), row in zip(batch, rows, strict=True)]

    def _halved(self, batch: Sequence[tuple[Paper, str]], error: SourceError) -> list[CitationRecord]:
        if len(batch) == 1:
            self._refused += 1
            if self._refused > MAX_REFUSED:
                raise error
            return [CitationRecord(batch[0][0].id, NAME)]
        middle = len(batch) // 2
        return [*self._ask(batch[:middle]), *self._ask(batch[middle:])]


def _batches(papers: Sequence[Paper]) -> Iterator[list[tuple[Paper, str]]]:
    """Yield papers with the name that the service knows them by; those without one are left out."""
    named = [(paper, name) for paper in papers if (name := _asked_name(paper))]
    yield from (named[start : start + BATCH] for start in range(0, len(named), BATCH))


def _asked_name(paper: Paper) -> str:
    for name in paper_identifiers(paper):
        if name.startswith("arxiv:"):
            return f"ARXIV:{paper.id}"
        if doi_name(name.removeprefix("doi:")):
            return f"DOI:{name.removeprefix('doi:')}"
    return ""


def _read(body: bytes, asked: int) -> list[object]:
    data = read_json(body)
    if words := refusal(data):
        raise UnusableError("refused", words)
    if not isinstance(data, list) or len(data) != asked:
        raise UnusableError("broken", f"answered no list of {asked} papers")
    return data


def _told(paper: Paper, row: object) -> CitationRecord:
    if not isinstance(row, dict) or not (names := _names(row)):
        return CitationRecord(paper.id, NAME)
    rows = rows_of(row.get("references"))
    works = [work for item in rows if (work := _work(item))]
    kept = tuple(works[:MAX_REFERENCES])
    return CitationRecord(paper.id, NAME, names, count_of(row.get("citationCount")), kept, len(rows) - len(kept))


def _work(row: Mapping[str, Any]) -> CitedWork | None:
    names = _names(row)
    authors = authors_of(author.get("name") for author in rows_of(row.get("authors")))
    return CitedWork(names, text_of(row.get("title")), authors, year_of(row.get("year"))) if names else None


def _names(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of a paper; a reference that the service could not match has none."""
    outer = row.get("externalIds")
    others = outer if isinstance(outer, dict) else {}
    own = row.get("paperId")
    known = isinstance(own, str) and _PAPER_ID.match(own)
    return names_of(arxiv_name(others.get("ArXiv")), doi_name(others.get("DOI")), f"{NAME}:{own}" if known else "")
