"""Read one record in arXivRaw, the only format with the dates of all versions."""

from __future__ import annotations

import re

from lxml import etree

from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import Paper, PaperId
from surveygen.errors import SourceError
from surveygen.sources._authors import split_signatures
from surveygen.sources._record import paper_from
from surveygen.sources._withdrawn import is_withdrawal_comment

RAW = "{http://arxiv.org/OAI/arXivRaw/}"
_SIZE = re.compile(r"(\d{1,9})\s*kb", re.IGNORECASE)


def read_record(metadata: etree._Element | None, paper: PaperId, datestamp: str) -> Paper:
    """Map a record (notes/harvest.md 2.6).

    The submitter is left out, for nobody asked that person; so is ``acm-class``, which holds the value of another
    field. Authors have their TeX accents decoded; title and abstract keep their TeX, as in all other formats.

    Raises:
        SourceError: there is no arXivRaw in it, no usable title or version, or it is of another paper than its header.
    """
    raw = metadata.find(f"{RAW}arXivRaw") if metadata is not None else None
    if raw is None:
        raise SourceError(f"{paper}: no arXivRaw")
    versions = [_version(element) for element in raw.findall(f"{RAW}version")]
    latest = max(versions, key=lambda version: int(version["n"]), default={"n": 0})
    if latest["n"] == 0:
        raise SourceError(f"{paper}: no versions")
    comment, abstract = _said(raw, "comments"), _said(raw, "abstract")
    withdrawn = "I" in str(latest["flags"]) or is_withdrawal_comment(comment, abstract)
    found = paper_from(
        {
            "arxiv_id": _said(raw, "id"),
            "title": _said(raw, "title"),
            "abstract": abstract,
            "authors": [plain(parse_inline(name)) for name in split_signatures(_said(raw, "authors"))],
            "version": latest["n"],
            "versions": versions,
            "published": next((version["submitted_at"] for version in versions if version["n"] == 1), None),
            "updated": latest["submitted_at"],
            "categories": _said(raw, "categories"),
            "comment": comment,
            "journal_ref": _said(raw, "journal-ref"),
            "doi": _said(raw, "doi"),
            "license": _said(raw, "license"),
            "status": "withdrawn" if withdrawn else "active",
        }
    )
    if found.id != paper:
        raise SourceError(f"{paper}: the record is of {found.id}")
    return found.with_changes(datestamp=datestamp)


def _version(element: etree._Element) -> dict[str, int | str]:
    number = re.fullmatch(r"v?([1-9]\d{0,3})", element.get("version", "").strip())
    size = _SIZE.match(_said(element, "size"))
    kinds = "".join((found.text or "").strip() for found in element.findall(f"{RAW}source_type"))
    return {
        "n": int(number[1]) if number else 0,
        "submitted_at": _said(element, "date"),
        "size_kb": int(size[1]) if size else 0,
        "flags": "".join(sorted(set(kinds))),
    }


def _said(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{RAW}{name}") or "").strip()
