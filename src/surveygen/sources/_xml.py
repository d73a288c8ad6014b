"""Parse XML of strangers: strictly, with no entities and no network."""

from __future__ import annotations

from lxml import etree

from surveygen.sources._retry import UnusableError


def parse_xml(body: bytes, root: str) -> etree._Element:
    """Parse a whole document and check the name of its root, ``{namespace}name``.

    A document with entity declarations is refused before parsing; libxml2's own limits (depth 256, 10 MB a text) stay.

    Raises:
        UnusableError: "hostile" (entities), or "broken" (not well-formed to the last byte, or another root).
    """
    if b"<!ENTITY" in body:
        raise UnusableError("hostile", "the answer declares XML entities")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        tree = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnusableError("broken", f"not well-formed XML: {str(error)[:100]}") from error
    if tree.tag != root or b"<!DOCTYPE" in body:
        raise UnusableError("broken", f"the root of the XML is {str(tree.tag)[:60]!r}, not {root!r}")
    return tree
