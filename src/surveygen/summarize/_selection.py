"""Rank the papers of a theme, and weigh their sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Embeddings, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Role
from surveygen.domain.theme import Theme
from surveygen.summarize._antecedents import (
    explained_names,
    looks_back,
    names_own_work,
    own_names,
    unexplained_names,
)
from surveygen.summarize._content import content_value, is_empty, is_stale, is_vague, tells_result
from surveygen.summarize._english import phrases
from surveygen.summarize._paper_review import Statement
from surveygen.summarize._text import content_terms

if TYPE_CHECKING:
    from surveygen.summarize import ThemeInput

Matrix = NDArray[np.float32]

_MAX_PAPERS = 160  # whose sentences are compared; of a larger theme the most representative
_MANY, _REMOTE = 10, 0.15  # papers of a theme, of which that share is least like the others
_UNEXPLAINED = 0.25  # taken from the value of a sentence whose acronym is explained in another
_COMMON = 3  # papers of a theme that explain an acronym which its readers then know
_ACRONYM = re.compile(r"\(([A-Z][A-Za-z]{0,2}[A-Z]{1,4})\)")
_LOOSE_HEADING = re.compile(rf"{phrases('heading')} (?-i:(?=[A-Z]\w+ ))", re.IGNORECASE)
_FOUND_OUT = re.compile(rf"\b{phrases('found_out')}", re.IGNORECASE)
_NAMES_AUTHORS = 0.22  # added to the value of a sentence that says whose work it tells of
_SUMS_UP = 0.15  # added to that of the sentence that sums up its paper
_LOOKING_BACK = 0.1  # taken from the value of a sentence that says "also"
_MANY_TEXTS = 60
_MAX_TERMS = 4000  # keeps 1,200 sentences under 20 MB


@dataclass(frozen=True, slots=True)
class RankedPaper:
    """A paper of a theme: how well it represents the theme, and how recent it is among its papers, each 0 to 1.

    It is remote if nearly all others are more like the mean of the theme.
    """

    paper: Paper
    centrality: float
    recency: float
    remote: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A usable sentence of a paper.

    Attributes:
        value: how much it tells about the theme.
        needs: names that the paper made and another of its sentences must introduce before. introduces: those it does.
        looks_back: whether it needs a sentence of its paper before it.
    """

    statement: Statement
    ranked: RankedPaper
    value: float
    needs: frozenset[str] = frozenset()
    introduces: frozenset[str] = frozenset()
    looks_back: bool = False

    @property
    def paper(self) -> PaperId:
        """Its paper."""
        return self.ranked.paper.id

    @property
    def role(self) -> Role:
        """What it does."""
        return self.statement.label.role

    @property
    def stands_alone(self) -> bool:
        """Whether no other sentence of its paper must stand before it."""
        return not self.needs and not self.looks_back

    def follows(self, other: Candidate) -> bool:
        """Whether it can stand behind another sentence of its paper."""
        return self.needs <= other.introduces


def rank_papers(theme: Theme, papers: Sequence[Paper], embeddings: Embeddings) -> tuple[RankedPaper, ...]:
    """Rank the papers of a theme and return at most 160, those that represent it best, in the order of their ids."""
    ordered = sorted(papers, key=lambda paper: paper.id)
    if not ordered:
        return ()
    dates = sorted({paper.date or "" for paper in ordered})
    rank = {date: i / max(len(dates) - 1, 1) for i, date in enumerate(dates)}
    recency = np.array([rank[paper.date or ""] for paper in ordered], dtype=np.float32)
    is_seed = np.array([paper.id in theme.seeds for paper in ordered], dtype=np.float32)
    embedded = set(embeddings.ids)
    rows = [i for i, paper in enumerate(ordered) if paper.id in embedded]
    similarity = np.zeros(len(ordered), dtype=np.float32)  # to the mean of the theme; 0 without a vector
    if rows:
        similarity[rows] = _centrality(embeddings.rows([ordered[i].id for i in rows]))
    remote = np.zeros(len(ordered), dtype=bool)
    if len(rows) >= _MANY:
        remote[rows] = similarity[rows] < np.quantile(similarity[rows], _REMOTE)
    centrality = 0.4 * similarity + 0.2 * recency + 0.4 * is_seed
    best = sorted(range(len(ordered)), key=lambda i: (-centrality[i], ordered[i].id))[:_MAX_PAPERS]
    return tuple(
        RankedPaper(ordered[i], float(centrality[i]), float(recency[i]), bool(remote[i])) for i in sorted(best)
    )


