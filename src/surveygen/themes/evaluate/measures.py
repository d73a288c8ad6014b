"""Measure how far assignments agree with people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.evaluation import Evaluation, MetricEstimate, ThemeScore
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId
from surveygen.errors import ThemeError
from surveygen.themes.evaluate.calibration import calibrate
from surveygen.themes.evaluate.gold import Gold, match

Codes = NDArray[np.intp]
RESAMPLES = 200
_SEED = 0


def evaluate(
    gold: Gold, assignments: Sequence[Assignment], taxonomy: Taxonomy, level: int = 1, *, resamples: int = RESAMPLES
) -> Evaluation:
    """Compare assignments with what people said.

    Args:
        gold: for each paper one path of labels, from the top theme down: ids or names of themes, or their beginnings.
        assignments: those of the survey; papers without a label are ignored.
        taxonomy: the themes of both.
        level: 1 compares top themes, 2 their children, and so on; papers whose label ends above it are left out. A
            paper that was left at a node above the level is compared as that node.
        resamples: draws of the bootstrap.

    Raises:
        ThemeError: no paper can be compared.
    """
    matched = match(gold, taxonomy)
    wanted = {paper: path[level - 1] for paper, path in matched.paths.items() if len(path) >= level}
    placed = {found.paper: found for found in assignments}
    free = [paper for paper in wanted if paper in placed and placed[paper].method not in {"seed", "person"}]
    if not free:
        unknown = f"; not in the taxonomy: {', '.join(matched.unknown[:5])}" if matched.unknown else ""
        raise ThemeError(
            f"no labeled paper of level {level} can be compared with the survey{unknown}",
            "check that ids and labels of the gold file are those of the survey",
        )
    said = [wanted[paper] for paper in free]
    done = [placed[paper].path[:level][-1] for paper in free]
    return Evaluation(
        level=level,
        papers=len(free),
        seeds=sum(paper in placed for paper in wanted) - len(free),
        missing=sum(paper not in placed for paper in wanted),
        unknown=matched.unknown,
        figures=_figures(said, done, resamples),
        themes=_theme_scores(said, done, taxonomy),
        confusion=_confusion(said, done),
        calibration=calibrate([placed[paper] for paper in free], [a == b for a, b in zip(said, done, strict=True)]),
    )


def _figures(said: Sequence[str], done: Sequence[str], resamples: int) -> tuple[MetricEstimate, ...]:
    names = sorted({*said, *done})
    code = {name: n for n, name in enumerate(names)}
    gold = np.array([code[name] for name in said], dtype=np.intp)
    predicted = np.array([code[name] for name in done], dtype=np.intp)
    rng = np.random.default_rng(_SEED)
    draws = rng.integers(len(gold), size=(resamples, len(gold)))
    figures = []
    for name, measure in _measures().items():
        spread = [measure(gold[draw], predicted[draw]) for draw in draws]
        low, high = np.quantile(spread, [0.025, 0.975])
        figures.append(MetricEstimate(name, float(measure(gold, predicted)), float(low), float(high)))
    return tuple(figures)


def _measures() -> Mapping[str, Callable[[Codes, Codes], float]]:
    from sklearn import metrics  # noqa: PLC0415  # slow to import; only to evaluate

    return {
        "macro_f1": macro_f1,
        "accuracy": lambda gold, predicted: float((gold == predicted).mean()),
        "nmi": metrics.normalized_mutual_info_score,
        "ami": metrics.adjusted_mutual_info_score,
        "ari": metrics.adjusted_rand_score,
        "v_measure": metrics.v_measure_score,
        "purity": purity,
    }


def macro_f1(gold: Codes, predicted: Codes) -> float:
    """Return the mean F1 over the classes of `gold`; `(n,)` integer codes from 0."""
    table = _table(gold, predicted)
    hits, wanted, found = np.diag(table), table.sum(axis=1), table.sum(axis=0)
    used = wanted > 0
    return float((2 * hits[used] / (wanted + found)[used]).mean())


def purity(gold: Codes, predicted: Codes) -> float:
    """Return the share of papers that belong to the most frequent class of their theme; integer codes from 0."""
    return float(_table(gold, predicted).max(axis=0).sum() / len(gold))


def _table(gold: Codes, predicted: Codes) -> NDArray[np.intp]:
    size = int(max(gold.max(), predicted.max())) + 1
    counts = np.bincount(gold * size + predicted, minlength=size * size)
    table: NDArray[np.intp] = counts.reshape(size, size)
    return table


def _theme_scores(said: Sequence[ThemeId], done: Sequence[ThemeId], taxonomy: Taxonomy) -> tuple[ThemeScore, ...]:
    scores = []
    for theme in (theme.id for theme in taxonomy if theme.id in set(said)):
        hits = sum(a == b == theme for a, b in zip(said, done, strict=True))
        gold, predicted = said.count(theme), done.count(theme)
        precision = hits / predicted if predicted else 0.0
        scores.append(ThemeScore(theme, precision, hits / gold, 2 * hits / (gold + predicted), gold, predicted))
    return tuple(scores)


def _confusion(said: Sequence[ThemeId], done: Sequence[ThemeId]) -> tuple[tuple[ThemeId, ThemeId, int], ...]:
    pairs: dict[tuple[ThemeId, ThemeId], int] = {}
    for pair in zip(said, done, strict=True):
        pairs[pair] = pairs.get(pair, 0) + 1
    rows = [(gold, predicted, n) for (gold, predicted), n in pairs.items() if gold != predicted]
    return tuple(sorted(rows, key=lambda row: (-row[2], row[0], row[1])))
