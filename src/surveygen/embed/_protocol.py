"""What every encoder can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from surveygen.domain.embedding import Vectors

Progress = Callable[[int], None]
"""Called with the number of texts or papers finished since its last call."""


class Encoder(Protocol):
    """Texts to vectors, the same text always to the same vector."""

    @property
    def fingerprint(self) -> str:
        """Everything that the vectors depend on beside the text; cheap, and never imports torch."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return `(len(texts), dim)` float32, rows of length 1; zeros where a text says nothing.

        Raises:
            EncoderError: the model is missing, damaged or gave no usable vectors.
        """
