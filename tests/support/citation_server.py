"""A small Semantic Scholar and a small OpenAlex on this machine, over one invented graph."""

from __future__ import annotations

import hashlib
import json
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from surveygen.config import CitationSettings

Reply = tuple[int, object]


@dataclass
class Asked:
    """One request as the server saw it; `names` are the ids or DOIs that it holds."""

    path: str
    names: Sequence[str]
    headers: Mapping[str, str]


@dataclass
class Graph:
    """What the servers know, do wrong and have seen.

    `references` gives the arXiv ids that a paper cites; `published` the DOI of its publication, where it has one.
    `faults` names the fault of a request by its number from 1, `otherwise` the fault of all others.
    A batch that holds the id `refuses` is refused whole. `key` is wanted by OpenAlex.
    """

    references: Mapping[str, Sequence[str]]
    published: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[int, str] = field(default_factory=dict)
    otherwise: str = ""
    refuses: str = ""
    key: str = "key-1"
    hits: list[Asked] = field(default_factory=list)
    url: str = ""

    def settings(self, *providers: str, **more: Any) -> CitationSettings:
        """Return settings that ask these servers."""
        return CitationSettings(providers, semantic_scholar_url=f"{self.url}/graph/v1", openalex_url=self.url, **more)

    def batch(self, names: Sequence[str]) -> Reply:
        """Answer Semantic Scholar's batch endpoint."""
        if len(names) > 500:
            return 400, {"error": "too many ids: at most 500"}
        if self.refuses and any(self.refuses in name for name in names):
            return 400, {"error": "the answer would exceed the maximum size"}
        ids = [name.removeprefix("ARXIV:") for name in names]
        if not any(paper in self.references for paper in ids):
            return 400, {"error": "No valid paper ids given"}
        return 200, [self._paper(paper) if paper in self.references else None for paper in ids]

    def _paper(self, paper: str) -> dict[str, object]:
        cited = [self._named(other) for other in self.references[paper]]
        unmatched = {"paperId": None, "externalIds": None, "title": "A book that nobody found", "year": None}
        return self._named(paper) | {"citationCount": self._times(paper) + 7, "references": [*cited, unmatched]}

    def _named(self, paper: str) -> dict[str, object]:
        ids = {"ArXiv": paper, "CorpusId": 12} | ({"DOI": self.published[paper]} if paper in self.published else {})
        authors = [{"authorId": "1", "name": "Ada Byron"}, {"authorId": None, "name": "Bo Lindqvist"}]
        sha = hashlib.sha1(paper.encode(), usedforsecurity=False).hexdigest()
        return {"paperId": sha, "externalIds": ids, "title": f"About {paper}", "year": 2020, "authors": authors}

    def _times(self, paper: str) -> int:
        return sum(paper in cited for cited in self.references.values())

    def works(self, dois: Sequence[str], bearer: str) -> Reply:
        """Answer OpenAlex's list of works."""
        if bearer != f"Bearer {self.key}":
            return 401, {"error": "Unauthorized", "message": "Invalid API key"}
        if len(dois) > 100:
            return 400, {"error": "Invalid query parameters", "message": "at most 100 values"}
        return 200, {"meta": {"count": 1}, "results": [work for doi in dois for work in self._works(doi)]}

    def _works(self, doi: str) -> Iterator[dict[str, object]]:
        for paper, cited in self.references.items():
            if doi in {f"10.48550/arxiv.{paper}", self.published.get(paper, "").lower()}:
                works = [f"https://openalex.org/{_number(other)}" for other in cited]
                own = f"https://openalex.org/{_number(paper)}"
                yield {
                    "id": own,
                    "doi": f"https://doi.org/{doi}",
                    "cited_by_count": 3,
                    "referenced_works": works,
                }


def _number(paper: str) -> str:
    return f"W{zlib.crc32(paper.encode()) + 1}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    graph: Graph

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(body["ids"], self.graph.batch)

    def do_GET(self) -> None:
        terms = parse_qs(urlsplit(self.path).query)
        dois = terms["filter"][0].removeprefix("doi:").split("|")
        self._answer(dois, lambda names: self.graph.works(names, self.headers.get("Authorization", "")))

    def _answer(self, names: Sequence[str], reply: Any) -> None:
        self.graph.hits.append(Asked(self.path, names, dict(self.headers)))
        fault = self.graph.faults.get(len(self.graph.hits), self.graph.otherwise)
        status, data = reply(names)
        body, headers = json.dumps(data).encode(), {"Content-Type": "application/json"}
        status, body, more = _FAULTS[fault](status, body) if fault else (status, body, {})
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))} | more).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


_FAULTS: Mapping[str, Any] = {
    **{str(code): lambda _s, _b, code=code: (code, b'{"error": "no"}', {}) for code in (400, 401, 403, 404, 500)},
    "429": lambda _s, _b: (429, b'{"message": "Too Many Requests", "code": "429"}', {"Retry-After": "2"}),
    "out of credits": lambda _s, _b: (429, b'{"error": "Rate limit exceeded"}', {"Retry-After": "40000"}),
    "html": lambda status, _b: (status, b"<html>maintenance</html>", {"Content-Type": "text/html"}),
    "truncated": lambda status, body: (status, body[:-9], {}),
    "short list": lambda status, body: (status, json.dumps(json.loads(body)[:-1]).encode(), {}),
    "no list": lambda status, _b: (status, b'"hello"', {}),
    "deep": lambda status, _b: (status, b"[" * 100_000, {}),
    "huge number": lambda status, _b: (status, b"[" + b"9" * 5000 + b"]", {}),
    "not a number": lambda status, _b: (status, b"[NaN]", {}),
}
BROKEN = ("html", "truncated", "short list", "no list", "deep", "huge number", "not a number")


@contextmanager
def serving_graph(graph: Graph) -> Iterator[Graph]:
    """Run the servers; `graph.url` is their address."""
    handler = type("Handler", (_Handler,), {"graph": graph})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is no news
    graph.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield graph
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
