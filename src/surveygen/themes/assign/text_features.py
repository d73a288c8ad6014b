"""Words and word pairs of papers and themes, weighed by how rare they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from surveygen.domain.paper import Paper
from surveygen.domain.theme import Taxonomy, Theme
from surveygen.themes.assign.queries import keywords, sentence

BUCKETS = 2**18  # hashed words and pairs; a survey of 50,000 papers stays in 2 GB and two terms seldom share one


@dataclass(frozen=True, slots=True, eq=False)
class TermMatrix:
    """TF-IDF weights, SciPy CSR float64, rows of length 1, a column for each hashed word or pair.

    `papers` is `(n_papers, BUCKETS)`; `themes` is `(n_themes, BUCKETS)` and knows only words that some paper has.
    """

    papers: Any
    themes: Any


def term_matrix(papers: Sequence[Paper], taxonomy: Taxonomy) -> TermMatrix:
    """Count and weigh; what a theme says is its name, description, keywords (twice) and names of sub-themes."""
    # Two seconds of import that a build with cached places does without.
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415

    hashing = _hashing()
    counts = hashing.transform(paper_text(paper) for paper in papers)
    weighing = TfidfTransformer(sublinear_tf=True).fit(counts)
    # A word that no paper has says nothing about the papers: it must not make the theme's other words lighter.
    known = np.bincount(counts.indices, minlength=BUCKETS) > 0
    asked = hashing.transform(theme_text(theme, taxonomy) for theme in taxonomy)
    asked.data *= known[asked.indices]
    asked.eliminate_zeros()
    return TermMatrix(weighing.transform(counts, copy=False), weighing.transform(asked))


def terms_by_column(texts: Iterable[str]) -> dict[int, str]:
    """Return the words and pairs of some texts by their column; of two in one column the first in the alphabet."""
    from sklearn.feature_extraction.text import FeatureHasher  # noqa: PLC0415

    terms = sorted({term for text in texts for term in split_terms(text)}, reverse=True)
    if not terms:  # the hasher wants one at least
        return {}
    columns = FeatureHasher(BUCKETS, input_type="string", alternate_sign=False).transform([term] for term in terms)
    return dict(zip(columns.indices.tolist(), terms, strict=True))


def split_terms(text: str) -> list[str]:
    """Return the words and pairs of a text, stop words left out, in their order."""
    terms: list[str] = _analyzer()(text)
    return terms


def paper_text(paper: Paper) -> str:
    """Return the text whose words count: the title weighs twice, as `text` begins with it."""
    return f"{paper.title}. {paper.text}"


def theme_text(theme: Theme, taxonomy: Taxonomy) -> str:
    """Return all that a theme says of itself."""
    return ". ".join((theme.name, sentence(theme), *keywords(theme, taxonomy), *theme.keywords))


@cache
def _analyzer() -> Callable[[str], list[str]]:
    analyze: Callable[[str], list[str]] = _hashing().build_analyzer()
    return analyze


@cache
def _hashing() -> Any:  # noqa: ANN401  # scikit-learn has no types
    from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415

    return HashingVectorizer(
        n_features=BUCKETS, ngram_range=(1, 2), stop_words="english", alternate_sign=False, norm=None
    )
