"""Gather what the page's scripts need, as one island of data."""

from __future__ import annotations

import base64
import bz2
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from markupsafe import Markup

from surveygen.domain.paper import PaperId
from surveygen.domain.survey import BibliographyEntry
from surveygen.domain.text import clean
from surveygen.languages import Language
from surveygen.render._html_citations import Shelf
from surveygen.render._html_context import HtmlContext
from surveygen.render._html_layout import PageFile, address
from surveygen.render._html_marks import catalogue_order
from surveygen.render._html_paper_data import Json, least, light, whole
from surveygen.render._html_sources import Span

# Pages about one arXiv paper; the id that goes in is checked, the rest is fixed.
SITES = (
    ("arXiv", "https://arxiv.org/abs/{id}"),
    ("PDF", "https://arxiv.org/pdf/{id}"),
    ("HTML", "https://arxiv.org/html/{id}"),
    ("Semantic Scholar", "https://api.semanticscholar.org/arXiv:{id}"),
    ("Connected Papers", "https://www.connectedpapers.com/api/redirect/arxiv/{id}"),
    ("alphaXiv", "https://www.alphaxiv.org/abs/{id}"),
    ("Hugging Face", "https://huggingface.co/papers/{id}"),
)
_PLAIN_LIMIT = 250_000  # characters; a larger island is packed, which keeps 500 papers under 1 MB
_SLOW_LIMIT = 2_000_000  # bytes, 500 papers and more; a page unpacks 1.4 MB of bzip2 in 0.11 s, gzip in 0.02 s
_PREFIX = "page_js_"
# Short fields are kept apart, paper after paper: like stands beside like, which packs 7 % smaller.
_NUMBERS = ("year", "published", "updated", "version", "number", "page", "x", "y", "sure", "score", "margin", "count")
_COLUMNS = (*_NUMBERS, "theme", "nearest", "outside", "unsure", "rival", "how", "kind", "category")
_ESCAPES = tuple((char, f"\\u{ord(char):04x}") for char in "<>&\u2028\u2029")


def island(book: HtmlContext, page: PageFile) -> Json:
    """Collect the papers of a page in the order of the references, themes in reading order, and words for scripts.

    Call it when the page's claims are written, for it holds the words that they point at. The main page of a large
    survey has little of each paper. The page of a theme also has the least of the papers elsewhere that are near one
    of its own, cite it or are cited: these come last, and `order` does not name them.
    """
    away = tuple(_around(book, page)) if page is not book.layout.main else ()
    shown = (*page.entries, *away)
    where: dict[str, int] = {entry.paper.id: at for at, entry in enumerate(shown)}
    shelf = Shelf(book.survey, where)
    files = sorted({book.layout.file_of(entry.paper.id) for entry in shown} - {page.file})
    papers = [
        {**paper, **_elsewhere(book, page, entry, files)}
        for entry, paper in zip(shown, _papers(book, page, away, where, shelf), strict=True)
    ]
    order = catalogue_order(book.survey) if page is book.layout.main else page.entries
    return {
        "language": book.language.code,
        "words": _spoken(book.language),
        "sites": SITES,
        "pages": [address(page.file, file) for file in files],
        "themes": _themes(book),
        "works": shelf.works(),
        "papers": [
            {name: one for name, one in paper.items() if _says(one) and name not in _COLUMNS} for paper in papers
        ],
        "columns": _columns(papers),
        "order": [where[entry.paper.id] for entry in order],
    }


def island_markup(data: Json) -> Markup:
    """Write the island as an element that no browser runs: plain JSON, packed by bzip2 or gzip and base 85 if large."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char, escaped in _ESCAPES:
        text = text.replace(char, escaped)
    if len(text) <= _PLAIN_LIMIT:
        return Markup(f'<script type="application/json" id="data">{text}</script>')  # noqa: S704  # escaped above
    way, packed = _packed(text.encode())
    # Base 85 takes 6 % less than base 64. The period stands for the one letter of it that means something here.
    letters = base64.b85encode(packed, pad=True).decode().replace("<", ".")
    island = f"{len(packed)}:{letters}"
    return Markup(f'<script type="text/plain" id="data" data-packed="{way}">{island}</script>')  # noqa: S704  # base 85


def _packed(text: bytes) -> tuple[str, bytes]:
    """Pack by bzip2, which takes a quarter less and which the page's own script unpacks, or by gzip, which is fast."""
    return ("bz2", bz2.compress(text, 9)) if len(text) <= _SLOW_LIMIT else ("gzip", gzip.compress(text, 9, mtime=0))


