"""One JSON document with several papers: an array, or the answer of a service."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from surveygen.domain.paper import BadRecord, Paper
from surveygen.errors import SourceError
from surveygen.sources.files import InputFile
from surveygen.sources.files.jsonl import is_json_lines
from surveygen.sources.json_records import paper_from_json
from surveygen.sources.record import MAX_RAW

_LISTS = ("results", "data", "items", "papers", "references", "message")  # under which services put their papers


def accepts(file: InputFile) -> bool:
    """Whether the file begins with an array, or with an object that goes on behind its first line."""
    head = file.head.lstrip("\ufeff \t\r\n")
    return bool(re.match(r"\{|\[\s*(?:[\[{\]\"0-9-]|\Z)", head)) and not is_json_lines(file)


def read(file: InputFile) -> Iterator[Paper | BadRecord]:
    """Yield a paper or a bad record for every object; of a bad record the line is its place in the list.

    Raises:
        SourceError: the file is not JSON, or has no list of objects.
    """
    text = file.text()
    yield from file.notes
    try:
        document = json.loads(text, parse_constant=lambda _name: None)
    except json.JSONDecodeError as error:
        reason = f"{file.path}: not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        raise SourceError(reason, "one object on a line, or one array of objects", url=str(file.path)) from error
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{file.path}: not usable JSON: {error}", "export it again", url=str(file.path)) from error
    for number, record in enumerate(_objects(document), start=1):
        raw = json.dumps(record, ensure_ascii=False)[:MAX_RAW]
        if not isinstance(record, dict):
            yield file.bad_record(number, f"a JSON {type(record).__name__}, not an object", raw)
            continue
        try:
            yield paper_from_json(record)
        except SourceError as error:
            yield file.bad_record(number, error.message, raw)


def _objects(document: list[object] | dict[str, object]) -> list[object]:
    if isinstance(document, list):
        return document
    for _ in range(2):  # Crossref: {"message": {"items": [...]}}
        inner = next((document[key] for key in _LISTS if isinstance(document.get(key), list | dict)), None)
        if isinstance(inner, list):
            return inner
        document = inner if isinstance(inner, dict) else document
    return [document]
