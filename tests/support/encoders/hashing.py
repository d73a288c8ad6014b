"""An encoder for tests of everything but encoders: hashed words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

from surveygen.config import EmbedSettings
from surveygen.domain.embedding import Vectors
from surveygen.embed import Progress


def make(settings: EmbedSettings, corpus: Callable[[], Sequence[str]]) -> HashingEncoder:
    """Make the encoder; like the sentence model it depends on no corpus, so vectors in the store stay valid."""
    del settings, corpus
    return HashingEncoder()


class HashingEncoder:
    """Counts of hashed words; the same text has the same vector in every batch and every corpus."""

    fingerprint = "hashing:1"
    dim = 512

    def __init__(self) -> None:
        self._counter = HashingVectorizer(n_features=self.dim, stop_words="english", dtype=np.float32)

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return `(len(texts), dim)` float32, rows of length 1; zeros where a text has no word."""
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        if texts:
            vectors[:] = self._counter.transform(texts).toarray()
        if progress is not None:
            progress(len(texts))
        return vectors
