"""Write untrusted words for a page, as markup, string or data; mathematics as MathML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from latex2mathml import converter, exceptions
from lxml import etree
from markupsafe import Markup, escape

from surveygen.domain.inline import Cite, Inline, Math, Str, parse_inline, plain

Tree = str | list["Tree"] | dict[str, str]

# latex2mathml lets markup and links through, so what it writes is read by an XML parser and built again from known
# elements and attribute values only.
_TAG_NAMES = """
    math mrow mi mn mo ms mtext mspace msup msub msubsup munder mover munderover mfrac msqrt mroot mstyle mpadded
    menclose mtable mtr mtd
"""
_TAGS = frozenset(_TAG_NAMES.split())
_VALUES = {
    "display": {"inline", "block"},
    "stretchy": {"true", "false"},
    "mathvariant": {"normal", "bold", "italic", "bold-italic", "double-struck", "fraktur", "script", "sans-serif"},
    "linethickness": {"0", "0pt", "0em"},  # a binomial is a fraction without a line
    "accent": {"true", "false"},
}
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_FAULTS: tuple[type[Exception], ...] = (
    *(fault for fault in vars(exceptions).values() if isinstance(fault, type) and issubclass(fault, Exception)),
    *(etree.XMLSyntaxError, LookupError, ValueError, AttributeError, StopIteration),  # of malformed input
)

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
    """Write words and mathematics; citations are left out."""
    written = (node for node in nodes if not isinstance(node, Cite))
    return Markup().join(math_markup(node) if isinstance(node, Math) else escape(node.text) for node in written)


# The names of authors and the keywords of cards come back again and again.
@lru_cache(maxsize=65536)
def string(text: str) -> str:
    """Write text for a place that takes no markup, such as a page title; not escaped yet."""
    return plain(parsed(text))


def rich(nodes: Iterable[Inline]) -> Rich:
    """Write words and mathematics for a script; citations are dropped."""
    shown = [node for node in nodes if not isinstance(node, Cite)]
    words = [node.text for node in shown if isinstance(node, Str)]
    if len(words) == len(shown):
        return "".join(words)
    return [node.text if isinstance(node, Str) else {"m": math_tree(node), "t": node.tex} for node in shown]


def anchor(text: str) -> str:
    """Turn an id into one that an address and an attribute can hold; arXiv ids stay as they are."""
    return quote(text, safe="/", errors="replace")


@dataclass(frozen=True, slots=True)
class _Element:
    """One MathML element; `children` are elements or words."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[_Element | str, ...]


@lru_cache(maxsize=4096)
def _mathml(node: Math) -> _Element | None:
    """Convert mathematics; None if anything in the result is not known to be harmless."""
    try:
        written = converter.convert(node.tex, display="block" if node.display else "inline")
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return _rebuilt(etree.fromstring(written.encode(), parser))
    except _FAULTS:
        return None


def math_markup(node: Math) -> Markup:
    """Write mathematics for a page: MathML, or its source where that fails."""
    element = _mathml(node)
    if element is None:
        return Markup("<code>{}</code>").format(f"${node.tex}$")
    return _markup(element)


def math_tree(node: Math) -> Tree:
    """Write mathematics for a script to build: ``[tag, {attributes}, child, ...]``, or its source as a string."""
    element = _mathml(node)
    return f"${node.tex}$" if element is None else _tree(element)


def _rebuilt(source: etree._Element) -> _Element | None:
    tag = str(source.tag).removeprefix(_NAMESPACE)
    if tag not in _TAGS:
        return None
    children: list[_Element | str] = [source.text] if source.text and source.text.strip() else []
    for child in source:
        rebuilt = _rebuilt(child)
        if rebuilt is None:
            return None
        children.append(rebuilt)
        if child.tail and child.tail.strip():
            children.append(child.tail)
    pairs = sorted((str(name), str(value)) for name, value in source.attrib.items())
    attributes = tuple((name, value) for name, value in pairs if value in _VALUES.get(name, set()))
    return _Element(tag, attributes, tuple(children))


def _markup(element: _Element) -> Markup:
    inside = Markup().join(escape(child) if isinstance(child, str) else _markup(child) for child in element.children)
    attributes = Markup().join(Markup(' {}="{}"').format(*pair) for pair in element.attributes)
    return Markup("<{0}{1}>{2}</{0}>").format(element.tag, attributes, inside)


def _tree(element: _Element) -> Tree:
    attributes: list[Tree] = [dict(element.attributes)] if element.attributes else []
    inside: list[Tree] = [child if isinstance(child, str) else _tree(child) for child in element.children]
    return [element.tag, *attributes, *inside]
