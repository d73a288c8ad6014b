"""A list of arXiv ids or links, one per line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveygen.domain.paper import BadRecord, PendingPaper, parse_arxiv_id
from surveygen.sources.files import InputFile

_COMMENT = re.compile(r"(?:^|\s)#.*")  # "#" after a space begins a comment


def accepts(file: InputFile) -> bool:
    """Whether one of the first lines is an id, or a text file contains only comments."""
    lines = [text for line in file.head.splitlines()[:50] if (text := _COMMENT.sub("", line).strip())]
    return any(parse_arxiv_id(line) for line in lines) if lines else file.path.suffix == ".txt"


def read(file: InputFile) -> Iterator[PendingPaper | BadRecord]:
    """Yield an id to fetch, or a bad record, for every line that is not empty."""
    for line in file.lines():
        if isinstance(line, BadRecord):
            yield line
        elif text := _COMMENT.sub("", line.text).strip():
            parsed = parse_arxiv_id(text)
            reason = f"{text[:60]!r} is not an arXiv id or link"
            yield PendingPaper(*parsed) if parsed else file.bad_record(line.number, reason, line.text)
