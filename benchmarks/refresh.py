"""Time a refresh that brings 100 new papers, stage by stage, beside a full build.

Usage: PYTHONPATH=tests python benchmarks/refresh.py [--papers 1000 10000 50000] [--vectors FILE.npz] [--corpus FILE]

The papers come over HTTP from the small arXiv of the tests, without a pause between requests. Each refresh runs in a
process of its own, as the refreshes of a user do: libraries and the model are loaded again each time. With
``--vectors`` (arrays `keys`, the text hashes of the corpus in its order, and `vectors`) the papers of the first
refresh are not embedded again; what that saves is added at the speed that the encoder, once loaded, has on some of
them. Compare ratios: times depend on the machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from arxiv_oai import Sizes
from arxiv_server import Replica, serving
from arxiv_world import State, Version, World
from harvest_project import edge_at, project_at
from surveygen import pipeline
from surveygen.config import EmbedSettings, Project
from surveygen.corpus import Store
from surveygen.domain.paper import Paper, PaperId
from surveygen.embed import encode_papers, papers_fingerprint
from surveygen.embed.sentence import make as make_encoder

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "general.jsonl.gz"
NEW = 100
_TRIED = 256  # papers that tell the speed of the encoder
THEN, NOW = "2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"


class Stopwatch(pipeline.NullProgress):
    """Notes the wall time of each stage and its number of steps."""

    def __init__(self) -> None:
        """Start with nothing noted."""
        self.stages: dict[str, tuple[float, int | None]] = {}

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Time one stage."""
        start = time.perf_counter()
        yield lambda _steps: None
        self.stages[name] = (time.perf_counter() - start, total)


def main() -> None:
    """Run each size and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not asked.corpus.is_file():
        parser.error(f"{asked.corpus} is not there: name a JSONL file with --corpus")
    if asked.one:
        measure(asked.papers[0], asked.corpus, asked.vectors)
        return
    for count in asked.papers:
        words = ["--one", "--papers", str(count), "--corpus", str(asked.corpus)]
        words += ["--vectors", str(asked.vectors)] if asked.vectors else []
        subprocess.run([sys.executable, __file__, *words], check=True)


def measure(count: int, corpus: Path, vectors: Path | None) -> None:
    """Refresh an empty survey, then one with new papers, then one without; print the stages and the ratios."""
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, count + NEW)]
    world = World([state(row, new=n >= count) for n, row in enumerate(rows)], THEN)
    with tempfile.TemporaryDirectory() as folder, serving(Replica(world=world, sizes=Sizes(2500, 20_000))) as replica:
        project = project_at(Path(folder), replica, sets=("x",))
        if vectors is not None:
            lend(project, vectors, count)
        print(f"\n{count} papers, {NEW} new", flush=True)
        full = in_a_process("first refresh", project)
        world.now = NOW
        fresh = in_a_process(f"refresh with {NEW} new", project)
        idle = in_a_process("refresh with nothing new", project)
        report(full, fresh, idle, saved=count * seconds_a_paper(rows) if vectors is not None else 0.0)


def in_a_process(name: str, project: Project) -> dict[str, float]:
    """Refresh once in a new interpreter; return the seconds of its stages."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(timed, name, project).result()


def seconds_a_paper(rows: list[dict[str, Any]]) -> float:
    """Embed some papers with a model that is loaded already."""
    encoder = make_encoder(EmbedSettings(), tuple)
    papers = [Paper(PaperId(row["arxiv_id"]), row["title"], row.get("abstract") or "") for row in rows[:_TRIED]]
    encode_papers(encoder, papers[:8])
    start = time.perf_counter()
    encode_papers(encoder, papers)
    return (time.perf_counter() - start) / len(papers)


def report(full: dict[str, float], fresh: dict[str, float], idle: dict[str, float], *, saved: float) -> None:
    """Print how the refreshes compare with a full build."""
    build = sum(taken for stage, taken in full.items() if stage != "harvest") + saved
    if saved:
        print(f"  embedding the papers of the first refresh would take {saved:.0f} s, added to a full build")
    ratio, nothing = (sum(stages.values()) / build for stages in (fresh, idle))
    print(f"  full build {build:.1f} s    refresh with {NEW} / full {ratio:.4f}    with nothing new {nothing:.4f}")


def timed(name: str, project: Project) -> dict[str, float]:
    """Refresh once; print and return the seconds of its stages, with what lies between them as "rest".

    Imports are in "rest" as far as they come before a stage.
    """
    watch = Stopwatch()
    start = time.perf_counter()
    pipeline.refresh(project, watch, deps=edge_at(project.root))
    seconds = time.perf_counter() - start
    stages = {stage: taken for stage, (taken, _) in watch.stages.items()}
    stages["rest"] = seconds - sum(stages.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {name:<26}{seconds:10.2f} s{peak:10.0f} MB at most", flush=True)
    for stage, taken in stages.items():
        print(f"    {stage:<24}{taken:10.2f} s", flush=True)
    return stages


def state(row: dict[str, Any], *, new: bool) -> State:
    """Make a paper of the small arXiv from a real one."""
    at = "2026-01-02T10:00:00Z" if new else "2025-12-01T10:00:00Z"
    words = {"title": row["title"], "abstract": row.get("abstract") or "", "authors": ", ".join(row["authors"])}
    return State(row["arxiv_id"], at, (Version(1, at),), categories="x").corrected(at, **words)


def lend(project: Project, file: Path, count: int) -> None:
    """Put vectors into the store before any paper is there."""
    known = np.load(file)
    encoder = papers_fingerprint(make_encoder(project.settings.embed, tuple))
    with Store.open(project.database) as store:
        for start in range(0, count, 5000):
            part = slice(start, min(start + 5000, count))
            rows = known["vectors"][part].astype(np.float32)
            store.cache.put_vectors([str(key) for key in known["keys"][part]], rows, encoder)


if __name__ == "__main__":
    main()
