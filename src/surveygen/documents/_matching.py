"""Which papers the entries of a bibliography are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from surveygen.domain.document import Document, DocumentReference
from surveygen.domain.identity import paper_names, title_key, titles_agree
from surveygen.domain.paper import Paper, PaperId, is_arxiv_id
from surveygen.domain.person_names import family_name, fold
from surveygen.domain.text import tokenize

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


@dataclass(slots=True)
class _Index:
    """The papers by what an entry may say of them."""

    ids: dict[PaperId, list[Paper]] = field(default_factory=lambda: defaultdict(list))
    titles: dict[str, list[Paper]] = field(default_factory=lambda: defaultdict(list))
    beginnings: dict[tuple[str, ...], list[tuple[tuple[str, ...], Paper]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def match_references(document: Document, papers: Iterable[Paper]) -> Mapping[str, PaperId]:
    """Find the papers that a document cites: by arXiv id, then DOI, then title.

    An entry that fits two papers, or whose id contradicts its title and authors, is left out. A title alone is not
    enough: the first author must be named and the years must be near.

    Returns:
        ids of papers by ids of references, in the order of the bibliography.
    """
    index = _index(papers)
    matches: dict[str, PaperId] = {}
    for reference in document.references:
        found = {paper.id for paper in _candidates(reference, index)} - {document.paper}
        if len(found) == 1:
            matches[reference.id] = found.pop()
    return matches


def _index(papers: Iterable[Paper]) -> _Index:
    index = _Index()
    for paper in papers:
        for name in paper_names(paper):
            index.ids[name].append(paper)
        index.titles[title_key(paper.title)].append(paper)
        words = tuple(tokenize(paper.title))
        if len(words) >= _MIN_WORDS and "$" not in paper.title:
            index.beginnings[words[:_MIN_WORDS]].append((words, paper))
    return index


def _candidates(reference: DocumentReference, index: _Index) -> list[Paper]:
    """Return the papers that an entry may be, by the strongest evidence it has."""
    names = (reference.arxiv, f"doi:{reference.doi}" if reference.doi else "")
    for name in filter(None, names):
        if by_id := index.ids.get(PaperId(name)):
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


def _with_title(reference: DocumentReference, index: _Index) -> list[Paper]:
    """Return the papers with the title that the page marks, or that the form of the entry shows."""
    key = title_key(reference.title)
    return [
        paper
        for paper in (index.titles.get(key, []) if key else [])
        if _fits(paper, reference, f"{reference.label} {' '.join(reference.authors)} {reference.text}")
    ]


def _in_text(reference: DocumentReference, index: _Index) -> list[Paper]:
    """Return the papers whose whole title stands in the entry, with nothing of a longer title around it."""
    tokens = list(_WORD.finditer(reference.text))
    words = tuple(token[0].lower() for token in tokens)
    found = []
    for place in range(len(words) - _MIN_WORDS + 1):
        for title, paper in index.beginnings.get(words[place : place + _MIN_WORDS], ()):
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
    year = paper.year
    if year and reference.year and abs(year - int(reference.year)) > _MAX_YEARS:
        return False
    is_named = _names_author(paper, reference, authors)
    return len(tokenize(paper.title)) >= _MIN_WORDS_ALONE if is_named is None else is_named


def _names_author(paper: Paper, reference: DocumentReference, text: str) -> bool | None:
    """Whether a text or the label of the entry names the first author; None if the paper's authors are unknown."""
    family = fold(family_name(paper.authors[0].name)) if paper.authors else ""
    if not family:
        return None
    words = [fold(word) for word in re.split(r"[\s,;()\[\]]+", f"{reference.label} {text}")]
    joined = f" {' '.join(word for word in words if word)} "
    return f" {family} " in joined or f" {' '.join(map(fold, family_name(paper.authors[0].name).split()))} " in joined
