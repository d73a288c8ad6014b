"""HTTP client that sends one polite request after another."""

from __future__ import annotations

import logging
import socket
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from surveygen import __version__
from surveygen.config import ArxivSettings
from surveygen.domain.text import clean
from surveygen.errors import ConfigError, SourceError
from surveygen.redaction import redact, redact_bytes, userinfo
from surveygen.sources.http.body import TOO_LATE, Limits, read_body
from surveygen.sources.http.limiter import Limiter, NetworkDeps, is_loopback
from surveygen.sources.http.retry import (
    ARXIV,
    BREAKER,
    RULES,
    Budget,
    ServicePolicy,
    UnusableError,
    read_retry_after,
    rule_for,
    wait_before,
)  # fmt: skip

T = TypeVar("T")
MAX_REDIRECTS = 5
_KEY_HEADERS = frozenset({"authorization", "x-api-key"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request: `body` is JSON to post, None for GET.

    `content_type` and `limits` go before those of the policy and of the transport.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = ""
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One response; header names are in lower case, the body is unpacked."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes


def connect(
    url: str, settings: ArxivSettings, deps: NetworkDeps, budget: Budget, policy: ServicePolicy = ARXIV
) -> Transport:
    """Make the transport of a service; no connection is opened.

    Args:
        url: an address of the service.
        settings: say the pause between requests and the contact, which all services are told.
        deps: clock, timeouts, lock folder and archive; its budget goes before `budget`.
        budget: limits of one run.
        policy: that of the service.
    """
    limiter = Limiter(url, settings.min_interval_seconds, deps.clock, deps.lock_folder)
    deps = replace(deps, budget=deps.budget or budget)
    return Transport(limiter, deps, contact=settings.contact, policy=policy)


class Transport:
    """Sends requests by the rules of `surveygen.sources.http.retry.TABLE`, one at a time, over one connection.

    Args:
        limiter: the rate limit, shared with other processes.
        deps: clock, timeouts, budget and archive.
        contact: an e-mail address for the User-Agent; empty if there is none.
        limits: of a response, in bytes.
        policy: that of the service.
    """

    def __init__(
        self,
        limiter: Limiter,
        deps: NetworkDeps | None = None,
        *,
        contact: str = "",
        limits: Limits | None = None,
        policy: ServicePolicy = ARXIV,
    ) -> None:
        deps = deps or NetworkDeps()
        self._limiter = limiter
        self._clock = deps.clock
        self._timeouts = deps.timeouts
        self._limits = limits or Limits()
        self._budget = deps.budget or Budget()
        self._archive = deps.archive
        self._policy = policy
        self._contact = contact
        self._session: requests.Session | None = None
        self._deadline = _Deadline()
        self._stopped: SourceError | None = None
        self._has_responded = False
        self._failures = 0

    def get(
        self, url: str, parse: Callable[[bytes], T], headers: Mapping[str, str] | None = None
    ) -> tuple[HttpResponse, T]:
        """Send a GET request; the rest as for `send`."""
        return self.send(HttpRequest(url, headers or {}), parse)

    def send(self, request: HttpRequest, parse: Callable[[bytes], T]) -> tuple[HttpResponse, T]:
        """Send a request until `parse` can use the body, as often as the table allows.

        Args:
            request: the request.
            parse: turns the body into a value; raises `UnusableError` with the event that says whether to retry. For a
                response of status 304 it is called with an empty body.

        Raises:
            SourceError: with the url, the number of tries and the last status; after a 403, at every further call, of
                later processes too; after five calls in a row that failed.
            BudgetError: the budget is spent.
            ConfigError: a contact is required for so many requests.
        """
        attempt = 0
        while True:
            attempt += 1
            if self._stopped:
                raise self._stopped
            if mark := self._limiter.stop_mark():
                raise SourceError(f"arXiv refused an earlier run: {mark}", RULES["forbidden"].advice, status=403)
            try:
                response = self._follow(request)
                if self._archive is not None and response.status == 200:
                    self._archive(response.url, response.body)
                self._check(response, parse, request.content_type or self._policy.content_type)
                result = parse(response.body)
            except UnusableError as fault:
                self._wait_or_raise(fault, request.url, attempt)
            else:
                self._failures = 0
                return response, result

    def _follow(self, request: HttpRequest) -> HttpResponse:
        """Send a request once; redirects are followed within the same site, never from https down to http."""
        response = self._exchange(request)
        for _ in range(MAX_REDIRECTS):
            if rule_for(response.status).action != "follow":
                break
            target = urljoin(response.url, response.headers.get("location", ""))
            try:
                old, new = urlsplit(response.url), urlsplit(target)
                allowed = new.scheme == "https" or (new.scheme == "http" and old.scheme == "http")
                same = _site(old.hostname or "") == _site(new.hostname or "")
            except ValueError:
                allowed = same = False
            if not (allowed and same):
                message = f"redirected to {clean(target, 100)!r}, another site"
                raise UnusableError("hostile", message, status=response.status)
            response = self._exchange(replace(request, url=target))
        return response

    def _check(self, response: HttpResponse, parse: Callable[[bytes], object], expected: str) -> None:
        """Raise for a status that is not a good response, or for a body of another content type.

        If the body of a refusal contains the server's own words, `parse` raises with them.
        """
        if response.status == 400:
            try:
                parse(response.body)
            except UnusableError as fault:
                if fault.event == "refused":
                    raise UnusableError("refused", fault.message, status=response.status) from fault
        rule = rule_for(response.status)
        if rule.action != "accept":
            retry_after = read_retry_after(response.headers.get("retry-after"), self._clock.wall())
            message = f"status {response.status}"
            raise UnusableError(rule.event, message, status=response.status, retry_after=retry_after)
        content_type = response.headers.get("content-type", "no content type")
        if rule.event != "unchanged" and expected not in content_type.lower():
            message = f"answered {clean(content_type, 60)} instead of {expected.upper()}"
            raise UnusableError("broken", message, status=response.status)

    def _wait_or_raise(self, fault: UnusableError, url: str, attempt: int) -> None:
        rule = self._policy.rules[fault.event]
        if rule.slows:
            self._limiter.slow_down()
        too_long = (fault.retry_after or 0.0) > rule.max_retry_after
        if rule.action == "retry" and attempt <= rule.retries and not too_long:
            wait = wait_before(rule, attempt, fault.retry_after, self._clock.jitter())
            _log.info("%s; retrying in %.0f s (try %d of %d)", fault.message, wait, attempt + 1, rule.retries + 1)
            self._clock.sleep(wait)
            return
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
            self._limiter.mark_stop(redact(f"{error.message} at {urlsplit(url)._replace(query='').geturl()}"))
        raise error from fault

    def _exchange(self, request: HttpRequest) -> HttpResponse:
        """Send one request within the rate limit; a fault of the network is an event like any other."""
        limit = self._policy.max_unnamed
        is_unnamed = not self._contact and not is_loopback(request.url)
        if is_unnamed and limit is not None and self._budget.requests >= limit:
            raise ConfigError(
                f"more than {limit} requests to arXiv require a contact address",
                'set contact = "you@example.org" under [sources.arxiv]; what was fetched is kept',
                path="sources.arxiv.contact",
            )
        self._budget.spend(self._clock.monotonic())
        with self._limiter.acquire():
            try:
                response = self._read_response(request)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                self._close()
                if self._deadline.is_over:
                    raise UnusableError("network", TOO_LATE) from error
                if isinstance(error, ValueError):
                    message = f"{clean(request.url, 100)!r} cannot be requested: {error}"
                    raise UnusableError("unknown", message) from error
                reason, is_connected = _network_reason(error)
                is_unreachable = not (is_connected or self._has_responded)
                raise UnusableError("unreachable" if is_unreachable else "network", reason) from error
        self._budget.receive(len(response.body))
        return response

    def _read_response(self, request: HttpRequest) -> HttpResponse:
        if self._session is None:
            self._session = requests.Session()
            self._session.headers.update({"User-Agent": user_agent(self._contact), "Accept-Encoding": "gzip"})
            self._session.trust_env = not is_loopback(request.url)  # no proxy between us and this machine
            for scheme in ("http://", "https://"):
                self._session.mount(scheme, _WatchedAdapter(self._deadline))
        latest = self._clock.monotonic() + self._timeouts.whole

        def is_late() -> bool:
            return self._deadline.is_over or self._clock.monotonic() > latest

        with (
            self._deadline.running(self._timeouts.whole),
            self._session.request(
                "GET" if request.body is None else "POST",
                request.url,
                data=request.body,
                stream=True,
                headers={**request.headers, **({} if request.body is None else {"Content-Type": "application/json"})},
                timeout=(self._timeouts.connect, self._timeouts.read),
                allow_redirects=False,
            ) as response,
        ):
            self._has_responded = True
            try:
                body = read_body(response.raw, request.limits or self._limits, is_late)
            except UnusableError:
                self._close()  # what is left unread must not be taken for the next response
                raise
            # A server may repeat what it was sent; nothing behind this point sees a key.
            keys = [value for name, value in request.headers.items() if name.lower() in _KEY_HEADERS]
            secrets = (*(key.removeprefix("Bearer ") for key in keys), *userinfo(request.url))
            headers = {name.lower(): value for name, value in response.headers.items()}
            if secrets:
                headers = {name: redact(value, *secrets) for name, value in headers.items()}
                body = redact_bytes(body, *secrets)
            return HttpResponse(request.url, response.status_code, headers, body)

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
        self._deadline.forget()


class _Deadline:
    """Shuts the connection of a request that takes too long.

    The time-outs of the network library begin anew with every byte, also of the head of a response.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._opening: socket.socket | None = None
        self._connection: Callable[[], urllib3.connection.HTTPConnection | None] = lambda: None

    @contextmanager
    def running(self, seconds: float) -> Iterator[None]:
        """Count the seconds of the block."""
        self.is_over = False
        timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), self._shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def opening(self, opened: socket.socket) -> None:
        """Watch a connection that is being opened; TLS takes the descriptor of its socket."""
        self.forget()
        self._opening = opened.dup()
        if self.is_over:
            self._shut()

    def opened(self, connection: urllib3.connection.HTTPConnection) -> None:
        """Watch a connection as long as it exists."""
        self._connection = weakref.ref(connection)
        self.forget()

    def forget(self) -> None:
        """Watch no connection that is being opened."""
        if self._opening is not None:
            self._opening.close()
            self._opening = None

    def _shut(self) -> None:
        self.is_over = True
        connection = self._connection()
        for watched in (self._opening, connection.sock if connection else None):
            if isinstance(watched, socket.socket):
                with suppress(OSError):  # it is closed already
                    socket.socket.shutdown(watched, socket.SHUT_RDWR)  # not TLS's own, which another thread reads from


class _WatchedAdapter(HTTPAdapter):
    """Makes one connection at a time, and shows each to the deadline."""

    def __init__(self, deadline: _Deadline) -> None:
        self._pools = _watched_pools(deadline)
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # those of the library
        """Make the pool of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # those of the library
        """Return the pool of connections to a proxy."""
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _watched_pools(deadline: _Deadline) -> dict[str, type[urllib3.HTTPConnectionPool]]:
    class Watched(urllib3.connection.HTTPConnection):
        def _new_conn(self) -> socket.socket:
            opened = super()._new_conn()
            deadline.opening(opened)
            return opened

        def connect(self) -> None:
            super().connect()
            deadline.opened(self)

    class WatchedTls(Watched, urllib3.connection.HTTPSConnection):
        pass

    class Pool(urllib3.HTTPConnectionPool):
        ConnectionCls = Watched

    class TlsPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = WatchedTls

    return {"http": Pool, "https": TlsPool}


def user_agent(contact: str) -> str:
    """Return the User-Agent: the program, and the contact if there is one."""
    address = clean(contact, 200).encode("ascii", "ignore").decode()
    return f"surveygen/{__version__}" + (f" (mailto:{address})" if address else "")


def _site(host: str) -> str:
    """Return the registered domain: the last two labels, which is right for arxiv.org; an IP address as it is."""
    return host if host.replace(".", "").isdigit() or ":" in host else ".".join(host.split(".")[-2:])


def _network_reason(error: Exception) -> tuple[str, bool]:
    """Summarize the long message of the network library in a few words; return also whether there was a connection."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    is_connected = not isinstance(cause, urllib3.exceptions.NewConnectionError)
    if isinstance(error, requests.ConnectTimeout):
        return "no connection in time", False
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return "no answer in time", is_connected
    if isinstance(error, requests.ConnectionError) and "NameResolution" in str(error):
        return "the host name cannot be resolved", is_connected
    if not is_connected:
        return "no connection", False
    if isinstance(error, requests.ConnectionError | ConnectionError):
        return "the connection was closed", True
    return f"the response broke off ({type(error).__name__})", True
