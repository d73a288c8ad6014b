"""Propose new themes, divisions and mergers to a person."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.proposal import Proposal
from surveygen.domain.theme import Taxonomy, ThemeId
from surveygen.themes.induce.clustering import kmeans_labels
from surveygen.themes.induce.labels import label_clusters

Rows = NDArray[np.intp]

# Fixed on two withheld draws of five label sets, judged on others: benchmarks/themes/refresh.py.
_CHANCE = 0.1  # how often a paper may have so many recent ones near it by chance
_COSINE = 0.4  # average linkage of a group
_FEW = 6  # papers of a new theme
_EXCESS = 2.0  # standard deviations by which recent papers outnumber others around a group
_MOST_NEW = 2  # new themes proposed at once
_CROWD = 3000  # papers that are grouped: 3,000 x 3,000 float32 are 36 MB
# Two halves of one theme drawn at random are alike by .91 and more, two themes of a person by less than .91; two
# categories of arXiv that file the same papers (cs.LG, stat.ML) by .99.
_INSEPARABLE = 0.95
_APART = 1 / 3  # a theme is two if its halves are less alike than the third of all neighbours that are least so
_TO_MERGE, _TO_DIVIDE = 12, 24  # papers, at the least
_HALF = 0.2  # share of the smaller half, at the least
_SAMPLE = 2000  # papers that tell how a theme falls apart
_COMPARED = 1000  # other papers that the words of a new theme are told from
_OPEN = 12  # proposals that stay on the list


@dataclass(frozen=True, slots=True)
class SuggestionInput:
    """What proposals are made from.

    Attributes:
        papers, embeddings: those of the draft, in one order.
        paths: for each paper the themes that it stands under, from the top down.
        near: the papers most like each.
        recent: those that came last. placed: those that a person put where they stand.
    """

    papers: Sequence[Paper]
    embeddings: Embeddings
    taxonomy: Taxonomy
    paths: Mapping[PaperId, Sequence[ThemeId]]
    near: Mapping[PaperId, Sequence[PaperId]]
    recent: Collection[PaperId]
    placed: Collection[PaperId] = ()
    seed: int = 0


def suggest_changes(outlook: SuggestionInput, before: Sequence[Proposal] = ()) -> tuple[Proposal, ...]:
    """Return what a person may want to change, the surest of each kind first.

    A new theme shows as a crowd of recent papers that have mostly recent ones near them. Two themes should be one if
    their middles, freed of what small numbers do to them, cannot be told apart. A theme should be two if its halves
    are less alike than neighbouring themes are.

    Args:
        outlook: the papers and where they stand.
        before: the last proposals; new themes among them stay until a person dealt with their papers.
    """
    new = _new(outlook, before)
    spoken_for = {paper for one in new for paper in one.papers}
    return (*new, *_merges(outlook), *_splits(outlook, spoken_for))


def _new(outlook: SuggestionInput, before: Sequence[Proposal]) -> list[Proposal]:
    present = set(outlook.embeddings.ids) - set(outlook.placed)
    still = [one for one in before if one.kind == "new" and len(present.intersection(one.papers)) > len(one.papers) / 2]
    fresh: list[Proposal] = []
    for members in _crowds(outlook):
        papers = tuple(sorted(outlook.embeddings.ids[row] for row in members))
        if len(fresh) < _MOST_NEW and not any(_overlap(papers, one.papers) for one in (*still, *fresh)):
            fresh.append(_described(outlook, members, papers))
    return [*fresh, *still][:_OPEN]


def _overlap(papers: Collection[PaperId], others: Collection[PaperId]) -> bool:
    return len(set(papers) & set(others)) >= min(len(papers), len(others)) / 2


def _crowds(outlook: SuggestionInput) -> Iterator[Rows]:
    """Yield groups of recent papers, the least likely to be chance first."""
    ids, vectors = outlook.embeddings.ids, outlook.embeddings.vectors
    recent = np.array([paper in outlook.recent and paper not in outlook.placed for paper in ids])
    share = float(recent.mean()) if len(ids) else 0.0
    if not 0 < share < 1:
        return
    known = {paper for paper, is_recent in zip(ids, recent, strict=True) if is_recent}
    around = np.array([sum(other in known for other in outlook.near.get(paper, ())) for paper in ids])
    among = max(map(len, outlook.near.values()), default=0)
    rows = np.flatnonzero(recent & (around > _by_chance(among, share)))
    rows = np.sort(rows[np.argsort(-around[rows], kind="stable")[:_CROWD]])
    found = [(_excess(vectors, recent, members), members) for members in _groups(vectors, rows)]
    for excess, members in sorted(found, key=lambda one: (-one[0], one[1][0])):
        if excess >= _EXCESS:
            yield members


def _by_chance(among: int, share: float) -> int:
    """Return how many of so many neighbours are recent in all but a `_CHANCE` of cases (binomial)."""
    total = 0.0
    for count in range(among + 1):
        total += math.comb(among, count) * share**count * (1 - share) ** (among - count)
        if total >= 1 - _CHANCE:
            return count
    return among


def _groups(vectors: Vectors, rows: Rows) -> list[Rows]:
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415  # scikit-learn takes seconds to import

    if len(rows) < _FEW:
        return []
    linkage = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=1 - _COSINE)
    labels = linkage.fit_predict(vectors[rows].astype(np.float64))
    groups = (rows[labels == group] for group in range(int(labels.max()) + 1))
    return [members for members in groups if len(members) >= _FEW]


def _excess(vectors: Vectors, recent: NDArray[np.bool_], members: Rows) -> float:
    """Return by how many standard deviations recent papers outnumber others among those nearest to a group."""
    count = min(2 * len(members), len(vectors))
    likeness = (vectors @ vectors[members].mean(axis=0)).round(6)
    nearest = np.argsort(-likeness, kind="stable")[:count]
    share = float(recent.mean())
    return (float(recent[nearest].mean()) - share) / math.sqrt(share * (1 - share) / count)


def _described(outlook: SuggestionInput, members: Rows, papers: tuple[PaperId, ...]) -> Proposal:
    others = np.setdiff1d(np.arange(len(outlook.papers)), members)
    others = others[:: max(len(others) // _COMPARED, 1)]
    rows = np.concatenate([others, members])
    groups = np.repeat(np.arange(2 if len(others) else 1), [n for n in (len(others), len(members)) if n])
    told = label_clusters([outlook.papers[row] for row in rows], outlook.embeddings.vectors[rows], groups)[-1]
    tops = Counter(outlook.paths[paper][0] for paper in papers if outlook.paths.get(paper))
    top, count = tops.most_common(1)[0] if tops else (ThemeId(""), 0)
    inside = count >= 0.75 * len(papers) and bool(outlook.taxonomy.children(top))
    key = hashlib.sha256("\x1f".join(papers).encode("utf-8", "surrogatepass")).hexdigest()[:6]
    reason = f"{len(papers)} recent papers that are near each other and to few older ones"
    return Proposal(f"new-{key}", "new", (top,) if inside else (), papers, told.name, told.keywords, reason)


def _merges(outlook: SuggestionInput) -> list[Proposal]:
    members = _members(outlook)
    pairs = [(alike, one, other) for alike, one, other in _pairs(outlook, members, _TO_MERGE) if alike >= _INSEPARABLE]
    made = []
    for alike, one, other in sorted(pairs, reverse=True)[:1]:
        gone, into = sorted((one, other), key=lambda theme: (len(members[theme]), theme))
        reason = f"their papers cannot be told apart: alike by {alike:.2f} of 1"
        made.append(Proposal(f"merge-{gone}-{into}", "merge", (gone, into), reason=reason))
    return made


def _splits(outlook: SuggestionInput, spoken_for: Collection[PaperId]) -> list[Proposal]:
    """Look for two subjects in a theme, apart from the papers that a new theme is proposed for."""
    members = _members(outlook, spoken_for)
    known = [alike for alike, _, _ in _pairs(outlook, members, _TO_MERGE)]
    if len(known) < 3:
        return []
    limit = float(np.quantile(known, _APART))
    found = []
    for theme, rows in members.items():
        if len(rows) >= _TO_DIVIDE and not outlook.taxonomy.children(theme):
            sample = outlook.embeddings.vectors[rows[:: max(len(rows) // _SAMPLE, 1)]]
            halves = kmeans_labels(sample, 2, outlook.seed)
            smaller = float(min(halves.mean(), 1 - halves.mean()))
            alike = _alike(sample[halves == 0], sample[halves == 1])
            if smaller >= _HALF and alike < limit:
                found.append((alike, theme))
    return [
        Proposal(
            f"split-{theme}",
            "split",
            (theme,),
            reason=f"its halves are alike by {alike:.2f}, most neighbouring themes by more than {limit:.2f}",
        )
        for alike, theme in sorted(found)[:1]
    ]


def _members(outlook: SuggestionInput, without: Collection[PaperId] = ()) -> dict[ThemeId, Rows]:
    rows: dict[ThemeId, list[int]] = {theme.id: [] for theme in outlook.taxonomy}
    for row, paper in enumerate(outlook.embeddings.ids):
        for theme in outlook.paths.get(paper, ()) if paper not in without else ():
            rows[theme].append(row)
    return {theme: np.array(own, dtype=np.intp) for theme, own in rows.items()}


def _pairs(
    outlook: SuggestionInput, members: Mapping[ThemeId, Rows], fewest: int
) -> Iterator[tuple[float, ThemeId, ThemeId]]:
    """Yield the likeness of every two themes beside each other."""
    vectors = outlook.embeddings.vectors
    for parent in (None, *(theme.id for theme in outlook.taxonomy)):
        beside = [theme.id for theme in outlook.taxonomy.children(parent) if len(members[theme.id]) >= fewest]
        for one, other in itertools.combinations(beside, 2):
            yield _alike(vectors[members[one]], vectors[members[other]]), one, other


def _alike(one: Vectors, other: Vectors) -> float:
    """Cosine of the middles of two groups, each freed of the part that comes from having few members."""
    first, second = one.sum(axis=0, dtype=np.float64), other.sum(axis=0, dtype=np.float64)
    spread = [
        (float(total @ total) - len(rows)) / max(len(rows) * (len(rows) - 1), 1)
        for total, rows in ((first, one), (second, other))
    ]
    if min(spread) <= 0:
        return 0.0
    return float(first @ second) / (len(one) * len(other) * math.sqrt(spread[0] * spread[1]))
