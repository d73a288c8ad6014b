"""Evaluate assignments and headings against people's labels and outlines."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Vectors
from surveygen.domain.evaluation import (
    Calibration,
    ConfidenceBin,
    Evaluation,
    HeadingScore,
    MetricEstimate,
    ThemeScore,
)
from surveygen.domain.paper import PaperId, derived_id, parse_arxiv_id
from surveygen.domain.text import MAX_TITLE, clean
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId
from surveygen.errors import ThemeError
from surveygen.themes.profile import load_profile

__all__ = [
    "Gold",
    "calibrate",
    "compare_headings",
    "evaluate",
    "gold_depth",
    "macro_f1",
    "match_labels",
    "purity",
    "read_gold",
    "read_outline",
]

Gold = Mapping[PaperId, Sequence[str]]
"""One path of labels for each paper, from the top theme down."""

Codes = NDArray[np.intp]
RESAMPLES = 200
_SEED = 0
_BINS = 10
# What stands before the words of a heading: marks of Markdown and of lists, numbers such as "2.1" or "IV."
_HEADING_MARK = re.compile(r"^\s*(?:[#*+–—-]+\s*|\(?(?:\d+(?:\.\d+)*|[A-Z]|[IVXLC]+)[.)]\s+|\d+(?:\.\d+)+\s+)*")


def evaluate(
    gold: Gold, assignments: Sequence[Assignment], taxonomy: Taxonomy, level: int = 1, *, resamples: int = RESAMPLES
) -> Evaluation:
    """Compare assignments with the labels that people gave.

    Args:
        gold: for each paper one path of labels, from the top theme down: ids or names of themes, or their beginnings.
        assignments: those of the survey; papers without a label are ignored.
        taxonomy: the themes of both.
        level: 1 compares top themes, 2 their children, and so on; papers whose label ends above it are left out. A
            paper that was assigned to a theme above the level is compared as that theme.
        resamples: draws of the bootstrap.

    Raises:
        ThemeError: no paper can be compared.
    """
    matched = match_labels(gold, taxonomy)
    labeled = {paper: path[level - 1] for paper, path in matched.paths.items() if len(path) >= level}
    assigned = {item.paper: item for item in assignments}
    in_survey = [paper for paper in labeled if paper in assigned]
    compared = [paper for paper in in_survey if assigned[paper].method not in {"seed", "person"}]
    if not compared:
        unknown = f"; not in the taxonomy: {', '.join(matched.unknown[:5])}" if matched.unknown else ""
        raise ThemeError(
            f"no labeled paper of level {level} can be compared with the survey{unknown}",
            "check that ids and labels of the gold file are those of the survey",
        )
    true = [labeled[paper] for paper in compared]
    predicted = [assigned[paper].path[:level][-1] for paper in compared]
    pairs = list(zip(true, predicted, strict=True))
    scores = []
    for theme in (theme.id for theme in taxonomy if theme.id in set(true)):
        hits, in_gold, size = pairs.count((theme, theme)), true.count(theme), predicted.count(theme)
        precision = hits / size if size else 0.0
        scores.append(ThemeScore(theme, precision, hits / in_gold, 2 * hits / (in_gold + size), in_gold, size))
    confused = [(label, theme, papers) for (label, theme), papers in Counter(pairs).items() if label != theme]
    return Evaluation(
        level=level,
        papers=len(compared),
        seeds=len(in_survey) - len(compared),
        missing=len(labeled) - len(in_survey),
        unknown=matched.unknown,
        figures=_estimates(true, predicted, resamples),
        themes=tuple(scores),
        confusion=tuple(sorted(confused, key=lambda row: (-row[2], row[0], row[1]))),
        calibration=calibrate([assigned[paper] for paper in compared], [label == theme for label, theme in pairs]),
    )


def _estimates(true: Sequence[str], predicted: Sequence[str], resamples: int) -> tuple[MetricEstimate, ...]:
    """Compute each measure with its bootstrap interval."""
    from sklearn import metrics  # noqa: PLC0415  # slow to import; only to evaluate

    measures: dict[str, Callable[[Codes, Codes], float]] = {
        "macro_f1": macro_f1,
        "accuracy": lambda gold, predicted: float((gold == predicted).mean()),
        "nmi": metrics.normalized_mutual_info_score,
        "ami": metrics.adjusted_mutual_info_score,
        "ari": metrics.adjusted_rand_score,
        "v_measure": metrics.v_measure_score,
        "purity": purity,
    }
    names = sorted({*true, *predicted})
    code = {name: n for n, name in enumerate(names)}
    true_codes = np.array([code[name] for name in true], dtype=np.intp)
    predicted_codes = np.array([code[name] for name in predicted], dtype=np.intp)
    rng = np.random.default_rng(_SEED)
    draws = rng.integers(len(true_codes), size=(resamples, len(true_codes)))
    estimates = []
    for name, measure in measures.items():
        spread = [measure(true_codes[draw], predicted_codes[draw]) for draw in draws]
        low, high = np.quantile(spread, [0.025, 0.975])
        estimates.append(MetricEstimate(name, float(measure(true_codes, predicted_codes)), float(low), float(high)))
    return tuple(estimates)


def macro_f1(gold: Codes, predicted: Codes) -> float:
    """Return the mean F1 over the classes of `gold`; `(n,)` integer codes from 0."""
    table = _contingency(gold, predicted)
    hits, true, assigned = np.diag(table), table.sum(axis=1), table.sum(axis=0)
    used = true > 0
    return float((2 * hits[used] / (true + assigned)[used]).mean())


def purity(gold: Codes, predicted: Codes) -> float:
    """Return the share of papers that belong to the most frequent class of their theme; integer codes from 0."""
    return float(_contingency(gold, predicted).max(axis=0).sum() / len(gold))


def _contingency(gold: Codes, predicted: Codes) -> NDArray[np.intp]:
    size = int(max(gold.max(), predicted.max())) + 1
    counts = np.bincount(gold * size + predicted, minlength=size * size)
    table: NDArray[np.intp] = counts.reshape(size, size)
    return table


def calibrate(assignments: Sequence[Assignment], correct: Sequence[bool]) -> Calibration | None:
    """Return the calibration of the confidence, None if no assignment has one.

    Args:
        assignments: at least one; `Assignment.confidence` lies between 0 and 1, and 0 means that there is none.
        correct: in the same order, whether people chose the same theme.
    """
    confidence = np.array([float(getattr(item, "confidence", 0.0)) for item in assignments])
    if not confidence.any():
        return None
    hits = np.asarray(correct, dtype=np.float64)
    bin_of = np.minimum((confidence * _BINS).astype(np.intp), _BINS - 1)
    bins = [
        ConfidenceBin(int(inside.sum()), float(confidence[inside].mean()), float(hits[inside].mean()))
        for inside in (bin_of == n for n in range(_BINS))
        if inside.any()
    ]
    error = sum(bin_.papers * abs(bin_.confidence - bin_.accuracy) for bin_ in bins) / len(confidence)
    return Calibration(error, tuple(bins))


def compare_headings(ours: Vectors, theirs: Vectors) -> HeadingScore:
    """Return soft precision, recall and F1 of headings, as STORM measures outlines (Shao et al., arXiv 2402.14207).

    A set of headings counts by its soft cardinality (Fränti and Mariescu-Istodor, Soft precision and recall, Pattern
    Recognition Letters 167, 2023): each heading counts one over the sum of its similarities to all, so that two with
    the same meaning count as one. Similarity is the cosine, at least 0. The intersection is |A| + |B| - |A ∪ B|.

    Args:
        ours: `(n, dim)` float32, rows of length 1 (or of zeros), of the survey's headings; n at least 1.
        theirs: the same of the outline's headings.
    """
    shared = _soft_cardinality(ours) + _soft_cardinality(theirs) - _soft_cardinality(np.vstack([ours, theirs]))
    precision, recall = (float(np.clip(shared / _soft_cardinality(side), 0, 1)) for side in (ours, theirs))
    total = precision + recall
    return HeadingScore(len(ours), len(theirs), precision, recall, 2 * precision * recall / total if total else 0.0)


def _soft_cardinality(vectors: Vectors) -> float:
    similarity = np.maximum((vectors @ vectors.T).astype(np.float64), 0)
    np.fill_diagonal(similarity, 1)  # a heading without a vector is still similar to itself
    return float((1 / similarity.sum(axis=1)).sum())


def read_gold(path: Path) -> dict[PaperId, tuple[str, ...]]:
    """Read a JSONL file of `arxiv_id` (or `id`, or `title`) and `labels`, one path from the top theme down.

    Lines without labels are skipped, and so are lines with `"core": false`: papers that a list names without putting
    them under a theme. A paper without an id gets the one that an import of the same line gives it.

    Raises:
        ThemeError: the file cannot be read, a line is not a JSON object, or no line has labels.
    """
    gold: dict[PaperId, tuple[str, ...]] = {}
    for number, line in enumerate(_read_text(path).split("\n"), start=1):
        if line.strip():
            where = f"{path}, line {number}"
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ThemeError(f"{where}: not JSON: {error}", "fix the line") from error
            if not isinstance(row, dict):
                raise ThemeError(f"{where}: not a JSON object", "fix the line")
            given_id, title, labels = row.get("arxiv_id") or row.get("id"), row.get("title"), row.get("labels")
            if not (given_id or title) or not isinstance(labels, list) or not labels or row.get("core") is False:
                continue
            if given_id:
                parsed = parse_arxiv_id(str(given_id))
                paper = parsed[0] if parsed else PaperId(str(given_id))
            else:
                paper = derived_id(clean(str(title), MAX_TITLE), str(row.get("doi") or ""))
            gold[paper] = tuple(str(label) for label in labels)
    if not gold:
        example = '{"id": "2107.05580", "labels": ["outer"]}'
        raise ThemeError(f"{path}: no line has an id and labels", f"write lines like {example}")
    return gold


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ThemeError(f"{path}: cannot be read: {error}", "check the path") from error


@dataclass(frozen=True, slots=True)
class MatchedLabels:
    """Paths of themes by paper, as deep as the labels could be matched; `unknown` are labels that match no theme."""

    paths: Mapping[PaperId, tuple[ThemeId, ...]]
    unknown: tuple[str, ...]


def match_labels(gold: Gold, taxonomy: Taxonomy) -> MatchedLabels:
    """Match each path of labels with the taxonomy, level by level.

    A label is the id or a name of a theme, in any letter case, or the beginning of exactly one of them.
    """
    paths: dict[PaperId, tuple[ThemeId, ...]] = {}
    unknown: set[str] = set()
    for paper in sorted(gold):
        path: list[ThemeId] = []
        for label in gold[paper]:
            wanted = label.strip().casefold()
            names_of = {
                theme.id: {name.casefold() for name in (theme.id, theme.name, *dict(theme.names).values())}
                for theme in taxonomy.children(path[-1] if path else None)
            }
            found = [theme for theme, names in names_of.items() if wanted in names][:1]
            if not found and wanted:
                found = [theme for theme, names in names_of.items() if any(name.startswith(wanted) for name in names)]
            if len(found) != 1:
                unknown.add(label)
                break
            path += found
        if path:
            paths[paper] = tuple(path)
    return MatchedLabels(paths, tuple(sorted(unknown)))


def gold_depth(gold: Gold, taxonomy: Taxonomy) -> int:
    """Return the deepest level at which some label matches a theme; 0 if none does."""
    return max((len(path) for path in match_labels(gold, taxonomy).paths.values()), default=0)


def read_outline(path: Path) -> tuple[str, ...]:
    """Read the headings of an outline without repeats: a taxonomy TOML, or one heading a line.

    Marks of headings and lists, and numbers, are removed.

    Raises:
        ThemeError: the file cannot be read, or has no headings. ConfigError: a TOML file is not a taxonomy.
    """
    if path.suffix == ".toml":
        names = [theme.name for theme in load_profile(str(path.absolute()), path.parent).taxonomy]
    else:
        names = [_HEADING_MARK.sub("", line).strip() for line in _read_text(path).splitlines()]
    headings = tuple(dict.fromkeys(name for name in names if name))
    if not headings:
        raise ThemeError(f"{path}: no headings", "write one heading a line")
    return headings
