"""Requests to language models, responses, and the client protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Literal, Protocol, TypeVar

from surveygen.domain.text import text_sha256

T = TypeVar("T")
Speaker = Literal["system", "user", "assistant"]

_MAX_STARTS = 50  # braces at which the object may begin: words before it can have some of their own


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class LlmRequest:
    """All that a response depends on except the model and its settings; `schema` is the JSON Schema of the answer."""

    messages: tuple[Message, ...]
    schema: str

    def key(self, model: str) -> str:
        """Return the cache key of the response of a model: SHA-256, hexadecimal."""
        words = json.dumps([model, asdict(self)], ensure_ascii=True, sort_keys=True)
        return text_sha256(words)

    @property
    def size(self) -> int:
        """Size of the input in bytes of UTF-8."""
        return len(self.schema) + sum(len(message.text.encode("utf-8", "replace")) for message in self.messages)


@dataclass(frozen=True, slots=True)
class LlmResponse:
    """The response of a model; `cut` is set if it reached the length limit. Tokens as the provider counts them."""

    text: str
    cut: bool = False
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class ModelUse:
    """Use of a language model by a survey since its first build.

    Attributes:
        model: provider and name. calls: usable responses; tokens and cost include those of responses that had to be
            repaired. cost_usd: None if the price is unknown.
        fallbacks: papers and themes written without the model because it gave no usable answer.
        replaced: claims that failed the check and were replaced by a sentence of the paper. dropped: those without one.
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
    """A client of a language model: one prompt, one parsed answer or None."""

    @property
    def fingerprint(self) -> str:
        """What the answers depend on besides the prompt."""
        ...

    @property
    def workers(self) -> int:
        """How many requests may run in parallel."""
        ...

    def __call__(self, task: str, values: Mapping[str, object], schema: str, read: Callable[[str], T]) -> T | None:
        """Fill in the prompt of a task, send it, and parse the answer with `read`.

        `schema` is the JSON Schema of the answer. `read` raises SummaryError if an answer is not usable.
        None: there is no usable answer, or the budget is spent.
        """
        ...

    def may_follow(self, task: str, values: Mapping[str, object], schema: str) -> None:
        """Let an estimate count a request that may have to follow; otherwise nothing happens."""
        ...


def read_list(response: str, key: str) -> list[Any]:
    """Return the list under a key of the first JSON object that has it; words around the object are ignored.

    Raises:
        ValueError: there is no such object.

    >>> read_list('Let {x} be. {"claims": [1]}', "claims")
    [1]
    """
    decoder, found = json.JSONDecoder(), False
    for start in islice(re.finditer(r"\{", response), _MAX_STARTS):
        try:
            data, _ = decoder.raw_decode(response, start.start())
        except (ValueError, RecursionError):
            continue
        found = True
        if isinstance(data, dict) and isinstance(data.get(key), list):
            rows: list[Any] = data[key]
            return rows
    raise ValueError(f'it has no list "{key}"' if found else "it is not JSON")
