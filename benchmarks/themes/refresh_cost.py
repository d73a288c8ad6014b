"""Measure what a refresh of 100 papers costs beside the first placement of many.

Run from the checkout, beside which ``../shared/corpora`` must lie::

    .venv/bin/python benchmarks/themes/refresh_cost.py [--papers 50000] [--profile llm-alignment]

The vectors are random projections of hashed words: real papers, no encoder, so that nothing but the themes is timed.
It prints the CPU seconds of loading, placing and proposing, peak memory, and how often 2,000 papers are placed in the
company of 4,000 others as they are among all.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.random_projection import GaussianRandomProjection

from surveygen import pipeline
from surveygen.config import EmbedSettings, Project, find_project
from surveygen.corpus import Store
from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.embed import papers_fingerprint
from surveygen.embed.sentence import make
from surveygen.pipeline.assignments import SAMPLE, IncrementalAssigner
from surveygen.pipeline.run_context import open_context
from surveygen.pipeline.stages.assign import assign, curated_taxonomy, saved_taxonomy
from surveygen.pipeline.stages.embed import embed
from surveygen.pipeline.taxonomy import suggest
from surveygen.survey import SurveyData
from surveygen.themes import sampling_key

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
SILENT = pipeline.NullProgress()
COME, ASKED = 100, 2000


def main() -> None:
    """Print the costs."""
    parser = argparse.ArgumentParser(description="Time a refresh.")
    parser.add_argument("--papers", type=int, default=50_000)
    parser.add_argument("--profile", default="none", help="a given taxonomy instead of an induced one")
    options = parser.parse_args()
    papers = _papers(options.papers + COME)
    vectors = _vectors(papers)
    with tempfile.TemporaryDirectory() as folder:
        pipeline.init(Path(folder) / "survey", title="Cost", profile=options.profile)
        project = find_project(Path(folder) / "survey", exact=True)
        _add(project, papers[:-COME], vectors)
        first = _timed(project)
        _add(project, papers[-COME:], vectors)
        later = _timed(project)
        print(f"{len(papers) - COME} papers: load {first[0]:.1f} s, place {first[1]:.1f} s, propose {first[2]:.1f} s")
        print(f"{COME} more: load {later[0]:.1f} s, place {later[1]:.1f} s, propose {later[2]:.1f} s")
        print(f"placing {COME} more costs {later[1] / first[1]:.1%} of the first placement")
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
        print(f"placed beside a sample of {SAMPLE} as beside all: {_agreement(project):.1%} of {ASKED}")


def _papers(count: int) -> list[Paper]:
    papers: dict[str, Paper] = {}
    with gzip.open(CORPORA / "general.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if len(papers) < count and row.get("arxiv_id") and row.get("title") and row.get("abstract"):
                papers[row["arxiv_id"]] = Paper(PaperId(row["arxiv_id"]), row["title"], row["abstract"])
    return list(papers.values())


def _vectors(papers: Sequence[Paper]) -> dict[PaperId, Vectors]:
    words = HashingVectorizer(n_features=2**15, stop_words="english").transform(paper.text for paper in papers)
    dense = GaussianRandomProjection(384, random_state=0).fit_transform(words)
    return dict(zip((paper.id for paper in papers), unit_rows(np.asarray(dense, dtype=np.float32)), strict=True))


def _add(project: Project, papers: Sequence[Paper], vectors: dict[PaperId, Vectors]) -> None:
    with Store.open(project.database) as store:
        store.import_records(papers, source="cost", at="2026-01-01T00:00:00Z")
        rows = np.stack([vectors[paper.id] for paper in papers])
        store.cache.put_vectors(
            [paper.text_hash for paper in papers], rows, papers_fingerprint(make(EmbedSettings(), tuple))
        )


def _timed(project: Project) -> tuple[float, float, float]:
    """Return the CPU seconds of loading, placing and proposing."""
    with Store.open(project.database) as store:
        marks = [time.process_time()]
        context = open_context(project, store, SILENT)
        data = embed(context, SurveyData())
        marks.append(time.process_time())
        data = assign(context, data)
        marks.append(time.process_time())
        suggest(context, data)
        marks.append(time.process_time())
    loading, placing, proposing = np.diff(marks).tolist()
    return loading, placing, proposing


def _agreement(project: Project) -> float:
    with Store.open(project.database) as store:
        context = open_context(project, store, SILENT)
        data = embed(context, SurveyData())
        base = saved_taxonomy(store, context.profile, project.settings.themes)
        assigner = IncrementalAssigner(data, curated_taxonomy(context, base))
        every = assigner.assign({paper.id for paper in data.papers})
        asked = sorted(every, key=sampling_key)[-ASKED:]
        few = assigner.assign(set(asked))
    return float(np.mean([every[paper].theme == few[paper].theme for paper in asked]))


if __name__ == "__main__":
    main()
