"""A small arXiv on this machine: real sockets, invented or recorded papers, faults by schedule."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from arxiv_oai import Sizes, oai_answer
from arxiv_world import State, World
from surveygen.sources.http import Clock

SCALE = 2000.0
WALL = datetime(2030, 1, 1, tzinfo=UTC).timestamp()  # our clock, later than that of any invented server
_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(v\d+)?\Z")
_SPAN = re.compile(r"submittedDate:\[(\d{12}) TO (\d{12})\]")
_HEAD = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" '
    'xmlns="http://www.w3.org/2005/Atom">\n<id>https://arxiv.org/api/replica</id>\n'
)


@dataclass(frozen=True)
class Invented:
    """A paper that nobody wrote."""

    id: str
    published: str
    title: str = "An invented title"
    version: int = 1

    @property
    def updated(self) -> str:
        """The date of the version."""
        return self.published

    @property
    def entry(self) -> str:
        """Its Atom entry."""
        return (
            f"<entry><id>http://arxiv.org/abs/{self.id}v{self.version}</id><title>{escape(self.title)}</title>"
            f"<updated>{self.published}</updated><published>{self.published}</published>"
            f"<summary>Nothing is claimed in {self.id}.</summary><author><name>N. O. Body</name></author>"
            '<category term="cs.XX"/><arxiv:primary_category term="cs.XX"/></entry>\n'
        )


def invent(count: int, *, first: str = "2024-01-01T00:00:00", step: timedelta = timedelta(hours=7)) -> list[Invented]:
    """Invent papers at even distances in time, the oldest first."""
    start = datetime.fromisoformat(first).replace(tzinfo=UTC)
    dates = [(start + n * step).strftime("%Y-%m-%dT%H:%M:%SZ") for n in range(count)]
    return [Invented(f"2401.{n:05}", date, f"Invented paper {n}") for n, date in enumerate(dates)]


@dataclass
class Hit:
    """One request as the server saw it; times are `time.monotonic`, `connection` is the port of the client."""

    query: Mapping[str, str]
    agent: str
    connection: int
    arrived: float
    ended: float = 0.0
    path: str = ""


@dataclass
class Replica:
    """What the server has, does wrong and has seen.

    `faults` names the fault of a request by its number from 1, `otherwise` the fault of all others.
    Ids that hold the word `refuses` are called malformed.
    With a `world`, papers are those of its clock, in both protocols; `during` changes it before a request is answered.
    `recorded` maps the parameters of a request to (status, body); it is looked up first.
    `pages` are the HTML pages of papers by id and version, such as "2401.00001v2", and their images below these.
    """

    papers: Sequence[Invented] = ()
    faults: Mapping[int, str] = field(default_factory=dict)
    otherwise: str = ""
    recorded: Mapping[tuple[str, str, str, str], tuple[int, bytes]] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    most_offset: int = 10_000
    refuses: str = ""
    url: str = ""
    closing: threading.Event = field(default_factory=threading.Event)
    world: World | None = None
    sizes: Sizes = field(default_factory=Sizes)
    during: Mapping[int, Callable[[World], None]] = field(default_factory=dict)
    pages: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def oai_url(self) -> str:
        """Its OAI-PMH."""
        return self.url.replace("/api/query", "/oai")

    @property
    def feed_url(self) -> str:
        """Its daily feed."""
        return self.url.replace("/api/query", "/atom")

    @property
    def html_url(self) -> str:
        """Its pages of papers."""
        return self.url.replace("/api/query", "/html")

    def pages_hit(self) -> list[str]:
        """List the requested pages in their order."""
        return [hit.path.removeprefix("/html/") for hit in self.hits if hit.path.startswith("/html/")]

    def reply(self, path: str, query: Mapping[str, str], fault: str) -> tuple[int, bytes]:
        """Answer by the path of the request."""
        if path.startswith("/html/"):
            page = self.pages.get(path.removeprefix("/html/"))
            return (404, b"<html><body>No HTML for this paper</body></html>") if page is None else (200, page)
        if path.endswith("/oai"):
            return 200, oai_answer(self._there(), query, self.sizes, fault)
        if "/atom/" in path:
            return 200, _daily(self._there())
        return self.answer({"start": "0", "max_results": "10", **query}, fault)

    def _there(self) -> World:
        return self.world or World([], "2024-01-01T00:00:00Z")

    def _shelf(self) -> Sequence[Invented | State]:
        return self.world.current() if self.world else self.papers

    def answer(self, query: Mapping[str, str], fault: str) -> tuple[int, bytes]:
        """Return status and body of a request."""
        names = ("search_query", "id_list", "start", "max_results")
        known = self.recorded.get((query.get(names[0], ""), query.get(names[1], ""), query["start"], query[names[3]]))
        if known:
            return known
        start, size = int(query["start"]), int(query["max_results"])
        if start + size > self.most_offset:
            return 500, b"<html>beyond the end</html>"
        found = self._by_id(query["id_list"]) if query.get("id_list") else self._by_query(query.get("search_query", ""))
        if isinstance(found, bytes):
            return 400, found
        if query.get("sortBy") == "lastUpdatedDate":
            found = sorted(found, key=lambda paper: (paper.updated, paper.id), reverse=True)
        day = self.world.now if self.world else "2024-01-01T00:00:00Z"
        return 200, _broken_feed(found, start, size, fault).replace(
            b"</id>", b"</id><updated>%s</updated>" % day.encode(), 1
        )

    def _by_id(self, id_list: str) -> list[Invented | State] | bytes:
        known: dict[str, Invented | State] = {paper.id: paper for paper in self._shelf()}
        asked = [(name, _ID.match(name)) for name in id_list.split(",")]
        for name, match in asked:
            if match is None or (self.refuses and self.refuses in name):
                return error_feed(f"incorrect id format for {name}")
        bases = [match[1] for _, match in asked if match]
        return [known[base] for base in bases if base in known]

    def _by_query(self, query: str) -> list[Invented | State]:
        span = _SPAN.search(query)
        low, high = span.groups() if span else ("0" * 12, "9" * 12)
        inside = [paper for paper in self._shelf() if low <= re.sub(r"\D", "", paper.published)[:12] <= high]
        return sorted(inside, key=lambda paper: (paper.published, paper.id), reverse=True)


def error_feed(words: str) -> bytes:
    """Write an error as arXiv does: a feed with one entry."""
    entry = (
        f"<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title><summary>{escape(words)}</summary></entry>"
    )
    return _feed([entry], 1, 0)


def _feed(entries: Sequence[str], total: int, start: int) -> bytes:
    counts = f"<opensearch:totalResults>{total}</opensearch:totalResults>"
    counts += f"<opensearch:startIndex>{start}</opensearch:startIndex>\n"
    return (_HEAD + counts + "".join(entries) + "</feed>\n").encode()


def _daily(world: World) -> bytes:
    """Write the feed of the day: new papers, and new versions as replacements."""
    entries = [
        f"<entry><id>oai:arXiv.org:{state.id}v{state.versions[-1].n}</id><arxiv:announce_type>"
        f"{'new' if len(state.versions) == 1 else 'replace'}</arxiv:announce_type></entry>"
        for state in world.current()
        if state.moment[:10] == world.now[:10]
    ]
    return _feed(entries, len(entries), 0)


def _broken_feed(found: Sequence[Invented | State], start: int, size: int, fault: str) -> bytes:
    """Write a page; the faults of content are made here."""
    at = 0 if fault in {"ignores start", "ignores start silently"} else start
    entries = [paper.entry for paper in found[at : at + size]]
    if fault == "empty page":
        entries = []
    elif fault == "short page":
        entries = entries[: len(entries) // 2]
    elif fault == "duplicate entry":
        entries = [entries[0], *entries]
    elif fault == "undated entry":
        entries[1:2] = [re.sub("<published>.*?</published>", "", entries[1])]
    elif fault == "wrong order":
        entries = entries[::-1]
    elif fault == "wrong years":
        entries = [entry.replace("<published>2024", "<published>1999") for entry in entries]
    return _feed(entries, len(found), 0 if fault == "ignores start" else start)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    replica: Replica
    tag = ""
    kind = ""

    def do_GET(self) -> None:  # the name that http.server calls
        url = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        hit = Hit(query, self.headers["User-Agent"], self.client_address[1], time.monotonic(), path=url.path)
        self.kind = _KINDS.get(Path(url.path).suffix, "text/html") if url.path.startswith("/html/") else _ATOM
        self.replica.hits.append(hit)
        number = len(self.replica.hits)
        if self.replica.world and number in self.replica.during:
            self.replica.during[number](self.replica.world)
        fault = self.replica.faults.get(number, self.replica.otherwise)
        status, body = self.replica.reply(url.path, query, fault)
        tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if "/atom/" in url.path and self.headers["If-None-Match"] == tag:
            status, body = 304, b""
        hit.ended = time.monotonic()
        self.tag = tag
        FAULTS.get(fault, _plain)(self, status, body)
        hit.ended = time.monotonic()

    def send(self, status: int, body: bytes, kind: str = "", **headers: str) -> None:
        """Send a whole answer; underscores in names of headers become hyphens."""
        self.send_response(status)
        self.send_header("Content-Type", kind or self.kind)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("ETag", self.tag)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


def _plain(handler: _Handler, status: int, body: bytes) -> None:
    handler.send(status, body)


def _status(status: int, **headers: str) -> Callable[[_Handler, int, bytes], None]:
    return lambda handler, _status, _body: handler.send(status, b"no", "text/plain", **headers)


def _body(kind: str, make: Callable[[bytes], bytes], **headers: str) -> Callable[[_Handler, int, bytes], None]:
    return lambda handler, status, body: handler.send(status, make(body), kind, **headers)


def _cut(handler: _Handler, status: int, body: bytes) -> None:
    handler.send(status, body[: len(body) // 2], length=str(len(body)))
    handler.close_connection = True


def _silent(handler: _Handler, _status: int, _body: bytes) -> None:
    handler.replica.closing.wait(10)
    handler.close_connection = True


def _reset(handler: _Handler, _status: int, _body: bytes) -> None:
    handler.close_connection = True


def _drip(handler: _Handler, status: int, body: bytes) -> None:
    handler.send(status, b"", length=str(len(body)))
    for at in range(len(body)):
        if handler.replica.closing.wait(0.01):
            break
        try:
            handler.wfile.write(body[at : at + 1])
        except OSError:
            break
    handler.close_connection = True


def _drip_head(handler: _Handler, _status: int, _body: bytes) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.replica.closing.wait(0.01):
        try:
            handler.wfile.write(b"x")
        except OSError:
            break
    handler.close_connection = True


def _no_length(handler: _Handler, status: int, body: bytes) -> None:
    """Send an answer that ends with the connection, slowly."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/atom+xml\r\nConnection: close\r\n\r\n" + body)
    handler.replica.closing.wait(10)
    handler.close_connection = True


