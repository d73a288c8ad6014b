"""Any provider through langchain: a real client against a server of ours."""

from __future__ import annotations

import itertools
import json
import os
import socketserver
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial

import pytest

from llm_server import Asked, LanguageServer, Manner, Said
from surveygen.config import LlmSettings
from surveygen.domain.llm import LlmRequest, Message
from surveygen.errors import ConfigError
from surveygen.llm import ModelError, connect

pytest.importorskip("langchain_openai", reason="needs langchain-openai (make test installs it)")

QUESTION = LlmRequest(
    (Message("system", "s"), Message("user", "u")), '{"title": "t", "type": "object", "properties": {}}'
)


@pytest.fixture
def server() -> Iterator[LanguageServer]:
    """A server of our own."""
    with LanguageServer().running() as running:
        yield running


def say(said: Said) -> Manner:
    """Always say the same."""
    return lambda _asked: said


def settings(server: LanguageServer, **more: object) -> LlmSettings:
    """Name the server."""
    return LlmSettings(**{"model": "openai:test", "base_url": server.url, "timeout_seconds": 2.0, **more})  # type: ignore[arg-type]


def test_an_answer_comes_with_its_tokens(server: LanguageServer) -> None:
    """Text and the provider's own counts."""
    server.manner = say(Said('{"a": 1}'))

    answer = connect(settings(server)).answer(QUESTION)

    assert (answer.text, answer.cut, answer.input_tokens, answer.output_tokens) == ('{"a": 1}', False, 400, 100)
    assert server.asked[0].messages == ("s", "u")


@pytest.mark.parametrize("strict", [True, False])
def test_an_answer_that_was_cut_off_says_so(server: LanguageServer, strict: bool) -> None:  # noqa: FBT001  # a case
    """The client raises for it when a schema was asked for; that is an answer all the same, and paid."""
    server.manner = say(Said('{"a":', finish="length"))

    answer = connect(settings(server, json_schema=strict)).answer(QUESTION)

    assert (answer.text, answer.cut, answer.output_tokens) == ('{"a":', True, 100)


@pytest.mark.parametrize(
    ("said", "status", "retryable", "wait"),
    [
        (Said(status=429, headers={"Retry-After": "7"}), 429, True, 7.0),
        (Said(status=429, headers={"Retry-After": "86400"}), 429, True, 60.0),
        (Said(status=500), 500, True, 0.0),
        (Said(status=401), 401, False, 0.0),
        (Said(body=b"<html>", headers={"Content-Type": "text/html"}), 0, True, 0.0),
        (Said(body=b"{}"), 0, True, 0.0),
        (Said(body=b""), 0, True, 0.0),
        (Said(hang=10), 0, True, 0.0),
    ],
)
def test_no_answer_is_an_error_of_ours(
    server: LanguageServer,
    said: Said,
    status: int,
    retryable: bool,  # noqa: FBT001  # a case
    wait: float,  # a case
) -> None:
    """Whatever the provider raises, the status and the wish to wait are kept, and one request was made."""
    server.manner = say(said)

    with pytest.raises(ModelError) as caught:
        connect(settings(server, json_schema=False)).answer(QUESTION)

    assert (caught.value.status, caught.value.retryable, caught.value.wait_seconds) == (status, retryable, wait)
    assert len(server.asked) == 1


