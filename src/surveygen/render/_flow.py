"""Write the numbers of the selection, and lay its boxes out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from unicodedata import combining, east_asian_width

from surveygen.domain.survey import FlowCount, PrismaFlow
from surveygen.domain.text import clean
from surveygen.languages import Language

WIDTH = 620
_BOX, _ASIDE = 300, 260  # widths of the boxes
_LINE, _PAD, _GAP = 17, 9, 26
_EM = 13.0  # size of the letters; a Latin one is about half as wide
_PIECE = re.compile(r"\s+|[^\s\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]+|\S")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a box: its base line, its words, and whether they are a number."""

    y: float
    words: str
    number: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A box with its lines; `main` boxes hold what is kept."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]
    main: bool


@dataclass(frozen=True, slots=True)
class FlowDrawing:
    """The boxes and the arrows (x1, y1, x2, y2) between them, in units of the drawing, and how high it is."""

    boxes: tuple[Box, ...]
    arrows: tuple[tuple[float, float, float, float], ...]
    height: float


def told_count(count: FlowCount, language: Language) -> dict[str, str]:
    """Write a number: in all, before the last refresh, what changed since, with its sign, and the sum of them.

    Without an earlier draft the sum is the number alone, and the others are empty.
    """
    total = language.number(count.total)
    if count.before is None:
        return {"total": total, "before": "", "change": "", "since": "", "sum": total}
    change = language.number(abs(count.total - count.before))
    sign, before = "−" if count.total < count.before else "+", language.number(count.before)
    return {
        "total": total,
        "before": before,
        "change": change,
        "since": f"{sign}{change}" if count.total != count.before else change,
        "sum": f"{before} {sign} {change} = {total}",
    }


def draw_flow(flow: PrismaFlow, language: Language) -> FlowDrawing:
    """Stack what is kept on the left, and beside each arrow downwards what is set aside."""
    boxes: list[Box] = []
    arrows: list[tuple[float, float, float, float]] = []
    top = 1.0
    middle = 1 + _BOX / 2
    for stage in flow.stages:
        kept = _box((1.0, top, _BOX), (stage.remaining, *stage.parts), language, main=True)
        if boxes:
            arrows.append((middle, _below(boxes), middle, top))
        boxes.append(kept)
        bottom = top + kept.height
        if stage.aside:
            aside = _box((WIDTH - _ASIDE - 1.0, top, _ASIDE), stage.aside, language, main=False)
            boxes.append(aside)
            beside = top + min(kept.height, aside.height) / 2
            arrows.append((1 + _BOX, beside, aside.x, beside))
            bottom = max(bottom, top + aside.height)
        top = bottom + _GAP
    return FlowDrawing(tuple(boxes), tuple(arrows), top - _GAP + 1)


def _below(boxes: Sequence[Box]) -> float:
    """Return where the last box of what is kept ends."""
    last = next(box for box in reversed(boxes) if box.main)
    return last.y + last.height


def _box(place: tuple[float, float, float], counts: Sequence[FlowCount], language: Language, *, main: bool) -> Box:
    x, y, width = place
    lines: list[Line] = []
    for count in counts:
        told = [(words, False) for words in wrap(clean(count.label), width - 2 * _PAD)]
        for words, number in [*told, (told_count(count, language)["sum"], True)]:
            lines.append(Line(round(y + _PAD + _LINE * (len(lines) + 0.75), 1), words, number))
    return Box(x, y, width, 2 * _PAD + _LINE * len(lines), tuple(lines), main)


def wrap(words: str, width: float) -> list[str]:
    """Break words into lines of at most a width, at spaces and between ideographs; a longer word stays whole."""
    lines = [""]
    for piece in _PIECE.findall(words):
        if _wide(lines[-1] + piece) > width and lines[-1].strip():
            lines.append("")
        lines[-1] += piece if lines[-1] or piece.strip() else ""
    return [line.strip() for line in lines if line.strip()]


def _wide(words: str) -> float:
    return sum(_EM * share for share in _shares(words))


def _shares(words: str) -> Iterator[float]:
    for sign in words:
        if not combining(sign):
            yield 1.0 if east_asian_width(sign) in "WF" else 0.54
