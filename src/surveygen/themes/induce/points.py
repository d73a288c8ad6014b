"""Join what papers mean and the words they use in one short vector each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # scikit-learn's own helper, no stubs

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper

# benchmarks/themes/induce.py --parts: AMI over the corpora for choosing is .537 without words, .595 with them.
_WORD_WEIGHT = np.float32(1)
_WORD_AXES = 100
_AXES = 64
_BUCKETS = 2**16
_TO_LEARN = 5000  # papers that the axes are learned from; more change little and cost time
_ROUNDS = 5  # of the power iteration; scikit-learn's TruncatedSVD takes as many
_SEED = 0


def joint_features(vectors: Vectors, papers: Sequence[Paper], *, word_weight: np.float32 = _WORD_WEIGHT) -> Vectors:
    """Return one point a paper, in which papers near each other are about the same.

    Meaning (the vectors) and words (TF-IDF reduced by a truncated SVD) are laid side by side and reduced to 64 axes:
    two kinds of evidence find human themes better than either.

    Args:
        vectors: `(n, dim)` float32, rows of length 1.
        papers: in the order of `vectors`.
        word_weight: length of the words' half when that of the meaning is 1.

    Returns:
        `(n, at most 64)` float32, rows of length 1 (of zeros where a paper says nothing).
    """
    with threadpool_limits(limits=1):  # the sum of several threads comes in any order
        words = _words(papers)
        words *= word_weight
        return unit_rows(_reduced(np.hstack([vectors, words]), _AXES))


def _words(papers: Sequence[Paper]) -> Vectors:
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer  # noqa: PLC0415  # slow to import

    hashing = HashingVectorizer(
        n_features=_BUCKETS, stop_words="english", alternate_sign=False, norm=None, dtype=np.float32
    )
    counts = hashing.transform(paper.text for paper in papers)
    counts = counts[:, np.flatnonzero(np.bincount(counts.indices, minlength=_BUCKETS) > 1)]
    if not counts.nnz:
        return np.zeros((len(papers), 0), dtype=np.float32)
    return unit_rows(_reduced(TfidfTransformer(sublinear_tf=True).fit_transform(counts), _WORD_AXES))


def _reduced(rows: Vectors, axes: int) -> Vectors:
    """Project `(n, d)` rows, dense or sparse, on their main axes, learned from a part where there are many."""
    from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415  # slow to import

    most = min(axes, min(rows.shape) - 1)
    if most < 1:
        return np.asarray(rows if isinstance(rows, np.ndarray) else rows.toarray(), dtype=np.float32)
    step = -(-rows.shape[0] // _TO_LEARN)
    _, _, main = randomized_svd(rows[::step], most, n_iter=_ROUNDS, random_state=_SEED)
    found: Vectors = np.asarray(rows @ main.T.astype(np.float32), dtype=np.float32)
    return found
