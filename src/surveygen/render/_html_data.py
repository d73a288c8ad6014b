"""Gather what the page's scripts need, as one island of data."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Mapping

from markupsafe import Markup

from surveygen.domain.identifiers import is_arxiv_id
from surveygen.domain.inline import Cite, parse_inline
from surveygen.domain.names import short_authors
from surveygen.domain.paper import Paper
from surveygen.domain.survey import Entry, Survey
from surveygen.domain.text import clean
from surveygen.domain.theme import ThemeId
from surveygen.domain.writing import Card, Sentence
from surveygen.languages import Language
from surveygen.render._bibtex import bibliography
from surveygen.render._html_citations import Shelf
from surveygen.render._html_marks import ThemeMark
from surveygen.render._html_sources import Sources
from surveygen.render._html_text import Rich, anchor, parsed, rich, string
from surveygen.render._links import code_address, doi_of, link_of
from surveygen.render._reference import versions_of

Json = dict[str, object]

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
MAX_AUTHORS = 50  # on a card; a paper of 3,000 authors would fill the page
_PLAIN_LIMIT = 250_000  # characters; a larger island is packed, which keeps 500 papers under 1 MB
_PREFIX = "page_js_"
_SHORT = {"one_liner": "one"}  # names of the island
_ESCAPES = tuple((char, f"\\u{ord(char):04x}") for char in "<>&\u2028\u2029")


def island(survey: Survey, language: Language, sources: Sources, marks: Mapping[ThemeId, ThemeMark]) -> Json:
    """Collect papers in the order of the references, themes in reading order, and words for scripts."""
    where: dict[str, int] = {entry.paper.id: entry.number - 1 for entry in survey.entries}
    sizes = {count.theme: count.size for count in survey.counts}
    themes = [
        {
            "id": clean(theme.id),
            "name": marks[theme.id].name,
            "tone": marks[theme.id].tone,
            "up": marks[theme.parent].index if theme.parent is not None else None,
            "size": sizes.get(theme.id, 0),
        }
        for theme in survey.taxonomy
    ]
    shelf = Shelf(survey, where)
    papers = [
        {
            **_paper(entry, sources),
            **_filing(entry, sources, marks),
            "near": _known(entry.neighbours, where),
            **shelf.standing(entry.standing),
        }
        for entry in survey.entries
    ]
    spoken = {key.removeprefix(_PREFIX): said for key, said in language.words.items() if key.startswith(_PREFIX)}
    return {
        "language": language.code,
        "words": dict(sorted(spoken.items())),
        "sites": SITES,
        "themes": themes,
        "works": shelf.works(),
        "papers": [{key: value for key, value in paper.items() if _says(value)} for paper in papers],
    }


def island_markup(data: Json) -> Markup:
    """Write the island as an element that no browser runs: plain JSON, packed by gzip and base64 when large."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char, escaped in _ESCAPES:
        text = text.replace(char, escaped)
    if len(text) <= _PLAIN_LIMIT:
        return Markup(f'<script type="application/json" id="data">{text}</script>')  # noqa: S704  # escaped above
    packed = base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()
    return Markup(f'<script type="text/plain" id="data" data-packed="gzip">{packed}</script>')  # noqa: S704  # base64


def _paper(entry: Entry, sources: Sources) -> Json:
    paper = entry.paper
    return {
        "id": anchor(paper.id),
        "arxiv": paper.id if is_arxiv_id(paper.id) else "",
        "title": rich(parsed(paper.title)),
        "authors": [string(author.name) for author in paper.authors[:MAX_AUTHORS]],
        "more_authors": max(len(paper.authors) - MAX_AUTHORS, 0) or None,
        "by": string(short_authors(paper.authors)),
        "year": paper.year,
        "published": paper.published,
        "updated": paper.updated,
        "version": paper.version,
        "versions": [[item.n, item.submitted_at, item.size_kb, int(item.withdrawn)] for item in versions_of(paper)],
        "categories": [string(category) for category in paper.categories],
        "venue": string(paper.journal_ref),
        "comment": string(paper.comment),
        "doi": doi_of(paper),
        "link": _https(link_of(paper)),
        "status": "" if paper.status == "active" else paper.status,
        "kind": paper.abstract_kind if paper.abstract else "none",
        "abstract": _pieces(paper, sources),
        "card": _card(entry.card, sources),
        "bibtex": bibliography([entry]),
    }


def _says(value: object) -> bool:
    """Whether a value is worth its bytes: 0 is, what is empty or false is not."""
    return value is not None and value is not False and value not in ("", [], {})


def _https(address: str) -> str:
    return address if address.startswith("https://") else ""


def _pieces(paper: Paper, sources: Sources) -> list[Rich]:
    return [_spaced(piece) for piece in sources.pieces(paper.id)] if paper.abstract else []


def _spaced(piece: str) -> Rich:
    """Write a piece with the spaces at its ends, which hold it apart from its neighbors."""
    written = rich(parsed(piece))
    before, after = " " * piece[:1].isspace(), " " * piece[-1:].isspace()
    if isinstance(written, str):
        return f"{before}{written}{after}" if written else before
    return [*([before] if before else []), *written, *([after] if after else [])]


def _card(card: Card, sources: Sources) -> Json:
    fields: Json = {
        **{_SHORT.get(name, name): [_sentence(item, card, sources) for item in said] for name, said in card.fields()},
        "keywords": [string(word) for word in card.keywords],
        "code": code_address(card.code),
    }
    return {name: value for name, value in fields.items() if value}


def _sentence(sentence: Sentence, card: Card, sources: Sources) -> Json:
    """Write a claim of a card; its words are left out where they are the source's own."""
    nodes = parse_inline(sentence.text, sentence.cites)
    said = rich(node for node in nodes if not isinstance(node, Cite))
    span = sources.span(sentence.evidence, card.paper)
    quoted = [rich(parsed(piece)) for piece in sources.pieces(card.paper)[slice(*span)]] if span else []
    same = len(quoted) == 1 and quoted[0] == said
    lang = {"lang": sentence.language} if sentence.language != sources.language else {}
    return {**({} if same else {"text": said}), **({"span": list(span)} if span else {}), **lang}


def _filing(entry: Entry, sources: Sources, marks: Mapping[ThemeId, ThemeMark]) -> Json:
    item = entry.assignment
    if item is None:
        return {}
    rival = marks.get(item.runner_up) if item.runner_up is not None else None
    return {
        "nearest" if item.outside else "theme": marks[item.theme].index,
        "outside": item.outside,
        "sure": round(item.confidence, 2),
        "words": [string(word) for word in item.keywords],
        "why": [list(span) for each in entry.reasons if (span := sources.span((each,), entry.paper.id))],
        "score": round(item.score, 3),
        "margin": round(item.margin, 3),
        "rival": rival.index if rival else None,
        "unsure": item.uncertain,
        "how": string(item.method),
        "also": [marks[theme].index for theme in item.secondary if theme in marks],
    }


def _known(ids: Iterable[str], where: Mapping[str, int]) -> list[int]:
    return [where[one] for one in ids if one in where]
