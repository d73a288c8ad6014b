"""A list of arXiv ids or links, one or several on a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from surveygen.domain.paper import BadRecord, PendingPaper, parse_arxiv_id
from surveygen.sources.files import InputFile

_COMMENT = re.compile(r"(?:^|\s)#.*")  # "#" after a space begins a comment
_MARKER = re.compile(r"(?:[-*+•·]|[0-9]{1,4}[.)]|\[[0-9 x]{1,4}\])\s+")  # of a list
_CATEGORY = re.compile(r"\s+\[[A-Za-z-]{2,20}(?:\.[A-Za-z-]{2,20})?\]")
_GAP = re.compile(r"(arxiv:)\s+", re.IGNORECASE)
_MAX_LINE = 10_000  # characters


def accepts(file: InputFile) -> bool:
    """Whether one of the first lines is an id, or a text file contains only comments."""
    lines = [text for line in file.head.splitlines()[:50] if (text := _COMMENT.sub("", line).strip())]
    return any(map(_ids_of, lines)) if lines else file.path.suffix == ".txt"


def read(file: InputFile) -> Iterator[PendingPaper | BadRecord]:
    """Yield every id to fetch, or a bad record for a line with anything else."""
    for line in file.lines():
        if isinstance(line, BadRecord):
            yield line
        elif text := _COMMENT.sub("", line.text).strip():
            ids = _ids_of(text)
            reason = f"{text[:60]!r} is not an arXiv id or link"
            yield from ids
            if not ids:
                yield file.bad_record(line.number, reason, line.text)


def _ids_of(text: str) -> list[PendingPaper]:
    """Return the ids on a line without a comment; none if anything else stands there."""
    bare = _GAP.sub(r"\1", _CATEGORY.sub("", _MARKER.sub("", text[:_MAX_LINE], count=1)))
    words = [word.strip("<>()\"'") for word in re.split(r"[\s,;]+", bare)]
    parsed = [parse_arxiv_id(word) for word in words if word]
    return [PendingPaper(*found) for found in parsed if found] if all(parsed) else []
