"""Chat models of any provider through langchain."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from surveygen.config import LlmSettings
from surveygen.domain.llm import LlmRequest, LlmResponse
from surveygen.environment import model_key
from surveygen.errors import ConfigError
from surveygen.llm._client import ModelError

_MAX_WAIT = 60.0  # seconds: a server that asks for a longer wait does not get it
_SCHEMA_REFUSED = frozenset({400, 422, 501})  # HTTP status
_MAX_DETAIL = 200  # code points of a provider's error message


def connect(settings: LlmSettings) -> LangChat:
    """Make the model that the settings name; langchain is imported when the first request is sent."""
    return LangChat(settings)


class LangChat:
    """One chat model; without tools, and without langchain's own retries, cache and callbacks."""

    def __init__(self, settings: LlmSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._model: Any = None
        self._sends_schema = settings.json_schema

    @property
    def fingerprint(self) -> str:
        """Model, server and what shapes the response; not how often and how fast requests are sent."""
        names = ("model", "base_url", "max_tokens", "temperature", "seed", "json_schema")
        return json.dumps([getattr(self._settings, name) for name in names])

    def answer(self, request: LlmRequest) -> LlmResponse:
        """Send a request; if the server refuses a JSON Schema, send it again without, and so from then on."""
        with self._lock:
            if self._model is None:
                self._model = _make_model(self._settings)
        turns = [(message.speaker, message.text) for message in request.messages]
        sends_schema = self._sends_schema
        reply = _invoke(self._model, turns, request.schema if sends_schema else "")
        if sends_schema and _status(reply) in _SCHEMA_REFUSED:
            reply = _invoke(self._model, turns, "")
            self._sends_schema = isinstance(reply, Exception)
        return _parse_reply(reply, self._settings.model)


def _make_model(settings: LlmSettings) -> Any:  # noqa: ANN401  # a langchain chat model
    """Import langchain and make the model.

    Raises:
        ConfigError: a package is missing, or the provider refuses the settings; the hint says what to install.
    """
    provider, _, name = settings.model.partition(":")
    options: dict[str, object] = {"temperature": settings.temperature, "max_retries": 0}
    if provider == "ollama":  # the one provider with other names for the limits; it would wait for ever without
        options["num_predict"] = settings.max_tokens
        options["client_kwargs"] = {"timeout": settings.timeout_seconds}
    else:
        options |= {"max_tokens": settings.max_tokens, "timeout": settings.timeout_seconds}
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
    # The model comes in a list: a runnable that returns a runnable would invoke it at once.
    init: Any = init_chat_model  # its overloads do not list the options
    maker: Any = RunnableLambda(lambda _none: [init(name, model_provider=provider, **options)])
    made = maker.batch([None], return_exceptions=True)[0]
    if isinstance(made, ImportError):
        package = f"langchain-{provider.replace('_', '-')}"
        raise ConfigError(
            f"llm.model: {settings.model!r} needs a package that is missing: {made.name or package}",
            f'run: pip install "surveygen[{provider}]", or: pip install {package}',
            path="llm.model",
        ) from made
    if isinstance(made, Exception):
        raise ConfigError(
            f"llm.model: {settings.model!r} cannot be used: {' '.join(str(made).split())[:_MAX_DETAIL]}",
            "fix [llm] in survey.toml, or set the key in the environment (SURVEYGEN_API_KEY, or the provider's own)",
            path="llm.model",
        ) from made
    return made[0]


def _invoke(model: Any, turns: Sequence[tuple[str, str]], schema: str) -> Any:  # noqa: ANN401  # langchain's
    """Return langchain's message, or the exception, as each provider has errors of its own."""
    if schema:
        with suppress(NotImplementedError, TypeError, ValueError):  # no schemas; the prompt describes the form as well
            model = model.with_structured_output(json.loads(schema), method="json_schema", include_raw=True)
    reply = model.batch([turns], return_exceptions=True)[0]
    return reply["raw"] if isinstance(reply, Mapping) else reply


def _parse_reply(reply: Any, model: str) -> LlmResponse:  # noqa: ANN401  # langchain's message or an exception
    if not isinstance(reply, Exception):
        usage = reply.usage_metadata or {}
        text = reply.content if isinstance(reply.content, str) else str(reply.text)
        cut = reply.response_metadata.get("finish_reason", reply.response_metadata.get("done_reason")) == "length"
        return LlmResponse(text, cut, usage.get("input_tokens", 0), usage.get("output_tokens", 0))
    completion = getattr(reply, "completion", None)  # OpenAI's client raises where a response was cut off
    if completion is not None:
        usage = completion.usage
        tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else (0, 0)
        return LlmResponse(completion.choices[0].message.content or "", True, *tokens)  # noqa: FBT003  # cut off
    headers = getattr(getattr(reply, "response", None), "headers", None) or {}
    wait = str(headers.get("retry-after", ""))  # seconds, or a date, which is ignored
    detail = " ".join(f"{type(reply).__name__}: {reply}".split())[:_MAX_DETAIL]
    raise ModelError(
        f"{model} gave no answer: {detail}",
        provider=model,
        status=_status(reply),
        wait_seconds=min(float(wait), _MAX_WAIT) if wait.isdecimal() else 0.0,
    ) from reply


def _status(reply: object) -> int:
    """Return the HTTP status of an error, 0 if no server reported one."""
    status = getattr(reply, "status_code", None) or getattr(getattr(reply, "response", None), "status_code", None)
    return status if isinstance(reply, Exception) and isinstance(status, int) and status >= 400 else 0
