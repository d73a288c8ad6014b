"""Write references as a table for spreadsheets, in which no cell is a formula.

Rows and quotes follow RFC 4180. A cell that a spreadsheet could take for a formula gets an apostrophe before it:
https://owasp.org/www-community/attacks/CSV_Injection, which also names the full-width signs.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from surveygen.domain.paper import Paper
from surveygen.domain.text import clean
from surveygen.render.references import checked, doi_of, link_of, words

_COLUMNS = "cite_key id version title authors year published categories doi journal_ref url status"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BETWEEN = "; "  # of several authors or categories in one cell


class _Rows:
    """A file for `csv.writer` that hands each row back: `writerow` returns what `write` does."""

    def write(self, row: str) -> str:
        return row


def table(pairs: Sequence[tuple[str, Paper]]) -> Iterator[str]:
    """Yield a row of column names, then one row a paper."""
    rows = csv.writer(_Rows())
    yield rows.writerow(_COLUMNS.split())
    for key, paper in checked(pairs):
        yield rows.writerow([defused(cell) for cell in _cells(key, paper)])


def defused(cell: str) -> str:
    """Put an apostrophe before what begins like a formula.

    >>> defused("=1+1"), defused("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _cells(key: str, paper: Paper) -> Iterator[str]:
    """Yield the cells in the order of `_COLUMNS`."""
    yield key
    yield clean(paper.id)
    yield str(paper.version)
    yield words(paper.title)
    yield _BETWEEN.join(words(author.name) for author in paper.authors)
    yield str(paper.year or "")
    yield paper.published or ""
    yield _BETWEEN.join(clean(category) for category in paper.categories)
    yield doi_of(paper)
    yield words(paper.journal_ref)
    yield link_of(paper)
    yield paper.status
