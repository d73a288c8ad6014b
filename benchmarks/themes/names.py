"""Measure the names and definitions of induced themes.

Run from the checkout, beside which ``../shared/corpora`` must lie::

    .venv/bin/python benchmarks/themes/names.py --vectors /tmp/names.npz --save /tmp/after.json
    .venv/bin/python benchmarks/themes/names.py --vectors /tmp/names.npz --against /tmp/before.json
    .venv/bin/python benchmarks/themes/names.py --vectors /tmp/names.npz --read 30

The first run encodes some 3,900 papers (minutes); with ``--vectors`` the vectors are kept. For each subject it prints

- duplicates: names of the tree that are equal after folding case, hyphens, plurals and acronyms,
- assigned back: each member is given to the sibling whose name and definition are nearest to it, by the sentence
  encoder; the share of members that return to their own theme, beside the share expected by chance and, with
  ``--against``, beside the same for names that were saved by another version (``--save``) for the same clusters.

Subjects marked * are for judging: nothing was chosen on them. ``--read N`` prints the name, the definition and ten
titles of N themes of the subjects for judging, to be read.
"""

from __future__ import annotations

import argparse
import gzip
import inspect
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from surveygen.config import EmbedSettings, ThemeSettings
from surveygen.domain.embedding import Embeddings, Vectors, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.embed import encode_papers
from surveygen.embed.sentence import SentenceEncoder, make
from surveygen.themes.induce import KMeansInducer

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
_TITLES = 10  # of a theme that is read


@dataclass(frozen=True)
class Subject:
    """Papers of general.jsonl.gz whose text matches `words` and whose category begins with `category`."""

    title: str
    words: str
    category: str = ""
    judge: bool = True


SUBJECTS = (
    Subject("Low-resource machine translation", r"low-resource.*translation|neural machine translation", judge=False),
    Subject("Genetic and evolutionary algorithms", r"genetic algorithm|evolutionary algorithm", judge=False),
    Subject("Language models in clinical practice", r"clinical|medical record|radiology|patients", judge=False),
    Subject("Computer security", "", "cs.CR", judge=False),
    Subject("Alignment of language models", r"alignment of (large )?language|\brlhf\b|reward model", judge=False),
    Subject("Question answering", r"question answering"),
    Subject("Sentiment analysis", r"sentiment|opinion mining"),
    Subject("Planning and search", r"\bplanning\b|heuristic search", "cs.AI"),
    Subject("Artificial intelligence in education", r"student|classroom|tutor", "cs.CY"),
    Subject("Information retrieval", "", "cs.IR"),
    Subject("Molecules, genes and proteins", r"protein|molecul|\bgenes?\b|genom|\bdrugs?\b"),
    Subject("Physics", r"\bphysics|physical system|quantum|thermodynamic|astronom"),
)
_PER_SUBJECT = 330

Tree = list[dict[str, Any]]  # of each theme: id, parent, name, description, members


def main() -> None:
    """Print the table, or themes to be read."""
    parser = argparse.ArgumentParser(description="Measure the names and definitions of induced themes.")
    parser.add_argument("--vectors", type=Path, help="keep vectors in this .npz file")
    parser.add_argument("--save", type=Path, help="write the themes to this file")
    parser.add_argument("--against", type=Path, help="themes that another version saved")
    parser.add_argument("--read", type=int, metavar="N", help="print N themes of the subjects for judging")
    parser.add_argument("--tuned", action="store_true", help="read themes of the other subjects instead")
    options = parser.parse_args()
    encoder = make(EmbedSettings(), list)
    vectors = _Vectors(encoder, options.vectors)
    papers = {subject.title: _papers(subject) for subject in SUBJECTS}
    trees = {subject.title: _induce(subject, papers[subject.title], vectors) for subject in SUBJECTS}
    if options.save:
        options.save.write_text(json.dumps(trees), encoding="utf-8")
    before = json.loads(options.against.read_text(encoding="utf-8")) if options.against else {}
    if options.read:
        _print_themes(options.read, trees, before, papers, judge=not options.tuned)
    else:
        _print_table(trees, before, papers, vectors)


