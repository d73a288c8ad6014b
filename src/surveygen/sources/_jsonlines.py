"""Read JSON objects, one a line, each on its own risk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from surveygen.domain.paper import BadRecord, Paper
from surveygen.errors import SourceError
from surveygen.sources._lines import RAW, Line, read_lines

Build = Callable[[Mapping[str, object]], Paper]


def read_json_lines(path: Path, build: Build) -> Iterator[Paper | BadRecord]:
    """Yield a paper or a bad record for every line that is not blank, in their order.

    Raises:
        SourceError: the file cannot be opened.
    """
    for line in read_lines(path):
        yield line if isinstance(line, BadRecord) else _built(path, line, build)


def _built(path: Path, line: Line, build: Build) -> Paper | BadRecord:
    try:
        return build(_object(line.text))
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg} at column {error.colno}"
    except SourceError as error:
        reason = error.message
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits; 100,000 brackets
        reason = f"not usable JSON: {error}"
    return BadRecord(str(path), line.number, reason, line.text[:RAW])


def _object(text: str) -> Mapping[str, object]:
    record = json.loads(text, parse_constant=lambda _name: None)
    if not isinstance(record, dict):
        raise SourceError(f"a JSON {type(record).__name__}, not an object")
    return record
