"""Time and memory of placing 50,000 papers, embedding excluded.

    python benchmarks/themes/assign_scale.py [--papers 50000]

The texts are real (``../shared/corpora/general.jsonl.gz``); the vectors are random projections of their words, as wide
as those of the default model, because encoding so many takes half an hour and placing does not depend on what they say.
"""

from __future__ import annotations

import argparse
import resource
import time
from itertools import islice

import numpy as np
from assign_sets import corpus_rows, paper_of, profile_without_seeds
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.random_projection import SparseRandomProjection

from surveygen.domain.embedding import Embeddings, unit_rows
from surveygen.themes.assign import NearestCentroidAssigner, theme_queries, theme_vectors

_WIDTH = 384


def main() -> None:
    """Print seconds and the peak of the whole process, which also holds texts and vectors."""
    parser = argparse.ArgumentParser(description="Time the placing of many papers.")
    parser.add_argument("--papers", type=int, default=50_000)
    options = parser.parse_args()
    papers = [paper_of(row) for row in islice(corpus_rows("general.jsonl.gz"), options.papers)]
    papers = list({paper.id: paper for paper in papers}.values())
    taxonomy = profile_without_seeds("llm-alignment")
    queries = theme_queries(taxonomy)
    words = HashingVectorizer(n_features=2**16).transform([*(paper.text for paper in papers), *queries])
    projected = SparseRandomProjection(_WIDTH, random_state=0, dense_output=True).fit_transform(words)
    vectors = unit_rows(projected.astype(np.float32))
    asked = theme_vectors(taxonomy, dict(zip(queries, vectors[len(papers) :], strict=True)))
    embeddings = Embeddings(tuple(paper.id for paper in papers), vectors[: len(papers)], "projection")
    del words, projected
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, spent = time.perf_counter(), time.process_time()
    found = NearestCentroidAssigner().assign(embeddings, papers, taxonomy, asked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, used = time.perf_counter() - start, time.process_time() - spent
    print(f"{len(found)} papers, {len(taxonomy)} themes: {wall:.1f} s ({used:.1f} s CPU), peak {peak:.0f} MiB")
    print(f"before placing the process had taken up to {before:.0f} MiB")


if __name__ == "__main__":
    main()
