"""Say which words, and which sentences, placed a paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.paper import Paper
from surveygen.domain.summary import Evidence
from surveygen.domain.theme import Assignment, Taxonomy
from surveygen.themes.assign.hierarchy import build
from surveygen.themes.assign.refinement import RefinedScores
from surveygen.themes.assign.scores import Scores
from surveygen.themes.assign.text_features import TermMatrix, paper_text, split_terms, terms_by_column, theme_text

_WORDS = 6  # keywords a paper: what a line of the page holds
_SENTENCES = 2
_SHARED = 150  # words that tell the papers of a theme best, of which any may be named
_TOKEN = re.compile(r"\b\w\w+\b")  # what scikit-learn takes for a word
_TYPICAL = 30  # papers of a theme in whose texts the shared words are looked up


def rationale_terms(
    papers: Sequence[Paper],
    taxonomy: Taxonomy,
    words: TermMatrix,
    learned: RefinedScores,
    choice: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> list[tuple[str, ...]]:
    """Return for each paper the words and pairs that speak most for its theme against the second one.

    A theme's words are those that it and its sub-themes say, and those that its papers share, in the proportion in
    which these decided. Of a word and a pair that holds it the more telling one is named.

    Args:
        papers: in the order of the rows.
        taxonomy: the themes.
        words: TF-IDF of papers and themes.
        learned: what the papers share.
        choice: `(n_papers,)` numbers of the top theme of each paper, and of the second one.
    """
    chosen, rivals = choice
    profiles = _profiles(taxonomy, words, learned)
    names = _names(papers, taxonomy, profiles, learned)
    columns = np.array(sorted(names), dtype=np.intp)
    telling = words.papers[:, columns].tocsr()
    row = np.repeat(np.arange(len(papers)), np.diff(telling.indptr))
    known = profiles[:, columns]
    alone = len(profiles) == 1
    against = 0 if alone else known[rivals[row], telling.indices]
    weights = telling.data * (known[chosen[row], telling.indices] - against)
    found = []
    for paper, start, end in zip(papers, telling.indptr[:-1], telling.indptr[1:], strict=True):
        order = start + np.argsort(-weights[start:end], kind="stable")
        said = f" {' '.join(_TOKEN.findall(paper_text(paper).lower()))} "
        terms = (names[int(columns[telling.indices[n]])] for n in order if weights[n] > 0)
        # A pair may have had a stop word between its words, and another word of the paper may share the column of a
        # term that the paper does not have: neither could be found in the text.
        found.append(_distinct(term for term in terms if f" {term} " in said))
    return found


def rationale_sentences(paper: Paper, assignment: Assignment, spans: Sequence[tuple[int, int]]) -> tuple[Evidence, ...]:
    """Return the two sentences of the abstract that hold most of the deciding words, in their order.

    Args:
        paper: the one that was placed.
        assignment: where; its `keywords` begin with the most telling one, which weighs most.
        spans: start and end of each sentence, in code points of the abstract.
    """
    weight = {word: 1 / (1 + place) for place, word in enumerate(assignment.keywords)}
    said = [set(split_terms(paper.abstract[start:end])) for start, end in spans]
    scores = [sum(weight[word] for word in weight if word in terms) for terms in said]
    best = sorted(range(len(spans)), key=lambda n: (-scores[n], n))[:_SENTENCES]
    return tuple(Evidence(paper.id, paper.version, "abstract", *spans[n]) for n in sorted(best) if scores[n] > 0)


def _profiles(taxonomy: Taxonomy, words: TermMatrix, learned: RefinedScores) -> Scores:
    """Return `(n_tops, BUCKETS)` weights of words: those that themes say, and those that their papers share."""
    tree = build(taxonomy)
    told = np.stack([np.asarray(words.themes[list(tree.subtree[top])].sum(axis=0)).ravel() for top in tree.tops])
    shared = (words.papers.T @ learned.members).T
    mixed: Scores = (1 - learned.share) * _unit(told) + learned.share * _unit(shared)
    return mixed


def _unit(rows: Scores) -> Scores:
    scaled: Scores = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return scaled


def _names(papers: Sequence[Paper], taxonomy: Taxonomy, profiles: Scores, learned: RefinedScores) -> dict[int, str]:
    """Return the words by column: all that themes say, and of the others those that tell a theme's papers best."""
    names = terms_by_column(theme_text(theme, taxonomy) for theme in taxonomy)
    telling = profiles - profiles.mean(axis=0)
    for top, scores in enumerate(learned.scores.T):
        best = set(np.argsort(-telling[top], kind="stable")[:_SHARED].tolist())
        typical = np.argsort(-scores, kind="stable")[:_TYPICAL]
        found = terms_by_column(paper_text(papers[row]) for row in typical)
        names |= {column: term for column, term in found.items() if column in best and column not in names}
    return names


def _distinct(terms: Iterable[str]) -> tuple[str, ...]:
    """Take the first six of which none holds another."""
    kept: list[str] = []
    for term in terms:
        if len(kept) == _WORDS:
            break
        parts = set(term.split())
        if not any(parts & set(other.split()) for other in kept):
            kept.append(term)
    return tuple(kept)