class _Vectors:
    """Vectors of papers and texts; those of papers are kept in a file."""

    def __init__(self, encoder: SentenceEncoder, path: Path | None) -> None:
        self.encoder, self._path = encoder, path
        self._known: dict[str, Vectors] = {}
        if path and path.exists():
            stored = np.load(path)
            self._known = dict(zip(stored["ids"].tolist(), stored["vectors"], strict=True))

    def of(self, papers: Sequence[Paper]) -> Vectors:
        """Return `(n, dim)` float32, rows of length 1."""
        new = [paper for paper in papers if paper.id not in self._known]
        if new:
            self._known |= zip([paper.id for paper in new], encode_papers(self.encoder, new), strict=True)
            if self._path:
                np.savez(self._path, ids=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
        return np.stack([self._known[paper.id] for paper in papers])


def _papers(subject: Subject) -> list[Paper]:
    words = re.compile(subject.words, re.IGNORECASE)
    with gzip.open(CORPORA / "general.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    chosen = [
        Paper(PaperId(row["arxiv_id"]), row["title"], row["abstract"])
        for row in rows
        if len(row.get("abstract") or "") > 300
        and (row.get("primary_category") or "").startswith(subject.category)
        and words.search(f"{row['title']} {row['abstract']}")
    ]
    random.Random(subject.title).shuffle(chosen)  # noqa: S311  # nothing secret
    return sorted({paper.id: paper for paper in chosen[:_PER_SUBJECT]}.values(), key=lambda paper: paper.id)


def _induce(subject: Subject, papers: list[Paper], vectors: _Vectors) -> Tree:
    rows = vectors.of(papers)
    embeddings = Embeddings(tuple(paper.id for paper in papers), rows, vectors.encoder.fingerprint)
    inducer: Callable[..., Any] = KMeansInducer(ThemeSettings()).induce
    more = {"title": subject.title} if "title" in inspect.signature(inducer).parameters else {}
    started = time.process_time()
    themes, assignments = inducer(embeddings, papers, parent=None, reserved_ids=frozenset(), seed=0, **more)
    print(f"{subject.title}: {len(themes)} themes, {time.process_time() - started:.1f} s", flush=True)
    return [
        {
            "id": theme.id,
            "parent": theme.parent,
            "name": theme.name,
            "description": theme.description,
            "members": [item.paper for item in assignments if theme.id in item.path],
        }
        for theme in themes
    ]


def _fold(name: str) -> str:
    """Return a name without case, hyphens, spaces and plural endings."""
    words = re.split(r"[\s-]+", name.casefold())
    return "".join(re.sub(r"(?<=[^s])s$", "", re.sub(r"ies$", "y", word)) for word in words)


def _assigned_back(tree: Tree, papers: Sequence[Paper], vectors: _Vectors) -> tuple[float, float, int]:
    """Return the share of members that are nearest to their own theme, that by chance, and the number of decisions."""
    row_of = dict(zip([paper.id for paper in papers], vectors.of(papers), strict=True))
    right, chance, total = 0, 0.0, 0
    for parent in {theme["parent"] for theme in tree}:
        siblings = [theme for theme in tree if theme["parent"] == parent]
        if len(siblings) < 2:
            continue
        texts = unit_rows(vectors.encoder.encode([f"{theme['name']}. {theme['description']}" for theme in siblings]))
        for number, theme in enumerate(siblings):
            nearest = (np.stack([row_of[paper] for paper in theme["members"]]) @ texts.T).argmax(axis=1)
            right += int((nearest == number).sum())
            chance += len(theme["members"]) / len(siblings)
            total += len(theme["members"])
    return right / total, chance / total, total


def _print_table(
    trees: dict[str, Tree], before: dict[str, Tree], papers: dict[str, list[Paper]], vectors: _Vectors
) -> None:
    print(f"\n{'subject':<40}{'themes':>7}{'duplicates':>11}{'back':>7}{'chance':>8}{'before':>8}{'ratio':>7}")
    ratios: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for subject in SUBJECTS:
        tree = trees[subject.title]
        counts = Counter(_fold(theme["name"]) for theme in tree)
        back, chance, _ = _assigned_back(tree, papers[subject.title], vectors)
        cells = ""
        if before:
            old, _, _ = _assigned_back(before[subject.title], papers[subject.title], vectors)
            ratios[subject.judge].append((back, old))
            cells = f"{old:8.3f}{back / old:7.2f}"
        name = subject.title + ("*" if subject.judge else "")
        duplicates = sum(n - 1 for n in counts.values())
        print(f"{name:<40}{len(tree):>7}{duplicates:>11}{back:7.3f}{chance:8.3f}{cells}")
    for judge, pairs in ratios.items():
        if pairs:
            new, old = np.mean(pairs, axis=0)
            print(f"{'mean of *' if judge else 'mean of the others':<40}{new:25.3f}{old:16.3f}{new / old:7.2f}")


def _print_themes(
    number: int, trees: dict[str, Tree], before: dict[str, Tree], papers: dict[str, list[Paper]], *, judge: bool
) -> None:
    titles = {paper.id: paper.title for of_subject in papers.values() for paper in of_subject}
    subjects = [subject for subject in SUBJECTS if subject.judge == judge]
    pairs = [(subject.title, n) for subject in subjects for n in range(len(trees[subject.title]))]
    chosen = random.Random(0).sample(pairs, min(number, len(pairs)))  # noqa: S311  # nothing secret
    for subject, n in sorted(chosen):
        theme = trees[subject][n]
        parent = next((other["name"] for other in trees[subject] if other["id"] == theme["parent"]), "")
        print(f"\n{subject}{f' > {parent}' if parent else ''}")
        if before:
            old = before[subject][n]
            print(f"  before: {old['name']} -- {old['description']}")
        print(f"  name: {theme['name']} -- {theme['description']}")
        shown = random.Random(1).sample(theme["members"], min(_TITLES, len(theme["members"])))  # noqa: S311  # nothing secret
        for paper in shown:
            print(f"    {titles[paper]}")


if __name__ == "__main__":
    main()
