"""Suggest new themes, splits and merges."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.text import text_sha256
from surveygen.domain.theme import Proposal, Taxonomy, ThemeId
from surveygen.themes.induce.clustering import kmeans_labels
from surveygen.themes.induce.labels import label_clusters

Rows = NDArray[np.intp]

# Fixed on two withheld draws of five label sets, judged on others: benchmarks/themes/refresh.py.
_CHANCE = 0.1  # how often a paper may have so many recent neighbors by chance
_COSINE = 0.4  # average linkage of a cluster of recent papers
_MIN_NEW = 6  # papers of a new theme
_EXCESS = 2.0  # standard deviations by which recent papers outnumber others around a cluster
_MAX_NEW = 2  # new themes suggested at once
_MAX_CLUSTERED = 3000  # recent papers that are clustered: 3,000 x 3,000 float32 are 36 MB
# Two random halves of one theme have a similarity of .91 and more, two themes of a person less than .91; two
# categories of arXiv that file the same papers (cs.LG, stat.ML) .99.
_INSEPARABLE = 0.95
_APART = 1 / 3  # a theme is split if its halves are less similar than the least similar third of all siblings
_MIN_TO_MERGE, _MIN_TO_SPLIT = 12, 24  # papers
_MIN_HALF = 0.2  # share of the smaller half
_SPLIT_SAMPLE = 2000  # papers of a theme that are divided in halves
_CONTRAST = 1000  # other papers that the keywords of a new theme are contrasted with
_MAX_OPEN = 12  # new themes that stay on the list


@dataclass(frozen=True, slots=True)
class SuggestionInput:
    """Papers, their themes and their neighbors, from which changes are suggested.

    Attributes:
        papers, embeddings: those of the draft, in one order.
        paths: the themes of each paper, from the top down.
        near: the most similar papers of each.
        recent: papers of the last imports. placed: papers whose theme a person chose.
    """

    papers: Sequence[Paper]
    embeddings: Embeddings
    taxonomy: Taxonomy
    paths: Mapping[PaperId, Sequence[ThemeId]]
    near: Mapping[PaperId, Sequence[PaperId]]
    recent: Collection[PaperId]
    placed: Collection[PaperId] = ()
    seed: int = 0


def suggest_changes(data: SuggestionInput, previous: Sequence[Proposal] = ()) -> tuple[Proposal, ...]:
    """Return changes that a person may want, the strongest evidence of each kind first.

    A new theme is suggested for a cluster of recent papers whose neighbors are mostly recent too. Two themes should be
    one if their centroids, corrected for the numbers of their papers, cannot be told apart. A theme should be two if
    its halves are less similar than sibling themes are.

    Args:
        data: the papers and their themes.
        previous: the last suggestions; new themes among them stay until a person placed most of their papers.
    """
    available = set(data.embeddings.ids) - set(data.placed)
    still_open = [
        proposal
        for proposal in previous
        if proposal.kind == "new" and len(available.intersection(proposal.papers)) > len(proposal.papers) / 2
    ]
    fresh: list[Proposal] = []
    for rows in _emerging_clusters(data):
        papers = tuple(sorted(data.embeddings.ids[row] for row in rows))
        overlaps = any(
            len(set(papers) & set(other.papers)) >= min(len(papers), len(other.papers)) / 2
            for other in (*still_open, *fresh)
        )
        if len(fresh) < _MAX_NEW and not overlaps:
            fresh.append(_new_theme(data, rows, papers))
    new = [*fresh, *still_open][:_MAX_OPEN]
    suggested = {paper for proposal in new for paper in proposal.papers}
    return (*new, *_merges(data), *_splits(data, suggested))


def _emerging_clusters(data: SuggestionInput) -> Iterator[Rows]:
    """Yield clusters of recent papers, the least likely by chance first."""
    ids, vectors = data.embeddings.ids, data.embeddings.vectors
    is_recent = np.array([paper in data.recent and paper not in data.placed for paper in ids])
    share = float(is_recent.mean()) if len(ids) else 0.0
    if not 0 < share < 1:
        return
    recent = {paper for paper, flag in zip(ids, is_recent, strict=True) if flag}
    recent_neighbors = np.array([sum(other in recent for other in data.near.get(paper, ())) for paper in ids])
    neighbors = max(map(len, data.near.values()), default=0)
    rows = np.flatnonzero(is_recent & (recent_neighbors > _binomial_quantile(neighbors, share)))
    rows = np.sort(rows[np.argsort(-recent_neighbors[rows], kind="stable")[:_MAX_CLUSTERED]])
    if len(rows) < _MIN_NEW:
        return
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415  # scikit-learn takes seconds to import

    linkage = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=1 - _COSINE)
    labels = linkage.fit_predict(vectors[rows].astype(np.float64))
    clusters = []
    for members in (rows[labels == label] for label in range(int(labels.max()) + 1)):
        if len(members) >= _MIN_NEW:
            # By how many standard deviations recent papers outnumber others among those nearest to the cluster.
            count = min(2 * len(members), len(vectors))
            cosines = (vectors @ vectors[members].mean(axis=0)).round(6)
            nearest = np.argsort(-cosines, kind="stable")[:count]
            excess = (float(is_recent[nearest].mean()) - share) / math.sqrt(share * (1 - share) / count)
            clusters.append((excess, members))
    for excess, members in sorted(clusters, key=lambda cluster: (-cluster[0], cluster[1][0])):
        if excess >= _EXCESS:
            yield members


def _binomial_quantile(trials: int, share: float) -> int:
    """Return how many of so many neighbors are recent in all but a share `_CHANCE` of cases."""
    total = 0.0
    for count in range(trials + 1):
        total += math.comb(trials, count) * share**count * (1 - share) ** (trials - count)
        if total >= 1 - _CHANCE:
            return count
    return trials


def _new_theme(data: SuggestionInput, members: Rows, papers: tuple[PaperId, ...]) -> Proposal:
    """Name a cluster, and put it under the top theme that has three quarters of its papers if that has sub-themes."""
    others = np.setdiff1d(np.arange(len(data.papers)), members)
    others = others[:: max(len(others) // _CONTRAST, 1)]
    rows = np.concatenate([others, members])
    clusters = np.repeat(np.arange(2 if len(others) else 1), [n for n in (len(others), len(members)) if n])
    taken = [theme.name for theme in data.taxonomy]
    label = label_clusters([data.papers[row] for row in rows], data.embeddings.vectors[rows], clusters, taken=taken)[-1]
    tops = Counter(data.paths[paper][0] for paper in papers if data.paths.get(paper))
    top, count = tops.most_common(1)[0] if tops else (ThemeId(""), 0)
    is_below = count >= 0.75 * len(papers) and bool(data.taxonomy.children(top))
    key = text_sha256("\x1f".join(papers))[:6]
    reason = f"{len(papers)} recent papers that are near each other and to few older ones"
    return Proposal(
        f"new-{key}", "new", (top,) if is_below else (), papers, label.name, label.keywords, reason, label.description
    )


def _merges(data: SuggestionInput) -> list[Proposal]:
    """Suggest to merge the two most similar siblings, the smaller into the larger, if they are inseparable."""
    members = _members(data)
    pairs = [pair for pair in _sibling_similarities(data, members) if pair[0] >= _INSEPARABLE]
    proposals = []
    for similarity, first, second in sorted(pairs, reverse=True)[:1]:
        gone, into = sorted((first, second), key=lambda theme: (len(members[theme]), theme))
        reason = f"their papers cannot be told apart: alike by {similarity:.2f} of 1"
        proposals.append(Proposal(f"merge-{gone}-{into}", "merge", (gone, into), reason=reason))
    return proposals


def _splits(data: SuggestionInput, suggested: Collection[PaperId]) -> list[Proposal]:
    """Suggest to split the theme with the least similar halves, without the papers of suggested new themes."""
    members = _members(data, suggested)
    similarities = [similarity for similarity, _, _ in _sibling_similarities(data, members)]
    if len(similarities) < 3:
        return []
    limit = float(np.quantile(similarities, _APART))
    candidates = []
    for theme, rows in members.items():
        if len(rows) >= _MIN_TO_SPLIT and not data.taxonomy.children(theme):
            sample = data.embeddings.vectors[rows[:: max(len(rows) // _SPLIT_SAMPLE, 1)]]
            halves = kmeans_labels(sample, 2, data.seed)
            smaller = float(min(halves.mean(), 1 - halves.mean()))
            similarity = _centroid_similarity(sample[halves == 0], sample[halves == 1])
            if smaller >= _MIN_HALF and similarity < limit:
                candidates.append((similarity, theme))
    return [
        Proposal(
            f"split-{theme}",
            "split",
            (theme,),
            reason=f"its halves are alike by {similarity:.2f}, most neighbouring themes by more than {limit:.2f}",
        )
        for similarity, theme in sorted(candidates)[:1]
    ]


def _members(data: SuggestionInput, without: Collection[PaperId] = ()) -> dict[ThemeId, Rows]:
    """Return the rows of each theme's papers, those of its sub-themes included."""
    rows: dict[ThemeId, list[int]] = {theme.id: [] for theme in data.taxonomy}
    for row, paper in enumerate(data.embeddings.ids):
        for theme in data.paths.get(paper, ()) if paper not in without else ():
            rows[theme].append(row)
    return {theme: np.array(own, dtype=np.intp) for theme, own in rows.items()}


def _sibling_similarities(
    data: SuggestionInput, members: Mapping[ThemeId, Rows]
) -> Iterator[tuple[float, ThemeId, ThemeId]]:
    """Yield the similarity of any two siblings that are large enough to merge."""
    vectors = data.embeddings.vectors
    for parent in (None, *(theme.id for theme in data.taxonomy)):
        large = [theme.id for theme in data.taxonomy.children(parent) if len(members[theme.id]) >= _MIN_TO_MERGE]
        for first, second in itertools.combinations(large, 2):
            yield _centroid_similarity(vectors[members[first]], vectors[members[second]]), first, second


def _centroid_similarity(first: Vectors, second: Vectors) -> float:
    """Cosine of two centroids, corrected for the length that a centroid has because it has few members."""
    sums = [rows.sum(axis=0, dtype=np.float64) for rows in (first, second)]
    squared = [
        (float(total @ total) - len(rows)) / max(len(rows) * (len(rows) - 1), 1)
        for total, rows in zip(sums, (first, second), strict=True)
    ]
    if min(squared) <= 0:
        return 0.0
    return float(sums[0] @ sums[1]) / (len(first) * len(second) * math.sqrt(squared[0] * squared[1]))
