"""The plan of a theme's text: which papers each paragraph is about."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import PaperReview, Role
from surveygen.domain.text import clean, stem, tokenize
from surveygen.errors import SummaryError
from surveygen.summarize._answers import read_list
from surveygen.summarize._claims import object_schema
from surveygen.summarize._english import word_list

# What a paragraph does, and the role that it has in the survey.
ROLE_OF_KIND: Mapping[str, Role] = {
    "define": "problem",
    "group": "approach",
    "contrast": "finding",
    "agree": "finding",
    "trend": "finding",
    "gap": "limit",
}
MAX_PLANNED = 60  # papers of a theme; each takes a line of the plan's prompt, about 40 tokens
MAX_PARAGRAPHS = 6
_PER_PARAGRAPH = 5  # papers on the mean: a paragraph of 80 to 150 words has 4 to 6 sentences
_SMALL = 3  # papers that make one paragraph, without a plan
_KEYWORD_WEIGHT = 0.5  # of shared keywords beside the cosine of two papers
_MAX_TOPIC, _MAX_TOPIC_WORDS = 80, 8

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlannedParagraph:
    """What one paragraph does, what it is about in a few words, and its papers."""

    kind: str
    topic: str
    papers: tuple[PaperId, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PaperGroups:
    """The papers of a theme in groups that belong together.

    Attributes:
        papers: all papers, in the order in which they are shown.
        similarity: `(n, n)` likeness of these papers.
        groups: the ids of each group; the groups are in the order of their first papers.
    """

    papers: tuple[Paper, ...]
    similarity: Matrix
    groups: tuple[tuple[PaperId, ...], ...]

    @classmethod
    def of(cls, papers: Sequence[Paper], embeddings: Embeddings, reviews: Mapping[PaperId, PaperReview]) -> PaperGroups:
        """Group papers by their vectors and keywords: about five papers a group, at most six groups."""
        similarity = _similarity(papers, embeddings, reviews)
        count = min(MAX_PARAGRAPHS, max(round(len(papers) / _PER_PARAGRAPH), min(_SMALL, len(papers) // 2), 1))
        if len(papers) <= _SMALL:
            count = 1
        rows = _clusters(similarity, count)
        return cls(tuple(papers), similarity, tuple(tuple(papers[row].id for row in group) for group in rows))

    @property
    def needs_plan(self) -> bool:
        """Whether there is more than one group."""
        return len(self.groups) > 1

    def plan(self, reviews: Mapping[PaperId, PaperReview]) -> tuple[PlannedParagraph, ...]:
        """Return a paragraph for each group, named by the keyword that most of its papers share."""
        return tuple(PlannedParagraph("group", shared_keyword(group, reviews), group) for group in self.groups)

    def complete(self, plan: Sequence[PlannedParagraph]) -> tuple[PlannedParagraph, ...]:
        """Return a plan with every paper exactly once.

        A paper is left where it stands first. Of a group that has no paper in the plan, two papers or more become a
        paragraph of their own as long as there is room; any other paper that the plan lost goes to the paragraph that
        holds the most similar paper.
        """
        theme_papers, placed = {paper.id for paper in self.papers}, set[PaperId]()
        whole: list[PlannedParagraph] = []
        for paragraph in plan[:MAX_PARAGRAPHS]:
            papers = [
                paper for paper in dict.fromkeys(paragraph.papers) if paper in theme_papers and paper not in placed
            ]
            placed.update(papers)
            if papers:
                whole.append(replace(paragraph, papers=tuple(papers)))
        for group in self.groups:
            if len(group) > 1 and placed.isdisjoint(group) and len(whole) < MAX_PARAGRAPHS:
                whole.append(PlannedParagraph("group", "", group))
                placed.update(group)
        number = {paper.id: row for row, paper in enumerate(self.papers)}
        for paper in self.papers:
            if paper.id not in placed:
                nearest = [
                    max(self.similarity[number[paper.id], number[it]] for it in paragraph.papers) for paragraph in whole
                ]
                at = int(np.argmax(nearest))
                whole[at] = replace(whole[at], papers=(*whole[at].papers, paper.id))
        return tuple(whole)


def shared_keyword(papers: Sequence[PaperId], reviews: Mapping[PaperId, PaperReview]) -> str:
    """Return the keyword that most of some papers have, "" if no two have one."""
    spellings: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for paper in papers:
        of_paper = {keyword.casefold(): keyword for keyword in reviews[paper].keywords}
        counts.update(of_paper.keys())
        spellings = {**of_paper, **spellings}
    shared = [(-uses, key) for key, uses in counts.items() if uses > 1]
    return spellings[min(shared)[1]] if shared else ""


def checked_topic(topic: str, papers: Sequence[Paper], name: str) -> str:
    """Return a topic that a model wrote, "" if it is long or has a word that neither papers nor theme name have."""
    topic = clean(topic, _MAX_TOPIC).strip(" .")
    words = tokenize(topic)
    stems = {stem(word) for text in (name, *(paper.text for paper in papers)) for word in tokenize(text)}
    plain = all(letter.isalnum() or letter in " -'’" for letter in topic)
    content = [word for word in words if word not in word_list("stop_words.en")]
    fits = plain and 0 < len(words) <= _MAX_TOPIC_WORDS and all(stem(word) in stems for word in content)
    return f"{topic[:1].upper()}{topic[1:]}" if fits and content else ""


def plan_schema() -> str:
    """Return the JSON Schema of a plan."""
    paragraph = object_schema(
        {
            "kind": {"type": "string", "enum": list(ROLE_OF_KIND)},
            "topic": {"type": "string"},
            "papers": {"type": "array", "items": {"type": "integer"}},
        }
    )
    return json.dumps({"title": "plan", **object_schema({"paragraphs": {"type": "array", "items": paragraph}})})


def parse_plan(response: str, papers: Sequence[PaperId]) -> tuple[PlannedParagraph, ...]:
    """Parse a plan; numbers of papers that were not shown are left out.

    Args:
        response: the answer of the model.
        papers: those shown, by number from 1.

    Raises:
        SummaryError: it is no plan, or no paragraph of it names a paper.
    """
    plan = tuple(_paragraphs(read_list(response, "paragraphs"), papers))
    if not plan:
        raise SummaryError('no paragraph has a "kind", a "topic" and "papers" that were shown')
    return plan


def _paragraphs(rows: Sequence[object], papers: Sequence[PaperId]) -> Iterator[PlannedParagraph]:
    for row in rows:
        if not isinstance(row, dict):
            continue
        kind, topic, numbers = row.get("kind"), row.get("topic"), row.get("papers")
        if not isinstance(kind, str) or kind not in ROLE_OF_KIND or not isinstance(numbers, list):
            continue
        shown = tuple(papers[n - 1] for n in numbers if type(n) is int and 1 <= n <= len(papers))
        if shown:
            yield PlannedParagraph(kind, topic if isinstance(topic, str) else "", shown)


def in_requests(plan: Sequence[PlannedParagraph], most: int) -> tuple[tuple[PlannedParagraph, ...], ...]:
    """Divide a plan into requests of about equal numbers of papers, as few as hold at most `most` papers each.

    The number of requests follows from the number of papers alone, so that it is known before there is a plan; a plan
    of fewer paragraphs needs fewer.
    """
    total = sum(len(paragraph.papers) for paragraph in plan)
    count = -(-total // most)
    requests: list[list[PlannedParagraph]] = [[] for _ in range(count)]
    before = 0
    for paragraph in plan:
        middle = before + len(paragraph.papers) / 2
        requests[min(int(middle * count / total), count - 1)].append(paragraph)
        before += len(paragraph.papers)
    return tuple(tuple(request) for request in requests if request)


def _similarity(papers: Sequence[Paper], embeddings: Embeddings, reviews: Mapping[PaperId, PaperReview]) -> Matrix:
    """Return `(n, n)`: cosine, 0 without a vector, and the share of common keywords."""
    similarity = np.zeros((len(papers), len(papers)))
    embedded = set(embeddings.ids)
    rows = [row for row, paper in enumerate(papers) if paper.id in embedded]
    if rows:
        vectors = embeddings.rows([papers[row].id for row in rows])
        similarity[np.ix_(rows, rows)] = vectors @ vectors.T
    keywords = [{word.casefold() for word in reviews[paper.id].keywords} for paper in papers]
    for a, first in enumerate(keywords):
        for b, second in enumerate(keywords):
            if first and second:
                similarity[a, b] += _KEYWORD_WEIGHT * len(first & second) / min(len(first), len(second))
    return similarity


def _clusters(similarity: Matrix, count: int) -> list[list[int]]:
    """Join the two clusters of the highest mean likeness until `count` are left, none much larger than the mean."""
    clusters = [[row] for row in range(len(similarity))]
    largest = -(-3 * len(clusters) // (2 * count))
    while len(clusters) > count:
        pairs = [(a, b) for b in range(len(clusters)) for a in range(b)]
        fitting = [(a, b) for a, b in pairs if len(clusters[a]) + len(clusters[b]) <= largest]
        if not fitting:
            fitting, largest = pairs, len(similarity)
        a, b = max(
            fitting,
            key=lambda pair: (similarity[np.ix_(clusters[pair[0]], clusters[pair[1]])].mean(), -pair[0], -pair[1]),
        )
        clusters[a] = sorted([*clusters[a], *clusters.pop(b)])
    return sorted(clusters)
