"""The arXiv metadata snapshot: three million papers, one JSON object per line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from surveygen.domain.inline import parse_inline, plain
from surveygen.domain.paper import BadRecord, Paper
from surveygen.errors import SourceError
from surveygen.sources.authors import split_names
from surveygen.sources.dates import iso_date
from surveygen.sources.files import InputFile
from surveygen.sources.files.jsonl import is_snapshot, read_json_lines
from surveygen.sources.record import paper_from, read_versions

# The submitter is a person who did not ask to be published.
_DROPPED = {"submitter", "authors_parsed", "comments", "journal-ref", "update_date"}


def accepts(file: InputFile) -> bool:
    """Whether the first record has keys of the snapshot."""
    return is_snapshot(file.head)


def read(file: InputFile) -> Iterator[Paper | BadRecord]:
    """Yield papers and bad lines as they are read: the 5 GB of the file need no more memory than one line."""
    return read_json_lines(file, _paper)


def _paper(raw: Mapping[str, object]) -> Paper:
    """Convert a line of the snapshot; `version` is the latest, `update_date` its datestamp.

    Names have their TeX accents decoded.

    Raises:
        SourceError: there is no id, or no usable title.
    """
    versions = read_versions(raw.get("versions"))
    first, latest = (versions[0], versions[-1]) if versions else (None, None)
    if not str(raw.get("id") or "").strip():
        raise SourceError("no id")
    parsed = raw.get("authors_parsed")
    if isinstance(parsed, list):  # of [family, given, suffix, affiliation...]
        parts = ([str(part) for part in item[:3]] for item in parsed if isinstance(item, list) and item)
        names = [" ".join([*part[1:2], part[0], *part[2:3]]) for part in parts]
    else:
        names = list(split_names(str(raw.get("authors") or "")))
    comment, day = (str(raw.get(key) or "") for key in ("comments", "update_date"))
    paper = paper_from(
        {
            **{key: value for key, value in raw.items() if key not in _DROPPED},
            "authors": [plain(parse_inline(name)) for name in names],
            "comment": comment,
            "journal_ref": raw.get("journal-ref"),
            "version": latest.n if latest else None,
            "published": first.submitted_at if first and first.n == 1 else None,
            "updated": latest.submitted_at if latest else day,
            "update_date": day,
        }
    )
    datestamp = iso_date(day)
    day_only = datestamp[:10] if datestamp and len(datestamp) >= 10 else None
    return paper.with_changes(datestamp=day_only, authority=True)
