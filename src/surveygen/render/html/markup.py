"""Write untrusted words for a page: as markup, string or data."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote

from markupsafe import Markup, escape

from surveygen.domain.inline import Cite, Inline, Math, Str, parse_inline, plain
from surveygen.render._mathml import Tree, math_markup, math_tree

# A text for a script: words alone, or pieces in order, each words or {"m": mathematics, "t": its source}.
Rich = str | list[str | dict[str, Tree]]


# Titles and names stand in many places of a page, and pieces of abstracts in two.
@lru_cache(maxsize=8192)
def parsed(text: str) -> tuple[Inline, ...]:
    """Read text that cites nothing."""
    return parse_inline(text)


def words(text: str) -> Markup:
    """Write text that cites nothing: escaped, with its mathematics set."""
    return markup(parsed(text))


def markup(nodes: Iterable[Inline]) -> Markup:
    """Write words and mathematics; citations are the caller's."""
    return Markup().join(_piece(node) for node in nodes)


# The names of authors and the keywords of cards come back again and again.
@lru_cache(maxsize=65536)
def string(text: str) -> str:
    """Write text for a place that takes no markup, such as a page title; not escaped yet."""
    return plain(parsed(text))


def rich(nodes: Iterable[Inline]) -> Rich:
    """Write words and mathematics for a script; citations are dropped."""
    pieces = [_data(node) for node in nodes if not isinstance(node, Cite)]
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(piece for piece in pieces if isinstance(piece, str))
    return pieces


def anchor(text: str) -> str:
    """Turn an id into one that an address and an attribute can hold; arXiv ids stay as they are."""
    return quote(text, safe="/", errors="replace")


def _piece(node: Inline) -> Markup:
    if isinstance(node, Math):
        return math_markup(node)
    return escape(node.text if isinstance(node, Str) else "")


def _data(node: Str | Math) -> str | dict[str, Tree]:
    return node.text if isinstance(node, Str) else {"m": math_tree(node), "t": node.tex}
