"""Which papers the entries of a bibliography are, and which works outside."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from surveygen.domain.citation import FULL_TEXT, CitationRecord, CitedWork, survey_name, title_name
from surveygen.domain.document import Document, DocumentReference
from surveygen.domain.identity import paper_names, title_key, titles_agree
from surveygen.domain.paper import Author, Paper, PaperId, is_arxiv_id
from surveygen.domain.person_names import family_name, fold, short_authors
from surveygen.domain.text import clean, tokenize

MATCHING = "references-1"  # the name of these rules, as results are stored under it; another one where they change
_MAX_TITLE = 500  # characters of the title of a work outside the papers
_MAX_YEARS = 4  # between a preprint and the volume that an entry names
_MIN_WORDS = 3  # of a title that is looked for in the text of an entry
_MIN_WORDS_ALONE = 5  # of one whose authors the corpus does not know
_WORD = re.compile(r"[^\W_]+")
_OPENS_TITLE = re.compile(r"(?:\A|[.,;“\"‘'«(\])]|[^\W\d_]\.:)\s*\Z")
# Behind a comma a title may go on ("Features, Not Bugs"), and behind a full stop with the number of a part.
_CLOSES_TITLE = re.compile(
    r"\s*(?:\Z|[?!”\"’'»(\[]|[.;](?!\s*(?:part\s+)?[IVX]+\b)"
    r"|,\s*(?:[0-9”\"’']|\Z|(?:in|arxiv|preprint|proc|submitted|accepted|to appear|phd|tech)\b|[A-Z][a-z]{0,8}\.))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PaperIndex:
    """Papers by what an entry of a bibliography may say of them; made once for all documents."""

    _ids: dict[PaperId, list[Paper]] = field(default_factory=lambda: defaultdict(list))
    _titles: dict[str, list[Paper]] = field(default_factory=lambda: defaultdict(list))
    _beginnings: dict[tuple[str, ...], list[tuple[tuple[str, ...], Paper]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> Self:
        """Index papers."""
        index = cls()
        for paper in papers:
            for name in paper_names(paper):
                index._ids[name].append(paper)
            index._titles[title_key(paper.title)].append(paper)
            words = tuple(tokenize(paper.title))
            if len(words) >= _MIN_WORDS and "$" not in paper.title:
                index._beginnings[words[:_MIN_WORDS]].append((words, paper))
        return index

    def named(self, reference: DocumentReference) -> list[Paper]:
        """Return the papers that have the arXiv id of an entry, or else its DOI."""
        names = (reference.arxiv, f"doi:{reference.doi}" if reference.doi else "")
        return next((by_id for name in names if name and (by_id := self._ids.get(PaperId(name)))), [])

    def titled(self, title: str) -> list[Paper]:
        """Return the papers with a title."""
        key = title_key(title)
        return self._titles.get(key, []) if key else []

    def beginning(self, words: tuple[str, ...]) -> list[tuple[tuple[str, ...], Paper]]:
        """Return the papers whose titles begin with some words, each with all words of its title."""
        return self._beginnings.get(words, [])


def match_references(document: Document, index: PaperIndex) -> dict[str, PaperId]:
    """Find the papers that a document cites: by arXiv id, then DOI, then title.

    An entry that fits two papers, or whose id contradicts its title and authors, is left out. A title alone is not
    enough: the first author must be named and the years must be near.

    Returns:
        ids of papers by ids of references, in the order of the bibliography.
    """
    matches: dict[str, PaperId] = {}
    for reference in document.references:
        papers = {paper.id for paper in _candidates(reference, index)} - {document.paper}
        if len(papers) == 1:
            matches[reference.id] = papers.pop()
    return matches


def list_citations(document: Document, index: PaperIndex, matches: Mapping[str, PaperId], *, at: str) -> CitationRecord:
    """Return whom a document cites as a record of the provider `FULL_TEXT`: papers of the index, and works outside.

    An entry that fits two papers, or the document itself, is neither. Works of which neither an id nor a title is known
    are only counted.

    Args:
        document: the text.
        index: the papers of the survey.
        matches: those that its entries are, as `match_references` finds them.
        at: since when the text is known, ISO 8601 UTC.
    """
    works: dict[str, CitedWork] = {}
    unnamed = 0
    for reference in document.references:
        if reference.id in matches:
            name = survey_name(matches[reference.id])
            works.setdefault(name, CitedWork((name,)))
        elif _candidates(reference, index):
            continue
        elif (work := _work_outside(reference, index)) is not None:
            works.setdefault(work.ids[0], work)
        else:
            unnamed += 1
    own = (survey_name(document.paper),)
    return CitationRecord(document.paper, FULL_TEXT, own, None, tuple(works.values()), unnamed, at)


def _work_outside(reference: DocumentReference, index: PaperIndex) -> CitedWork | None:
    """Return the work of an entry that is no paper of the index; None if it has neither an id nor a title.

    The id of a paper of the index is a mistake there, as the entry describes another work.
    """
    is_mistaken = bool(index.named(reference))
    arxiv, doi = ("", "") if is_mistaken else (reference.arxiv, reference.doi)
    title = clean(reference.title, _MAX_TITLE)
    ids = (f"arxiv:{arxiv}" if arxiv else "", f"doi:{doi}" if doi else "", title_name(title))
    names = tuple(filter(None, ids))
    if not names:
        return None
    authors = short_authors(tuple(Author(name) for name in reference.authors))
    return CitedWork(names, title, authors, _year_of(reference))


def _candidates(reference: DocumentReference, index: PaperIndex) -> list[Paper]:
    """Return the papers that an entry may be, by the strongest evidence it has."""
    if by_id := index.named(reference):
        return [paper for paper in by_id if _is_described(paper, reference)]
    by_title = [*_with_title(reference, index), *_in_text(reference, index)]
    # An entry with an arXiv id of its own is no other paper of arXiv.
    return [paper for paper in by_title if not (reference.arxiv and is_arxiv_id(paper.id))]


def _is_described(paper: Paper, reference: DocumentReference) -> bool:
    """Whether an entry with the id of a paper names its title or first author; an id may be mistyped."""
    return (
        (bool(reference.title) and titles_agree(reference.title, paper.title))
        or title_key(paper.title) in title_key(reference.text)
        or _names_author(paper, reference, reference.text) is not False
    )


def _with_title(reference: DocumentReference, index: PaperIndex) -> list[Paper]:
    """Return the papers with the title that the page marks, or that the form of the entry shows."""
    return [
        paper
        for paper in index.titled(reference.title)
        if _fits(paper, reference, f"{reference.label} {' '.join(reference.authors)} {reference.text}")
    ]


def _in_text(reference: DocumentReference, index: PaperIndex) -> list[Paper]:
    """Return the papers whose whole title stands in the entry, with nothing of a longer title around it."""
    tokens = list(_WORD.finditer(reference.text))
    words = tuple(token[0].lower() for token in tokens)
    found = []
    for place in range(len(words) - _MIN_WORDS + 1):
        for title, paper in index.beginning(words[place : place + _MIN_WORDS]):
            end = place + len(title)
            if words[place:end] != title:
                continue
            before, after = reference.text[: tokens[place].start()], reference.text[tokens[end - 1].end() :]
            is_whole = _OPENS_TITLE.search(before[-20:] if len(before) > 20 else before) and _CLOSES_TITLE.match(after)
            if is_whole and _fits(paper, reference, before):
                found.append(paper)
    return found


def _fits(paper: Paper, reference: DocumentReference, authors: str) -> bool:
    """Whether first author and year do not contradict a title that is the same."""
    years = (paper.year, _year_of(reference))
    if years[0] and years[1] and abs(years[0] - years[1]) > _MAX_YEARS:
        return False
    is_named = _names_author(paper, reference, authors)
    return len(tokenize(paper.title)) >= _MIN_WORDS_ALONE if is_named is None else is_named


def _year_of(reference: DocumentReference) -> int | None:
    year = reference.year  # that of a dump may be any text
    return int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None


def _names_author(paper: Paper, reference: DocumentReference, text: str) -> bool | None:
    """Whether a text or the label of the entry names the first author; None if the paper's authors are unknown."""
    family = fold(family_name(paper.authors[0].name)) if paper.authors else ""
    if not family:
        return None
    words = [fold(word) for word in re.split(r"[\s,;()\[\]]+", f"{reference.label} {text}")]
    joined = f" {' '.join(word for word in words if word)} "
    return f" {family} " in joined or f" {' '.join(map(fold, family_name(paper.authors[0].name).split()))} " in joined
