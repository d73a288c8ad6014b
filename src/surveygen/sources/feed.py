"""arXiv's daily feed: whether there is news, with an ETag."""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from surveygen.config import SourceSettings
from surveygen.domain.identifiers import parse_arxiv_id
from surveygen.domain.paper import PaperId
from surveygen.errors import ConfigError
from surveygen.sources import FeedUpdate
from surveygen.sources._connect import connect
from surveygen.sources._network_deps import NetworkDeps
from surveygen.sources._transport import Transport
from surveygen.sources._xml import parse_xml

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"


def make(settings: SourceSettings, edge: NetworkDeps | None = None) -> DailyFeed:
    """Make the reader of the feed; nothing is opened or asked before `DailyFeed.announced`."""
    return DailyFeed(settings, connect(settings.arxiv, settings.arxiv.feed_url, edge))


class DailyFeed:
    """Reads what was announced today in some categories; one day deep, at most 2,000 entries, empty at weekends."""

    def __init__(self, settings: SourceSettings, transport: Transport) -> None:
        self._settings = settings.arxiv
        self._transport = transport

    def announced(self, validator: str = "") -> FeedUpdate:
        """Ask for the feed of the settings, as `UpdateFeed.announced` says.

        Raises:
            ConfigError: no categories are set.
        """
        if not self._settings.feeds:
            raise ConfigError(
                "no daily feed is set",
                'set feeds under [sources.arxiv], for example ["cs.CL"]',
                path="sources.arxiv.feeds",
            )
        url = f"{self._settings.feed_url}/{'+'.join(self._settings.feeds)}"
        headers = {"If-None-Match": validator} if validator else {}
        answer, found = self._transport.get(url, _read, headers)
        return replace(found, validator=answer.headers.get("etag", validator))


def _read(body: bytes) -> FeedUpdate:
    """Read a feed; no bytes are the feed that was seen before."""
    if not body:
        return FeedUpdate()
    said: dict[str, list[PaperId]] = {"new": [], "cross": [], "replace": []}
    for entry in parse_xml(body, f"{_ATOM}feed").findall(f"{_ATOM}entry"):
        parsed = parse_arxiv_id(_said(entry, f"{_ATOM}id"))
        kind = _said(entry, f"{_ARXIV}announce_type").removesuffix("-cross")
        if parsed and kind in said:
            said[kind].append(parsed[0])
    return FeedUpdate(tuple(said["new"]), tuple(said["cross"]), tuple(said["replace"]))


def _said(element: etree._Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
