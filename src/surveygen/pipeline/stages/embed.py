"""The stage "embed": load the papers and embed those that are new."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from surveygen import plugins
from surveygen.corpus import Store
from surveygen.domain.decision import excluded_papers
from surveygen.domain.embedding import Embeddings, Vectors
from surveygen.domain.full_text import FullTexts
from surveygen.domain.paper import Paper
from surveygen.domain.text import text_sha256
from surveygen.embed import Encoder, encode_papers, papers_fingerprint
from surveygen.errors import CorpusError
from surveygen.pipeline.files import lost_store
from surveygen.pipeline.run_context import BuildContext
from surveygen.survey import SurveyData
from surveygen.themes.assign import theme_queries

T = TypeVar("T")
_ADD = "add papers first: surveygen add FILE, or surveygen fetch"
_BATCH = 256  # papers between two commits: Ctrl-C costs less than ten seconds of work


def embed(context: BuildContext, data: SurveyData) -> SurveyData:
    """Load the papers of the survey, and encode those whose text has no vector in the store.

    Raises:
        CorpusError: there are no papers. EncoderError: the encoder cannot be used.
    """
    store, settings = context.store, context.settings.embed
    excluded = excluded_papers(store.decisions.all())
    active = tuple(store.papers.all(status=("active", "reinstated")))
    papers = tuple(paper for paper in active if paper.id not in excluded)
    if not papers:
        if waiting := len(store.papers.pending()):
            raise CorpusError(
                f"the corpus has no papers yet, only {waiting} {'id' if waiting == 1 else 'ids'} of papers to fetch",
                "run: surveygen fetch",
            )
        raise CorpusError("the corpus is empty", lost_store(context.project, store) or _ADD)
    queries = theme_queries(context.profile.taxonomy)  # an encoder fitted to the corpus has to know their words too
    make = plugins.load("embed", settings.encoder).make
    encoder: Encoder = make(settings, lambda: [*(paper.text for paper in papers), *queries])
    space = papers_fingerprint(encoder)
    by_hash = {paper.text_hash: paper for paper in papers}
    vectors = store.cache.vectors(list(by_hash), space)
    new = {key: paper for key, paper in by_hash.items() if key not in vectors}
    with context.progress.stage("embed", len(new)) as advance:
        vectors |= _encode_and_store(
            store, new, space, lambda batch: encode_papers(encoder, batch, progress=advance), batch=_BATCH
        )
    return replace(
        data,
        papers=papers,
        texts=_full_texts(context, papers),
        excluded=tuple(paper for paper in active if paper.id in excluded),
        embeddings=Embeddings(
            tuple(paper.id for paper in papers), np.stack([vectors[paper.text_hash] for paper in papers]), space
        ),
        encode=lambda texts: embed_texts(store, texts, encoder),
    )


def _full_texts(context: BuildContext, papers: Sequence[Paper]) -> FullTexts:
    """Return the full texts that are stored of the papers' versions; a license that a record lacks is the paper's."""
    store = context.store.full_text
    licenses = {(paper.id, paper.version): paper.license for paper in papers}
    records = {
        record.paper: record if record.license else replace(record, license=licenses[record.paper, record.version])
        for record in store.records()
        if record.is_read and (record.paper, record.version) in licenses
    }
    digests = {paper: digest for (paper, version), digest in store.digests().items() if (paper, version) in licenses}
    return FullTexts(records, digests, context.settings.full_text.show, store.get, store.unit)


def embed_texts(store: Store, texts: Sequence[str], encoder: Encoder) -> Vectors:
    """Return the vectors of short texts such as theme queries, from the store where it has them.

    Returns:
        `(len(texts), dim)` float32, rows of length 1, at float16 precision.
    """
    keys = [text_sha256(text) for text in texts]
    vectors = store.cache.vectors(keys, encoder.fingerprint)
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in vectors}
    vectors |= _encode_and_store(store, new, encoder.fingerprint, encoder.encode, batch=len(new))
    return np.stack([vectors[key] for key in keys]) if keys else np.zeros((0, 1), dtype=np.float32)


def _encode_and_store(
    store: Store, items: Mapping[str, T], space: str, encode: Callable[[Sequence[T]], Vectors], *, batch: int
) -> dict[str, Vectors]:
    """Encode what the store has no vector for, and return it as stored, since float16 rounds."""
    keys = list(items)
    for start in range(0, len(keys), batch or 1):
        part = keys[start : start + batch]
        store.cache.put_vectors(part, encode([items[key] for key in part]), space)
    return store.cache.vectors(keys, space) if keys else {}
