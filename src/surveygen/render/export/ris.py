"""Write references as RIS, the tagged format of reference managers.

A record is lines of a tag and a value, ended by CR LF: https://en.wikipedia.org/wiki/RIS_(file_format).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from surveygen.domain.paper import Paper
from surveygen.render.references import Form, Reference, references

_TYPES: Mapping[Form, str] = {"preprint": "UNPB", "article": "JOUR", "proceedings": "CPAPER"}


def ris(pairs: Sequence[tuple[str, Paper]]) -> Iterator[str]:
    """Yield one record a paper; no value holds a line break."""
    for reference in references(pairs):
        lines = "".join(f"{tag}  - {value}\r\n" for tag, value in _tags(reference) if value)
        yield f"{lines}ER  - \r\n\r\n"


def _tags(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "TY", _TYPES[reference.form]
    yield "ID", reference.key
    for family, given in reference.names:
        yield "AU", _name(family, given)
    yield "TI", reference.title
    yield "T2", reference.journal
    yield "AB", reference.abstract
    yield "PY", reference.date[0] if reference.date else ""
    yield "DA", "/".join([*reference.date, "", "", ""][:3]) + "/" if reference.date else ""
    yield "DB", "arXiv" if reference.arxiv else ""
    yield "AN", f"arXiv:{reference.arxiv}" if reference.arxiv else ""
    yield "DO", reference.doi
    yield "UR", reference.link
    yield "N1", reference.annotation
    yield "N1", reference.note


def _name(family: str, given: str) -> str:
    """Write ``Family, Given``; a comma of the family's own would be read as the end of it."""
    whole = " ".join(family.replace(",", " ").split())
    return f"{whole}, {given}" if given else whole
