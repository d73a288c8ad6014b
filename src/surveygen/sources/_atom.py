"""Read the Atom answers of arXiv's query API."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from surveygen.domain.identifiers import is_arxiv_id
from surveygen.domain.paper import BadRecord, Paper
from surveygen.errors import SourceError
from surveygen.sources._dates import iso
from surveygen.sources._lines import RAW
from surveygen.sources._record import paper_from
from surveygen.sources._retry import UnusableError
from surveygen.sources._withdrawn import is_withdrawal_comment
from surveygen.sources._xml import parse_xml

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
# A category of arXiv ("cs.LG", "math-ph", "cond-mat.mes-hall"); ACM and MSC classes stand in the same list.
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.(?:[A-Z]{2}|[a-z]+(?:-[a-z]+)*))?\Z")


@dataclass(frozen=True, slots=True)
class Feed:
    """One answer: papers in all, the offset of this page and its day as the server says, and its entries in order."""

    total: int
    start: int
    records: tuple[Paper | BadRecord, ...]
    day: str = ""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The entries that could be read."""
        return tuple(record for record in self.records if isinstance(record, Paper))

    @property
    def distinct(self) -> int:
        """How far the page reaches: bad entries count, a paper shown twice counts once, so that nothing is skipped."""
        return len({paper.id for paper in self.papers}) + sum(isinstance(record, BadRecord) for record in self.records)


def parse_feed(body: bytes, url: str) -> Feed:
    """Read an answer; an entry that cannot be read is a bad record.

    Raises:
        UnusableError: "refused" with the server's words for an error feed; "broken" if it is no feed with its counts;
            "hostile" for entities.
    """
    root = parse_xml(body, f"{_ATOM}feed")
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in _said(entry, f"{_ATOM}id"):
            raise UnusableError("refused", f"refused: {_said(entry, f'{_ATOM}summary')[:300] or 'no reason given'}")
    records = tuple(_record(entry, url) for entry in entries)
    day = (iso(_said(root, f"{_ATOM}updated")) or "")[:10]
    return Feed(_count(root, "totalResults"), _count(root, "startIndex"), records, day)


def _count(root: etree._Element, name: str) -> int:
    text = _said(root, f"{_SEARCH}{name}")
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UnusableError("broken", f"the feed has no {name}")
    return int(text)


def _record(entry: etree._Element, url: str) -> Paper | BadRecord:
    try:
        return _dated(paper_from(_mapped(entry)))
    except SourceError as error:
        raw = etree.tostring(entry, encoding="unicode")[:RAW]
        line = entry.sourceline
        return BadRecord(url, line if isinstance(line, int) else 0, error.message, raw)


def _dated(paper: Paper) -> Paper:
    if not is_arxiv_id(paper.id):
        raise SourceError(f"{paper.id!r} is no arXiv id")
    if paper.published is None:
        raise SourceError(f"{paper.id}: no date")
    return paper


def _mapped(entry: etree._Element) -> dict[str, object]:
    """Map an entry (notes/harvest.md 2.4): ``published`` is of version 1, ``updated`` of this version."""
    primary = entry.find(f"{_ARXIV}primary_category")
    terms = [str(category.get("term", "")) for category in entry.findall(f"{_ATOM}category")]
    comment, abstract = _said(entry, f"{_ARXIV}comment"), _said(entry, f"{_ATOM}summary")
    return {
        "arxiv_id": _said(entry, f"{_ATOM}id"),
        "title": _said(entry, f"{_ATOM}title"),
        "abstract": abstract,
        "authors": [_person(author) for author in entry.findall(f"{_ATOM}author")],
        "published": _said(entry, f"{_ATOM}published"),
        "updated": _said(entry, f"{_ATOM}updated"),
        "categories": [term for term in terms if _CATEGORY.match(term)],
        "primary_category": primary.get("term") if primary is not None else None,
        "comment": comment,
        "journal_ref": _said(entry, f"{_ARXIV}journal_ref"),
        "doi": _said(entry, f"{_ARXIV}doi"),
        "status": "withdrawn" if is_withdrawal_comment(comment, abstract) else "active",
    }


def _person(author: etree._Element) -> dict[str, object]:
    places = [place.text or "" for place in author.findall(f"{_ARXIV}affiliation")]
    return {"name": _said(author, f"{_ATOM}name"), "affiliations": places}


def _said(element: etree._Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
