"""What every reference format states about a paper: names, dates, form of publication, addresses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import Paper, PaperId, PaperVersion, is_arxiv_id
from surveygen.domain.person_names import split_name
from surveygen.domain.text import slugify, text_sha256
from surveygen.render.latex.text import tex_key

Form = Literal["preprint", "article", "proceedings"]

# "Proc." and "Proceedings" alone do not tell: those of academies and societies are journals.
_MEETING = re.compile(
    r"\b(?:conference|conf\.|workshop|symposium|annual meeting|meeting of|findings of)", re.IGNORECASE
)
_PREPRINT_DOI = "10.48550/"  # that arXiv gives to every paper, https://info.arxiv.org/help/doi.html
_DOI = re.compile(r"10\.[0-9]{4,9}/[-._;()/:A-Za-z0-9]+\Z")
_URL = re.compile(r"https?://[A-Za-z0-9][-A-Za-z0-9.]*(?::[0-9]+)?(?:/[-A-Za-z0-9._~/?=&+,:@;]*)?\Z")


# Types of BibLaTeX that BibTeX lacks, as those of BibTeX.
_KINDS = {
    **dict.fromkeys(["article", "book", "booklet", "inbook", "incollection", "inproceedings", "manual"], ""),
    **dict.fromkeys(["mastersthesis", "phdthesis", "techreport", "unpublished"], ""),
    "conference": "inproceedings",
    "thesis": "phdthesis",
    "report": "techreport",
    "mvbook": "book",
    "collection": "book",
    "mvcollection": "book",
    "reference": "book",
    "inreference": "incollection",
    "bookinbook": "inbook",
    "suppbook": "inbook",
    "suppperiodical": "article",
    "periodical": "article",
}
_UNPUBLISHED = frozenset({"misc", "online", "electronic", "www", "dataset", "software"})  # else by the venue
_KIND_OF_FORM: Mapping[Form, str] = {"preprint": "misc", "article": "article", "proceedings": "inproceedings"}
REVIEW_FOLDER = "papers"  # folder of the review pages
_MAX_STEM, _STEM_DIGITS = 60, 12  # characters of a file name before its hash, digits of the hash
_WITHIN_BOOKS = frozenset({"inproceedings", "incollection", "inbook"})


@dataclass(frozen=True, slots=True)
class Reference:
    """One paper in plain words, free of line breaks and control characters; empty fields mean unknown.

    Attributes:
        key: the citation key, letters and digits only. kind: as what it was published, as a type of BibTeX.
        names: family and given names; a group has no given name.
        date: year, month and day of the first version, as far as known. link: begins with https.
        annotation: an editor's note, which is no abstract. note: the version that was read, and a withdrawal.
    """

    key: str
    kind: str
    title: str
    names: tuple[tuple[str, str], ...]
    date: tuple[str, ...]
    journal: str
    abstract: str
    annotation: str
    arxiv: str
    doi: str
    link: str
    note: str
    editors: tuple[tuple[str, str], ...] = ()
    volume: str = ""
    number: str = ""
    pages: str = ""
    publisher: str = ""


def references(pairs: Iterable[tuple[str, Paper]]) -> Iterator[Reference]:
    """Yield a reference for every paper."""
    for key, paper in checked(pairs):
        text = words(paper.abstract)
        is_note = paper.abstract_kind == "note"
        remarks = [f"arXiv version {version_of(paper)}"] if version_of(paper) else []
        remarks += ["withdrawn"] if paper.status == "withdrawn" else []
        names = [split_name(words(author.name)) for author in paper.authors]
        editors = [split_name(words(name)) for name in stated_names(paper, "editor")]
        by_editors = has_editors_only(paper)
        yield Reference(
            key,
            kind_of(paper),
            words(paper.title),
            () if by_editors else tuple(name for name in names if name[0]),
            tuple(date_of(paper).split("-")) if date_of(paper) else (),
            words(paper.journal_ref),
            abstract="" if is_note else text,
            annotation=text if is_note else "",
            arxiv=paper.id if is_arxiv_id(paper.id) else "",
            doi=doi_of(paper),
            link=link_of(paper),
            note="; ".join(remarks),
            editors=tuple(name for name in (names if by_editors else editors) if name[0]),
            volume=stated(paper, "volume"),
            number=stated(paper, "number"),
            pages=stated(paper, "pages"),
            publisher=stated(paper, "publisher"),
        )


def checked(pairs: Iterable[tuple[str, Paper]]) -> Iterator[tuple[str, Paper]]:
    """Yield each paper under a key that is safe in any file; an address of its own stays only if it is https."""
    for number, (key, paper) in enumerate(pairs, start=1):
        own = paper.url if paper.url.startswith("https://") else ""
        yield tex_key(key, number), paper.with_changes(url=own)


def words(text: str) -> str:
    """Decode untrusted text to one line of plain words, mathematics as TeX between dollars."""
    return plain(parse_inline(text))


def date_of(paper: Paper) -> str:
    """Return the date without time, as precise as known; empty if it is not."""
    return (paper.published or paper.updated or "")[:10]


def version_of(paper: Paper) -> str:
    """Return the number of the arXiv version that was read; empty for a paper from elsewhere."""
    return str(paper.version) if is_arxiv_id(paper.id) else ""


def versions_of(paper: Paper) -> tuple[PaperVersion, ...]:
    """Return the versions worth a list: all of a paper at arXiv, else those that a source lists."""
    return paper.ledger() if is_arxiv_id(paper.id) else paper.versions


def form_of(paper: Paper) -> Form:
    """Return "preprint" until the record names a journal, or a DOI that is not arXiv's own.

    >>> form_of(Paper(PaperId("x"), "T", journal_ref="Proc. of the 3rd Workshop on Wants (2021)"))
    'proceedings'
    """
    venue = paper.journal_ref.strip()
    if _MEETING.search(venue):
        return "proceedings"
    doi = doi_of(paper)
    return "article" if venue or (doi and not doi.startswith(_PREPRINT_DOI)) else "preprint"


def kind_of(paper: Paper) -> str:
    """Return the type of an entry of BibTeX: what the source says, else by the form of publication.

    >>> kind_of(Paper(PaperId("x"), "T", extra=(("bibtex_type", '"thesis"'),)))
    'phdthesis'
    """
    own = stated(paper, "bibtex_type").lower()
    if own in _UNPUBLISHED and not paper.journal_ref:
        return "misc"
    return _KINDS.get(own, _KIND_OF_FORM[form_of(paper)]) or own


def venue_field(kind: str) -> str:
    """Return the field of BibTeX that has the venue of an entry."""
    return "booktitle" if kind in _WITHIN_BOOKS else "series" if kind == "book" else "journal"


def stated(paper: Paper, key: str) -> str:
    """Return a detail that the source gave and that has no field of its own, as plain words; empty if it is no text."""
    value = _extra(paper, key)
    return words(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def stated_names(paper: Paper, key: str) -> tuple[str, ...]:
    """Return a detail of the source that is a list of names."""
    value = _extra(paper, key)
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list) else ()


def has_editors_only(paper: Paper) -> bool:
    """Whether those that stand as authors are editors."""
    return stated(paper, "author_role") == "editor"


def _extra(paper: Paper, key: str) -> object:
    text = next((value for name, value in paper.extra if name == key), "null")
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def review_file(paper: PaperId) -> str:
    """Return the file of the review page of a paper, below the folder of the edition.

    Two papers never share a name, also where names differ by case only: that of an arXiv id ends with seven digits or
    fewer, any other with twelve digits of a hash.

    >>> review_file(PaperId("2101.00001")), review_file(PaperId("hep-th/9901001"))
    ('papers/2101.00001.html', 'papers/hep-th-9901001.html')
    >>> review_file(PaperId("title:on-the-way:2020:byron"))
    'papers/title-on-the-way-2020-byron-32024492ee95.html'
    """
    if is_arxiv_id(paper):
        return f"{REVIEW_FOLDER}/{paper.replace('/', '-')}.html"
    return f"{REVIEW_FOLDER}/{slugify(paper)[:_MAX_STEM].strip('-')}-{text_sha256(paper)[:_STEM_DIGITS]}.html"


def arxiv_url(paper: Paper) -> str:
    """Return the abstract page at arXiv; empty if the id is not one of arXiv's."""
    return f"https://arxiv.org/abs/{paper.id}" if is_arxiv_id(paper.id) else ""


def doi_of(paper: Paper) -> str:
    """Return the DOI; empty if it has not the form of one."""
    return paper.doi if is_doi(paper.doi) else ""


def is_doi(text: str) -> bool:
    """Whether a text has the form of a DOI, and nothing in it can break out of an address."""
    return bool(_DOI.match(text))


def link_of(paper: Paper) -> str:
    """Return the best address of a paper: arXiv, DOI, else its own if it is a plain web address; empty if none is."""
    doi = doi_of(paper)
    own = paper.url if _URL.match(paper.url) else ""
    return arxiv_url(paper) or (f"https://doi.org/{doi}" if doi else own)


def code_address(address: str) -> str:
    """Return the address of a repository if a link can hold it as it is, else ""."""
    safe = address.startswith("https://") and address.isascii() and not set(address) & set("\"<>'` \\{}")
    return address if safe else ""
