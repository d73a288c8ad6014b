"""What can be made again: vectors and derived results, by content key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from surveygen.corpus._database import Database
from surveygen.corpus._jsonl import to_json

_STORED = np.dtype("<f2")
_CHUNK = 1000  # keys a query


def vectors(database: Database, keys: Sequence[str], encoder: str) -> dict[str, NDArray[np.float32]]:
    """Return the vectors of those keys that are there, each `(d,)` float32."""
    found: dict[str, NDArray[np.float32]] = {}
    distinct = sorted(set(keys))
    for start in range(0, len(distinct), _CHUNK):
        rows = database.rows(
            "SELECT text_hash, vector FROM vector WHERE encoder = (SELECT id FROM encoder WHERE fingerprint = ?)"
            " AND text_hash IN (SELECT value FROM json_each(?))",
            (encoder, to_json(distinct[start : start + _CHUNK])),
        )
        found |= {key: np.frombuffer(blob, _STORED).astype(np.float32) for key, blob in rows}
    return found


def put_vectors(database: Database, keys: Sequence[str], rows: NDArray[np.float32], encoder: str) -> None:
    """Keep vectors, `(len(keys), d)` float32, at float16 precision.

    Raises:
        ValueError: there are not as many rows as keys.
    """
    if rows.ndim != 2 or rows.shape[0] != len(keys):
        raise ValueError(f"{len(keys)} keys for vectors of shape {rows.shape}")
    halves = rows.astype(_STORED)
    with database.transaction():
        database.run("INSERT OR IGNORE INTO encoder (fingerprint) VALUES (?)", (encoder,))
        number = database.value("SELECT id FROM encoder WHERE fingerprint = ?", (encoder,))
        database.run_many(
            "INSERT OR REPLACE INTO vector (encoder, text_hash, vector) VALUES (?, ?, ?)",
            ((number, key, half.tobytes()) for key, half in zip(keys, halves, strict=True)),
        )


def derived(database: Database, kind: str, key: str) -> str | None:
    """Return the value of a content key, None if it is not there."""
    found: str | None = database.value("SELECT value FROM derived WHERE kind = ? AND key = ?", (kind, key))
    return found


def put_derived(database: Database, kind: str, key: str, value: str, slot: str) -> None:
    """Fill the slot of a kind, in place of what was there."""
    with database.transaction():
        database.run(
            "INSERT OR REPLACE INTO derived (kind, slot, key, value) VALUES (?, ?, ?, ?)", (kind, slot, key, value)
        )
