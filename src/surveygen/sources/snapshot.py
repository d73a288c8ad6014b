"""The arXiv metadata snapshot: three million papers, one JSON object a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from surveygen.config import SourceSettings
from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import BadRecord, Paper
from surveygen.errors import SourceError
from surveygen.sources._authors import split_names
from surveygen.sources._dates import iso
from surveygen.sources._jsonlines import read_json_lines
from surveygen.sources._record import paper_from, read_versions
from surveygen.sources._withdrawn import is_withdrawal_comment

# Keys that only the snapshot has; `submitter` stands near the front of a line, before anything long.
_MARKS = re.compile(r'"(?:submitter|authors_parsed|journal-ref|report-no)"\s*:')
# The submitter is a person who did not ask to be published (notes/harvest.md 2.6).
_DROPPED = {"submitter", "authors_parsed", "comments", "journal-ref", "update_date"}


def looks_like_snapshot(head: str) -> bool:
    """Whether the beginning of a file has keys of the snapshot."""
    return head.lstrip().startswith("{") and bool(_MARKS.search(head))


def make(settings: SourceSettings) -> ArxivSnapshot:  # noqa: ARG001  # files need no settings
    """Make the reader of the snapshot, plain or gzip."""
    return ArxivSnapshot()


class ArxivSnapshot:
    """Streams the file, so that its 5 GB need no more memory than one line."""

    def accepts(self, path: Path, head: str) -> bool:  # noqa: ARG002  # the seam; its name says nothing
        """Whether the first record has keys of the snapshot."""
        return looks_like_snapshot(head)

    def read(self, path: Path) -> Iterator[Paper | BadRecord]:
        """Yield papers and bad lines."""
        return read_json_lines(path, _paper)


def _paper(raw: Mapping[str, object]) -> Paper:
    """Map a line of the snapshot (notes/harvest.md 2.8); `version` is the latest, `update_date` its datestamp."""
    versions = read_versions(raw.get("versions"))
    first, latest = (versions[0], versions[-1]) if versions else (None, None)
    if not str(raw.get("id") or "").strip():
        raise SourceError("no id")
    comment, abstract, day = (str(raw.get(key) or "") for key in ("comments", "abstract", "update_date"))
    found = paper_from(
        {
            **{key: value for key, value in raw.items() if key not in _DROPPED},
            "authors": _authors(raw),
            "comment": comment,
            "journal_ref": raw.get("journal-ref"),
            "version": latest.n if latest else None,
            "published": first.submitted_at if first and first.n == 1 else None,
            "updated": latest.submitted_at if latest else day,
            "update_date": day,
            "status": "withdrawn" if is_withdrawal_comment(comment, abstract) else "active",
        }
    )
    datestamp = iso(day)
    return found.with_changes(datestamp=datestamp[:10]) if datestamp and len(datestamp) >= 10 else found


def _authors(raw: Mapping[str, object]) -> list[str]:
    """Read names as ``[family, given, suffix, affiliation...]``, TeX accents decoded."""
    parsed = raw.get("authors_parsed")
    if not isinstance(parsed, list):
        return [_plain(name) for name in split_names(str(raw.get("authors") or ""))]
    parts = ([str(part) for part in item[:3]] for item in parsed if isinstance(item, list) and item)
    return [_plain(" ".join([*part[1:2], part[0], *part[2:3]])) for part in parts]


def _plain(tex: str) -> str:
    return plain(parse_inline(tex))
