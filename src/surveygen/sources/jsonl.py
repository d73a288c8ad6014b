"""Papers as JSON, one a line: our own format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from surveygen.config import SourceSettings
from surveygen.domain.paper import BadRecord, Paper
from surveygen.sources._jsonlines import read_json_lines
from surveygen.sources._record import paper_from
from surveygen.sources.snapshot import looks_like_snapshot

_SUFFIXES = {".jsonl", ".ndjson"}


def make(settings: SourceSettings) -> JsonLines:  # noqa: ARG001  # files need no settings
    """Make the reader of JSONL, plain or gzip."""
    return JsonLines()


class JsonLines:
    """Reads the keys of the JSONL contract; see `surveygen.sources._record.paper_from`."""

    def accepts(self, path: Path, head: str) -> bool:
        """Whether the file begins with an object, or is named so, and is no snapshot of arXiv."""
        named = bool(_SUFFIXES & set(path.suffixes))
        return (named or head.lstrip().startswith("{")) and not looks_like_snapshot(head)

    def read(self, path: Path) -> Iterator[Paper | BadRecord]:
        """Yield papers and bad lines; a paper that stands twice is yielded twice."""
        return read_json_lines(path, paper_from)
