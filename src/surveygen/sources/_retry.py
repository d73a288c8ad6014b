"""What to do after each kind of answer, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal

from surveygen.errors import SourceError

Event = Literal[
    "accepted", "broken", "empty", "refused", "redirected", "unchanged", "forbidden", "absent", "server", "busy",
    "network", "unreachable", "oversized", "hostile", "unknown", "nothing", "expired", "stuck", "record",
]  # fmt: skip
Action = Literal["accept", "follow", "retry", "restart", "quarantine", "fail", "stop"]

BREAKER = 5  # requests in a row that failed with all their tries end the run
MAX_RETRY_AFTER = 6 * 3600.0  # seconds; a longer pause ends the run, the next one goes on


@dataclass(frozen=True, slots=True)
class Rule:
    """One row.

    Attributes:
        statuses: the HTTP statuses that mean this event; none where the body or the network decides.
        codes: the errors of OAI-PMH that mean it (section 3.6 of the protocol); they come with status 200.
        action: "stop" ends all requests of the source until a person clears it; "restart" begins a list again a day
            before the last record that was stored; "quarantine" sets one record aside.
        retries: further tries after the first. first_wait: seconds before the first of them, doubled each time.
        waits_as_told: a Retry-After header of the server goes before our own wait.
        most_told: seconds; a server that wants a longer pause ends the run, and the next one goes on.
        slows: the pause between requests is doubled for the rest of the run.
        advice: what a person can do when the tries are used up.
    """

    event: Event
    statuses: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    action: Action = "fail"
    retries: int = 0
    first_wait: float = 0.0
    longest_wait: float = 600.0
    most_told: float = MAX_RETRY_AFTER
    waits_as_told: bool = False
    slows: bool = False
    advice: str = ""


_LATER = "try again later; what was fetched before is kept"
_CHECK = "check sources.arxiv.api_url and oai_url"
_CLEAR = "stop asking; write to help@arxiv.org, and when that is settled run: surveygen fetch --clear-stop"
_REFUSALS = ("badArgument", "badVerb", "cannotDisseminateFormat", "noSetHierarchy")

# notes/harvest.md 8.5, but for "unreachable": where nothing has answered yet, a person waits 15 s for the error and not
# five minutes. tests/sources/test_retry.py walks it row by row against a real server.
TABLE: tuple[Rule, ...] = (
    Rule("accepted", (200,), action="accept"),
    Rule("unchanged", (304,), action="accept"),
    Rule("redirected", (301, 302, 303, 307, 308), action="follow", advice=_CHECK),
    Rule("broken", action="retry", retries=4, first_wait=5, advice=_LATER),
    Rule("empty", action="retry", retries=3, first_wait=5, advice=_LATER),
    Rule("refused", (400,), _REFUSALS, advice="mend the query, the sets or the ids"),
    Rule("forbidden", (401, 403), action="stop", advice=_CLEAR),
    Rule("absent", (404, 410), ("idDoesNotExist", "noMetadataFormats"), advice=_CHECK),
    Rule("server", (408, 425, 500, 502, 504), action="retry", retries=5, first_wait=10, advice=_LATER),
    Rule("busy", (429, 503), action="retry", retries=5, first_wait=30, waits_as_told=True, slows=True, advice=_LATER),
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
    """An answer that cannot be used; `event` names its row in the table."""

    def __init__(self, event: Event, message: str, *, status: int = 0, retry_after: float | None = None) -> None:
        super().__init__(message, RULES[event].advice, status=status, retryable=RULES[event].action == "retry")
        self.event = event
        self.retry_after = retry_after


def rule_for(status: int) -> Rule:
    """Return the row of an HTTP status."""
    return _BY_STATUS.get(status, RULES["unknown"])


def rule_for_code(code: str) -> Rule:
    """Return the row of an error of OAI-PMH; one that the protocol does not know is a broken answer."""
    return _BY_CODE.get(code, RULES["broken"])


def event_of(error: SourceError) -> Event:
    """Return the row that ended a request."""
    return error.__cause__.event if isinstance(error.__cause__, UnusableError) else "unknown"


def wait_before(rule: Rule, retry: int, told: float | None, jitter: float) -> float:
    """Return the seconds to wait before a retry, counted from 1; `told` is what the server asked for."""
    if rule.waits_as_told and told is not None:
        return told + jitter
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
