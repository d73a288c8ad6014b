"""Collect the data that the scripts of a page need, as one element."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from markupsafe import Markup

from surveygen.domain.citation import CitationStats, CitedWork
from surveygen.domain.inline import Cite, parse_inline
from surveygen.domain.paper import Paper, PaperId, is_arxiv_id
from surveygen.domain.person_names import short_authors
from surveygen.domain.summary import CitationContext, Evidence, Sentence
from surveygen.domain.survey import BibliographyEntry, Survey
from surveygen.domain.text import clean
from surveygen.domain.theme import ThemeId
from surveygen.render.bibtex import bibliography
from surveygen.render.html.context import HtmlContext, PageFile, SourceTexts, Span, ThemeMark, address, catalogue_order
from surveygen.render.html.markup import Rich, anchor, parsed, rich, string
from surveygen.render.references import REVIEW_FOLDER, code_address, doi_of, is_doi, link_of, review_file, versions_of

Json = dict[str, object]
Marks = Mapping[ThemeId, ThemeMark]

MAX_AUTHORS = 50  # on a card; a paper of 3,000 authors would fill the page
_MAX_SUMMARY_AUTHORS = 12  # authors of a paper by whom the main page of a large survey can find it
_MAX_ONE_LINER = 200  # code points of the sentence in a summary

# Pages about one arXiv paper. The ids that are filled in are checked; the rest is fixed.
SITES = (
    ("arXiv", "https://arxiv.org/abs/{id}"),
    ("PDF", "https://arxiv.org/pdf/{id}"),
    ("HTML", "https://arxiv.org/html/{id}"),
    ("Semantic Scholar", "https://api.semanticscholar.org/arXiv:{id}"),
    ("Connected Papers", "https://www.connectedpapers.com/api/redirect/arxiv/{id}"),
    ("alphaXiv", "https://www.alphaxiv.org/abs/{id}"),
    ("Hugging Face", "https://huggingface.co/papers/{id}"),
)
_PLAIN_LIMIT = 250_000  # characters; larger data are compressed, which keeps a page of 500 papers under 1.1 MB
_PREFIX = "page_js_"
# Short fields are stored by column, as similar values side by side compress 7 % better.
_NUMBERS = ("year", "published", "updated", "version", "number", "page", "x", "y", "sure", "score", "margin", "count")
_COLUMNS = (*_NUMBERS, "theme", "nearest", "outside", "unsure", "rival", "how", "kind", "category")
_EMPTY: tuple[object, ...] = (None, "", [], {})  # not stored, nor is False; 0 is
_ESCAPES = tuple((char, f"\\u{ord(char):04x}") for char in "<>&\u2028\u2029")


def page_data(book: HtmlContext, page: PageFile, quoted: Mapping[PaperId, Sequence[Span]]) -> Json:
    """Collect the papers of a page in the order of the references, themes in reading order, and words for scripts.

    The data contain the words that claims of the page link to: `quoted` has the pieces of the abstracts. The main page
    of a large survey has a summary of each paper. The page of a theme also has stubs of the papers elsewhere that are
    similar to one of its own, cite it or are cited by it: these come last, and `order` does not list them.
    """
    related = _related_entries(book, page, quoted) if page is not book.layout.main else []
    entries = (*page.entries, *related)
    index: dict[str, int] = {entry.paper.id: at for at, entry in enumerate(entries)}
    works = CitedWorks(book.survey, index)
    files = sorted({book.layout.file_of(entry.paper.id) for entry in entries} - {page.file})
    rows: list[Json] = []
    for entry, paper in zip(entries, _papers(book, page, related, quoted, works), strict=True):
        if page is not book.layout.main:
            paper["number"] = entry.number  # on the main page a paper's index gives its number
        if book.has_reviews and not is_arxiv_id(entry.paper.id):
            paper["review"] = review_file(entry.paper.id).removeprefix(f"{REVIEW_FOLDER}/")
        if (file := book.layout.file_of(entry.paper.id)) != page.file:
            paper["page"] = files.index(file)
        rows.append({name: value for name, value in paper.items() if value is not False and value not in _EMPTY})
    catalogue = catalogue_order(book.survey) if page is book.layout.main else page.entries
    words = {key.removeprefix(_PREFIX): text for key, text in book.language.words.items() if key.startswith(_PREFIX)}
    columns = {name: [row.get(name) for row in rows] for name in _COLUMNS}
    return {
        "language": book.language.code,
        "words": dict(sorted(words.items())),
        "sites": SITES,
        "pages": [address(page.file, file) for file in files],
        **({"reviews": address(page.file, REVIEW_FOLDER)} if book.has_reviews else {}),
        "themes": [
            {
                "id": clean(theme.id),
                "name": book.marks[theme.id].name,
                "tone": book.marks[theme.id].tone,
                "shape": book.marks[theme.id].shape,
                "up": book.marks[theme.parent].index if theme.parent is not None else None,
                "size": book.sizes.get(theme.id, 0),
            }
            for theme in book.survey.taxonomy
        ],
        "works": works.data(),
        "papers": [{name: value for name, value in row.items() if name not in _COLUMNS} for row in rows],
        "columns": {name: column for name, column in columns.items() if set(column) - {None}},
        "order": [index[entry.paper.id] for entry in catalogue],
    }


def data_element(data: Json) -> Markup:
    """Write data as a script element that browsers do not run: JSON, or gzip in base 64 if it is large."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char, escaped in _ESCAPES:
        text = text.replace(char, escaped)
    if len(text) <= _PLAIN_LIMIT:
        return Markup(f'<script type="application/json" id="data">{text}</script>')  # noqa: S704  # escaped above
    packed = base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
    return Markup(f'<script type="text/plain" id="data" data-packed="gzip">{packed}</script>')  # noqa: S704  # base 64


