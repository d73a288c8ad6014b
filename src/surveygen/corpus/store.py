"""The store of a survey: one SQLite file with papers, decisions, caches, and its lock."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from surveygen.corpus._cache import CacheTable
from surveygen.corpus._citations import CitationTable
from surveygen.corpus._decisions import DecisionTable
from surveygen.corpus._figures import FigureTable
from surveygen.corpus._full_text import FullTextTable
from surveygen.corpus._importer import Importer, PageBatch, Record, import_page
from surveygen.corpus._papers import PaperTable
from surveygen.corpus._runs import RunTable
from surveygen.corpus._validation import check_moment
from surveygen.corpus.database import STORE_SCHEMA, Database, copy_database, touch
from surveygen.corpus.jsonl import theme_data, theme_of, to_json
from surveygen.domain.decision import excluded_papers
from surveygen.domain.event import Event
from surveygen.domain.paper import ImportChanges
from surveygen.domain.theme import Taxonomy, Theme
from surveygen.errors import CorpusError

_NEVER = "1970-01-01T00:00:00Z"
_POLL_SECONDS = 0.2  # between two looks at a lock that another process has


@dataclass(frozen=True, slots=True)
class Counts:
    """The store in numbers.

    Attributes:
        notes: papers with an editor's note in place of the abstract; `without_abstract` have neither.
        delivered: records that sources delivered; a record that a later run of its source repeats is counted once.
        duplicates: delivered records beyond the first of their paper.
        excluded: papers that a person excluded from the draft, without withdrawn ones.
        full_texts: versions whose full text is stored. unread_pages: pages that wait to be read. without_page: versions
            of which arXiv has no page. failed_pages: versions whose page could not be used. figures: images of figures.
    """

    papers: int
    withdrawn: int
    without_abstract: int
    notes: int
    wanted: int
    quarantined: int
    delivered: int
    duplicates: int
    excluded: int = 0
    full_texts: int = 0
    unread_pages: int = 0
    without_page: int = 0
    failed_pages: int = 0
    figures: int = 0


class Store:
    """An open store; close it, or use it as a context manager.

    Other processes may read it meanwhile. One at a time writes; a second writer waits up to 10 seconds.

    Attributes:
        papers: papers with their versions, pending ids, bad records and cite keys.
        runs: harvest runs with their events, cursors and archived server answers.
        decisions: what persons decided, and the log of theme moves.
        citations: what citation graphs answered.
        full_text: texts of papers with their sources. figures: images of figures that may be shown.
        cache: vectors and derived results, which can be computed again.

    Raises:
        CorpusError: from every method, if the file cannot be read or written, with a hint.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.full_text = FullTextTable(database)
        self.figures = FigureTable(database)
        self.papers = PaperTable(database, self.full_text)
        self.runs = RunTable(database)
        self.decisions = DecisionTable(database)
        self.citations = CitationTable(database)
        self.cache = CacheTable(database)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a store and migrate it to the current schema; create it, with its folders, if it does not exist.

        Raises:
            CorpusError: not a store, damaged, of a newer surveygen, in use, or its folder cannot be written to.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusError(
                f"{path.parent}: {error.strerror}", "check the path and its permissions", file=str(path)
            ) from error
        return cls(Database(path, STORE_SCHEMA))

    @classmethod
    @contextmanager
    def open_copy(cls, path: Path) -> Iterator[Store]:
        """Open a private copy of a store, which is deleted at the end; the store itself is not changed.

        Raises:
            CorpusError: there is no store, or as for `open`.
        """
        if not path.is_file():
            raise CorpusError(f"{path}: there is no store", "add papers first: surveygen add FILE", file=str(path))
        with TemporaryDirectory(prefix="surveygen-store-") as folder:
            copy = Path(folder) / path.name
            copy_database(path, copy)
            with cls(Database(copy, STORE_SCHEMA)) as store:
                yield store

    @classmethod
    def open_to_read(cls, path: Path) -> AbstractContextManager[Store]:
        """Open a store, or a private copy of one that lies in a folder without write permission.

        What is written to a copy, such as a cached result, is lost.

        Raises:
            CorpusError: as for `open`.
        """
        if path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            return cls.open_copy(path)
        return cls.open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def import_records(self, records: Iterable[Record], *, source: str, at: str) -> ImportChanges:
        """Merge records into the store as they stream in, 500 a transaction.

        What was read before an error or an interruption stays. A record that cannot be stored is quarantined.

        Args:
            records: what a source yields, in any order.
            source: its name, listed by `papers.sources` and `counts`.
            at: the clock, ISO 8601 UTC.
        """
        importer = Importer(self._database, source=source, at=at)
        importer.run(records)
        return importer.changes

    def import_page(self, page: PageBatch) -> tuple[Event, ...]:
        """Store one page of a server whole or not at all: records, events, cursor; return the events."""
        return import_page(self._database, page)

    def counts(self) -> Counts:
        """Count papers, pending ids, bad records and deliveries."""
        papers, withdrawn, empty, notes = self._database.rows(
            "SELECT count(*), total(status = 'withdrawn'), total(abstract_kind = 'none'),"
            " total(abstract_kind = 'note') FROM paper"
        )[0]
        delivered, distinct = self._database.rows("SELECT total(times), count(DISTINCT paper) FROM delivery")[0]
        excluded = to_json(sorted(excluded_papers(self.decisions.all())))
        texts = self.full_text.counts()
        return Counts(
            papers=papers,
            withdrawn=int(withdrawn),
            without_abstract=int(empty),
            notes=int(notes),
            wanted=self._database.value("SELECT count(*) FROM pending"),
            quarantined=self._database.value("SELECT count(*) FROM quarantine"),
            delivered=int(delivered),
            duplicates=int(delivered) - distinct,
            excluded=self._database.value(
                "SELECT count(*) FROM paper WHERE status != 'withdrawn' AND id IN (SELECT value FROM json_each(?))",
                (excluded,),
            ),
            full_texts=texts["read"],
            unread_pages=texts["unread"],
            without_page=texts["none"],
            failed_pages=texts["failed"],
            figures=self._database.value("SELECT count(*) FROM figure WHERE status = 'fetched'"),
        )

    def taxonomy(self) -> Taxonomy | None:
        """Return the saved taxonomy, None if there is none."""
        themes: list[Theme] = []
        for theme, content in self._database.rows("SELECT id, content FROM theme ORDER BY position"):
            with self._database.reading("theme", theme):
                themes.append(theme_of(json.loads(content)))
        with self._database.reading("theme", "of all themes"):
            return Taxonomy(tuple(themes)) if themes else None

    def save_taxonomy(self, taxonomy: Taxonomy, *, at: str) -> None:
        """Replace the saved taxonomy; an equal one changes nothing, one without themes removes it."""
        with self._database.transaction():
            if taxonomy == (self.taxonomy() or Taxonomy()):
                return
            self._database.run("DELETE FROM theme")
            self._database.run_many(
                "INSERT INTO theme (position, id, content) VALUES (?, ?, ?)",
                [(place, theme.id, to_json(theme_data(theme))) for place, theme in enumerate(taxonomy)],
            )
            touch(self._database, at)

    def sha256(self) -> str:
        """Return the SHA-256, hexadecimal, of all that a draft is made of; no paper is read for it."""
        total = hashlib.sha256()
        for query in (
            "SELECT id, hex(digest) FROM paper ORDER BY id",
            "SELECT position, content FROM theme ORDER BY position",
            "SELECT number, content FROM decision ORDER BY number",
            "SELECT paper, key FROM cite_key ORDER BY paper",
            "SELECT paper, provider, answered_at, hex(digest) FROM citation_record WHERE ids <> '[]' ORDER BY 1, 2",
        ):
            with self._database.reading(query.split(" FROM ")[1].partition(" ")[0], "of all rows"):
                total.update(to_json(self._database.rows(query)).encode())
        texts = self._database.rows(
            "SELECT paper, version, license, hex(digest) FROM full_text WHERE digest IS NOT NULL ORDER BY 1, 2"
        )
        if texts:  # a store without full texts has the digest that it had before there were any
            total.update(to_json(texts).encode())
        figures = self._database.rows(
            "SELECT paper, version, license, label, caption, element, sha256 FROM figure WHERE status = 'fetched'"
            " ORDER BY 1, 2"
        )
        if figures:
            total.update(to_json(figures).encode())
        return total.hexdigest()

    def changed_at(self) -> str:
        """Return the clock of the last import or save that changed something."""
        moment = self._database.value("SELECT value FROM setting WHERE name = 'changed_at'") or _NEVER
        with self._database.reading("setting", "changed_at"):
            check_moment("value", moment)
        return str(moment)

    def changes(self) -> int:
        """Return how often an import or save changed something: the number of a state of the store."""
        number = self._database.value("SELECT value FROM setting WHERE name = 'changes'")
        return int(number) if isinstance(number, str) and number.isdecimal() else 0


@contextmanager
def locked(database: Path, *, wait_seconds: float = 0.0, doing: str = "refreshing") -> Iterator[None]:
    """Hold the lock of a survey; the system releases it when the process dies.

    The lock is the file NAME.lock beside the store. NAME.lock.pid names the process that has it, for the message alone.

    Args:
        database: the path of the store.
        wait_seconds: how long to wait for another process to end.
        doing: what the process does with the survey, for the message of another one.

    Raises:
        CorpusError: another process has the lock, or the file cannot be written.
    """
    path = database.with_name(f"{database.name}.lock")
    owner = path.with_name(f"{path.name}.pid")
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait_seconds, poll_interval=_POLL_SECONDS)
    except Timeout:
        pid = owner.read_text(encoding="ascii", errors="replace").strip()[:10] if owner.exists() else ""
        raise CorpusError(
            f"another surveygen is {doing} this survey{f' (process {pid})' if pid.isdigit() else ''}",
            "wait for it to end, then run the command again",
            file=str(path),
        ) from None
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}", "check the path and its permissions", file=str(path)) from error
    try:
        owner.write_text(str(os.getpid()), encoding="ascii")
        yield
    finally:
        lock.release()
