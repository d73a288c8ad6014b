"""Keep what language models answered, so that nothing is paid for twice."""

from __future__ import annotations

import threading
from pathlib import Path

from surveygen.corpus._database import Database
from surveygen.corpus._schema import ANSWERS
from surveygen.domain.llm import LlmResponse
from surveygen.errors import CorpusError


class LlmCache:
    """One SQLite file beside the store: answers by content key, committed as they come; safe between threads.

    Raises:
        CorpusError: from every method, whenever SQLite cannot do it.
    """

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusError(f"{path}: {error.strerror}", "check the path and its permissions") from error
        self._lock = threading.Lock()
        self._database = Database(path, ANSWERS, threads=True)

    def get(self, key: str) -> LlmResponse | None:
        """Return the answer of a key, None if it was never given."""
        with self._lock:
            rows = self._database.rows(
                "SELECT text, cut, input_tokens, output_tokens FROM answer WHERE key = ?", (key,)
            )
        return LlmResponse(rows[0][0], bool(rows[0][1]), rows[0][2], rows[0][3]) if rows else None

    def put(self, key: str, model: str, answer: LlmResponse) -> None:
        """Keep an answer; it is on disk when this returns."""
        with self._lock, self._database.transaction():
            self._database.run(
                "INSERT OR REPLACE INTO answer (key, model, text, cut, input_tokens, output_tokens)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (key, model, answer.text, answer.cut, answer.input_tokens, answer.output_tokens),
            )

    def totals(self, model: str) -> tuple[int, int, int]:
        """Return answers, input tokens and output tokens of a model since the file was made."""
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
