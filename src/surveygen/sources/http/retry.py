"""Retry rules for each kind of response, and the budget of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import Literal

from surveygen.errors import SourceError

Event = Literal[
    "accepted", "broken", "empty", "refused", "redirected", "unchanged", "forbidden", "absent", "server", "busy",
    "network", "unreachable", "oversized", "hostile", "unknown", "nothing", "expired", "stuck", "record",
]  # fmt: skip
Action = Literal["accept", "follow", "retry", "restart", "quarantine", "fail", "stop"]

BREAKER = 5  # requests in a row that failed with all their tries end the run
MAX_RETRY_AFTER = 6 * 3600.0  # seconds; a longer pause ends the run, the next one continues it
FEW_REQUESTS = 20  # that may be sent without a mail address in the User-Agent


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    Attributes:
        statuses: the HTTP statuses of this event; none where the body or the network decides.
        codes: the errors of OAI-PMH of this event (section 3.6 of the protocol); they come with status 200.
        action: "stop" ends all requests to the service until a person clears it; "restart" begins a list again a day
            before the last record that was stored; "quarantine" sets one record aside.
        retries: further tries after the first. first_wait: seconds before the first of them, doubled each time.
        honors_retry_after: whether a Retry-After header of the server replaces the computed wait.
        max_retry_after: seconds; a server that asks for a longer pause ends the run, and the next one continues it.
        slows: whether the pause between requests is doubled for the rest of the run.
        advice: what a person can do when the tries are used up.
    """

    event: Event
    statuses: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    action: Action = "fail"
    retries: int = 0
    first_wait: float = 0.0
    longest_wait: float = 600.0
    max_retry_after: float = MAX_RETRY_AFTER
    honors_retry_after: bool = False
    slows: bool = False
    advice: str = ""


_LATER = "try again later; what was fetched before is kept"
_CHECK = "check sources.arxiv.api_url and oai_url"
_CLEAR = "stop asking; write to help@arxiv.org, and when that is settled run: surveygen fetch --clear-stop"
_REFUSALS = ("badArgument", "badVerb", "cannotDisseminateFormat", "noSetHierarchy")

# "unreachable" has few retries: where nothing has answered yet, a person waits 15 s for the error and not five minutes.
# tests/sources/test_retry.py tests every row against a real server.
TABLE: tuple[Rule, ...] = (
    Rule("accepted", (200,), action="accept"),
    Rule("unchanged", (304,), action="accept"),
    Rule("redirected", (301, 302, 303, 307, 308), action="follow", advice=_CHECK),
    Rule("broken", action="retry", retries=4, first_wait=5, advice=_LATER),
    Rule("empty", action="retry", retries=3, first_wait=5, advice=_LATER),
    Rule("refused", (400,), _REFUSALS, advice="fix the query, the sets or the ids"),
    Rule("forbidden", (401, 403), action="stop", advice=_CLEAR),
    Rule("absent", (404, 410), ("idDoesNotExist", "noMetadataFormats"), advice=_CHECK),
    Rule("server", (408, 425, 500, 502, 504), action="retry", retries=5, first_wait=10, advice=_LATER),
    Rule(
        "busy", (429, 503), action="retry", retries=5, first_wait=30, honors_retry_after=True, slows=True, advice=_LATER
    ),
    Rule("network", action="retry", retries=5, first_wait=10, advice="check the network, then try again"),
    Rule("unreachable", action="retry", retries=2, first_wait=5, advice="check the network and sources.arxiv.api_url"),
    Rule("oversized", advice="ask for fewer papers at once"),
    Rule("hostile", advice=_CHECK),
    Rule("nothing", codes=("noRecordsMatch",), action="accept"),
    Rule("expired", codes=("badResumptionToken",), action="restart", retries=2, advice=_LATER),
    Rule("stuck", advice=_LATER),
    Rule("record", action="quarantine"),
    Rule("unknown", advice=_CHECK),
)
RULES: Mapping[Event, Rule] = {rule.event: rule for rule in TABLE}
_BY_CODE: Mapping[str, Rule] = {code: rule for rule in TABLE for code in rule.codes}
_BY_STATUS: Mapping[int, Rule] = {status: rule for rule in TABLE for status in rule.statuses}