def _papers(
    book: HtmlContext, page: PageFile, away: Iterable[BibliographyEntry], where: Mapping[str, int], shelf: Shelf
) -> Iterator[Json]:
    quoted = book.claims.quoted(page.file)
    for entry in page.entries:
        spot = _spot(entry) if page is book.layout.main else {}
        if page is book.layout.main and book.layout.parts:
            yield {**light(entry, book.sources, book.marks, quoted.get(entry.paper.id, ())), **spot}
        else:
            near = _places(entry.neighbours, where)
            yield {**whole(entry, book.sources, book.marks), "near": near, **shelf.standing(entry.standing), **spot}
    own: dict[str, int] = {entry.paper.id: where[entry.paper.id] for entry in page.entries}
    for entry in away:
        cites = _places(entry.standing.references, own) if entry.standing else []
        yield {**_least(book, entry, quoted.get(entry.paper.id, ())), "cites": cites}


def _spot(entry: BibliographyEntry) -> Json:
    """Place a paper on the map, in thousandths of its sides."""
    return {"x": round(1000 * entry.position[0]), "y": round(1000 * entry.position[1])} if entry.position else {}


def _least(book: HtmlContext, entry: BibliographyEntry, spans: Sequence[Span]) -> Json:
    if spans:
        return least(entry, book.sources, book.marks, spans)
    if entry.paper.id not in book.stubs:
        book.stubs[entry.paper.id] = least(entry, book.sources, book.marks)
    return book.stubs[entry.paper.id]


def _elsewhere(book: HtmlContext, page: PageFile, entry: BibliographyEntry, files: list[str]) -> Json:
    """Tell the number of a paper where its place does not, and the page that holds it in full if this one does not."""
    file = book.layout.file_of(entry.paper.id)
    number: Json = {} if page is book.layout.main else {"number": entry.number}
    return {**number, **({"page": files.index(file)} if file != page.file else {})}


def _around(book: HtmlContext, page: PageFile) -> Iterator[BibliographyEntry]:
    """Yield the papers of other pages that those of this one name, each once, in the order of the references."""
    own = {entry.paper.id for entry in page.entries}
    named: set[PaperId] = set(book.claims.quoted(page.file))
    for entry in page.entries:
        named.update(entry.neighbours)
        if entry.standing:
            named.update(entry.standing.references, entry.standing.cited_by)
    found = (book.entries[paper] for paper in named - own if paper in book.entries)
    yield from sorted(found, key=lambda entry: entry.number)


def _themes(book: HtmlContext) -> list[Json]:
    return [
        {
            "id": clean(theme.id),
            "name": book.marks[theme.id].name,
            "tone": book.marks[theme.id].tone,
            "shape": book.marks[theme.id].shape,
            "up": book.marks[theme.parent].index if theme.parent is not None else None,
            "size": book.sizes.get(theme.id, 0),
        }
        for theme in book.survey.taxonomy
    ]


def _spoken(language: Language) -> Json:
    spoken = {key.removeprefix(_PREFIX): said for key, said in language.words.items() if key.startswith(_PREFIX)}
    return dict(sorted(spoken.items()))


def _columns(papers: Sequence[Json]) -> dict[str, list[object]]:
    found = {name: [value if _says(value := paper.get(name)) else None for paper in papers] for name in _COLUMNS}
    return {name: column for name, column in found.items() if set(column) - {None}}


def _says(value: object) -> bool:
    """Whether a value is worth its bytes: 0 is, what is empty or false is not."""
    return value is not None and value is not False and value not in ("", [], {})


def _places(ids: Iterable[str], where: Mapping[str, int]) -> list[int]:
    return [where[one] for one in ids if one in where]
