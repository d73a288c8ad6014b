"""Embed what has not been embedded yet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from surveygen.corpus import Store
from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.paper import Paper
from surveygen.domain.text import text_sha256
from surveygen.embed import Encoder, encode_papers, papers_fingerprint
from surveygen.pipeline.progress import Progress

_BATCH = 256  # papers between two commits: what Ctrl-C can cost is below ten seconds of work


def embed_papers(store: Store, papers: Sequence[Paper], encoder: Encoder, progress: Progress) -> Embeddings:
    """Return a vector for every paper, encoding only texts that the store has no vector for."""
    space = papers_fingerprint(encoder)
    keys = [paper.text_hash for paper in papers]
    known = store.cache.vectors(keys, space)
    missing = list({paper.text_hash: paper for paper in papers if paper.text_hash not in known}.values())
    with progress.stage("embed", len(missing)) as advance:
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            vectors = encode_papers(encoder, batch, progress=advance)
            store.cache.put_vectors([paper.text_hash for paper in batch], vectors, space)
    if missing:
        known |= store.cache.vectors([paper.text_hash for paper in missing], space)  # as stored: float16 rounds
    rows = [known[key] for key in keys]
    matrix = np.stack(rows) if rows else np.zeros((0, 1), dtype=np.float32)
    return Embeddings(tuple(paper.id for paper in papers), matrix, space)


def embed_texts(store: Store, texts: Sequence[str], encoder: Encoder) -> Vectors:
    """Return `(len(texts), dim)` vectors of short texts such as theme queries, from the store where it has them."""
    keys = [text_sha256(text) for text in texts]
    known = store.cache.vectors(keys, encoder.fingerprint)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        store.cache.put_vectors(list(missing), encoder.encode(list(missing.values())), encoder.fingerprint)
        known |= store.cache.vectors(list(missing), encoder.fingerprint)
    rows = [known[key] for key in keys]
    return np.stack(rows) if rows else np.zeros((0, 1), dtype=np.float32)
