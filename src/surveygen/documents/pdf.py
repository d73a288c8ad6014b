"""Reading of PDFs as plain text: paragraphs without sections, citations or tables."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from statistics import median

from surveygen.documents._limits import MAX_TEXT, MAX_UNITS, NO_PAPER
from surveygen.domain.document import Document, DocumentSection, Unit
from surveygen.domain.identity import title_key
from surveygen.domain.paper import PaperId
from surveygen.domain.text import clean, text_sha256
from surveygen.errors import SourceError

MAX_PDF = 50_000_000  # bytes
MAX_PAGES = 500
_MAX_PAGE = 100_000  # characters of one page
_SECTION = DocumentSection("00", "unsectioned", "")
_HYPHEN = re.compile("[\ufffe\u00ad\u0002]\\n?")  # how pdfium writes a hyphen at the end of a line, which it joins
_ENDS = (".", "?", "!", ":", ".”", '."', ".)")


def read_pdf(data: bytes, *, paper: PaperId = NO_PAPER, version: int = 1, title: str = "") -> Document:
    """Read the text of a PDF; needs the extra `pdf`.

    The structure of a PDF cannot be had without a model: all units are paragraphs of one section of kind
    "unsectioned", and a paragraph is what the lengths of lines show.

    Args:
        data: the file.
        paper: id of the paper.
        version: its version.
        title: its title; if given, it must stand on the first two pages.

    Raises:
        SourceError: pypdfium2 is not installed, the file is no PDF, has no text, or is of another paper.
    """
    if len(data) > MAX_PDF:
        raise SourceError(f"the PDF has {len(data)} bytes, more than {MAX_PDF}", "leave it out")
    pages = _pages(data)
    if title and title_key(title) not in title_key(" ".join(pages[:2])):
        raise SourceError(
            f"the first pages of the PDF do not have the title {clean(title, 100)!r}", "check that it is of this paper"
        )
    units: list[Unit] = []
    for text in _paragraphs(pages):
        if len(units) == MAX_UNITS:
            break
        name = f"{_SECTION.id}-{len(units) + 1}-{text_sha256(text)[:8]}"
        units.append(Unit(name, "paragraph", _SECTION.id, text))
    if not units:
        raise SourceError("the PDF has no text", "it may be a scan; use the page of the paper")
    bounds = ("pages",) if len(pages) == MAX_PAGES else ()
    return Document(
        paper=paper,
        version=version,
        sha256=hashlib.sha256(data).hexdigest(),
        title=title,
        format="pdf",
        sections=(_SECTION,),
        units=tuple(units),
        bounds=bounds,
    )


def _pages(data: bytes) -> list[str]:
    """Return the text of each page."""
    try:
        from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415  # an extra
    except ModuleNotFoundError as error:
        raise SourceError("PDFs are read with pypdfium2, which is missing", 'pip install "surveygen[pdf]"') from error
    pages: list[str] = []
    try:
        with PdfDocument(data) as document:
            for number in range(min(len(document), MAX_PAGES)):
                page = document[number]
                text = page.get_textpage()
                pages.append(text.get_text_range(0, min(text.count_chars(), _MAX_PAGE)))
                text.close()
                page.close()
    except PdfiumError as error:
        raise SourceError(f"the file cannot be read as PDF: {error}", "check the file") from error
    return pages


def _paragraphs(pages: list[str]) -> Iterator[str]:
    """Join lines to paragraphs: one ends with a short line at the end of a sentence, or before an empty line."""
    text = _HYPHEN.sub("-\n", "\n".join(pages).replace("\r\n", "\n").replace("\r", "\n"))
    lines = [clean(line) for line in text.split("\n")]
    usual = median([len(line) for line in lines if len(line) > 20] or [80])
    joined: list[str] = []
    for line in lines:
        if joined and joined[-1][-2:-1].isalpha() and joined[-1].endswith("-") and line[:1].islower():
            joined[-1] = joined[-1][:-1] + line
        elif line:
            joined.append(line)
        is_end = not line or (line.endswith(_ENDS) and len(line) < 0.8 * usual)
        if joined and (is_end or sum(map(len, joined)) > MAX_TEXT // 2):
            yield clean(" ".join(joined), MAX_TEXT)
            joined = []
    if joined:
        yield clean(" ".join(joined), MAX_TEXT)
