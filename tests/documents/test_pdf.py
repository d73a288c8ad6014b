"""PDFs as plain text, where pypdfium2 is installed."""

from __future__ import annotations

import sys

import pytest

from document_checks import assert_sound
from surveygen.documents import read_pdf
from surveygen.errors import SourceError

LINES = (
    "Counting bees with a lamp",
    "We count bees with a lamp and a camera, which costs less than a night of work for any pho-",
    "tographer who would have to count them by hand.",
    "A second paragraph begins here and goes on for a whole line of the page as paragraphs will",
    "and then it ends.",
)


def pdf(lines: tuple[str, ...], pages: int = 1) -> bytes:
    """Make a PDF with one line of text below the other on each page."""
    text = "BT /F1 10 Tf 14 TL 40 700 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    page = f"/Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {4 + pages} 0 R/Resources<</Font<</F1 3 0 R>>>>"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{' '.join(f'{4 + number} 0 R' for number in range(pages))}]/Count {pages}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *[f"<<{page}>>"] * pages,
        f"<</Length {len(text)}>>\nstream\n{text}\nendstream",
    ]
    written, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj\n{content}\nendobj\n"
    table = "0000000000 65535 f \n" + "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer\n<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{len(written)}\n%%EOF\n"
    return f"{written}xref\n0 {len(objects) + 1}\n{table}{end}".encode("latin-1")


def test_a_pdf_is_plain_text_and_marked_so() -> None:
    """Paragraphs are found by the lengths of lines, and nothing claims to be a section."""
    pytest.importorskip("pypdfium2")
    document = read_pdf(pdf(LINES), title="Counting Bees with a Lamp")

    assert_sound(document)
    assert (document.format, [section.kind for section in document.sections]) == ("pdf", ["unsectioned"])
    assert [unit.text for unit in document.units] == [
        f"{LINES[0]} {LINES[1].removesuffix('-')}{LINES[2]}",
        f"{LINES[3]} {LINES[4]}",
    ]
    assert read_pdf(pdf(LINES), title="Counting Bees with a Lamp") == document


def test_no_text_or_another_paper_is_refused() -> None:
    """A scan, a file that is no PDF, a damaged one and a PDF of another paper end with an error of the source."""
    pytest.importorskip("pypdfium2")
    for data in (b"", b"%PDF-1.4", b"text", pdf(()), pdf(LINES)[:200]):
        with pytest.raises(SourceError):
            read_pdf(data)
    with pytest.raises(SourceError, match="title"):
        read_pdf(pdf(LINES), title="Counting beetles")


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the error tells what to install."""
    monkeypatch.setitem(sys.modules, "pypdfium2", None)

    with pytest.raises(SourceError) as raised:
        read_pdf(pdf(LINES))

    assert "surveygen[pdf]" in raised.value.hint
