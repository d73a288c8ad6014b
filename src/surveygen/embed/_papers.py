"""One vector a paper: half its title, half title and abstract."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper
from surveygen.embed._protocol import Encoder, Progress

# Vectors made by another recipe are never reused: the name is part of their key. Measured in notes/theming.md (X).
RECIPE = "half-title-1"
_CHUNK = 64


def papers_fingerprint(encoder: Encoder) -> str:
    """Return the key under which vectors of papers are kept, beside `Paper.text_hash`."""
    return f"{encoder.fingerprint}+{RECIPE}"


def paper_texts(paper: Paper) -> tuple[str, str]:
    """Return the two texts of a paper that are encoded: its title, and title with abstract."""
    return paper.title, paper.text


def encode_papers(encoder: Encoder, papers: Sequence[Paper], progress: Progress | None = None) -> Vectors:
    """Encode papers: `unit(0.5 e(title) + 0.5 e(title. abstract))`.

    Args:
        encoder: makes the vectors of the two texts; equal texts of a chunk are encoded once.
        papers: those whose vectors are not in the store yet.
        progress: told how many papers were finished.

    Returns:
        `(len(papers), encoder.dim)` float32, rows of length 1, in the order of `papers`.

    Raises:
        EncoderError: the encoder cannot be used.
    """
    vectors = np.zeros((len(papers), encoder.dim), dtype=np.float32) if papers else np.zeros((0, 0), dtype=np.float32)
    for start in range(0, len(papers), _CHUNK):
        chunk = papers[start : start + _CHUNK]
        vectors[start : start + len(chunk)] = _encode_chunk(encoder, chunk)
        if progress is not None:
            progress(len(chunk))
    return vectors


def _encode_chunk(encoder: Encoder, papers: Sequence[Paper]) -> Vectors:
    pairs = [paper_texts(paper) for paper in papers]
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    row = {text: n for n, text in enumerate(texts)}
    encoded = encoder.encode(texts)
    titles, wholes = ([row[pair[side]] for pair in pairs] for side in (0, 1))
    return unit_rows(np.float32(0.5) * (encoded[titles] + encoded[wholes]))
