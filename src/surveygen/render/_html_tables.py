"""Name the cells of a comparison by their place on the card."""

from __future__ import annotations

from surveygen.domain.summary import Sentence
from surveygen.domain.survey import BibliographyEntry, ComparisonRow
from surveygen.render.html.claims import WEAK

WHOLE = 300  # papers of a page up to which its tables and the ways back from references are written out
SHOWN = 2  # rows of a table of a larger one that stand there without scripts
_NOTHING = "-"


def told(row: ComparisonRow, entry: BibliographyEntry | None) -> str:
    """Write the number of a paper and for each cell field and place, as in "12 mo0 - da0 fi1".

    Returns "" if a cell says what the card of the paper does not, or as it does not; `tables.js` reads the rest.
    """
    if entry is None or row.code != entry.card.code:
        return ""
    places: dict[Sentence, str] = {}
    for name, said in entry.card.fields():
        for at, sentence in enumerate(said):
            places.setdefault(sentence, f"{name[:2]}{at}")
    cells = [places.get(cell, "") if cell is not None and _plain(cell, entry) else _NOTHING for cell in row.cells]
    if any(cell is not None and mark in ("", _NOTHING) for cell, mark in zip(row.cells, cells, strict=True)):
        return ""
    return " ".join([str(entry.number), *cells])


def _plain(cell: Sentence, entry: BibliographyEntry) -> bool:
    """Whether a cell is its words alone: nobody has signed it, it carries no mark, it cites its own paper only."""
    return cell.attribution is None and cell.support >= WEAK and set(cell.cites) <= {entry.paper.id}
