"""One SQLite file: connection, transactions, errors, and the schema of a store.

`PRAGMA user_version` counts the migrations that a file has been through. To change a table, append a migration; a
released migration is never edited. Rows name papers by id, so that any table can refer to them in the same way.

A "list" or "pairs" column holds JSON. `digest` is the SHA-256 of what a draft can show of a paper.
"""

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


_PAPERS = (
    """
    CREATE TABLE paper (
        row INTEGER PRIMARY KEY,          -- fixed for FTS5; everything else goes by id
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        abstract TEXT NOT NULL,
        authors TEXT NOT NULL,            -- list of names
        affiliations TEXT NOT NULL,       -- list of lists, parallel to authors; empty if none is known
        version INTEGER NOT NULL,
        published TEXT,
        updated TEXT,
        categories TEXT NOT NULL,         -- list
        primary_category TEXT NOT NULL,
        doi TEXT NOT NULL,
        journal_ref TEXT NOT NULL,
        comment TEXT NOT NULL,
        license TEXT NOT NULL,
        url TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('active', 'withdrawn', 'reinstated')),
        abstract_kind TEXT NOT NULL CHECK (abstract_kind IN ('abstract', 'note', 'none')),
        extra TEXT NOT NULL,              -- pairs
        carried TEXT NOT NULL,            -- list of [field, version, date]
        digest BLOB NOT NULL
    )
    """,
    # Both answer without a look at the wide rows.
    "CREATE INDEX paper_digest ON paper (id, status, digest)",
    "CREATE INDEX paper_state ON paper (status, abstract_kind)",
    """
    CREATE TABLE version (
        paper TEXT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        submitted_at TEXT,
        size_kb INTEGER NOT NULL,
        flags TEXT NOT NULL,
        PRIMARY KEY (paper, n)
    ) WITHOUT ROWID
    """,
    # Texts of versions other than that of the row in paper, most often because a later version replaced them.
    """
    CREATE TABLE version_text (
        paper TEXT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
        n INTEGER NOT NULL,
        title TEXT NOT NULL,
        abstract TEXT NOT NULL,
        abstract_kind TEXT NOT NULL,
        comment TEXT NOT NULL,
        updated TEXT,
        carried TEXT NOT NULL,
        PRIMARY KEY (paper, n)
    )
    """,
)

_SEARCH = (
    """
    CREATE VIRTUAL TABLE paper_words USING fts5 (
        title, abstract, authors,
        content = 'paper', content_rowid = 'row', tokenize = 'porter unicode61 remove_diacritics 2'
    )
    """,
    """
    CREATE TRIGGER paper_words_insert AFTER INSERT ON paper BEGIN
        INSERT INTO paper_words (rowid, title, abstract, authors)
        VALUES (new.row, new.title, new.abstract, new.authors);
    END
    """,
    """
    CREATE TRIGGER paper_words_delete AFTER DELETE ON paper BEGIN
        INSERT INTO paper_words (paper_words, rowid, title, abstract, authors)
        VALUES ('delete', old.row, old.title, old.abstract, old.authors);
    END
    """,
    """
    CREATE TRIGGER paper_words_update AFTER UPDATE OF title, abstract, authors ON paper
    WHEN (old.title, old.abstract, old.authors) IS NOT (new.title, new.abstract, new.authors) BEGIN
        INSERT INTO paper_words (paper_words, rowid, title, abstract, authors)
        VALUES ('delete', old.row, old.title, old.abstract, old.authors);
        INSERT INTO paper_words (rowid, title, abstract, authors)
        VALUES (new.row, new.title, new.abstract, new.authors);
    END
    """,
)

