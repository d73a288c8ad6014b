"""Write the survey and its changes as JSON, as docs/survey.schema.json describes them.

Every dataclass becomes an object of its fields by one generic writer, `to_json`; a table lists the exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import cache
from typing import Any

import msgspec

from surveygen.config import Settings
from surveygen.domain.changes import Changes, Moved, Revised, StaleEdit
from surveygen.domain.citation import CitationStats
from surveygen.domain.paper import PaperVersion
from surveygen.domain.summary import Attribution, CitationContext, PaperReview, Sentence
from surveygen.domain.survey import (
    BibliographyEntry,
    FlowStage,
    KeyValueTable,
    Note,
    Quality,
    Survey,
    TaxonomyFigure,
    ThemeMap,
    Timeline,
    YearChart,
)
from surveygen.domain.text import MAX_TEXT, clean
from surveygen.domain.theme import Assignment
from surveygen.languages import Language
from surveygen.render.latex.text import tex_key
from surveygen.render.references import link_of, versions_of
from surveygen.render.results import results_files
from surveygen.render.templates import TemplateRoots
from surveygen.render.view import KINDS

Json = dict[str, object]

SCHEMA_VERSION = 1
# What differs between the fields of a dataclass and the keys of its object: another name, "" for a field left out ...
_RENAMED: Mapping[type, Mapping[str, str]] = {
    Assignment: {"keywords": ""},
    Attribution: {"stale_sources": "sources"},
    Changes: {"reworded": "abstracts", "titles": "", "counts": ""},
    CitationStats: {
        "outside": "references_outside",
        "more": "references_more",
        "count": "citation_count",
        "providers": "citations_told",
    },
    CitationContext: {"value": ""},
    FlowStage: {"remaining": "kept"},
    Moved: {"before": "from", "after": "to"},
    Note: {"attribution": "hand"},
    PaperReview: {"paper": ""},
    PaperVersion: {"flags": ""},
    Revised: {"before": "from", "after": "to"},
    Sentence: {"text": "marked", "attribution": "hand", "claim": "claim_key", "counts": "claim"},
    StaleEdit: {"doubts": "sources"},
    ThemeMap: {"spots": "themes"},
}
# ... names for the parts of its pairs ...
_PAIRS: Mapping[tuple[type, str], tuple[str, str]] = {
    (CitationStats, "providers"): ("provider", "at"),
    (KeyValueTable, "rows"): ("label", "value"),
    (TaxonomyFigure, "examples"): ("theme", "papers"),
    (Timeline, "years"): ("year", "papers"),
}
# ... fields left out where they are empty, and properties.
_OPTIONAL = {
    (Note, "language"),
    (PaperReview, "contributions"),
    (PaperReview, "definitions"),
    (PaperReview, "facets"),
    (PaperReview, "pointers"),
    (Quality, "full_texts"),
    (Sentence, "counts"),
    (Sentence, "opening"),
    (Sentence, "source"),
}
_PROPERTIES: Mapping[type, Mapping[str, str]] = {Sentence: {"text": "plain"}, PaperVersion: {"withdrawn": "withdrawn"}}
_KINDS = {**KINDS, YearChart: "year_chart"}
_WRITER = msgspec.json.Encoder(order="sorted")
# A line none of whose texts `clean` would change: printable ASCII, letters of Latin and common punctuation, no escaped
# control, no space beside another one or at an end of a text.
_CLEAN = re.compile(r'(?:[!#-\[\]-~¡-\u024f‐-‧]++|\\["\\](?: (?=[^ "]))?|"(?! )|(?<!") (?=[^ "]))*+')
_QUOTE = re.compile(r'(?<!\\)"')


def make(language: Language, templates: TemplateRoots, settings: Settings | None = None) -> JsonRenderer:  # noqa: ARG001  # JSON has no template and no settings
    """Make the renderer of ``survey.json``."""
    return JsonRenderer(language)


@dataclass(frozen=True, slots=True)
class JsonRenderer:
    """Writes what docs/survey.schema.json describes."""

    language: Language

    def render(self, survey: Survey) -> Mapping[str, str]:
        """Return ``survey.json``, ``results/*.csv``, and ``changes.json`` after a refresh.

        Arrays are in the order of the document.
        """
        files = {"survey.json": to_lines(self._document(survey)), **dict(results_files(survey))}
        if survey.changes is not None:
            files["changes.json"] = to_lines(_changes(survey.changes))
        return files

    def _document(self, survey: Survey) -> Json:
        model = survey.provenance.model
        keys = {entry.paper.id: tex_key(entry.cite_key, entry.number) for entry in survey.entries}
        return {
            "schema_version": SCHEMA_VERSION,
            "slug": survey.slug,
            "title": survey.title,
            "subtitle": survey.subtitle,
            "language": survey.language,
            "generated_at": survey.generated_at,
            "provenance": {
                **to_json(survey.provenance),
                "model": asdict(model) if model else None,
            },  # its cost not rounded
            "themes": self._themes(survey),
            "assignments": [
                {**to_json(item), "why": {"keywords": list(item.keywords), "sentences": to_json(entry.reasons)}}
                for entry in survey.entries
                if (item := entry.assignment)
            ],
            "papers": [_paper(entry, keys[entry.paper.id]) for entry in survey.entries],
            "sections": [to_json(section) for section in survey.sections],
            "references": [{"paper": paper, "cite_key": key} for paper, key in keys.items()],
            "citations": to_json(survey.citations),
            "quality": to_json(survey.quality),
            "changes": _changes(survey.changes) if survey.changes is not None else None,
        }

    def _themes(self, survey: Survey) -> list[Json]:
        counts = {count.theme: count for count in survey.counts}
        themes: list[Json] = []
        for theme in survey.taxonomy:
            count = counts.get(theme.id)
            themes.append(
                {
                    "id": theme.id,
                    "name": theme.name_in(self.language.code),
                    "parent": theme.parent,
                    "origin": theme.origin,
                    "description": theme.description,
                    "keywords": list(theme.keywords),
                    "papers": list(count.own) if count else [],
                    "size": count.size if count else 0,
                    "border": list(count.border) if count else [],
                }
            )
        return themes


def _paper(entry: BibliographyEntry, cite_key: str) -> Json:
    paper = entry.paper
    return {
        "id": paper.id,
        "number": entry.number,
        "cite_key": cite_key,
        "version": paper.version,
        "latest_version": paper.latest,
        "title": paper.title,
        "authors": [author.name for author in paper.authors],
        "published": paper.published,
        "updated": paper.updated,
        "categories": list(paper.categories),
        "status": paper.status,
        "abstract_kind": paper.abstract_kind,
        "doi": paper.doi,
        "journal_ref": paper.journal_ref,
        "url": link_of(paper),
        "versions": to_json(versions_of(paper)),
        "card": to_json(entry.card),
        **_full_text(entry),
        "neighbours": list(entry.neighbours),
        "position": to_json(entry.position),
        **to_json(entry.citation_stats or CitationStats()),
        **({"contexts": to_json(entry.contexts)} if entry.contexts else {}),
    }


def _full_text(entry: BibliographyEntry) -> Json:
    """Write the source of a full text and its passages that are evidence; nothing where it was not read."""
    quoted = entry.full_text
    if quoted is None:
        return {}
    passages = [{**to_json(passage), "url": quoted.record.link(passage.element)} for passage in quoted.passages]
    record = quoted.record
    return {
        "full_text": {
            "version": record.version,
            "url": record.link(),
            "format": record.format,
            "license": record.license,
            "reuse": record.reuse,
            "passages": passages,
        }
    }


def _changes(changes: Changes) -> Json:
    """Write what a refresh changed, as in ``changes.json``."""
    report: Json = to_json(changes)
    themes = {name: report.pop(name) for name in ("born", "retired", "proposed")}
    sections = {name: report.pop(name) for name in ("changed", "identical")}
    return {**report, "themes": themes, "sections": sections}


def to_json(value: object) -> Any:  # noqa: ANN401  # of the JSON types, by the value
    """Turn a value of the document into JSON types; a dataclass becomes an object of its fields.

    Floats are rounded to six decimals, so that the last bits of a platform's arithmetic are not printed.
    """
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    if not is_dataclass(value) or isinstance(value, type):
        return value
    kind = type(value)
    result: Json = {"kind": _KINDS[kind]} if kind in _KINDS else {}
    for name, key in _keys(kind):
        field = getattr(value, name)
        if (kind, name) in _PAIRS:
            names = _PAIRS[kind, name]
            result[key] = [dict(zip(names, map(to_json, pair), strict=True)) for pair in field]
        elif field or (kind, name) not in _OPTIONAL:
            result[key] = to_json(field)
    return result


@cache
def _keys(kind: type) -> tuple[tuple[str, str], ...]:
    """Return the fields and properties of a dataclass that are written, each with its key."""
    renamed = _RENAMED.get(kind, {})
    keys = ((item.name, renamed.get(item.name, item.name)) for item in fields(kind))
    extra = ((name, key) for key, name in _PROPERTIES.get(kind, {}).items())
    return (*((name, key) for name, key in keys if key), *extra)


def to_lines(document: Json) -> str:
    """Write an object with sorted keys and a line for each item of its lists; every text is made clean, ids included.

    The same id so stays the same wherever it stands. Two documents differ by whole items.
    """
    lines: list[str] = []
    for key, value in sorted(document.items()):
        items = (
            "[\n" + ",\n".join(map(_compact, value)) + "\n]" if isinstance(value, list) and value else _compact(value)
        )
        lines.append(f"{_compact(key)}: {items}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _compact(value: object) -> str:
    try:
        line = _WRITER.encode(value).decode()
    except UnicodeEncodeError:  # half a surrogate pair
        return _WRITER.encode(_printable(value)).decode()
    if _CLEAN.fullmatch(line) and (len(line) <= MAX_TEXT or max(map(len, _QUOTE.split(line))) <= MAX_TEXT):
        return line  # most items: to go through all their texts is slow
    return _WRITER.encode(_printable(value)).decode()


def _printable(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _printable(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [_printable(inside) for inside in value]
    return value
