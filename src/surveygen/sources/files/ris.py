"""RIS, the tagged format that reference managers export."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from surveygen.domain.paper import BadRecord, Paper
from surveygen.errors import SourceError
from surveygen.sources.entry_ids import find_arxiv_id, reference_id, title_key
from surveygen.sources.files import InputFile
from surveygen.sources.record import paper_from

_TAG = re.compile(r"([A-Z][A-Z0-9])\s{1,2}-\s?(.*)")
_LINKS = ("UR", "L1", "L2", "DO", "N1", "M1", "M3", "AN", "JO", "T2", "ID")


@dataclass
class _RisEntry:
    line: int
    tags: dict[str, list[str]] = field(default_factory=dict)

    def first(self, *tags: str) -> str:
        """Return the first value of the first tag that has one."""
        return next((self.tags[tag][0] for tag in tags if self.tags.get(tag)), "")

    def all(self, *tags: str) -> list[str]:
        """Return the values of some tags."""
        return [value for tag in tags for value in self.tags.get(tag, [])]


def accepts(file: InputFile) -> bool:
    """Whether a record begins near the front, or an empty file has the suffix of RIS."""
    has_record = bool(re.search(r"^TY\s{1,2}-", file.head, re.MULTILINE))
    return has_record or (file.path.suffix == ".ris" and not file.head.strip())


def read(file: InputFile) -> Iterator[Paper | BadRecord]:
    """Yield a paper or a bad record for every entry.

    Tags are those of https://en.wikipedia.org/wiki/RIS_(file_format); a value may run over several lines.
    """
    for entry in _entries(file.text()):
        try:
            yield paper_from(_record(entry))
        except SourceError as error:
            yield file.bad_record(entry.line, error.message, str(entry.tags))


def _entries(text: str) -> Iterator[_RisEntry]:
    entry: _RisEntry | None = None
    last = ""
    for number, line in enumerate(text.splitlines(), start=1):
        match = _TAG.match(line.lstrip())
        tag, value = (match[1], match[2].strip()) if match else (last, line.strip())
        if entry and tag in {"TY", "ER"} and match:
            yield entry
            entry = None
        if tag == "TY" and match:
            entry = _RisEntry(number)
        if entry and match:
            entry.tags.setdefault(tag, []).append(value)
        elif entry and value:
            entry.tags[tag][-1] += f" {value}"
        last = tag
    if entry:
        yield entry


def _record(entry: _RisEntry) -> Mapping[str, object]:
    title = entry.first("TI", "T1", "CT")
    names = (name.rstrip(",").split(",", 1) for name in entry.all("AU", "A1"))
    fallback = f"ris:{entry.first('ID') or title_key(title)}"
    return {
        "id": reference_id({"doi": entry.first("DO")}, find_arxiv_id(entry.all(*_LINKS)), fallback),
        "title": title,
        "abstract": entry.first("AB", "N2"),
        "authors": [" ".join([*name[1:], name[0]]).replace(",", " ") for name in names],
        "published": entry.first("DA", "PY", "Y1").rstrip("/") or None,
        "journal_ref": entry.first("JO", "JF", "T2", "JA"),
        "doi": entry.first("DO"),
        "url": entry.first("UR"),
        "keywords": entry.all("KW"),
        "ris_type": entry.first("TY"),
    }
