"""Ask a server over HTTP: one polite request after another."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from surveygen import __version__
from surveygen.domain.text import clean
from surveygen.errors import SourceError
from surveygen.sources._body import Limits, read_body
from surveygen.sources._limiter import Clock, Limiter, is_loopback
from surveygen.sources._retry import MAX_RETRY_AFTER, RULES, UnusableError, read_retry_after, rule_for, wait_before

T = TypeVar("T")
MAX_REDIRECTS = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two bytes, and for a whole answer however slowly it drips."""

    connect: float = 10.0
    read: float = 120.0
    whole: float = 600.0


@dataclass(frozen=True, slots=True)
class Answer:
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
    """

    def __init__(
        self,
        limiter: Limiter,
        *,
        contact: str = "",
        clock: Clock | None = None,
        timeouts: Timeouts | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._limiter = limiter
        self._clock = clock or Clock()
        self._timeouts = timeouts or Timeouts()
        self._limits = limits or Limits()
        self._agent = user_agent(contact)
        self._session: requests.Session | None = None
        self._stopped: SourceError | None = None
        self._answered = False

    def get(self, url: str, read: Callable[[bytes], T]) -> tuple[Answer, T]:
        """Ask until `read` can use the body, as often as the table allows.

        Args:
            url: where.
            read: makes something of the body; raises `UnusableError` with the event that says whether to ask again.

        Raises:
            SourceError: with the url, the number of tries and the last status; after a 403, at every further call.
        """
        attempt = 0
        while True:
            attempt += 1
            if self._stopped:
                raise self._stopped
            try:
                return self._ask(url, read)
            except UnusableError as fault:
                self._wait_or_raise(fault, url, attempt)

    def _ask(self, url: str, read: Callable[[bytes], T]) -> tuple[Answer, T]:
        answer = self._request(url)
        for _ in range(MAX_REDIRECTS):
            if rule_for(answer.status).action != "follow":
                break
            answer = self._request(_target(answer))
        if answer.status == 400:
            _say_why(answer, read)
        _check(answer, self._clock.wall())
        return answer, read(answer.body)

    def _wait_or_raise(self, fault: UnusableError, url: str, attempt: int) -> None:
        rule = RULES[fault.event]
        if rule.slows:
            self._limiter.slow_down()
        too_long = (fault.retry_after or 0.0) > MAX_RETRY_AFTER
        if rule.action != "retry" or attempt > rule.retries or too_long:
            raise self._final(fault, url, attempt) from fault
        wait = wait_before(rule, attempt, fault.retry_after, self._clock.jitter())
        _log.info("%s; asking again in %.0f s (try %d of %d)", fault.message, wait, attempt + 1, rule.retries + 1)
        self._clock.sleep(wait)

    def _final(self, fault: UnusableError, url: str, attempt: int) -> SourceError:
        rule = RULES[fault.event]
        tries = f" ({attempt} tries)" if attempt > 1 else ""
        error = SourceError(
            f"{urlsplit(url).hostname}: {fault.message}{tries}",
            fault.hint,
            url=url,
            attempt=attempt,
            status=fault.status,
            retryable=rule.action == "retry",
        )
        if rule.action == "stop":
            self._stopped = error
        return error

    def _request(self, url: str) -> Answer:
        """Send one request in its turn; a fault of the network is an event like any other."""
        with self._limiter.turn():
            try:
                return self._exchange(url)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                self._close()
                if isinstance(error, ValueError):
                    raise UnusableError("unknown", f"{clean(url, 100)!r} cannot be asked: {error}") from error
                away = _never_reached(error) and not self._answered
                raise UnusableError("unreachable" if away else "network", _network_reason(error)) from error

    def _exchange(self, url: str) -> Answer:
        timeouts = (self._timeouts.connect, self._timeouts.read)
        deadline = self._clock.monotonic() + self._timeouts.whole
        session = self._open(url)
        with session.get(url, stream=True, timeout=timeouts, allow_redirects=False) as response:
            self._answered = True
            try:
                body = read_body(response.raw, self._limits, lambda: self._clock.monotonic() > deadline)
            except UnusableError:
                self._close()  # what is left unread must not be taken for the next answer
                raise
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(url, response.status_code, headers, body)

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


def user_agent(contact: str) -> str:
    """Name the program, and whom to write to about it."""
    address = clean(contact, 200).encode("ascii", "ignore").decode()
    return f"surveygen/{__version__}" + (f" (mailto:{address})" if address else "")


def _say_why(answer: Answer, read: Callable[[bytes], object]) -> None:
    """Raise with the server's own words, if the body of a refusal has some."""
    try:
        read(answer.body)
    except UnusableError as fault:
        if fault.event == "refused":
            raise UnusableError("refused", fault.message, status=answer.status) from fault


def _check(answer: Answer, now: float) -> None:
    """Raise for a status that is no good answer, or for a body that is not XML."""
    rule = rule_for(answer.status)
    if rule.action != "accept":
        told = read_retry_after(answer.headers.get("retry-after"), now)
        raise UnusableError(rule.event, f"status {answer.status}", status=answer.status, retry_after=told)
    kind = answer.headers.get("content-type", "no content type")
    if "xml" not in kind.lower():
        raise UnusableError("broken", f"answered {clean(kind, 60)} instead of XML", status=answer.status)


def _target(answer: Answer) -> str:
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
