"""Ask a server over HTTP: one polite request after another."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from surveygen import __version__
from surveygen.domain.text import clean
from surveygen.errors import ConfigError, SourceError
from surveygen.sources._body import Limits, read_body
from surveygen.sources._budget import Budget
from surveygen.sources._limiter import Clock, Limiter, is_loopback
from surveygen.sources._network_deps import Archive, Timeouts
from surveygen.sources._retry import (
    BREAKER,
    RULES,
    UnusableError,
    read_retry_after,
    rule_for,
    wait_before,
)
from surveygen.sources._service_policy import ARXIV, ServicePolicy

T = TypeVar("T")
MAX_REDIRECTS = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request: `body` is JSON to post, None for a plain question."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One answer; header names are in lower case, the body is unpacked."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes


class Transport:
    """Asks by the rules of `surveygen.sources._retry.TABLE`, one request at a time, over one connection.

    Args:
        contact: an e-mail address for the User-Agent; empty if there is none.
        limiter: gives the turns, shared with other processes.
        budget: what the run may spend, shared with the other transports of the run.
        archive: keeps what came before it is read, so that a fault can be looked at and a page be read again.
        manners: those of the service.
    """

    def __init__(
        self,
        limiter: Limiter,
        *,
        contact: str = "",
        clock: Clock | None = None,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
        budget: Budget | None = None,
        archive: Archive | None = None,
        manners: ServicePolicy = ARXIV,
    ) -> None:
        self._limiter = limiter
        self._clock = clock or Clock()
        self._timeouts = timeouts or Timeouts()
        self._limits = limits or Limits()
        self._budget = budget or Budget()
        self._archive = archive
        self._manners = manners
        self._contact = contact
        self._agent = user_agent(contact)
        self._session: requests.Session | None = None
        self._stopped: SourceError | None = None
        self._answered = False
        self._failures = 0

    def get(
        self, url: str, read: Callable[[bytes], T], headers: Mapping[str, str] | None = None
    ) -> tuple[HttpResponse, T]:
        """Ask with a plain question; the rest as for `ask`."""
        return self.ask(HttpRequest(url, headers or {}), read)

    def ask(self, request: HttpRequest, read: Callable[[bytes], T]) -> tuple[HttpResponse, T]:
        """Ask until `read` can use the body, as often as the table allows.

        Args:
            request: where, and with what.
            read: makes something of the body; raises `UnusableError` with the event that says whether to ask again. It
                is not called with the body of an unchanged answer, but with none.

        Raises:
            SourceError: with the url, the number of tries and the last status; after a 403, at every further call, of
                later processes too; after five calls in a row that failed.
            BudgetError: the budget is spent.
            ConfigError: so many requests want a contact.
        """
        attempt = 0
        while True:
            attempt += 1
            if self._stopped or (mark := self._limiter.stop_mark()):
                raise self._stopped or _still_stopped(mark)
            try:
                answered = self._ask(request, read)
            except UnusableError as fault:
                self._wait_or_raise(fault, request.url, attempt)
            else:
                self._failures = 0
                return answered

    def _ask(self, request: HttpRequest, read: Callable[[bytes], T]) -> tuple[HttpResponse, T]:
        answer = self._request(request)
        for _ in range(MAX_REDIRECTS):
            if rule_for(answer.status).action != "follow":
                break
            answer = self._request(replace(request, url=_target(answer)))
        if self._archive is not None and answer.status == 200:
            self._archive(answer.url, answer.body)
        if answer.status == 400:
            _say_why(answer, read)
        _check(answer, self._clock.wall(), self._manners.kind)
        return answer, read(answer.body)

    def _wait_or_raise(self, fault: UnusableError, url: str, attempt: int) -> None:
        rule = self._manners.rules[fault.event]
        if rule.slows:
            self._limiter.slow_down()
        too_long = (fault.retry_after or 0.0) > rule.most_told
        if rule.action != "retry" or attempt > rule.retries or too_long:
            raise self._final(fault, url, attempt) from fault
        wait = wait_before(rule, attempt, fault.retry_after, self._clock.jitter())
        _log.info("%s; asking again in %.0f s (try %d of %d)", fault.message, wait, attempt + 1, rule.retries + 1)
        self._clock.sleep(wait)

    def _final(self, fault: UnusableError, url: str, attempt: int) -> SourceError:
        rule = self._manners.rules[fault.event]
        tries = f" ({attempt} tries)" if attempt > 1 else ""
        error = SourceError(
            f"{urlsplit(url).hostname}: {fault.message}{tries}",
            rule.advice,
            url=url,
            attempt=attempt,
            status=fault.status,
            retryable=rule.action == "retry",
        )
        self._failures += rule.action == "retry"
        if rule.action == "stop" or self._failures >= BREAKER:
            self._stopped = error
        if rule.action == "stop":
            self._limiter.mark_stop(f"{error.message} at {urlsplit(url)._replace(query='').geturl()}")
        return error

    def _request(self, request: HttpRequest) -> HttpResponse:
        """Send one request in its turn; a fault of the network is an event like any other."""
        few = self._manners.unnamed
        if not self._contact and few is not None and self._budget.requests >= few and not is_loopback(request.url):
            raise _nameless(few)
        self._budget.spend(self._clock.monotonic())
        with self._limiter.turn():
            try:
                answer = self._exchange(request)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                self._close()
                if isinstance(error, ValueError):
                    raise UnusableError("unknown", f"{clean(request.url, 100)!r} cannot be asked: {error}") from error
                away = _never_reached(error) and not self._answered
                raise UnusableError("unreachable" if away else "network", _network_reason(error)) from error
        self._budget.receive(len(answer.body))
        return answer

    def _exchange(self, request: HttpRequest) -> HttpResponse:
        timeouts = (self._timeouts.connect, self._timeouts.read)
        deadline = self._clock.monotonic() + self._timeouts.whole
        session = self._open(request.url)
        headers = {**request.headers, **({"Content-Type": "application/json"} if request.body is not None else {})}
        with session.request(
            "GET" if request.body is None else "POST",
            request.url,
            data=request.body,
            stream=True,
            headers=headers,
            timeout=timeouts,
            allow_redirects=False,
        ) as response:
            self._answered = True
            try:
                body = read_body(response.raw, self._limits, lambda: self._clock.monotonic() > deadline)
            except UnusableError:
                self._close()  # what is left unread must not be taken for the next answer
                raise
            answered = {name.lower(): value for name, value in response.headers.items()}
            return HttpResponse(request.url, response.status_code, answered, body)

    def _open(self, url: str) -> requests.Session:
        if self._session is None:
            session = requests.Session()
            session.headers.update({"User-Agent": self._agent, "Accept-Encoding": "gzip"})
            session.trust_env = not is_loopback(url)  # a proxy has no part in talk with this machine
            for scheme in ("http://", "https://"):
                session.mount(scheme, HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0))
            self._session = session
        return self._session

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def _nameless(few: int) -> ConfigError:
    return ConfigError(
        f"more than {few} requests to arXiv want an address that it can write to",
        'set contact = "you@example.org" under [sources.arxiv]; what was fetched is kept',
        path="sources.arxiv.contact",
    )


def _still_stopped(mark: str) -> SourceError:
    rule = RULES["forbidden"]
    return SourceError(f"arXiv refused an earlier run: {mark}", rule.advice, status=403)


def user_agent(contact: str) -> str:
    """Name the program, and whom to write to about it."""
    address = clean(contact, 200).encode("ascii", "ignore").decode()
    return f"surveygen/{__version__}" + (f" (mailto:{address})" if address else "")


def _say_why(answer: HttpResponse, read: Callable[[bytes], object]) -> None:
    """Raise with the server's own words, if the body of a refusal has some."""
    try:
        read(answer.body)
    except UnusableError as fault:
        if fault.event == "refused":
            raise UnusableError("refused", fault.message, status=answer.status) from fault