def _papers(
    book: HtmlContext,
    page: PageFile,
    related: Iterable[BibliographyEntry],
    quoted: Mapping[PaperId, Sequence[Span]],
    works: CitedWorks,
) -> Iterator[Json]:
    """Yield the papers of a page, then stubs of related papers."""
    main = page is book.layout.main
    index = works.index
    for entry in page.entries:
        x, y = entry.position or (0, 0)
        spot = {"x": round(1000 * x), "y": round(1000 * y)} if main and entry.position else {}  # thousandths of the map
        if main and book.layout.parts:
            yield {**summary(entry, book.sources, book.marks, quoted.get(entry.paper.id, ())), **spot}
        else:
            near = _indices(entry.neighbours, index)
            yield {
                **full(entry, book.sources, book.marks),
                "near": near,
                "described": [_described(context, book, index) for context in entry.contexts],
                **works.citations(entry.citation_stats),
                **spot,
            }
    own: dict[str, int] = {entry.paper.id: index[entry.paper.id] for entry in page.entries}
    for entry in related:
        cites = _indices(entry.citation_stats.references, own) if entry.citation_stats else []
        spans = quoted.get(entry.paper.id, ())
        if not spans and entry.paper.id not in book.stubs:
            book.stubs[entry.paper.id] = stub(entry, book.sources, book.marks)
        data = stub(entry, book.sources, book.marks, spans) if spans else book.stubs[entry.paper.id]
        yield {**data, "cites": cites}


def _related_entries(
    book: HtmlContext, page: PageFile, quoted: Mapping[PaperId, Sequence[Span]]
) -> list[BibliographyEntry]:
    """List the papers of other pages that the papers of this page refer to, in the order of the references."""
    own = {entry.paper.id for entry in page.entries}
    related: set[PaperId] = set(quoted)
    for entry in page.entries:
        related.update(entry.neighbours)
        if entry.citation_stats:
            related.update(entry.citation_stats.references, entry.citation_stats.cited_by)
    entries = (book.entries[paper] for paper in related - own if paper in book.entries)
    return sorted(entries, key=lambda entry: entry.number)


def _indices(papers: Iterable[str], index: Mapping[str, int]) -> list[int]:
    return [index[paper] for paper in papers if paper in index]


class CitedWorks:
    """The cited works outside a survey, without duplicates; papers refer to them by index.

    `index` has the papers of the page.
    """

    def __init__(self, survey: Survey, index: Mapping[str, int]) -> None:
        self.index = index
        self._titles = dict(survey.graphs)
        self._places: dict[CitedWork, int] = {}

    def data(self) -> list[Json]:
        """Return what is known of each work, in the order of their places."""
        works: list[Json] = []
        for work in self._places:
            names = dict(name.split(":", 1) for name in reversed(work.ids) if ":" in name)
            arxiv, doi = names.get("arxiv", ""), names.get("doi", "")
            fields: Json = {
                "title": rich(parsed(work.title)),
                "by": string(work.authors),
                "year": work.year,
                "arxiv": arxiv if is_arxiv_id(arxiv) else "",
                "doi": doi if is_doi(doi) else "",
            }
            works.append({name: value for name, value in fields.items() if value})
        return works

    def citations(self, standing: CitationStats | None) -> Json:
        """Write whom a paper cites; who cites it follows from the others."""
        if standing is None:
            return {}
        return {
            "cites": [self.index[paper] for paper in standing.references if paper in self.index],
            "works": [self._places.setdefault(work, len(self._places)) for work in standing.outside],
            "more_works": standing.more or None,
            "count": standing.count,
            "told": [[string(self._titles.get(name, name)), at[:10]] for name, at in standing.providers],
        }


