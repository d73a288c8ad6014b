"""Work out where the bars of the year chart stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveygen.domain.survey import YearChart

WIDTH, HEIGHT = 760, 280
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 24, 28
MAP_WIDTH, MAP_HEIGHT, MAP_EDGE = 960, 600, 40  # as in map.js and the template of the map
_GAP = 0.28  # of a year's width stays free
_MAX_BAR = 56.0


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
    label: int


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


def draw(chart: YearChart) -> BarChart:
    """Lay out a stacked chart; an empty one has no bars."""
    totals = [sum(row) for row in chart.counts]
    step = _step(max(totals, default=0))
    top = max(-(-max(totals, default=0) // step) * step, step)
    unit = (HEIGHT - TOP - BOTTOM) / top
    slot = (WIDTH - LEFT - RIGHT) / max(len(chart.years), 1)
    width = min(slot * (1 - _GAP), _MAX_BAR)
    middles = [LEFT + slot * (at + 0.5) for at in range(len(chart.years))]
    bars: list[Bar] = []
    for year, middle, row in zip(chart.years, middles, chart.counts, strict=True):
        bars += _stack(year, row, middle - width / 2, width, unit)
    every = -(-len(chart.years) // 14)  # labels of four digits that fit side by side
    return BarChart(
        bars=tuple(bars),
        counts=tuple(Tick(round(_base() - count * unit, 1), count) for count in range(0, top + 1, step)),
        years=tuple(
            Tick(round(middle, 1), year)
            for at, (year, middle) in enumerate(zip(chart.years, middles, strict=True))
            if (len(middles) - 1 - at) % every == 0
        ),
        totals=tuple(
            Total(round(middle, 1), round(_base() - total * unit - 5, 1), year, total)
            for year, middle, total in zip(chart.years, middles, totals, strict=True)
            if total and slot > 24
        ),
        base=_base(),
        unit=round(unit, 5),
    )


def _base() -> float:
    return HEIGHT - BOTTOM


def _stack(year: int, row: Sequence[int], x: float, width: float, unit: float) -> list[Bar]:
    bars: list[Bar] = []
    below = 0
    for theme, count in enumerate(row):
        below += count
        if count:
            y = _base() - below * unit
            bars.append(Bar(theme, year, count, round(x, 1), round(y, 1), round(width, 1), round(count * unit, 1)))
    return bars


def _step(most: int) -> int:
    """Choose a round distance between grid lines, so that there are three to six."""
    step = 1
    for factor in (1, 2, 5) * 7:
        if most / step <= 5:
            return step
        step = {1: 2, 2: 5, 5: 10}[factor] * step // factor
    return step
