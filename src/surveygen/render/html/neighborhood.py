"""The neighborhood of a paper as a drawing: citing, cited or similar papers.

The layout is the one of ``neighborhood.js``: three columns, computed from the numbers of papers and the width alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from surveygen.domain.citation import CitedWork
from surveygen.domain.paper import PaperId
from surveygen.domain.person_names import short_authors
from surveygen.domain.survey import BibliographyEntry
from surveygen.render.html.markup import string

Relation = Literal["citing", "cited", "outside", "near"]
Side = Literal["left", "right"]

MAX_DRAWN = 60  # papers in the drawing, this one included; more are not readable
WIDE, NARROW = 680, 340  # pixels: of a page, and of a phone
_ROW = 22  # pixels between the papers of a column
_TOP = 40  # pixels above the first paper, for the headings
_SIZE = 6  # pixels, half the width of a mark
_LETTER = 6.3  # pixels, mean width of a character; those of Chinese, Japanese and Korean have two of them
# Shares of the width at which the three columns stand, by whether there are papers on the left and on the right.
_COLUMNS = {
    (True, True): (0.31, 0.5, 0.69),
    (True, False): (0.7, 0.9, 1.0),
    (False, True): (0.0, 0.1, 0.3),
    (False, False): (0.0, 0.5, 1.0),
}
_ROOMY = 44  # characters from which a label has the title too


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A paper of the survey (`entry`) or another work, and how it is related."""

    relation: Relation
    entry: BibliographyEntry | None = None
    work: CitedWork | None = None

    @property
    def title(self) -> str:
        """The title as plain words."""
        return string(self.entry.paper.title if self.entry else self.work.title if self.work else "")

    @property
    def authors(self) -> str:
        """The authors in short."""
        return string(short_authors(self.entry.paper.authors) if self.entry else self.work.authors if self.work else "")

    @property
    def year(self) -> int | None:
        """The year of the first version."""
        return self.entry.paper.year if self.entry else self.work.year if self.work else None


