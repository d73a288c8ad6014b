"""One record with the keys of the JSONL contract, to a paper and back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, get_args
from urllib.parse import urlsplit

from surveygen.domain.identifiers import derived_id, parse_arxiv_id
from surveygen.domain.paper import AbstractKind, Paper, PaperId, PaperVersion, Status
from surveygen.domain.text import MAX_TITLE, clean
from surveygen.errors import SourceError
from surveygen.sources._authors import read_authors
from surveygen.sources._dates import iso

MAX_ID = 200
MAX_EXTRA = 20_000  # characters of JSON; what is longer is not kept
_SHORT = {"primary_category": 50, "doi": 300, "journal_ref": 500, "comment": 2000, "license": 300, "url": 1000}
_DATES = ("published", "updated")
KNOWN = frozenset({"arxiv_id", "id", "title", "abstract", "authors", "version", "versions", "categories", "status"})
KNOWN |= {"abstract_kind", "affiliations", *_SHORT, *_DATES}
_MAX_VERSION = 9999


def paper_from(record: Mapping[str, object]) -> Paper:
    """Read a record with the keys of the JSONL contract (docs/reference; design.md section 4), leniently.

    Texts are cleaned and bounded; a null is a missing value; a number counts as text; keys without a field of their own
    go to `extra` as JSON, and so does a date that cannot be read (as ``published_raw``).

    Raises:
        SourceError: there is no usable id or title, or a list stands where text is wanted.
    """
    paper_id, version = _identity(record)
    title = clean(_text(record, "title"), MAX_TITLE)
    if not title:
        raise SourceError(f"{paper_id}: no title")
    abstract = clean(_text(record, "abstract"))
    short = {key: clean(_text(record, key), limit) for key, limit in _SHORT.items()}
    categories = _categories(record.get("categories"))
    return Paper(
        id=paper_id,
        title=title,
        abstract=abstract,
        authors=read_authors(record.get("authors"), record.get("affiliations")),
        version=version or _number(record.get("version")) or 1,
        published=iso(record.get("published")),
        updated=iso(record.get("updated")),
        versions=read_versions(record.get("versions")),
        categories=categories,
        primary_category=short["primary_category"] or (categories[0] if categories else ""),
        doi=bare_doi(short["doi"]),
        journal_ref=short["journal_ref"],
        comment=short["comment"],
        license=short["license"],
        url=short["url"] if urlsplit_scheme(short["url"]) in {"http", "https"} else "",
        status=_one_of(Status, record.get("status"), "active"),
        abstract_kind=_one_of(AbstractKind, record.get("abstract_kind"), "abstract" if abstract else "none"),
        extra=_extra(record),
    )


def read_versions(value: object) -> tuple[PaperVersion, ...]:
    """Read a list of ``{"n" or "version", "submitted_at" or "created"}``, ascending; what is none is passed over."""
    read = (_version(item) for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
    known = {version.n: version for version in read if version is not None}
    return tuple(known[n] for n in sorted(known))


def identify(text: str) -> tuple[PaperId, int | None]:
    """Read an id: an arXiv id in any form as base id and version, any other as it is but fit for a citation marker.

    A marker ends at a space or a bracket, so these are replaced.

    Raises:
        SourceError: the id is longer than 200 characters.
    """
    parsed = parse_arxiv_id(text)
    if parsed:
        return parsed
    line = clean(text)
    if len(line) > MAX_ID:
        raise SourceError(f"id: {line[:40]!r}... is longer than {MAX_ID} characters")
    return PaperId(line.replace(" ", "_").replace("[", "(").replace("]", ")")), None


def bare_doi(text: str) -> str:
    """Return the first DOI of a text without resolver or prefix; the text itself if it holds none.

    >>> bare_doi("https://doi.org/10.1000/XYZ 10.1000/2")
    '10.1000/XYZ'
    """
    found = re.search(r"\b10\.\d{4,9}/\S+", text, re.ASCII)
    return found[0].rstrip(".,;") if found else text


def urlsplit_scheme(url: str) -> str:
    """Return the scheme of a URL in lower case, empty if it is none."""
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _identity(record: Mapping[str, object]) -> tuple[PaperId, int | None]:
    for key in ("arxiv_id", "id"):
        value = record.get(key)
        if isinstance(value, float):
            raise SourceError(f"{key}: {value} is a number; put the id in quotes, or zeros are lost")
        text = _text(record, key).strip()
        if text and (found := identify(text))[0]:
            return found
    doi, title = bare_doi(clean(_text(record, "doi"))), clean(_text(record, "title"), MAX_TITLE)
    if doi or re.search(r"\w", title):
        return identify(derived_id(title, doi))
    raise SourceError("no arxiv_id, no id and no title")


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise SourceError(f"{key}: {type(value).__name__}, not text")


def _number(value: object) -> int | None:
    digits = re.fullmatch(r"v?([0-9]{1,4})(?:\.0)?", str(value).strip()) if not isinstance(value, bool) else None
    number = int(digits[1]) if digits else 0
    return number if 1 <= number <= _MAX_VERSION else None


def _categories(value: object) -> tuple[str, ...]:
    terms = value.replace(",", " ").split() if isinstance(value, str) else value if isinstance(value, list) else []
    cleaned = (clean(term, 50) for term in terms if isinstance(term, str))
    return tuple(dict.fromkeys(term for term in cleaned if term))


def _version(item: Mapping[str, Any]) -> PaperVersion | None:
    n = _number(item.get("n", item.get("version")))
    size = item.get("size_kb", 0)
    size_kb = size if isinstance(size, int) and 0 <= size < 2**40 else 0
    flags = item.get("flags")
    submitted = iso(item.get("submitted_at", item.get("created")))
    return PaperVersion(n, submitted, size_kb, clean(flags, 10) if isinstance(flags, str) else "") if n else None


def _one_of(kind: Any, value: object, default: Any) -> Any:  # noqa: ANN401  # a Literal and one of its values
    return value if value in get_args(kind) else default


def _extra(record: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    kept = {clean(key, 100): value for key, value in record.items() if key not in KNOWN}
    kept |= _own_extra(kept)
    kept |= {f"{key}_raw": record[key] for key in _DATES if record.get(key) and iso(record[key]) is None}
    pairs = ((key, _json(value)) for key, value in kept.items() if key and key not in KNOWN)
    return tuple(sorted((key, text) for key, text in pairs if 0 < len(text) <= MAX_EXTRA))


def _own_extra(kept: dict[str, object]) -> dict[str, object]:
    """Take out the `extra` of our own dump: an object that holds JSON in strings."""
    own = kept.get("extra")
    if not isinstance(own, dict) or not all(isinstance(value, str) for value in own.values()):
        return {}
    try:
        read = {clean(key, 100): json.loads(value) for key, value in own.items()}
    except (ValueError, RecursionError):
        return {}
    del kept["extra"]
    return read


def _json(value: object) -> str:
    """Write a value in one fixed form; empty if it says nothing or cannot be written as JSON."""
    if value in (None, "", [], {}):
        return ""
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    except (ValueError, RecursionError):
        return ""
    return text.encode("utf-8", "replace").decode()
