"""Lay figures out: flow of the selection, papers per year, similarity of themes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import combining, east_asian_width

from surveygen.domain.survey import FlowCount, PrismaFlow, SimilarityMatrix, YearChart
from surveygen.domain.text import clean
from surveygen.languages import Language

_WIDTH = 620  # of the flow and of the heat map, in units of the drawing, as in their templates
_BOX, _ASIDE = 300, 260  # widths of the boxes of the flow
_LINE, _PAD, _GAP = 17, 9, 26
_EM = 13.0  # size of the letters; a Latin one is about half as wide
_PIECE = re.compile(r"\s+|[^\s\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]+|\S")

YEARS_WIDTH, YEARS_HEIGHT = 760, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 8, 24, 28  # margins of the chart of years
_FREE = 0.28  # share of a year's width without a bar
_MAX_BAR = 56.0
_BASE = YEARS_HEIGHT - _BOTTOM

_NAMES, _ROW, _CELL = 270.0, 34.0, 48.0  # of the heat map: width of the names, height of a row, the widest cell
_DARKEST = 50  # per cent, on which black and white letters can be read


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a box: its base line, its words, and whether they are a number."""

    y: float
    words: str
    number: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A box with its lines; `main` boxes hold the papers that stay in the selection."""

    x: float
    y: float
    width: float
    height: float
    lines: tuple[TextLine, ...]
    main: bool


@dataclass(frozen=True, slots=True)
class PrismaFigure:
    """The boxes and the arrows (x1, y1, x2, y2) between them, in units of the drawing, and its height."""

    boxes: tuple[Box, ...]
    arrows: tuple[tuple[float, float, float, float], ...]
    height: float


def prisma_figure(flow: PrismaFlow, language: Language) -> PrismaFigure:
    """Stack what stays in the selection on the left, and beside each arrow downwards what is set aside."""
    boxes: list[Box] = []
    arrows: list[tuple[float, float, float, float]] = []
    top = 1.0
    middle = 1 + _BOX / 2
    below = 0.0  # where the last main box ends
    for stage in flow.stages:
        main = _box((1.0, top, _BOX), (stage.remaining, *stage.parts), language, main=True)
        if boxes:
            arrows.append((middle, below, middle, top))
        boxes.append(main)
        below = bottom = top + main.height
        if stage.aside:
            aside = _box((_WIDTH - _ASIDE - 1.0, top, _ASIDE), stage.aside, language, main=False)
            boxes.append(aside)
            beside = top + min(main.height, aside.height) / 2
            arrows.append((1 + _BOX, beside, aside.x, beside))
            bottom = max(bottom, top + aside.height)
        top = bottom + _GAP
    return PrismaFigure(tuple(boxes), tuple(arrows), top - _GAP + 1)


def _box(place: tuple[float, float, float], counts: Sequence[FlowCount], language: Language, *, main: bool) -> Box:
    x, y, width = place
    lines: list[TextLine] = []
    for count in counts:
        label = [(words, False) for words in wrap(clean(count.label), width - 2 * _PAD)]
        for words, number in [*label, (count_texts(count, language)["sum"], True)]:
            lines.append(TextLine(round(y + _PAD + _LINE * (len(lines) + 0.75), 1), words, number))
    return Box(x, y, width, 2 * _PAD + _LINE * len(lines), tuple(lines), main)


def count_texts(count: FlowCount, language: Language) -> dict[str, str]:
    """Write a number of the selection: total, before the last refresh, change since with its sign, and their sum.

    Without an earlier draft the sum is the total alone, and the others are empty.
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


def wrap(words: str, width: float) -> list[str]:
    """Break words into lines of at most a width, at spaces and between ideographs; a longer word stays whole."""
    lines = [""]
    for piece in _PIECE.findall(words):
        signs = (sign for sign in lines[-1] + piece if not combining(sign))
        extent = sum(_EM * (1.0 if east_asian_width(sign) in "WF" else 0.54) for sign in signs)
        if extent > width and lines[-1].strip():
            lines.append("")
        lines[-1] += piece if lines[-1] or piece.strip() else ""
    return [line.strip() for line in lines if line.strip()]


