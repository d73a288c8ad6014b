"""Formats of other programs: bibliographies and taxonomies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from surveygen.domain.paper import Paper
from surveygen.domain.theme import Taxonomy
from surveygen.render.export.bibtex import biblatex, bibtex
from surveygen.render.export.csl import csl
from surveygen.render.export.csv import table
from surveygen.render.export.ris import ris
from surveygen.render.export.skos import skos
from surveygen.render.export.taxonomy import forest, mermaid, outline

# From cite keys and papers to pieces of text, one entry for each paper, in the order given.
BIBLIOGRAPHIES: Mapping[str, Callable[[Sequence[tuple[str, Paper]]], Iterator[str]]] = MappingProxyType(
    {"bibtex": bibtex, "biblatex": biblatex, "csl": csl, "ris": ris, "csv": table}
)
# From a taxonomy, a title and a slug to a text.
TAXONOMIES: Mapping[str, Callable[[Taxonomy, str, str], str]] = MappingProxyType(
    {"forest": forest, "markdown": outline, "mermaid": mermaid, "skos": skos}
)
