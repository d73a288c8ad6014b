"""Turn allowlisted TeX mathematics into MathML that cannot carry anything else.

latex2mathml lets markup and links through (notes/outputs.md section 5), so what it writes is read by an XML parser and
built again from known elements and attribute values only (rule R7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from latex2mathml import converter, exceptions
from lxml import etree
from markupsafe import Markup, escape

from surveygen.domain.inline import Math

Tree = str | list["Tree"] | dict[str, str]

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


@dataclass(frozen=True, slots=True)
class Element:
    """One MathML element; `children` are elements or words."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    children: tuple[Element | str, ...]


@lru_cache(maxsize=4096)
def mathml(node: Math) -> Element | None:
    """Convert mathematics; None if anything in the result is not known to be harmless."""
    try:
        written = converter.convert(node.tex, display="block" if node.display else "inline")
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return _rebuilt(etree.fromstring(written.encode(), parser))
    except _FAULTS:
        return None


def math_markup(node: Math) -> Markup:
    """Write mathematics for a page: MathML, or its source where that fails."""
    element = mathml(node)
    if element is None:
        return Markup("<code>{}</code>").format(f"${node.tex}$")
    return _markup(element)


def math_tree(node: Math) -> Tree:
    """Write mathematics for a script to build: ``[tag, {attributes}, child, ...]``, or its source as a string."""
    element = mathml(node)
    return f"${node.tex}$" if element is None else _tree(element)


def _rebuilt(source: etree._Element) -> Element | None:
    tag = str(source.tag).removeprefix(_NAMESPACE)
    if tag not in _TAGS:
        return None
    children = list(_children(source))
    if None in children:
        return None
    attributes = tuple((name, value) for name, value in sorted(_pairs(source)) if value in _VALUES.get(name, set()))
    return Element(tag, attributes, tuple(child for child in children if child is not None))


def _pairs(source: etree._Element) -> Iterator[tuple[str, str]]:
    return ((str(name), str(value)) for name, value in source.attrib.items())


def _children(source: etree._Element) -> Iterator[Element | str | None]:
    if source.text and source.text.strip():
        yield source.text
    for child in source:
        yield _rebuilt(child)
        if child.tail and child.tail.strip():
            yield child.tail


def _markup(element: Element) -> Markup:
    inside = Markup().join(escape(child) if isinstance(child, str) else _markup(child) for child in element.children)
    attributes = Markup().join(Markup(' {}="{}"').format(*pair) for pair in element.attributes)
    return Markup("<{0}{1}>{2}</{0}>").format(element.tag, attributes, inside)


def _tree(element: Element) -> Tree:
    attributes: list[Tree] = [dict(element.attributes)] if element.attributes else []
    inside: list[Tree] = [child if isinstance(child, str) else _tree(child) for child in element.children]
    return [element.tag, *attributes, *inside]
