"""OpenAlex: references and citation counts of works, by DOI and with a key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from surveygen.config import Settings
from surveygen.domain.citation import CitationRecord, CitedWork, paper_identifiers
from surveygen.domain.paper import Paper
from surveygen.environment import api_key
from surveygen.errors import SourceError
from surveygen.sources.citations._responses import (
    MAX_REFERENCES,
    count_of,
    doi_key,
    objects_of,
    parse_response,
    work_keys,
)  # fmt: skip
from surveygen.sources.http import Budget, NetworkDeps
from surveygen.sources.http.retry import UnusableError, json_policy
from surveygen.sources.http.transport import HttpRequest, connect

TITLE = "OpenAlex"
NAME = "openalex"
# One filter takes 100 values and one page has 100 works; a paper has up to two DOIs.
# https://developers.openalex.org/api-reference/authentication
BATCH = 50
PAGE = 100
_SELECT = "id,doi,cited_by_count,referenced_works"
_WORK = re.compile(r"(?:https://openalex\.org/)?(W[1-9][0-9]{0,15})\Z")


def make(settings: Settings, deps: NetworkDeps) -> OpenAlex:
    """Make the client."""
    return OpenAlex(settings, deps)


class OpenAlex:
    """Client of works by DOI; every paper of arXiv has one. Cited works are ids only."""

    def __init__(self, settings: Settings, deps: NetworkDeps) -> None:
        url = settings.citations.openalex_url
        policy = json_policy(
            forbidden="check the key in OPENALEX_API_KEY; a free one is made at https://openalex.org/settings/api",
            url_key="citations.openalex_url",
        )
        budget = Budget(settings.citations.max_requests)
        self._transport = connect(url, settings.sources.arxiv, deps, budget, policy)
        self._url = url.rstrip("/")

    def plan_citations(self, papers: Sequence[Paper]) -> tuple[str, ...]:
        """List the requests, as `CitationSource.plan_citations` says."""
        return tuple(f"GET {self._works_url(dois)}" for _, dois in _batches(papers))

    def citations(self, papers: Sequence[Paper]) -> Iterator[tuple[CitationRecord, ...]]:
        """Yield records, as `CitationSource.citations` says."""
        key = api_key(NAME)
        if not key:
            raise SourceError("OpenAlex requires a key", "put one in the environment as OPENALEX_API_KEY")
        headers = {"Authorization": f"Bearer {key}"}  # not in the URL, which is logged
        for batch, dois in _batches(papers):
            _, works = self._transport.send(HttpRequest(self._works_url(dois), headers), parse_works)
            yield tuple(read_record(paper, works) for paper in batch)

    def _works_url(self, dois: Sequence[str]) -> str:
        terms = {"filter": f"doi:{'|'.join(dois)}", "select": _SELECT, "per_page": PAGE}
        return f"{self._url}/works?{urlencode(terms, safe=':|/,')}"


def parse_works(body: bytes) -> dict[str, list[Mapping[str, Any]]]:
    """Parse a response into works by DOI.

    Raises:
        UnusableError: "broken", or "refused" with the words of the service.
    """
    data = parse_response(body)
    if not isinstance(data, dict) or not isinstance(data.get("results"), list):
        raise UnusableError("broken", "the response is not a list of works")
    works: dict[str, list[Mapping[str, Any]]] = {}
    for work in objects_of(data["results"]):
        works.setdefault(doi_key(work.get("doi")).removeprefix("doi:"), []).append(work)
    return works


def read_record(paper: Paper, works_by_doi: Mapping[str, list[Mapping[str, Any]]]) -> CitationRecord:
    """Unite the works of a paper: its preprint and its publication may be two."""
    works = [work for doi in _dois(paper) for work in works_by_doi.get(doi, [])]
    own = [key for work in works if (key := _work_key(work.get("id")))]
    if not own:
        return CitationRecord(paper.id, NAME)
    lists = [work.get("referenced_works") for work in works]
    keys = [_work_key(item) for items in lists if isinstance(items, list) for item in items]
    cited = list(dict.fromkeys(key for key in keys if key))
    counts = [count for work in works if (count := count_of(work.get("cited_by_count"))) is not None]
    ids = work_keys(*own, *(doi_key(work.get("doi")) for work in works))
    references = tuple(CitedWork((key,)) for key in cited[:MAX_REFERENCES])
    return CitationRecord(paper.id, NAME, ids, max(counts, default=None), references, len(cited) - len(references))


def _batches(papers: Sequence[Paper]) -> Iterator[tuple[list[Paper], list[str]]]:
    with_doi = [paper for paper in papers if _dois(paper)]
    for start in range(0, len(with_doi), BATCH):
        batch = with_doi[start : start + BATCH]
        yield batch, [doi for paper in batch for doi in _dois(paper)]


def _dois(paper: Paper) -> list[str]:
    """Return at most two DOIs of a paper, arXiv's own among them."""
    identifiers = [name for name in reversed(paper_identifiers(paper)) if name.startswith("doi:")]
    keys = [doi_key(name.removeprefix("doi:")) for name in identifiers]
    return [key.removeprefix("doi:") for key in keys if key][:2]


def _work_key(value: object) -> str:
    match = _WORK.match(value) if isinstance(value, str) else None
    return f"{NAME}:{match[1]}" if match else ""
