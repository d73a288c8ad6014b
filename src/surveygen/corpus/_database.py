"""One SQLite file: statements, transactions, and plain words when they fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from surveygen.corpus._schema import STORE, Schema
from surveygen.errors import CorpusError

Row = tuple[Any, ...]
Parameters = Sequence[object] | Mapping[str, object]

BUSY_SECONDS = 10.0  # how long a writer waits for another; a batch of 500 records takes well under a second
# SQLite's primary result codes, https://www.sqlite.org/rescode.html: what is the matter, what to do.
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
        "free some space or mend the disk and run the same command again; what was committed is kept",
    ),
    sqlite3.SQLITE_NOTADB: ("is not a surveygen store", "move the file away, or name another project with -C DIR"),
    sqlite3.SQLITE_CORRUPT: (
        "is damaged",
        "move it away together with its -wal and -shm files, then add your last export",
    ),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "check that it is a file and that its folder can be written to"),
    sqlite3.SQLITE_READONLY: ("cannot be written to", "check the permissions of the file and its folder"),
    sqlite3.SQLITE_PERM: ("cannot be opened", "check the permissions of the file and its folder"),
}


class Database:
    """The one connection of a store; foreign keys on, WAL, a commit survives the death of the process.

    Args:
        path: the file; made if it is not there.
        schema: the tables it must have, those of the store by default.
        threads: whether several threads use it, one at a time.

    Raises:
        CorpusError: from every method, whenever SQLite cannot do it.
    """

    def __init__(self, path: Path, schema: Schema | None = None, *, threads: bool = False) -> None:
        self.path = path
        self._schema = schema or STORE
        with self._speaking(), ExitStack() as undo:
            # Autocommit: transactions are begun by name, so that each holds its write lock from the start.
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
        with self._speaking():
            return self._connection.execute(sql, parameters).fetchall()

    def value(self, sql: str, parameters: Parameters = ()) -> Any:  # noqa: ANN401  # as SQLite has it
        """Return the first column of the first row, None if there is no row."""
        found = self.rows(sql, parameters)
        return found[0][0] if found else None

    def run_many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run a statement once for each row; belongs in a transaction."""
        with self._speaking():
            self._connection.executemany(sql, rows)

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Run a statement; return how many rows it changed."""
        with self._speaking():
            return self._connection.execute(sql, parameters).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the block; on any exception nothing of it stays."""
        with self._speaking():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connection; the last one to close folds the log back into the file."""
        with self._speaking():
            self._connection.close()

    def _check_owner(self) -> None:
        owner, version = self.value("PRAGMA application_id"), self.value("PRAGMA user_version")
        if owner != self._schema.application_id and self.value("SELECT count(*) FROM sqlite_master"):
            raise CorpusError(
                f"{self.path} belongs to another program",
                "move the file away, or name another project with -C DIR",
                file=str(self.path),
            )
        known = len(self._schema.migrations)
        if version > known:
            raise CorpusError(
                f"{self.path} was written by a newer surveygen (schema {version}, this one knows {known})",
                "update surveygen: pip install --upgrade surveygen",
                file=str(self.path),
            )

    def _migrate(self) -> None:
        migrations = self._schema.migrations
        if self.value("PRAGMA user_version") == len(migrations):
            return
        with self.transaction():
            # Read again: another process may have migrated while this one waited for the lock.
            for number in range(self.value("PRAGMA user_version"), len(migrations)):
                for statement in migrations[number]:
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {self._schema.application_id}")
            self._connection.execute(f"PRAGMA user_version = {len(migrations)}")

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code: int | None = getattr(error, "sqlite_errorcode", None)
            if code is None:  # a mistake of ours, such as the use of a closed store
                raise
            what, hint = _MEANINGS.get(code & 0xFF, (f"failed: {error}", "run: surveygen doctor"))
            raise CorpusError(f"{self.path} {what}", hint, file=str(self.path)) from error


def touch(database: Database, at: str) -> None:
    """Record when the content of the store last changed; belongs in the transaction that changed it."""
    database.run("INSERT OR REPLACE INTO fact (name, value) VALUES ('changed_at', ?)", (at,))


def storable(text: str) -> str:
    """Return text that UTF-8 can hold: half a surrogate pair, as in undecodable file names, becomes "?"."""
    return text.encode("utf-8", "replace").decode()
