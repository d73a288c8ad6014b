"""Bring papers in from files and from servers.

Every public module here is a source. It has one function::

    def make(settings: config.Sources) -> FileSource | NetworkSource | HarvestSource | Herald | CitationSource

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

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from surveygen import plugins
from surveygen.config import SourceSettings
from surveygen.domain.citation import CitationRecord
from surveygen.domain.paper import BadRecord, Paper, PaperId, PendingPaper
from surveygen.errors import SourceError
from surveygen.sources._budget import Budget, BudgetError
from surveygen.sources._limiter import Clock
from surveygen.sources._lines import read_head
from surveygen.sources._network_deps import NetworkDeps, Timeouts, budget_of, clear_stop
from surveygen.sources._oai_cursor import snapshot_cursor

__all__ = [
    "Budget",
    "BudgetError",
    "CitationSource",
    "Clock",
    "FeedUpdate",
    "FetchRequest",
    "FileSource",
    "HarvestSource",
    "Known",
    "NetworkDeps",
    "NetworkSource",
    "RecordPage",
    "Timeouts",
    "UpdateFeed",
    "budget_of",
    "clear_stop",
    "read_file",
    "snapshot_cursor",
]
Known = Callable[[Collection[PaperId]], Mapping[PaperId, str]]


@runtime_checkable
class FileSource(Protocol):
    """What every file format can do."""

    def accepts(self, path: Path, head: str) -> bool:
        """Whether this is the format of a file; `head` is its first 4,096 bytes, unpacked and decoded."""
        ...

    def read(self, path: Path) -> Iterator[Paper | PendingPaper | BadRecord]:
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
    ids: tuple[PendingPaper, ...] = ()
    since: str | None = None
    until: str | None = None
    max_papers: int | None = None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """What one answer of a server told; a unit to store in one transaction.

    Attributes:
        missing: papers asked by name that the server does not know.
        total: how many papers the server says match the query in all.
        deleted: papers that the server says are gone, with their datestamps.
        cursor: where to go on once this page is stored; None while that is where the page before said.
        since: the day from which records were asked for; None if from the beginning.
        day: the day of the answer by the server's clock, where the records themselves tell no datestamp.
    """

    url: str
    records: tuple[Paper | BadRecord, ...]
    missing: tuple[PaperId, ...] = ()
    total: int = 0
    deleted: tuple[tuple[PaperId, str], ...] = ()
    cursor: str | None = None
    since: str | None = None
    day: str | None = None


@runtime_checkable
class NetworkSource(Protocol):
    """What every server can do."""

    def plan(self, request: FetchRequest) -> tuple[str, ...]:
        """List the URLs that would be asked, without asking; at most these, unless a query must be split by date.

        Raises:
            ConfigError: there is nothing to ask for, or a date is none.
        """
        ...

    def fetch(self, request: FetchRequest) -> Iterator[RecordPage]:
        """Yield pages as they arrive; what was yielded before an error is good.

        Raises:
            ConfigError: as for `plan`, or a contact is wanted for so many requests.
            SourceError: the server refused, or gave no usable answer in the tries that its fault allows.
        """
        ...


@runtime_checkable
class HarvestSource(Protocol):
    """What a server can do that tells what is new since the last time."""

    format: str

    def scopes(self) -> tuple[str, ...]:
        """List what the settings ask to be kept up with (sets, or a query); each has a cursor of its own."""
        ...

    def plan_harvest(self, scope: str, cursor: str | None) -> tuple[str, ...]:
        """List the URLs that would be asked first; how many pages follow, only the server knows."""
        ...

    def harvest(self, scope: str, cursor: str | None, known: Known) -> Iterator[RecordPage]:
        """Yield pages, each to be stored with its cursor before the next is taken.

        Args:
            scope: one of `scopes`.
            cursor: of the last page that was stored, None for the first harvest.
            known: gives the datestamps of papers as they are stored by now, without those that are not.

        Raises:
            SourceError: the server gave no usable answer, or what came could not be verified.
            BudgetError: the budget of the run is spent.
        """
        ...


@dataclass(frozen=True, slots=True)
class FeedUpdate:
    """What a daily feed says: ids of new papers, of those new to a category, and of new versions.

    Empty if the feed is the one seen before. `validator` is to be given at the next call.
    """

    new: tuple[PaperId, ...] = ()
    crossed: tuple[PaperId, ...] = ()
    replaced: tuple[PaperId, ...] = ()
    validator: str = ""

    def __bool__(self) -> bool:
        """Whether there is something that was not seen before."""
        return bool(self.new or self.crossed or self.replaced)


@runtime_checkable
class UpdateFeed(Protocol):
    """What a server can do that tells only that there is news: a trigger, never the truth."""

    def announced(self, validator: str = "") -> FeedUpdate:
        """Ask for the news.

        Raises:
            SourceError: the server gave no usable answer.
        """
        ...


@runtime_checkable
class CitationSource(Protocol):
    """What a citation graph can do. Its `make` takes the settings of citations as a third argument."""

    title: str

    def plan_citations(self, papers: Sequence[Paper]) -> tuple[str, ...]:
        """List the requests that would be made, each in one line without secrets."""
        ...

    def citations(self, papers: Sequence[Paper]) -> Iterator[tuple[CitationRecord, ...]]:
        """Yield what is told of the papers of each request, also of those that the graph does not know.

        Papers that the graph has no name for are left out.

        Raises:
            ConfigError: the key in the environment cannot be one.
            SourceError: there is no key where one is needed, the graph refused, or gave no usable answer.
            BudgetError: the budget of the run is spent.
        """
        ...


def read_file(path: Path) -> Iterator[Paper | PendingPaper | BadRecord]:
    """Read a file of papers in any format that some source accepts.

    Raises:
        SourceError: the file cannot be opened, or nobody reads its format.
    """
    head = read_head(path)
    readers: list[str] = []
    for name in plugins.names("sources"):
        source = plugins.load("sources", name).make(SourceSettings())
        if not isinstance(source, FileSource):
            continue
        if source.accepts(path, head):
            return source.read(path)
        readers.append(name)
    what = "nobody reads this format" if head.strip() else "the file is empty"
    raise SourceError(f"{path}: {what}", f"formats: {', '.join(readers)}; plain or gzip", url=str(path))
