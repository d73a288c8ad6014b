"""Papers, themes, edits and citations as lines of JSON, and back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar, cast, get_args

from surveygen.corpus.merge import PaperHistory
from surveygen.domain.citation import CitationRecord, CitedWork
from surveygen.domain.edits import Edit, SourceSnapshot
from surveygen.domain.paper import AbstractKind, Author, Paper, PaperId, PaperVersion, Status
from surveygen.domain.summary import Field, Role
from surveygen.domain.theme import Origin, Theme, ThemeId

Data = Mapping[str, Any]
# Made once: json.dumps would build an encoder for each call.
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_T = TypeVar("_T")
_U = TypeVar("_U")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z\Z", re.ASCII)
_MAX_COUNT = 10**9
_SHORT = ("primary_category", "doi", "journal_ref", "license", "url")


def to_json(value: object) -> str:
    """Write JSON in one line, with sorted keys and characters as they are."""
    return _ENCODER.encode(value)


def paper_data(history: PaperHistory) -> dict[str, object]:
    """Describe a paper with the keys of the JSONL contract (design.md 4) and those that only a dump needs.

    What is unknown is left out, so that equal papers give equal lines.
    """
    paper = history.paper
    affiliations = [list(author.affiliations) for author in paper.authors]
    return {"arxiv_id": paper.id, "version": paper.version, "status": paper.status} | _known(
        {
            **_words(paper),
            "authors": [author.name for author in paper.authors],
            "affiliations": affiliations if any(affiliations) else [],
            "published": paper.published,
            "as_of": paper.as_of,
            "categories": paper.categories,
            **{key: getattr(paper, key) for key in _SHORT},
            "extra": dict(paper.extra),
            "versions": [_version_data(version) for version in paper.versions],
            "texts": [{"version": text.version} | _known(_words(text)) for text in history.texts],
        }
    )


def content_data(history: PaperHistory) -> dict[str, object]:
    """Describe what a draft can show of a paper: its line without the dates that only tell who knew it when."""
    return {key: value for key, value in paper_data(history).items() if key not in {"as_of", "carried"}}


def history_of(data: Data) -> PaperHistory:
    """Read what `paper_data` wrote; a plain record of the JSONL contract is read as well.

    Raises:
        ValueError: a key is missing or holds a value of another type.
    """
    short: dict[str, Any] = {key: _get(data, key, str, "") for key in _SHORT}
    paper = Paper(
        **_words_of(data, data),
        **short,
        authors=_authors_of(data),
        published=_get(data, "published", str, None),
        as_of=_get(data, "as_of", str, None),
        versions=tuple(_version_of(_is(dict, version)) for version in _list(data, "versions")),
        categories=_strings(_list(data, "categories")),
        status=_choice(data, "status", "active", get_args(Status)),
        extra=tuple(sorted((key, _is(str, value)) for key, value in (_get(data, "extra", dict, None) or {}).items())),
    )
    texts = (Paper(**_words_of(_is(dict, text), data)) for text in _list(data, "texts"))
    return PaperHistory(paper, tuple(texts))


def theme_data(theme: Theme) -> dict[str, object]:
    """Describe a theme; what is empty is left out."""
    optional = {
        "parent": theme.parent,
        "description": theme.description,
        "keywords": theme.keywords,
        "seeds": theme.seeds,
        "names": dict(theme.names),
    }
    return {"id": theme.id, "name": theme.name, "origin": theme.origin} | _known(optional)


def theme_of(data: Data) -> Theme:
    """Read what `theme_data` wrote.

    Raises:
        ValueError: a key is missing or holds a value of another type.
    """
    parent = _get(data, "parent", str, None)
    return Theme(
        id=ThemeId(_is(str, data.get("id"))),
        name=_is(str, data.get("name")),
        parent=None if parent is None else ThemeId(parent),
        description=_get(data, "description", str, ""),
        keywords=_strings(_list(data, "keywords")),
        seeds=tuple(PaperId(seed) for seed in _strings(_list(data, "seeds"))),
        origin=cast(Origin, _choice(data, "origin", "given", get_args(Origin))),
        names=tuple(sorted((code, _is(str, name)) for code, name in (_get(data, "names", dict, None) or {}).items())),
    )


def edit_data(edit: Edit) -> dict[str, object]:
    """Describe what a person's words stand in place of; what is empty is left out."""
    optional = {
        "local": edit.local,
        "after": edit.after,
        "original": edit.original,
        "basis": [
            {"paper": one.paper, "version": one.version, "field": one.field} | _known({"words": one.words})
            for one in edit.basis
        ],
    }
    return {"claim": edit.claim, "language": edit.language, "role": edit.role} | _known(optional)


def edit_of(data: Data) -> Edit:
    """Read what `edit_data` wrote.

    Raises:
        ValueError: a key is missing or holds a value of another type.
    """
    return Edit(
        claim=_is(str, data.get("claim")),
        language=_is(str, data.get("language")),
        local=_get(data, "local", bool, usual=False),
        role=cast(Role, _choice(data, "role", "other", get_args(Role))),
        after=_get(data, "after", str, ""),
        original=_get(data, "original", str, ""),
        basis=tuple(_basis_of(_is(dict, one)) for one in _list(data, "basis")),
    )