class UnusableError(SourceError):
    """A response that cannot be used; `event` names its row in the table."""

    def __init__(self, event: Event, message: str, *, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message, RULES[event].advice, status=status, retryable=RULES[event].action == "retry")
        self.event = event
        self.retry_after = retry_after


def rule_for(status: int) -> Rule:
    """Return the row of an HTTP status."""
    return _BY_STATUS.get(status, RULES["unknown"])


def rule_for_code(code: str) -> Rule:
    """Return the row of an error of OAI-PMH; one that the protocol does not define is a broken response."""
    return _BY_CODE.get(code, RULES["broken"])


def wait_before(rule: Rule, retry: int, retry_after: float | None, jitter: float) -> float:
    """Return the seconds to wait before a retry, counted from 1."""
    if rule.honors_retry_after and retry_after is not None:
        return retry_after + jitter
    return min(rule.first_wait * 2.0 ** (retry - 1), rule.longest_wait) + jitter


def read_retry_after(header: str | None, now: float) -> float | None:
    """Read seconds or an HTTP date as seconds from `now` (seconds since 1970), at least 0; None if it is neither."""
    if header is None:
        return None
    if header.strip().isascii() and header.strip().isdigit():
        return float(header.strip()[:9])
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - now)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


@dataclass(frozen=True, slots=True)
class ServicePolicy:
    """How to behave towards one service.

    Attributes:
        content_type: a word in the content type of a good response.
        max_unnamed: how many requests may be sent without a contact; None for any number.
        rules: what to do after each event.
    """

    content_type: str = "xml"
    max_unnamed: int | None = FEW_REQUESTS
    rules: Mapping[Event, Rule] = field(default_factory=lambda: RULES)


ARXIV = ServicePolicy()


def json_policy(*, forbidden: str, url_key: str) -> ServicePolicy:
    """Return the policy for an optional service that responds with JSON.

    Retries are few, as nothing depends on the service. A refused key ends one run only: the next may have another key.

    Args:
        forbidden: advice where the service refuses the key.
        url_key: the key of the settings that contains the address of the service.
    """
    changed: dict[Event, Rule] = {
        "forbidden": replace(RULES["forbidden"], action="fail", advice=forbidden),
        "busy": replace(RULES["busy"], retries=3, first_wait=10, max_retry_after=120.0),
        "server": replace(RULES["server"], retries=2),
        "network": replace(RULES["network"], retries=2),
        "broken": replace(RULES["broken"], retries=1),
        "refused": replace(RULES["refused"], advice=f"check {url_key}"),
    }
    for event in ("absent", "hostile", "unknown", "unreachable"):
        changed[event] = replace(RULES[event], advice=f"check the network and {url_key}")
    return ServicePolicy("json", None, {**RULES, **changed})


class BudgetError(SourceError):
    """The budget of the run is spent; what was fetched is kept, and the next run continues."""


class Budget:
    """Counts requests, bytes and seconds; 0 means no limit.

    Args:
        requests: how many, retries and redirects included.
        megabytes: of responses, unpacked, in units of 2**20 bytes; the response that exceeds it is still used.
        minutes: from the first request on.
    """

    def __init__(self, requests: int = 0, megabytes: int = 0, minutes: float = 0.0) -> None:
        self.requests = 0
        self.bytes = 0
        self._limits = (requests, megabytes * 2**20, minutes * 60)
        self._started: float | None = None

    def spend(self, now: float) -> None:
        """Count a request at a time in seconds, or refuse it.

        Raises:
            BudgetError: a limit is reached.
        """
        if self._started is None:
            self._started = now
        spent = (self.requests, self.bytes, now - self._started)
        names = ("requests", "bytes", "seconds")
        for name, used, limit in zip(names, spent, self._limits, strict=True):
            if limit and used >= limit:
                raise BudgetError(f"the budget of {limit:.0f} {name} is spent", "run it again to go on", retryable=True)
        self.requests += 1

    def receive(self, size: int) -> None:
        """Count the bytes of a response."""
        self.bytes += size
