"""Figures of papers with their images, one for each version."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from surveygen.corpus._validation import MAX_VERSION, check_characters, check_id, check_moment, check_text
from surveygen.corpus.database import Database, Row, touch
from surveygen.domain.figure import FigureRecord, read_image

_COLUMNS = (
    *("paper", "version", "status", "url", "at", "license", "figure", "label", "caption", "element"),
    *("media_type", "width", "height", "sha256", "reason"),
)
_SELECT = (
    "SELECT paper, version, status, url, at, license, figure, label, caption, element, media_type, width, height,"
    " sha256, reason FROM figure"
)
_INSERT = (
    "INSERT OR REPLACE INTO figure (paper, version, status, url, at, license, figure, label, caption, element,"
    " media_type, width, height, sha256, reason, image) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_MAX_WORDS = 1000  # characters of an address, an id or a label


class FigureTable:
    """Figures by paper and version; `store.figures`.

    An image is immutable: once one is stored for a version, no other takes its place.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def records(self) -> tuple[FigureRecord, ...]:
        """Return what is known of all versions, sorted by paper and version; no image is read for it."""
        return tuple(map(self._record, self._database.rows(f"{_SELECT} ORDER BY paper, version")))

    def image(self, sha256: str) -> bytes | None:
        """Return an image by its SHA-256, None if it is not stored or damaged."""
        rows = self._database.rows("SELECT image FROM figure WHERE sha256 = ? LIMIT 1", (sha256,))
        image = rows[0][0] if rows else None
        return image if isinstance(image, bytes) and hashlib.sha256(image).hexdigest() == sha256 else None

    def put(self, record: FigureRecord, image: bytes = b"") -> FigureRecord:
        """Store a figure with its image, or why it has none; return the record with what the image says of itself.

        An image that cannot be used is refused with the reason.
        """
        if record.status == "fetched":
            try:
                record = _with_image(record, image)
            except ValueError as error:
                record, image = replace(record, status="refused", reason=str(error)), b""
        with self._database.transaction():
            if self._merge(record, image) and record.status == "fetched":
                touch(self._database, record.at)
        return record

    def merge(self, figures: Iterable[tuple[FigureRecord, bytes]], *, at: str) -> None:
        """Merge figures of another store, in any order: of each version the one that was fetched first is stored."""
        with self._database.transaction():
            if [record for record, image in figures if self._merge(record, image)]:
                touch(self._database, at)

    def stored(self) -> Iterator[tuple[FigureRecord, bytes]]:
        """Yield the figures of a dump with their images, one at a time; damaged ones are left out."""
        for record in self.records():
            if record.status == "fetched" and (image := self.image(record.sha256)) is not None:
                yield record, image

    def _merge(self, record: FigureRecord, image: bytes) -> bool:
        rows = self._database.rows(f"{_SELECT} WHERE paper = ? AND version = ?", (record.paper, record.version))
        stored = self._record(rows[0]) if rows else None
        is_whole = stored is not None and (stored.status != "fetched" or self.image(stored.sha256) is not None)
        if stored is not None and is_whole and _rank(stored) <= _rank(record):
            return False
        self._database.run(_INSERT, (*(getattr(record, name) for name in _COLUMNS), image or None))
        return True

    def _record(self, row: Row) -> FigureRecord:
        with self._database.reading("figure", f"{row[0]}v{row[1]}"):
            return msgspec.convert(dict(zip(_COLUMNS, row, strict=True)), FigureRecord)


def figure_data(record: FigureRecord, image: bytes) -> dict[str, object]:
    """Return a figure as its line in a dump; empty values are left out."""
    fields = {name: value for name in _COLUMNS if (value := getattr(record, name))}
    return fields | {"image": base64.b64encode(image).decode()}


def figure_of(data: Mapping[str, Any]) -> tuple[FigureRecord, bytes]:
    """Read what `figure_data` wrote.

    Raises:
        ValueError: a key is missing or has a value of another type or out of bounds, the image is not the one that the
            record describes, or its license does not permit to show it.
    """
    record = msgspec.convert({name: value for name, value in data.items() if name != "image"}, FigureRecord)
    image = base64.b64decode(str(data["image"]), validate=True)
    check_id("paper", record.paper)
    check_moment("at", record.at)
    if not 1 <= record.version <= MAX_VERSION:
        raise ValueError(f"version: {record.version} is not a number from 1 to {MAX_VERSION}")
    for name in ("url", "license", "figure", "label", "element", "reason"):
        text = getattr(record, name)
        if len(text) > _MAX_WORDS:
            raise ValueError(f"{name}: longer than {_MAX_WORDS} characters")
        check_characters(name, text)
    check_text("caption", record.caption)
    if not record.is_shown or _with_image(record, image) != record:
        raise ValueError("figure: the license does not permit to show it, or the image is another one")
    return record, image


def _with_image(record: FigureRecord, image: bytes) -> FigureRecord:
    found = read_image(image)
    return replace(
        record,
        media_type=found.media_type,
        width=found.width,
        height=found.height,
        sha256=hashlib.sha256(image).hexdigest(),
    )


def _rank(record: FigureRecord) -> tuple[bool, str, str]:
    """Return the place among all that is known of one version: the lowest is stored, whatever came first."""
    return record.status != "fetched", record.at, record.sha256
