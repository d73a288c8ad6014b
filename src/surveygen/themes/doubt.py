"""Say which placements are doubtful, theme by theme."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId

_FEW = 8  # members; a smaller theme is judged by the margins of all papers


def margins(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return best minus second best of each row; the best itself where there is one column.

    `(n, k)` with k of at least 1 in, `(n,)` out.
    """
    if scores.shape[1] == 1:
        only: NDArray[np.float64] = scores[:, 0]
        return only
    ordered = np.partition(scores, -2, axis=1)
    gap: NDArray[np.float64] = ordered[:, -1] - ordered[:, -2]
    return gap


def border_cases(
    taxonomy: Taxonomy, assignments: Sequence[Assignment], count: int = 5
) -> dict[ThemeId, tuple[PaperId, ...]]:
    """Return for each theme the papers that were nearly placed otherwise, the closest calls first.

    Its own uncertain papers, and those of others that have it as the second theme. Papers that fit no theme and places
    that a person chose are no border cases.
    """
    doubtful = sorted((item for item in assignments if item.uncertain), key=lambda item: (item.margin, item.paper))
    near = {theme.id: [item for item in doubtful if item.belongs(theme.id)] for theme in taxonomy}
    for item in doubtful:
        if item.runner_up in near and not item.outside:
            near[item.runner_up].append(item)
    return {
        theme: tuple(item.paper for item in sorted(found, key=lambda item: (item.margin, item.paper))[:count])
        for theme, found in near.items()
    }


def below_group_quantile(values: NDArray[np.float64], groups: NDArray[np.intp], share: float) -> NDArray[np.bool_]:
    """Mark the values below the `share` quantile of their own group, and ties (0 or less).

    A theme is compared with itself: cosines of one theme run higher than those of another, so no cut serves all.
    """
    marked = values <= 0
    everyone = np.quantile(values, share) if len(values) else 0.0
    for group in np.unique(groups):
        inside = groups == group
        cut = np.quantile(values[inside], share) if inside.sum() >= _FEW else everyone
        marked |= inside & (values < cut)
    return marked
