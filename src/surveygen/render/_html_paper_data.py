"""Gather what the page's scripts need of one paper: all of it, or the least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surveygen.domain.identifiers import is_arxiv_id
from surveygen.domain.inline import Cite, parse_inline
from surveygen.domain.paper import Paper
from surveygen.domain.person_names import short_authors
from surveygen.domain.summary import PaperReview, Sentence
from surveygen.domain.survey import BibliographyEntry
from surveygen.domain.text import clean
from surveygen.domain.theme import ThemeId
from surveygen.render._bibtex import bibliography
from surveygen.render._html_marks import ThemeMark
from surveygen.render._html_sources import SourceTexts, Span
from surveygen.render._html_text import Rich, anchor, parsed, rich, string
from surveygen.render._links import code_address, doi_of, link_of
from surveygen.render._reference import versions_of

Json = dict[str, object]
Marks = Mapping[ThemeId, ThemeMark]

MAX_AUTHORS = 50  # on a card; a paper of 3,000 authors would fill the page
_MAX_SEARCHED = 12  # authors of a paper that the main page of a large survey can find
_SHORT = {"one_liner": "one"}  # names of the island
_MAX_ONE = 200  # code points of its sentence there


def whole(entry: BibliographyEntry, sources: SourceTexts, marks: Marks) -> Json:
    """Write all that a card shows, but for the papers around it."""
    paper = entry.paper
    return {
        **_known(paper, MAX_AUTHORS),
        "by": string(short_authors(paper.authors)),
        "updated": paper.updated,
        "version": paper.version,
        "versions": [[item.n, item.submitted_at, item.size_kb, int(item.withdrawn)] for item in versions_of(paper)],
        "categories": [string(category) for category in _primary_first(paper)],
        "comment": string(paper.comment),
        "kind": _kind(paper),
        "abstract": _pieces(paper, sources),
        "card": _card(entry.card, sources),
        "bibtex": _bibtex(entry),
        **_place(entry, marks),
        **_filing(entry, sources, marks),
    }


def light(entry: BibliographyEntry, sources: SourceTexts, marks: Marks, spans: Sequence[Span] = ()) -> Json:
    """Write what the catalogue of a large survey shows and finds: the paper in a sentence, without its abstract.

    Of the abstract only the pieces that claims of the page point at are kept, each in its place.
    """
    paper, card = entry.paper, entry.card
    one = [{"text": _cut(_said(card.one_liner))}] if card.one_liner else []
    fields: Json = {"one": one, "keywords": [string(word) for word in card.keywords], "code": code_address(card.code)}
    return {
        **_known(paper, _MAX_SEARCHED),
        "kind": paper.abstract_kind if paper.abstract_kind == "note" and spans else "",
        "abstract": _quoted(paper, sources, spans),
        "card": {name: value for name, value in fields.items() if value},
        "bibtex": _bibtex(entry),
        "category": string(paper.primary_category),
        **_place(entry, marks),
    }


def least(entry: BibliographyEntry, sources: SourceTexts, marks: Marks, spans: Sequence[Span] = ()) -> Json:
    """Write what a list of related papers shows of one that stands on another page."""
    paper = entry.paper
    return {
        "id": anchor(paper.id),
        "title": rich(parsed(paper.title)),
        "authors": [string(author.name) for author in paper.authors[:3]],
        "more_authors": max(len(paper.authors) - 3, 0) or None,
        "by": string(short_authors(paper.authors)),
        "year": paper.year,
        "kind": paper.abstract_kind if paper.abstract_kind == "note" and spans else "",
        "abstract": _quoted(paper, sources, spans),
        **_place(entry, marks),
    }


def _bibtex(entry: BibliographyEntry) -> str:
    """Write the entry for BibTeX, with marks where it repeats what the data have: title, eprint and address."""
    text, paper = bibliography([entry]), entry.paper
    title = rich(parsed(paper.title))
    if isinstance(title, str):
        text = text.replace(f"{{{{{title}}}}}", "\1", 1)
    if is_arxiv_id(paper.id):
        text = text.replace(f"  eprint = {{{paper.id}}},\n  archivePrefix = {{arXiv}},\n", "\2", 1)
        text = text.replace(f"  url = {{https://arxiv.org/abs/{paper.id}}},\n", "\3", 1)
    return text


def _known(paper: Paper, most: int) -> Json:
    return {
        "id": anchor(paper.id),
        "title": rich(parsed(paper.title)),
        "authors": [string(author.name) for author in paper.authors[:most]],
        "more_authors": max(len(paper.authors) - most, 0) or None,
        "year": paper.year,
        "published": paper.published,
        "venue": string(paper.journal_ref),
        "doi": doi_of(paper),
        "link": "" if is_arxiv_id(paper.id) else _https(link_of(paper)),
        "status": "" if paper.status == "active" else paper.status,
    }


def _primary_first(paper: Paper) -> list[str]:
    """Order the categories as arXiv does; the page filters by the first."""
    first = [paper.primary_category] if paper.primary_category else []
    return [*first, *(category for category in paper.categories if category not in first)]


def _place(entry: BibliographyEntry, marks: Marks) -> Json:
    item = entry.assignment
    if item is None:
        return {}
    return {
        "nearest" if item.outside else "theme": marks[item.theme].index,
        "outside": item.outside,
        "unsure": item.uncertain,
        "also": [marks[theme].index for theme in item.secondary if theme in marks],
    }


def _filing(entry: BibliographyEntry, sources: SourceTexts, marks: Marks) -> Json:
    item = entry.assignment
    if item is None:
        return {}
    rival = marks.get(item.runner_up) if item.runner_up is not None else None
    return {
        "sure": round(item.confidence, 2),
        "words": [string(word) for word in item.keywords],
        "why": [list(span) for each in entry.reasons if (span := sources.span((each,), entry.paper.id))],
        "score": round(item.score, 3),
        "margin": round(item.margin, 3),
        "rival": rival.index if rival else None,
        "how": string(item.method),
    }


def _kind(paper: Paper) -> str:
    """Name what the abstract is where it is none."""
    if not paper.abstract:
        return "none"
    return "" if paper.abstract_kind == "abstract" else paper.abstract_kind


def _https(address: str) -> str:
    return address if address.startswith("https://") else ""


def _pieces(paper: Paper, sources: SourceTexts) -> list[Rich]:
    return [_spaced(piece) for piece in sources.pieces(paper.id)] if paper.abstract else []


def _quoted(paper: Paper, sources: SourceTexts, spans: Sequence[Span]) -> list[Rich]:
    if not spans:
        return []
    kept = {at for span in spans for at in range(*span)}
    pieces = sources.pieces(paper.id)[: max(kept) + 1]
    return [_spaced(piece) if at in kept else "" for at, piece in enumerate(pieces)]


def _spaced(piece: str) -> Rich:
    """Write a piece with the spaces at its ends, which hold it apart from its neighbors."""
    written = rich(parsed(piece))
    before, after = " " * piece[:1].isspace(), " " * piece[-1:].isspace()
    if isinstance(written, str):
        return f"{before}{written}{after}" if written else before
    return [*([before] if before else []), *written, *([after] if after else [])]


def _card(card: PaperReview, sources: SourceTexts) -> Json:
    fields: Json = {
        **{_SHORT.get(name, name): [_sentence(item, card, sources) for item in said] for name, said in card.fields()},
        "keywords": [string(word) for word in card.keywords],
        "code": code_address(card.code),
    }
    return {name: value for name, value in fields.items() if value}


def _sentence(sentence: Sentence, card: PaperReview, sources: SourceTexts) -> Json:
    """Write a claim of a card; its words are left out where they are the source's own."""
    said = _said(sentence)
    span = sources.span(sentence.evidence, card.paper)
    quoted = [rich(parsed(piece)) for piece in sources.pieces(card.paper)[slice(*span)]] if span else []
    same = len(quoted) == 1 and quoted[0] == said
    lang = {"lang": sentence.language} if sentence.language != sources.language else {}
    return {**({} if same else {"text": said}), **({"span": list(span)} if span else {}), **lang}


def _cut(words: Rich) -> Rich:
    """Shorten a sentence, unless there is mathematics in it."""
    return clean(words, _MAX_ONE) if isinstance(words, str) else words


def _said(sentence: Sentence) -> Rich:
    return rich(node for node in parse_inline(sentence.text, sentence.cites) if not isinstance(node, Cite))
