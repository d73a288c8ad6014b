"""Give each block and sentence its form in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import singledispatch

import msgspec

from surveygen.domain.summary import Attribution, Evidence, Sentence, StaleSource
from surveygen.domain.survey import (
    Block,
    Catalogue,
    ComparisonTable,
    FlowCount,
    KeyValueTable,
    Note,
    PaperList,
    Paragraph,
    PrismaFlow,
    References,
    SimilarityMatrix,
    TaxonomyFigure,
    ThemeMap,
    Timeline,
    YearChart,
)
from surveygen.domain.text import MAX_TEXT, clean

Json = dict[str, object]

_WRITER = msgspec.json.Encoder(order="sorted")
# A line none of whose texts `clean` would change: printable ASCII, letters of Latin and common punctuation, no escaped
# control, no space beside another one or at an end of a text.
_CLEAN = re.compile(r'(?:[!#-\[\]-~¡-\u024f‐-‧]++|\\["\\](?: (?=[^ "]))?|"(?! )|(?<!") (?=[^ "]))*+')
_QUOTE = re.compile(r'(?<!\\)"')


def sentence_of(sentence: Sentence) -> Json:
    """Write a claim: its words without markers, with them, and beside them what they rest on."""
    return {
        "text": sentence.plain,
        "marked": sentence.text,
        "cites": list(sentence.cites),
        "evidence": [evidence_of(item) for item in sentence.evidence],
        "method": sentence.method,
        "rule": sentence.rule,
        "role": sentence.role,
        "support": ratio(sentence.support),
        "language": sentence.language,
        "translated_from": sentence.translated_from,
        "claim": sentence.claim,
        "hand": hand_of(sentence.attribution),
        **({"source": sentence.source} if sentence.source else {}),
    }


def hand_of(hand: Attribution | None) -> Json | None:
    """Write who worded something, and which of its sources changed; None for the program."""
    return {"author": hand.author, "at": hand.at, "sources": doubts_of(hand.stale_sources)} if hand else None


def doubts_of(doubts: Iterable[StaleSource]) -> list[Json]:
    """Write the sources that changed below a person's words."""
    return [{"paper": one.paper, "reason": one.reason} for one in doubts]


def evidence_of(span: Evidence) -> Json:
    """Write where something stands in a paper."""
    return {
        "paper": span.paper,
        "version": span.version,
        "field": span.field,
        "start": span.start,
        "end": span.end,
    }


def in_lines(document: Json) -> str:
    """Write an object with sorted keys and a line for each item of its lists; every text is made clean, ids included.

    The same id so stays the same wherever it stands. Two documents differ by whole items.
    """
    return "{\n" + ",\n".join(f"{_compact(key)}: {_value(document[key])}" for key in sorted(document)) + "\n}\n"


def _value(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(map(_compact, value)) + "\n]"
    return _compact(value)


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


def ratio(value: float) -> float:
    """Round to six decimals, so that the last bits of a platform's arithmetic are not printed; a count stays one."""
    return round(value, 6)


@singledispatch
def block_of(block: Block) -> Json:
    """Write one block; its `kind` says which fields it has."""
    raise TypeError(f"no JSON for a {type(block).__name__}")


@block_of.register
def _(block: Paragraph) -> Json:
    sentences = [sentence_of(sentence) for sentence in block.sentences]
    return {"kind": "paragraph", "label": block.label, "style": block.style, "sentences": sentences}


@block_of.register
def _(block: Note) -> Json:
    foreign = {"language": block.language} if block.language else {}
    return {
        "kind": "note",
        "role": block.role,
        "text": block.text,
        "claim": block.claim,
        "hand": hand_of(block.attribution),
        **foreign,
    }


@block_of.register
def _(block: PaperList) -> Json:
    items = [{"paper": item.paper, "title": item.title, "detail": item.detail} for item in block.items]
    return {"kind": "papers", "caption": block.caption, "items": items}


@block_of.register
def _(block: KeyValueTable) -> Json:
    rows = [{"label": label, "value": value} for label, value in block.rows]
    return {"kind": "facts", "caption": block.caption, "rows": rows}


@block_of.register
def _(block: ComparisonTable) -> Json:
    rows = [
        {"paper": row.paper, "cells": [sentence_of(cell) if cell else None for cell in row.cells], "code": row.code}
        for row in block.rows
    ]
    return {"kind": "table", "caption": block.caption, "columns": list(block.columns), "rows": rows}


@block_of.register
def _(block: PrismaFlow) -> Json:
    stages = [
        {
            "kept": _count(stage.remaining),
            "parts": [_count(count) for count in stage.parts],
            "aside": [_count(count) for count in stage.aside],
        }
        for stage in block.stages
    ]
    return {"kind": "flow", "caption": block.caption, "stages": stages}


def _count(count: FlowCount) -> Json:
    return {"name": count.name, "label": count.label, "total": count.total, "before": count.before}


@block_of.register
def _(block: YearChart) -> Json:
    return {
        "kind": "year_chart",
        "caption": block.caption,
        "themes": list(block.themes),
        "years": list(block.years),
        "counts": [list(row) for row in block.counts],
    }


@block_of.register
def _(block: TaxonomyFigure) -> Json:
    examples = [{"theme": theme, "papers": list(papers)} for theme, papers in block.examples]
    return {"kind": "taxonomy", "caption": block.caption, "examples": examples}


@block_of.register
def _(block: ThemeMap) -> Json:
    themes = [
        {"theme": spot.theme, "x": ratio(spot.x), "y": ratio(spot.y), "papers": spot.papers, "nearest": spot.nearest}
        for spot in block.spots
    ]
    return {"kind": "map", "caption": block.caption, "themes": themes}


@block_of.register
def _(block: Timeline) -> Json:
    years = [{"year": year, "papers": list(papers)} for year, papers in block.years]
    return {"kind": "timeline", "caption": block.caption, "years": years}


@block_of.register
def _(block: SimilarityMatrix) -> Json:
    values = [[ratio(value) for value in row] for row in block.values]
    return {"kind": "likeness", "caption": block.caption, "themes": list(block.themes), "values": values}


@block_of.register
def _(block: Catalogue) -> Json:
    return {"kind": "catalogue", "caption": block.caption}


@block_of.register
def _(_: References) -> Json:
    return {"kind": "references"}
