"""JSON forms of papers, themes, decisions and citation records.

Themes, edits, decisions, citation records and versions are read by the names of their fields, so that these are keys of
the format: a renamed field needs its former name here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec

from surveygen.corpus.merge import PaperHistory
from surveygen.domain.citation import CitationRecord
from surveygen.domain.decision import Decision
from surveygen.domain.paper import AbstractKind, Author, Paper, PaperId, PaperVersion, Status
from surveygen.domain.theme import Theme

Data = Mapping[str, Any]
# Made once: json.dumps would build an encoder for each call.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_T = TypeVar("_T")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z\Z", re.ASCII)
_MAX_COUNT = 10**9
_COPIED = ("primary_category", "doi", "journal_ref", "license", "url")  # keys that are names of fields as well
# Fields of `Paper.field_provenance` whose name in JSON differs, and back.
_JSON_NAMES = {"datestamp": "as_of"}
_FIELD_NAMES = {name: field_name for field_name, name in _JSON_NAMES.items()}


def to_json(value: object) -> str:
    """Write JSON in one line, with sorted keys and characters as they are."""
    return _ENCODER.encode(value)


def paper_data(history: PaperHistory) -> dict[str, object]:
    """Return a paper with the keys of the JSON lines format and those that only a dump has.

    Empty values are left out, so that equal papers give equal lines.
    """
    paper = history.paper
    affiliations = [list(author.affiliations) for author in paper.authors]
    return {"arxiv_id": paper.id, "version": paper.version, "status": paper.status} | _without_empty(
        {
            **_text_data(paper),
            "authors": [author.name for author in paper.authors],
            "affiliations": affiliations if any(affiliations) else [],
            "published": paper.published,
            "as_of": paper.datestamp,
            "authority": paper.authority,
            "categories": paper.categories,
            **{key: getattr(paper, key) for key in _COPIED},
            "extra": dict(paper.extra),
            "versions": [
                {"n": version.n}
                | _without_empty({key: getattr(version, key) for key in ("submitted_at", "size_kb", "flags")})
                for version in paper.versions
            ],
            "texts": [{"version": text.version} | _without_empty(_text_data(text)) for text in history.texts],
        }
    )


def content_data(history: PaperHistory) -> dict[str, object]:
    """Return what a draft can show of a paper: `paper_data` without the dates of records."""
    return {key: value for key, value in paper_data(history).items() if key not in {"as_of", "authority", "carried"}}


def history_of(data: Data) -> PaperHistory:
    """Read what `paper_data` wrote, or a plain record of the JSON lines format.

    Raises:
        ValueError: a key is missing or has a value of another type.
    """
    line = _convert(data, _PaperLine)
    affiliations = line.affiliations or ((),) * len(line.authors)
    if len(affiliations) != len(line.authors):
        raise ValueError(f"affiliations of {len(affiliations)} authors for {len(line.authors)} names")
    paper = replace(
        _paper_of(line, line.arxiv_id),
        authors=tuple(map(Author, line.authors, affiliations)),
        published=line.published,
        datestamp=line.as_of,
        authority=line.authority,
        versions=line.versions,
        categories=line.categories,
        status=line.status,
        extra=tuple(sorted(line.extra.items())),
        **{key: getattr(line, key) for key in _COPIED},
    )
    return PaperHistory(paper, tuple(_paper_of(text, line.arxiv_id) for text in line.texts))


def theme_data(theme: Theme) -> dict[str, object]:
    """Return a theme as its line in a dump; empty values are left out."""
    optional = {
        "parent": theme.parent,
        "description": theme.description,
        "keywords": theme.keywords,
        "seeds": theme.seeds,
        "names": dict(theme.names),
    }
    return {"id": theme.id, "name": theme.name, "origin": theme.origin} | _without_empty(optional)


def theme_of(data: object) -> Theme:
    """Read what `theme_data` wrote.

    Raises:
        ValueError: a key is missing or has a value of another type.
    """
    return _convert(_with_name_pairs(data), Theme)


def decision_data(decision: Decision) -> dict[str, object]:
    """Return a decision as its line in a dump; empty values are left out."""
    optional: dict[str, object] = {
        "target": decision.target,
        "themes": [theme_data(theme) for theme in decision.themes],
        "proposal": decision.proposal,
        "reason": decision.reason,
    }
    if (edit := decision.edit) is not None:
        basis = [
            {"paper": source.paper, "version": source.version, "field": source.field}
            | _without_empty({"words": source.words})
            for source in edit.basis
        ]
        place = {"local": edit.local, "after": edit.after, "original": edit.original, "basis": basis}
        optional["edit"] = {"claim": edit.claim, "language": edit.language, "role": edit.role} | _without_empty(place)
    required = {name: getattr(decision, name) for name in ("number", "at", "author", "action", "subject")}
    return required | _without_empty(optional)


def decision_of(data: Data) -> Decision:
    """Read what `decision_data` wrote.

    Raises:
        ValueError: a key is missing or has a value of another type, the number is not positive, or an edit is missing
            or belongs to another action.
    """
    themes = data.get("themes")
    if isinstance(themes, list):
        data = {**data, "themes": [_with_name_pairs(theme) for theme in themes]}
    decision = _convert(data, Decision)
    if decision.number < 1:
        raise ValueError(f"the number of a decision is {decision.number}, not positive")
    if (decision.action == "edit") != (decision.edit is not None):
        raise ValueError(f"an edit has to go with the action edit, not with {decision.action}")
    return decision


def citation_data(record: CitationRecord) -> dict[str, object]:
    """Return a citation record as its line in a dump; empty values are left out."""
    works = [
        {"ids": work.ids} | _without_empty({"title": work.title, "authors": work.authors, "year": work.year})
        for work in record.references
    ]
    head = {"paper": record.paper, "provider": record.provider, "at": record.at, "ids": record.ids}
    count = {} if record.cited_by is None else {"cited_by": record.cited_by}
    return head | count | _without_empty({"references": works, "more": record.more})


def citation_of(data: Data) -> CitationRecord:
    """Read what `citation_data` wrote.

    Raises:
        ValueError: a key is missing or has a value of another type, or a value that SQLite cannot store.
    """
    record = _convert(data, CitationRecord)
    counts = {"cited_by": record.cited_by, "more": record.more}
    for name, count in (*counts.items(), *(("year", work.year) for work in record.references)):
        if count is not None and not 0 <= count <= _MAX_COUNT:
            raise ValueError(f"{name} is {count}, must be between 0 and {_MAX_COUNT}")
    if not all(work.ids for work in record.references):
        raise ValueError("a cited work has no id")
    if not _MOMENT.match(record.at):
        raise ValueError(f"at is {record.at!r:.60}, not a time like 2026-01-31T12:00:00Z")
    to_json(citation_data(record)).encode()  # raises on half a surrogate pair
    return record


@dataclass(frozen=True, slots=True, kw_only=True)
class _RecordLine:
    """The texts of one version; keys that the format does not have are ignored."""

    title: str
    version: int = 1
    abstract: str = ""
    abstract_kind: AbstractKind = "abstract"
    comment: str = ""
    updated: str | None = None
    carried: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _PaperLine(_RecordLine):
    arxiv_id: PaperId
    authors: tuple[str, ...] = ()
    affiliations: tuple[tuple[str, ...], ...] = ()
    published: str | None = None
    as_of: str | None = None
    authority: bool = False
    versions: tuple[PaperVersion, ...] = ()
    categories: tuple[str, ...] = ()
    primary_category: str = ""
    doi: str = ""
    journal_ref: str = ""
    license: str = ""
    url: str = ""
    status: Status = "active"
    extra: dict[str, str] = field(default_factory=dict)
    texts: tuple[_RecordLine, ...] = ()


def _paper_of(line: _RecordLine, paper: PaperId) -> Paper:
    return Paper(
        id=paper,
        title=line.title,
        version=line.version,
        abstract=line.abstract,
        abstract_kind=line.abstract_kind,
        comment=line.comment,
        updated=line.updated,
        field_provenance=tuple(sorted((_FIELD_NAMES.get(name, name), n, day) for name, n, day in line.carried)),
    )


def _text_data(paper: Paper) -> dict[str, object]:
    return {
        "title": paper.title,
        "abstract": paper.abstract,
        "abstract_kind": paper.abstract_kind,
        "comment": paper.comment,
        "updated": paper.updated,
        "carried": sorted((_JSON_NAMES.get(name, name), n, day) for name, n, day in paper.field_provenance),
    }


def _with_name_pairs(theme: object) -> object:
    """Turn the names of a theme from an object into sorted pairs."""
    names = theme.get("names") if isinstance(theme, dict) else None
    return {**theme, "names": sorted(names.items())} if isinstance(theme, dict) and isinstance(names, dict) else theme


def _convert(data: object, kind: type[_T]) -> _T:
    return msgspec.convert(_without_null(data), kind)


def _without_null(data: object) -> object:
    """Drop keys whose value is null: they mean unknown, as a missing key does."""
    if isinstance(data, dict):
        return {key: _without_null(value) for key, value in data.items() if value is not None}
    return [_without_null(item) for item in data] if isinstance(data, list) else data


def _without_empty(data: Data) -> dict[str, object]:
    return {key: value for key, value in data.items() if value}
