"""Semantic Scholar's graph: references of many papers in one request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from surveygen.config import Settings
from surveygen.domain.citation import CitationRecord, CitedWork, paper_identifiers
from surveygen.domain.paper import Paper
from surveygen.environment import api_key
from surveygen.errors import SourceError
from surveygen.sources.citations._responses import (
    MAX_REFERENCES,
    arxiv_key,
    authors_of,
    count_of,
    doi_key,
    objects_of,
    parse_response,
    text_of,
    work_keys,
    year_of,
)  # fmt: skip
from surveygen.sources.http import Budget, NetworkDeps
from surveygen.sources.http.retry import UnusableError, json_policy
from surveygen.sources.http.transport import HttpRequest, connect

TITLE = "Semantic Scholar"
NAME = "semantic_scholar"
# The service takes 500 ids and answers with at most 10 MB; 100 papers with 60 references each are about 4 MB.
BATCH = 100
MAX_REFUSED = 5  # papers refused one by one, after which the cause must be another
_FIELDS = "externalIds,citationCount,references.externalIds,references.title,references.year,references.authors"
_NONE_FOUND = "no valid paper ids given"  # the message, with status 400, where it knows none of the ids
_PAPER_ID = re.compile(r"[0-9a-f]{40}\Z")


def make(settings: Settings, deps: NetworkDeps) -> SemanticScholar:
    """Make the client."""
    return SemanticScholar(settings, deps)


class SemanticScholar:
    """Client of the batch endpoint: https://api.semanticscholar.org/api-docs/graph."""

    def __init__(self, settings: Settings, deps: NetworkDeps) -> None:
        url = settings.citations.semantic_scholar_url
        policy = json_policy(
            forbidden="check the key in SEMANTIC_SCHOLAR_API_KEY, or unset it",
            url_key="citations.semantic_scholar_url",
        )
        budget = Budget(settings.citations.max_requests)
        self._transport = connect(url, settings.sources.arxiv, deps, budget, policy)
        self._url = f"{url.rstrip('/')}/paper/batch?fields={quote(_FIELDS, safe=',.')}"
        self._refused = 0

    def plan_citations(self, papers: Sequence[Paper]) -> tuple[str, ...]:
        """List the requests, as `CitationSource.plan_citations` says."""
        return tuple(f"POST {self._url} ({len(batch)} papers)" for batch in _batches(papers))

    def citations(self, papers: Sequence[Paper]) -> Iterator[tuple[CitationRecord, ...]]:
        """Yield records, as `CitationSource.citations` says."""
        for batch in _batches(papers):
            yield tuple(self._fetch(batch))

    def _fetch(self, batch: Sequence[tuple[Paper, str]]) -> list[CitationRecord]:
        """Fetch a batch; one that is refused is halved until the paper that it is refused for is alone."""
        body = json.dumps({"ids": [name for _, name in batch]}).encode()
        key = api_key(NAME)
        request = HttpRequest(self._url, {"x-api-key": key} if key else {}, body)

        def parse(response: bytes) -> list[object]:
            data = parse_response(response)
            if not isinstance(data, list) or len(data) != len(batch):
                raise UnusableError("broken", f"the response is not a list of {len(batch)} papers")
            return data

        try:
            _, items = self._transport.send(request, parse)
        except SourceError as error:
            if error.status != 400:
                raise
            if _NONE_FOUND in error.message.lower():
                return [CitationRecord(paper.id, NAME) for paper, _ in batch]
            if len(batch) > 1:
                middle = len(batch) // 2
                return [*self._fetch(batch[:middle]), *self._fetch(batch[middle:])]
            self._refused += 1
            if self._refused > MAX_REFUSED:
                raise
            return [CitationRecord(batch[0][0].id, NAME)]
        return [read_record(paper, item) for (paper, _), item in zip(batch, items, strict=True)]


def read_record(paper: Paper, item: object) -> CitationRecord:
    """Read the object of a paper; anything else means that the service does not know the paper."""
    if not isinstance(item, dict) or not (keys := _keys(item)):
        return CitationRecord(paper.id, NAME)
    references = objects_of(item.get("references"))
    works: list[CitedWork] = []
    for reference in references:
        if cited_keys := _keys(reference):
            authors = authors_of(author.get("name") for author in objects_of(reference.get("authors")))
            title, year = text_of(reference.get("title")), year_of(reference.get("year"))
            works.append(CitedWork(cited_keys, title, authors, year))
    works = works[:MAX_REFERENCES]
    count = count_of(item.get("citationCount"))
    return CitationRecord(paper.id, NAME, keys, count, tuple(works), len(references) - len(works))


def _batches(papers: Sequence[Paper]) -> Iterator[list[tuple[Paper, str]]]:
    """Yield papers with the name by which the service looks them up; those without one are left out."""
    named: list[tuple[Paper, str]] = []
    for paper in papers:
        for identifier in paper_identifiers(paper):
            doi = identifier.removeprefix("doi:")
            name = f"ARXIV:{paper.id}" if identifier.startswith("arxiv:") else f"DOI:{doi}" if doi_key(doi) else ""
            if name:
                named.append((paper, name))
                break
    yield from (named[start : start + BATCH] for start in range(0, len(named), BATCH))


def _keys(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of a paper; a reference that the service could not match has none."""
    external = item.get("externalIds")
    others = external if isinstance(external, dict) else {}
    own = item.get("paperId")
    is_valid = isinstance(own, str) and _PAPER_ID.match(own)
    return work_keys(arxiv_key(others.get("ArXiv")), doi_key(others.get("DOI")), f"{NAME}:{own}" if is_valid else "")
