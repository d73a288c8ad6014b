"""Carry scores up the tree of themes, and papers down it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.theme import Taxonomy
from surveygen.themes.assign.scores import Scores
from surveygen.themes.doubt import margins

# Share of a theme's own text in its lifted score, and how sharply the best sub-theme counts; what lifting adds:
# benchmarks/themes/assign_parts.py.
OWN_SHARE = 0.5
_SHARPNESS = 0.015
_WEAK_QUARTER = 0.25


@dataclass(frozen=True, slots=True)
class ThemeTree:
    """A taxonomy by row numbers: `tops`, and for each theme its `children` and its `subtree` (itself first)."""

    tops: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    subtree: tuple[tuple[int, ...], ...]


def build(taxonomy: Taxonomy) -> ThemeTree:
    """Number the themes in reading order."""
    row = {theme.id: n for n, theme in enumerate(taxonomy)}
    children: list[list[int]] = [[] for _ in row]
    tops: list[int] = []
    for n, theme in enumerate(taxonomy):
        (tops if theme.parent is None else children[row[theme.parent]]).append(n)
    subtree: list[tuple[int, ...]] = [()] * len(row)
    for n in reversed(range(len(row))):
        subtree[n] = (n, *(below for child in children[n] for below in subtree[child]))
    return ThemeTree(tuple(tops), tuple(tuple(below) for below in children), tuple(subtree))


def propagate_up(own: Scores, tree: ThemeTree, *, own_share: float = OWN_SHARE) -> Scores:
    """Let sub-themes speak for the themes above them.

    Half a theme's own score, half a soft maximum (mean-exp) over the theme and all below it, so that a theme gains
    nothing by having many sub-themes. `(n_papers, n_themes)` in and out.
    """
    lifted = own.copy()
    for node, below in enumerate(tree.subtree):
        if len(below) > 1:
            reach = own[:, below]
            peak = reach.max(axis=1)
            soft = peak + _SHARPNESS * np.log(np.exp((reach - peak[:, None]) / _SHARPNESS).mean(axis=1))
            lifted[:, node] = own_share * own[:, node] + (1 - own_share) * soft
    return lifted


Compare = Callable[[NDArray[np.intp], Sequence[int]], Scores]


def assign_down(
    own: Scores, lifted: Scores, tree: ThemeTree, tops: NDArray[np.intp], compare: Compare | None = None
) -> NDArray[np.intp]:
    """Move each paper from its top theme to the deepest node that fits.

    A paper stays at an inner node when no child is convincing: the node's own text fits better than the best child,
    and the children are told apart no better than for the weakest quarter of the papers there.

    Args:
        own: `(n_papers, n_themes)` scores of each theme itself.
        lifted: the same after `lift`.
        tree: the themes.
        tops: `(n_papers,)` row of each paper's top theme.
        compare: scores some papers (rows) for some siblings (columns), `(papers, siblings)`; `lifted` if not given.

    Returns:
        `(n_papers,)` row of the node where each paper stands.
    """
    place = tops.copy()
    for node, children in enumerate(tree.children):
        here = np.flatnonzero(place == node)
        if children and len(here):
            reach = lifted[here][:, children]
            scores = reach if compare is None or len(children) == 1 else compare(here, children)
            best, gap = scores.argmax(axis=1), margins(scores)
            vague = gap <= np.quantile(gap, _WEAK_QUARTER)
            stays = (own[here, node] > reach.max(axis=1)) & vague
            place[here[~stays]] = np.asarray(children, dtype=np.intp)[best[~stays]]
    return place