def slowly(*, headers: bool) -> Iterator[bytes]:
    """Send a response of a byte in a tenth of a second: its headers, or its body after whole headers."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n"
    if not headers:
        yield head + b"\r\n"
    for byte in itertools.chain(head, itertools.repeat(32)) if headers else itertools.repeat(32):
        time.sleep(0.1)
        yield bytes([byte])


def endless(*, encoding: str) -> Iterator[bytes]:
    """Send a response without an end."""
    yield f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: {encoding}\r\n\r\n".encode()
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    while True:
        yield squeeze.compress(bytes(2**20)) + squeeze.flush(zlib.Z_SYNC_FLUSH) if encoding == "gzip" else bytes(2**16)


@contextmanager
def raw_server(pieces: Callable[[], Iterator[bytes]]) -> Iterator[tuple[str, list[int]]]:
    """Serve bytes whatever is asked; yield the address, and the bytes sent in each connection."""
    sent: list[int] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(2**16)
            sent.append(0)
            with suppress(OSError):
                for piece in pieces():
                    self.request.sendall(piece)
                    sent[-1] += len(piece)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as serving:
        serving.daemon_threads = True
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_address[1]}/v1", sent
        serving.shutdown()


@pytest.mark.parametrize("provider", ["openai", "ollama"])
@pytest.mark.parametrize(
    ("pieces", "reason"),
    [
        (partial(slowly, headers=False), "no whole response in 1 seconds"),
        (partial(slowly, headers=True), "no whole response in 1 seconds"),
        (partial(endless, encoding="identity"), "longer than 8192 KiB"),
        (partial(endless, encoding="gzip"), "longer than 128 KiB"),
        (partial(endless, encoding="br"), "encoded as 'br'"),
    ],
)
def test_a_response_ends_in_time_and_in_bounds(
    provider: str, pieces: Callable[[], Iterator[bytes]], reason: str
) -> None:
    """A server can neither hold a run by sending a little now and then, nor fill the memory."""
    pytest.importorskip(f"langchain_{provider}", reason=f"needs langchain-{provider}")
    with raw_server(pieces) as (url, sent):
        settings = LlmSettings(model=f"{provider}:test", base_url=url, timeout_seconds=1.0, json_schema=False)
        if reason.startswith("longer"):
            settings = replace(settings, timeout_seconds=60.0)

        with pytest.raises(ModelError, match=reason) as caught:
            connect(settings).answer(QUESTION)

    assert (caught.value.status, caught.value.retryable) == (0, True)
    assert sum(sent) < 32 * 2**20


def test_options_reach_the_provider_and_change_the_fingerprint(server: LanguageServer) -> None:
    """They are sent as they are written; their values do not stand in the fingerprint, which is stored."""
    server.manner = say(Said("{}"))
    plain, more = settings(server), settings(server, options={"top_p": 0.25, "model_kwargs": {"user": "secret-name"}})

    connect(more).answer(QUESTION)

    assert (server.asked[0].options["top_p"], server.asked[0].options["user"]) == (0.25, "secret-name")
    assert connect(plain).fingerprint == json.dumps(["openai:test", server.url, 1200, 0.0, -1, True])
    assert connect(plain).fingerprint != connect(more).fingerprint
    assert "secret-name" not in connect(more).fingerprint


def test_an_option_that_the_provider_does_not_know_is_an_error_of_the_settings(server: LanguageServer) -> None:
    """Its key is named."""
    with pytest.raises(ConfigError, match="no_such_option") as caught:
        connect(settings(server, options={"model_kwargs": {"no_such_option": 1}})).answer(QUESTION)

    assert caught.value.path == "llm.options"


@pytest.mark.parametrize(("temperature", "sent"), [(0.0, 0.0), (0.7, 0.7), ("none", None)])
def test_a_temperature_is_sent_unless_it_is_none(server: LanguageServer, temperature: object, sent: object) -> None:
    """Some models accept none."""
    server.manner = say(Said("{}"))

    connect(settings(server, temperature=temperature)).answer(QUESTION)

    assert server.asked[0].options.get("temperature") == sent


@pytest.mark.parametrize(
    ("variable", "allowed"),
    [
        ("LANGSMITH_TRACING", True),
        ("LANGSMITH_TRACING", False),
        ("LANGCHAIN_TRACING_V2", False),
        ("LANGCHAIN_TRACING", False),
    ],
)
def test_prompts_are_traced_only_if_a_setting_asks(server: LanguageServer, variable: str, allowed: bool) -> None:  # noqa: FBT001
    """Variables in the environment are not enough; what they ask for happens if the setting allows it."""
    code = (
        "import sys; from surveygen.llm import connect; from surveygen.config import LlmSettings;"
        "from surveygen.domain.llm import LlmRequest, Message;"
        f"settings = LlmSettings(model='openai:test', base_url={server.url!r}, json_schema=False, tracing={allowed});"
        "connect(settings).answer(LlmRequest((Message('system', 's'), Message('user', 'u')), ''));"
        "from langchain_core.tracers.langchain import wait_for_all_tracers; wait_for_all_tracers()"
    )
    server.manner = say(Said("{}"))
    with LanguageServer().running() as tracer:
        address = tracer.url.removesuffix("/v1")
        traced = {variable: "true", "LANGSMITH_API_KEY": "lsv2_12345678", "LANGSMITH_ENDPOINT": address}
        traced |= {"LANGCHAIN_ENDPOINT": address, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([sys.executable, "-c", code], env={**os.environ, **traced}, check=True, timeout=120)

        assert len(server.asked) == 1
        assert bool(tracer.connections) is allowed


def test_a_server_that_refuses_schemas_is_asked_without(server: LanguageServer) -> None:
    """It is told the form in words anyway; later questions leave the schema out at once."""

    def refuse_first(asked: Asked) -> Said:
        return Said(status=400) if asked.before == 0 else Said("{}")

    server.manner = refuse_first
    model = connect(settings(server))

    assert [model.answer(QUESTION).text for _ in range(2)] == ["{}", "{}"]
    assert len(server.asked) == 3


def test_no_tools_are_offered(server: LanguageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request holds messages and limits, nothing that a model could call."""
    seen: list[dict[str, object]] = []
    load = json.loads
    monkeypatch.setattr("llm_server.json.loads", lambda text: seen.append(load(text)) or load(text))  # type: ignore[func-returns-value]
    server.manner = say(Said("{}"))

    connect(settings(server)).answer(QUESTION)

    assert not {"tools", "tool_choice", "functions"} & set(seen[-1])


@pytest.mark.parametrize(
    ("model", "said", "hint"),
    [
        ("cohere:x", "needs a package that is missing", "pip install langchain-cohere"),
        ("nonsense:x", "nsupported", "[llm]"),
        ("openai:x", "cannot be used: Missing credentials", "SURVEYGEN_API_KEY"),
    ],
)
def test_a_provider_that_cannot_be_asked_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, model: str, said: str, hint: str
) -> None:
    """A missing package names its pip line; an unknown provider lists those there are; a missing key is named."""
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "SURVEYGEN_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ConfigError, match=said) as caught:
        connect(LlmSettings(model=model)).answer(QUESTION)

    assert hint in caught.value.hint
