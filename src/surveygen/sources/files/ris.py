"""RIS, the tagged format that reference managers export."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from surveygen.domain.paper import BadRecord, Paper
from surveygen.errors import SourceError
from surveygen.sources.entry_ids import bare_doi, own_arxiv_id, reference_id
from surveygen.sources.files import InputFile
from surveygen.sources.record import paper_from

_TAG = re.compile(r"\s*([A-Z][A-Z0-9])\s{1,2}-(?:\s(.*)|)\Z", re.DOTALL)
# Tags that are made for an id or an address, or that often hold one and nothing else.
_PLACES = ("UR", "L1", "L2", "DO", "M1", "M3", "AN", "JO", "T2", "ID")
_TYPES = {
    "JOUR": "article",
    "MGZN": "article",
    "CPAPER": "inproceedings",
    "CONF": "inproceedings",
    "BOOK": "book",
    "CHAP": "incollection",
    "THES": "phdthesis",
    "RPRT": "techreport",
    "UNPB": "unpublished",
}
_MAX_RAW_TAGS = 50


@dataclass
class _RisEntry:
    """The values of a record by tag, each as the pieces of its lines."""

    line: int
    tags: dict[str, list[list[str]]] = field(default_factory=dict)

    def all(self, *tags: str) -> list[str]:
        """Return the values of some tags that are not empty."""
        joined = (" ".join(pieces).strip() for tag in tags for pieces in self.tags.get(tag, ()))
        return [value for value in joined if value]

    def first(self, *tags: str) -> str:
        """Return the first value of the first tag that has one."""
        return next(iter(self.all(*tags)), "")


def accepts(file: InputFile) -> bool:
    """Whether a record begins near the front, or an empty file has the suffix of RIS."""
    has_record = bool(re.search(r"^\s*TY\s{1,2}-", file.head, re.MULTILINE))
    return has_record or (file.path.suffix == ".ris" and not file.head.strip())


def read(file: InputFile) -> Iterator[Paper | BadRecord]:
    """Yield a paper or a bad record for every entry.

    Tags are those of https://en.wikipedia.org/wiki/RIS_(file_format); a value may run over several lines. An entry
    without arXiv id or DOI has an id of its title, year and first author; its ``ID`` is kept as ``ris_id``.
    """
    text = file.text()
    yield from file.notes
    for entry in _entries(text):
        try:
            yield paper_from(_record(entry))
        except SourceError as error:
            raw = [f"{tag}  - {value}" for tag in list(entry.tags)[:_MAX_RAW_TAGS] for value in entry.all(tag)]
            yield file.bad_record(entry.line, error.message, "\n".join(raw))


def _entries(text: str) -> Iterator[_RisEntry]:
    """Yield the records; a record ends with ``ER``, the next ``TY`` or the file, and tags may stand before ``TY``."""
    entry: _RisEntry | None = None
    pieces: list[str] | None = None  # of the value that a line without a tag continues
    for number, line in enumerate(text.splitlines(), start=1):
        match = _TAG.match(line)
        tag, value = (match[1], (match[2] or "").strip()) if match else ("", line.strip())
        if entry and ((tag == "TY" and "TY" in entry.tags) or tag == "ER"):
            yield entry
            entry = pieces = None
        if tag == "ER":
            continue
        if tag:
            entry = entry or _RisEntry(number)
            pieces = [value]
            entry.tags.setdefault(tag, []).append(pieces)
        elif pieces is not None and value:
            pieces.append(value)
    if entry and "TY" in entry.tags:
        yield entry


def _record(entry: _RisEntry) -> Mapping[str, object]:
    doi, url = bare_doi(entry.first("DO")), entry.first("UR", "L1", "L2")
    arxiv_id = own_arxiv_id(entry.all(*_PLACES), entry.first("N1"), has_other_id=bool(doi or url))
    authors, editors = entry.all("AU", "A1"), entry.all("ED", "A2", "A3")
    kind = entry.first("TY")
    start, end = entry.first("SP"), entry.first("EP")
    extra = {
        "volume": entry.first("VL"),
        "number": entry.first("IS"),
        "pages": f"{start}–{end}" if start and end and end not in start else start,
        "publisher": entry.first("PB"),
        "keywords": entry.all("KW"),
        "editor": [_name(name) for name in editors],
        "author_role": "editor" if editors and not authors else "",
        "ris_id": entry.first("ID"),
        "ris_type": kind,
        "bibtex_type": _TYPES.get(kind, "misc"),
    }
    return {
        "id": reference_id(doi, arxiv_id),
        "title": entry.first("TI", "T1", "CT", *(("BT",) if kind == "BOOK" else ())),
        "abstract": " ".join(entry.all("AB") or entry.all("N2")),
        "authors": [_name(name) for name in authors or editors],
        "published": entry.first("DA", "PY", "Y1").rstrip("/") or None,
        "journal_ref": entry.first("JO", "JF", "T2", "JA", *(("BT",) if kind != "BOOK" else ())),
        "doi": doi,
        "url": url,
        "comment": " ".join(entry.all("N1")),
        **{key: value for key, value in extra.items() if value},
    }


def _name(name: str) -> str:
    """Turn ``Family, Given, Suffix`` round."""
    family, given, suffix = ([part.strip() for part in name.split(",", 2)] + ["", ""])[:3]
    return " ".join(filter(None, (given, family))) + (f", {suffix}" if suffix else "")
