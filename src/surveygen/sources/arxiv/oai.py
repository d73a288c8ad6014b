"""arXiv's OAI-PMH server: all that changed in a set, verified."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

from surveygen.config import ArxivSettings
from surveygen.domain.paper import PaperId
from surveygen.errors import ConfigError, SourceError
from surveygen.sources.arxiv import Datestamps, RecordPage, run_budget
from surveygen.sources.arxiv._oai_cursor import MAX_RESTARTS, Cursor, read_cursor
from surveygen.sources.arxiv._oai_response import OaiResponse, parse_response
from surveygen.sources.arxiv._progress import ListProgress, endless_list
from surveygen.sources.http import NetworkDeps
from surveygen.sources.http.retry import UnusableError
from surveygen.sources.http.transport import connect

__all__ = ["MAX_RESTARTS", "OaiHarvester", "make"]
FORMAT = "arXivRaw"
MAX_SINGLE = 50  # missing records that are requested one by one; beyond, the list is fetched again
MAX_ROUNDS = 3
MAX_FAILURES = 2  # a record that is listed and twice denied is asked for by the next harvests, an unreadable one not


def make(settings: ArxivSettings, deps: NetworkDeps) -> OaiHarvester:
    """Make the client of the OAI-PMH server."""
    return OaiHarvester(settings, deps)


class OaiHarvester:
    """Fetches a list, then compares all identifiers with the store and requests what the list left out.

    Resumption tokens of arXiv's server are offsets, so a record that changes during the harvest hides another one: the
    comparison finds it.
    """

    format = FORMAT

    def __init__(self, settings: ArxivSettings, deps: NetworkDeps) -> None:
        self._settings = settings
        self._clock = deps.clock
        self._transport = connect(settings.oai_url, settings, deps, run_budget(settings))

    def scopes(self) -> tuple[str, ...]:
        """List the sets of the settings."""
        return tuple(dict.fromkeys(self._settings.sets))

    def plan_harvest(self, scope: str, cursor: str | None) -> tuple[str, ...]:
        """List the first URL of each step."""
        window = read_cursor(cursor, self._clock.day(later=1)).opened(self._settings.since or None, "").walk
        first = {"resumptionToken": window.token} if window.token else _list_terms(scope, window.asked_from)
        records = () if window.walked else (self._url("ListRecords", first),)
        identifiers = self._url("ListIdentifiers", _list_terms(scope, window.since))
        return (self._url("Identify", {}), *records, identifiers)

    def harvest(self, scope: str, cursor: str | None, datestamps: Datestamps) -> Iterator[RecordPage]:
        """Yield pages, as `HarvestSource.harvest` says."""
        if not scope.strip():
            raise ConfigError("an empty set cannot be harvested", "fix sources.arxiv.sets", path="sources.arxiv.sets")
        _, server = self._request("Identify", {})
        opened = read_cursor(cursor, self._clock.day(later=1)).opened(self._settings.since or None, server.earliest)
        run = _SetHarvest(scope, opened, self._clock.day())
        yield RecordPage("", (), server_day=server.day)
        yield from self._fetch_list(run)
        if not run.cursor.walk.walked:
            return  # noRecordsMatch to a new window: nothing changed, or a stale response; the cursor stays
        yield from self._verify(run, datestamps)

    def _fetch_list(self, run: _SetHarvest) -> Iterator[RecordPage]:
        """Fetch the list from where it stopped."""
        while not run.cursor.walk.walked:
            window = run.cursor.walk
            terms = {"resumptionToken": window.token} if window.token else _list_terms(run.scope, window.asked_from)
            url, response = self._request("ListRecords", terms)
            if response.code == "badResumptionToken":
                run.restart()
                continue
            if response.code:
                run.check_empty(response)
                return
            run.advance(response)
            yield run.page(url, response)

    def _verify(self, run: _SetHarvest, datestamps: Datestamps) -> Iterator[RecordPage]:
        """Compare the identifiers with the store until nothing is missing, then close the window."""
        for _ in range(MAX_ROUNDS):
            stale: dict[PaperId, str] = {}
            for url, response in self._list_identifiers(run):
                listed = {header.id: header.datestamp for header in response.headers}
                stored = datestamps(listed.keys())
                stale |= {paper: day for paper, day in listed.items() if stored.get(paper, "") < day}
                yield RecordPage(url, ())
            missing = sorted(paper for paper in stale if run.failures[paper] < MAX_FAILURES)
            if not missing:
                denied = {paper: day for paper, day in stale.items() if paper in run.denied}
                cursor = run.cursor.closed(denied.values())
                yield RecordPage("", (), cursor=cursor.text, wanted=tuple(sorted(denied)))
                return
            if len(missing) > MAX_SINGLE:
                run.rewind()
                yield from self._fetch_list(run)
                continue
            for paper in missing:
                terms = {"identifier": f"oai:arXiv.org:{paper}", "metadataPrefix": FORMAT}
                url, response = self._request("GetRecord", terms)
                run.failures[paper] += bool(response.code) or paper in response.unreadable
                run.denied |= {paper} if response.code else set()
                yield replace(run.page(url, response), missing=(paper,) if response.code else ())
        raise SourceError(
            f"set {run.scope}: {len(missing)} records are listed and cannot be fetched, first {missing[0]}",
            "try again later; what was fetched before is kept",
            retryable=True,
        )

    def _list_identifiers(self, run: _SetHarvest) -> Iterator[tuple[str, OaiResponse]]:
        """List the headers of the window; a list that the server drops is restarted."""
        terms, tokens = _list_terms(run.scope, run.cursor.walk.since), {""}
        restarts = 0
        progress = ListProgress(f"set {run.scope}")
        while True:
            url, response = self._request("ListIdentifiers", terms)
            if response.code == "badResumptionToken" and restarts < MAX_RESTARTS:
                progress.restart()
                terms, tokens, restarts = _list_terms(run.scope, run.cursor.walk.since), {""}, restarts + 1
                continue
            if response.code:
                run.check_empty(response)
                return
            yield url, response
            if not response.token:
                return
            if response.token in tokens:
                raise endless_list(f"set {run.scope}: the server sends the same page again")
            progress.advance(header.id for header in response.headers)
            tokens.add(response.token)
            terms = {"resumptionToken": response.token}

    def _request(self, verb: str, terms: dict[str, str]) -> tuple[str, OaiResponse]:
        tomorrow = self._clock.day(later=1)
        response, parsed = self._transport.get(
            self._url(verb, terms), lambda body: parse_response(body, verb, tomorrow)
        )
        return response.url, parsed

    def _url(self, verb: str, terms: dict[str, str]) -> str:
        return f"{self._settings.oai_url}?{urlencode({'verb': verb, **terms})}"


class _SetHarvest:
    """One harvest of one set: its cursor, the failures of each record, and whether pages repeat.

    `denied` are records that the server lists and does not give; `today` is our own day, which no cursor passes.
    """

    def __init__(self, scope: str, cursor: Cursor, today: str) -> None:
        self.scope = scope
        self.cursor = cursor
        self.failures: Counter[PaperId] = Counter()
        self.denied: set[PaperId] = set()
        self._today = today
        self._progress = ListProgress(f"set {scope}")
        self._tokens: set[str] = set()
        self._headers: tuple[object, ...] = ()

    def advance(self, response: OaiResponse) -> None:
        """Move the cursor past a page.

        Raises:
            SourceError: the page or its token came before.
        """
        if response.token and (response.token in self._tokens or self._headers == response.headers):
            raise endless_list(f"set {self.scope}: the server sends the same page again")
        if response.token:
            self._progress.advance(header.id for header in response.headers)
        self._tokens.add(response.token)
        self._headers = response.headers
        day, last = min(response.day, self._today), min(response.last, self._today)
        self.cursor = self.cursor.after(day, response.token, last)

    def restart(self) -> None:
        """Restart the list a day before the last record that was stored.

        Raises:
            SourceError: it was restarted twice before.
        """
        self._progress.restart()
        self.cursor = self.cursor.restarted()

    def rewind(self) -> None:
        """Restart the whole window."""
        self._tokens.clear()
        self._headers = ()
        self._progress.restart()
        self.cursor = self.cursor.rewound()

    def page(self, url: str, response: OaiResponse) -> RecordPage:
        """Make a page of a response, with the cursor after it."""
        for paper, _ in response.deleted:
            self.failures[paper] = MAX_FAILURES  # a deleted record that is not in the store cannot be fetched
        return RecordPage(
            url, response.records, deleted=response.deleted, cursor=self.cursor.text, since=self.cursor.walk.since
        )

    def check_empty(self, response: OaiResponse) -> None:
        """Accept an empty list only where no page came before.

        Raises:
            SourceError: there were records in this window: the response is stale, or the list was dropped for good.
        """
        if self.cursor.walk.last or response.code != "noRecordsMatch":
            raise SourceError(
                f"set {self.scope}: the server answers {response.code} to a list that had records",
                "try again later; what was fetched before is kept",
                retryable=True,
            ) from UnusableError("nothing", response.code)


def _list_terms(scope: str, since: str | None) -> dict[str, str]:
    return {"metadataPrefix": FORMAT, "set": scope} | ({"from": since} if since else {})
