"""Turn texts into vectors: the encoder protocol, and the vectors of papers.

An encoder is one module of this package with ``make(settings, corpus)``; the smallest one::

    class Lengths:
        fingerprint = "lengths:1"
        dim = 1

        def encode(self, texts, *, progress=None):
            return np.array([[float(bool(text))] for text in texts], dtype=np.float32)


    def make(settings, corpus):
        return Lengths()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper

__all__ = ["RECIPE", "Encoder", "Progress", "encode_papers", "paper_texts", "papers_fingerprint"]

# Part of the key of stored vectors: those of another recipe are never reused.
RECIPE = "half-title-1"
_CHUNK = 64  # papers

Progress = Callable[[int], None]
"""Called with the number of texts or papers finished since its last call."""


class Encoder(Protocol):
    """Encodes texts; the same text always gets the same vector."""

    @property
    def fingerprint(self) -> str:
        """Everything that the vectors depend on beside the text; cheap, and never imports torch."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return `(len(texts), dim)` float32, rows of length 1; zeros where a text says nothing.

        Raises:
            EncoderError: the model is missing, damaged or returned invalid vectors.
        """


def papers_fingerprint(encoder: Encoder) -> str:
    """Return the key under which vectors of papers are stored, beside `Paper.text_hash`."""
    return f"{encoder.fingerprint}+{RECIPE}"


def paper_texts(paper: Paper) -> tuple[str, str]:
    """Return the two texts of a paper that are encoded: its title, and title with abstract."""
    return paper.title, paper.text


def encode_papers(encoder: Encoder, papers: Sequence[Paper], progress: Progress | None = None) -> Vectors:
    """Encode papers: `unit(0.5 e(title) + 0.5 e(title. abstract))`.

    Args:
        encoder: makes the vectors of the two texts; equal texts of a chunk are encoded once.
        papers: those whose vectors are not in the store yet.
        progress: called with the number of papers finished.

    Returns:
        `(len(papers), encoder.dim)` float32, rows of length 1, in the order of `papers`.

    Raises:
        EncoderError: the encoder cannot be used.
    """
    vectors = np.zeros((len(papers), encoder.dim), dtype=np.float32) if papers else np.zeros((0, 0), dtype=np.float32)
    for start in range(0, len(papers), _CHUNK):
        pairs = [paper_texts(paper) for paper in papers[start : start + _CHUNK]]
        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        row = {text: n for n, text in enumerate(texts)}
        encoded = encoder.encode(texts)
        titles, whole_texts = ([row[pair[side]] for pair in pairs] for side in (0, 1))
        halves = np.float32(0.5) * (encoded[titles] + encoded[whole_texts])
        vectors[start : start + len(pairs)] = unit_rows(halves)
        if progress is not None:
            progress(len(pairs))
    return vectors
