"""Explain an assignment by the terms and sentences that decided it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.paper import Paper
from surveygen.domain.summary import Evidence
from surveygen.domain.theme import Assignment, Taxonomy
from surveygen.themes.assign.scores import RefinedScores, ThemeTree
from surveygen.themes.assign.text_features import TermMatrix, paper_text, split_terms, terms_by_column, theme_text
from surveygen.themes.uncertainty import Scores

_MAX_TERMS = 6  # per paper: what a line of the page holds
_MAX_SENTENCES = 2
_MAX_SHARED = 150  # terms that distinguish the papers of a theme best, of which any may be named
_MAX_TYPICAL = 30  # papers of a theme in whose texts the shared terms are looked up
_TOKEN = re.compile(r"\b\w\w+\b")  # scikit-learn's default token pattern


def rationale_terms(
    papers: Sequence[Paper],
    taxonomy: Taxonomy,
    terms: TermMatrix,
    refined: RefinedScores,
    choice: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> list[tuple[str, ...]]:
    """Return for each paper the words and pairs that count most for its theme against the runner-up.

    The terms of a theme are those of its text and its sub-themes' text, and those that its papers share, weighed as
    the scores weigh them. Of a word and a pair that contains it only the one with the larger weight is named.

    Args:
        papers: in the order of the rows.
        taxonomy: the themes.
        terms: TF-IDF of papers and themes.
        refined: soft members of the themes.
        choice: `(n_papers,)` numbers of each paper's top theme, and of its runner-up.
    """
    chosen, runners_up = choice
    tree, share = ThemeTree.build(taxonomy), refined.centroid_share
    of_text = np.stack([np.asarray(terms.themes[list(tree.subtree[top])].sum(axis=0)).ravel() for top in tree.tops])
    of_papers = (terms.papers.T @ refined.members).T
    profiles: Scores = (1 - share) * _unit_rows(of_text) + share * _unit_rows(of_papers)  # `(n_tops, BUCKETS)`
    names = _term_names(papers, taxonomy, profiles, refined)
    columns = np.array(sorted(names), dtype=np.intp)
    named = terms.papers[:, columns].tocsr()
    row = np.repeat(np.arange(len(papers)), np.diff(named.indptr))
    weight_in_theme = profiles[:, columns]
    weight_in_runner_up = 0 if len(profiles) == 1 else weight_in_theme[runners_up[row], named.indices]
    weights = named.data * (weight_in_theme[chosen[row], named.indices] - weight_in_runner_up)
    rationales = []
    for paper, start, end in zip(papers, named.indptr[:-1], named.indptr[1:], strict=True):
        order = start + np.argsort(-weights[start:end], kind="stable")
        text = f" {' '.join(_TOKEN.findall(paper_text(paper).lower()))} "
        rationale: list[str] = []
        for term in (names[int(columns[named.indices[n]])] for n in order if weights[n] > 0):
            words = set(term.split())
            # A pair may have had a stop word between its words, and another word of the paper may share the column of
            # a term that the paper does not have: neither could be found in the text.
            if f" {term} " in text and not any(words & set(other.split()) for other in rationale):
                rationale.append(term)
            if len(rationale) == _MAX_TERMS:
                break
        rationales.append(tuple(rationale))
    return rationales


def rationale_sentences(paper: Paper, assignment: Assignment, spans: Sequence[tuple[int, int]]) -> tuple[Evidence, ...]:
    """Return the two sentences of the abstract that hold most of the rationale terms, in their order.

    Args:
        paper: the assigned paper.
        assignment: its assignment; the first of its `keywords` has the largest weight.
        spans: start and end of each sentence, in code points of the abstract.
    """
    weight = {word: 1 / (1 + rank) for rank, word in enumerate(assignment.keywords)}
    terms_of_spans = [set(split_terms(paper.abstract[start:end])) for start, end in spans]
    scores = [sum(weight[word] for word in weight if word in terms) for terms in terms_of_spans]
    best = sorted(range(len(spans)), key=lambda n: (-scores[n], n))[:_MAX_SENTENCES]
    return tuple(Evidence(paper.id, paper.version, "abstract", *spans[n]) for n in sorted(best) if scores[n] > 0)


def _unit_rows(rows: Scores) -> Scores:
    scaled: Scores = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return scaled


def _term_names(
    papers: Sequence[Paper], taxonomy: Taxonomy, profiles: Scores, refined: RefinedScores
) -> dict[int, str]:
    """Return terms by column: all of the themes' text, and those that distinguish the papers of a theme best."""
    names = terms_by_column(theme_text(theme, taxonomy) for theme in taxonomy)
    distinctive = profiles - profiles.mean(axis=0)
    for top, scores in enumerate(refined.scores.T):
        best = set(np.argsort(-distinctive[top], kind="stable")[:_MAX_SHARED].tolist())
        typical = np.argsort(-scores, kind="stable")[:_MAX_TYPICAL]
        terms = terms_by_column(paper_text(papers[row]) for row in typical)
        names |= {column: term for column, term in terms.items() if column in best and column not in names}
    return names
