"""Parser of untrusted text into words, mathematics and citations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from surveygen.domain.math import MAX_MATH, safe_math
from surveygen.domain.paper import PaperId
from surveygen.domain.text import clean


@dataclass(frozen=True, slots=True)
class Str:
    """Literal text without markup."""

    text: str


@dataclass(frozen=True, slots=True)
class Math:
    """TeX mathematics that passed the allowlist, without its dollars."""

    tex: str
    display: bool = False


@dataclass(frozen=True, slots=True)
class Cite:
    """A citation of one or more papers; the renderer sets the space before it."""

    papers: tuple[PaperId, ...]


Inline = Str | Math | Cite

_MARKER = r"\s?\[@(?P<cite>[^\]]{1,300})\]"
# `$` before a number and a space is money; a closing `$` is not followed by a digit.
_ISLAND = re.compile(
    rf"\\\((?P<paren>.{{1,{MAX_MATH}}}?)\\\)"
    rf"|\\\[(?P<bracket>.{{1,{MAX_MATH}}}?)\\\]"
    r"|(?<!\\)\$\$(?P<double>(?:[^$\\]|\\.)++)\$\$"
    r"|(?<!\\)\$(?!\d[\d.,]*(?:\s|\Z))(?P<single>(?:[^$\\]|\\.)++)\$(?!\d)"
    rf"|{_MARKER}"
)
_SPECIAL = re.compile(r"[\\$]|--|``|''")  # possible beginnings of mathematics, commands and typography
_CITE = re.compile(_MARKER)
# Stands for nodes that were parsed first: private-use characters, which `clean` removed from the text.
_PLACEHOLDER = re.compile("([\ue000-\uf8ff])")

_BODY = r"((?:[^{}]++|\{[^{}]*+\})*+)"
_FONT = re.compile(
    r"\\(?:text(?:bf|it|tt|sc|sf|sl|rm|up|md|normal)|emph|mbox|underline|url|text)\s*\{" + _BODY + r"\}"
    r"|\{\\(?:em|it|bf|tt|sc|sf|sl|rm)\s+" + _BODY + r"\}"
)
ACCENTS = dict(
    zip(
        "'`^\"~=.cbdHkruv",
        "\u0301\u0300\u0302\u0308\u0303\u0304\u0307\u0327\u0331\u0323\u030b\u0328\u030a\u0306\u030c",
        strict=True,
    )
)
_ACCENT = re.compile(
    r"(\{)?\\(['`^\"~=.]|[cbdHkruv](?![A-Za-z]))\s*"
    r"(?:\{\s*(\\[ij]|[^\W\d_])\s*\}|(\\[ij](?![A-Za-z])|[^\W\d_]))(?(1)\})"
)
_PAIRS = """
    ss ß o ø O Ø l ł L Ł ae æ AE Æ oe œ OE Œ aa å AA Å i ı j ȷ dh ð th þ S § ldots … dots … dj đ DJ Đ DH Ð TH Þ
    textquoteleft ‘ textquoteright ’
