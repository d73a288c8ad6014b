"""Time the stages of a build on real papers, how they grow, and how much a second build and 20 new papers cost.

Usage: python benchmarks/stages.py [--papers 1000 10000] [--encoder sentence] [--corpus FILE.jsonl.gz]

Each size runs in a process of its own, so that its peak memory is its own. Compare ratios: times depend on the machine.
After the last size, each stage is compared with that of the size before, and with work that grows as n log n.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice, pairwise
from pathlib import Path

from surveygen import pipeline
from surveygen.config import Project, find_project

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "general.jsonl.gz"
NEW = 20  # papers added before the third build


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
    parser.add_argument("--encoder", default="sentence", choices=["sentence", "lsa"])
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--record", type=Path, help=argparse.SUPPRESS)  # where a process of one size leaves its times
    asked = parser.parse_args()
    if not asked.corpus.is_file():
        parser.error(f"{asked.corpus} is not there: name a JSONL file with --corpus")
    if asked.record:
        asked.record.write_text(json.dumps(measure(asked.papers[0], asked.encoder, asked.corpus)), encoding="utf-8")
        return
    times: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        for count in asked.papers:
            words = ["--papers", str(count), "--encoder", asked.encoder, "--corpus", str(asked.corpus)]
            record = Path(folder) / str(count)
            subprocess.run([sys.executable, __file__, *words, "--record", str(record)], check=True)
            times.append(json.loads(record.read_text(encoding="utf-8")))
    for before, after in pairwise(zip(asked.papers, times, strict=True)):
        print_growth(before, after)


def print_growth(before: tuple[int, dict[str, float]], after: tuple[int, dict[str, float]]) -> None:
    """Print the seconds of each stage at two numbers of papers, and how many times as long the second one takes."""
    (few, first), (many, then) = before, after
    linear = many / few
    expected = linear * math.log(many) / math.log(few)
    print(f"\n{few} to {many} papers: {linear:.2f} times n, {expected:.2f} times n log n")
    for name, seconds in first.items():
        print(f"  {name:<22}{seconds:10.2f} s{then[name]:10.2f} s{then[name] / max(seconds, 0.01):10.2f} times")


def measure(count: int, encoder: str, corpus: Path) -> dict[str, float]:
    """Import, build, verify, build again, add 20 papers and build a third time; print a row for each stage.

    Returns:
        Seconds of the first build, of each of its stages and of what is in none of them, and of verifying.
    """
    with tempfile.TemporaryDirectory() as folder:
        project = prepare(Path(folder), encoder)
        papers = Path(folder) / "papers.jsonl"
        extra = Path(folder) / "extra.jsonl"
        with gzip.open(corpus, "rt", encoding="utf-8") as lines:
            papers.write_text("".join(islice(lines, count)), encoding="utf-8")
            extra.write_text("".join(islice(lines, NEW)), encoding="utf-8")
        print(f"\n{count} papers, encoder {encoder}")
        timed("add", lambda watch: pipeline.add(project, [papers], watch))
        times = timed("first build", lambda watch: pipeline.build(project, watch), detail=True)
        times |= timed("verify", lambda _: pipeline.verify(project))
        second = timed("second build", lambda watch: pipeline.build(project, watch))
        pipeline.add(project, [extra], pipeline.NullProgress())
        more = f"build with {NEW} more"
        third = timed(more, lambda watch: pipeline.build(project, watch), detail=True)
        first = times["first build"]
        again, extended = second["second build"] / first, third[more] / first
        print(f"  second / first {again:10.4f}    with {NEW} more / first {extended:.4f}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sizes = sum(path.stat().st_size for path in project.output.rglob("*") if path.is_file())
        print(f"  peak memory {peak:10.0f} MB    output {sizes / 1e6:.1f} MB    store {size(project) / 1e6:.1f} MB")
        return times


def prepare(folder: Path, encoder: str) -> Project:
    """Make an empty survey that induces its themes."""
    pipeline.init(folder / "survey", title="Benchmark")
    settings = folder / "survey" / "survey.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('encoder = "sentence"', f"encoder = {json.dumps(encoder)}"), encoding="utf-8")
    return find_project(folder / "survey", exact=True)


def timed(name: str, work: Callable[[Stopwatch], object], *, detail: bool = False) -> dict[str, float]:
    """Run one step; print its wall time and, with `detail`, those of its stages; return their seconds by name."""
    watch = Stopwatch()
    start = time.perf_counter()
    work(watch)
    seconds = time.perf_counter() - start
    print(f"  {name:<22}{seconds:10.2f} s")
    times = {name: seconds}
    for stage, (taken, total) in watch.stages.items() if detail else ():
        print(f"    {stage:<20}{taken:10.2f} s{'' if total is None else f'  ({total})'}")
        times[stage] = taken
    if detail:
        times["compose and others"] = seconds - sum(taken for taken, _ in watch.stages.values())
        print(f"    {'compose and others':<20}{times['compose and others']:10.2f} s")
    return times


def size(project: Project) -> int:
    """Return the bytes of the store."""
    return sum(path.stat().st_size for path in project.database.parent.glob("corpus.db*"))


if __name__ == "__main__":
    main()