def _check(answer: HttpResponse, now: float, wanted: str) -> None:
    """Raise for a status that is no good answer, or for a body that is not of the kind that is wanted."""
    rule = rule_for(answer.status)
    if rule.action != "accept":
        told = read_retry_after(answer.headers.get("retry-after"), now)
        raise UnusableError(rule.event, f"status {answer.status}", status=answer.status, retry_after=told)
    if rule.event == "unchanged":
        return
    kind = answer.headers.get("content-type", "no content type")
    if wanted not in kind.lower():
        raise UnusableError("broken", f"answered {clean(kind, 60)} instead of {wanted.upper()}", status=answer.status)


def _target(answer: HttpResponse) -> str:
    """Return where a redirect leads: the same site only, never from https down to http."""
    target = urljoin(answer.url, answer.headers.get("location", ""))
    try:
        old, new = urlsplit(answer.url), urlsplit(target)
        allowed = new.scheme == "https" or (new.scheme == "http" and old.scheme == "http")
        same = _site(old.hostname or "") == _site(new.hostname or "")
    except ValueError:
        allowed = same = False
    if not (allowed and same):
        raise UnusableError("hostile", f"redirected to {clean(target, 100)!r}, another site", status=answer.status)
    return target


def _site(host: str) -> str:
    """Return the registered domain: the last two labels, which is right for arxiv.org; an address as it is."""
    return host if host.replace(".", "").isdigit() or ":" in host else ".".join(host.split(".")[-2:])


def _never_reached(error: Exception) -> bool:
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(cause, urllib3.exceptions.NewConnectionError)


def _network_reason(error: Exception) -> str:
    """Say in a few words what a long message of the network library means."""
    if isinstance(error, requests.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return "no answer in time"
    if isinstance(error, requests.ConnectionError) and "NameResolution" in str(error):
        return "the name of the host is not known here"
    if _never_reached(error):
        return "no connection"
    if isinstance(error, requests.ConnectionError | ConnectionError):
        return "the connection was cut"
    return f"the answer broke off ({type(error).__name__})"
