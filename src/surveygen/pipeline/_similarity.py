"""Measure how alike the top themes are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from surveygen.domain.embedding import Embeddings, unit_rows
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId


def theme_similarity(
    embeddings: Embeddings, taxonomy: Taxonomy, assignments: Sequence[Assignment]
) -> Mapping[tuple[ThemeId, ThemeId], float]:
    """Return the cosine between the centers of each two top themes that hold papers, both ways round.

    A center is the mean of the vectors of the papers at a theme and below it; those that fit no theme are left out.
    """
    members: dict[ThemeId, list[PaperId]] = {top.id: [] for top in taxonomy.children(None)}
    for item in assignments:
        if not item.outside:
            members[item.path[0]].append(item.paper)
    held = [top for top, papers in members.items() if papers]
    if not held:
        return {}
    centers = unit_rows(np.stack([embeddings.rows(members[top]).mean(axis=0) for top in held]))
    cosines = centers @ centers.T
    return {(one, other): float(cosines[a, b]) for a, one in enumerate(held) for b, other in enumerate(held) if a != b}
