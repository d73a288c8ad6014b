"""What assigners and inducers of themes can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from surveygen.domain.embedding import Vectors
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import ThemeId

NO_OVERRIDES: Mapping[PaperId, ThemeId] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class ThemeVectors:
    """One query vector a theme: `vectors` is `(n_themes, dim)` float32, rows of length 1, in the order of `ids`."""

    ids: tuple[ThemeId, ...]
    vectors: Vectors

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.ids) != self.vectors.shape[0]:
            raise ValueError(f"{len(self.ids)} themes for vectors of shape {self.vectors.shape}")
