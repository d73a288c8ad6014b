"""Count what is asked and paid, and stop in time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from surveygen.config import LlmSettings
from surveygen.domain.llm import LlmRequest, LlmResponse

_IN_A_ROW = 5  # questions without an answer after which a server counts as gone
BYTES_PER_TOKEN = 3  # English has about 4; counting 3 keeps a reservation on the safe side


@dataclass(frozen=True, slots=True)
class LlmUsage:
    """What one run asked.

    Attributes:
        calls: answers that came from the model. cached: questions whose answer was known, which cost nothing.
        repairs: questions put again for a better form. retries: requests made again after an error.
        unusable: answers that could not be read even after repair, or repeated the instructions.
        postponed: questions left for the next run. cost_usd: None where no price is known.
        stopped: why no more was asked: "budget", "unavailable", or "".
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
    """Lets a question pass while the worst that it can cost fits the budget; safe between threads."""

    def __init__(self, settings: LlmSettings) -> None:
        self._settings = settings
        self._lock = threading.Condition()
        self._counts = dict.fromkeys(("calls", "cached", "repairs", "retries", "unusable", "postponed"), 0)
        self._tokens = [0, 0]
        self._held = 0.0
        self._asking = 0
        self._failed_in_a_row = 0
        self._stopped = ""

    def count(self, name: str) -> None:
        """Add one to a count of `LlmUsage`."""
        with self._lock:
            self._counts[name] += 1

    @contextmanager
    def held(self, question: LlmRequest) -> Iterator[bool]:
        """Say whether a question may be asked; what it can cost at most is held until the block is left."""
        admitted = self.admit(question)
        try:
            yield admitted
        finally:
            if admitted:
                self._release(question)

    def admit(self, question: LlmRequest) -> bool:
        """Hold what a question may cost at most; False, and postponed, if that is too much or the server is gone.

        Questions on their way mostly cost less than is held for them, so one that would not fit beside them waits.
        """
        worst, limit = self._worst(question), self._settings.max_cost_usd
        with self._lock:
            while not self._stopped and limit and self._settings.cost(*self._tokens) + self._held + worst > limit:
                if self._asking:
                    self._lock.wait()
                else:
                    self._stopped = "budget"
            if self._stopped:
                self._counts["postponed"] += 1
                return False
            self._asking += 1
            self._held += worst
            return True

    def _release(self, question: LlmRequest) -> None:
        with self._lock:
            self._asking -= 1
            self._held = self._held - self._worst(question) if self._asking else 0.0
            self._lock.notify_all()

    def settle(self, question: LlmRequest, answer: LlmResponse) -> LlmResponse:
        """Count an answer; return it with tokens, estimated where the provider tells none."""
        read = answer.input_tokens or -(-question.size // BYTES_PER_TOKEN)
        wrote = answer.output_tokens or -(-len(answer.text.encode()) // BYTES_PER_TOKEN)
        with self._lock:
            self._counts["calls"] += 1
            self._tokens = [self._tokens[0] + read, self._tokens[1] + wrote]
            self._failed_in_a_row = 0
        return LlmResponse(answer.text, answer.cut, read, wrote)

    def failed(self, *, hopeless: bool) -> None:
        """Count a question without an answer; after a hopeless one nothing more is asked."""
        with self._lock:
            self._counts["postponed"] += 1
            self._failed_in_a_row += 1
            if hopeless or self._failed_in_a_row >= _IN_A_ROW:
                self._stopped = self._stopped or "unavailable"

    @property
    def answered(self) -> bool:
        """Whether the model ever answered in this run."""
        return self._counts["calls"] > 0

    def spent(self) -> LlmUsage:
        """Return the counts so far."""
        with self._lock:
            cost = self._settings.cost(*self._tokens) if self._settings.priced else None
            return LlmUsage(
                **self._counts,
                input_tokens=self._tokens[0],
                output_tokens=self._tokens[1],
                cost_usd=cost,
                stopped=self._stopped,
            )

    def _worst(self, question: LlmRequest) -> float:
        return self._settings.cost(-(-question.size // BYTES_PER_TOKEN), self._settings.max_tokens)


class CostEstimate(BudgetTracker):
    """Lets nothing pass and counts what would be asked: `calls`, and tokens and cost at most."""

    def admit(self, question: LlmRequest) -> bool:
        """Count a question as asked."""
        with self._lock:
            self._counts["calls"] += 1
            self._tokens[0] += -(-question.size // BYTES_PER_TOKEN)
            self._tokens[1] += self._settings.max_tokens
        return False
