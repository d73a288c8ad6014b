"""What assigners and inducers of themes can do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId

NOBODY: Mapping[PaperId, ThemeId] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class ThemeVectors:
    """One query vector a theme: `vectors` is `(n_themes, dim)` float32, rows of length 1, in the order of `ids`."""

    ids: tuple[ThemeId, ...]
    vectors: Vectors

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.ids) != self.vectors.shape[0]:
            raise ValueError(f"{len(self.ids)} themes for vectors of shape {self.vectors.shape}")


class Assigner(Protocol):
    """Papers to themes that exist.

    The smallest one puts every paper under the first theme::

        class First:
            fingerprint = "first-1"

            def assign(self, embeddings, papers, taxonomy, theme_vectors, *, placed={}):
                first = taxonomy.themes[0].id
                stands = ((paper.id, placed.get(paper.id, first)) for paper in papers)
                return tuple(Assignment(p, t, taxonomy.path(t), 0.0, None, 0.0, True, "first") for p, t in stands)
    """

    @property
    def fingerprint(self) -> str:
        """Name what the answer depends on besides the arguments; places are kept under it."""

    def assign(
        self,
        embeddings: Embeddings,
        papers: Sequence[Paper],
        taxonomy: Taxonomy,
        theme_vectors: ThemeVectors,
        *,
        placed: Mapping[PaperId, ThemeId] = NOBODY,
    ) -> tuple[Assignment, ...]:
        """Return one assignment a paper, in the order of `papers`; none if the taxonomy is empty.

        A paper of `placed` stands where that says, whatever the evidence, by the method "person".
        """


class Inducer(Protocol):
    """Papers to themes that are found in them."""

    def induce(
        self,
        embeddings: Embeddings,
        papers: Sequence[Paper],
        *,
        parent: ThemeId | None,
        known_ids: Collection[ThemeId],
        seed: int,
    ) -> tuple[tuple[Theme, ...], tuple[Assignment, ...]]:
        """Divide papers into new themes under `parent` (top themes for None), and these again where they are large.

        Themes are in reading order, parents before their children. No id of `known_ids`, present or retired, is minted
        again. The assignments name the deepest new theme, and as path the new themes from `parent` (not included) down
        to it. Nothing is returned where a theme holds too few papers to divide.
        """
