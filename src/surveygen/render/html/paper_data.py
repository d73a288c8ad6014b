"""Describe one paper for the scripts of a page: full, summary or stub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surveygen.domain.inline import Cite, parse_inline
from surveygen.domain.paper import Paper, is_arxiv_id
from surveygen.domain.person_names import short_authors
from surveygen.domain.summary import PaperReview, Sentence
from surveygen.domain.survey import BibliographyEntry
from surveygen.domain.text import clean
from surveygen.domain.theme import ThemeId
from surveygen.render.export.bibtex import bibliography
from surveygen.render.html.context import SourceTexts, Span
from surveygen.render.html.layout import ThemeMark
from surveygen.render.html.markup import Rich, anchor, parsed, rich, string
from surveygen.render.references import code_address, doi_of, link_of, versions_of

Json = dict[str, object]
Marks = Mapping[ThemeId, ThemeMark]

MAX_AUTHORS = 50  # on a card; a paper of 3,000 authors would fill the page
_MAX_SUMMARY_AUTHORS = 12  # authors of a paper by whom the main page of a large survey can find it
_MAX_ONE_LINER = 200  # code points of the sentence in a summary


def full(entry: BibliographyEntry, sources: SourceTexts, marks: Marks) -> Json:
    """Return everything that a card shows, except related papers."""
    paper = entry.paper
    categories = [category for category in paper.categories if category != paper.primary_category]
    if paper.primary_category:  # first, as on arXiv; the page filters by the first
        categories.insert(0, paper.primary_category)
    return {
        **_metadata(paper, MAX_AUTHORS),
        "by": string(short_authors(paper.authors)),
        "updated": paper.updated,
        "version": paper.version,
        "versions": [[item.n, item.submitted_at, item.size_kb, int(item.withdrawn)] for item in versions_of(paper)],
        "categories": [string(category) for category in categories],
        "comment": string(paper.comment),
        "kind": "none" if not paper.abstract else "" if paper.abstract_kind == "abstract" else paper.abstract_kind,
        "abstract": [_with_spaces(piece) for piece in sources.pieces(paper.id)] if paper.abstract else [],
        "card": _review(entry.card, sources),
        "bibtex": bibliography([entry]),
        **_theme(entry, marks),
        **_assignment(entry, sources, marks),
    }


def summary(entry: BibliographyEntry, sources: SourceTexts, marks: Marks, spans: Sequence[Span] = ()) -> Json:
    """Return what the catalogue of a large survey shows and searches: one sentence in place of the abstract.

    Of the abstract only the pieces that claims of the page link to are included, each at its index.
    """
    paper, review = entry.paper, entry.card
    one_liner = [{"text": _shortened(_plain(review.one_liner))}] if review.one_liner else []
    fields: Json = {
        "one": one_liner,
        "keywords": [string(word) for word in review.keywords],
        "code": code_address(review.code),
    }
    return {
        **_metadata(paper, _MAX_SUMMARY_AUTHORS),
        "kind": paper.abstract_kind if paper.abstract_kind == "note" and spans else "",
        "abstract": _quoted_pieces(paper, sources, spans),
        "card": {name: value for name, value in fields.items() if value},
        "bibtex": bibliography([entry]),
        "category": string(paper.primary_category),
        **_theme(entry, marks),
    }


def stub(entry: BibliographyEntry, sources: SourceTexts, marks: Marks, spans: Sequence[Span] = ()) -> Json:
    """Return what a list of related papers shows of a paper whose card is on another page."""
    paper = entry.paper
    return {
        "id": anchor(paper.id),
        "title": rich(parsed(paper.title)),
        "authors": [string(author.name) for author in paper.authors[:3]],
        "more_authors": max(len(paper.authors) - 3, 0) or None,
        "by": string(short_authors(paper.authors)),
        "year": paper.year,
        "kind": paper.abstract_kind if paper.abstract_kind == "note" and spans else "",
        "abstract": _quoted_pieces(paper, sources, spans),
        **_theme(entry, marks),
    }


def _metadata(paper: Paper, max_authors: int) -> Json:
    link = link_of(paper)
    return {
        "id": anchor(paper.id),
        "title": rich(parsed(paper.title)),
        "authors": [string(author.name) for author in paper.authors[:max_authors]],
        "more_authors": max(len(paper.authors) - max_authors, 0) or None,
        "year": paper.year,
        "published": paper.published,
        "venue": string(paper.journal_ref),
        "doi": doi_of(paper),
        "link": link if link.startswith("https://") and not is_arxiv_id(paper.id) else "",
        "status": "" if paper.status == "active" else paper.status,
    }


def _theme(entry: BibliographyEntry, marks: Marks) -> Json:
    item = entry.assignment
    if item is None:
        return {}
    return {
        "nearest" if item.outside else "theme": marks[item.theme].index,
        "outside": item.outside,
        "unsure": item.uncertain,
        "also": [marks[theme].index for theme in item.secondary if theme in marks],
    }


def _assignment(entry: BibliographyEntry, sources: SourceTexts, marks: Marks) -> Json:
    item = entry.assignment
    if item is None:
        return {}
    rival = marks.get(item.runner_up) if item.runner_up is not None else None
    spans = (sources.span((reason,), entry.paper.id) for reason in entry.reasons)
    return {
        "sure": round(item.confidence, 2),
        "words": [string(word) for word in item.keywords],
        "why": [list(span) for span in spans if span],
        "score": round(item.score, 3),
        "margin": round(item.margin, 3),
        "rival": rival.index if rival else None,
        "how": string(item.method),
    }


def _quoted_pieces(paper: Paper, sources: SourceTexts, spans: Sequence[Span]) -> list[Rich]:
    """Return the pieces of an abstract up to the last that a span covers, those outside the spans empty."""
    covered = {at for span in spans for at in range(*span)}
    pieces = sources.pieces(paper.id)[: max(covered) + 1] if covered else []
    return [_with_spaces(piece) if at in covered else "" for at, piece in enumerate(pieces)]


def _with_spaces(piece: str) -> Rich:
    """Write a piece with the spaces at its ends, which separate it from its neighbors."""
    written = rich(parsed(piece))
    before, after = " " * piece[:1].isspace(), " " * piece[-1:].isspace()
    if isinstance(written, str):
        return f"{before}{written}{after}" if written else before
    return [*([before] if before else []), *written, *([after] if after else [])]


def _review(card: PaperReview, sources: SourceTexts) -> Json:
    fields: Json = {
        **{name: [_claim(sentence, card, sources) for sentence in sentences] for name, sentences in card.fields()},
        "keywords": [string(word) for word in card.keywords],
        "code": code_address(card.code),
    }
    return {name.replace("one_liner", "one"): value for name, value in fields.items() if value}


def _claim(sentence: Sentence, card: PaperReview, sources: SourceTexts) -> Json:
    """Write a claim of a review; its text is left out where it equals the piece of the abstract that it rests on."""
    text = _plain(sentence)
    span = sources.span(sentence.evidence, card.paper)
    quoted = [rich(parsed(piece)) for piece in sources.pieces(card.paper)[slice(*span)]] if span else []
    verbatim = len(quoted) == 1 and quoted[0] == text
    lang = {"lang": sentence.language} if sentence.language != sources.language else {}
    return {**({} if verbatim else {"text": text}), **({"span": list(span)} if span else {}), **lang}


def _shortened(text: Rich) -> Rich:
    """Shorten a sentence, unless it has mathematics."""
    return clean(text, _MAX_ONE_LINER) if isinstance(text, str) else text


def _plain(sentence: Sentence) -> Rich:
    """Return a sentence without its citation marks."""
    return rich(node for node in parse_inline(sentence.text, sentence.cites) if not isinstance(node, Cite))
