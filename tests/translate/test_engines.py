"""Engines: the program of a person's own, good and bad, and what is missing here."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import time
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from surveygen import plugins
from surveygen.config import TranslateSettings
from surveygen.domain.llm import LlmClient
from surveygen.errors import ConfigError
from surveygen.translate import Glossary, Masked, Translator, mask, unmask
from toy_translator import toy

PROGRAM = str(Path(__file__).parents[1] / "support/toy_translator.py")
TEXTS = ("It works [@a].", "GPT-4 has 3 parts.", "Models learn.")
BATCH = [mask(text, (), Glossary()) for text in TEXTS]


def nobody() -> LlmClient:
    """Refuse to open the way to a model."""
    raise AssertionError("no model was wanted")


def program(manner: str, *, seconds: float = 20.0, per_sentence: bool = False) -> Translator:
    """Make the engine that runs the toy program."""
    command = (sys.executable, PROGRAM, manner, "{target}")
    settings = TranslateSettings("command", command=command, timeout_seconds=seconds, per_sentence=per_sentence)
    made: Translator = plugins.load("translate", "command").make(settings, nobody)
    return made


@pytest.mark.parametrize("name", plugins.names("translate"))
def test_every_engine_names_itself_and_starts_late(name: str) -> None:
    """It has a fingerprint and a batch before anything heavy or foreign is touched."""
    ask = types.SimpleNamespace(fingerprint="model", workers=2)
    settings = TranslateSettings(name, command=("true",), model="/nowhere")
    made: Translator = plugins.load("translate", name).make(settings, lambda: ask)

    assert made.fingerprint.startswith(name)
    assert made.batch_size > 0
    assert made.workers >= 0
    assert not {"ctranslate2", "argostranslate"} & set(sys.modules)


def test_a_program_gets_a_line_a_sentence() -> None:
    """The languages are filled in, and there is no shell to read signs."""
    engine = program("honest")

    assert engine.supports("en", "ja")
    assert list(engine.translate(BATCH, "en", "ja")) == [toy(masked.text, "ja") for masked in BATCH]
    odd = [mask("$(touch /tmp/x); `ls` | cat > y & done", (), Glossary())]
    assert list(engine.translate(odd, "en", "es")) == [toy(odd[0].text, "es")]


def test_codes_are_what_the_engine_calls_a_language() -> None:
    """{target} becomes the code that the settings give."""
    settings = TranslateSettings("command", command=(sys.executable, PROGRAM, "honest", "{target}"), codes=("es=ru",))
    engine: Translator = plugins.load("translate", "command").make(settings, nobody)

    assert list(engine.translate(BATCH[2:], "en", "es")) == [toy("Models learn.", "ru")]


def test_one_bad_sentence_spoils_itself_only() -> None:
    """A program that dies on a batch is asked sentence by sentence."""
    engine = program("dies")

    assert None not in engine.translate(BATCH, "en", "es")  # it dies on the second line only
    assert engine.last_error == ""


def test_a_program_that_answers_in_another_form_has_no_answer() -> None:
    """Two lines for one are none, after the third run it is left alone."""
    engine = program("splits")

    assert list(engine.translate(BATCH, "en", "es")) == [None, None, None]
    assert "gave 2 lines for 1" in engine.last_error


def test_bytes_that_are_no_text_stay_visible() -> None:
    """They become replacement characters, which no check takes for a mark."""
    said = program("bytes").translate(BATCH[1:2], "en", "es")

    assert said[0] is not None
    assert "\ufffd" in said[0]


def test_a_program_that_hangs_is_ended() -> None:
    """In its time, with all that it started, and not for each sentence again."""
    began = time.monotonic()
    engine = program("hangs", seconds=0.5)

    assert list(engine.translate(BATCH * 20, "en", "es")) == [None] * 60
    assert "took more than 0.5 seconds" in engine.last_error
    assert time.monotonic() - began < 30  # three runs, not sixty


def test_a_program_that_never_ends_talking_is_ended() -> None:
    """What is far longer than its source is not read."""
    engine = program("babbles")

    assert list(engine.translate(BATCH[:1], "en", "es")) == [None]
    assert "wrote far too much" in engine.last_error


def test_a_program_that_is_not_there_is_named() -> None:
    """The error says what to install."""
    engine: Translator = plugins.load("translate", "command").make(
        TranslateSettings(command=("no-such-program",)), nobody
    )

    with pytest.raises(ConfigError, match="there is no program 'no-such-program'"):
        engine.supports("en", "es")


@pytest.mark.skipif(
    shutil.which("apertium") is None, reason="needs apertium-eng-spa (apt-get install apertium-eng-spa)"
)
def test_apertium_keeps_what_is_masked() -> None:
    """A real rule-based engine copies marks and figures."""
    settings = TranslateSettings("command", command=("apertium", "-u", "{source}-{target}"), codes=("en=eng", "es=spa"))
    engine: Translator = plugins.load("translate", "command").make(settings, nobody)
    masked = mask("Casper et al. train 12 reward models with GPT-4.", (), Glossary.of({"reward models": "modelos"}))

    (said,) = engine.translate([masked], "en", "es")

    assert said is not None
    written = unmask(said, masked)
    assert written is not None
    assert all(piece in written for piece in ("Casper et al.", "12", "modelos", "GPT-4"))
    assert "train" not in written


@pytest.mark.parametrize(("name", "package"), [("argos", "argostranslate"), ("ctranslate2", "ctranslate2")])
def test_a_missing_package_is_named(name: str, package: str, tmp_path: Path) -> None:
    """The error says what to install."""
    if importlib.util.find_spec(package):
        pytest.skip(f"{package} is installed")
    for file in ("model.bin", "source.spm", "target.spm"):
        (tmp_path / file).write_bytes(b"")
    engine: Translator = plugins.load("translate", name).make(TranslateSettings(name, model=str(tmp_path)), nobody)

    with pytest.raises(ConfigError) as caught:
        engine.supports("en", "es")

    assert f'pip install "surveygen[{name}]"' in caught.value.hint


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    """The error names the file that is missing."""
    engine: Translator = plugins.load("translate", "ctranslate2").make(
        TranslateSettings("ctranslate2", model=str(tmp_path)), nobody
    )

    with pytest.raises(ConfigError, match=r"model\.bin is missing"):
        engine.supports("en", "es")


class _Model:
    """Stands for the model of CTranslate2: turns each sentence around."""

    def __init__(self, folder: str, device: str) -> None:
        self.folder, self.device = folder, device

    def translate_batch(
        self,
        tokens: Sequence[Sequence[str]],
        *,
        target_prefix: Sequence[Sequence[str]] | None,
        max_decoding_length: int,
    ) -> list[Any]:
        prefix = target_prefix or [[]] * len(tokens)
        assert max_decoding_length > 0
        return [
            types.SimpleNamespace(hypotheses=[[*head, *reversed([one for one in each if "_" not in one]), "</s>"]])
            for each, head in zip(tokens, prefix, strict=True)
        ]


class _Pieces:
    """Stands for SentencePiece: a word is a piece."""

    def __init__(self, model_file: str) -> None:
        self.model_file = model_file

    def encode(self, text: str, out_type: type) -> list[str]:
        assert out_type is str
        return text.split()

    def decode(self, pieces: Sequence[str]) -> str:
        return " ".join(piece for piece in pieces if not piece.startswith("</"))


@pytest.mark.parametrize("codes", [(), ("en=eng_Latn", "es=spa_Latn")])
def test_a_model_folder_translates(codes: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens of the languages go with models of many languages only, and never into the text."""
    monkeypatch.setitem(sys.modules, "ctranslate2", types.SimpleNamespace(Translator=_Model))
    monkeypatch.setitem(sys.modules, "sentencepiece", types.SimpleNamespace(SentencePieceProcessor=_Pieces))
    for file in ("model.bin", "source.spm", "target.spm"):
        (tmp_path / file).write_bytes(b"x")
    settings = TranslateSettings("ctranslate2", model=str(tmp_path), codes=codes)
    engine: Translator = plugins.load("translate", "ctranslate2").make(settings, nobody)

    assert engine.supports("en", "es")
    assert engine.supports("en", "fr") is not bool(codes)
    assert list(engine.translate([Masked("one two"), Masked("three")], "en", "es")) == ["two one", "three"]


class _Argos:
    """Stands for a language of Argos Translate."""

    def __init__(self, code: str) -> None:
        self.code = code

    def get_translation(self, target: _Argos) -> object:
        return types.SimpleNamespace(translate=lambda text: f"{self.code}-{target.code} {text}")


def test_argos_translates_between_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pair without a model is not spoken."""
    translate = types.SimpleNamespace(get_installed_languages=lambda: [_Argos("en"), _Argos("es")])
    monkeypatch.setitem(sys.modules, "argostranslate", types.SimpleNamespace(translate=translate))
    engine: Translator = plugins.load("translate", "argos").make(TranslateSettings("argos"), nobody)

    assert engine.supports("en", "es")
    assert not engine.supports("en", "hi")
    assert list(engine.translate(BATCH[2:], "en", "es")) == ["en-es Models learn."]
