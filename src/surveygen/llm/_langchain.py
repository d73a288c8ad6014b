"""Chat models of any provider through langchain."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from surveygen.config import LlmSettings
from surveygen.domain.llm import LlmRequest, LlmResponse
from surveygen.domain.text import text_sha256
from surveygen.environment import forget_removed_tracer, model_key
from surveygen.errors import ConfigError
from surveygen.llm._client import ModelError
from surveygen.redaction import redact, userinfo

_MAX_WAIT = 60.0  # seconds: a server that asks for a longer wait does not get it
_SCHEMA_REFUSED = frozenset({400, 422, 501})  # HTTP status
_MAX_DETAIL = 200  # code points of a provider's error message
_MAX_BYTES = 8 * 2**20  # of a response: one of 100,000 tokens has about 1 MB
_MAX_PACKED = 2**17  # of a compressed one, which unpacks to at most a thousand times as much
# Attributes that lead from a langchain chat model to its HTTP client.
_CLIENT_NAMES = ("root_client", "client", "_client", "_api_client", "_httpx_client", "http_client")
_CLIENT_DEPTH = 4


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
        values = [getattr(self._settings, name) for name in names]
        values[1] = redact(values[1])  # it is stored beside the answers
        if self._settings.options:  # as a hash: an option can hold a key
            values.append(text_sha256(json.dumps(self._settings.options, sort_keys=True, default=str))[:16])
        return json.dumps(values)

    def answer(self, request: LlmRequest) -> LlmResponse:
        """Send a request; if the server refuses a JSON Schema, send it again without, and so from then on."""
        with self._lock:
            if self._model is None:
                self._model = _make_model(self._settings)
        turns = [(message.speaker, message.text) for message in request.messages]
        sends_schema = self._sends_schema
        reply = self._invoke(turns, request.schema if sends_schema else "")
        if sends_schema and _status(reply) in _SCHEMA_REFUSED:
            reply = self._invoke(turns, "")
            self._sends_schema = isinstance(reply, Exception)
        return _parse_reply(reply, self._settings)

    def _invoke(self, turns: Sequence[tuple[str, str]], schema: str) -> Any:  # noqa: ANN401  # langchain's
        """Return langchain's message, or the exception, as each provider has errors of its own.

        The request is sent in a thread of its own: clients limit the time between two bytes, not that of a response.
        """
        replies: SimpleQueue[Any] = SimpleQueue()

        def send() -> None:
            model = self._model
            if schema:
                # A model without schemas gets none; the prompt describes the form as well.
                with suppress(NotImplementedError, TypeError, ValueError):
                    model = model.with_structured_output(json.loads(schema), method="json_schema", include_raw=True)
            with _tracing(allowed=self._settings.tracing):
                reply = model.batch([turns], return_exceptions=True)[0]
            replies.put(reply["raw"] if isinstance(reply, Mapping) else reply)

        threading.Thread(target=send, daemon=True).start()
        try:
            return replies.get(timeout=self._settings.timeout_seconds)
        except Empty:
            return TimeoutError(f"no whole response in {self._settings.timeout_seconds:g} seconds")


def _make_model(settings: LlmSettings) -> Any:  # noqa: ANN401  # a langchain chat model
    """Import langchain and make the model.

    Raises:
        ConfigError: a package is missing, or the provider refuses the settings; the hint says what to install.
    """
    provider, _, name = settings.model.partition(":")
    options: dict[str, object] = {**settings.options, "max_retries": 0}
    options |= {} if settings.temperature == "none" else {"temperature": settings.temperature}
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
    forget_removed_tracer()
    # A provider that misses its key or refuses an option raises an error of its own, which only a runnable catches.
    # The model comes in a list: a runnable that returns a runnable would invoke it at once.
    init: Any = init_chat_model  # its overloads do not list the options
    maker: Any = RunnableLambda(lambda _none: [init(name, model_provider=provider, **options)])
    with _tracing(allowed=settings.tracing):
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
            f"llm.model: {settings.model!r} cannot be used: {_one_line(str(made), settings)}",
            "fix [llm] in survey.toml, or set the key in the environment (SURVEYGEN_API_KEY, or the provider's own)",
            path="llm.model",
        ) from made
    # Responses are to come without compression, so that their size can be limited as they come.
    hooks = {
        "request": [lambda request: request.headers.update({"accept-encoding": "identity"})],
        "response": [partial(_bound, settings.timeout_seconds)],
    }
    for client in _http_clients(made[0]):
        client.event_hooks = {**client.event_hooks, **hooks}
    return made[0]


def _http_clients(model: Any) -> Iterator[Any]:  # noqa: ANN401  # a langchain chat model
    """Yield the clients of httpx, or httpx2, below a chat model; each provider has its own in another place."""
    objects = [model]
    for _ in range(_CLIENT_DEPTH):
        below = [getattr(item, name, None) for item in objects for name in _CLIENT_NAMES]
        objects = list({id(item): item for item in below if item is not None}.values())
        yield from (item for item in objects if hasattr(item, "event_hooks") and not hasattr(item, "aclose"))


def _bound(seconds: float, response: Any) -> None:  # noqa: ANN401  # of httpx or httpx2
    """Limit the body of a response, which is not read yet, in bytes and in time."""
    encoding = response.headers.get("content-encoding", "identity")
    if encoding not in {"identity", "gzip", "deflate"}:
        raise OSError(f"the response is encoded as {encoding[:20]!r}, which was not asked for")
    limit = _MAX_BYTES if encoding == "identity" else _MAX_PACKED
    deadline = time.monotonic() + seconds
    source = response.stream
    base = next(kind for kind in type(source).__mro__ if kind.__name__ == "SyncByteStream")

    def chunks(_self: object) -> Iterator[bytes]:
        size = 0
        for chunk in source:
            size += len(chunk)
            if size > limit:
                raise OSError(f"the response is longer than {limit // 2**10} KiB")
            if time.monotonic() > deadline:
                raise TimeoutError(f"no whole response in {seconds:g} seconds")
            yield chunk

    response.stream = type("BoundedStream", (base,), {"__iter__": chunks, "close": lambda _self: source.close()})()


@contextmanager
def _tracing(*, allowed: bool) -> Iterator[None]:
    """Send nothing to LangSmith within the block, or what its variables in the environment ask for if allowed."""
    from langsmith import tracing_context  # noqa: PLC0415  # a part of langchain

    with tracing_context(enabled=None if allowed else False):
        yield


def _parse_reply(reply: Any, settings: LlmSettings) -> LlmResponse:  # noqa: ANN401  # langchain's message, an exception
    """Return a response without the keys that it may repeat.

    Raises:
        ModelError: there is none. ConfigError: the provider knows no such option.
    """
    secrets = userinfo(settings.base_url)
    if not isinstance(reply, Exception):
        usage = reply.usage_metadata or {}
        text = reply.content if isinstance(reply.content, str) else str(reply.text)
        cut = reply.response_metadata.get("finish_reason", reply.response_metadata.get("done_reason")) == "length"
        return LlmResponse(redact(text, *secrets), cut, usage.get("input_tokens", 0), usage.get("output_tokens", 0))
    completion = getattr(reply, "completion", None)  # OpenAI's client raises where a response was cut off
    if completion is not None:
        usage = completion.usage
        sent, received = (usage.prompt_tokens, usage.completion_tokens) if usage else (0, 0)
        text = redact(completion.choices[0].message.content or "", *secrets)
        return LlmResponse(text, cut=True, input_tokens=sent, output_tokens=received)
    headers = getattr(getattr(reply, "response", None), "headers", None) or {}
    wait = str(headers.get("retry-after", ""))  # seconds, or a date, which is ignored
    cause = reply.__cause__ if isinstance(reply.__cause__, OSError) else reply  # a limit of ours, wrapped by the client
    detail = _one_line(f"{type(cause).__name__}: {cause}", settings)
    if isinstance(reply, TypeError) and settings.options:
        raise ConfigError(
            f"llm.options: {settings.model} accepts no such option: {detail}", "fix [llm.options]", path="llm.options"
        ) from reply
    raise ModelError(
        f"{settings.model} gave no answer: {detail}",
        provider=settings.model,
        status=_status(reply),
        wait_seconds=min(float(wait), _MAX_WAIT) if wait.isdecimal() else 0.0,
    ) from reply


def _one_line(text: str, settings: LlmSettings) -> str:
    """Return the words of a provider without keys, and not too many of them."""
    return " ".join(redact(text, *userinfo(settings.base_url)).split())[:_MAX_DETAIL]


def _status(reply: object) -> int:
    """Return the HTTP status of an error, 0 if no server reported one."""
    status = getattr(reply, "status_code", None) or getattr(getattr(reply, "response", None), "status_code", None)
    return status if isinstance(reply, Exception) and isinstance(status, int) and status >= 400 else 0
