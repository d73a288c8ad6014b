"""Any provider through langchain: a real client against a server of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator

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
