"""Bring papers in from files and from servers.

Every public module here is a source. It has one function::

    def make(settings: config.Sources) -> FileSource | NetworkSource

A source yields what it could read and says what it could not: a bad record is data (`BadRecord`), and only a file or
a server that gives nothing usable is an error. The least file source::

    class Titles:
        def accepts(self, path: Path, head: str) -> bool:
            return path.suffix == ".titles"

        def read(self, path: Path) -> Iterator[Paper | Wanted | BadRecord]:
            for line in path.read_text(encoding="utf-8").splitlines():
                yield Paper(id=PaperId(line), title=line)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from surveygen import plugins
from surveygen.config import Sources
from surveygen.domain.paper import BadRecord, Paper, PaperId, Wanted
from surveygen.errors import SourceError
from surveygen.sources._lines import read_head

__all__ = ["FetchRequest", "FileSource", "NetworkSource", "Page", "read_file"]


@runtime_checkable
class FileSource(Protocol):
    """What every file format can do."""

    def accepts(self, path: Path, head: str) -> bool:
        """Whether this is the format of a file; `head` is its first 4,096 bytes, unpacked and decoded."""
        ...

    def read(self, path: Path) -> Iterator[Paper | Wanted | BadRecord]:
        """Yield the records in the order of the file, without holding them all in memory where the format allows.

        Raises:
            SourceError: the file cannot be opened or is too large for its format.
        """
        ...


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to ask a server for.

    Attributes:
        query: in the server's own language; empty means the query of the settings, unless `ids` are given.
        ids: papers asked by name; neither the dates nor `max_papers` limit them.
        since, until: ISO 8601 dates of first submission, both inclusive, UTC; None means open.
        max_papers: at most so many papers of the query, the newest; None means the limit of the settings.
    """

    query: str = ""
    ids: tuple[Wanted, ...] = ()
    since: str | None = None
    until: str | None = None
    max_papers: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a server, with the bytes it was read from; a unit to store in one transaction.

    Attributes:
        missing: papers asked by name that the server does not know.
        total: how many papers the server says match the query in all.
    """

    url: str
    body: bytes
    records: tuple[Paper | BadRecord, ...]
    missing: tuple[PaperId, ...] = ()
    total: int = 0


@runtime_checkable
class NetworkSource(Protocol):
    """What every server can do."""

    def plan(self, request: FetchRequest) -> tuple[str, ...]:
        """List the URLs that would be asked, without asking; at most these, unless a query must be split by date.

        Raises:
            ConfigError: there is nothing to ask for, or a date is none.
        """
        ...

    def fetch(self, request: FetchRequest) -> Iterator[Page]:
        """Yield pages as they arrive; what was yielded before an error is good.

        Raises:
            ConfigError: as for `plan`, or a contact is wanted for so many requests.
            SourceError: the server refused, or gave no usable answer in the tries that its fault allows.
        """
        ...


def read_file(path: Path) -> Iterator[Paper | Wanted | BadRecord]:
    """Read a file of papers in any format that some source accepts.

    Raises:
        SourceError: the file cannot be opened, or nobody reads its format.
    """
    head = read_head(path)
    readers: list[str] = []
    for name in plugins.names("sources"):
        source = plugins.load("sources", name).make(Sources())
        if not isinstance(source, FileSource):
            continue
        if source.accepts(path, head):
            return source.read(path)
        readers.append(name)
    what = "nobody reads this format" if head.strip() else "the file is empty"
    raise SourceError(f"{path}: {what}", f"formats: {', '.join(readers)}; plain or gzip", url=str(path))
