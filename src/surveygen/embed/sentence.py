"""Encode with a sentence-transformers model from disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from surveygen.config import EmbedSettings
from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.embed._protocol import Progress
from surveygen.embed._weights import dimension, locate, missing, weights_hash
from surveygen.errors import EncoderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_CPU_FLAGS = Path("/proc/cpuinfo")
_BATCHES_PER_CALL = 4


def make(settings: EmbedSettings, corpus: Callable[[], Sequence[str]]) -> SentenceEncoder:
    """Make the encoder that `settings` names; the corpus is not looked at and nothing heavy is imported."""
    del corpus
    return SentenceEncoder(settings)


class SentenceEncoder:
    """A sentence-transformers model; torch is imported at the first text that must be encoded."""

    def __init__(self, settings: EmbedSettings) -> None:
        self._settings = settings

    @cached_property
    def _folder(self) -> Path:
        return locate(self._settings.model)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the weights, number type, longest text in tokens, major version of the library.

        Raises:
            EncoderError: the model or sentence-transformers is missing, or the weights are not the known ones.
        """
        try:
            major = version("sentence-transformers").split(".")[0]
        except PackageNotFoundError as error:
            raise missing("sentence-transformers") from error
        return f"sentence:{weights_hash(self._folder)}:{self._dtype}:{self._settings.max_length}:st{major}"

    @cached_property
    def dim(self) -> int:
        """Length of a vector."""
        return dimension(self._folder)

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return `(len(texts), dim)` float32, rows of length 1; zeros where a text is blank.

        Raises:
            EncoderError: torch or the model is missing or damaged, or a vector is not finite.
        """
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        said = [row for row, text in enumerate(texts) if text.strip()]
        step = self._settings.batch_size * _BATCHES_PER_CALL
        for start in range(0, len(said), step):
            rows = said[start : start + step]
            vectors[rows] = self._encode_some([texts[row] for row in rows])
            if progress is not None:
                progress(len(rows))
        if progress is not None and len(said) < len(texts):
            progress(len(texts) - len(said))
        return vectors

    def _encode_some(self, texts: list[str]) -> Vectors:
        raw = self._model.encode(
            texts, batch_size=self._settings.batch_size, show_progress_bar=False, convert_to_numpy=True
        )
        found = np.asarray(raw, dtype=np.float32)
        if not np.isfinite(found).all():
            raise EncoderError(
                f"{self._settings.model}: a vector holds infinite or undefined numbers", 'set embed.dtype = "float32"'
            )
        return unit_rows(found)

    @cached_property
    def _model(self) -> SentenceTransformer:
        try:
            import torch  # noqa: PLC0415  # seconds to import; a build with all vectors in the store never needs it
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # as above
            from transformers.utils import logging as loading  # noqa: PLC0415  # as above
        except ImportError as error:
            raise missing(error.name or "torch") from error
        loading.disable_progress_bar()  # type: ignore[no-untyped-call]  # not annotated; our bar tells more
        torch.set_num_threads(self._settings.threads or _usable_cpus())
        try:
            model = SentenceTransformer(
                str(self._folder), local_files_only=True, model_kwargs={"dtype": getattr(torch, self._dtype)}
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise EncoderError(
                f"{self._folder}: the model cannot be loaded: {error}", "choose another embed.model"
            ) from error
        model.max_seq_length = self._settings.max_length
        return model

    @property
    def _dtype(self) -> str:
        if self._settings.dtype != "auto":
            return self._settings.dtype
        return "bfloat16" if has_bfloat16(_CPU_FLAGS) else "float32"


def has_bfloat16(cpuinfo: Path) -> bool:
    """Whether the CPU multiplies bfloat16 itself, from a file like /proc/cpuinfo; False where there is none.

    On such CPUs bfloat16 is 1.86 times as fast at a mean cosine of 0.99995 (notes/models.md 3b).
    """
    try:
        flags = next((line for line in cpuinfo.read_text().splitlines() if line.startswith("flags")), "")
    except OSError:
        return False
    return bool({"avx512_bf16", "amx_bf16"} & set(flags.split()))


def _usable_cpus() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this platform
        return os.cpu_count() or 1
