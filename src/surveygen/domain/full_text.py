"""Full texts of papers: where they come from, and how their units are looked up."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from surveygen.domain.document import Document, DocumentFormat, Unit
from surveygen.domain.license import Permission, Reuse, Show, permission, reuse
from surveygen.domain.paper import Paper, PaperId

UnitLookup = Callable[[PaperId, int, str], Unit | None]  # by paper, version and id of the unit
ReferenceLookup = Callable[[PaperId, int, str], PaperId | None]  # by paper, version and id of the entry
TextStatus = Literal["fetched", "none", "failed"]
_ADDRESS = re.compile(r"https?://[A-Za-z0-9][-A-Za-z0-9.]*(?::[0-9]+)?(?:/[-A-Za-z0-9._~/+,:@]*)?")
TEXT_FIELD = "text:"  # begins a field of evidence in the full text; the id of the unit follows


@dataclass(frozen=True, slots=True)
class FullTextRecord:
    """The source of the full text of one version, and what became of it.

    Attributes:
        status: "fetched"; "none": arXiv has no page of this version (404); "failed": the answer or file could not be
            used, as `reason` says.
        url: address of the page, or name of the file.
        at: when it was fetched or added, ISO 8601 UTC.
        sha256: of the page or file, hexadecimal; "" without one.
        converter: name and version of the program that made the page; may be empty.
        license: address of the license of this version, "" if unknown.
        is_read: whether its units are stored.
    """

    paper: PaperId
    version: int
    status: TextStatus
    url: str
    at: str
    sha256: str = ""
    format: DocumentFormat = "html"
    converter: str = ""
    license: str = ""
    reason: str = ""
    is_read: bool = False

    @property
    def name(self) -> str:
        """The paper with its version, as arXiv writes it."""
        return f"{self.paper}v{self.version}"

    @property
    def reuse(self) -> Reuse:
        """What may be shown of the text."""
        return reuse(self.license)

    def link(self, element: str = "") -> str:
        """Return the address of the text, or of one element of its page; "" for a file.

        >>> FullTextRecord(PaperId("2101.00001"), 2, "fetched", "https://arxiv.org/html/2101.00001v2", "").link("S4.p2")
        'https://arxiv.org/html/2101.00001v2#S4.p2'
        """
        if not _ADDRESS.fullmatch(self.url):
            return ""
        return f"{self.url}#{quote(element, safe='', errors='replace')}" if element else self.url


@dataclass(frozen=True, slots=True)
class Passage:
    """A unit that is evidence of a sentence in a draft.

    Attributes:
        unit: id of the unit.
        section: the number of its section as printed, "" if none is. title: the heading of the section; may be empty.
        element: id of the page's element.
        text: the text of the unit, "" where its license does not permit to show it whole.
    """

    unit: str
    section: str = ""
    title: str = ""
    element: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class QuotedText:
    """What a draft shows of the full text of a paper: its source, and the units that are evidence in their order."""

    record: FullTextRecord
    passages: tuple[Passage, ...] = ()

    def passage(self, evidence_field: str) -> Passage | None:
        """Return the passage of a field of evidence, None for another field."""
        unit = evidence_field.removeprefix(TEXT_FIELD)
        return next((it for it in self.passages if it.unit == unit), None) if unit != evidence_field else None

    def link(self, evidence_field: str) -> str:
        """Return the address of the place of a field of evidence, that of the text for another; "" for a file."""
        passage = self.passage(evidence_field)
        return self.record.link(passage.element if passage is not None else "")


def find_passages(document: Document, units: Collection[str], *, whole: bool) -> tuple[Passage, ...]:
    """Return the passages of some units in the order of the document, with their text only if `whole`.

    A unit without an element of its own is found by that of its section.
    """
    sections = {section.id: section for section in document.sections}
    return tuple(
        Passage(
            unit.id,
            sections[unit.section].label,
            sections[unit.section].title,
            unit.element or sections[unit.section].element,
            unit.text if whole else "",
        )
        for unit in document.all_units()
        if unit.id in units
    )


def no_unit(_paper: PaperId, _version: int, _unit: str) -> Unit | None:
    """Look units up where there are no full texts."""
    return None


def no_reference(_paper: PaperId, _version: int, _reference: str) -> PaperId | None:
    """Look entries of bibliographies up where there are no full texts."""
    return None


def _no_document(_paper: PaperId, _version: int) -> Document | None:
    return None


@dataclass(frozen=True, slots=True, eq=False)
class FullTexts:
    """The full texts of the papers of a draft, each of the version that the draft has; read when they are asked for.

    Attributes:
        records: by paper, of the papers whose text is stored.
        digests: of the units of a text, by paper; another text has another one.
        show: the setting `full_text.show`.
        load: reads a text, and keeps none; None if it is damaged.
        unit: returns a unit; the texts read last stay in memory.
        cited: returns the paper of the survey that an entry of the bibliography of a text is, None for a work outside.
    """

    records: Mapping[PaperId, FullTextRecord] = field(default_factory=dict)
    digests: Mapping[PaperId, str] = field(default_factory=dict)
    show: Show = "licensed"
    load: Callable[[PaperId, int], Document | None] = _no_document
    unit: UnitLookup = no_unit
    cited: ReferenceLookup = no_reference

    def document(self, paper: PaperId) -> Document | None:
        """Return the text of a paper, None if there is none."""
        record = self.records.get(paper)
        return self.load(paper, record.version) if record is not None else None

    def permission(self, paper: PaperId) -> Permission:
        """Return what of a sentence of a paper's text may be shown; "facts" without a text."""
        record = self.records.get(paper)
        return permission(record.reuse, self.show) if record is not None else "facts"


def field_text(paper: Paper, evidence_field: str, unit: UnitLookup) -> str | None:
    """Return the text of a field of evidence, None if the version of the paper has no such field.

    Every reader of evidence uses this function.

    Args:
        paper: the paper as of the version.
        evidence_field: "title", "abstract", "comment" or "text:<unit id>".
        unit: looks up a unit of the full text.
    """
    if evidence_field.startswith(TEXT_FIELD):
        found = unit(paper.id, paper.version, evidence_field.removeprefix(TEXT_FIELD))
        return found.text if found is not None else None
    match evidence_field:
        case "title":
            return paper.title
        case "abstract":
            return paper.abstract
        case "comment":
            return paper.comment
        case _:
            return None
