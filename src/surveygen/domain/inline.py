"""Words with mathematics in them: untrusted text in, a small typed tree out."""

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
    """Literal text: no mark-up in it means anything."""

    text: str


@dataclass(frozen=True, slots=True)
class Math:
    """TeX mathematics that has passed the allowlist, without its dollars."""

    tex: str
    display: bool = False


@dataclass(frozen=True, slots=True)
class Cite:
    """A citation of one or more papers at this place; the space before it is the renderer's to set."""

    papers: tuple[PaperId, ...]


Inline = Str | Math | Cite

_MARKER = r"\s?\[@(?P<cite>[^\]]{1,300})\]"
# `$` before a number and a space is money; a closing `$` has no digit behind it.
_ISLAND = re.compile(
    rf"\\\((?P<paren>.{{1,{MAX_MATH}}}?)\\\)"
    rf"|\\\[(?P<bracket>.{{1,{MAX_MATH}}}?)\\\]"
    r"|(?<!\\)\$\$(?P<double>(?:[^$\\]|\\.)++)\$\$"
    r"|(?<!\\)\$(?!\d[\d.,]*(?:\s|\Z))(?P<single>(?:[^$\\]|\\.)++)\$(?!\d)"
    rf"|{_MARKER}"
)
_SPECIAL = re.compile(r"[\\$]|--|``|''")  # what may begin mathematics, a command or typography
_CITE = re.compile(_MARKER)
# Nodes found first are held as private-use characters, which `clean` has dropped from the text.
_HELD = re.compile("([\ue000-\uf8ff])")

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
_PAIRS = "ss ß o ø O Ø l ł L Ł ae æ AE Æ oe œ OE Œ aa å AA Å i ı j ȷ dh ð th þ S § ldots … dots … dj đ DJ Đ DH Ð TH Þ"
LETTERS = dict(zip(_PAIRS.split()[::2], _PAIRS.split()[1::2], strict=True))
_LETTER = re.compile(rf"(\{{)?\\({'|'.join(LETTERS)})(?![A-Za-z])(?(1)\}}|(?:\{{\}}|\s)?)")
_ESCAPED = re.compile(r"\\([&%$#_{}\\])")
_TYPOGRAPHY = (("``", "“"), ("''", "”"), ("---", "—"), ("--", "–"))


def parse_inline(text: str, cites: Collection[PaperId] = ()) -> tuple[Inline, ...]:
    r"""Read untrusted text; never fails.

    Mathematics that passes `safe_math` becomes Math, what does not stays the literal text it was. A marker
    ``[@paper-id]`` of one of `cites` becomes a Cite, neighbors become one. The rest is Str: accents, quotes, dashes and
    escaped characters of TeX are decoded, its font commands unwrapped, and any other backslash stays a backslash.

    >>> parse_inline(r"\emph{Erd\H{o}s} \& $x^2$ [@2101.00001].", ["2101.00001"])
    (Str(text='Erdős & '), Math(tex='x^2', display=False), Cite(papers=('2101.00001',)), Str(text='.'))
    """
    line = clean(text)
    if line.isascii() and not _SPECIAL.search(line):  # most titles and sentences, at a tenth of the cost
        return tuple(_joined(_cited(line, cites)))
    held: list[Inline] = []

    def hold(found: re.Match[str]) -> str:
        node = _node(found, cites)
        if node is None:
            return found[0]
        held.append(node)
        return chr(0xE000 + len(held) - 1)  # at most 3,334 in MAX_TEXT code points

    words = _decode(_ISLAND.sub(hold, line))
    pieces = (held[ord(piece) - 0xE000] if _HELD.match(piece) else Str(piece) for piece in _HELD.split(words) if piece)
    return tuple(_joined(pieces))


def protected_spans(text: str, cites: Collection[PaperId] = ()) -> tuple[tuple[int, int], ...]:
    """Return the spans of mathematics and of citations in clean text, without the space before a citation.

    >>> islands("It is $x^2$ [@2101.00001].", ["2101.00001"])
    ((6, 11), (12, 25))
    """
    found = (match for match in _ISLAND.finditer(text) if _node(match, cites) is not None)
    return tuple((match.end() - len(match[0].lstrip()), match.end()) for match in found)


def plain(inlines: Sequence[Inline]) -> str:
    """Write the words alone: mathematics as its TeX source between dollars, no citations."""
    return "".join(
        node.text if isinstance(node, Str) else f"${node.tex}$" if isinstance(node, Math) else "" for node in inlines
    )


def _cited(line: str, cites: Collection[PaperId]) -> Iterator[Inline]:
    """Yield the parts of clean words in which nothing but markers means anything."""
    start = 0
    for found in _CITE.finditer(line) if "[@" in line else ():
        if found["cite"] in cites:
            if found.start() > start:
                yield Str(line[start : found.start()])
            yield Cite((PaperId(found["cite"]),))
            start = found.end()
    if start < len(line):
        yield Str(line[start:])


def _node(found: re.Match[str], cites: Collection[PaperId]) -> Inline | None:
    kind = found.lastgroup or ""
    if kind == "cite":
        paper = PaperId(found["cite"])
        return Cite((paper,)) if paper in cites else None
    tex = safe_math(found[kind])
    return Str(found[0]) if tex is None else Math(tex, display=kind in {"bracket", "double"})


def _decode(text: str) -> str:
    if "\\" in text:  # few texts have a command, and to look for all of them is slow
        text = _without_commands(text)
    for tex, character in _TYPOGRAPHY:
        text = text.replace(tex, character)
    return " ".join(unicodedata.normalize("NFC", text).split())


def _without_commands(text: str) -> str:
    for _ in range(2):  # Vietnamese sets an accent on an accented letter
        text = _ACCENT.sub(_accented, text)
    text = _LETTER.sub(lambda found: LETTERS[found[2]], text)
    for _ in range(4):  # levels of nesting
        text = _FONT.sub(lambda found: found[1] if found[1] is not None else found[2], text)
    return _ESCAPED.sub(lambda found: found[0] if found[1] == "\\" else found[1], text)


def _accented(found: re.Match[str]) -> str:
    letter = (found[3] or found[4]).removeprefix("\\")
    return unicodedata.normalize("NFC", letter + ACCENTS[found[2]])


def _joined(nodes: Iterator[Inline]) -> Iterator[Inline]:
    """Merge neighbors of a kind: words into one Str, citations into one Cite without repeats."""
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
