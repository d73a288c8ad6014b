"""Write the table that compares the papers of a theme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from surveygen.domain.summary import PaperReview, Sentence
from surveygen.domain.survey import ComparisonRow, ComparisonTable
from surveygen.domain.theme import Assignment, Theme
from surveygen.survey.context import ComposeContext

_MIN_FILLED = 0.25  # share of the rows of a column that have a cell
_MIN_ROWS = 3  # papers; fewer are no comparison
_MAX_ROWS = 120  # no table fills a book

Cells = Mapping[str, Sentence | None]


def write_comparison(context: ComposeContext, theme: Theme, members: Sequence[Assignment]) -> Iterator[ComparisonTable]:
    """Compare what the running text does not say of papers: data sets, a result in numbers, code; oldest first.

    Cells are names and short phrases. A column that few papers fill is left out, and so is a paper without a cell; no
    table of fewer than three papers. A theme of more than `_MAX_ROWS` papers compares its most typical ones.
    """
    cards = [context.data.reviews[item.paper] for item in members]
    filled = [(card, cells) for card in cards if any((cells := _cells(card)).values())]
    columns = [name for name in ("data", "result") if _is_filled(filled, name)]
    shown = [card for card, cells in filled if any(cells[name] for name in columns)][:_MAX_ROWS]
    if not columns or len(shown) < _MIN_ROWS:
        return
    shown.sort(key=lambda card: (context.papers[card.paper].date or "9999", card.paper))
    rows = tuple(ComparisonRow(card.paper, tuple(_cells(card)[name] for name in columns), card.code) for card in shown)
    key = "comparison_caption" if len(rows) == len(members) else "comparison_some"
    caption = context.say(key, theme=context.name(theme.id), n=len(rows), all=len(members))
    yield ComparisonTable(caption, tuple(context.say(f"column_{name}") for name in columns), rows)


def _cells(card: PaperReview) -> Cells:
    """Return the cells of a paper by column."""
    return {"data": next(iter(card.data), None), "result": next(iter(card.results), None)}


def _is_filled(rows: Sequence[tuple[PaperReview, Cells]], column: str) -> bool:
    return sum(cells[column] is not None for _, cells in rows) >= _MIN_FILLED * max(len(rows), 1)
