"""OpenAlex: references and citation counts of works, asked by DOI with a key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from surveygen.config import CitationSettings, SourceSettings
from surveygen.domain.citation import CitationRecord, CitedWork, paper_identifiers
from surveygen.domain.paper import Paper
from surveygen.environment import api_key
from surveygen.errors import SourceError
from surveygen.sources._citation_api import (
    MAX_REFERENCES,
    connect_graph,
    count_of,
    doi_name,
    names_of,
    read_json,
    refusal,
    rows_of,
)
from surveygen.sources._network_deps import NetworkDeps
from surveygen.sources._retry import UnusableError
from surveygen.sources._service_policy import json_manners
from surveygen.sources._transport import HttpRequest, Transport

NAME = "openalex"
# One filter takes 100 values and one page holds 100 works; a paper has up to two DOIs.
# https://developers.openalex.org/api-reference/authentication
BATCH = 50
PAGE = 100
_SELECT = "id,doi,cited_by_count,referenced_works"
_WORK = re.compile(r"(?:https://openalex\.org/)?(W[1-9][0-9]{0,15})\Z")


def make(
    settings: SourceSettings, edge: NetworkDeps | None = None, citations: CitationSettings | None = None
) -> OpenAlex:
    """Make the client; nothing is opened or asked before `OpenAlex.citations`."""
    citations = citations or CitationSettings()
    manners = json_manners(
        forbidden="check the key in OPENALEX_API_KEY; a free one is made at https://openalex.org/settings/api",
        address="citations.openalex_url",
    )
    url = citations.openalex_url
    return OpenAlex(url, connect_graph(settings, citations, url=url, edge=edge, manners=manners))


class OpenAlex:
    """Asks for works by DOI; every paper of arXiv has one. Cited works come as ids alone."""

    title = "OpenAlex"

    def __init__(self, url: str, transport: Transport) -> None:
        self._url = url.rstrip("/")
        self._transport = transport

    def plan_citations(self, papers: Sequence[Paper]) -> tuple[str, ...]:
        """List the requests, as `CitationSource.plan_citations` says."""
        return tuple(f"GET {self._address(dois)}" for _, dois in _batches(papers))

    def citations(self, papers: Sequence[Paper]) -> Iterator[tuple[CitationRecord, ...]]:
        """Yield answers, as `CitationSource.citations` says."""
        key = api_key(NAME)
        if not key:
            raise SourceError("OpenAlex wants a key", "put one in the environment as OPENALEX_API_KEY")
        headers = {"Authorization": f"Bearer {key}"}  # not in the address, which is logged
        for batch, dois in _batches(papers):
            _, works = self._transport.ask(HttpRequest(self._address(dois), headers), _read)
            yield tuple(_told(paper, works) for paper in batch)

    def _address(self, dois: Sequence[str]) -> str:
        terms = {"filter": f"doi:{'|'.join(dois)}", "select": _SELECT, "per_page": PAGE}
        return f"{self._url}/works?{urlencode(terms, safe=':|/,')}"


def _batches(papers: Sequence[Paper]) -> Iterator[tuple[list[Paper], list[str]]]:
    named = [paper for paper in papers if _dois(paper)]
    for start in range(0, len(named), BATCH):
        batch = named[start : start + BATCH]
        yield batch, [doi for paper in batch for doi in _dois(paper)]


def _dois(paper: Paper) -> list[str]:
    """Return at most two DOIs of a paper, arXiv's own among them."""
    names = [name for name in reversed(paper_identifiers(paper)) if name.startswith("doi:")]
    return [doi_name(name.removeprefix("doi:")).removeprefix("doi:") for name in names if doi_name(name[4:])][:2]


def _read(body: bytes) -> dict[str, list[Mapping[str, Any]]]:
    """Return the works of an answer by DOI."""
    data = read_json(body)
    if words := refusal(data):
        raise UnusableError("refused", words)
    if not isinstance(data, dict) or not isinstance(data.get("results"), list):
        raise UnusableError("broken", "answered no list of works")
    found: dict[str, list[Mapping[str, Any]]] = {}
    for work in rows_of(data["results"]):
        found.setdefault(doi_name(work.get("doi")).removeprefix("doi:"), []).append(work)
    return found


def _told(paper: Paper, found: Mapping[str, list[Mapping[str, Any]]]) -> CitationRecord:
    """Unite what is told of the works of a paper: its preprint and its publication may be two."""
    works = [work for doi in _dois(paper) for work in found.get(doi, [])]
    own = [name for work in works if (name := _name(work.get("id")))]
    if not own:
        return CitationRecord(paper.id, NAME)
    lists = [work.get("referenced_works") for work in works]
    cited = [_name(item) for items in lists if isinstance(items, list) for item in items]
    known = list(dict.fromkeys(name for name in cited if name))
    counts = [count for work in works if (count := count_of(work.get("cited_by_count"))) is not None]
    names = names_of(*own, *(doi_name(work.get("doi")) for work in works))
    kept = tuple(CitedWork((name,)) for name in known[:MAX_REFERENCES])
    return CitationRecord(paper.id, NAME, names, max(counts, default=None), kept, len(known) - len(kept))


def _name(value: object) -> str:
    found = _WORK.match(value) if isinstance(value, str) else None
    return f"{NAME}:{found[1]}" if found else ""
