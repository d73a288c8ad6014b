"""Reach any provider through langchain, which is imported when a model is first asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from surveygen.config import LlmSettings
from surveygen.domain.llm import LlmRequest, LlmResponse
from surveygen.environment import model_key
from surveygen.errors import ConfigError
from surveygen.llm._error import ModelError

_LONGEST_WAIT = 60.0  # seconds: a server that asks for more is not waited for
_SCHEMA_REFUSED = frozenset({400, 422, 501})


def connect(settings: LlmSettings) -> LangChat:
    """Make the model that the settings name; nothing is imported or asked yet."""
    return LangChat(settings)


class LangChat:
    """One chat model; without tools, without langchain's own retries, cache and callbacks."""

    def __init__(self, settings: LlmSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._model: Any = None
        self._strict = settings.json_schema

    @property
    def fingerprint(self) -> str:
        """Model, server and what shapes the answer; not how often and how fast it is asked."""
        names = ("model", "base_url", "max_tokens", "temperature", "seed", "json_schema")
        return json.dumps([getattr(self._settings, name) for name in names])

    def answer(self, question: LlmRequest) -> LlmResponse:
        """Ask once; a server that refuses a JSON Schema is asked again without, and from then on without."""
        model = self._ready()
        turns = [(message.speaker, message.text) for message in question.messages]
        strict = self._strict
        reply = self._ask(model, turns, question.schema if strict else "")
        if strict and _status(reply) in _SCHEMA_REFUSED:
            reply = self._ask(model, turns, "")
            self._strict = isinstance(reply, Exception)
        return self._read(reply)

    def _ready(self) -> Any:  # noqa: ANN401  # a langchain chat model
        with self._lock:
            if self._model is None:
                self._model = _make(self._settings)
            return self._model

    def _ask(self, model: Any, turns: Sequence[tuple[str, str]], schema: str) -> Any:  # noqa: ANN401  # langchain's
        """Return langchain's message, or what was raised, as each provider has errors of its own."""
        asked = model
        if schema:
            try:
                asked = model.with_structured_output(json.loads(schema), method="json_schema", include_raw=True)
            except (NotImplementedError, TypeError, ValueError):
                asked = model  # this provider knows no schema; the prompt describes the answer as well
        reply = asked.batch([turns], return_exceptions=True)[0]
        return reply["raw"] if isinstance(reply, Mapping) else reply

    def _read(self, reply: Any) -> LlmResponse:  # noqa: ANN401  # langchain's message or an error
        if not isinstance(reply, Exception):
            used = reply.usage_metadata or {}
            text = reply.content if isinstance(reply.content, str) else str(reply.text)
            cut = reply.response_metadata.get("finish_reason", reply.response_metadata.get("done_reason")) == "length"
            return LlmResponse(text, cut, used.get("input_tokens", 0), used.get("output_tokens", 0))
        completion = getattr(reply, "completion", None)  # OpenAI's client raises where an answer was cut off
        if completion is not None:
            used = completion.usage
            sent, got = (used.prompt_tokens, used.completion_tokens) if used else (0, 0)
            return LlmResponse(
                completion.choices[0].message.content or "", cut=True, input_tokens=sent, output_tokens=got
            )
        said = " ".join(f"{type(reply).__name__}: {reply}".split())[:200]
        name = self._settings.model
        message = f"{name} gave no answer: {said}"
        raise ModelError(message, provider=name, status=_status(reply), wait_seconds=_wait(reply)) from reply


def _make(settings: LlmSettings) -> Any:  # noqa: ANN401  # a langchain chat model
    """Import langchain and make the model.

    Raises:
        ConfigError: a package is missing, or the provider refuses the settings; the hint says what to install.
    """
    provider, _, name = settings.model.partition(":")
    limits = _limits_of_ollama if provider == "ollama" else _limits
    options: dict[str, object] = {"temperature": settings.temperature, "max_retries": 0, **limits(settings)}
    key = model_key(settings.base_url)
    options |= {"base_url": settings.base_url} if settings.base_url else {}
    options |= {"api_key": key} if key else {}
    options |= {"seed": settings.seed} if settings.seed >= 0 else {}
    try:
        from langchain.chat_models import init_chat_model  # noqa: PLC0415  # heavy, and most surveys need none
        from langchain_core.runnables import RunnableLambda  # noqa: PLC0415  # as above
    except ImportError as error:
        raise ConfigError(
            f"langchain cannot be imported: {error}", "run: pip install --upgrade langchain", path="llm.model"
        ) from error
    # A provider that misses its key or refuses an option raises an error of its own, which only a runnable catches.
    # The model comes in a list: a runnable that answers with a runnable would ask it at once.
    init: Any = init_chat_model  # its overloads tell of no further options
    maker: Any = RunnableLambda(lambda _none: [init(name, model_provider=provider, **options)])
    made = maker.batch([None], return_exceptions=True)[0]
    if isinstance(made, Exception):
        raise _not_made(settings.model, provider, made) from made
    return made[0]


def _not_made(model: str, provider: str, error: Exception) -> ConfigError:
    if isinstance(error, ImportError):
        package = f"langchain-{provider.replace('_', '-')}"
        return ConfigError(
            f"llm.model: {model!r} needs a package that is missing: {error.name or package}",
            f'run: pip install "surveygen[{provider}]", or: pip install {package}',
            path="llm.model",
        )
    said = " ".join(str(error).split())[:200]
    hint = "mend [llm] in survey.toml, or set the key in the environment (SURVEYGEN_API_KEY, or the provider's own)"
    return ConfigError(f"llm.model: {model!r} cannot be asked: {said}", hint, path="llm.model")


def _limits(settings: LlmSettings) -> dict[str, object]:
    return {"max_tokens": settings.max_tokens, "timeout": settings.timeout_seconds}


def _limits_of_ollama(settings: LlmSettings) -> dict[str, object]:
    """Put the limits in the words of the one provider that has others; it would wait for ever without."""
    return {"num_predict": settings.max_tokens, "client_kwargs": {"timeout": settings.timeout_seconds}}


def _status(reply: object) -> int:
    """Return the HTTP status of an error, 0 where no server told of one."""
    status = getattr(reply, "status_code", None) or getattr(getattr(reply, "response", None), "status_code", None)
    return status if isinstance(reply, Exception) and isinstance(status, int) and status >= 400 else 0


def _wait(error: Exception) -> float:
    """Return the seconds of ``Retry-After``, 0 where it is missing or a date."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    told = str(headers.get("retry-after", ""))
    return min(float(told), _LONGEST_WAIT) if told.isdecimal() else 0.0