"""
LETTERS = dict(zip(_PAIRS.split()[::2], _PAIRS.split()[1::2], strict=True))
_LETTER = re.compile(rf"(\{{)?\\({'|'.join(LETTERS)})(?![A-Za-z])(?(1)\}}|(?:\{{\}}|\s)?)")
_ESCAPED = re.compile(r"\\([&%$#_{}\\])")
_TYPOGRAPHY = (("``", "“"), ("''", "”"), ("---", "—"), ("--", "–"))


def parse_inline(text: str, cites: Collection[PaperId] = ()) -> tuple[Inline, ...]:
    r"""Read untrusted text; never fails.

    Mathematics that passes `safe_math` becomes Math, other mathematics stays literal text. A marker ``[@paper-id]`` of
    one of `cites` becomes a Cite; adjacent ones are merged. The rest is Str: accents, quotes, dashes and escaped
    characters of TeX are decoded, its font commands removed, and any other backslash stays a backslash.

    >>> parse_inline(r"\emph{Erd\H{o}s} \& $x^2$ [@2101.00001].", ["2101.00001"])
    (Str(text='Erdős & '), Math(tex='x^2', display=False), Cite(papers=('2101.00001',)), Str(text='.'))
    """
    line = clean(text)
    if line.isascii() and not _SPECIAL.search(line):  # most titles and sentences, at a tenth of the cost
        if "[@" not in line:
            return (Str(line),) if line else ()
        return tuple(_joined(_cited(line, cites)))
    nodes: list[Inline] = []

    def replace_by_placeholder(match: re.Match[str]) -> str:
        node = _node(match, cites)
        if node is None:
            return match[0]
        nodes.append(node)
        return chr(0xE000 + len(nodes) - 1)  # at most 3,334 in MAX_TEXT code points

    pieces = filter(None, _PLACEHOLDER.split(_decode(_ISLAND.sub(replace_by_placeholder, line))))
    return tuple(_joined(nodes[ord(piece) - 0xE000] if _PLACEHOLDER.match(piece) else Str(piece) for piece in pieces))


def protected_spans(text: str, cites: Collection[PaperId] = ()) -> tuple[tuple[int, int], ...]:
    """Return the spans of mathematics and of citations in clean text, without the space before a citation.

    >>> protected_spans("It is $x^2$ [@2101.00001].", ["2101.00001"])
    ((6, 11), (12, 25))
    """
    matches = (match for match in _ISLAND.finditer(text) if _node(match, cites) is not None)
    return tuple((match.end() - len(match[0].lstrip()), match.end()) for match in matches)


def plain(inlines: Sequence[Inline]) -> str:
    """Return the text alone: mathematics as its TeX source between dollars, no citations."""
    return "".join(
        node.text if isinstance(node, Str) else f"${node.tex}$" if isinstance(node, Math) else "" for node in inlines
    )


def _cited(line: str, cites: Collection[PaperId]) -> Iterator[Inline]:
    """Yield the parts of clean text without markup other than citation markers."""
    start = 0
    for match in _CITE.finditer(line):
        if match["cite"] in cites:
            if match.start() > start:
                yield Str(line[start : match.start()])
            yield Cite((PaperId(match["cite"]),))
            start = match.end()
    if start < len(line):
        yield Str(line[start:])


def _node(match: re.Match[str], cites: Collection[PaperId]) -> Inline | None:
    kind = match.lastgroup or ""
    if kind == "cite":
        paper = PaperId(match["cite"])
        return Cite((paper,)) if paper in cites else None
    tex = safe_math(match[kind])
    return Str(match[0]) if tex is None else Math(tex, display=kind in {"bracket", "double"})


def _decode(text: str) -> str:
    if "\\" in text:  # few texts have a command, and the patterns are slow
        for _ in range(2):  # Vietnamese has accents on accented letters
            text = _ACCENT.sub(_accented, text)
        text = _LETTER.sub(lambda match: LETTERS[match[2]], text)
        for _ in range(4):  # levels of nesting
            text = _FONT.sub(lambda match: match[1] if match[1] is not None else match[2], text)
        text = _ESCAPED.sub(lambda match: match[0] if match[1] == "\\" else match[1], text)
    for tex, character in _TYPOGRAPHY:
        text = text.replace(tex, character)
    return " ".join(unicodedata.normalize("NFC", text).split())


def _accented(match: re.Match[str]) -> str:
    letter = (match[3] or match[4]).removeprefix("\\")
    return unicodedata.normalize("NFC", letter + ACCENTS[match[2]])


def _joined(nodes: Iterator[Inline]) -> Iterator[Inline]:
    """Merge adjacent nodes of a kind: text into one Str, citations into one Cite without repeats."""
    last: Inline | None = None
    for node in nodes:
        if isinstance(last, Str) and isinstance(node, Str):
            last = Str(last.text + node.text)
        elif isinstance(last, Cite) and isinstance(node, Cite):
            last = Cite(tuple(dict.fromkeys(last.papers + node.papers)))
        else:
            if last is not None:
                yield last
            last = node
    if last is not None:
        yield last