@dataclass(frozen=True, slots=True)
class Neighborhood:
    """The papers around one paper.

    Attributes:
        left: those that cite it. right: what it cites, the survey's own papers first; or the most similar papers.
        is_similarity: whether no citation is known, so that `right` has the most similar papers.
        hidden: number of further works that are not shown.
    """

    left: tuple[Neighbor, ...] = ()
    right: tuple[Neighbor, ...] = ()
    is_similarity: bool = False
    hidden: int = 0

    def __iter__(self) -> Iterator[Neighbor]:
        yield from (*self.left, *self.right)


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A neighbor in the drawing: the center of its mark, in pixels, and its label with its own place."""

    neighbor: Neighbor
    x: float
    y: float
    side: Side
    label: str

    @property
    def label_x(self) -> float:
        """Where the label begins, or on the left ends."""
        return round(self.x + (_SIZE + 6 if self.side == "right" else -_SIZE - 6), 1)

    @property
    def mark(self) -> str:
        """The outline of the mark: relations differ in shape as well as in color."""
        x, y, size = self.x, self.y, _SIZE
        if self.neighbor.relation in {"citing", "near"}:
            return f"M{x - size:g} {y:g}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0 {-2 * size} 0"
        reach = size + 1
        return f"M{x:g} {y - reach:g}L{x + reach:g} {y:g}L{x:g} {y + reach:g}L{x - reach:g} {y:g}Z"


@dataclass(frozen=True, slots=True)
class Drawing:
    """The neighborhood in a box of `width` by `height` pixels; `curves` are citations among the neighbors."""

    width: int
    height: float
    x: float
    y: float
    nodes: tuple[GraphNode, ...]
    curves: tuple[str, ...]

    def first(self, side: Side) -> GraphNode | None:
        """Return the first node of a side, above which its heading stands."""
        return next((node for node in self.nodes if node.side == side), None)


def neighborhood(entry: BibliographyEntry, entries: Mapping[PaperId, BibliographyEntry]) -> Neighborhood:
    """Return the papers around one paper, the newest first; those that are not in `entries` are left out."""
    stats = entry.citation_stats
    citing = _of_survey("citing", stats.cited_by if stats else (), entries)
    cited = _of_survey("cited", stats.references if stats else (), entries)
    outside = [Neighbor("outside", work=work) for work in (stats.outside if stats else ())]
    right = [*cited, *outside]
    if not citing and not right:
        near = [Neighbor("near", entries[paper]) for paper in entry.neighbours if paper in entries]
        return Neighborhood(right=tuple(near[: MAX_DRAWN - 1]), is_similarity=True)
    on_left, on_right = share_room(len(citing), len(right), MAX_DRAWN - 1)
    hidden = len(citing) + len(right) - on_left - on_right + (stats.more if stats else 0)
    return Neighborhood(tuple(citing[:on_left]), tuple(right[:on_right]), hidden=hidden)


def _of_survey(
    relation: Relation, papers: Sequence[PaperId], entries: Mapping[PaperId, BibliographyEntry]
) -> list[Neighbor]:
    related = [entries[paper] for paper in papers if paper in entries]
    newest = sorted(related, key=lambda entry: (-(entry.paper.year or 0), entry.number))
    return [Neighbor(relation, entry) for entry in newest]


def share_room(left: int, right: int, room: int) -> tuple[int, int]:
    """Give each side half of the room, and what the other side does not need.

    >>> share_room(50, 3, 59), share_room(50, 50, 59)
    ((50, 3), (29, 30))
    """
    on_left = min(left, max(room // 2, room - right))
    return on_left, min(right, room - on_left)


def draw(around: Neighborhood, width: int) -> Drawing:
    """Lay the neighborhood out; the same papers and width always give the same drawing."""
    rows = max(len(around.left), len(around.right), 3)
    middle = _TOP + (rows - 1) * _ROW / 2
    left_x, self_x, right_x = _COLUMNS[bool(around.left), bool(around.right)]
    nodes = (
        *_column(around.left, "left", round(left_x * width, 1), middle, left_x * width),
        *_column(around.right, "right", round(right_x * width, 1), middle, (1 - right_x) * width),
    )
    center = round(self_x * width, 1)
    return Drawing(width, _TOP + rows * _ROW, center, middle, nodes, tuple(_curves(nodes, center)))


def _column(neighbors: Sequence[Neighbor], side: Side, x: float, middle: float, room: float) -> Iterator[GraphNode]:
    letters = int((room - 2 * _SIZE - 4) / _LETTER)
    for at, neighbor in enumerate(neighbors):
        yield GraphNode(neighbor, x, middle + (at - (len(neighbors) - 1) / 2) * _ROW, side, _label(neighbor, letters))


def _label(neighbor: Neighbor, letters: int) -> str:
    year = f" {neighbor.year}" if neighbor.year else ""
    short = _shortened(neighbor.authors or neighbor.title, letters - len(year)) + year
    if neighbor.authors and letters > _ROOMY:
        return _shortened(f"{short} · {neighbor.title}", letters)
    return short


def _shortened(text: str, letters: int) -> str:
    """Cut a text to a width in characters of Latin script."""
    widths = [2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text]
    if sum(widths) <= letters:
        return text
    room, end = max(letters - 1, 1), 0
    while end < len(text) and room >= widths[end]:
        room -= widths[end]
        end += 1
    return f"{text[:end].rstrip()}…"


def _curves(nodes: Sequence[GraphNode], center: float) -> Iterator[str]:
    """Yield the citations among the neighbors themselves."""
    places = {node.neighbor.entry.paper.id: node for node in nodes if node.neighbor.entry}
    for node in places.values():
        entry = node.neighbor.entry
        for paper in entry.citation_stats.references if entry and entry.citation_stats else ():
            other = places.get(paper)
            if other is not None and other is not node:
                bend = (node.x + (center if node.side == other.side else other.x)) / 2
                yield f"M{node.x:g} {node.y:g}Q{bend:g} {(node.y + other.y) / 2:g} {other.x:g} {other.y:g}"
