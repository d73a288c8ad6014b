"""Ask again after an error that may pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from surveygen.domain.llm import LlmRequest, LlmResponse
from surveygen.llm._error import ModelError

TRIES = 3
_FIRST_WAIT = 1.0  # seconds; doubled each time unless the server says how long

Sleep = Callable[[float], None]


class Model(Protocol):
    """What is asked; the public word for it is `ChatModel`."""

    @property
    def fingerprint(self) -> str:
        """Name what an answer depends on."""
        ...

    def answer(self, question: LlmRequest) -> LlmResponse:
        """Ask once."""
        ...


def persistently(
    model: Model, question: LlmRequest, again: Callable[[], None], sleep: Sleep = time.sleep
) -> LlmResponse:
    """Ask up to TRIES times.

    Args:
        model: what is asked.
        question: the question.
        again: told of each further try.
        sleep: waits some seconds.

    Raises:
        ModelError: the last one, or one that no further try will mend.
    """
    for attempt in range(1, TRIES):
        try:
            return model.answer(question)
        except ModelError as failure:
            if not failure.retryable:
                raise
            sleep(failure.wait_seconds or _FIRST_WAIT * 2 ** (attempt - 1))
            again()
    return model.answer(question)