def full(entry: BibliographyEntry, sources: SourceTexts, marks: Marks) -> Json:
    """Return everything that a card shows, except related papers."""
    paper = entry.paper
    categories = [category for category in paper.categories if category != paper.primary_category]
    if paper.primary_category:  # first, as on arXiv; the page filters by the first
        categories.insert(0, paper.primary_category)
    card = entry.card
    review: Json = {
        **{name: [_claim(sentence, entry, sources) for sentence in sentences] for name, sentences in card.fields()},
        "pointers": [[string(pointer.field), *_place(entry, pointer.evidence)] for pointer in card.pointers],
        "keywords": [string(word) for word in card.keywords],
        "code": code_address(card.code),
    }
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
        "card": {name.replace("one_liner", "one"): value for name, value in review.items() if value},
        "bibtex": bibliography([entry]),
        **_theme(entry, marks),
        **_assignment(entry, sources, marks),
    }


def summary(entry: BibliographyEntry, sources: SourceTexts, marks: Marks, spans: Sequence[Span] = ()) -> Json:
    """Return what the catalogue of a large survey shows and searches: one sentence in place of the abstract.

    Of the abstract only the pieces that claims of the page link to are included, each at its index.
    """
    paper, review = entry.paper, entry.card
    one_liner = _plain(review.one_liner) if review.one_liner else ""
    if isinstance(one_liner, str):  # a sentence with mathematics is not cut
        one_liner = clean(one_liner, _MAX_ONE_LINER)
    fields: Json = {
        "one": [{"text": one_liner}] if review.one_liner else [],
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


def _described(context: CitationContext, book: HtmlContext, index: Mapping[str, int]) -> Json:
    """Write how another paper describes one: its words if they may be shown, its reference number and the place."""
    citing = book.entries[context.evidence.paper]
    text = citing.full_text
    sentence = context.sentence
    fields: Json = {
        "text": _plain(sentence) if sentence is not None else "",
        "lang": sentence.language if sentence is not None and sentence.language != book.sources.language else "",
        "by": string(short_authors(citing.paper.authors) or citing.paper.title),
        "number": citing.number,
        "paper": index.get(citing.paper.id),
        "href": text.link(context.evidence.field) if text is not None else "",
    }
    return {name: value for name, value in fields.items() if value not in _EMPTY}


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


def _claim(sentence: Sentence, entry: BibliographyEntry, sources: SourceTexts) -> Json:
    """Write a claim of a review, with its place in the full text if it comes from there.

    Its text is left out where it equals the piece of the abstract that it rests on.
    """
    text = _plain(sentence)
    span = sources.span(sentence.evidence, entry.paper.id)
    quoted = [rich(parsed(piece)) for piece in sources.pieces(entry.paper.id)[slice(*span)]] if span else []
    verbatim = len(quoted) == 1 and quoted[0] == text
    lang = {"lang": sentence.language} if sentence.language != sources.language else {}
    place = next((found for span in sentence.evidence if (found := _place(entry, span))), [])
    return {
        **({} if verbatim else {"text": text}),
        **({"span": list(span)} if span else {}),
        **({"at": place} if place else {}),
        **lang,
    }


def _place(entry: BibliographyEntry, evidence: Evidence) -> list[str]:
    """Return number and heading of the section of some evidence, its address, and its words where they may be shown.

    Empty for evidence outside the full text.
    """
    quoted = entry.full_text
    passage = quoted.passage(evidence.field) if quoted is not None else None
    if quoted is None or passage is None:
        return []
    words = passage.text[evidence.start : evidence.end]
    return [string(passage.section), string(passage.title), quoted.link(evidence.field), string(words)]


def _plain(sentence: Sentence) -> Rich:
    """Return a sentence without its citation marks."""
    return rich(node for node in parse_inline(sentence.text, sentence.cites) if not isinstance(node, Cite))
