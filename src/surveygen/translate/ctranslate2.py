"""Translation by a model in the format of CTranslate2."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from surveygen.config import TranslateSettings
from surveygen.domain.llm import LlmClient
from surveygen.errors import ConfigError
from surveygen.translate import Masked

_END = "</s>"
_UNKNOWN = "<unk>"
# Names that converters give to the SentencePiece model: one for both languages, or one for each.
_SHARED_PIECES = ("sentencepiece.bpe.model", "sentencepiece.model", "spiece.model", "spm.model")
_PIECES = ("source.spm", "target.spm")
_MAX_TOKENS = 256  # tokens of a sentence; NLLB and OPUS-MT were trained on shorter ones


def make(settings: TranslateSettings, connect: Callable[[], LlmClient]) -> CTranslate2:
    """Make the engine; the library is imported when something is translated."""
    del connect
    return CTranslate2(settings)


class CTranslate2:
    """A model of one pair (OPUS-MT), or of many whose languages are tokens (NLLB, named by `translate.codes`)."""

    workers: Final = 0
    batch_size: Final = 32
    last_error: Final = ""

    def __init__(self, settings: TranslateSettings) -> None:
        self._settings = settings
        self._folder = Path(settings.model).expanduser()

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the files in the folder by name and size, and of the first and last megabyte of the weights."""
        digest = hashlib.sha256()
        for path in sorted(self._folder.glob("*")) if self._folder.is_dir() else ():
            digest.update(f"{path.name} {path.stat().st_size}\n".encode())
        if (weights := self._folder / "model.bin").is_file():
            with weights.open("rb") as file:
                digest.update(file.read(2**20))
                file.seek(-min(2**20, weights.stat().st_size), 2)
                digest.update(file.read())
        return f"ctranslate2: {digest.hexdigest()[:16]} {self._settings.revision}".strip()

    def supports(self, source: str, target: str) -> bool:
        """Return whether there is a model and, for one of many languages, a code for the target.

        Raises:
            ConfigError: the folder contains no model, or a package is missing.
        """
        del source
        codes = self._settings.codes
        return self._models is not None and (not codes or any(code.startswith(f"{target}=") for code in codes))

    def translate(self, batch: Sequence[Masked], source: str, target: str) -> Sequence[str | None]:
        """Return the best hypothesis for each."""
        model, encoder, decoder = self._models
        many = bool(self._settings.codes)
        first = [self._settings.code(source)] if many else []
        last = [] if self._adds_end else [_END]
        tokens = [[*first, *encoder.encode(masked.text, out_type=str)[:_MAX_TOKENS], *last] for masked in batch]
        prefix = [[self._settings.code(target)]] * len(batch) if many else None
        results = model.translate_batch(tokens, target_prefix=prefix, max_decoding_length=_MAX_TOKENS)
        best = [result.hypotheses[0][many:] for result in results]
        return [decoder.decode([token for token in tokens if token not in {_END, _UNKNOWN}]) for tokens in best]

    @cached_property
    def _adds_end(self) -> bool:
        """Whether the model adds the end of the sentence itself, as its configuration says."""
        try:
            return bool(json.loads((self._folder / "config.json").read_text(encoding="utf-8")).get("add_source_eos"))
        except (OSError, ValueError):
            return False

    @cached_property
    def _models(self) -> tuple[Any, Any, Any]:
        shared = next((name for name in _SHARED_PIECES if (self._folder / name).is_file()), "")
        pieces = tuple(self._folder / (shared or name) for name in _PIECES)
        for path in (self._folder / "model.bin", *pieces):
            if not path.is_file():
                raise ConfigError(
                    f"translate.model: {path} is missing",
                    "convert a model with ct2-transformers-converter and put its SentencePiece model beside it",
                    path="translate.model",
                )
        try:
            import ctranslate2  # noqa: PLC0415  # heavy
            import sentencepiece  # noqa: PLC0415  # as above
        except ImportError as error:
            raise ConfigError(
                f"translate.engine: ctranslate2 needs a package that is missing: {error.name}",
                'run: pip install "surveygen[ctranslate2]"',
                path="translate.engine",
            ) from error
        try:
            model = ctranslate2.Translator(str(self._folder), device="cpu")
            tokenizers = [sentencepiece.SentencePieceProcessor(model_file=str(path)) for path in pieces]
        except (RuntimeError, ValueError, OSError) as error:
            message = f"translate.model: {self._folder} cannot be loaded: {error}"
            raise ConfigError(message, "convert the model again", path="translate.model") from error
        return model, tokenizers[0], tokenizers[1]
