"""Choose the figure that shows what a paper does."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from surveygen.domain.document import Document, Figure

_HEAD = 200  # characters of a caption in which it says what the figure shows
_DRAWN = (".svg", ".pdf", ".eps")  # formats that no page shows as an image, or that are refused


@dataclass(frozen=True, slots=True)
class ChosenFigure:
    """The figure for the review of a paper: its id, label, caption, element of the page, and address of its image."""

    figure: str
    label: str
    caption: str
    element: str
    source: str


def choose_figure(document: Document) -> ChosenFigure | None:
    """Return the first figure whose caption says that it shows the method as a whole, else the first one.

    Only figures of one image are chosen, as one image of several would show a part; drawings within the page have no
    image to fetch.
    """
    captions = {unit.id: unit.text for unit in document.all_units() if unit.kind == "caption"}
    candidates = [
        ChosenFigure(figure.id, figure.label, captions.get(figure.caption, ""), figure.element, sources[0])
        for figure in document.figures
        if figure.kind == "figure" and len(sources := list(_sources(figure))) == 1 and _is_raster(sources[0])
    ]
    overviews = (candidate for candidate in candidates if _overview().search(candidate.caption[:_HEAD]))
    return next(overviews, candidates[0] if candidates else None)


def _sources(figure: Figure) -> Iterator[str]:
    yield from (image.source for image in figure.images)
    for panel in figure.panels:
        yield from _sources(panel)


def _is_raster(source: str) -> bool:
    return bool(source) and not source.lower().endswith(_DRAWN)


@cache
def _overview() -> re.Pattern[str]:
    text = (files("surveygen.documents") / "figure_words.toml").read_text(encoding="utf-8")
    return re.compile(rf"\b(?:{'|'.join(tomllib.loads(text)['overview'])})", re.IGNORECASE)
