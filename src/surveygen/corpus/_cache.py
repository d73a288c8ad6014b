"""The cache of a store: vectors and derived results by content key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surveygen.corpus.database import DamagedError, Database, Parameters, crc32
from surveygen.corpus.jsonl import to_json

_STORED = np.dtype("<f2")
_CHUNK = 1000  # keys a query


class CacheTable:
    """Results that can be computed again; `store.cache`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, kind: str, key: str) -> str | None:
        """Return the JSON text cached for a content key, None if there is none or it is damaged."""
        rows = self._intact("SELECT key, value, crc FROM derived WHERE kind = ? AND key = ?", (kind, key))
        return next((value for _, value in rows if isinstance(value, str)), None)

    def put(self, kind: str, key: str, value: str, *, slot: str) -> None:
        """Cache JSON text by content key; a slot of a kind holds one value, and a new value replaces the old one."""
        with self._database.transaction():
            self._database.run(
                "INSERT OR REPLACE INTO derived (kind, slot, key, value, crc) VALUES (?, ?, ?, ?, ?)",
                (kind, slot, key, value, crc32(value)),
            )

    def vectors(self, keys: Sequence[str], encoder: str) -> dict[str, NDArray[np.float32]]:
        """Return an encoder's cached vectors, each `(d,)` float32, by text hash.

        Hashes without a vector, or with a damaged one, are left out.
        """
        vectors: dict[str, NDArray[np.float32]] = {}
        distinct = sorted(set(keys))
        for start in range(0, len(distinct), _CHUNK):
            rows = self._intact(
                "SELECT text_hash, vector, crc FROM vector"
                " WHERE encoder = (SELECT id FROM encoder WHERE fingerprint = ?)"
                " AND text_hash IN (SELECT value FROM json_each(?))",
                (encoder, to_json(distinct[start : start + _CHUNK])),
            )
            vectors |= {
                key: np.frombuffer(blob, _STORED).astype(np.float32)
                for key, blob in rows
                if isinstance(blob, bytes) and len(blob) % _STORED.itemsize == 0
            }
        return vectors

    def _intact(self, sql: str, parameters: Parameters) -> list[tuple[str, object]]:
        """Return key and value of the rows whose checksum is right; none if the table itself is damaged."""
        try:
            rows = self._database.rows(sql, parameters)
        except DamagedError:
            return []
        return [(key, value) for key, value, checksum in rows if checksum == crc32(value)]

    def put_vectors(self, keys: Sequence[str], vectors: NDArray[np.float32], encoder: str) -> None:
        """Cache vectors at float16 precision.

        Args:
            keys: hashes of the texts.
            vectors: `(len(keys), d)` float32.
            encoder: its fingerprint.

        Raises:
            ValueError: the numbers of keys and rows differ.
        """
        if vectors.ndim != 2 or vectors.shape[0] != len(keys):
            raise ValueError(f"{len(keys)} keys for vectors of shape {vectors.shape}")
        halves = vectors.astype(_STORED)
        with self._database.transaction():
            self._database.run("INSERT OR IGNORE INTO encoder (fingerprint) VALUES (?)", (encoder,))
            number = self._database.value("SELECT id FROM encoder WHERE fingerprint = ?", (encoder,))
            self._database.run_many(
                "INSERT OR REPLACE INTO vector (encoder, text_hash, vector, crc) VALUES (?, ?, ?, ?)",
                (
                    (number, key, data, crc32(data))
                    for key, half in zip(keys, halves, strict=True)
                    for data in [half.tobytes()]
                ),
            )