def find_candidates(
    source: ThemeInput, ranked: Sequence[RankedPaper], statements_of: Callable[[Paper], Sequence[Statement]]
) -> tuple[list[Candidate], Matrix]:
    """Return every usable sentence of the papers with its value, and their similarity, `(n, n)` float32.

    Args:
        source: the theme; what its sub-themes tell is not told again.
        ranked: its papers.
        statements_of: returns the sentences of a paper.
    """
    theme = source.theme
    below = (strand.sentences for summary in source.summaries_below for strand in summary.strands)
    told_spans = {evidence for sentences in below for sentence in sentences for evidence in sentence.evidence}
    sources = [
        (item, statement)
        for item in ranked
        for statement in statements_of(item.paper)
        if told_spans.isdisjoint(statement.sentence.evidence) and _is_usable(statement, item.paper, source.newest_year)
    ]
    query = " ".join([theme.name, *theme.keywords, theme.name, theme.description])
    rows, query_row = _tfidf([statement.sentence.plain for _, statement in sources], query)
    query_similarity, centrality = _scaled(rows @ query_row), _centrality(rows)
    unexplained = _unexplained_acronyms(ranked)
    names = own_names([item.paper for item in ranked])
    candidates = []
    for i, (item, statement) in enumerate(sources):
        text = statement.sentence.plain
        uses_unexplained = any(acronym in text and f"({acronym})" not in text for acronym in unexplained[item.paper.id])
        review = source.reviews.get(item.paper.id)
        sums_up = review is not None and review.one_liner == statement.sentence
        value = (
            0.2 * float(query_similarity[i])
            + 0.12 * float(centrality[i])
            + 0.16 * item.centrality
            + 0.1 * statement.own
            + _NAMES_AUTHORS * (statement.own == 1)
            + 0.1 * statement.label.probability
            + _SUMS_UP * sums_up
            + content_value(text, item.paper.title, statement.label.role)
            - _UNEXPLAINED * uses_unexplained
            - _LOOKING_BACK * looks_back(text)
        )
        made, own = names[item.paper.id], statement.label.role == "approach" and statement.own == 1
        needs, explains = unexplained_names(text, made, own_work=own), explained_names(text, made, own_work=own)
        reports = statement.label.role == "finding" or tells_result(text)
        leans = looks_back(text) or (reports and names_own_work(statement.sentence.text))
        candidates.append(Candidate(statement, item, value, needs, explains, leans))
    return candidates, rows @ rows.T


def _is_usable(statement: Statement, paper: Paper, newest_year: int) -> bool:
    """Whether a sentence has a role and tells something that is still true; one of another language is not judged."""
    text = statement.sentence.plain
    if statement.sentence.language != "en":
        return True
    flawed = _LOOSE_HEADING.match(text) or is_empty(text) or is_stale(text, paper, newest_year)
    role = statement.label.role
    if role in ("approach", "finding"):
        flawed = flawed or is_vague(text) or (role == "approach" and statement.own < 1 and _is_known(statement))
    return role != "other" and not flawed and not (role == "problem" and _FOUND_OUT.search(text))


def _is_known(statement: Statement) -> bool:
    """Whether the classifier takes a sentence for background."""
    return statement.label.label == "background"


def _tfidf(texts: Sequence[str], query: str) -> tuple[Matrix, Matrix]:
    """Return the TF-IDF vectors of the texts, `(n, terms)` float32, and of a query; of length 1, or zeros.

    The terms are those of at least two texts, 4,000 at most; of a few texts they are all terms, for texts of which only
    what they share is compared are alike.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  # a second to import

    vectorizer = TfidfVectorizer(
        analyzer=content_terms,
        min_df=2 if len(texts) >= _MANY_TEXTS else 1,
        max_features=_MAX_TERMS,
        sublinear_tf=True,
        dtype=np.float32,
    )
    try:
        rows: Matrix = vectorizer.fit_transform(texts).toarray()
    except ValueError:  # no two texts share a term
        return np.zeros((len(texts), 0), dtype=np.float32), np.zeros(0, dtype=np.float32)
    return rows, vectorizer.transform([query]).toarray()[0]


def _centrality(rows: Matrix) -> Matrix:
    """Return `(n,)` float32: similarity of each row to the mean of all, the largest scaled to 1."""
    if not len(rows):
        return np.zeros(0, dtype=np.float32)
    return _scaled(rows @ unit_rows(rows.mean(axis=0, keepdims=True))[0])


def _scaled(values: Matrix) -> Matrix:
    """Divide by the largest value and cut negative values to 0; all zeros if none is positive."""
    top = values.max(initial=0.0)
    scaled: Matrix = np.clip(values / top, 0, 1).astype(np.float32) if top > 0 else np.zeros_like(values)
    return scaled


def _unexplained_acronyms(ranked: Sequence[RankedPaper]) -> dict[PaperId, frozenset[str]]:
    """Return the acronyms that an abstract explains and that neither its title nor others of the theme have."""
    explained = {item.paper.id: frozenset(_ACRONYM.findall(item.paper.abstract)) for item in ranked}
    uses = Counter(acronym for acronyms in explained.values() for acronym in acronyms)
    return {
        item.paper.id: frozenset(
            acronym
            for acronym in explained[item.paper.id]
            if uses[acronym] < _COMMON and acronym not in item.paper.title
        )
        for item in ranked
    }
