"""Select the sentences of a theme by maximal marginal relevance (MMR)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Embeddings, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Role, Sentence, SubtopicSummary
from surveygen.domain.theme import Theme
from surveygen.summarize._content import content_value, is_empty, is_stale
from surveygen.summarize._ordering import (
    OrderingInput,
    SelectedSentence,
    find_effects,
    order_sentences,
    reading_order,
    shared_measure,
)
from surveygen.summarize._paper_review import Statement
from surveygen.summarize._text import content_terms

if TYPE_CHECKING:
    from surveygen.summarize import ThemeInput

Matrix = NDArray[np.float32]

# Shares of a theme's length, in reading order; what a role cannot fill goes to the others.
_SHARES: Mapping[Role, float] = {"problem": 0.2, "approach": 0.4, "finding": 0.3, "limit": 0.1}
_OPEN_SHARE = 6  # one sentence in so many may be on open problems
_MAX_PAPERS = 160  # whose sentences are compared; of a larger theme the most representative
_MAX_PER_PAPER = 2  # sentences of one paper, in different roles
_MAX_SIMILARITY = 0.6  # cosine from which a second sentence says nothing new
_REDUNDANCY_WEIGHT = 0.5  # of the similarity to what is selected: the lambda of MMR
_RECENT = 0.8  # rank of the date from which a paper counts as recent
_SECOND_SENTENCE, _FIRST_RECENT = 0.3, 0.15  # taken from the value, added to it
_UNEXPLAINED = 0.25  # taken from the value of a sentence whose acronym is explained in another
_COMMON = 3  # papers of a theme that explain an acronym which its readers then know
_ACRONYM = re.compile(r"\(([A-Z][A-Za-z]{0,2}[A-Z]{1,4})\)")
_MAX_TERMS = 4000  # keeps 1,200 sentences under 20 MB


@dataclass(frozen=True, slots=True)
class RankedPaper:
    """A paper of a theme: how well it represents the theme, and how recent it is among its papers, each 0 to 1."""

    paper: Paper
    centrality: float
    recency: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    statement: Statement
    ranked: RankedPaper
    value: float  # relevance

    @property
    def paper(self) -> PaperId:
        return self.ranked.paper.id

    @property
    def role(self) -> Role:
        return self.statement.label.role


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
    centrality = 0.4 * similarity + 0.2 * recency + 0.4 * is_seed
    best = sorted(range(len(ordered)), key=lambda i: (-centrality[i], ordered[i].id))[:_MAX_PAPERS]
    return tuple(RankedPaper(ordered[i], float(centrality[i]), float(recency[i])) for i in sorted(best))


def select_sentences(
    source: ThemeInput, statements_of: Callable[[Paper], Sequence[Statement]]
) -> tuple[tuple[SubtopicSummary, ...], tuple[Sentence, ...]]:
    """Return the subtopics of a theme in reading order, and the sentences on open problems.

    Args:
        source: the theme; what its sub-themes tell is not told again.
        statements_of: returns the sentences of a paper.
    """
    ranked, limit = rank_papers(source.theme, source.papers, source.embeddings), source.limit
    candidates, similarity = _candidates(source, ranked, statements_of)
    selection = _Selection(candidates, similarity)
    is_open = [i for i, candidate in enumerate(candidates) if candidate.statement.label.open]
    open_problems = selection.fill(is_open, limit // _OPEN_SHARE)
    by_role = {role: [i for i, candidate in enumerate(candidates) if candidate.role == role] for role in _SHARES}
    counts = {role: round(share * (limit - len(open_problems))) for role, share in _SHARES.items()}
    chosen: dict[Role, list[int]] = {role: [] for role in _SHARES}
    if counts["finding"] >= 2:
        chosen["finding"] = selection.fill_pair(by_role["finding"])
    for role in _SHARES:
        chosen[role] += selection.fill(by_role[role], counts[role] - len(chosen[role]))
    for role in ("approach", "finding", "problem", "limit"):  # what is left over
        chosen[role] += selection.fill(by_role[role], limit - len(selection.rows))
    if not selection.rows:  # no English abstract among them
        chosen["approach"] = selection.fill(range(len(candidates)), limit)
    ordering = OrderingInput(source.theme, [item.paper for item in ranked], source.reviews)
    subtopics = [order_sentences(ordering, role, selection.in_reading_order(rows)) for role, rows in chosen.items()]
    return (
        tuple(subtopic for of_role in subtopics for subtopic in of_role),
        tuple(item.sentence for item in selection.in_reading_order(open_problems)),
    )


class _Selection:
    """What is selected so far; `rows` index the candidates, `similarity` is `(n, n)` float32, cosine."""

    def __init__(self, candidates: Sequence[_Candidate], similarity: Matrix) -> None:
        self.candidates, self.similarity = candidates, similarity
        self.rows: list[int] = []
        self.papers: Counter[PaperId] = Counter()
        self._told: set[tuple[PaperId, Role]] = set()
        self._nearest = np.zeros(len(candidates), dtype=np.float32)  # similarity to the most similar of those selected
        self._any_recent = False

    def fill(self, rows: Sequence[int], count: int) -> list[int]:
        """Select up to `count` of some candidates, at each step the one of the largest marginal relevance."""
        chosen: list[int] = []
        free = list(rows)
        while len(chosen) < count and (free := [i for i in free if self.fits(i)]):
            best = max(free, key=lambda i: (self._relevance(i), -i))
            chosen.append(best)
            self.select(best)
        return chosen

    def _relevance(self, row: int) -> float:
        candidate = self.candidates[row]
        value = candidate.value - _REDUNDANCY_WEIGHT * float(self._nearest[row])
        value -= _SECOND_SENTENCE * (self.papers[candidate.paper] > 0)
        return value + _FIRST_RECENT * (candidate.ranked.recency >= _RECENT and not self._any_recent)

    def fill_pair(self, rows: Sequence[int]) -> list[int]:
        """Select the two most valuable findings of different papers with one effect; nothing without such."""
        found = ((i, self.candidates[i]) for i in rows if self.fits(i))
        effects = {i: find_effects(item.statement.sentence.plain, item.ranked.paper.title) for i, item in found}
        changing = [i for i in rows if effects.get(i)]
        pairs = [
            (i, j)
            for index, j in enumerate(changing)
            for i in changing[:index]
            if shared_measure(effects[i], effects[j])
            and self.similarity[i, j] < _MAX_SIMILARITY
            and self.candidates[i].paper != self.candidates[j].paper
        ]
        best = max(pairs, key=lambda pair: sum(self.candidates[i].value for i in pair), default=())
        for row in best:
            self.select(row)
        return list(best)

    def in_reading_order(self, rows: Sequence[int]) -> list[SelectedSentence]:
        """Return selected candidates in the order in which they are read."""
        chosen = [self.candidates[row] for row in rows]
        dates = [candidate.ranked.paper.date or "9999" for candidate in chosen]
        order = reading_order(self.similarity[np.ix_(rows, rows)], dates) if rows else []
        return [SelectedSentence(chosen[i].statement.sentence, chosen[i].ranked.paper) for i in order]

    def select(self, row: int) -> None:
        """Select a candidate."""
        candidate = self.candidates[row]
        self.rows.append(row)
        self.papers[candidate.paper] += 1
        self._told.add((candidate.paper, candidate.role))
        self._nearest = np.maximum(self._nearest, self.similarity[row])
        self._nearest[row] = np.inf
        self._any_recent = self._any_recent or candidate.ranked.recency >= _RECENT

    def fits(self, row: int) -> bool:
        """Whether a candidate may be selected: a paper has few sentences, and none repeats another."""
        candidate = self.candidates[row]
        if self.papers[candidate.paper] >= _MAX_PER_PAPER or (candidate.paper, candidate.role) in self._told:
            return False
        return bool(self._nearest[row] < _MAX_SIMILARITY)


def _candidates(
    source: ThemeInput, ranked: Sequence[RankedPaper], statements_of: Callable[[Paper], Sequence[Statement]]
) -> tuple[list[_Candidate], Matrix]:
    """Return every usable sentence of the papers with its value, and their similarity, `(n, n)` float32."""
    theme = source.theme
    below = (strand.sentences for summary in source.subtheme_summaries for strand in summary.strands)
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
    candidates = []
    for i, (item, statement) in enumerate(sources):
        text = statement.sentence.plain
        uses_unexplained = any(acronym in text and f"({acronym})" not in text for acronym in unexplained[item.paper.id])
        value = (
            0.25 * float(query_similarity[i])
            + 0.2 * float(centrality[i])
            + 0.16 * item.centrality
            + 0.2 * statement.own
            + 0.1 * statement.label.probability
            + content_value(text, item.paper.title, statement.label.role)
            - _UNEXPLAINED * uses_unexplained
        )
        candidates.append(_Candidate(statement, item, value))
    return candidates, rows @ rows.T


def _is_usable(statement: Statement, paper: Paper, newest_year: int) -> bool:
    """Whether a sentence has a role and tells something that is still true; one of another language is not judged."""
    text = statement.sentence.plain
    if statement.sentence.language != "en":
        return True
    return statement.label.role != "other" and not (is_empty(text) or is_stale(text, paper, newest_year))


def _tfidf(texts: Sequence[str], query: str) -> tuple[Matrix, Matrix]:
    """Return the TF-IDF vectors of the texts, `(n, terms)` float32, and of a query; of length 1, or zeros.

    The terms are those of at least two texts, 4,000 at most.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  # a second to import

    vectorizer = TfidfVectorizer(
        analyzer=content_terms, min_df=2, max_features=_MAX_TERMS, sublinear_tf=True, dtype=np.float32
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
