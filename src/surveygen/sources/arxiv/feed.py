"""arXiv's daily feed: whether there is news, with an ETag."""

from __future__ import annotations

from dataclasses import replace

from surveygen.config import ArxivSettings
from surveygen.domain.paper import PaperId, parse_arxiv_id
from surveygen.errors import ConfigError
from surveygen.sources.arxiv import FeedUpdate, run_budget
from surveygen.sources.http import NetworkDeps
from surveygen.sources.http.body import child_text, parse_xml
from surveygen.sources.http.transport import connect

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"


def make(settings: ArxivSettings, deps: NetworkDeps) -> DailyFeed:
    """Make the reader of the feed."""
    return DailyFeed(settings, deps)


class DailyFeed:
    """Reads the announcements of today in some categories; one day deep, at most 2,000 entries, empty at weekends."""

    def __init__(self, settings: ArxivSettings, deps: NetworkDeps) -> None:
        self._settings = settings
        self._transport = connect(settings.feed_url, settings, deps, run_budget(settings))

    def read(self, validator: str = "") -> FeedUpdate:
        """Fetch the feed of the categories of the settings, as `UpdateFeed.read` says.

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
        response, update = self._transport.get(url, parse_update, headers)
        return replace(update, validator=response.headers.get("etag", validator))


def parse_update(body: bytes) -> FeedUpdate:
    """Parse a feed; an empty body means the feed that was seen before."""
    if not body:
        return FeedUpdate()
    ids: dict[str, list[PaperId]] = {"new": [], "cross": [], "replace": []}
    for entry in parse_xml(body, f"{_ATOM}feed").findall(f"{_ATOM}entry"):
        parsed = parse_arxiv_id(child_text(entry, f"{_ATOM}id"))
        kind = child_text(entry, f"{_ARXIV}announce_type").removesuffix("-cross")
        if parsed and kind in ids:
            ids[kind].append(parsed[0])
    return FeedUpdate(tuple(ids["new"]), tuple(ids["cross"]), tuple(ids["replace"]))
