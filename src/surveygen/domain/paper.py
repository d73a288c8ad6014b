"""Papers, their versions and ids, and bad records.

Dates are ISO 8601 strings as precise as the source was: ``2023``, ``2023-05``,
``2023-05-01`` or ``2023-05-01T17:36:06Z``. Strings of mixed precision sort by time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NewType

from surveygen.domain.text import text_sha256

PaperId = NewType("PaperId", str)
Status = Literal["active", "withdrawn", "reinstated"]
AbstractKind = Literal["abstract", "note", "none"]

MAX_LISTED = 1000  # versions; arXiv's numbers have four digits, and a wrong one must not fill the memory
WITHDRAWN_FLAG = "I"  # source_type in arXivRaw records: the version withdraws the paper
# Year and month stand in every id: https://info.arxiv.org/help/arxiv_identifier.html
_DATED_ID = re.compile(r"(?:[a-z-]+/)?(?P<year>\d\d)(?P<month>0[1-9]|1[0-2])(?:\.\d{4,5}|\d{3})\Z", re.ASCII)
_MAX_SLUG = 100  # characters of a title in an id
_MAX_LINK = 500  # characters
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}Z)?)?)?\Z")
# Forms: https://info.arxiv.org/help/arxiv_identifier.html; the subject class of an old id (math.GT/) is dropped.
_NEW = r"\d{4}\.\d{4,5}"
_OLD = r"[a-z][a-z-]+(?:\.[A-Z]{2})?/\d{7}"
_ID = re.compile(rf"(?P<id>{_NEW}|{_OLD})(?:[vV](?P<version>[1-9]\d{{0,3}}))?\Z", re.ASCII)
_PREFIX = re.compile(
    r"(?:(?:https?://)?(?:[a-z]{2,7}\.)?arxiv\.org/(?:abs|pdf|html|src|e-print|format|ps)/"
    r"|(?:https?://)?(?:www\.)?(?:ar5iv\.(?:labs\.arxiv\.)?org/(?:html|abs)|alphaxiv\.org/(?:abs|pdf|overview)"
    r"|huggingface\.co/papers|arxiv-vanity\.com/papers|semanticscholar\.org/arxiv)/"
    r"|(?:https?://)?(?:dx\.|www\.)?doi\.org/10\.48550/arxiv\.|(?:doi:\s*)?10\.48550/arxiv\.|oai:arxiv\.org:"
    r"|arxiv:\s*)",
    re.IGNORECASE,
)
# What stands behind an id that was copied with its page: an anchor, a query, or the category in brackets.
_AFTER = re.compile(r"(?:[?#]\S*|\s+\[[A-Za-z-]{2,20}(?:\.[A-Za-z-]{2,20})?\])\Z")


@dataclass(frozen=True, slots=True)
class Author:
    """One author: the name as the source prints it, unsplit, and affiliations."""

    name: str
    affiliations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperVersion:
    """One submitted version: number from 1, date, size in kB (0 when unknown), arXiv source flags."""

    n: int
    submitted_at: str | None = None
    size_kb: int = 0
    flags: str = ""

    @property
    def withdrawn(self) -> bool:
        """Whether this version withdraws the paper."""
        return WITHDRAWN_FLAG in self.flags


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as a source or the store describes it; empty fields mean unknown.

    Attributes:
        id: arXiv id without version ("2107.05580", "hep-th/9901001"), or any other stable key.
        version: the version that title and abstract belong to; 1 when the source does not say.
        published: date of the first version. updated: date of `version`.
        abstract_kind: "note" marks an editor's annotation in place of the abstract.
        datestamp: the date at which an authority last changed its record (OAI-PMH); None if unknown. A record with a
            datestamp is complete, and wins over other records of the same version.
        authority: whether it is arXiv's own record, which outranks what files say of the same arXiv id.
        extra: keys of the import that have no field of their own, sorted by key.
        field_provenance: (field, version, date) of each field that comes from an older or less exact record, written
            by merge; the date is that record's `datestamp` or `updated`, "" if unknown; a negative version marks the
            stub of a withdrawn version, and version 0 what only a file says of a paper that arXiv has a record of.
    """

    id: PaperId
    title: str
    abstract: str = ""
    authors: tuple[Author, ...] = ()
    version: int = 1
    published: str | None = None
    updated: str | None = None
    versions: tuple[PaperVersion, ...] = ()
    categories: tuple[str, ...] = ()
    primary_category: str = ""
    doi: str = ""
    journal_ref: str = ""
    comment: str = ""
    license: str = ""
    url: str = ""
    status: Status = "active"
    abstract_kind: AbstractKind = "abstract"
    datestamp: str | None = None
    authority: bool = False
    extra: tuple[tuple[str, str], ...] = ()
    field_provenance: tuple[tuple[str, int, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.id or not self.title:
            raise ValueError("a paper needs an id and a title")
        if self.version < 1:
            raise ValueError(f"version {self.version} is not a positive number")
        for name in ("published", "updated", "datestamp"):
            value = getattr(self, name)
            if value is not None and not _DATE.match(value):
                raise ValueError(f"{name} {value!r} is not an ISO 8601 date")

    @property
    def date(self) -> str | None:
        """Date of the first version; else the month of an arXiv id; else the date of this version.

        >>> Paper(PaperId("2107.05580"), "T").date, Paper(PaperId("hep-th/9901001"), "T").date
        ('2021-07', '1999-01')
        """
        dated = _DATED_ID.match(self.id)
        if self.published or dated is None:
            return self.published or self.updated
        century = 19 if dated["year"] >= "91" else 20
        return f"{century}{dated['year']}-{dated['month']}"

    @property
    def year(self) -> int | None:
        """Year of `date`, None without one."""
        return int(self.date[:4]) if self.date else None

    @property
    def latest(self) -> int:
        """Number of the latest version; above `version` where the texts are those of an older one."""
        return max(self.version, *(listed.n for listed in self.versions), 1)

    def ledger(self) -> tuple[PaperVersion, ...]:
        """List every version from 1 to `latest`; where the source has no list, the record's own dates stand in.

        >>> [v.submitted_at for v in Paper(PaperId("x"), "T", version=3, published="2020", updated="2022").ledger()]
        ['2020', None, '2022']
        """
        by_number = {version.n: version for version in self.versions}
        dates = {self.version: self.updated} | {1: self.published or (self.updated if self.version == 1 else None)}
        numbers = range(1, self.latest + 1) if self.latest <= MAX_LISTED else sorted({*by_number, *dates})
        rows = (by_number.get(n, PaperVersion(n)) for n in numbers)
        return tuple(row if row.submitted_at else replace(row, submitted_at=dates.get(row.n)) for row in rows)

    @property
    def text(self) -> str:
        """The text to embed: title, full stop, abstract."""
        return f"{self.title}. {self.abstract}" if self.abstract else self.title

    @property
    def text_hash(self) -> str:
        """SHA-256 of title and abstract, hexadecimal; changes only with the text."""
        return text_sha256(f"{self.title}\x1f{self.abstract}")

    with_changes = replace  # returns a copy with some fields replaced


@dataclass(frozen=True, slots=True)
class PendingPaper:
    """An id that a person requested and that is still to be fetched; version None means the latest."""

    id: PaperId
    version: int | None = None


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that could not be read: its line (from 1, 0 if unknown), the reason, its first 2,000 characters."""

    source: str
    line: int
    reason: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class ImportChanges:
    """Changes of the corpus by one import or fetch: sorted ids, each in the first list that fits."""

    added: tuple[PaperId, ...] = ()
    revised: tuple[PaperId, ...] = ()
    withdrawn: tuple[PaperId, ...] = ()
    reinstated: tuple[PaperId, ...] = ()
    corrected: tuple[PaperId, ...] = ()
    unchanged: int = 0
    wanted: int = 0
    quarantined: tuple[BadRecord, ...] = field(default=())

    def __bool__(self) -> bool:
        """Whether anything in the corpus changed."""
        return bool(self.added or self.revised or self.withdrawn or self.reinstated or self.corrected or self.wanted)


def parse_arxiv_id(text: str) -> tuple[PaperId, int | None] | None:
    """Split an arXiv id, link or DOI into base id and version; None for any other text.

    >>> parse_arxiv_id("https://arxiv.org/pdf/2107.05580v2.pdf")
    ('2107.05580', 2)
    >>> parse_arxiv_id("math.GT/0309136")
    ('math/0309136', None)
    """
    bare = _AFTER.sub("", text.strip()) if len(text) < _MAX_LINK else ""
    match = _ID.match(_PREFIX.sub("", bare, count=1).rstrip("/").removesuffix(".pdf"))
    if match is None:
        return None
    base = re.sub(r"\.[A-Z]{2}/", "/", match["id"])
    return PaperId(base), int(match["version"]) if match["version"] else None


def is_arxiv_id(paper: str) -> bool:
    """Return whether an id is an arXiv id without a version."""
    parsed = parse_arxiv_id(paper)
    return parsed is not None and parsed == (paper, None)


def derived_id(title: str, doi: str = "") -> PaperId:
    """Return an id by which lists of references are compared: the DOI, else the title.

    >>> derived_id("On the Way", "10.1000/XYZ")
    'doi:10.1000/xyz'
    >>> derived_id("On the Way, Part 2")
    'title:on-the-way-part-2'
    """
    if doi:
        return PaperId(f"doi:{doi.lower()}")
    return PaperId("title:" + "-".join(_words(title))[:120].rstrip("-"))


def fallback_id(title: str, published: str | None, authors: Sequence[Author]) -> PaperId | None:
    """Return the id of a record that has none: title, year and first family name; None without a letter in the title.

    >>> fallback_id("On the Way, Part 2", "2020-05", (Author("Ada Byron"),))
    'title:on-the-way-part-2:2020:byron'
    """
    words = _words(title)
    if not words:
        return None
    joined = "-".join(words)
    if len(joined) > _MAX_SLUG:
        joined = f"{joined[:_MAX_SLUG].rstrip('-')}-{text_sha256(joined)[:8]}"
    parts = [joined, (published or "")[:4], "-".join(_words(authors[0].name.split(",")[0])[-1:]) if authors else ""]
    return PaperId("title:" + ":".join(parts).rstrip(":"))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())