_INTAKE = (
    "CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    # times: the most records of one paper that one run of the source delivered.
    """
    CREATE TABLE delivery (
        source INTEGER NOT NULL REFERENCES source (id),
        paper TEXT NOT NULL REFERENCES paper (id) ON DELETE CASCADE,
        times INTEGER NOT NULL,
        PRIMARY KEY (source, paper)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE wanted (id TEXT PRIMARY KEY, version INTEGER) WITHOUT ROWID",
    """
    CREATE TABLE quarantine (
        source TEXT NOT NULL,
        line INTEGER NOT NULL,
        raw TEXT NOT NULL,
        reason TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (source, line, raw)
    )
    """,
    "CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)

_SURVEY = (
    """
    CREATE TABLE theme (
        position INTEGER PRIMARY KEY,     -- reading order
        id TEXT NOT NULL UNIQUE,
        content TEXT NOT NULL             -- the theme as its line in the dump
    )
    """,
    # No reference to paper: a key stays taken even if its paper is ever removed.
    "CREATE TABLE cite_key (paper TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE) WITHOUT ROWID",
)

_CACHES = (
    "CREATE TABLE encoder (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE)",
    """
    CREATE TABLE vector (
        encoder INTEGER NOT NULL REFERENCES encoder (id) ON DELETE CASCADE,
        text_hash TEXT NOT NULL,
        vector BLOB NOT NULL,             -- float16, little-endian
        PRIMARY KEY (encoder, text_hash)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE derived (
        kind TEXT NOT NULL,
        slot TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (kind, slot)
    )
    """,
    "CREATE INDEX derived_key ON derived (kind, key)",
)

_HARVEST = (
    "ALTER TABLE paper ADD COLUMN as_of TEXT",
    """
    CREATE TABLE run (
        id INTEGER PRIMARY KEY,
        started_at TEXT NOT NULL,
        ended_at TEXT,
        outcome TEXT NOT NULL CHECK (outcome IN ('running', 'complete', 'paused', 'incomplete'))
    )
    """,
    # Answers of servers as they came: evidence, and a way to read them again without a request.
    """
    CREATE TABLE raw_page (
        sha256 TEXT NOT NULL,
        url TEXT NOT NULL,
        source TEXT NOT NULL,
        fetched_at TEXT NOT NULL,
        body BLOB NOT NULL,               -- zlib
        PRIMARY KEY (sha256, url)
    )
    """,
    """
    CREATE TABLE cursor (
        source TEXT NOT NULL,
        scope TEXT NOT NULL,              -- an OAI set, or a query
        format TEXT NOT NULL,
        state TEXT NOT NULL,              -- JSON that only the source reads
        PRIMARY KEY (source, scope, format)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES run (id),
        paper TEXT NOT NULL,
        kind TEXT NOT NULL,
        before TEXT NOT NULL,             -- JSON object; empty for a paper not seen before
        after TEXT NOT NULL
    )
    """,
    "CREATE INDEX event_run ON event (run)",
    "CREATE INDEX event_paper ON event (paper)",
)

_CITATIONS = (
    # Answers of citation graphs. No reference to paper: an answer may be imported before its paper.
    """
    CREATE TABLE told (
        paper TEXT NOT NULL,
        provider TEXT NOT NULL,
        ids TEXT NOT NULL,                -- list; empty if the graph does not list the paper
        cited_by INTEGER,                 -- anywhere; NULL if unknown
        more INTEGER NOT NULL,            -- references that were left out
        told_at TEXT NOT NULL,            -- since when the graph gives this answer
        asked_at TEXT NOT NULL,           -- when it was last queried
        digest BLOB NOT NULL,             -- SHA-256 of the answer
        PRIMARY KEY (paper, provider)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE citation (
        citing TEXT NOT NULL,
        provider TEXT NOT NULL,
        place INTEGER NOT NULL,           -- in the graph's order, from 0
        cited TEXT NOT NULL,              -- list of ids, strongest first
        title TEXT NOT NULL,
        authors TEXT NOT NULL,
        year INTEGER,
        PRIMARY KEY (citing, provider, place),
        FOREIGN KEY (citing, provider) REFERENCES told (paper, provider) ON DELETE CASCADE
    ) WITHOUT ROWID
    """,
)

_STEERING = (
    # No reference to papers or themes: a decision remains while its subject is not in the survey.
    """
    CREATE TABLE decision (
        number INTEGER PRIMARY KEY,
        content TEXT NOT NULL             -- the decision as its line in the dump
    )
    """,
    # Papers that an assignment moved; a log, like the events, and not part of the dump.
    """
    CREATE TABLE move (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        paper TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        reason TEXT NOT NULL,
        detail TEXT NOT NULL
    )
    """,
)

_STANDARD_NAMES = (
    "ALTER TABLE told RENAME TO citation_record",
    "ALTER TABLE citation_record RENAME COLUMN told_at TO answered_at",
    "ALTER TABLE fact RENAME TO setting",
    "ALTER TABLE wanted RENAME TO pending",
    "ALTER TABLE paper RENAME COLUMN as_of TO datestamp",
    "ALTER TABLE paper RENAME COLUMN carried TO field_provenance",
    "ALTER TABLE version_text RENAME COLUMN carried TO field_provenance",
    # Within JSON text a quote is escaped, so that this matches names of fields alone.
    """
    UPDATE paper SET field_provenance = replace(field_provenance, '["as_of",', '["datestamp",')
    WHERE instr(field_provenance, '["as_of",')
    """,
)

_NAMES = (
    # Names of papers beside their ids: DOIs, former ids, and ids by title, year and first author.
    "CREATE TABLE paper_name (name TEXT PRIMARY KEY, paper TEXT NOT NULL REFERENCES paper (id) ON DELETE CASCADE)",
    "CREATE INDEX paper_name_paper ON paper_name (paper)",
    """
    INSERT OR IGNORE INTO paper_name SELECT 'doi:' || lower(doi), id FROM paper WHERE doi LIKE '10.%'
    AND doi NOT LIKE '10.48550/%' AND 'doi:' || lower(doi) NOT IN (SELECT id FROM paper) ORDER BY id
    """,
    # An entry of a file had the id of its key; a record of today has the id of its title, year and first author.
    """
    INSERT OR IGNORE INTO paper_name SELECT fallback_name(title, published, authors) AS name, id FROM paper
    WHERE (id LIKE 'bib:%' OR id LIKE 'ris:%' OR id LIKE 'title:%' OR instr(id, ':') = 0)
    AND id NOT GLOB '[0-9]*.[0-9]*' AND id NOT GLOB '[a-z]*/[0-9]*' AND name NOT IN (SELECT id FROM paper) ORDER BY id
    """,
    "ALTER TABLE paper ADD COLUMN authority INTEGER NOT NULL DEFAULT 0",
    "UPDATE paper SET authority = 1 WHERE datestamp IS NOT NULL",
)

_CHECKSUMS = (
    # So that a damaged result of a cache is computed again, not used.
    "ALTER TABLE derived ADD COLUMN crc INTEGER",
    "UPDATE derived SET crc = crc32(value)",
    "ALTER TABLE vector ADD COLUMN crc INTEGER",
    "UPDATE vector SET crc = crc32(vector)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (*_PAPERS, *_SEARCH, *_INTAKE, *_SURVEY, *_CACHES),
    _HARVEST,
    _CITATIONS,
    _STEERING,
    _STANDARD_NAMES,
    _NAMES,
    _CHECKSUMS,
)
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
