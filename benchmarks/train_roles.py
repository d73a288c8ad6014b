"""Train the role classifier that summaries ship with, and print how well it does.

Run from the checkout: ``python benchmarks/train_roles.py ../shared/corpora/sentence_roles``. Writes numbers and single
words, no text, to src/surveygen/summarize/_roles_en.json.gz; the same data give the same bytes.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from surveygen.summarize import ROLE_LABELS, RoleClassifier, role_features

TARGET = Path(__file__).parents[1] / "src/surveygen/summarize/_roles_en.json.gz"
INVERSE_PENALTY = 0.025  # best micro-F1 on dev among 0.012, 0.015, 0.02, 0.025, 0.03, with 2 and 3 below
SMALLEST_WEIGHT = 0.02
MIN_SENTENCES = 3  # a feature seen in fewer is left out

Abstract = tuple[list[str], list[int]]


def main(folder: Path) -> None:
    """Train on the train file, write the weights, score both sources of the dev file."""
    train = read(folder / "train.jsonl.gz")
    rows, labels = flatten(train)
    vectorizer = DictVectorizer(dtype=np.float32)
    matrix = vectorizer.fit_transform(rows)
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=400).fit(matrix, labels)
    write(vectorizer.get_feature_names_out().tolist(), model.coef_, model.intercept_, train)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1000:.0f} kB")
    for source in ("csabstruct", "arxiv_structured"):
        report(source, read(folder / "dev.jsonl.gz", source), RoleClassifier.shipped())


def read(path: Path, source: str = "csabstruct") -> list[Abstract]:
    """Return the abstracts of one source: sentences, and the index of each one's label."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        (row["sentences"], [ROLE_LABELS.index(x) for x in row["labels"]]) for row in rows if row["source"] == source
    ]


def flatten(abstracts: Sequence[Abstract]) -> tuple[list[dict[str, float]], list[int]]:
    """Return one row of features and one label a sentence, without rare features."""
    named = [on for sentences, _ in abstracts for on in role_features(sentences)]
    seen = Counter(name for on in named for name in on)
    rows = [{name: strength for name, strength in on.items() if seen[name] >= MIN_SENTENCES} for on in named]
    return rows, [label for _, labels in abstracts for label in labels]


def write(names: list[str], weights: NDArray[np.float64], bias: NDArray[np.float64], train: Sequence[Abstract]) -> None:
    """Write what is needed to decode: weights in thousandths, biases, label shares, transitions."""
    moves = np.ones((len(ROLE_LABELS) + 1, len(ROLE_LABELS)))
    for _, labels in train:
        for before, after in zip([len(ROLE_LABELS), *labels], labels, strict=False):
            moves[before, after] += 1
    shares = np.bincount([label for _, labels in train for label in labels], minlength=len(ROLE_LABELS)).astype(float)
    weights_by_name = {
        name: [round(1000 * value) for value in column]
        for name, column in zip(names, weights.T, strict=True)
        if np.abs(column).max() >= SMALLEST_WEIGHT
    }
    data = {
        "weights": dict(sorted(weights_by_name.items())),
        "bias": [round(float(value), 4) for value in bias],
        "log_prior": [round(float(value), 4) for value in np.log(shares / shares.sum())],
        "log_moves": [[round(float(v), 4) for v in row] for row in np.log(moves / moves.sum(1, keepdims=True))],
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    TARGET.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def report(source: str, abstracts: Sequence[Abstract], model: RoleClassifier) -> None:
    """Print micro and macro F1, and how right the sure labels are."""
    sure = [model.marginals(sentences) for sentences, _ in abstracts]
    found = np.concatenate(sure)
    labels = np.array([label for _, labels in abstracts for label in labels])
    best = found.argmax(1)
    micro, macro = (f1_score(labels, best, average=kind, labels=sorted(set(labels))) for kind in ("micro", "macro"))
    print(f"{source}: {len(labels)} sentences, micro-F1 {micro:.3f}, macro-F1 {macro:.3f}")
    for least in (0.5, 0.6, 0.7):
        chosen = found.max(1) >= least
        print(f"  marginal >= {least}: right {np.mean(best[chosen] == labels[chosen]):.3f}, of all {chosen.mean():.3f}")
    for index, label in enumerate(ROLE_LABELS):
        chosen = found[:, index] >= 0.6
        if chosen.any():
            print(f"  {label} >= 0.6: right {np.mean(labels[chosen] == index):.3f} ({chosen.sum()} sentences)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
