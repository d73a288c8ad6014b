"""Choose sentences that say what a field is about or define its terms."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import FrontMatter, PaperReview, Sentence
from surveygen.domain.text import fold_name
from surveygen.domain.theme import Taxonomy, ThemeId
from surveygen.summarize._content import content_value, is_empty, is_stale
from surveygen.summarize._english import phrases
from surveygen.summarize._paper_review import Statement, extract_statements
from surveygen.summarize._text import content_terms, split_sentences

_leans = re.compile(rf"\b{phrases('lead_leans')}\b", re.IGNORECASE).search
_JUDGED = rf"(?!{phrases('definition_judges')}\b|of\b)[\w-]+,?"
_TERM = re.compile(
    rf"(?!{phrases('definition_no_start')}\b)(?:an? )?"
    rf"(?P<term>\w[\w/'’-]*(?: (?!{phrases('definition_no_word')}\b)[\w/'’-]+){{0,5}})(?: \([^)]{{1,40}}\))?,? "
    rf"(?:(?:is|are) (?:(?:typically|commonly|usually|generally|often) )?(?:an?|the) (?:{_JUDGED} ){{0,4}}"
    rf"(?!{phrases('definition_judges')}\b){phrases('definition_genus')},? {phrases('definition_rest')}\b"
    r"|refers? to |(?:is|are|can be) (?:\w+ly )?defined as |(?:is|are) concerned with |aims? (?:to|at) )",
    re.IGNORECASE,
)
_TURN = re.compile(phrases("definition_turns"), re.IGNORECASE)
_MIN_DEFINED, _MAX_DEFINED = 8, 40  # words of a definition
_CENTRAL = 80  # papers whose sentences are read, besides surveys: those nearest to the mean of all
_SURE = 0.5  # probability of the label of a sentence on what is known
_MIN_WORDS, _MAX_WORDS = 10, 36  # of a sentence that opens a survey
_INTRODUCTION = 3  # sentences, after the one of the abstract
_MAX_SHARED = 0.5  # of the terms of a sentence that one before has too
_MAX_OPENINGS = 2  # sentences that begin with the same two words
_MIN_VALUE = -0.1  # of the content; below it a sentence needs its neighbors
_SURVEY_BONUS, _FIRST_BONUS, _CENTRAL_WEIGHT, _COVERAGE_WEIGHT, _TITLE_WEIGHT = 0.3, 0.2, 0.3, 0.4, 0.25
_MIN_NAMED = 2  # words of the subject in such a sentence, one of them of the title, else one more
_FREQUENT = 0.04  # share of the papers whose keywords have a word of the subject
_MAX_DEFINITIONS, _MAX_OF_THEME = 8, 2
_USUAL_LENGTH = 20  # words of a good definition
_MIN_USES, _MIN_SHARE_OF_USES = 3, 0.02  # papers whose titles have a term that no theme is named by


@dataclass(frozen=True)
class FrontMatterInput:
    """What the front matter is chosen from.

    Attributes:
        title: of the survey, in the language of the settings.
        papers: all of the survey. reviews: one of each.
        taxonomy: the themes. top_themes: of the papers that have a theme.
        embeddings: of these papers or of none.
    """

    title: str
    papers: Sequence[Paper]
    reviews: Mapping[PaperId, PaperReview]
    taxonomy: Taxonomy
    top_themes: Mapping[PaperId, ThemeId]
    embeddings: Embeddings

    @cached_property
    def subject(self) -> Mapping[str, float]:
        """The words of the subject with their weights: share of the papers with it among their keywords, and title."""
        uses: Counter[str] = Counter()
        for review in self.reviews.values():
            uses.update({term for keyword in review.keywords for term in content_terms(keyword)})
        weights = {term: n / len(self.papers) for term, n in uses.items() if n >= _FREQUENT * len(self.papers)}
        return {**weights, **{term: weights.get(term, 0.0) + _TITLE_WEIGHT for term in content_terms(self.title)}}

    @cached_property
    def newest(self) -> int:
        """The year of the newest paper, 0 if unknown."""
        return max((paper.year for paper in self.papers if paper.year is not None), default=0)

    def is_survey(self, paper: PaperId) -> bool:
        """Whether a paper is a survey itself."""
        return any(facet.name == "kind" and facet.value == "survey" for facet in self.reviews[paper].facets)

    @cached_property
    def centrality(self) -> Mapping[PaperId, float]:
        """Rank of each paper by its likeness to the mean of all, 1 for the nearest."""
        placed = [paper.id for paper in self.papers if paper.id in self.embeddings]
        if not placed:
            return {}
        rows = self.embeddings.rows(placed)
        likeness = np.round(rows @ rows.mean(axis=0), 6)
        ranked = sorted(range(len(placed)), key=lambda at: (likeness[at], placed[at]))
        return {placed[at]: (rank + 1) / len(placed) for rank, at in enumerate(ranked)}


def quote_front_matter(source: FrontMatterInput) -> FrontMatter:
    """Return the first sentence of the abstract, those of the introduction, and the definitions.

    The introduction begins with a definition of the title's term, if there is one. All are quoted from surveys first,
    and from the papers that are most like all others.
    """
    if not source.papers:
        return FrontMatter()
    found = list(_definitions(source))
    whole = [sentence for place, sentence in found if place is None][:1]  # what the survey is about
    definitions = [sentence for _, sentence in found]
    leads = list(_leads(source, definitions))
    return FrontMatter(
        introduction=(*whole, *leads[1:]),
        abstract=tuple(leads[:1]),
        definitions=tuple(sentence for sentence in definitions if sentence not in whole),
    )


def _leads(source: FrontMatterInput, definitions: Sequence[Sentence]) -> Iterator[Sentence]:
    """Yield the sentences that tell most of the subject, each of another paper and with other words."""
    ranked = sorted(source.papers, key=lambda paper: (-source.centrality.get(paper.id, 0.0), paper.id))
    read = [paper for at, paper in enumerate(ranked) if at < _CENTRAL or source.is_survey(paper.id)]
    scored = [
        (_lead_value(source, paper, statement), statement.sentence)
        for paper in read
        for statement in extract_statements(paper)
        if _is_lead(statement, paper, source.newest)
    ]
    chosen: list[set[str]] = []
    openings: Counter[str] = Counter()
    used = {paper for sentence in definitions for paper in sentence.cites}
    for value, sentence in sorted(scored, key=lambda item: (-item[0], item[1].text)):
        terms, opening = set(content_terms(sentence.plain)), " ".join(sentence.plain.lower().split()[:2])
        shared = (len(terms & other) / max(min(len(terms), len(other)), 1) for other in chosen)
        new = openings[opening] < _MAX_OPENINGS and all(share <= _MAX_SHARED for share in shared)
        if value > 0 and new and not used & set(sentence.cites):
            chosen.append(terms)
            openings[opening] += 1
            used |= set(sentence.cites)
            yield sentence
        if len(chosen) > _INTRODUCTION:
            return


def _is_lead(statement: Statement, paper: Paper, newest: int) -> bool:
    """Whether a sentence says what is known of a subject, not what its paper does."""
    text, label = statement.sentence.plain, statement.label
    is_background = label.label == "background" and label.probability >= _SURE and label.role != "limit"
    if not is_background or statement.sentence.rule != "quote" or statement.sentence.language != "en":
        return False
    fits = _MIN_WORDS <= len(text.split()) <= _MAX_WORDS and not (is_empty(text) or is_stale(text, paper, newest))
    fits = fits and not _leans(text)
    return fits and content_value(text, paper.title, "problem") >= _MIN_VALUE and not defined_term(text)


def _lead_value(source: FrontMatterInput, paper: Paper, statement: Statement) -> float:
    """Return how much a sentence tells of the subject, 0 if it names too few of its words."""
    text = statement.sentence.plain
    terms, titled = set(content_terms(text)), set(content_terms(source.title))
    named = [source.subject[term] for term in terms if term in source.subject]
    if len(named) < (_MIN_NAMED if terms & titled else _MIN_NAMED + 1):
        return 0.0
    value: float = sum(named) / len(terms) ** 0.5 + _COVERAGE_WEIGHT * len(terms & titled) / max(len(titled), 1)
    value += _CENTRAL_WEIGHT * source.centrality.get(paper.id, 0.0) + _SURVEY_BONUS * source.is_survey(paper.id)
    value += _FIRST_BONUS * (statement.sentence.evidence[0].start == 0)
    return value + content_value(text, paper.title, "problem")


def _definitions(source: FrontMatterInput) -> Iterator[tuple[ThemeId | None, Sentence]]:
    """Yield definitions with their top theme, None for the whole survey, in the order of the themes; one of a term."""
    places = _term_places(source)
    found: dict[str, list[Sentence]] = defaultdict(list)
    for paper in source.papers:
        for term, sentence in _defining(paper, places):
            if not is_stale(sentence.plain, paper, source.newest):
                found[term].append(sentence)

    def rank(sentence: Sentence) -> tuple[bool, int, str]:
        length = len(sentence.plain.split())
        return not source.is_survey(sentence.cites[0]), abs(length - _USUAL_LENGTH), sentence.text

    order: dict[ThemeId | None, int] = {top.id: at for at, top in enumerate(source.taxonomy.children(None), start=1)}
    best = {term: min(sentences, key=rank) for term, sentences in found.items()}
    counts: Counter[ThemeId | None] = Counter()
    quoted: set[PaperId] = set()
    for term in sorted(best, key=lambda term: (order.get(places[term], 0), rank(best[term]))):
        sentence, place = best[term], places[term]
        if counts[place] < _MAX_OF_THEME and counts.total() < _MAX_DEFINITIONS and not quoted & set(sentence.cites):
            counts[place] += 1
            quoted |= set(sentence.cites)
            yield place, sentence


def _defining(paper: Paper, terms: Collection[str]) -> Iterator[tuple[str, Sentence]]:
    """Yield the sentences of a paper that define one of some terms, with the term, folded."""
    texts = (" ".join(paper.abstract[start:end].split()) for start, end in split_sentences(paper.abstract))
    if not any(fold_name(defined_term(text)) in terms for text in texts):
        return  # rewriting an abstract takes longer than looking at it
    for statement in extract_statements(paper):
        sentence = statement.sentence
        term = fold_name(defined_term(sentence.plain)) if sentence.rule == "quote" else ""
        if term in terms:
            yield term, sentence


def _term_places(source: FrontMatterInput) -> Mapping[str, ThemeId | None]:
    """Return the terms worth a definition, folded, with their top theme; None for those of the whole survey."""
    places: dict[str, ThemeId | None] = {}
    uses: dict[str, list[ThemeId | None]] = defaultdict(list)
    spelled: set[str] = set()
    for paper in source.papers:
        title = fold_name(paper.title)
        for keyword in source.reviews[paper.id].keywords:
            if (term := fold_name(keyword)) in title:
                uses[term].append(source.top_themes.get(paper.id))
                spelled.add(keyword)
    for term, themes in uses.items():
        if len(themes) >= max(_MIN_USES, _MIN_SHARE_OF_USES * len(source.papers)):
            places[term] = Counter(themes).most_common(1)[0][0]
    for theme in source.taxonomy:
        top = source.taxonomy.path(theme.id)[0]
        terms = (theme.name,) if theme.origin == "induced" else (*theme.keywords, theme.name)
        places |= {fold_name(term): top for term in terms}
        spelled |= set(terms)
    titled = set(content_terms(source.title))
    whole = {fold_name(term) for term in (source.title, *spelled) if set(content_terms(term)) <= titled}
    places.setdefault(fold_name(source.title), None)
    return {term: None if term in whole else top for term, top in places.items() if term}


def defined_term(text: str) -> str:
    """Return the term that a sentence without citation marks defines, without its article; "" if it defines none.

    What a thing is, refers to or aims at is a definition; that it matters, is hard or popular is none.

    >>> defined_term("Feature selection (FS) is the process of finding the features that tell most.")
    'Feature selection'
    >>> defined_term("Feature selection is a challenging problem of great importance.")
    ''
    """
    match = _TERM.match(text)
    if match is None or _TURN.search(text) or not _MIN_DEFINED <= len(text.split()) <= _MAX_DEFINED:
        return ""
    return match["term"]
