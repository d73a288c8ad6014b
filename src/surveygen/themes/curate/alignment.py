"""Align a new taxonomy with the previous one by the papers that their themes share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Lineage, Taxonomy, Theme, ThemeId

_MIN_OVERLAP = 0.5  # Jaccard index of the papers; no two siblings can both exceed it with the same theme
_PART = 0.25  # share of a theme's papers that makes another theme one of its parts

Paths = Mapping[PaperId, Sequence[ThemeId]]


def align(previous: Taxonomy, before: Paths, new: Taxonomy, after: Paths) -> tuple[Taxonomy, Lineage]:
    """Match new themes with previous ones by their papers; a match keeps the previous id, name and text.

    Pure; equal taxonomies with equal papers keep every id. Each theme is matched with at most one other.

    Args:
        previous: the taxonomy so far.
        before: the themes of `previous` that each paper belongs to, from the top down.
        new: the taxonomy induced anew; where it has an id of `previous`, this is the same theme.
        after: as `before`, of `new`.

    Returns:
        The new taxonomy with the previous ids that it keeps, and how it follows from the previous one.
    """
    shared, overlap = _overlap(previous, before, new, after)
    # The largest overlap comes first; of equals those with the same id, then of the same depth, then by order.
    pairs = []
    for p, n in np.argwhere(overlap > _MIN_OVERLAP).tolist():
        old_id, new_id = previous.themes[p].id, new.themes[n].id
        depths = abs(len(previous.path(old_id)) - len(new.path(new_id)))
        pairs.append((-overlap[p, n], old_id != new_id, depths, p, n))
    matches: dict[ThemeId, Theme] = {}  # the previous theme by the id of the new one
    taken: set[ThemeId] = set()
    for *_, p, n in sorted(pairs):
        old, new_id = previous.themes[p], new.themes[n].id
        if old.id not in taken and new_id not in matches:
            taken.add(old.id)
            matches[new_id] = old
    themes: list[Theme] = []
    for theme in new:
        parent = matches[theme.parent].id if theme.parent is not None and theme.parent in matches else theme.parent
        continued = replace(matches[theme.id], seeds=theme.seeds) if theme.id in matches else theme
        themes.append(replace(continued, parent=parent))
    taxonomy = Taxonomy(tuple(themes))
    return taxonomy, _lineage(previous, taxonomy, shared)


def agreement(first: Sequence[str], second: Sequence[str]) -> float:
    """Return the normalized mutual information of two groupings of the same papers, 0 to 1."""
    from sklearn.metrics import normalized_mutual_info_score  # noqa: PLC0415  # scikit-learn takes seconds to import

    return float(normalized_mutual_info_score(first, second)) if first else 1.0


def _overlap(
    previous: Taxonomy, before: Paths, new: Taxonomy, after: Paths
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how many papers each pair of themes shares, and their Jaccard index, both `(n_previous, n_new)`."""
    row = {theme.id: n for n, theme in enumerate(previous)}
    column = {theme.id: n for n, theme in enumerate(new)}
    shared = np.zeros((len(row), len(column)))
    for paper, path in before.items():
        for old in path:
            for theme in after.get(paper, ()):
                shared[row[old], column[theme]] += 1
    old_sizes = Counter(theme for path in before.values() for theme in path)
    new_sizes = Counter(theme for path in after.values() for theme in path)
    sizes = np.array([[float(old_sizes[old] + new_sizes[theme]) for theme in column] for old in row])
    union = sizes.reshape(shared.shape) - shared
    return shared, np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def _lineage(previous: Taxonomy, taxonomy: Taxonomy, shared: NDArray[np.float64]) -> Lineage:
    old_ids, new_ids = [theme.id for theme in previous], [theme.id for theme in taxonomy]
    retired = [theme for theme in old_ids if theme not in taxonomy]
    merged: list[tuple[ThemeId, ThemeId]] = []
    split: list[tuple[ThemeId, tuple[ThemeId, ...]]] = []
    tops = [n for n, theme in enumerate(taxonomy) if theme.parent is None]
    for row, theme in enumerate(old_ids):
        papers = shared[row]
        if theme in retired and papers.any():
            merged.append((theme, new_ids[int(papers.argmax())]))
        parts = tuple(new_ids[n] for n in tops if papers[n] >= _PART * max(papers[tops].sum(), 1))
        if len(parts) > 1:
            split.append((theme, parts))
    return Lineage(
        kept=tuple(theme for theme in new_ids if theme in previous),
        born=tuple(theme for theme in new_ids if theme not in previous),
        retired=tuple(retired),
        merged=tuple(merged),
        split=tuple(split),
    )
