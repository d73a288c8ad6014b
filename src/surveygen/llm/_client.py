"""Send prompts to a chat model, with cache, budget, retries, repair."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from surveygen.domain.llm import LlmRequest, LlmResponse, Message
from surveygen.domain.text import tokenize
from surveygen.errors import SummaryError
from surveygen.llm._budget import BudgetTracker

T = TypeVar("T")

ATTEMPTS = 3
FIRST_WAIT = 1.0  # seconds; doubled after each attempt unless the server names its own wait
_SHOWN = 2000  # code points of an unusable response that the repair prompt shows to the model
_THINKING = re.compile(r"\A.*</(?:think|thinking|thought|reasoning)>", re.DOTALL | re.IGNORECASE)
_LEAK_WORDS = 8  # words in a row: shorter runs of the instructions also occur in honest prose

Sleep = Callable[[float], None]


class ModelError(SummaryError):
    """A request that a language model did not answer.

    Args:
        message: what happened, in one line.
        provider: name of the model.
        status: HTTP status; 0 if no server answered.
        wait_seconds: how long the server asks clients to wait; 0 if it does not say.
    """

    def __init__(self, message: str, *, provider: str = "", status: int = 0, wait_seconds: float = 0.0) -> None:
        super().__init__(message, "check [llm] in survey.toml, the key in the environment and the server")
        self.provider = provider
        self.status = status
        self.wait_seconds = wait_seconds
        self.retryable = status in {0, 408, 409, 425, 429} or status >= 500

    @property
    def fatal(self) -> bool:
        """Whether no request at all will be answered: a wrong key, no permission, no such model."""
        return self.status in {401, 403, 404}


class _LeakError(SummaryError):
    """A response that repeats the instructions; the model is not asked to repair it."""


class ChatModel(Protocol):
    """A language model that answers one request at a time."""

    @property
    def fingerprint(self) -> str:
        """Name what a response depends on besides the request: model, server, temperature, seed, limits."""
        ...

    def answer(self, request: LlmRequest) -> LlmResponse:
        """Send a request once, without a second attempt.

        Raises:
            ModelError: there is no response.
            ConfigError: the model cannot be used at all.
        """
        ...


class ResponseCache(Protocol):
    """Stores responses by the key of their request."""

    def get(self, key: str) -> LlmResponse | None:
        """Return the response stored under a key, None if there is none."""
        ...

    def put(self, key: str, model: str, answer: LlmResponse) -> None:
        """Store a response; `model` is the fingerprint of the model that gave it."""
        ...


class Prompts(Protocol):
    """The prompt templates."""

    @property
    def fingerprint(self) -> str:
        """Hash of all templates."""
        ...

    @property
    def canary(self) -> str:
        """A word that is in the instructions and must not occur in a response."""
        ...

    def fill(self, name: str, values: Mapping[str, object]) -> str:
        """Return the prompt of a task; values are escaped so that they cannot act as instructions."""
        ...

    def instructions(self, name: str) -> str:
        """Return the fixed words of a prompt."""
        ...


class CachedLlmClient:
    """The `LlmClient` of the program; safe to use from several threads.

    Args:
        model: the chat model.
        prompts: the prompt templates.
        cache: where responses are stored.
        budget: limits and counts the requests.
        workers: requests that may be on their way at once.
        system: name of the prompt that precedes each request.
        sleep: waits some seconds.
    """

    def __init__(
        self,
        model: ChatModel,
        prompts: Prompts,
        cache: ResponseCache,
        budget: BudgetTracker,
        *,
        workers: int,
        system: str = "system",
        sleep: Sleep = time.sleep,
    ) -> None:
        self.workers = workers
        self.fingerprint = f"{model.fingerprint} {prompts.fingerprint}"
        self._system = system
        self._model, self._prompts, self._cache, self._budget, self._sleep = model, prompts, cache, budget, sleep

    def __call__(self, task: str, values: Mapping[str, object], schema: str, read: Callable[[str], T]) -> T | None:
        """Fill a prompt, get a response and parse it.

        Args:
            task: name of the prompt.
            values: what its variables stand for.
            schema: JSON Schema of the response.
            read: parses a response, or raises SummaryError with what is wrong with it; the model is then asked once
                to repair it.

        Returns:
            None if there is no usable response, or no request was sent: the budget is spent or the server is gone.

        Raises:
            SummaryError: several requests in a row got no usable response.
            ModelError: the model will answer no request (a wrong key, no such model).
            ConfigError: the model cannot be used.
        """
        conversation = self._conversation(task, values, schema, read)
        # Earlier versions cached unusable responses as well, and a repaired one as the response to the repair.
        request = conversation.first
        for _ in ("response", "repaired response"):
            response = self._cache.get(request.key(self._model.fingerprint))
            if response is None:
                break
            try:
                value = conversation.parse(response)
            except SummaryError as error:
                request = conversation.repair(response, error)
            else:
                self._budget.count("cached")
                return value
        return self._ask(conversation)

    def may_follow(self, task: str, values: Mapping[str, object], schema: str) -> None:
        """Let an estimate count a request that may have to follow one that it did not send; nothing is sent."""
        self._budget.count_possible(self._conversation(task, values, schema, str).first)

    def _conversation(
        self, task: str, values: Mapping[str, object], schema: str, read: Callable[[str], T]
    ) -> _Conversation[T]:
        turns = (
            Message("system", self._prompts.fill(self._system, {"canary": self._prompts.canary})),
            Message("user", self._prompts.fill(task, values)),
        )
        return _Conversation(self._prompts, (self._system, task), turns, schema, read)

    def _ask(self, conversation: _Conversation[T]) -> T | None:
        """Send a request, and once more with what is wrong with the response; only a usable response is cached.

        Raises:
            SummaryError: so many requests in a row got no usable response that the next ones will not get one either.
        """
        request, spent = conversation.first, (0, 0)
        for last in (False, True):
            with self._budget.reserve(request) as reserved:
                response = self._send(request) if reserved else None
            if response is None:
                return None
            spent = (spent[0] + response.input_tokens, spent[1] + response.output_tokens)
            try:
                value = conversation.parse(response)
            except SummaryError as error:
                if last or isinstance(error, _LeakError):
                    self._budget.record_unusable(error.message)
                    return None
                self._budget.count("repairs")
                request = conversation.repair(response, error)
            else:
                self._budget.record_usable()
                paid = replace(response, input_tokens=spent[0], output_tokens=spent[1])
                self._cache.put(conversation.first.key(self._model.fingerprint), self._model.fingerprint, paid)
                return value
        return None

    def _send(self, request: LlmRequest) -> LlmResponse | None:
        """Send a request, up to ATTEMPTS times while the error is one that may pass; None if it stays unanswered."""
        retrying = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            retry=retry_if_exception(lambda error: isinstance(error, ModelError) and error.retryable),
            wait=_wait_seconds,
            before_sleep=lambda _state: self._budget.count("retries"),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            response = retrying(self._model.answer, request)
        except ModelError as error:
            fatal = error.fatal and not self._budget.answered
            self._budget.record_failure(fatal=fatal)
            if fatal:
                raise
            return None
        return self._budget.commit(request, response)


@dataclass(frozen=True, slots=True)
class _Conversation(Generic[T]):
    """One task for the model: its first request, the request to repair a response, and how responses are parsed."""

    prompts: Prompts
    names: tuple[str, str]
    turns: tuple[Message, ...]
    schema: str
    read: Callable[[str], T]

    @property
    def first(self) -> LlmRequest:
        """The request for the task."""
        return LlmRequest(self.turns, self.schema)

    def parse(self, response: LlmResponse) -> T:
        """Parse a response; what a reasoning model thinks before it answers, up to ``</think>``, is dropped.

        Raises:
            SummaryError: it is empty, cut off in the middle, not in the form that was asked for, or repeats the prompt.
        """
        instructions = "\n".join(map(self.prompts.instructions, self.names))
        text = _THINKING.sub("", response.text)
        if prompt_leak(text, instructions, self.prompts.canary):
            raise _LeakError("it repeats the instructions")
        if not text.strip():
            raise SummaryError("it is empty")
        return self.read(text)

    def repair(self, response: LlmResponse, error: SummaryError) -> LlmRequest:
        """Return the request to repair an unusable response."""
        reason = f"{error.message}; it was cut off, so be shorter" if response.cut else error.message
        request = Message("user", self.prompts.fill("repair", {"reason": reason}))
        return LlmRequest((*self.turns, Message("assistant", response.text[:_SHOWN] or "{}"), request), self.schema)


def _wait_seconds(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_seconds if isinstance(error, ModelError) else 0.0
    return asked or FIRST_WAIT * 2 ** (state.attempt_number - 1)


def prompt_leak(response: str, instructions: str, canary: str) -> bool:
    """Whether a response holds the canary word, or eight words in a row of the instructions.

    >>> prompt_leak("So: use only the numbered sentences that are given below.",
    ...             "Use only the numbered sentences that are given below.", "zq1")
    True
    """
    if canary in response:
        return True
    runs = []
    for text in (response, instructions):
        words = tokenize(text)
        runs.append({tuple(words[i : i + _LEAK_WORDS]) for i in range(len(words) - _LEAK_WORDS + 1)})
    return not runs[0].isdisjoint(runs[1])
