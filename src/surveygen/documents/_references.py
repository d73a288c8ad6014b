"""Entries of bibliographies, with the ids, titles and authors that can be had from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from lxml.etree import _Element

from surveygen.documents._limits import MAX_LABEL, MAX_REFERENCE_TEXT, MAX_REFERENCES
from surveygen.documents._text import MarkedTextWriter, PageState, classes_of
from surveygen.domain.document import DocumentReference
from surveygen.domain.identity import ARXIV_DOI
from surveygen.domain.paper import parse_arxiv_id
from surveygen.domain.text import clean

_MAX_AUTHORS = 100  # names of one entry
_NEW_ID = r"[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}"
_ARCHIVE = (
    r"(?:acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga"
    r"|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math-ph|math|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics|plasm-ph"
    r"|q-alg|q-bio|quant-ph|solv-int|supr-con)"
)
_OLD_ID = rf"{_ARCHIVE}(?:\.[A-Z]{{2}})?/[0-9]{{7}}"
# An id of the new form is taken only where arXiv is named; one of the old form names its archive itself.
_ARXIV = re.compile(
    rf"(?:arxiv(?:\.org)?[\s:./\[(]*(?:(?:e-?prints?|preprint|abs|pdf|html|id)[\s:./]*)*(?:arxiv[\s:.]*)?|\babs/|10\.48550/arxiv\.)"
    rf"(?P<new>{_NEW_ID})(?![0-9.]*[0-9])|(?<![\w.-])(?P<old>{_OLD_ID})(?![0-9])",
    re.IGNORECASE,
)
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>\\{}|^`]{1,200}")
_DOI_END = ".,;:'’”\"*"
_CLOSING = {")": "(", "]": "["}
_YEAR = re.compile(r"(?<![\w.:/–-])((?:19|20)[0-9]{2})[a-z]?(?![\w/–-]|\.[0-9])")
_QUOTED = re.compile(r"[“\"]([^“”\"]{8,400}?)[,.]?[”\"]|``([^`']{8,400}?)[,.]?''")
# A full stop behind an initial, as in "D. E. Knuth", or behind "Jr" and "al" ends no sentence.
_SENTENCE_END = re.compile(r"(?<![\s.\-–(][A-Z])(?<!^[A-Z])(?<!\bal)(?<!\bJr)(?<!\bSt)[.?!](?=\s|$)")
_NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*\s){0,6}[^\W\d_][\w.'’-]*\Z")
_TITLE = re.compile(r"[^\W\d_](?:[^\s]*\s+){2,}\S")
_PART = re.compile(r"\s*(?:part\s+)?[IVX]+", re.IGNORECASE)
_NOT_NAMES = re.compile(r"\b(?:the|of|for|with|on|in|to|an?|from|by|using|is|are)\b")


def read_references(root: _Element, state: PageState) -> tuple[tuple[DocumentReference, ...], dict[str, str]]:
    """Return the entries of all bibliographies, and the id of each by that of its element."""
    references: list[DocumentReference] = []
    ids: dict[str, str] = {}
    for item in _items(root):
        if len(references) == MAX_REFERENCES:
            state.bounds.add("references")
            break
        reference = _reference(f"r{len(references) + 1}", item, state)
        references.append(reference)
        if reference.element:
            ids.setdefault(reference.element, reference.id)
    return tuple(references), ids


def parse_reference(name: str, text: str, links: tuple[str, ...] = ()) -> DocumentReference:
    """Return an entry that is plain text; `links` are addresses in it."""
    title, authors = _guess(text)
    return DocumentReference(name, text, "", title, authors, _year(text), *_identifiers(text, links))


def _items(root: _Element) -> Iterator[_Element]:
    """Return the entries that are in no other entry."""
    for item in root.iter("li", "div", "dd", "p", "span"):
        if "ltx_bibitem" in (item.get("class") or "") and "ltx_bibitem" in classes_of(item):
            yield item


def _reference(name: str, item: _Element, state: PageState) -> DocumentReference:
    fields = _marked_fields(item, state)
    label = " ".join(fields.get("tag", []))[:MAX_LABEL]
    writer = MarkedTextWriter(state)
    for part in item:
        if not classes_of(part) & {"ltx_tag", "ltx_bibtag"}:
            writer.element(part)
            writer.write(part.tail)
    text = writer.result()[0][:MAX_REFERENCE_TEXT]
    links = tuple(link.get("href") or "" for link in item.iter("a"))
    arxiv, doi = _identifiers(text, links)
    blocks = fields.get("bibblock", [])
    title, authors = _guess(text)
    if fields.get("bib_title"):
        title = fields["bib_title"][0]
    elif len(blocks) >= 3:
        title, authors = blocks[1], _names(blocks[0]) or authors
    if fields.get("bib_author"):
        authors = tuple(author for part in fields["bib_author"] for author in _names(part) or (part,))
    year = _year(" ".join(fields.get("bib_year", []))) or _year(label.rstrip(")]")) or _year(text)
    return DocumentReference(
        name,
        text,
        label,
        title.rstrip(" .,;").strip('“”"'),
        authors[:_MAX_AUTHORS],
        year,
        arxiv,
        doi,
        item.get("id") or "",
    )


def _marked_fields(item: _Element, state: PageState) -> dict[str, list[str]]:
    """Return the texts of the parts that the page marks, by the name of the mark."""
    wanted = {
        "ltx_tag": "tag", "ltx_bibtag": "tag", "ltx_bibblock": "bibblock", "ltx_bib_title": "bib_title",
        "ltx_bib_author": "bib_author", "ltx_bib_year": "bib_year",
    }  # fmt: skip
    fields: dict[str, list[str]] = {}
    for part in item.iter("span", "a", "em", "div", "cite"):
        names = {wanted[name] for name in classes_of(part) if name in wanted}
        for name in names:
            writer = MarkedTextWriter(state, with_tags=True)
            writer.children(part)
            if text := writer.result()[0][:MAX_REFERENCE_TEXT]:
                fields.setdefault(name, []).append(text)
    return fields


def _identifiers(text: str, links: tuple[str, ...]) -> tuple[str, str]:
    """Return the first arXiv id and the first DOI of an entry, "" for none; text goes before links."""
    places = (text, *(unquote(link[:MAX_REFERENCE_TEXT]).replace("\n", " ") for link in links))
    arxiv = next((found for place in places if (found := _arxiv(place))), "")
    doi = next((found for place in places if (found := _doi(place))), "")
    return arxiv, doi


def _arxiv(text: str) -> str:
    for found in _ARXIV.finditer(text):
        parsed = parse_arxiv_id((found["new"] or found["old"]).lower() if found["new"] else _old(found["old"]))
        if parsed:
            return parsed[0]
    return ""


def _old(name: str) -> str:
    archive, _, number = name.partition("/")
    return f"{archive.partition('.')[0].lower()}/{number}"


def _doi(text: str) -> str:
    for found in _DOI.finditer(text):
        doi = found[0].lower()
        while doi[-1] in _DOI_END or (doi[-1] in _CLOSING and doi.count(doi[-1]) > doi.count(_CLOSING[doi[-1]])):
            doi = doi[:-1]
        if not doi.startswith(ARXIV_DOI):
            return doi
    return ""


def _year(text: str) -> str:
    """Return the last year in a text, one in parentheses before others."""
    in_parentheses = re.findall(r"\(((?:19|20)[0-9]{2})[a-z]?\)", text)
    years = in_parentheses or _YEAR.findall(text)
    return str(years[-1]) if years else ""


def _guess(text: str) -> tuple[str, tuple[str, ...]]:
    """Return title and authors of an entry by its form: a title in quotation marks, or the second sentence.

    >>> _guess("D. Reed and E. Moss. NetCount: counting from still pictures. arXiv preprint, 2021.")
    ('NetCount: counting from still pictures', ('D. Reed', 'E. Moss'))
    """
    if quoted := _QUOTED.search(text):
        return quoted[1] or quoted[2], _names(text[: quoted.start()])
    ends = [found.start() for found in islice(_SENTENCE_END.finditer(text), 4)]
    if len(ends) < 2:
        return "", ()
    authors = _names(text[: ends[0]])
    # "A title. II. Its second part": the number belongs to the title.
    end = ends[2] if len(ends) > 2 and _PART.fullmatch(text[ends[1] + 1 : ends[2]]) else ends[1]
    title = text[ends[0] + 1 : end].strip()
    # "Gran. Matt. 7" is a journal: a word alone is no author, and a title has three words.
    if not authors or any(" " not in author for author in authors) or not _TITLE.match(title):
        return "", ()
    return title, authors


def _names(text: str) -> tuple[str, ...]:
    """Return names that are joined by commas and "and"; none if a part is not a name."""
    bare = re.sub(r"\(?\b(?:19|20)[0-9]{2}[a-z]?\b\)?", " ", text[:MAX_REFERENCE_TEXT])
    bare = re.sub(r",?\s+et\s+al\b\.?", "", bare).strip(" .,:;")
    parts = [part.strip() for part in re.split(r",?\s+(?:and|&)\s+|[;,]\s+", clean(bare)) if part.strip()]
    if not parts or len(parts) > 3 * _MAX_AUTHORS or _NOT_NAMES.search(bare) or not all(map(_NAME.match, parts)):
        return ()
    names: list[str] = []
    for part in parts:
        if names and re.fullmatch(r"(?:[A-Z]\.?[\s-]*){1,4}|Jr\.?", part):  # "Stone, C."
            names[-1] = f"{names[-1]}, {part}"
        else:
            names.append(part)
    return tuple(names)
