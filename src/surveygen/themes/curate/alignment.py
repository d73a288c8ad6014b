"""Give themes that were found anew the ids of those that they continue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.paper import PaperId
from surveygen.domain.proposal import Lineage
from surveygen.domain.theme import Taxonomy, Theme, ThemeId

_SAME = 0.5  # shared papers by papers of either; beside each other no two themes can have so many in common with one
_PART = 0.25  # share of a theme's papers that makes another theme one of its parts

Paths = Mapping[PaperId, Sequence[ThemeId]]


def align(previous: Taxonomy, before: Paths, new: Taxonomy, after: Paths) -> tuple[Taxonomy, Lineage]:
    """Match new themes with previous ones by their papers; a match keeps the previous id, name and words.

    Pure; equal taxonomies with equal papers keep every id. Each theme is matched with at most one other.

    Args:
        previous: the taxonomy so far.
        before: for each paper the themes of `previous` that it stands under, from the top down.
        new: the taxonomy found anew; its ids are others, or mean the same.
        after: as `before`, of `new`.

    Returns:
        The new taxonomy with the ids that it keeps, and how it follows from the previous one.
    """
    shared = _shared(previous, before, new, after)
    sizes = _sizes(previous, before)[:, None] + _sizes(new, after)[None, :] - shared
    likeness = np.divide(shared, sizes, out=np.zeros_like(shared), where=sizes > 0)
    match = _match(previous, new, likeness)
    taxonomy = Taxonomy(tuple(_renewed(theme, match) for theme in new))
    return taxonomy, _lineage(previous, taxonomy, shared)


def agreement(one: Sequence[str], other: Sequence[str]) -> float:
    """Return the normalized mutual information of two groupings of the same papers, 0 to 1."""
    from sklearn.metrics import normalized_mutual_info_score  # noqa: PLC0415  # scikit-learn takes seconds to import

    return float(normalized_mutual_info_score(one, other)) if one else 1.0


def _match(previous: Taxonomy, new: Taxonomy, likeness: NDArray[np.float64]) -> dict[ThemeId, Theme]:
    """Pair themes, the likest first; of equals those of one id, then of one depth, then the first ones."""
    pairs = []
    for p, n in np.argwhere(likeness > _SAME).tolist():
        old, found = previous.themes[p].id, new.themes[n].id
        depths = abs(len(previous.path(old)) - len(new.path(found)))
        pairs.append((-likeness[p, n], old != found, depths, p, n))
    match: dict[ThemeId, Theme] = {}
    taken: set[ThemeId] = set()
    for *_, p, n in sorted(pairs):
        continued, heir = previous.themes[p], new.themes[n].id
        if continued.id not in taken and heir not in match:
            taken.add(continued.id)
            match[heir] = continued
    return match


def _renewed(theme: Theme, match: Mapping[ThemeId, Theme]) -> Theme:
    above = match.get(theme.parent) if theme.parent is not None else None
    parent = above.id if above is not None else theme.parent
    known = match.get(theme.id)
    return replace(known, parent=parent, seeds=theme.seeds) if known is not None else replace(theme, parent=parent)


def _shared(previous: Taxonomy, before: Paths, new: Taxonomy, after: Paths) -> NDArray[np.float64]:
    """Return how many papers each pair of themes shares, `(n_previous, n_new)`."""
    row = {theme.id: n for n, theme in enumerate(previous)}
    column = {theme.id: n for n, theme in enumerate(new)}
    shared = np.zeros((len(row), len(column)))
    for paper, path in before.items():
        for old in path:
            for found in after.get(paper, ()):
                shared[row[old], column[found]] += 1
    return shared


def _sizes(taxonomy: Taxonomy, paths: Paths) -> NDArray[np.float64]:
    counts = Counter(theme for path in paths.values() for theme in path)
    return np.array([float(counts[theme.id]) for theme in taxonomy])


def _lineage(previous: Taxonomy, taxonomy: Taxonomy, shared: NDArray[np.float64]) -> Lineage:
    old, now = [theme.id for theme in previous], [theme.id for theme in taxonomy]
    kept = [theme for theme in now if theme in previous]
    retired = [theme for theme in old if theme not in taxonomy]
    merged: list[tuple[ThemeId, ThemeId]] = []
    split: list[tuple[ThemeId, tuple[ThemeId, ...]]] = []
    tops = [n for n, theme in enumerate(taxonomy) if theme.parent is None]
    for row, theme in enumerate(old):
        into = shared[row]
        if theme in retired and into.any():
            merged.append((theme, now[int(into.argmax())]))
        parts = tuple(now[n] for n in tops if into[n] >= _PART * max(into[tops].sum(), 1))
        if len(parts) > 1:
            split.append((theme, parts))
    born = [theme for theme in now if theme not in previous]
    return Lineage(tuple(kept), tuple(born), tuple(retired), tuple(merged), tuple(split))