@dataclass(frozen=True, slots=True)
class Bar:
    """One stacked piece in units of the drawing; `theme` counts from 0 in the chart's own order."""

    theme: int
    year: int
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line or an axis label: its place and what it says."""

    at: float
    label: int | str


@dataclass(frozen=True, slots=True)
class YearColumn:
    """A year of a chart, or a run of years without papers: its place among the columns, its years, its counts."""

    at: int
    first: int
    last: int
    counts: tuple[int, ...]

    @property
    def is_gap(self) -> bool:
        """Whether the column stands for a run of years without papers."""
        return not any(self.counts) and self.last > self.first


def year_columns(chart: YearChart) -> tuple[YearColumn, ...]:
    """Return the columns of a chart; a run of years that it leaves out is one column.

    Without such a run, the place of a column is its year.
    """
    columns: list[YearColumn] = []
    previous = None
    for year, counts in zip(chart.years, chart.counts, strict=True):
        if previous is not None and year - previous > 1:
            at = columns[-1].at + 1
            columns.append(YearColumn(at, previous + 1, year - 1, (0,) * len(counts)))
        columns.append(YearColumn(columns[-1].at + 1 if columns else year, year, year, counts))
        previous = year
    return tuple(columns)


@dataclass(frozen=True, slots=True)
class Total:
    """What stands above the bar of a year: where, and how many papers."""

    x: float
    y: float
    year: int
    count: int


@dataclass(frozen=True, slots=True)
class BarChart:
    """A chart worked out: pieces from the base line upwards, counts on the left, years below, a total on each bar.

    `base` is the height of the base line, `unit` the height of one paper.
    """

    bars: tuple[Bar, ...]
    counts: tuple[Tick, ...]
    years: tuple[Tick, ...]
    totals: tuple[Total, ...]
    base: float
    unit: float


def year_chart(chart: YearChart) -> BarChart:
    """Lay out a stacked chart; an empty one has no bars."""
    totals = [sum(row) for row in chart.counts]
    step = _step(max(totals, default=0))
    top = max(-(-max(totals, default=0) // step) * step, step)
    unit = (YEARS_HEIGHT - _TOP - _BOTTOM) / top
    columns = year_columns(chart)
    slot = (YEARS_WIDTH - _LEFT - _RIGHT) / max(len(columns), 1)
    width = min(slot * (1 - _FREE), _MAX_BAR)
    places = [_LEFT + slot * (at + 0.5) for at in range(len(columns))]
    middles = [place for place, column in zip(places, columns, strict=True) if not column.is_gap]
    bars: list[Bar] = []
    for year, middle, row in zip(chart.years, middles, chart.counts, strict=True):
        below = 0
        for theme, count in enumerate(row):
            below += count
            if count:
                place = (round(middle - width / 2, 1), round(_BASE - below * unit, 1))
                bars.append(Bar(theme, year, count, *place, round(width, 1), round(count * unit, 1)))
    every = -(-len(columns) // 14)  # labels of four digits that fit side by side
    return BarChart(
        bars=tuple(bars),
        counts=tuple(Tick(round(_BASE - count * unit, 1), count) for count in range(0, top + 1, step)),
        years=tuple(
            Tick(round(place, 1), "⋯" if column.is_gap else column.first)
            for at, (column, place) in enumerate(zip(columns, places, strict=True))
            if column.is_gap or (len(columns) - 1 - at) % every == 0
        ),
        totals=tuple(
            Total(round(middle, 1), round(_BASE - total * unit - 5, 1), year, total)
            for year, middle, total in zip(chart.years, middles, totals, strict=True)
            if total and slot > 24
        ),
        base=_BASE,
        unit=round(unit, 5),
    )


def _step(most: int) -> int:
    """Choose a round distance between grid lines, so that there are three to six."""
    step = 1
    for factor in (1, 2, 5) * 7:
        if most / step <= 5:
            return step
        step = {1: 2, 2: 5, 5: 10}[factor] * step // factor
    return step


@dataclass(frozen=True, slots=True)
class HeatmapRow:
    """A theme: its name in lines with their base lines, and its cells, (x, value, shade) each."""

    y: float
    lines: tuple[tuple[float, str], ...]
    cells: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True)
class HeatmapFigure:
    """Rows below a line of column numbers, in units of the drawing; `cell` is the size of each cell."""

    rows: tuple[HeatmapRow, ...]
    columns: tuple[float, ...]
    cell: tuple[float, float]
    height: float


def heatmap(matrix: SimilarityMatrix, names: tuple[str, ...]) -> HeatmapFigure:
    """Lay out the rows, numbered as the columns are; `names` in the order of the themes."""
    width = round(min((_WIDTH - _NAMES) / len(names), _CELL), 1)
    columns = tuple(round(_NAMES + width * at, 1) for at in range(len(names)))
    dark = shades(matrix)
    rows: list[HeatmapRow] = []
    for at, name in enumerate(names):
        top = _ROW * (at + 0.7)
        label = wrap(f"{at + 1}  {name}", _NAMES - 12)[:2]
        first = top + _ROW / 2 + 4 - 7.5 * (len(label) - 1)
        lines = tuple((round(first + 15 * n, 1), words) for n, words in enumerate(label))
        rows.append(HeatmapRow(round(top, 1), lines, tuple(zip(columns, matrix.values[at], dark[at], strict=True))))
    return HeatmapFigure(tuple(rows), columns, (width, _ROW), round(_ROW * (len(names) + 0.7), 1))


def shades(matrix: SimilarityMatrix) -> tuple[tuple[int, ...], ...]:
    """Return how dark each cell is, in per cent: from the least likeness to the greatest of two themes."""
    size = range(len(matrix.themes))
    others = [matrix.values[a][b] for a in size for b in size if a != b]
    least, span = min(others), max(others) - min(others)
    return tuple(
        tuple(0 if a == b else round(_DARKEST * (matrix.values[a][b] - least) / (span or 1)) for b in size)
        for a in size
    )
