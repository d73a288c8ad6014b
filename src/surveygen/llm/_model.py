"""The chat model protocol, its error, and retries of failed requests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from surveygen.domain.llm import LlmRequest, LlmResponse
from surveygen.errors import SummaryError

ATTEMPTS = 3
FIRST_WAIT = 1.0  # seconds; doubled after each attempt unless the server names its own wait

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


def with_retries(
    model: ChatModel, request: LlmRequest, *, on_retry: Callable[[], None], sleep: Sleep = time.sleep
) -> LlmResponse:
    """Send a request, up to ATTEMPTS times while the error is one that may pass.

    Args:
        model: the chat model.
        request: what is sent.
        on_retry: called before each further attempt.
        sleep: waits some seconds.

    Raises:
        ModelError: that of the last attempt, or the first that is not retryable.
    """
    retrying = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        retry=retry_if_exception(lambda error: isinstance(error, ModelError) and error.retryable),
        wait=_wait_seconds,
        before_sleep=lambda _state: on_retry(),
        sleep=sleep,
        reraise=True,
    )
    return retrying(model.answer, request)


def _wait_seconds(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait_seconds if isinstance(error, ModelError) else 0.0
    return asked or FIRST_WAIT * 2 ** (state.attempt_number - 1)
