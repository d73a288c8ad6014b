"""Shade a matrix of likeness, and lay it out."""

from __future__ import annotations

from dataclasses import dataclass

from surveygen.domain.survey import SimilarityMatrix
from surveygen.render._flow import wrap

WIDTH = 620
_NAMES, _ROW, _CELL = 270.0, 34.0, 48.0  # width of the names, height of a row, the widest cell
_DARKEST = 50  # per cent, on which black and white letters can be read


@dataclass(frozen=True, slots=True)
class HeatmapRow:
    """A theme: its name in lines with their base lines, and its cells, (x, value, shade) each."""

    y: float
    lines: tuple[tuple[float, str], ...]
    cells: tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True)
class MatrixDrawing:
    """Rows below a line of column numbers, in units of the drawing; `cell` is the size of each cell."""

    rows: tuple[HeatmapRow, ...]
    columns: tuple[float, ...]
    cell: tuple[float, float]
    height: float


def shades(matrix: SimilarityMatrix) -> tuple[tuple[int, ...], ...]:
    """Return how dark each cell is, in per cent: from the least likeness to the greatest of two themes."""
    size = range(len(matrix.themes))
    others = [matrix.values[a][b] for a in size for b in size if a != b]
    least, span = min(others), max(others) - min(others)
    return tuple(
        tuple(0 if a == b else round(_DARKEST * (matrix.values[a][b] - least) / (span or 1)) for b in size)
        for a in size
    )


def draw_matrix(matrix: SimilarityMatrix, names: tuple[str, ...]) -> MatrixDrawing:
    """Lay out the rows, numbered as the columns are; `names` in the order of the themes."""
    width = round(min((WIDTH - _NAMES) / len(names), _CELL), 1)
    columns = tuple(round(_NAMES + width * at, 1) for at in range(len(names)))
    dark = shades(matrix)
    rows: list[HeatmapRow] = []
    for at, name in enumerate(names):
        top = _ROW * (at + 0.7)
        told = wrap(f"{at + 1}  {name}", _NAMES - 12)[:2]
        first = top + _ROW / 2 + 4 - 7.5 * (len(told) - 1)
        lines = tuple((round(first + 15 * n, 1), words) for n, words in enumerate(told))
        rows.append(HeatmapRow(round(top, 1), lines, tuple(zip(columns, matrix.values[at], dark[at], strict=True))))
    return MatrixDrawing(tuple(rows), columns, (width, _ROW), round(_ROW * (len(names) + 0.7), 1))
