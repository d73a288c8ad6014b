"""Place each paper under the theme that it is most like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from surveygen.config import Themes
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId
from surveygen.themes._doubt import lowest
from surveygen.themes._evidence import Scores, above_background, evidence
from surveygen.themes._protocol import NOBODY, ThemeVectors
from surveygen.themes._tree import descend, lift, plant

_UNCERTAIN = 0.15  # share of each theme's papers, those with the smallest margins
_TIED = 0.05  # of these the second top theme is given as well


def make(settings: Themes) -> Nearest:
    """Make the assigner; no setting changes it."""
    del settings
    return Nearest()


class Nearest:
    """Meaning and words against each theme's text, keywords, sub-themes and seeds; deterministic.

    The parts were chosen over several kinds of labels (benchmarks/themes_quick.py): sub-themes that lift their parent,
    words beside meaning, and a background level of each theme help on all or most of them. Centering on the mean, label
    propagation and self-training help on some and harm on others, and are left out.
    """

    fingerprint = "nearest-1"  # a new number whenever the same input could give another place

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

        A paper of `placed` (method "person") and a seed (method "seed") stand where the person put them; seeds of an
        induced theme only draw it toward them.
        Time and memory grow with papers times themes.
        """
        if not papers or not len(taxonomy):
            return ()
        tree = plant(taxonomy)
        vectors = embeddings.rows([paper.id for paper in papers])
        own = above_background(evidence(vectors, papers, taxonomy, theme_vectors.vectors))
        lifted = lift(own, tree)
        scores = lifted[:, tree.tops]
        tops = np.asarray(tree.tops, dtype=np.intp)
        places = descend(own, lifted, tree, tops[scores.argmax(axis=1)])
        return _assignments(papers, taxonomy, scores, places, placed)


def _assignments(
    papers: Sequence[Paper],
    taxonomy: Taxonomy,
    scores: Scores,
    places: NDArray[np.intp],
    placed: Mapping[PaperId, ThemeId],
) -> tuple[Assignment, ...]:
    ids = [theme.id for theme in taxonomy]
    paths = {theme: taxonomy.path(theme) for theme in ids}
    planted = _planted(taxonomy) | {paper: (theme,) for paper, theme in placed.items()}
    tops = [row for row, theme in enumerate(taxonomy) if theme.parent is None]
    column = {ids[top]: n for n, top in enumerate(tops)}
    nodes = [
        planted[paper.id][0] if paper.id in planted else ids[place] for paper, place in zip(papers, places, strict=True)
    ]
    chosen = np.array([column[paths[node][0]] for node in nodes], dtype=np.intp)
    rivals = _second(scores, chosen)
    gap = _gap(scores, chosen, rivals)
    uncertain, tied = lowest(gap, chosen, _UNCERTAIN), lowest(gap, chosen, _TIED)
    made = []
    for row, (paper, node) in enumerate(zip(papers, nodes, strict=True)):
        rival = ids[tops[rivals[row]]] if len(tops) > 1 else None
        near = (rival,) if rival is not None and tied[row] else ()
        score, margin, unsure = float(scores[row, chosen[row]]), float(gap[row]), bool(uncertain[row])
        place = Assignment(paper.id, node, paths[node], score, rival, margin, unsure, "nearest", near)
        by_hand = planted.get(paper.id)
        method = "person" if paper.id in placed else "seed"
        made.append(replace(place, uncertain=False, method=method, secondary=by_hand[1:]) if by_hand else place)
    return tuple(made)


def _planted(taxonomy: Taxonomy) -> dict[PaperId, tuple[ThemeId, ...]]:
    """Return for each seed that a person named its themes, in reading order."""
    planted: dict[PaperId, tuple[ThemeId, ...]] = {}
    for theme in taxonomy:
        for seed in theme.seeds if theme.origin == "given" else ():
            planted[seed] = (*planted.get(seed, ()), theme.id)
    return planted


def _second(scores: Scores, chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    others = scores.copy()
    others[np.arange(len(scores)), chosen] = -np.inf
    second: NDArray[np.intp] = others.argmax(axis=1)
    return second


def _gap(scores: Scores, chosen: NDArray[np.intp], rivals: NDArray[np.intp]) -> NDArray[np.float64]:
    rows = np.arange(len(scores))
    score: NDArray[np.float64] = scores[rows, chosen]
    return score if scores.shape[1] == 1 else score - scores[rows, rivals]
