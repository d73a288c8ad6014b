"""Surveys with papers of another subject mixed in, for the benchmark of assignment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from assign_sets import LabelSet

from surveygen.domain.paper import Paper
from surveygen.domain.theme import Taxonomy
from surveygen.themes.assign import ThemeVectors

SHARES = (0.1, 0.3, 0.5)  # strangers among all papers
_FEWEST = 20  # members
# No alignment paper of the corpora has these as its primary category.
_NEAR = {"cs.AI", "cs.CL", "cs.LG", "stat.ML", "cs.CY", "cs.CR", "cs.CV"}
_SCIENCES = {
    "biology",
    "chemistry",
    "physics",
    "medicine",
    "genetics",
    "astronomy",
    "geology",
    "botany",
    "anatomy",
    "physiology",
    "mathematics",
    "computer science",
    "statistics",
    "electronics",
    "psychology",
}


@dataclass(frozen=True)
class _Source:
    """A set, and which of its labels are members or strangers."""

    labeled: LabelSet
    wanted: Callable[[str], bool]


def mixtures(sets: Sequence[LabelSet]) -> Iterator[LabelSet]:
    """Yield the surveys; their labels are "member" and "stranger", their themes those of the members."""
    by_name = {labeled.name: labeled for labeled in sets}
    arxiv, news, foldoc = (by_name[name] for name in ("arxiv", "newsgroups", "foldoc"))
    wordnet, reuters = by_name["wordnet"], by_name["reuters"]
    field = {str(theme.id): theme.name for theme in wordnet.taxonomy}
    near, further = _Source(arxiv, lambda label: label not in _NEAR), _all(by_name["arxiv-more"])
    technical = _Source(news, lambda label: label.startswith(("sci", "comp")))
    sciences = _Source(wordnet, lambda label: field[label] in _SCIENCES)
    choosing = [
        ("alignment in other arXiv categories", _all(by_name["alignment"]), near),
        ("lists in other arXiv categories", _all(by_name["lists"]), near),
        ("foldoc in newsgroups", _all(foldoc), _all(news)),
        ("science and computing in newsgroups", technical, _but(technical)),
    ]
    judging = [
        ("alignment in further arXiv categories", _all(by_name["alignment"]), further),
        ("lists in further arXiv categories", _all(by_name["lists"]), further),
        ("attack in foldoc", _all(by_name["attack"]), _all(foldoc)),
        ("reuters in newsgroups", _all(reuters), _all(news)),
        ("sciences in all of wordnet", sciences, _but(sciences)),
    ]
    for plans, aside in ((choosing, False), (judging, True)):
        for name, members, strangers in plans:
            for share in SHARES:
                yield replace(_mix(members, strangers, share), name=f"{name}, {share:.0%}", judging=aside)


def _but(source: _Source) -> _Source:
    return _Source(source.labeled, lambda label: not source.wanted(label))


def _all(labeled: LabelSet) -> _Source:
    return _Source(labeled, lambda _label: True)


def _mix(members: _Source, strangers: _Source, share: float) -> LabelSet:
    inside, outside = _rows(members), _rows(strangers)
    rng = np.random.default_rng(0)
    wanted = int(len(inside) * share / (1 - share))
    if wanted > len(outside):
        inside = sorted(rng.permutation(inside)[: max(_FEWEST, int(len(outside) * (1 - share) / share))].tolist())
    outside = sorted(rng.permutation(outside)[:wanted].tolist())
    papers: tuple[Paper, ...] = (
        *(members.labeled.papers[row] for row in inside),
        *(strangers.labeled.papers[row] for row in outside),
    )
    vectors = np.vstack([members.labeled.vectors[inside], strangers.labeled.vectors[outside]])
    taxonomy, queries = _themes(members)
    labels = ("member",) * len(inside) + ("stranger",) * len(outside)
    return replace(
        members.labeled,
        papers=papers,
        vectors=vectors,
        labels=labels,
        further=((),) * len(labels),
        taxonomy=taxonomy,
        queries=queries,
    )


def _rows(source: _Source) -> list[int]:
    return [row for row, label in enumerate(source.labeled.labels) if source.wanted(label)]


def _themes(source: _Source) -> tuple[Taxonomy, ThemeVectors]:
    whole = source.labeled.taxonomy
    chosen = [n for n, theme in enumerate(whole) if source.wanted(str(whole.path(theme.id)[0]))]
    themes = [whole.themes[n] for n in chosen]
    return Taxonomy(tuple(themes)), ThemeVectors(tuple(t.id for t in themes), source.labeled.queries.vectors[chosen])
