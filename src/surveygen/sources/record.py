"""Conversion of one record with the keys of the JSONL format to a paper."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, get_args
from urllib.parse import urlsplit

from surveygen.domain.paper import AbstractKind, Paper, PaperId, PaperVersion, Status, derived_id
from surveygen.domain.text import MAX_TITLE, clean
from surveygen.errors import SourceError
from surveygen.sources.authors import read_authors
from surveygen.sources.entry_ids import bare_doi, identify

MAX_RAW = 2000  # characters of a record that could not be read
MAX_EXTRA = 20_000  # characters of JSON; longer values are dropped
_SHORT = {"primary_category": 50, "doi": 300, "journal_ref": 500, "comment": 2000, "license": 300, "url": 1000}
_DATES = ("published", "updated")
RECORD_KEYS = frozenset({"arxiv_id", "id", "title", "abstract", "authors", "version", "versions", "categories"})
RECORD_KEYS |= {"status", "abstract_kind", "affiliations", *_SHORT, *_DATES}
_MAX_VERSION = 9999
_PARTIAL_DATE = re.compile(r"([0-9]{4})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?)?/*\Z")
_PAPER = r"(?:this|the|our)\s+(?:\w+\s+){0,2}?(?:paper|article|submission|manuscript|version|preprint|work)"
_WITHDRAWAL = re.compile(
    rf"\A\W*withdrawn\b(?!\s+from\b)"
    rf"|\bwithdrawn\s+by\s+(?:the\s+|all\s+)?(?:authors?|arxiv|submitter)\b"
    rf"|\b{_PAPER}(?:\s+and\s+abstract)?\s+(?:has|have|is|was|were)\s+(?:now\s+)?(?:been\s+|being\s+)?withdrawn\b"
    rf"|\b(?:has|have)\s+been\s+withdrawn\s+from\s+(?:the\s+)?(?:archive|arxiv)"
    rf"|\bwithdraw\s+{_PAPER}",
    re.IGNORECASE,
)


def paper_from(record: Mapping[str, object]) -> Paper:
    """Convert a record with the keys of the JSONL format (docs/reference.md), leniently.

    Texts are cleaned and bounded; a null is a missing value; a number counts as text; keys without a field of their own
    go to `extra` as JSON, and so does a date that cannot be read (as ``published_raw``).

    Raises:
        SourceError: there is no usable id or title, or a list stands where text is required.
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
        version=version or _version_number(record.get("version")) or 1,
        published=iso_date(record.get("published")),
        updated=iso_date(record.get("updated")),
        versions=read_versions(record.get("versions")),
        categories=categories,
        primary_category=short["primary_category"] or (categories[0] if categories else ""),
        doi=bare_doi(short["doi"]),
        journal_ref=short["journal_ref"],
        comment=short["comment"],
        license=short["license"],
        url=short["url"] if _url_scheme(short["url"]) in {"http", "https"} else "",
        status=_literal(Status, record.get("status"), "active"),
        abstract_kind=_literal(AbstractKind, record.get("abstract_kind"), "abstract" if abstract else "none"),
        extra=_extra(record),
    )


def read_versions(value: object) -> tuple[PaperVersion, ...]:
    """Read a list of ``{"n" or "version", "submitted_at" or "created"}``, ascending; invalid items are skipped."""
    versions: dict[int, PaperVersion] = {}
    for item in value if isinstance(value, list) else ():
        n = _version_number(item.get("n", item.get("version"))) if isinstance(item, dict) else None
        if n is None:
            continue
        size, flags = item.get("size_kb", 0), item.get("flags")
        versions[n] = PaperVersion(
            n,
            iso_date(item.get("submitted_at", item.get("created"))),
            size if isinstance(size, int) and 0 <= size < 2**40 else 0,
            clean(flags, 10) if isinstance(flags, str) else "",
        )
    return tuple(versions[n] for n in sorted(versions))


def iso_date(value: object) -> str | None:
    """Normalize a date to ISO 8601, as precise as given, times in UTC; None if it is not a valid date.

    Reads years, ``2023-05``, ``2023/05/01``, ISO date-times with or without offset (UTC is assumed without one) and the
    RFC 822 dates of e-mail.

    >>> iso_date("Mon, 2 Apr 2007 19:18:42 GMT")
    '2007-04-02T19:18:42Z'
    >>> iso_date("2023/5")
    '2023-05'
    """
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if partial := _PARTIAL_DATE.match(text):
        year, month, day = (int(part) if part else None for part in partial.groups())
        try:
            whole = date(year or 0, month or 1, day or 1).isoformat()
        except ValueError:
            return None
        return whole if day else whole[:7] if month else whole[:4]
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text)
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return aware.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def is_withdrawal_comment(comment: str, abstract: str = "") -> bool:
    """Whether the comment, or an abstract that was replaced by a notice, says that the paper was withdrawn.

    A hint, not the flag that only OAI's arXivRaw has: of 11 versions flagged withdrawn in 1,041 real ones it finds 8,
    without a false positive (the others have comments such as "under revision").
    """
    return bool(_WITHDRAWAL.search(comment) or (len(abstract) < 200 and _WITHDRAWAL.search(abstract)))


def _identity(record: Mapping[str, object]) -> tuple[PaperId, int | None]:
    for key in ("arxiv_id", "id"):
        value = record.get(key)
        if isinstance(value, float):
            raise SourceError(f"{key}: {value} is a number; put the id in quotes, or zeros are lost")
        text = _text(record, key).strip()
        if text and (identity := identify(text))[0]:
            return identity
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


def _version_number(value: object) -> int | None:
    digits = re.fullmatch(r"v?([0-9]{1,4})(?:\.0)?", str(value).strip()) if not isinstance(value, bool) else None
    number = int(digits[1]) if digits else 0
    return number if 1 <= number <= _MAX_VERSION else None


def _categories(value: object) -> tuple[str, ...]:
    terms = value.replace(",", " ").split() if isinstance(value, str) else value if isinstance(value, list) else []
    cleaned = (clean(term, 50) for term in terms if isinstance(term, str))
    return tuple(dict.fromkeys(term for term in cleaned if term))


def _literal(kind: Any, value: object, default: Any) -> Any:  # noqa: ANN401  # a Literal and one of its values
    return value if value in get_args(kind) else default


def _url_scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _extra(record: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the keys without a field of their own; an `extra` of our own dump is an object with JSON in strings."""
    values = {clean(key, 100): value for key, value in record.items() if key not in RECORD_KEYS}
    own = values.get("extra")
    if isinstance(own, dict) and all(isinstance(value, str) for value in own.values()):
        try:
            parsed = {clean(key, 100): json.loads(value) for key, value in own.items()}
        except (ValueError, RecursionError):
            parsed = None
        if parsed is not None:
            del values["extra"]
            values |= parsed
    values |= {f"{key}_raw": record[key] for key in _DATES if record.get(key) and iso_date(record[key]) is None}
    pairs = ((key, _json(value)) for key, value in values.items() if key and key not in RECORD_KEYS)
    return tuple(sorted((key, text) for key, text in pairs if 0 < len(text) <= MAX_EXTRA))


def _json(value: object) -> str:
    """Write a value in one fixed form; empty if it is empty or cannot be written as JSON."""
    if value in (None, "", [], {}):
        return ""
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)
    except (ValueError, RecursionError):
        return ""
    return text.encode("utf-8", "replace").decode()