def _basis_of(data: Data) -> SourceSnapshot:
    return SourceSnapshot(
        PaperId(_is(str, data.get("paper"))),
        _is(int, data.get("version")),
        cast(Field, _choice(data, "field", "abstract", get_args(Field))),
        _get(data, "words", str, ""),
    )


def told_data(told: CitationRecord) -> dict[str, object]:
    """Describe what a citation graph told; what is empty is left out."""
    works = [
        {"ids": work.ids} | _known({"title": work.title, "authors": work.authors, "year": work.year})
        for work in told.references
    ]
    head = {"paper": told.paper, "provider": told.provider, "at": told.at, "ids": told.ids}
    count = {} if told.cited_by is None else {"cited_by": told.cited_by}
    return head | count | _known({"references": works, "more": told.more})


def told_of(data: Data) -> CitationRecord:
    """Read what `told_data` wrote.

    Raises:
        ValueError: a key is missing or holds a value of another type, or one that SQLite cannot hold.
    """
    told = CitationRecord(
        paper=PaperId(_is(str, data.get("paper"))),
        provider=_is(str, data.get("provider")),
        ids=_strings(_list(data, "ids")),
        cited_by=_count(data, "cited_by", None),
        references=tuple(_work_of(_is(dict, work)) for work in _list(data, "references")),
        more=_count(data, "more", 0),
        at=_is(str, data.get("at")),
    )
    if not _MOMENT.match(told.at):
        raise ValueError(f"at is {told.at!r:.60}, not like 2026-01-31T12:00:00Z")
    to_json(told_data(told)).encode()  # half a surrogate pair is an error here
    return told


def _work_of(data: Data) -> CitedWork:
    ids = _strings(_list(data, "ids"))
    if not ids:
        raise ValueError("a cited work has no id")
    return CitedWork(ids, _get(data, "title", str, ""), _get(data, "authors", str, ""), _count(data, "year", None))


def _count(data: Data, key: str, usual: _U) -> int | _U:
    count = _get(data, key, int, usual)
    if isinstance(count, int) and not 0 <= count <= _MAX_COUNT:
        raise ValueError(f"{key} is {count}, out of range")
    return count


def _words(paper: Paper) -> dict[str, object]:
    return {
        "title": paper.title,
        "abstract": paper.abstract,
        "abstract_kind": paper.abstract_kind,
        "comment": paper.comment,
        "updated": paper.updated,
        "carried": paper.carried,
    }


def _words_of(data: Data, owner: Data) -> dict[str, Any]:
    carried = (_is(list, entry) for entry in _list(data, "carried"))
    return {
        "id": PaperId(_is(str, owner.get("arxiv_id"))),
        "version": _get(data, "version", int, 1),
        "title": _is(str, data.get("title")),
        "abstract": _get(data, "abstract", str, ""),
        "abstract_kind": _choice(data, "abstract_kind", "abstract", get_args(AbstractKind)),
        "comment": _get(data, "comment", str, ""),
        "updated": _get(data, "updated", str, None),
        "carried": tuple((_is(str, name), _is(int, version), _is(str, date)) for name, version, date in carried),
    }


def _authors_of(data: Data) -> tuple[Author, ...]:
    names = _strings(_list(data, "authors"))
    affiliations = [_strings(own) for own in _list(data, "affiliations")] or [()] * len(names)
    if len(affiliations) != len(names):
        raise ValueError(f"affiliations of {len(affiliations)} authors for {len(names)} names")
    return tuple(map(Author, names, affiliations))


def _version_data(version: PaperVersion) -> dict[str, object]:
    optional = {"submitted_at": version.submitted_at, "size_kb": version.size_kb, "flags": version.flags}
    return {"n": version.n} | _known(optional)


def _version_of(data: Data) -> PaperVersion:
    return PaperVersion(
        n=_is(int, data.get("n")),
        submitted_at=_get(data, "submitted_at", str, None),
        size_kb=_get(data, "size_kb", int, 0),
        flags=_get(data, "flags", str, ""),
    )


def _known(data: Data) -> dict[str, object]:
    return {key: value for key, value in data.items() if value}


def _list(data: Data, key: str) -> list[Any]:
    return _get(data, key, list, None) or []


def _strings(values: object) -> tuple[str, ...]:
    return tuple(_is(str, value) for value in _is(list, values))


def _choice(data: Data, key: str, usual: str, choices: tuple[str, ...]) -> Any:  # noqa: ANN401  # one of the choices
    value = _get(data, key, str, usual)
    if value not in choices:
        raise ValueError(f"{key} {value!r} is not one of {', '.join(choices)}")
    return value


def _get(data: Data, key: str, kind: type[_T], usual: _U) -> _T | _U:
    value = data.get(key)
    if value is None:
        return usual
    if type(value) is not kind:
        raise ValueError(f"{key} is {value!r:.60}, not a {kind.__name__}")
    return value


def _is(kind: type[_T], value: object) -> _T:
    if type(value) is not kind:
        raise ValueError(f"{value!r:.60} is not a {kind.__name__}")
    return value
