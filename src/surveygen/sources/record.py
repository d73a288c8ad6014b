"""Conversion of one record with the keys of the JSONL format to a paper."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TypeVar, get_args
from urllib.parse import urlsplit

from surveygen.domain.paper import (
    AbstractKind,
    Paper,
    PaperId,
    PaperVersion,
    Status,
    fallback_id,
    is_arxiv_id,
    parse_arxiv_id,
)
from surveygen.domain.text import MAX_TEXT, MAX_TITLE, clean, without_markup
from surveygen.errors import SourceError
from surveygen.sources.authors import read_authors
from surveygen.sources.dates import is_exact_date, paper_date
from surveygen.sources.entry_ids import bare_doi, identify, is_local

T = TypeVar("T")
MAX_RAW = 2000  # characters of a record that could not be read
_MAX_FIELD = 100_000  # characters of a text that are looked at; 10,000 of them are kept
MAX_EXTRA = 20_000  # characters of JSON; longer values are dropped
_SHORT = {"primary_category": 50, "doi": 300, "journal_ref": 500, "comment": 2000, "license": 300, "url": 1000}
_DATES = ("published", "updated")
RECORD_KEYS = frozenset({"arxiv_id", "id", "title", "abstract", "authors", "version", "versions", "categories"})
RECORD_KEYS |= {"status", "abstract_kind", "affiliations", *_SHORT, *_DATES}
_MAX_VERSION = 9999
_PAPER = r"(?:this|the|our)\s+(?:\w+\s+){0,2}?(?:paper|article|submission|manuscript|version|preprint|work)"
_WITHDRAWAL = re.compile(
    rf"\A\W*withdrawn\b(?!\s+from\b)"
    rf"|\bwithdrawn\s+by\s+(?:the\s+|all\s+)?(?:authors?|arxiv|submitter)\b"
    rf"|\b{_PAPER}(?:\s+and\s+abstract)?\s+(?:has|have|is|was|were)\s+(?:now\s+)?(?:been\s+|being\s+)?withdrawn\b"
    rf"|\b(?:has|have)\s+been\s+withdrawn\s+from\s+(?:the\s+)?(?:archive|arxiv)"
    rf"|\bwithdraw\s+{_PAPER}",
    re.IGNORECASE,
)
# Publishers put the notice before the title: "RETRACTED ARTICLE: ...".
_NOTICE = re.compile(r"\A\W*(?:withdrawn|retracted)(?:\s+(?:article|paper|chapter|preprint))?\s*[\]):]", re.IGNORECASE)


def paper_from(record: Mapping[str, object]) -> Paper:
    """Convert a record with the keys of the JSONL format (docs/reference.md), leniently.

    Texts are cleaned and bounded; a null is a missing value; a number counts as text; keys without a field of their own
    go to `extra` as JSON, and so does a date that cannot be read (as ``published_raw``).

    Raises:
        SourceError: there is no usable id or title, or a list stands where text is required.
    """
    short = {key: _cleaned(record, key, limit) for key, limit in _SHORT.items()}
    doi = bare_doi(short["doi"])
    title = _cleaned(record, "title", MAX_TITLE)
    authors = read_authors(record.get("authors"), record.get("affiliations"))
    published = paper_date(record.get("published"))
    paper_id, version = _identity(record, title, doi, fallback_id(title, published, authors))
    if not title:
        raise SourceError(f"{paper_id}: no title")
    abstract = _cleaned(record, "abstract")
    terms = record.get("categories")
    terms = terms.replace(",", " ").split() if isinstance(terms, str) else terms if isinstance(terms, list) else []
    cleaned = (clean(term, 50) for term in terms if isinstance(term, str))
    categories = tuple(dict.fromkeys(term for term in cleaned if term))
    is_withdrawn = bool(_NOTICE.match(title)) or is_withdrawal_comment(short["comment"], abstract)
    return Paper(
        id=paper_id,
        title=title,
        abstract=abstract,
        authors=authors,
        version=version or _version_number(record.get("version")) or 1,
        published=published,
        updated=paper_date(record.get("updated")),
        versions=read_versions(record.get("versions")),
        categories=categories,
        primary_category=short["primary_category"] or (categories[0] if categories else ""),
        doi=doi,
        journal_ref=short["journal_ref"],
        comment=short["comment"],
        license=short["license"],
        url=short["url"] if _url_scheme(short["url"]) in {"http", "https"} else "",
        status=_literal(Status, record.get("status"), "withdrawn" if is_withdrawn else "active"),
        abstract_kind=_literal(AbstractKind, record.get("abstract_kind"), "abstract" if abstract else "none"),
        extra=_extra(record, paper_id),
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
            paper_date(item.get("submitted_at", item.get("created"))),
            size if isinstance(size, int) and 0 <= size < 2**40 else 0,
            clean(flags, 10) if isinstance(flags, str) else "",
        )
    return tuple(versions[n] for n in sorted(versions))


def is_withdrawal_comment(comment: str, abstract: str = "") -> bool:
    """Whether the comment, or an abstract that was replaced by a notice, says that the paper was withdrawn.

    A hint, not the flag that only OAI's arXivRaw has: of 11 versions flagged withdrawn in 1,041 real ones it finds 8,
    without a false positive (the others have comments such as "under revision").
    """
    return bool(_WITHDRAWAL.search(comment) or (len(abstract) < 200 and _WITHDRAWAL.search(abstract)))


def _identity(
    record: Mapping[str, object], title: str, doi: str, fallback: PaperId | None
) -> tuple[PaperId, int | None]:
    """Return the strongest id: of arXiv, a DOI, another id that is more than a number, else the fallback."""
    others: list[PaperId] = []
    for key in ("arxiv_id", "id"):
        value = record.get(key)
        if isinstance(value, float):
            raise SourceError(f"{key}: {value} is a number; put the id in quotes, or zeros are lost")
        text = _text(record, key).strip()
        if text and (identity := identify(text))[0]:
            if is_arxiv_id(identity[0]):
                return identity
            others.append(identity[0])
    arxiv = parse_arxiv_id(doi)
    if arxiv:
        return arxiv
    named = next((paper for paper in others if not is_local(paper)), None)
    if doi.startswith("10.") and (named is None or not named.startswith("doi:")):
        return PaperId(f"doi:{doi.lower()}"), None
    if own := named or fallback:
        return own, None
    if not title and others:
        raise SourceError(f"{others[0]}: no title")
    raise SourceError("no arxiv_id, no id and no title")


def _cleaned(record: Mapping[str, object], key: str, limit: int = MAX_TEXT) -> str:
    return clean(without_markup(_text(record, key)[:_MAX_FIELD]), limit)


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


def _literal(kind: object, value: object, default: T) -> T:
    """Return a value if a `Literal` has it, else the default, which is one of the same kind."""
    values: tuple[T, ...] = get_args(kind)
    return next((allowed for allowed in values if allowed == value), default)


def _url_scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _extra(record: Mapping[str, object], paper: PaperId) -> tuple[tuple[str, str], ...]:
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
    values |= {f"{key}_raw": record[key] for key in _DATES if not is_exact_date(record.get(key))}
    own_id = record.get("id")
    if own_id and isinstance(own_id, str | int) and is_local(str(own_id)) and paper != str(own_id):
        values["local_id"] = own_id
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