def _endless(handler: _Handler, _status: int, _body: bytes) -> None:
    """Send the start of a page, and go on for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<p class='ltx_p'>")
    while not handler.replica.closing.is_set():
        try:
            handler.wfile.write(b"more " * 2**14)
        except OSError:
            break
    handler.close_connection = True


def _continue(handler: _Handler, _status: int, _body: bytes) -> None:
    """Say for ever that the client may go on."""
    while not handler.replica.closing.wait(0.01):
        try:
            handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        except OSError:
            break
    handler.close_connection = True


_ATOM = "application/atom+xml"
_KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".svg": "image/svg+xml"}
_LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "' + b"&b;" * 9 + b'">]><a>&c;</a>'
_FOREIGN = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
_BOMB = gzip.compress(b" " * (65 * 2**20), 9)

FAULTS: Mapping[str, Callable[[_Handler, int, bytes], None]] = {
    "429 seconds": _status(429, Retry_After="2"),
    "429 date": _status(429, Retry_After="Tue, 01 Jan 2030 00:00:40 GMT"),
    "429 bare": _status(429),
    "429 tomorrow": _status(429, Retry_After="86400"),
    **{str(code): _status(code) for code in (400, 401, 403, 404, 408, 410, 418, 425, 500, 502, 503, 504)},
    "html": _body("text/html", lambda _: b"<!DOCTYPE html><html><body>maintenance</body></html>"),
    "html as xml": _body(_ATOM, lambda _: b"<html><body>maintenance</body></html>"),
    "empty body": _body(_ATOM, lambda _: b""),
    "truncated": _body(_ATOM, lambda body: body[: len(body) // 2]),
    "control character": _body(_ATOM, lambda body: body.replace(b"Nothing", b"\x00\x01")),
    "wrong utf-8": _body(_ATOM, lambda body: body.replace(b"Nothing", b"\xff")),
    "error feed": _body(_ATOM, lambda _: error_feed("no such field: zz")),
    "error feed 400": lambda handler, _status, _body: handler.send(400, error_feed("no such field: zz")),
    "entity bomb": _body(_ATOM, lambda _: _LAUGHS),
    "foreign entity": _body(_ATOM, lambda _: _FOREIGN),
    "gzip": _body(_ATOM, gzip.compress, Content_Encoding="gzip"),
    "gzip bomb": _body(_ATOM, lambda _: _BOMB, Content_Encoding="gzip"),
    "gzip damaged": _body(_ATOM, lambda body: gzip.compress(body)[:-20], Content_Encoding="gzip"),
    "brotli": _body(_ATOM, lambda body: body, Content_Encoding="br"),
    "redirect": lambda handler, _status, _body: handler.send(302, b"", Location=handler.path),
    "foreign redirect": _status(302, Location="http://example.org/api/query"),
    "file redirect": _status(302, Location="file:///etc/passwd"),
    "cut": _cut,
    "silent": _silent,
    "reset": _reset,
    "drip": _drip,
    "dripping head": _drip_head,
    "no length": _no_length,
    "continue": _continue,
    "endless": _endless,
    "half page": _body("text/html", lambda body: body[: len(body) // 2]),
    "maintenance": _body("text/html", lambda _: b"<html><body>We are back soon.</body></html>"),
    "other version": lambda handler, _status, _body: handler.send(302, b"", Location="/html/2401.99999v9"),
    "many tags": _body(_ATOM, lambda _: b"<a>" + b"<b/>" * 2_000_000 + b"</a>"),
}


@contextmanager
def serving(replica: Replica) -> Iterator[Replica]:
    """Run the server; `replica.url` is its query API."""
    handler = type("Handler", (_Handler,), {"replica": replica})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is no news
    replica.url = f"http://127.0.0.1:{server.server_address[1]}/api/query"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield replica
    finally:
        replica.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class FastClock:
    """Time that runs 2,000 times as fast, and remembers every pause, in its own seconds."""

    naps: list[float] = field(default_factory=list)
    wall: float = WALL

    @property
    def clock(self) -> Clock:
        """The clock to hand in."""
        return Clock(lambda: time.monotonic() * SCALE, lambda: self.wall, self._sleep, lambda: 0.0)

    def _sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        time.sleep(seconds / SCALE)
