"""Find themes in papers by KMeans on smoothed points."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveygen.config import ThemeSettings
from surveygen.domain.embedding import Embeddings, Vectors, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.text import slugify
from surveygen.domain.theme import Assignment, Theme, ThemeId
from surveygen.themes.doubt import below_group_quantile, margins
from surveygen.themes.induce.labels import ClusterLabel, label_clusters
from surveygen.themes.induce.levels import Cluster, recursive_clustering
from surveygen.themes.induce.points import joint_features

# Papers that a theme must hold to be divided: all papers or those of a given theme; then a top theme; then one below.
_FIRST, _SECOND, _THIRD = 12, 20, 500
_UNCERTAIN = 0.15
_CENTRAL = 5  # nearest.py then agrees with the groups for .85 to .93 of papers, against .76 to .83 without


@dataclass(frozen=True, slots=True)
class _Found:
    """One new theme: its place in the tree, and the rows of its papers."""

    theme: Theme
    group: Cluster


class KMeansInducer:
    """Groups papers by likeness, level by level, places every one, and names each group by its own phrases."""

    def __init__(self, settings: ThemeSettings) -> None:
        self._settings = settings

    def induce(
        self,
        embeddings: Embeddings,
        papers: Sequence[Paper],
        *,
        parent: ThemeId | None,
        reserved_ids: Collection[ThemeId],
        seed: int,
    ) -> tuple[tuple[Theme, ...], tuple[Assignment, ...]]:
        """Divide papers into new themes, largest first, and these again; see `Inducer.induce`.

        The same papers in another order give the same themes. Under a parent, fewer than 12 papers are not divided
        and nothing is returned; without one they are a single theme, so that every paper is placed.
        """
        papers = sorted(papers, key=lambda paper: paper.id)
        if not papers or (parent is not None and len(papers) < _FIRST):
            return (), ()
        vectors = embeddings.rows([paper.id for paper in papers])
        where = joint_features(vectors, papers)
        least = (_FIRST, _SECOND, _THIRD) if parent is None else (_FIRST, _THIRD)
        target = self._settings.target if parent is None else 0
        groups = recursive_clustering(
            where, target=target, least=least if self._settings.subthemes != "none" else least[:1], seed=seed
        )
        if parent is not None and len(groups) == 1:
            return (), ()
        found = _themes(groups, parent, papers, where, reserved_ids)
        return tuple(one.theme for one in found), _assignments(papers, vectors, found, parent)


def _themes(
    groups: Sequence[Cluster],
    parent: ThemeId | None,
    papers: Sequence[Paper],
    where: Vectors,
    known: Collection[ThemeId],
) -> list[_Found]:
    """Name all groups, siblings beside each other, parents before their children; no name is used twice."""
    names: list[str] = []
    ids: set[ThemeId] = set(known)

    def visit(siblings: Sequence[Cluster], above: Theme | None) -> list[_Found]:
        found: list[_Found] = []
        rows = np.sort(np.concatenate([group.rows for group in siblings]))
        own = np.empty(len(papers), dtype=np.intp)
        for number, group in enumerate(siblings):
            own[group.rows] = number
        labels = label_clusters([papers[row] for row in rows], where[rows], own[rows], taken=names)
        names.extend(one.name for one in labels)
        for group, said in zip(siblings, labels, strict=True):
            members = [papers[row].id for row in group.rows]
            theme = _theme(said, above.id if above else parent, members, _central(group, where), ids)
            ids.add(theme.id)
            found += [_Found(theme, group), *(visit(group.below, theme) if group.below else ())]
        return found

    def _central(group: Cluster, where: Vectors) -> tuple[PaperId, ...]:
        """Return the papers nearest the middle: as seeds they let later papers find the theme."""
        inside = where[group.rows]
        likeness = inside @ unit_rows(inside.mean(axis=0, keepdims=True))[0]
        nearest = np.argsort(-likeness, kind="stable")[:_CENTRAL]
        return tuple(papers[row].id for row in group.rows[nearest])

    return visit(groups, None)


def _theme(
    said: ClusterLabel,
    parent: ThemeId | None,
    members: Sequence[PaperId],
    seeds: tuple[PaperId, ...],
    known: set[ThemeId],
) -> Theme:
    """Make a theme with a readable id that no theme has or had: its name, and a hash of parent and members."""
    for attempt in range(len(known) + 1):
        content = "\x1f".join((parent or "", str(attempt), *members))
        theme = ThemeId(f"{slugify(said.name)[:40].strip('-')}-{hashlib.sha256(content.encode()).hexdigest()[:6]}")
        if theme not in known:
            break
    return Theme(theme, said.name, parent, said.description, said.keywords, seeds, "induced")


def _assignments(
    papers: Sequence[Paper], vectors: Vectors, found: Sequence[_Found], parent: ThemeId | None
) -> tuple[Assignment, ...]:
    """Compare each paper with the middles of the top groups; it stays in its own even where another is nearer."""
    tops = [one for one in found if one.theme.parent == parent]
    paths: list[tuple[ThemeId, ...]] = [()] * len(papers)
    for one in found:  # parents come first
        for row in one.group.rows:
            paths[row] = (*paths[row], one.theme.id)
    own = np.empty(len(papers), dtype=np.intp)
    for number, one in enumerate(tops):
        own[one.group.rows] = number
    score, gap, second = _compare(vectors, own, [one.group.rows for one in tops])
    doubtful = below_group_quantile(gap, own, _UNCERTAIN)
    return tuple(
        Assignment(
            paper=paper.id,
            theme=paths[row][-1],
            path=paths[row],
            score=float(score[row]),
            runner_up=tops[second[row]].theme.id if len(tops) > 1 else None,
            margin=float(gap[row]),
            uncertain=bool(doubtful[row]),
            method="kmeans",
        )
        for row, paper in enumerate(papers)
    )


def _compare(
    vectors: Vectors, own: NDArray[np.intp], members: Sequence[NDArray[np.intp]]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """Return for each paper its likeness to its own group's middle, the lead over the best other, and that other."""
    middles = unit_rows(np.stack([vectors[rows].mean(axis=0) for rows in members]))
    scores = (vectors @ middles.T).astype(np.float64)
    rows = np.arange(len(vectors))
    score = scores[rows, own]
    others = scores.copy()
    others[rows, own] = -np.inf
    gap = score - others.max(axis=1) if len(members) > 1 else margins(scores)
    return score, gap, others.argmax(axis=1)
