"""Cache of language model responses in an SQLite file."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from surveygen.corpus.database import DamagedError, Database, Schema
from surveygen.domain.llm import LlmResponse
from surveygen.errors import CorpusError

_log = logging.getLogger(__name__)
_SCHEMA = Schema(
    0x73727661,  # "srva"
    (
        (
            """
            CREATE TABLE answer (
                key TEXT PRIMARY KEY,
                model TEXT NOT NULL,
                text TEXT NOT NULL,
                cut INTEGER NOT NULL,
                input_tokens INTEGER NOT NULL,
                output_tokens INTEGER NOT NULL
            ) WITHOUT ROWID
            """,
        ),
    ),
)


class LlmCache:
    """One SQLite file beside the store: responses by content key, committed as they come; safe between threads.

    A damaged file is set aside as NAME.damaged, with a warning, and a new one is begun.

    Raises:
        CorpusError: from every method, whenever SQLite fails.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusError(f"{path}: {error.strerror}", "check the path and its permissions") from error
        self._lock = threading.Lock()
        try:
            self._database = _open(path)
        except DamagedError as error:
            _set_aside(path)
            _log.warning("%s: its answers are requested again, and it is kept as %s.damaged", error.message, path.name)
            self._database = _open(path)

    def get(self, key: str) -> LlmResponse | None:
        """Return the response of a key, None if there is none or it is damaged."""
        sql = "SELECT text, cut, input_tokens, output_tokens FROM answer WHERE key = ?"
        try:
            with self._lock:
                rows = self._database.typed_rows(tuple[str, int, int, int], "answer", sql, (key,))
        except DamagedError:
            return None
        return LlmResponse(rows[0][0], bool(rows[0][1]), rows[0][2], rows[0][3]) if rows else None

    def put(self, key: str, model: str, response: LlmResponse) -> None:
        """Store a response; it is on disk when this returns."""
        with self._lock, self._database.transaction():
            self._database.run(
                "INSERT OR REPLACE INTO answer (key, model, text, cut, input_tokens, output_tokens)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (key, model, response.text, response.cut, response.input_tokens, response.output_tokens),
            )

    def totals(self, model: str) -> tuple[int, int, int]:
        """Return the responses, input tokens and output tokens of a model since the file was created."""
        with self._lock:
            rows = self._database.rows(
                "SELECT count(*), coalesce(sum(input_tokens), 0), coalesce(sum(output_tokens), 0)"
                " FROM answer WHERE model = ?",
                (model,),
            )
        return rows[0][0], rows[0][1], rows[0][2]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()


def _open(path: Path) -> Database:
    """Open the file.

    Raises:
        DamagedError: it is damaged.
    """
    database = Database(path, _SCHEMA, threads=True)
    try:
        verdict = database.value("PRAGMA quick_check(1)")
        if verdict == "ok":
            return database
    except DamagedError as error:
        verdict = error.message
    database.close()
    raise DamagedError(f"{path} is damaged: {verdict}", file=str(path))


def _set_aside(path: Path) -> None:
    try:
        for ending in ("", "-wal", "-shm"):
            part = path.with_name(path.name + ending)
            if part.exists():
                part.replace(path.with_name(f"{path.name}.damaged{ending}"))
    except OSError as error:
        raise CorpusError(f"{path}: {error.strerror}", "delete the file", file=str(path)) from error
