"""What is asked of a language model, and what comes back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, Protocol, TypeVar

T = TypeVar("T")
Speaker = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class LlmRequest:
    """All that an answer depends on, the model and its settings aside; `schema` is the JSON Schema of the answer."""

    messages: tuple[Message, ...]
    schema: str

    def key(self, model: str) -> str:
        """Return the SHA-256, hexadecimal, under which the answer of a model is kept."""
        words = json.dumps([model, asdict(self)], ensure_ascii=True, sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def size(self) -> int:
        """Bytes of UTF-8 that the model has to read."""
        return len(self.schema) + sum(len(message.text.encode("utf-8", "replace")) for message in self.messages)


@dataclass(frozen=True, slots=True)
class LlmResponse:
    """What a model said; `cut` is set where it ran into its length limit. Tokens as the provider counts them."""

    text: str
    cut: bool = False
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ModelUse:
    """How a language model served a survey, from its first build on.

    Attributes:
        model: provider and name. calls: answers paid for. cost_usd: None where no price is known.
        fallbacks: papers and themes written without the model because it gave nothing usable.
        replaced: claims that failed the check and gave way to a sentence of the paper. dropped: those that had none.
    """

    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    fallbacks: int
    replaced: int
    dropped: int


class LlmClient(Protocol):
    """The way to a language model: one prompt, one answer, read or given up."""

    @property
    def fingerprint(self) -> str:
        """Name what the answers depend on besides the question."""
        ...

    @property
    def workers(self) -> int:
        """How many questions may be asked at once."""
        ...

    def __call__(self, task: str, values: Mapping[str, object], schema: str, read: Callable[[str], T]) -> T | None:
        """Fill the prompt of a task, and make something of the answer by `read`.

        `schema` is the JSON Schema of the answer. `read` raises SummaryError where an answer is of no use.
        None: there is no usable answer, or the budget let nothing be asked.
        """
        ...
