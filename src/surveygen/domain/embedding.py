"""Vectors of papers by paper id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.paper import PaperId

Vectors = NDArray[np.float32]


@dataclass(frozen=True, eq=False)  # without slots, which a cached property cannot have
class Embeddings:
    """One vector a paper.

    Attributes:
        ids: the papers, in the order of the rows.
        vectors: `(n_papers, dim)` float32, rows of length 1 (a row of zeros for an empty text).
        encoder: the fingerprint of the encoder.
    """

    ids: tuple[PaperId, ...]
    vectors: Vectors
    encoder: str

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.ids) != self.vectors.shape[0]:
            raise ValueError(f"{len(self.ids)} ids for vectors of shape {self.vectors.shape}")

    @cached_property
    def _row_of(self) -> dict[PaperId, int]:
        return {paper: row for row, paper in enumerate(self.ids)}

    def __contains__(self, paper: object) -> bool:
        return paper in self._row_of

    def rows(self, ids: Sequence[PaperId]) -> Vectors:
        """Return the vectors of some papers, `(len(ids), dim)` float32, in the order of `ids`."""
        return self.vectors[[self._row_of[paper] for paper in ids]]

    def subset(self, ids: Sequence[PaperId]) -> Embeddings:
        """Return the embeddings of some papers, in the order of `ids`."""
        return Embeddings(tuple(ids), self.rows(ids), self.encoder)


def unit_rows(vectors: Vectors) -> Vectors:
    """Scale each row to length 1; rows of zeros stay zeros. `(n, d)` float32 in and out."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return scaled
