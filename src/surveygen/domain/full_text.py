"""What is stored about the full text of a version of a paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from surveygen.domain.document import DocumentFormat
from surveygen.domain.license import Reuse, reuse
from surveygen.domain.paper import PaperId

TextStatus = Literal["fetched", "none", "failed"]
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
        if not self.url.startswith(("https://", "http://")):
            return ""
        return f"{self.url}#{element}" if element else self.url
