"""Reading of pages that LaTeXML or one of its kin made of a paper."""

from __future__ import annotations

import codecs
import hashlib
import re

from lxml import etree
from lxml.etree import _Element

from surveygen.documents._blocks import BlockReader
from surveygen.documents._limits import MAX_ATTRIBUTES, MAX_BYTES, MAX_TAGS
from surveygen.documents._references import read_references
from surveygen.documents._text import MarkedTextWriter, PageState, classes_of, inner_text
from surveygen.domain.document import Document
from surveygen.domain.identity import same_title, titles_agree
from surveygen.domain.paper import PaperId, parse_arxiv_id
from surveygen.domain.text import clean
from surveygen.errors import SourceError

_HEAD = 4096  # bytes in which a page declares its encoding, and in which its end is looked for
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})|encoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})""")
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Python knows more, some of which take a time that grows with the square of the text.
_ENCODINGS = re.compile(
    r"(?:iso-?8859-(?:[1-9]|1[013-6])|windows-125[0-8]|koi8-[ru]|gb(?:2312|k|18030)|big5|shift_jis|euc-(?:jp|kr))\Z",
    re.IGNORECASE,
)
_CONVERTER = re.compile(
    rb"Generated\s{1,3}(?:on|by)[^<>]{0,80}?(?P<name>LaTeXML|latexml-oxide)(?:[^<>0-9]{0,20}(?P<version>[0-9]+(?:\.[0-9]+)+))?"
    rb"|Generated\s{1,3}on[^<>]{0,60}by\s{1,3}<a[^<>]{1,80}(?P<linked>LaTeXML)/",
    re.IGNORECASE,
)
_ATTRIBUTE = rb"""[\s/]*+[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"']*+))?+"""
_TAG = re.compile(rb"<[A-Za-z][^\s/>]*+(?:%s){0,%d}+(?P<more>%s)?" % (_ATTRIBUTE, MAX_ATTRIBUTES, _ATTRIBUTE))
_STAMP = re.compile(r"arXiv:(\S{5,40}v[0-9]{1,4})")


def read_page(data: bytes, *, paper: PaperId, version: int, title: str) -> Document:
    """Read the page of one version of a paper.

    Args:
        data: the page as it was served, HTML or XHTML.
        paper: id of the paper that was asked for.
        version: its version.
        title: the title of that paper, with or without markup.

    Raises:
        SourceError: the page is too large or has no markup of LaTeXML, or it is of another paper or version.
    """
    state = PageState()
    root = _paper_element(_decoded(data, paper, state), paper, state)
    page_title = _title(root, state)
    _check_identity(root, page_title, paper, version, title)
    references, state.references = read_references(root, state)
    reader = BlockReader(state)
    reader.read(root)
    if not reader.units:
        raise SourceError(f"the page of {paper} has no text", "read it again later, or leave it out")
    return Document(
        paper=paper,
        version=version,
        sha256=hashlib.sha256(data).hexdigest(),
        title=page_title,
        converter=_converter(data),
        sections=tuple(reader.sections),
        units=tuple(reader.units),
        tables=tuple(reader.tables),
        figures=tuple(reader.figures),
        references=references,
        footnotes=tuple(reader.footnotes),
        errors=tuple(state.errors),
        bounds=tuple(sorted(state.bounds)),
    )


def _decoded(data: bytes, paper: PaperId, state: PageState) -> bytes:
    """Return the page in UTF-8; refuse what would take too long to parse."""
    hint = "check the file; a page of LaTeXML is far smaller"
    if len(data) > MAX_BYTES:
        raise SourceError(f"the page of {paper} has {len(data)} bytes, more than {MAX_BYTES}", hint)
    text = _text(data).replace("\0", "").encode("utf-8", "replace")
    if text.count(b"<") > MAX_TAGS:
        raise SourceError(f"the page of {paper} has more than {MAX_TAGS} tags", hint)
    if any(tag["more"] is not None for tag in _TAG.finditer(text)):
        raise SourceError(f"the page of {paper} has a tag with more than {MAX_ATTRIBUTES} attributes", hint)
    if b"</html" not in text[-_HEAD:].lower():
        state.bounds.add("end")
    return text


def _text(data: bytes) -> str:
    """Decode a page: by its byte order mark, as UTF-8 if it is that, else as it declares, else as Windows-1252."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4:  # cut within a character
            return data[: error.start].decode("utf-8")
    declared = _CHARSET.search(data[:_HEAD])
    name = (declared[1] or declared[2]).decode("ascii") if declared else "windows-1252"
    return data.decode(name if _ENCODINGS.match(name) else "windows-1252", "replace")


def _paper_element(text: bytes, paper: PaperId, state: PageState) -> _Element:
    """Parse a page and return the element that holds the paper."""
    # Without `huge_tree` the parser stops at 256 elements within one another; a closing tag takes time for each. The
    # deepest of 18 pages that were measured has 42.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        page = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"the page of {paper} is not HTML", "check the file") from error
    if any("depth" in error.message for error in parser.error_log):
        state.bounds.add("depth")
    papers = [
        element
        for element in ([] if page is None else page.iter("article", "section", "div"))
        if "ltx_document" in (element.get("class") or "") and "ltx_document" in classes_of(element)
    ]
    root = next((element for element in papers if "package-alerts" not in classes_of(element)), None)
    if root is None:
        raise SourceError(f"the page of {paper} has no text with the markup of LaTeXML", "leave it out, or use the PDF")
    return root


def _title(root: _Element, state: PageState) -> str:
    """Return the title that the page prints, else the one that it declares."""
    for element in root.iter("h1", "h2", "div"):
        if "ltx_title_document" in (element.get("class") or ""):
            writer = MarkedTextWriter(state)
            writer.children(element)
            if title := writer.result()[0]:
                return title
    head = root.getroottree().find(".//title")
    return clean(head.text or "") if head is not None else ""


def _check_identity(root: _Element, page_title: str, paper: PaperId, version: int, title: str) -> None:
    """Refuse a page of another paper: by the id that arXiv stamps on it, and by its title."""
    stamp = _stamp(root)
    hint = "check that the file belongs to this paper"
    if stamp and (stamp[0] != paper or stamp[1] not in {None, version}):
        named = stamp[0] if stamp[1] is None else f"{stamp[0]}v{stamp[1]}"
        raise SourceError(f"the page is of {named}, not of {paper}v{version}", hint)
    if same_title(page_title, title) or (stamp and titles_agree(page_title, title)):
        return
    raise SourceError(f"the page of {paper} has the title {clean(page_title, 100)!r}, not {clean(title, 100)!r}", hint)


def _stamp(root: _Element) -> tuple[PaperId, int | None] | None:
    """Return the id and version that arXiv writes on its pages."""
    page = root.getroottree()
    for element in page.iter("div", "base", "link"):
        if element.get("id") == "watermark-tr":
            found = _STAMP.search(inner_text(element))
            address = found[1] if found else ""
        elif element.tag == "base" or element.get("rel") == "canonical":
            address = element.get("href") or ""
            address = f"https://arxiv.org{address}" if address.startswith("/html/") else address
        else:
            continue
        if parsed := parse_arxiv_id(address):
            return parsed
    return None


def _converter(data: bytes) -> str:
    """Return name and version of the program that made the page."""
    found = _CONVERTER.search(data)
    if found is None:
        return ""
    return b" ".join(filter(None, (found["name"] or found["linked"], found["version"]))).decode("ascii")
