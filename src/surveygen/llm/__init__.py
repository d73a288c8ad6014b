"""Ask a language model within a budget; cached answers are reused.

`CachedLlmClient` fills a prompt, looks for a cached answer and only then sends the request. A model is an object with::

    class Echo:
        fingerprint = "echo"

        def answer(self, question: Question) -> Answer:
            return Answer(question.messages[-1].text)
"""

from __future__ import annotations

from typing import Protocol

from surveygen.domain.llm import LlmRequest, LlmResponse
from surveygen.llm._asker import CachedLlmClient, Memory, Prompts
from surveygen.llm._error import ModelError
from surveygen.llm._langchain import connect
from surveygen.llm._meter import BudgetTracker, CostEstimate, LlmUsage

__all__ = [
    "BudgetTracker",
    "CachedLlmClient",
    "ChatModel",
    "CostEstimate",
    "LlmUsage",
    "Memory",
    "ModelError",
    "Prompts",
    "connect",
]


class ChatModel(Protocol):
    """What every language model can do."""

    @property
    def fingerprint(self) -> str:
        """Name what an answer depends on besides the question: model, server, temperature, seed, limits."""
        ...

    def answer(self, question: LlmRequest) -> LlmResponse:
        """Ask once, without a second try.

        Raises:
            ModelError: there is no answer. ConfigError: the model cannot be asked at all.
        """
        ...
