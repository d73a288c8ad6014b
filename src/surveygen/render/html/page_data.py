"""Collect the data that the scripts of a page need, as one element."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from markupsafe import Markup

from surveygen.domain.citation import CitationStats, CitedWork
from surveygen.domain.paper import PaperId, is_arxiv_id
from surveygen.domain.survey import BibliographyEntry, Survey
from surveygen.domain.text import clean
from surveygen.domain.theme import Theme
from surveygen.render.html.context import HtmlContext, Span
from surveygen.render.html.layout import PageFile, address, catalogue_order
from surveygen.render.html.markup import parsed, rich, string
from surveygen.render.html.paper_data import Json, full, stub, summary
from surveygen.render.references import is_doi

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
    papers = [
        {**paper, **_location(book, page, entry, files)}
        for entry, paper in zip(entries, _papers(book, page, related, quoted, works), strict=True)
    ]
    catalogue = catalogue_order(book.survey) if page is book.layout.main else page.entries
    words = {key.removeprefix(_PREFIX): text for key, text in book.language.words.items() if key.startswith(_PREFIX)}
    rows = [{name: value for name, value in paper.items() if _has_content(value)} for paper in papers]
    columns = {name: [row.get(name) for row in rows] for name in _COLUMNS}
    return {
        "language": book.language.code,
        "words": dict(sorted(words.items())),
        "sites": SITES,
        "pages": [address(page.file, file) for file in files],
        "themes": [_theme(book, theme) for theme in book.survey.taxonomy],
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


def _location(book: HtmlContext, page: PageFile, entry: BibliographyEntry, files: list[str]) -> Json:
    """Return a paper's number where it differs from its index, and its own page where that is another one."""
    file = book.layout.file_of(entry.paper.id)
    number: Json = {} if page is book.layout.main else {"number": entry.number}
    return {**number, **({"page": files.index(file)} if file != page.file else {})}


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


def _theme(book: HtmlContext, theme: Theme) -> Json:
    mark = book.marks[theme.id]
    return {
        "id": clean(theme.id),
        "name": mark.name,
        "tone": mark.tone,
        "shape": mark.shape,
        "up": book.marks[theme.parent].index if theme.parent is not None else None,
        "size": book.sizes.get(theme.id, 0),
    }


def _has_content(value: object) -> bool:
    """Return whether a value has to be stored: 0 has, an empty or false value has not."""
    return value is not None and value is not False and value not in ("", [], {})


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
        return [_cited_work(work) for work in self._places]

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


def _cited_work(work: CitedWork) -> Json:
    names = dict(name.split(":", 1) for name in reversed(work.ids) if ":" in name)
    arxiv, doi = names.get("arxiv", ""), names.get("doi", "")
    fields: Json = {
        "title": rich(parsed(work.title)),
        "by": string(work.authors),
        "year": work.year,
        "arxiv": arxiv if is_arxiv_id(arxiv) else "",
        "doi": doi if is_doi(doi) else "",
    }
    return {name: value for name, value in fields.items() if value}
