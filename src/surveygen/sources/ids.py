"""A list of arXiv ids or links, one a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from surveygen.config import SourceSettings
from surveygen.domain.identifiers import parse_arxiv_id
from surveygen.domain.paper import BadRecord, PendingPaper
from surveygen.sources._lines import RAW, Line, read_lines

_COMMENT = re.compile(r"(?:^|\s)#.*")


def make(settings: SourceSettings) -> IdList:  # noqa: ARG001  # files need no settings
    """Make the reader of id lists."""
    return IdList()


class IdList:
    """Reads ids to fetch; ``#`` after a space begins a comment."""

    def accepts(self, path: Path, head: str) -> bool:
        """Whether some of the first lines is an id, or a text file holds nothing but comments."""
        lines = [_bare(line) for line in head.splitlines()[:50]]
        said = [line for line in lines if line]
        return any(parse_arxiv_id(line) for line in said) if said else path.suffix == ".txt"

    def read(self, path: Path) -> Iterator[PendingPaper | BadRecord]:
        """Yield an id to fetch, or a bad record, for every line with something on it."""
        for line in read_lines(path):
            if isinstance(line, BadRecord):
                yield line
            elif _bare(line.text):
                yield _wanted(path, line)


def _bare(line: str) -> str:
    return _COMMENT.sub("", line).strip()


def _wanted(path: Path, line: Line) -> PendingPaper | BadRecord:
    parsed = parse_arxiv_id(_bare(line.text))
    if parsed is None:
        return BadRecord(str(path), line.number, f"{_bare(line.text)[:60]!r} is no arXiv id or link", line.text[:RAW])
    return PendingPaper(*parsed)
