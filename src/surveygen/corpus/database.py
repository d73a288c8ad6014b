"""One SQLite file: connection, transactions and errors."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from surveygen.corpus._migrations import MIGRATIONS
from surveygen.domain.paper import Author, fallback_id
from surveygen.errors import CorpusError

Row = tuple[Any, ...]
Parameters = Sequence[object] | Mapping[str, object]
_T = TypeVar("_T")

_RESTORE = "move it away together with its -wal and -shm files, then add your last export"
BUSY_SECONDS = 10.0  # how long a writer waits for another; a batch of 500 records takes well under a second
# SQLite's primary result codes, https://www.sqlite.org/rescode.html: what happened, what to do.
_MEANINGS = {
    sqlite3.SQLITE_BUSY: (
        "is in use by another process",
        "wait for the other surveygen command to end, then run this one again",
    ),
    sqlite3.SQLITE_FULL: (
        "cannot grow: the disk is full",
        "free some space and run the same command again; what was committed is kept",
    ),
    sqlite3.SQLITE_IOERR: (
        "cannot be read or written: the disk is full or failing",
        "free some space or repair the disk and run the same command again; what was committed is kept",
    ),
    sqlite3.SQLITE_NOTADB: ("is not a surveygen store", "move the file away, or name another project with -C DIR"),
    sqlite3.SQLITE_CORRUPT: ("is damaged", _RESTORE),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "check that it is a file and that its folder can be written to"),
    sqlite3.SQLITE_READONLY: ("cannot be written to", "check the permissions of the file and its folder"),
    sqlite3.SQLITE_PERM: ("cannot be opened", "check the permissions of the file and its folder"),
}


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of a file as migrations, and the number that marks the file as ours.

    `application_id` is described at https://www.sqlite.org/pragma.html#pragma_application_id
    """

    application_id: int
    migrations: tuple[tuple[str, ...], ...]


