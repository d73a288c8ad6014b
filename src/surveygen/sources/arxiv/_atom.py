"""Parser of the Atom responses of arXiv's query API."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from surveygen.domain.paper import BadRecord, Paper, is_arxiv_id
from surveygen.errors import SourceError
from surveygen.sources.dates import iso_date
from surveygen.sources.http.body import child_text, parse_xml
from surveygen.sources.http.retry import UnusableError
from surveygen.sources.record import MAX_RAW, is_withdrawal_comment, paper_from

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
# A category of arXiv ("cs.LG", "math-ph", "cond-mat.mes-hall"); ACM and MSC classes stand in the same list.
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.(?:[A-Z]{2}|[a-z]+(?:-[a-z]+)*))?\Z")


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """One response.

    Attributes:
        total: papers that match the query. start: offset of this page. records: its entries in order.
        day: of the response, as the server says.
    """

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
        """The offset that the page covers: bad entries count, a paper shown twice counts once; nothing is skipped."""
        return len({paper.id for paper in self.papers}) + sum(isinstance(record, BadRecord) for record in self.records)


def parse_feed(body: bytes, url: str) -> AtomFeed:
    """Parse a response; an entry that cannot be read is a bad record.

    Raises:
        UnusableError: "refused" with the server's words for an error feed; "broken" if it is not a feed with its
            counts; "hostile" for entities.
    """
    root = parse_xml(body, f"{_ATOM}feed")
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in child_text(entry, f"{_ATOM}id"):
            reason = child_text(entry, f"{_ATOM}summary")[:300] or "no reason given"
            raise UnusableError("refused", f"refused: {reason}")
    records = tuple(_read_entry(entry, url) for entry in entries)
    day = (iso_date(child_text(root, f"{_ATOM}updated")) or "")[:10]
    return AtomFeed(_count(root, "totalResults"), _count(root, "startIndex"), records, day)


def _count(root: etree._Element, name: str) -> int:
    text = child_text(root, f"{_SEARCH}{name}")
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise UnusableError("broken", f"the feed has no {name}")
    return int(text)


def _read_entry(entry: etree._Element, url: str) -> Paper | BadRecord:
    """Convert an entry: ``published`` is the date of version 1, ``updated`` that of this version."""
    primary = entry.find(f"{_ARXIV}primary_category")
    terms = [str(category.get("term", "")) for category in entry.findall(f"{_ATOM}category")]
    comment, abstract = child_text(entry, f"{_ARXIV}comment"), child_text(entry, f"{_ATOM}summary")
    authors = [
        {
            "name": child_text(author, f"{_ATOM}name"),
            "affiliations": [place.text or "" for place in author.findall(f"{_ARXIV}affiliation")],
        }
        for author in entry.findall(f"{_ATOM}author")
    ]
    try:
        paper = paper_from(
            {
                "arxiv_id": child_text(entry, f"{_ATOM}id"),
                "title": child_text(entry, f"{_ATOM}title"),
                "abstract": abstract,
                "authors": authors,
                "published": child_text(entry, f"{_ATOM}published"),
                "updated": child_text(entry, f"{_ATOM}updated"),
                "categories": [term for term in terms if _CATEGORY.match(term)],
                "primary_category": primary.get("term") if primary is not None else None,
                "comment": comment,
                "journal_ref": child_text(entry, f"{_ARXIV}journal_ref"),
                "doi": child_text(entry, f"{_ARXIV}doi"),
                "status": "withdrawn" if is_withdrawal_comment(comment, abstract) else "active",
            }
        )
    except SourceError as error:
        reason = error.message
    else:
        if is_arxiv_id(paper.id) and paper.published:
            return paper
        reason = f"{paper.id}: no date" if is_arxiv_id(paper.id) else f"{paper.id!r} is not an arXiv id"
    line = entry.sourceline
    raw = etree.tostring(entry, encoding="unicode")[:MAX_RAW]
    return BadRecord(url, line if isinstance(line, int) else 0, reason, raw)
