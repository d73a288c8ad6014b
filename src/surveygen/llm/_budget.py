"""Count requests, tokens and cost, and stop before the budget is exceeded."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from surveygen.config import LlmSettings
from surveygen.domain.llm import LlmRequest, LlmResponse
from surveygen.errors import SummaryError

BYTES_PER_TOKEN = 3  # English has about 4; with 3 a reservation is rather too high than too low
_MAX_FAILURES = 5  # requests in a row without a response after which the server counts as gone
# Requests in a row without a usable response, even after repair, after which the run stops: of a model that answers
# nine in ten well, five in a row are one in 100,000, and a model that answers half of them well is no use.
MAX_UNUSABLE = 5


@dataclass(frozen=True, slots=True)
class LlmUsage:
    """What one run requested.

    Attributes:
        calls: responses that came from the model. cached: requests with a cached response, which cost nothing.
        repairs: requests for a better form; in an estimate, requests for sentences that may be rejected.
        retries: requests sent again after an error.
        unusable: responses that could not be parsed even after repair, or repeated the instructions.
        postponed: requests left for the next run. cost_usd: None where no price is known.
        stopped: why no more requests were sent: "budget", "unavailable", "unusable", or "".
    """

    calls: int
    cached: int
    repairs: int
    retries: int
    unusable: int
    postponed: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    stopped: str = ""


class BudgetTracker:
    """Admits a request while the most that it can cost fits the budget; safe to use from several threads."""

    def __init__(self, settings: LlmSettings) -> None:
        self._settings = settings
        self._lock = threading.Condition()
        self._counts = dict.fromkeys(("calls", "cached", "repairs", "retries", "unusable", "postponed"), 0)
        self._tokens = [0, 0]
        self._reserved_usd = 0.0
        self._pending = 0
        self._failures_in_a_row = 0
        self._unusable_in_a_row = 0
        self._stopped = ""

    def count(self, name: str) -> None:
        """Add one to a count of `LlmUsage`."""
        with self._lock:
            self._counts[name] += 1

    def count_possible(self, request: LlmRequest) -> None:
        """Count a request that another one may call for; only an estimate does."""

    @contextmanager
    def reserve(self, request: LlmRequest) -> Iterator[bool]:
        """Reserve the most that a request can cost until the block is left.

        Yields False, and counts the request as postponed, if it does not fit the budget or the server is gone. Requests
        on their way mostly cost less than is reserved for them, so one that would not fit beside them waits.
        """
        reserved = self._admit(request)
        try:
            yield reserved
        finally:
            if reserved:
                with self._lock:
                    self._pending -= 1
                    self._reserved_usd = self._reserved_usd - self._max_cost(request) if self._pending else 0.0
                    self._lock.notify_all()

    def _admit(self, request: LlmRequest) -> bool:
        cost, limit = self._max_cost(request), self._settings.max_cost_usd
        with self._lock:
            while not self._stopped and limit and self._spent_usd + self._reserved_usd + cost > limit:
                if self._pending:
                    self._lock.wait()
                else:
                    self._stopped = "budget"
            if self._stopped:
                self._counts["postponed"] += 1
                return False
            self._pending += 1
            self._reserved_usd += cost
            return True

    def commit(self, request: LlmRequest, response: LlmResponse) -> LlmResponse:
        """Count a response; return it with its tokens, estimated where the provider does not report them."""
        input_tokens = response.input_tokens or _tokens(request.size)
        output_tokens = response.output_tokens or _tokens(len(response.text.encode()))
        with self._lock:
            self._counts["calls"] += 1
            self._tokens = [self._tokens[0] + input_tokens, self._tokens[1] + output_tokens]
            self._failures_in_a_row = 0
        return LlmResponse(response.text, response.cut, input_tokens, output_tokens)

    def record_failure(self, *, fatal: bool) -> None:
        """Count a request without a response; after a fatal one no more requests are admitted."""
        with self._lock:
            self._counts["postponed"] += 1
            self._failures_in_a_row += 1
            if fatal or self._failures_in_a_row >= _MAX_FAILURES:
                self._stopped = self._stopped or "unavailable"

    def record_usable(self) -> None:
        """Count a response that could be parsed."""
        with self._lock:
            self._unusable_in_a_row = 0

    def record_unusable(self, reason: str) -> None:
        """Count a request whose responses could not be parsed, even after repair.

        Raises:
            SummaryError: it is one of too many in a row.
        """
        with self._lock:
            self._counts["unusable"] += 1
            self._unusable_in_a_row += 1
            if self._unusable_in_a_row < MAX_UNUSABLE:
                return
            self._stopped = self._stopped or "unusable"
        raise SummaryError(
            f"{self._settings.model or 'the language model'} gave no usable answer to {MAX_UNUSABLE} requests in a row "
            f"(the last one: {reason})",
            "choose another llm.model, or raise llm.max_tokens if answers are cut off; what was answered is kept",
            provider=self._settings.model,
        )

    @property
    def answered(self) -> bool:
        """Whether the model gave any response in this run."""
        return self._counts["calls"] > 0

    def usage(self) -> LlmUsage:
        """Return the counts so far."""
        with self._lock:
            return LlmUsage(
                **self._counts,
                input_tokens=self._tokens[0],
                output_tokens=self._tokens[1],
                cost_usd=self._spent_usd if self._settings.priced else None,
                stopped=self._stopped,
            )

    @property
    def _spent_usd(self) -> float:
        return self._settings.cost(*self._tokens)

    def _max_cost(self, request: LlmRequest) -> float:
        return self._settings.cost(_tokens(request.size), self._settings.max_tokens)


class CostEstimate(BudgetTracker):
    """Admits no request and counts what would be sent: `calls`, and the most tokens and cost.

    Requests that may have to follow, each with the answer before it, are `repairs`; tokens and cost include them.
    """

    def count_possible(self, request: LlmRequest) -> None:
        """Count a request that another one may call for, with a whole answer in it."""
        with self._lock:
            self._counts["repairs"] += 1
            self._tokens[0] += _tokens(request.size) + self._settings.max_tokens
            self._tokens[1] += self._settings.max_tokens

    def _admit(self, request: LlmRequest) -> bool:
        with self._lock:
            self._counts["calls"] += 1
            self._tokens[0] += _tokens(request.size)
            self._tokens[1] += self._settings.max_tokens
        return False


def _tokens(size: int) -> int:
    """Estimate the tokens of a text of some bytes, rounded up."""
    return -(-size // BYTES_PER_TOKEN)
