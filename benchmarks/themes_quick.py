"""Compare ways to assign papers to given themes, over several kinds of human labels.

Run from the checkout, beside which ``../shared/corpora`` must lie::

    .venv/bin/python benchmarks/themes_quick.py [--vectors FILE.npz] [--per-category 45]

The first run encodes about 1,300 papers (1-2 minutes on two cores); with ``--vectors`` they are kept for the next.
Each row is a method, each column a label set, each value macro-F1 over the labels of that set:

- alignment: the survey authors' own five sections, themes of the shipped profile (without its seeds)
- sections: the same papers by sub-section, sub-themes of the shipped profile taken as a flat list
- lists, list-subs: papers of sibling lists under the same themes (alignment_ext.jsonl, all rows), both levels
- headings: those papers by the headings of their own lists, which are all that a theme has
- arxiv, arxiv-names: primary categories, with and without a description

The second table gives each theme three random seeds (mean of five draws, seeds left out of the score) against logistic
regression on the same seeds. The last line mixes alignment papers with arXiv papers of other subjects and says how
well the score of the nearest theme tells them apart (AUROC).
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from surveygen.config import Embed
from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.embed import Encoder, encode_papers
from surveygen.embed.sentence import make
from surveygen.themes import load_profile, macro_f1, theme_queries, theme_vectors
from surveygen.themes._evidence import WORD_WEIGHT, Scores, above_background, evidence
from surveygen.themes._gold import match
from surveygen.themes._tree import OWN_SHARE, lift, plant

HERE = Path(__file__).parent
CORPORA = HERE.parents[1] / "shared" / "corpora"


@dataclass(frozen=True)
class LabelSet:
    """Papers with one label each; `vectors` and `labels` in the order of `papers`, labels are ids of top themes."""

    name: str
    papers: tuple[Paper, ...]
    vectors: Vectors
    labels: tuple[str, ...]
    taxonomy: Taxonomy
    queries: Vectors


Method = Callable[[LabelSet], Scores]


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description="Compare ways to assign papers to themes.")
    parser.add_argument("--vectors", type=Path, help="keep the vectors of papers in this .npz file")
    parser.add_argument("--per-category", type=int, default=45, help="arXiv papers of each primary category")
    options = parser.parse_args()
    encoder = make(Embed(), tuple)
    sets = _label_sets(encoder, options.vectors, options.per_category)
    print(f"{'macro-F1':<30}" + "".join(f"{s.name:>12}" for s in sets) + f"{'mean':>8}", flush=True)
    for name, method in METHODS.items():
        values = [_score(s, _predict(s, method(s))) for s in sets]
        print(f"{name:<30}" + "".join(f"{value:12.3f}" for value in values) + f"{np.mean(values):8.3f}", flush=True)
    print("\nthree seeds a theme           ours  logistic regression")
    for labeled in sets:
        ours, theirs = np.mean([_seeded(labeled, draw) for draw in range(5)], axis=0)
        print(f"{labeled.name:<28}{ours:6.3f}{theirs:21.3f}", flush=True)
    print(f"\noff-subject papers, AUROC of the score: {_off_subject(sets[0], sets[-2]):.3f}")


def _name_only(labeled: LabelSet) -> Scores:
    bare = Taxonomy(tuple(Theme(t.id, t.name, t.parent) for t in labeled.taxonomy))
    named = replace(labeled, taxonomy=bare, queries=_queries(bare, make(Embed(), tuple)))
    return _tops(named, evidence(named.vectors, named.papers, bare, named.queries, word_weight=0))


def _own(labeled: LabelSet, word_weight: float) -> Scores:
    return evidence(labeled.vectors, labeled.papers, labeled.taxonomy, labeled.queries, word_weight=word_weight)


def _tops(labeled: LabelSet, scores: Scores) -> Scores:
    tops: Scores = scores[:, plant(labeled.taxonomy).tops]
    return tops


def _shipped(
    labeled: LabelSet, word_weight: float = WORD_WEIGHT, own_share: float = OWN_SHARE, background: float = 0.75
) -> Scores:
    own = above_background(_own(labeled, word_weight), share=background)
    return _tops(labeled, lift(own, plant(labeled.taxonomy), own_share=own_share))


def _centered(labeled: LabelSet) -> Scores:
    scores = _shipped(labeled, background=0)
    centered: Scores = scores - scores.mean(axis=0)
    return centered


def _self_trained(labeled: LabelSet) -> Scores:
    """Two rounds: the surest 30 % of each theme's papers give it a middle, which counts .3."""
    base = _shipped(labeled)
    scores = base
    for _ in range(2):
        best = scores.argmax(axis=1)
        ordered = np.sort(scores, axis=1)
        gap = ordered[:, -1] - ordered[:, -2]
        scores = base.copy()
        for theme in np.unique(best):
            members = np.flatnonzero(best == theme)
            surest = members[np.argsort(-gap[members], kind="stable")[: max(1, len(members) * 3 // 10)]]
            likeness = labeled.vectors @ unit_rows(labeled.vectors[surest].mean(axis=0, keepdims=True))[0]
            spread = base[:, theme].std() / max(float(likeness.std()), 1e-9)
            scores[:, theme] = 0.7 * base[:, theme] + 0.3 * (
                (likeness - likeness.mean()) * spread + base[:, theme].mean()
            )
    return scores


METHODS: dict[str, Method] = {
    "names (and sub-themes' names)": _name_only,
    "description + keywords": lambda s: _shipped(s, 0, 1, 0),
    "+ sub-themes lift parents": lambda s: _shipped(s, 0, background=0),
    "+ words, weight 1": lambda s: _shipped(s, 1, background=0),
    "+ words, weight 2": lambda s: _shipped(s, 2, background=0),
    "+ words, weight 3": lambda s: _shipped(s, background=0),
    "+ words, weight 4": lambda s: _shipped(s, 4, background=0),
    "+ background off, .5": lambda s: _shipped(s, background=0.5),
    "+ background off, .75 (ours)": _shipped,
    "+ background off, 1": lambda s: _shipped(s, background=1),
    "ours, no lifting": lambda s: _shipped(s, own_share=1),
    "ours, mean off instead": _centered,
    "ours, self-trained": _self_trained,
}


def _predict(labeled: LabelSet, scores: Scores) -> list[str]:
    tops = [theme.id for theme in labeled.taxonomy.children(None)]
    return [tops[column] for column in scores.argmax(axis=1)]


def _score(labeled: LabelSet, predicted: Sequence[str], rows: Sequence[int] | None = None) -> float:
    rows = range(len(labeled.labels)) if rows is None else rows
    code = {theme.id: n for n, theme in enumerate(labeled.taxonomy)}
    gold = np.array([code[ThemeId(labeled.labels[row])] for row in rows], dtype=np.intp)
    return macro_f1(gold, np.array([code[ThemeId(predicted[row])] for row in rows], dtype=np.intp))


def _seeded(labeled: LabelSet, draw: int) -> tuple[float, float]:
    """Return macro-F1 of ours and of logistic regression; labels of fewer than six papers get no seeds."""
    rng = np.random.default_rng(draw)
    labels = np.array(labeled.labels)
    enough = [label for label, n in sorted(Counter(labeled.labels).items()) if n >= 6]
    seeds = {label: rng.choice(np.flatnonzero(labels == label), 3, replace=False) for label in enough}
    used = np.concatenate(list(seeds.values()))
    rest = [row for row in range(len(labels)) if row not in set(used) and labels[row] in enough]
    grown = Taxonomy(
        tuple(replace(t, seeds=tuple(labeled.papers[row].id for row in seeds.get(t.id, ()))) for t in labeled.taxonomy)
    )
    ours = _predict(labeled, _shipped(replace(labeled, taxonomy=grown)))
    model = LogisticRegression(C=10, max_iter=2000, class_weight="balanced").fit(labeled.vectors[used], labels[used])
    return _score(labeled, ours, rest), _score(labeled, list(model.predict(labeled.vectors)), rest)


def _off_subject(inside: LabelSet, outside: LabelSet) -> float:
    mixed = replace(
        inside,
        papers=inside.papers + outside.papers,
        vectors=np.vstack([inside.vectors, outside.vectors]),
    )
    belongs = [1] * len(inside.papers) + [0] * len(outside.papers)
    return float(roc_auc_score(belongs, _shipped(mixed).max(axis=1)))


def _label_sets(encoder: Encoder, kept: Path | None, per_category: int) -> list[LabelSet]:
    core = [row for row in _rows("alignment.jsonl") if row["core"]]
    lists = _rows("alignment_ext.jsonl")
    arxiv = load_profile("arxiv_categories.toml", HERE).taxonomy
    general = _sample(per_category, {theme.id for theme in arxiv}, {row.get("arxiv_id") for row in [*core, *lists]})
    vectors = _vectors(encoder, [*core, *lists, *general], kept)
    shipped = load_profile("llm-alignment", HERE).taxonomy
    plain = Taxonomy(tuple(replace(theme, seeds=()) for theme in shipped))
    headings = [row["list_labels"][0][-1].replace("_", " ") for row in lists]
    common = {label for label, n in Counter(headings).items() if n >= 8}
    named = Taxonomy(tuple(Theme(ThemeId(label), label) for label in sorted(common)))
    bare = Taxonomy(tuple(Theme(theme.id, theme.name) for theme in arxiv))
    categories = [row["primary_category"] for row in general]
    made = [
        ("alignment", core, _level(core, plain, 1), plain),
        ("sections", core, _level(core, plain, 2), None),
        ("lists", lists, _level(lists, plain, 1), plain),
        ("list-subs", lists, _level(lists, plain, 2), None),
        ("headings", lists, [label if label in common else "" for label in headings], named),
        ("arxiv", general, categories, arxiv),
        ("arxiv-names", general, categories, bare),
    ]
    sets = []
    for name, rows, labels, given in made:
        pairs = [(_paper(row), label) for row, label in zip(rows, labels, strict=True) if label]
        stacked = np.stack([vectors[paper.id] for paper, _ in pairs])
        papers, said = tuple(paper for paper, _ in pairs), tuple(label for _, label in pairs)
        taxonomy = given or _flat(plain, labels)
        sets.append(LabelSet(name, papers, stacked, said, taxonomy, _queries(taxonomy, encoder)))
    return sets


def _queries(taxonomy: Taxonomy, encoder: Encoder) -> Vectors:
    texts = theme_queries(taxonomy)
    return theme_vectors(taxonomy, dict(zip(texts, encoder.encode(texts), strict=True))).vectors


def _level(rows: Sequence[Any], taxonomy: Taxonomy, level: int) -> list[str]:
    """Return the id at a level, the deepest known where the labels end above it."""
    paths = match({_paper(row).id: row["labels"] for row in rows}, taxonomy).paths
    return [paths[_paper(row).id][:level][-1] for row in rows]


def _flat(taxonomy: Taxonomy, labels: Sequence[str]) -> Taxonomy:
    """Make the themes that are labels one level; the names of their sub-themes stay as keywords."""
    used = [theme for theme in taxonomy if theme.id in set(labels)]
    return Taxonomy(
        tuple(
            replace(t, parent=None, keywords=(*t.keywords, *(child.name for child in taxonomy.children(t.id))))
            for t in used
        )
    )


def _rows(name: str) -> list[Any]:
    return [json.loads(line) for line in (CORPORA / name).read_text(encoding="utf-8").splitlines()]


def _sample(per_category: int, categories: set[ThemeId], taken: set[str]) -> list[Any]:
    """Take papers of each category at random, the same ones each time."""
    found: dict[str, list[Any]] = {category: [] for category in sorted(categories)}
    with gzip.open(CORPORA / "general.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row.get("primary_category") in found and row["arxiv_id"] not in taken:
                found[row["primary_category"]].append(row)
    rng = np.random.default_rng(5)
    return [rows[n] for rows in found.values() for n in sorted(rng.permutation(len(rows))[:per_category])]


def _paper(row: Any) -> Paper:  # noqa: ANN401  # a row of JSON
    return Paper(
        PaperId(row.get("arxiv_id") or row.get("acl_id") or row["title"]), row["title"], row.get("abstract") or ""
    )


def _vectors(encoder: Encoder, rows: Sequence[Any], kept: Path | None) -> dict[PaperId, NDArray[np.float32]]:
    papers = list({paper.id: paper for paper in map(_paper, rows)}.values())
    known: dict[str, NDArray[np.float32]] = dict(np.load(kept)) if kept is not None and kept.is_file() else {}
    fresh = [paper for paper in papers if paper.text_hash not in known]
    known |= dict(zip((paper.text_hash for paper in fresh), encode_papers(encoder, fresh), strict=True))
    if kept is not None and fresh:
        np.savez(kept, **known)  # type: ignore[arg-type]  # names of arrays, not of options
    return {paper.id: known[paper.text_hash] for paper in papers}


if __name__ == "__main__":
    main()