class DamagedError(CorpusError):
    """The content of a file is damaged, or it is none of ours."""


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Raise an error of SQLite as a `CorpusError` that names the file."""
    try:
        yield
    except (sqlite3.Error, MemoryError, UnicodeDecodeError) as error:
        code: int | None = getattr(error, "sqlite_errorcode", None)
        # Neither text that is not UTF-8 nor a length beyond all memory has a code.
        if not isinstance(error, sqlite3.Error) or (code is None and "UTF-8" in str(error)):
            code = sqlite3.SQLITE_CORRUPT
        if code is None:  # a mistake of the caller, such as the use of a closed store
            raise
        what, hint = _MEANINGS.get(code & 0xFF, (f"failed: {error}", "run: surveygen doctor"))
        is_damaged = code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
        raise (DamagedError if is_damaged else CorpusError)(f"{path} {what}", hint, file=str(path)) from error


class Database:
    """The only connection to a file; foreign keys on, WAL, a commit survives the death of the process.

    Args:
        path: the file; created if it does not exist.
        schema: the tables that it must have.
        threads: whether several threads use it, one at a time.

    Raises:
        CorpusError: from every method, whenever SQLite fails.
    """

    def __init__(self, path: Path, schema: Schema, *, threads: bool = False) -> None:
        self.path = path
        self._schema = schema
        with translated_errors(self.path), ExitStack() as undo:
            # Autocommit: transactions are begun explicitly, so that each has its write lock from the start.
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=not threads
            )
            undo.callback(self._connection.close)
            self._check_owner()
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._migrate()
            undo.pop_all()

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Run a query and fetch all of its rows."""
        with translated_errors(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    def typed_rows(self, types: type[_T], table: str, sql: str, parameters: Parameters = ()) -> list[_T]:
        """Run a query and fetch all of its rows as tuples of types, such as ``tuple[str, int]``.

        Raises:
            DamagedError: a value has another type; it names the table and the row.
        """
        typed: list[_T] = []
        for row in self.rows(sql, parameters):
            with self.reading(table, row[0]):
                typed.append(msgspec.convert(row, types))
        return typed

    @contextmanager
    def reading(self, table: str, row: object) -> Iterator[None]:
        """Raise an error of reading a stored row as one that names the table and the row."""
        try:
            yield
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, zlib.error) as error:
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            message = f"{self.path} is damaged: table {table}, row {row!a:.80}: {reason}"
            raise DamagedError(message, _RESTORE, file=str(self.path)) from error

    def value(self, sql: str, parameters: Parameters = ()) -> Any:  # noqa: ANN401  # as SQLite has it
        """Return the first column of the first row, None if there is no row."""
        rows = self.rows(sql, parameters)
        return rows[0][0] if rows else None

    def run_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run a statement once for each row; belongs in a transaction."""
        with translated_errors(self.path):
            self._connection.executemany(sql, rows)

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Run a statement; return how many rows it changed."""
        with translated_errors(self.path):
            return self._connection.execute(sql, parameters).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the block; on any exception roll back."""
        with translated_errors(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connection; the last one to close merges the log into the file."""
        with translated_errors(self.path):
            self._connection.close()

    def _check_owner(self) -> None:
        owner, version = self.value("PRAGMA application_id"), self.value("PRAGMA user_version")
        if owner != self._schema.application_id and self.value("SELECT count(*) FROM sqlite_master"):
            raise DamagedError(
                f"{self.path} belongs to another program",
                "move the file away, or name another project with -C DIR",
                file=str(self.path),
            )
        newest = len(self._schema.migrations)
        if version < 0:
            raise DamagedError(
                f"{self.path} is damaged: its schema has the number {version}", _RESTORE, file=str(self.path)
            )
        if version > newest:
            raise CorpusError(
                f"{self.path} was written by a newer surveygen (schema {version}, this one reads {newest})",
                "update surveygen: pip install --upgrade surveygen",
                file=str(self.path),
            )

    def _migrate(self) -> None:
        migrations = self._schema.migrations
        if self.value("PRAGMA user_version") == len(migrations):
            return
        self._connection.create_function("fallback_name", 3, _fallback_name, deterministic=True)
        self._connection.create_function("crc32", 1, crc32, deterministic=True)
        with self.transaction():
            # Read again: another process may have migrated while this one waited for the lock.
            for number in range(self.value("PRAGMA user_version"), len(migrations)):
                for statement in migrations[number]:
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {self._schema.application_id}")
            self._connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _fallback_name(title: str, published: str | None, authors: str) -> str | None:
    """Return the id by title, year and first author, from the columns of a paper."""
    return fallback_id(title, published, [Author(name) for name in json.loads(authors)[:1]])


STORE_SCHEMA = Schema(0x73727667, MIGRATIONS)  # "srvg"


def copy_database(path: Path, copy: Path) -> None:
    """Copy a database with what is still in its log; its content is not changed.

    Raises:
        CorpusError: the file does not exist, cannot be read or is damaged.
    """
    with translated_errors(path):
        try:
            source = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS)
            with closing(source), closing(sqlite3.connect(copy)) as target:
                source.backup(target)
        except sqlite3.OperationalError as error:
            # In a folder that cannot be written to, SQLite cannot create what it needs to read a file with a log.
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
                raise
            try:
                shutil.copyfile(path, copy)
                log = path.with_name(f"{path.name}-wal")
                if log.is_file():
                    shutil.copyfile(log, copy.with_name(f"{copy.name}-wal"))
            except OSError as failure:
                raise CorpusError(
                    f"{path}: {failure.strerror}", "check the path and its permissions", file=str(path)
                ) from failure


def crc32(value: object) -> int:
    """Return the checksum of a text or of bytes; 0 of anything else."""
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return zlib.crc32(data) if isinstance(data, bytes) else 0


def touch(database: Database, at: str) -> None:
    """Record that the content of the store changed, and when; belongs in the transaction that changed it."""
    database.run("INSERT OR REPLACE INTO setting (name, value) VALUES ('changed_at', ?)", (at,))
    database.run(
        "INSERT INTO setting (name, value) VALUES ('changes', '1')"
        " ON CONFLICT DO UPDATE SET value = CAST(value AS INTEGER) + 1"
    )


def storable(text: str) -> str:
    """Return text that UTF-8 can hold: half a surrogate pair, as in undecodable file names, becomes "?"."""
    return text.encode("utf-8", "replace").decode()
