"""Vectors of papers, with the ids they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.paper import PaperId

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """One vector a paper.

    Attributes:
        ids: the papers, in the order of the rows.
        vectors: `(n_papers, dim)` float32, rows of length 1 (a row of zeros for an empty text).
        encoder: the fingerprint of the encoder that made them.
    """

    ids: tuple[PaperId, ...]
    vectors: Vectors
    encoder: str

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.ids) != self.vectors.shape[0]:
            raise ValueError(f"{len(self.ids)} ids for vectors of shape {self.vectors.shape}")

    def rows(self, ids: Sequence[PaperId]) -> Vectors:
        """Return the vectors of some papers, `(len(ids), dim)` float32, in the order asked."""
        where = {paper: row for row, paper in enumerate(self.ids)}
        return self.vectors[[where[paper] for paper in ids]]


def unit_rows(vectors: Vectors) -> Vectors:
    """Scale each row to length 1; rows of zeros stay zeros. `(n, d)` float32 in and out."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return scaled
