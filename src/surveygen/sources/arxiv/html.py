"""HTML pages of papers and their images, at the pace that arXiv asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, unquote, urlsplit

from surveygen.config import MIN_PAGE_INTERVAL_SECONDS, ArxivSettings
from surveygen.domain.figure import MAX_IMAGE_BYTES
from surveygen.domain.paper import PaperId, parse_arxiv_id
from surveygen.errors import SourceError
from surveygen.sources.arxiv import PAGE_LANE, HtmlPage, run_budget
from surveygen.sources.http import NetworkDeps
from surveygen.sources.http.body import Limits
from surveygen.sources.http.limiter import Limiter, is_loopback
from surveygen.sources.http.retry import RULES, ServicePolicy, UnusableError
from surveygen.sources.http.transport import HttpRequest, Transport

MAX_PAGE_BYTES = 20 * 2**20  # pages have 180 to 957 kB, those of books some MB
MAX_UNUSABLE = 3  # answers in a row that are no pages: the fault is the server's, not that of a paper
# Names of images below the folder of their page, with the characters that `quote` leaves as they are.
_SAFE = "/._~-()!,'"
_IMAGE_NAME = re.compile(r"[\w.~()!,'%-]+(?:/[\w.~()!,'%-]+){0,7}\Z", re.ASCII)
_IMAGE_LIMITS = Limits(packed=MAX_IMAGE_BYTES, unpacked=MAX_IMAGE_BYTES)
_TAIL = 4096  # bytes at the end of a page in which its root ends
_BUSY_SECONDS = 60.0  # before the first retry; arXiv names no time, and the next connection may hang
_RETRIES = 4
_LATER = "try again later: the pages that were fetched are kept, and the next run continues"
POLICY = ServicePolicy(
    "html",
    rules={
        **RULES,
        "busy": replace(RULES["busy"], retries=_RETRIES, first_wait=_BUSY_SECONDS, advice=_LATER),
        "network": replace(RULES["network"], retries=_RETRIES, first_wait=_BUSY_SECONDS, advice=_LATER),
        "server": replace(RULES["server"], retries=_RETRIES, first_wait=_BUSY_SECONDS, advice=_LATER),
        "broken": replace(RULES["broken"], retries=1, first_wait=_BUSY_SECONDS, advice=_LATER),
        "unreachable": replace(RULES["unreachable"], advice="check the network and sources.arxiv.html_url"),
        "absent": replace(RULES["absent"], advice="check sources.arxiv.html_url"),
        "oversized": replace(RULES["oversized"], advice="read it in a browser"),
    },
)
# Where a page names itself: the comment of a browser that saved it, its base, its canonical address, the id beside it.
_NAMES = (
    re.compile(rb"<!-- *saved from url=\(\d+\)(\S+) *-->"),
    re.compile(rb"<base\b[^>]*\bhref=[\"']([^\"']{1,300})[\"']", re.IGNORECASE),
    re.compile(rb"<link\b[^>]*\brel=[\"']canonical[\"'][^>]*\bhref=[\"']([^\"']{1,300})[\"']", re.IGNORECASE),
    re.compile(rb"id=[\"']watermark-tr[\"'][^>]*>\s*(arXiv:[^\s<]{1,40})"),
)
_HEAD = 2**16  # bytes at the start of a page in which it names itself


def make(settings: ArxivSettings, deps: NetworkDeps) -> ArxivPages:
    """Make the client of the pages."""
    return ArxivPages(settings, deps)


class ArxivPages:
    """Fetches pages in a lane of their own, over one connection."""

    def __init__(self, settings: ArxivSettings, deps: NetworkDeps) -> None:
        url = settings.html_url
        self._url = url.rstrip("/")
        floor = 0.0 if is_loopback(url) else MIN_PAGE_INTERVAL_SECONDS
        self.interval = max(settings.page_interval_seconds, floor)
        limiter = Limiter(url, self.interval, deps.clock, deps.lock_folder, lane=PAGE_LANE, floor=floor)
        deps = replace(deps, budget=deps.budget or run_budget(settings), archive=None)
        limits = Limits(packed=MAX_PAGE_BYTES, unpacked=MAX_PAGE_BYTES)
        self._transport = Transport(limiter, deps, contact=settings.contact, limits=limits, policy=POLICY)
        self._unusable = 0

    def url(self, paper: PaperId, version: int) -> str:
        """Return the address of a page."""
        return f"{self._url}/{paper}v{version}"

    def image_url(self, paper: PaperId, version: int, source: str) -> str:
        """Return the address of an image of a page, as `PageSource.image_url` says."""
        folder = f"{paper}v{version}/"
        path = urlsplit(self._url).path
        prefixes = (f"{self._url}/{folder}", f"{path}/{folder}", folder, "./")
        name = next((source.removeprefix(it) for it in prefixes if source.startswith(it)), source)
        name = quote(unquote(name), safe=_SAFE)
        parts = name.split("/")
        if (
            ":" in source.removeprefix(self._url)
            or not _IMAGE_NAME.match(name)
            or any(part in {"", ".", ".."} for part in parts)
        ):
            return ""
        return f"{self._url}/{folder}{name}"

    def fetch(self, paper: PaperId, version: int) -> HtmlPage:
        """Fetch one page, as `PageSource.fetch` says."""
        url = self.url(paper, version)
        answer, address = self._request(HttpRequest(url), _whole_page)
        if address != url and parse_arxiv_id(address) not in {None, (paper, version)}:
            return HtmlPage(url, "failed", reason=f"redirected to {address}, another paper or version")
        return answer

    def fetch_image(self, url: str) -> HtmlPage:
        """Fetch one image, as `PageSource.fetch_image` says."""
        answer, address = self._request(HttpRequest(url, content_type="image/", limits=_IMAGE_LIMITS), bytes)
        if address != url:
            return HtmlPage(url, "failed", reason=f"redirected to {address}")
        return answer

    def _request(self, request: HttpRequest, parse: Callable[[bytes], bytes]) -> tuple[HtmlPage, str]:
        """Return the answer to a request, and the address that it came from."""
        url = request.url
        try:
            response, body = self._transport.send(request, parse)
        except SourceError as error:
            fault = error.__cause__
            if not isinstance(fault, UnusableError):
                raise
            if fault.event == "absent":
                self._unusable = 0
                return HtmlPage(url, "none"), url
            if fault.event not in {"broken", "oversized"}:
                raise
            self._unusable += 1
            if self._unusable >= MAX_UNUSABLE:
                message = (
                    f"{self._unusable} answers in a row are no pages or images of papers; the last: {fault.message}"
                )
                raise SourceError(message, _LATER, url=url, retryable=True) from error
            return HtmlPage(url, "failed", reason=fault.message), url
        self._unusable = 0
        return HtmlPage(url, "fetched", body), response.url


def page_address(body: bytes) -> tuple[PaperId, int | None] | None:
    """Return the paper and version that a page of arXiv says it is of; None if it does not say.

    >>> page_address(b'<html><head><base href="/html/2101.00001v2/"></head>')
    ('2101.00001', 2)
    """
    for pattern in _NAMES:
        for found in pattern.finditer(body, 0, _HEAD):
            name = found[1].decode("ascii", "replace")
            address = f"https://arxiv.org{name}" if name.startswith("/") else name
            if (parsed := parse_arxiv_id(address)) is not None:
                return parsed
    return None


def _whole_page(body: bytes) -> bytes:
    """Return a page of a paper as it is.

    Raises:
        UnusableError: "broken": it is of another kind, such as a page about maintenance, or its end is missing.
    """
    if b"ltx_" not in body:
        raise UnusableError("broken", "the answer is not the page of a paper")
    if b"</html>" not in body[-_TAIL:].lower():
        raise UnusableError("broken", "the page breaks off")
    return body
