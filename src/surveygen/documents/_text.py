"""Text of elements: white space, formulas, citation marks and footnotes, with exact offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final
from urllib.parse import unquote

from lxml.etree import _Element, iterwalk

from surveygen.documents._limits import (
    MAX_ERRORS,
    MAX_FORMULA,
    MAX_INLINE_DEPTH,
    MAX_LABEL,
    MAX_MARK_REFERENCES,
    MAX_TEXT,
)
from surveygen.domain.document import CitationMark
from surveygen.domain.text import clean


def names(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


# Elements and classes without text of the paper.
DROPPED_TAGS = names(
    """applet audio button canvas datalist embed form head iframe input link map meta nav noframes noscript object
    option script select source style svg template textarea title track video"""
)
DROPPED = names(
    """ltx_bib_cited ltx_listing_data ltx_note_mark ltx_note_type ltx_page_footer ltx_page_header ltx_page_navbar
    ltx_pagination ltx_picture ltx_rdf ltx_tag_note ltx_toclist ltx_TOC MathJax_Preview"""
)
FORMULA_TAGS = frozenset({"math", "mjx-container"})
FORMULAS = names(
    """ltx_Math ltx_DisplayMath katex katex-display MathJax MathJax_Display MathJax_SVG mjpage mjx-chtml mjx-math"""
)
_BREAKING_TAGS = names(
    """article blockquote br center dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th
    tr ul"""
)
_BREAKING = names("ltx_listingline ltx_p ltx_td ltx_tr ltx_bibblock ltx_inline-block")
_SPECIAL = DROPPED | FORMULAS | _BREAKING | {"ltx_ERROR", "ltx_cite", "ltx_note", "ltx_tabular", "ltx_tag"}
_SUPERSCRIPT = re.compile(r"[-+−]?[0-9]{1,9}\Z")
_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
# Characters that cleaning leaves as they are, spaces apart: most texts have no others.
_USUAL = re.compile("[\\s\x20-\x7e\xa1-\xac\xae-\u017f\u2010-\u2027\u2032-\u2037]*+\\Z")
_CONTINUED = re.compile(r"(?<!\\)%\s*\n\s*")  # TeX's sign for a line that continues
_NO_LIMIT: Final = 2**62


@dataclass(slots=True)
class PageState:
    """What the parts of a page share while it is read.

    Attributes:
        references: id of the reference by the id of its element.
        errors: commands unknown to the converter, in the order of the page. failures: their number, listed or not.
        bounds: names of the limits that were reached.
    """

    references: Mapping[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    failures: int = 0
    bounds: set[str] = field(default_factory=set)


class MarkedTextWriter:
    """Writes the text of elements, one after the other, as one line.

    Attributes:
        notes: elements of footnotes, which are not part of the text.
        tabulars: tables that stand in the text; their words are in it only if `with_tables` is set.
        has_errors: whether the converter failed in one of the elements.
    """

    def __init__(self, state: PageState, *, with_tables: bool = False, with_tags: bool = False) -> None:
        self._state = state
        self._with_tables = with_tables
        self._with_tags = with_tags
        self._parts: list[str] = []
        self._length = 0
        self._space = False
        self._mark_start = -1  # of the citation that is written; -1 before its first character
        self._in_mark = False
        self._marks: list[CitationMark] = []
        self._last_formula = ("", "")  # TeX and tag, while nothing else follows
        self.notes: list[_Element] = []
        self.tabulars: list[_Element] = []
        self.has_errors = False

    def result(self) -> tuple[str, tuple[CitationMark, ...]]:
        """Return the text and the citations in it."""
        text = "".join(self._parts)
        if unicodedata.is_normalized("NFC", text):
            return text, tuple(self._marks)
        # An accent may stand in an element of its own: the text between the borders of marks is composed.
        borders = sorted({0, len(text), *(mark.start for mark in self._marks), *(mark.end for mark in self._marks)})
        composed = [unicodedata.normalize("NFC", text[start:end]) for start, end in pairwise(borders)]
        places = dict(zip(borders, _running(composed), strict=True))
        marks = (
            CitationMark(places[mark.start], places[mark.end], mark.references, mark.missing) for mark in self._marks
        )
        return "".join(composed), tuple(marks)

    def write(self, raw: str | None) -> None:
        """Add text; white space is collapsed, invisible and control characters are dropped."""
        if not raw:
            return
        self._space = self._space or raw[0].isspace()
        words = " ".join(raw.split()) if _USUAL.match(raw) else clean(raw, _NO_LIMIT)
        if words:
            self._last_formula = ("", "")
            self._emit(words)
        self._space = self._space or raw[-1].isspace()

    def break_word(self) -> None:
        """Let the next text be a word of its own."""
        self._space = True

    def children(self, element: _Element, depth: int = 0) -> None:
        """Add what is in an element."""
        if depth > MAX_INLINE_DEPTH:
            self._state.bounds.add("depth")
            return
        self.write(element.text)
        for child in element:
            self.element(child, depth + 1)
            self.write(child.tail)

    def element(self, element: _Element, depth: int = 0) -> None:
        """Add an element, without the text behind it."""
        tag = element.tag
        if not isinstance(tag, str) or tag in DROPPED_TAGS:
            return
        classes = classes_of(element)
        special = classes & _SPECIAL
        if tag in FORMULA_TAGS or special & FORMULAS:
            self._formula(element)
        elif special & DROPPED or (tag in {"sup", "span"} and "ltx_tag" in special and not self._with_tags):
            return
        elif "ltx_ERROR" in special:
            self.has_errors = True
            note_error(element, self._state)
        elif "ltx_note" in special:
            self.notes.append(element)
        elif (tag == "cite" or "ltx_cite" in special) and not self._in_mark:
            self._cite(element, depth)
        elif "ltx_tabular" in special and not self._with_tables and is_grid(element):
            self.tabulars.append(element)
            self.break_word()
        elif tag == "sup" and _SUPERSCRIPT.match(digits := inner_text(element).strip()) and not self._in_mark:
            self.write(digits.translate(_SUPERSCRIPTS))
        elif tag == "a" and not self._in_mark and self._targets([element])[0]:
            self._cite(element, depth)
        else:
            self._plain(element, depth, is_breaking=tag in _BREAKING_TAGS or bool(special & _BREAKING))

    def _plain(self, element: _Element, depth: int, *, is_breaking: bool) -> None:
        self._space = self._space or is_breaking
        self.children(element, depth)
        self._space = self._space or is_breaking

    def _emit(self, words: str) -> None:
        if self._length >= MAX_TEXT:
            self._state.bounds.add("text")
            return
        if self._space and self._length:
            self._parts.append(" ")
            self._length += 1
        self._space = False
        if self._in_mark and self._mark_start < 0:
            self._mark_start = self._length
        words = words[: MAX_TEXT - self._length]
        self._parts.append(words)
        self._length += len(words)

    def _formula(self, element: _Element) -> None:
        """Add a formula once, also where the page renders the same TeX by two elements side by side."""
        tex = formula_tex(element, self._state)
        form = (tex, f"{element.tag} {element.get('class') or ''}")
        if not tex or (tex == self._last_formula[0] and form != self._last_formula):
            return
        self._emit(f"${tex}$")
        self._last_formula = form

    def _cite(self, element: _Element, depth: int) -> None:
        self._in_mark, self._mark_start = True, -1
        self.children(element, depth)
        start, self._in_mark, self._mark_start = self._mark_start, False, -1
        if start < 0 or self._length <= start:
            return
        links = [element] if element.tag == "a" else element.iter("a", "span")
        references, missing = self._targets(links)
        if references or missing:
            self._marks.append(CitationMark(start, self._length, references, missing))

    def _targets(self, links: Iterator[_Element] | list[_Element]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the references that links point to, and the names of those that are not in the bibliography."""
        references: dict[str, None] = {}
        missing: dict[str, None] = {}
        for link in links:
            fragment = (link.get("href") or "")[-MAX_LABEL:].rpartition("#")[2] if link.tag == "a" else ""
            target = self._state.references.get(fragment) or self._state.references.get(unquote(fragment))
            if target:
                references[target] = None
            elif fragment.startswith("bib.bib"):
                missing[fragment] = None
            elif "ltx_missing_citation" in (link.get("class") or ""):
                names = clean(inner_text(link), MAX_LABEL).split(",")
                missing |= dict.fromkeys(name for raw in names if (name := raw.strip()))
        return tuple(references)[:MAX_MARK_REFERENCES], tuple(missing)[:MAX_MARK_REFERENCES]


