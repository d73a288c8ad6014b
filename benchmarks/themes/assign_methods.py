"""Ways to place papers under given themes that the benchmark compares, ours first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from assign_sets import Encoded, LabelSet
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from surveygen.domain.embedding import Embeddings
from surveygen.domain.theme import Assignment, Taxonomy
from surveygen.themes.assign import NearestCentroidAssigner
from surveygen.themes.evaluate import macro_f1

Codes = NDArray[np.intp]
SEEDS = 3
_SMALLEST = 6  # papers; themes of fewer get no seeds and are left out where seeds are compared


@dataclass(frozen=True)
class Draw:
    """Seeds of each theme, rows of the set, and the rows that are left to be judged."""

    seeds: dict[str, Codes]
    rest: Codes


def place(labeled: LabelSet) -> tuple[Assignment, ...]:
    """Place a set as a survey would."""
    embeddings = Embeddings(tuple(paper.id for paper in labeled.papers), labeled.vectors, "benchmark")
    return NearestCentroidAssigner().assign(embeddings, labeled.papers, labeled.taxonomy, labeled.queries)


def tops_of(labeled: LabelSet, assignments: tuple[Assignment, ...]) -> Codes:
    """Return the number of each paper's top theme."""
    column = {theme.id: n for n, theme in enumerate(labeled.taxonomy.children(None))}
    return np.array([column[item.path[0]] for item in assignments], dtype=np.intp)


def gold_of(labeled: LabelSet) -> Codes:
    """Return the number of the top theme that people gave each paper."""
    column = {str(theme.id): n for n, theme in enumerate(labeled.taxonomy.children(None))}
    return np.array([column[label] for label in labeled.labels], dtype=np.intp)


def nearest(labeled: LabelSet, taxonomy: Taxonomy, encoded: Encoded) -> Codes:
    """Take the top theme whose vector is nearest, with what `taxonomy` says of it."""
    queries = encoded.queries(taxonomy).vectors
    tops = [n for n, theme in enumerate(taxonomy) if theme.parent is None]
    found: Codes = (labeled.vectors @ queries[tops].T).argmax(axis=1)
    return found


def only_headings(taxonomy: Taxonomy, *, deep: bool) -> Taxonomy:
    """Leave of a taxonomy the names, with or without the sub-headings."""
    return Taxonomy(
        tuple(
            replace(theme, description="", keywords=(), seeds=()) for theme in taxonomy if deep or theme.parent is None
        )
    )


def zero_shot(encoded: Encoded) -> dict[str, Callable[[LabelSet], Codes]]:
    """Return the methods that need no labeled paper."""
    return {
        "ours": lambda labeled: tops_of(labeled, place(labeled)),
        "nearest heading": lambda s: nearest(s, only_headings(s.taxonomy, deep=False), encoded),
        "nearest heading + sub-headings": lambda s: nearest(s, only_headings(s.taxonomy, deep=True), encoded),
        "nearest, all that themes say": lambda s: nearest(s, s.taxonomy, encoded),
    }


def draws(labeled: LabelSet, count: int) -> Iterator[Draw]:
    """Draw three papers of each theme, the same ones each time; nothing where all themes are too small for that."""
    labels = np.array(labeled.labels)
    enough = [label for label, n in sorted(Counter(labeled.labels).items()) if n >= _SMALLEST]
    for draw in range(count if enough else 0):
        rng = np.random.default_rng(draw)
        seeds = {label: rng.choice(np.flatnonzero(labels == label), SEEDS, replace=False) for label in enough}
        used = {int(row) for rows in seeds.values() for row in rows}
        yield Draw(seeds, np.array([row for row in range(len(labels)) if row not in used and labels[row] in enough]))


def with_seeds(labeled: LabelSet, draw: Draw) -> Codes:
    """Place a set whose themes name their seeds."""
    themes = (
        replace(theme, seeds=tuple(labeled.papers[row].id for row in draw.seeds.get(theme.id, ())))
        for theme in labeled.taxonomy
    )
    grown = replace(labeled, taxonomy=Taxonomy(tuple(themes)))
    return tops_of(grown, place(grown))


def regression(labeled: LabelSet, draw: Draw) -> Codes:
    """Learn from the seeds alone."""
    used = np.concatenate(list(draw.seeds.values()))
    gold = gold_of(labeled)
    model = LogisticRegression(C=10, max_iter=2000, class_weight="balanced").fit(labeled.vectors[used], gold[used])
    return np.asarray(model.predict(labeled.vectors), dtype=np.intp)


def score(gold: Codes, predicted: Codes, rows: Codes | None = None) -> float:
    """Return macro-F1; a paper without a theme (-1) is a miss."""
    rows = np.arange(len(gold)) if rows is None else rows
    return macro_f1(gold[rows], np.where(predicted < 0, max(gold.max(), predicted.max()) + 1, predicted)[rows])
