"""Write references as a .bib file that both BibTeX and BibLaTeX read.

Values are Unicode with TeX's special characters escaped; a title stands in double braces, so that its capitals stay.
The fields of preprints are those of https://info.arxiv.org/help/hypertex/bibstyles/index.html; a paper that was
published since keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType

from surveygen.domain.identifiers import is_arxiv_id
from surveygen.domain.inline import Math, Str, parse_inline
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.domain.person_names import split_name
from surveygen.domain.survey import BibliographyEntry
from surveygen.render._links import doi_of, link_of
from surveygen.render._published import Form, form_of
from surveygen.render._tex import tex_key, tex_string

_MAX_AUTHORS = 100  # a further author is "others"
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.[A-Za-z-]{2,20})?\Z")
KINDS: Mapping[Form, str] = {"preprint": "misc", "article": "article", "proceedings": "inproceedings"}
_NO_NOTES: Mapping[PaperId, str] = MappingProxyType({})
_AND = re.compile(r"\band\b", re.IGNORECASE)


def bibliography(entries: Iterable[BibliographyEntry], notes: Mapping[PaperId, str] = _NO_NOTES) -> str:
    """Return the text of ``references.bib``, one entry a paper in the order given.

    Notes are plain words that replace what an entry says of itself.
    """
    return "\n".join(_entry(entry, notes.get(entry.paper.id, "")) for entry in entries)


def bib_entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """Write one entry; its key and values are TeX already, and empty fields are left out."""
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{lines}}}\n"


def bib_fields(paper: Paper) -> dict[str, str]:
    """Return what BibTeX says about a paper, name to escaped value, in the order to write; "" is unknown."""
    return dict(_fields(paper))


def _entry(entry: BibliographyEntry, note: str) -> str:
    fields = bib_fields(entry.paper)
    own = {"note": _escaped(note)} if note else {}
    return bib_entry(KINDS[form_of(entry.paper)], tex_key(entry.cite_key, entry.number), fields | own)


def _fields(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{_words(paper.title)}}}"
    yield "author", " and ".join(_names(paper.authors))
    yield "year", str(paper.year) if paper.year is not None else ""
    yield "booktitle" if form_of(paper) == "proceedings" else "journal", _words(paper.journal_ref.strip())
    if is_arxiv_id(paper.id):
        yield "eprint", paper.id
        yield "archivePrefix", "arXiv"
        yield "primaryClass", paper.primary_category if _CATEGORY.match(paper.primary_category) else ""
    yield "doi", doi_of(paper)
    yield "url", link_of(paper)
    if paper.status == "withdrawn":
        yield "note", "Withdrawn"


def _names(authors: tuple[Author, ...]) -> Iterator[str]:
    shown = (_name(author.name) for author in authors[:_MAX_AUTHORS])
    return chain((name for name in shown if name), ["others"] if len(authors) > _MAX_AUTHORS else [])


def _name(name: str) -> str:
    """Write a name as ``Family, Given``; a name that the format could split elsewhere stands in braces."""
    family, given = split_name("".join(node.text for node in parse_inline(name) if isinstance(node, Str)))
    if not given or _AND.search(name) or "," in family + given:
        whole = _escaped(f"{given} {family}".strip())
        return f"{{{whole}}}" if whole else ""
    return f"{_escaped(family)}, {_escaped(given)}"


def _words(text: str) -> str:
    nodes = parse_inline(text)
    return "".join(_math(node) if isinstance(node, Math) else _escaped(_text_of(node)) for node in nodes)


def _math(node: Math) -> str:
    """Set mathematics inline; its braces to print are named, for BibTeX counts escaped ones too."""
    tex = node.tex.replace("\\{", "\\lbrace ").replace("\\}", "\\rbrace ")
    return f"${tex}$"


def _text_of(node: object) -> str:
    return node.text if isinstance(node, Str) else ""


def _escaped(words: str) -> str:
    r"""Escape for TeX; braces become parentheses, for BibTeX counts escaped ones too, and brackets stay bare."""
    safe = tex_string(words.replace("{", "(").replace("}", ")"))
    return safe.replace("{[}", "[").replace("{]}", "]")
