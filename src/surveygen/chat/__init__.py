"""Ask a language model, within a budget, and never twice for the same.

`Asker` is what others get: it fills a prompt, looks the answer up, and only then asks. A model is anything with::

    class Echo:
        fingerprint = "echo"

        def answer(self, question: Question) -> Answer:
            return Answer(question.messages[-1].text)
"""

from __future__ import annotations

from typing import Protocol

from surveygen.chat._asker import Asker, Memory, Prompts
from surveygen.chat._error import ModelError
from surveygen.chat._langchain import connect
from surveygen.chat._meter import Estimate, Meter, Spent
from surveygen.domain.answer import Answer, Question

__all__ = ["Asker", "Chat", "Estimate", "Memory", "Meter", "ModelError", "Prompts", "Spent", "connect"]


class Chat(Protocol):
    """What every language model can do."""

    @property
    def fingerprint(self) -> str:
        """Name what an answer depends on besides the question: model, server, temperature, seed, limits."""
        ...

    def answer(self, question: Question) -> Answer:
        """Ask once, without a second try.

        Raises:
            ModelError: there is no answer. ConfigError: the model cannot be asked at all.
        """
        ...