def classes_of(element: _Element) -> set[str]:
    """Return the classes of an element."""
    return set((element.get("class") or "").split())


def inner_text(element: _Element) -> str:
    """Return all characters in an element."""
    return "".join(map(str, element.itertext()))


def note_error(element: _Element, state: PageState) -> None:
    """List a command that the converter did not know."""
    state.failures += 1
    if len(state.errors) < MAX_ERRORS:
        state.errors.append(clean(inner_text(element), MAX_LABEL))


def is_grid(tabular: _Element) -> bool:
    """Whether a tabular has at least two rows and a row of two cells; others only arrange text."""
    rows = [row for row in tabular.iter("tr", "span", "div") if row.tag == "tr" or "ltx_tr" in classes_of(row)]
    return len(rows) > 1 and any(len(row) > 1 for row in rows)


def formula_tex(element: _Element, state: PageState) -> str:
    """Return the TeX of a formula, else its characters: one line without dollars."""
    tex = _CONTINUED.sub("", _source(element))
    tex = " ".join(clean(tex, _NO_LIMIT).split()).removeprefix("{}").removeprefix(r"\displaystyle").lstrip()
    tex = re.sub(r"(?<!\\)\$", "", tex)
    if (len(tex) - len(tex.rstrip("\\"))) % 2:  # of "\ " at the end; it would protect the closing dollar
        tex = tex[:-1].rstrip()
    if len(tex) > MAX_FORMULA:
        state.bounds.add("formula")
        return r"\dots"
    return tex


def _source(element: _Element) -> str:
    """Return what an element says of its TeX: an attribute, an annotation, a label, or the characters in it."""
    if tex := element.get("alttext"):
        return tex
    label = element.get("aria-label") or ""
    annotation = ""
    for part in element.iter():
        if not isinstance(part.tag, str):
            continue
        if tex := part.get("alttext"):
            return tex
        if part.tag == "annotation" and "tex" in (part.get("encoding") or "").lower() and not annotation:
            annotation = inner_text(part)
        label = label or (part.get("aria-label") or "" if "mjx" in (part.get("class") or part.tag) else "")
    return annotation or label or "".join(_characters(element))


def _characters(element: _Element) -> Iterator[str]:
    """Return the characters of presentation MathML, without annotations and scripts."""
    walk = iterwalk(element, events=("start", "end"))
    for event, part in walk:
        if event == "end":
            yield (part.tail or "") if part is not element else ""
        elif not isinstance(part.tag, str) or part.tag in {"annotation", "annotation-xml", "script", "style"}:
            walk.skip_subtree()
        else:
            yield part.text or ""


def _running(parts: list[str]) -> list[int]:
    """Return the places at which parts begin, and the end of the last one."""
    places = [0]
    for part in parts:
        places.append(places[-1] + len(part))
    return places
