"""arXiv's OAI-PMH: all that changed in a set, verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from surveygen.config import SourceSettings
from surveygen.domain.paper import PaperId
from surveygen.errors import ConfigError, SourceError
from surveygen.sources import Known, RecordPage
from surveygen.sources._connect import connect
from surveygen.sources._network_deps import NetworkDeps
from surveygen.sources._oai_answer import OaiResponse, parse_answer
from surveygen.sources._oai_cursor import MAX_RESTARTS, Cursor, read_cursor
from surveygen.sources._retry import UnusableError
from surveygen.sources._transport import Transport

FORMAT = "arXivRaw"
MAX_SINGLE = 50  # missing records asked one by one; beyond, the list is walked again
MAX_ROUNDS = 3
MAX_FAILURES = 2  # a record that is listed, and twice denied or unreadable, is given up


def make(settings: SourceSettings, edge: NetworkDeps | None = None) -> Oai:
    """Make the client; nothing is opened or asked before `Oai.harvest`."""
    return Oai(settings, connect(settings.arxiv, settings.arxiv.oai_url, edge))


class Oai:
    """Walks a list, then compares all identifiers with the store and asks for what the list left out.

    Tokens of arXiv's server are offsets, so a record that changes during the walk hides another one
    (notes/harvest.md 2.5): the comparison finds it.
    """

    format = FORMAT

    def __init__(self, settings: SourceSettings, transport: Transport) -> None:
        self._settings = settings.arxiv
        self._transport = transport

    def scopes(self) -> tuple[str, ...]:
        """List the sets of the settings."""
        return tuple(dict.fromkeys(self._settings.sets))

    def plan_harvest(self, scope: str, cursor: str | None) -> tuple[str, ...]:
        """List the first URL of each step."""
        window = read_cursor(cursor).opened(self._settings.since or None, "").walk
        first = {"resumptionToken": window.token} if window.token else _terms(scope, window.asked_from)
        walk = () if window.walked else (self._url("ListRecords", first),)
        check = self._url("ListIdentifiers", _terms(scope, window.since))
        return (self._url("Identify", {}), *walk, check)

    def harvest(self, scope: str, cursor: str | None, known: Known) -> Iterator[RecordPage]:
        """Yield pages, as `HarvestSource.harvest` says."""
        if not scope.strip():
            raise ConfigError("an empty set cannot be harvested", "mend sources.arxiv.sets", path="sources.arxiv.sets")
        _, server = self._ask("Identify", {})
        walk = _SetHarvest(scope, read_cursor(cursor).opened(self._settings.since or None, server.earliest))
        yield from self._records(walk)
        if not walk.cursor.walk.walked:
            return  # noRecordsMatch to a new window: nothing changed, or a stale answer; the cursor stays
        yield from self._verified(walk, known)

    def _records(self, walk: _SetHarvest) -> Iterator[RecordPage]:
        """Walk the list from where it stopped."""
        while not walk.cursor.walk.walked:
            window = walk.cursor.walk
            terms = {"resumptionToken": window.token} if window.token else _terms(walk.scope, window.asked_from)
            url, answer = self._ask("ListRecords", terms)
            if answer.code == "badResumptionToken":
                walk.cursor = walk.cursor.restarted()
                continue
            if answer.code:
                _want_nothing_lost(walk, answer)
                return
            walk.step(answer)
            yield walk.page(url, answer)

    def _verified(self, walk: _SetHarvest, known: Known) -> Iterator[RecordPage]:
        """Compare until nothing is missing, then close the window."""
        for _ in range(MAX_ROUNDS):
            listed: dict[PaperId, str] = {}
            for url, answer in self._identifiers(walk):
                listed |= {header.id: header.datestamp for header in answer.headers}
                yield RecordPage(url, ())
            stored = known(listed.keys())
            wanted = (paper for paper, day in listed.items() if stored.get(paper, "") < day)
            missing = sorted(paper for paper in wanted if walk.failures[paper] < MAX_FAILURES)
            if not missing:
                yield RecordPage("", (), cursor=walk.cursor.settled().text)
                return
            yield from self._missing(walk, missing)
        raise SourceError(
            f"set {walk.scope}: {len(missing)} records are listed and cannot be had, first {missing[0]}",
            "try again later; what was fetched before is kept",
            retryable=True,
        )

    def _missing(self, walk: _SetHarvest, missing: list[PaperId]) -> Iterator[RecordPage]:
        if len(missing) > MAX_SINGLE:
            walk.rewind()
            yield from self._records(walk)
            return
        for paper in missing:
            terms = {"identifier": f"oai:arXiv.org:{paper}", "metadataPrefix": FORMAT}
            url, answer = self._ask("GetRecord", terms)
            failed = bool(answer.code) or paper in answer.set_aside
            walk.failures[paper] += failed
            yield replace(walk.page(url, answer), missing=(paper,) if answer.code else ())

    def _identifiers(self, walk: _SetHarvest) -> Iterator[tuple[str, OaiResponse]]:
        """List the headers of the window; a list that the server drops is begun again."""
        terms, tokens = _terms(walk.scope, walk.cursor.walk.since), {""}
        drops = 0
        while True:
            url, answer = self._ask("ListIdentifiers", terms)
            if answer.code == "badResumptionToken" and drops < MAX_RESTARTS:
                terms, tokens, drops = _terms(walk.scope, walk.cursor.walk.since), {""}, drops + 1
                continue
            if answer.code:
                _want_nothing_lost(walk, answer)
                return
            yield url, answer
            if not answer.token:
                return
            if answer.token in tokens:
                raise _stuck(walk.scope)
            tokens.add(answer.token)
            terms = {"resumptionToken": answer.token}

    def _ask(self, verb: str, terms: dict[str, str]) -> tuple[str, OaiResponse]:
        url = self._url(verb, terms)
        answer, read = self._transport.get(url, lambda body: parse_answer(body, verb))
        return answer.url, read

    def _url(self, verb: str, terms: dict[str, str]) -> str:
        return f"{self._settings.oai_url}?{urlencode({'verb': verb, **terms})}"


class _SetHarvest:
    """One harvest of one set: its cursor, what was set aside, and whether it goes round in circles."""

    def __init__(self, scope: str, cursor: Cursor) -> None:
        self.scope = scope
        self.cursor = cursor
        self.failures: Counter[PaperId] = Counter()
        self._tokens: set[str] = set()
        self._page: tuple[object, ...] = ()

    def step(self, answer: OaiResponse) -> None:
        """Step over a page.

        Raises:
            SourceError: the page or its token came before.
        """
        if answer.token and (answer.token in self._tokens or self._page == answer.headers):
            raise _stuck(self.scope)
        self._tokens.add(answer.token)
        self._page = answer.headers
        self.cursor = self.cursor.after(answer.day, answer.token, answer.last)

    def rewind(self) -> None:
        """Walk all again."""
        self._tokens.clear()
        self._page = ()
        self.cursor = self.cursor.rewound()

    def page(self, url: str, answer: OaiResponse) -> RecordPage:
        """Make a page of an answer, with the cursor behind it."""
        for paper, _ in answer.deleted:
            self.failures[paper] = MAX_FAILURES  # where it was never known, nothing is to be had
        return RecordPage(
            url, answer.records, deleted=answer.deleted, cursor=self.cursor.text, since=self.cursor.walk.since
        )


def _terms(scope: str, since: str | None) -> dict[str, str]:
    return {"metadataPrefix": FORMAT, "set": scope} | ({"from": since} if since else {})


def _want_nothing_lost(walk: _SetHarvest, answer: OaiResponse) -> None:
    """Accept an empty list only where nothing came before.

    Raises:
        SourceError: there were records in this window: the answer is stale, or the list was dropped for good.
    """
    if walk.cursor.walk.last or answer.code != "noRecordsMatch":
        raise SourceError(
            f"set {walk.scope}: the server answers {answer.code} to a list that had records",
            "try again later; what was fetched before is kept",
            retryable=True,
        ) from UnusableError("nothing", answer.code)


def _stuck(scope: str) -> SourceError:
    error = UnusableError("stuck", f"set {scope}: the server sends the same page again")
    return SourceError(error.message, error.hint, retryable=True)
