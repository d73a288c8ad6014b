"""Ask for something and read the answer: cache, budget, retry, one repair."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from surveygen.domain.llm import LlmRequest, LlmResponse, Message
from surveygen.errors import SummaryError
from surveygen.llm._error import ModelError
from surveygen.llm._leak import leaks
from surveygen.llm._meter import BudgetTracker
from surveygen.llm._retry import Model, Sleep, persistently

T = TypeVar("T")

_SHOWN = 2000  # code points of a bad answer that its author gets to see again


class Memory(Protocol):
    """Where answers are kept."""

    def get(self, key: str) -> LlmResponse | None:
        """Return the answer of a key, None if it was never given."""
        ...

    def put(self, key: str, model: str, answer: LlmResponse) -> None:
        """Keep an answer before anything is done with it."""
        ...


class Prompts(Protocol):
    """The words of a question."""

    @property
    def fingerprint(self) -> str:
        """Hash of all templates."""
        ...

    @property
    def canary(self) -> str:
        """A word that stands in the instructions and must never come back."""
        ...

    def fill(self, name: str, values: Mapping[str, object]) -> str:
        """Return a prompt; every value in it is made harmless."""
        ...

    def instructions(self, name: str) -> str:
        """Return the fixed words of a prompt."""
        ...


class CachedLlmClient:
    """The one way to a language model; safe between threads.

    Args:
        model: what is asked. prompts: the words. memory: what was answered before. meter: the budget.
        workers: questions that may be asked at once. system: name of the prompt before each question.
        sleep: waits some seconds.
    """

    def __init__(
        self,
        model: Model,
        prompts: Prompts,
        memory: Memory,
        meter: BudgetTracker,
        *,
        workers: int,
        system: str = "system",
        sleep: Sleep = time.sleep,
    ) -> None:
        self.workers = workers
        self.fingerprint = f"{model.fingerprint} {prompts.fingerprint}"
        self._system = system
        self._model, self._prompts, self._memory, self._meter, self._sleep = model, prompts, memory, meter, sleep

    def __call__(self, task: str, values: Mapping[str, object], schema: str, read: Callable[[str], T]) -> T | None:
        """Fill a prompt, get its answer and read it.

        Args:
            task: the prompt's name.
            values: what it is filled with.
            schema: JSON Schema of the answer.
            read: makes something of the answer, or raises SummaryError with what is wrong, which is asked for again
                once.

        Returns:
            None if nothing usable came, or nothing was asked: the budget is spent or the server is gone.

        Raises:
            ModelError: the model will answer nothing (a wrong key, no such model). ConfigError: it cannot be asked.
        """
        turns = (
            Message("system", self._prompts.fill(self._system, {"canary": self._prompts.canary})),
            Message("user", self._prompts.fill(task, values)),
        )
        answer = self._answer(LlmRequest(turns, schema))
        if answer is None or self._leaks(answer, task):
            return None
        try:
            return read(answer.text)
        except SummaryError as error:
            return self._repaired(LlmRequest((*turns, *self._complaint(answer, error)), schema), task, read)

    def _repaired(self, question: LlmRequest, task: str, read: Callable[[str], T]) -> T | None:
        self._meter.count("repairs")
        answer = self._answer(question)
        if answer is None or self._leaks(answer, task):
            return None
        try:
            return read(answer.text)
        except SummaryError:
            self._meter.count("unusable")
            return None

    def _complaint(self, answer: LlmResponse, error: SummaryError) -> tuple[Message, Message]:
        reason = f"{error.message}; it was cut off, so be shorter" if answer.cut else error.message
        asked = self._prompts.fill("repair", {"reason": reason})
        return Message("assistant", answer.text[:_SHOWN] or "{}"), Message("user", asked)

    def _answer(self, question: LlmRequest) -> LlmResponse | None:
        key = question.key(self._model.fingerprint)
        known = self._memory.get(key)
        if known is not None:
            self._meter.count("cached")
            return known
        with self._meter.held(question) as admitted:
            answer = self._fresh(question) if admitted else None
        if answer is not None:
            self._memory.put(key, self._model.fingerprint, answer)
        return answer

    def _fresh(self, question: LlmRequest) -> LlmResponse | None:
        try:
            answer = persistently(self._model, question, lambda: self._meter.count("retries"), self._sleep)
        except ModelError as failure:
            hopeless = failure.hopeless and not self._meter.answered
            self._meter.failed(hopeless=hopeless)
            if hopeless:
                raise
            return None
        return self._meter.settle(question, answer)

    def _leaks(self, answer: LlmResponse, task: str) -> bool:
        told = "\n".join(self._prompts.instructions(name) for name in (self._system, task))
        if leaks(answer.text, told, self._prompts.canary):
            self._meter.count("unusable")
            return True
        return False
