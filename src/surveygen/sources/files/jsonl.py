"""Papers as JSON objects, one per line: our own format and those of services."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping

from surveygen.domain.paper import BadRecord, Paper
from surveygen.errors import SourceError
from surveygen.sources.files import InputFile
from surveygen.sources.json_records import paper_from_json

Converter = Callable[[Mapping[str, object]], Paper]

_SUFFIXES = {".jsonl", ".ndjson"}
# Keys that only arXiv's snapshot has; `submitter` stands near the front of a line, before anything long.
_SNAPSHOT_KEYS = re.compile(r'"(?:submitter|authors_parsed|journal-ref|report-no)"\s*:')


def accepts(file: InputFile) -> bool:
    """Whether the file begins with a JSON object, or has a suffix of JSONL, and is not arXiv's snapshot."""
    return is_json_lines(file) and not is_snapshot(file.head)


def read(file: InputFile) -> Iterator[Paper | BadRecord]:
    """Yield papers and bad lines; a paper that stands twice is yielded twice."""
    return read_json_lines(file, paper_from_json)


def is_json_lines(file: InputFile) -> bool:
    """Whether the file has a suffix of JSONL, or its first line is a whole object or too long to tell."""
    if _SUFFIXES & set(file.path.suffixes):
        return not file.head.lstrip().startswith("[")
    first, end, _ = file.head.lstrip().partition("\n")
    return first.startswith("{") and (not end or first.rstrip().endswith("}"))


def is_snapshot(head: str) -> bool:
    """Whether the beginning of a file has keys of arXiv's snapshot."""
    return head.lstrip().startswith("{") and bool(_SNAPSHOT_KEYS.search(head))


def read_json_lines(file: InputFile, convert: Converter) -> Iterator[Paper | BadRecord]:
    """Yield a paper or a bad record for every line that is not blank, in their order."""
    for line in file.lines():
        if isinstance(line, BadRecord):
            yield line
            continue
        try:
            record = json.loads(line.text, parse_constant=lambda _name: None)
            if isinstance(record, dict):
                yield convert(record)
                continue
            reason = f"a JSON {type(record).__name__}, not an object"
        except json.JSONDecodeError as error:
            reason = f"not JSON: {error.msg} at column {error.colno}"
        except SourceError as error:
            reason = error.message
        except (ValueError, RecursionError) as error:  # a number of 5,000 digits; 100,000 brackets
            reason = f"not usable JSON: {error}"
        yield file.bad_record(line.number, reason, line.text)
