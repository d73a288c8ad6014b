"""Full texts of papers: their sources, pages and units."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from typing import Any, get_args

import msgspec

from surveygen.corpus._runs import RawPage, archive
from surveygen.corpus._validation import MAX_VERSION, check_characters, check_id, check_moment, check_text
from surveygen.corpus.database import Database, Row, touch
from surveygen.corpus.jsonl import to_json
from surveygen.domain.document import CitationMark, Document, DocumentFormat, Unit
from surveygen.domain.full_text import FullTextRecord, TextStatus
from surveygen.domain.paper import PaperId
from surveygen.domain.text import text_sha256

_LEVEL = 6  # of zlib: 19.5 kB a paper, over seven real pages of 73 kB of JSON; 19.4 kB at level 9
MAX_DOCUMENT_BYTES = 64 * 2**20  # of JSON; that of a page of the reader's limits has less
_CACHED = 32  # documents whose units stay in memory; a page has about 100 kB of text
_FORMATS: tuple[DocumentFormat, ...] = ("html", "latex", "pdf")  # that with most structure first
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")
_COLUMNS = ("paper", "version", "status", "url", "at", "sha256", "format", "converter", "license", "reason")
MAX_WORDS = 1000  # characters of an address, a license or the name of a converter
UNIT_HASH_DIGITS = 8  # at the end of the id of a unit
# Fields of a document that are columns.
_HEAD_FIELDS = ("paper", "version", "sha256", "format", "converter")
_Key = tuple[PaperId, int]


@dataclass(frozen=True, slots=True)
class PackedText:
    """A record with its document as compressed JSON; without a document both are empty."""

    record: FullTextRecord
    document: bytes = b""
    digest: bytes = b""

    @property
    def rank(self) -> tuple[int, int, str, str, bytes]:
        """The place among all that is known of one version: the lowest is stored, whatever came first."""
        record = self.record
        statuses = get_args(TextStatus)
        place = statuses.index(record.status) if self.document or record.status != "fetched" else len(statuses)
        return place, _FORMATS.index(record.format), record.at, record.sha256, self.digest


class FullTextTable:
    """Full texts by paper and version; `store.full_text`.

    A text is immutable: once the units of a version are stored, no other page of that version takes their place. Only
    a format with more structure does: a page that of a LaTeX source, and both that of a PDF. Damaged units count as
    none.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._units: dict[_Key, dict[str, Unit]] = {}

    def records(self) -> tuple[FullTextRecord, ...]:
        """Return what is known of all versions, sorted by paper and version; no text is read for it."""
        rows = self._database.rows(
            "SELECT paper, version, status, url, at, sha256, format, converter, license, reason, digest IS NOT NULL"
            " FROM full_text ORDER BY paper, version"
        )
        return tuple(self._record(row) for row in rows)

    def record(self, paper: PaperId, version: int) -> FullTextRecord | None:
        """Return what is known of one version, None if nothing is."""
        rows = self._database.rows(
            "SELECT paper, version, status, url, at, sha256, format, converter, license, reason, digest IS NOT NULL"
            " FROM full_text WHERE paper = ? AND version = ?",
            (paper, version),
        )
        return self._record(rows[0]) if rows else None

    def digests(self) -> dict[tuple[PaperId, int], str]:
        """Return the SHA-256, hexadecimal, of the stored text of each version; no text is read for it."""
        rows = self._database.rows("SELECT paper, version, hex(digest) FROM full_text WHERE digest IS NOT NULL")
        return {(paper, version): digest for paper, version, digest in rows}

    def get(self, paper: PaperId, version: int) -> Document | None:
        """Return the text of a version, None if it is not stored or damaged."""
        packed = self._packed(paper, version)
        try:
            return _document_of(packed.record, _inflated(packed.document)) if packed and packed.document else None
        except ValueError:
            return None

    def is_whole(self, paper: PaperId, version: int) -> bool:
        """Whether the text of a version is stored and as it was written."""
        packed = self._packed(paper, version)
        return packed is not None and bool(packed.document)

    def unit(self, paper: PaperId, version: int, name: str) -> Unit | None:
        """Return one unit of a version by its id, None if it is not stored or damaged."""
        key = (paper, version)
        if key not in self._units:
            document = self.get(paper, version)
            if len(self._units) >= _CACHED:
                self._units.pop(next(iter(self._units)))
            self._units[key] = {} if document is None else {unit.id: unit for unit in document.all_units()}
        return self._units[key].get(name)

    def page(self, paper: PaperId, version: int) -> bytes | None:
        """Return the page or file as it came, None if it is not stored or damaged."""
        rows = self._database.rows(
            "SELECT body, full_text.sha256 FROM raw_page JOIN full_text USING (sha256, url)"
            " WHERE paper = ? AND version = ?",
            (paper, version),
        )
        try:
            body = zlib.decompress(rows[0][0]) if rows else None
        except (zlib.error, TypeError):
            return None
        return body if body is not None and hashlib.sha256(body).hexdigest() == rows[0][1] else None

    def damaged(self) -> tuple[FullTextRecord, ...]:
        """Return the records whose units cannot be read; every text is read for it."""
        return tuple(
            record for record in self.records() if record.is_read and self.get(record.paper, record.version) is None
        )

    def put_record(self, record: FullTextRecord) -> None:
        """Store what became of a request; units that are stored, and can be read, stay."""
        with self._database.transaction():
            self._put_record(record)

    def put_page(self, record: FullTextRecord, page: RawPage) -> FullTextRecord:
        """Store a page that is to be read, with its record, in one transaction; return the record with its SHA-256."""
        record = replace(record, status="fetched", sha256=hashlib.sha256(page.body).hexdigest())
        with self._database.transaction():
            archive(self._database, page)
            self._put_record(record)
        return record

    def _put_record(self, record: FullTextRecord) -> None:
        if not self.is_whole(record.paper, record.version):
            self._write(PackedText(replace(record, is_read=False)))

    def put_document(
        self, document: Document, record: FullTextRecord, *, page: RawPage | None = None, keep_page: bool = True
    ) -> bool:
        """Store the units of a version; return whether they are new.

        Args:
            document: the text.
            record: its source; what the document says itself goes before it.
            page: to store with a text that is new, unless it is there already.
            keep_page: whether the page stays in the store.

        Raises:
            ValueError: the document is too large, or does not keep to its own rules.
        """
        head: dict[str, Any] = {name: getattr(document, name) for name in _HEAD_FIELDS}
        record = replace(record, **head, status="fetched", reason="", is_read=True)
        _check_record(record)
        packed = _pack(record, document_data(document))
        with self._database.transaction():
            is_new = self._merge(packed)
            if is_new and page is not None:
                archive(self._database, page)
            if is_new:
                touch(self._database, record.at)
            if not keep_page:
                self._database.run("DELETE FROM raw_page WHERE sha256 = ? AND url = ?", (record.sha256, record.url))
        return is_new

    def packed(self) -> Iterator[PackedText]:
        """Yield all records of a dump: texts that can be read, and versions without a page; one at a time."""
        for record in self.records():
            if record.status == "none":
                yield PackedText(record)
            elif record.is_read and (packed := self._packed(record.paper, record.version)) and packed.document:
                yield packed

    def merge(self, texts: Iterable[PackedText], *, at: str) -> None:
        """Merge texts of another store, in any order: of each version the one of the lowest rank is stored."""
        with self._database.transaction():
            new = [packed for packed in texts if self._merge(packed)]
            if any(packed.document for packed in new):
                touch(self._database, at)

    def counts(self) -> dict[str, int]:
        """Return the numbers of texts, of pages to be read, and of versions without a page and with a failed one."""
        rows = self._database.rows(
            "SELECT total(digest IS NOT NULL), total(status = 'fetched' AND digest IS NULL), total(status = 'none'),"
            " total(status = 'failed') FROM full_text"
        )
        return dict(zip(("read", "unread", "none", "failed"), map(int, rows[0]), strict=True))

    def _merge(self, packed: PackedText) -> bool:
        stored = self._packed(packed.record.paper, packed.record.version)
        is_new = stored is None or packed.rank < stored.rank
        if is_new:
            self._write(packed)
        return is_new

    def _write(self, packed: PackedText) -> None:
        record = packed.record
        self._units.pop((record.paper, record.version), None)
        self._database.run(
            "INSERT OR REPLACE INTO full_text (paper, version, status, url, at, sha256, format, converter, license,"
            " reason, digest, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*(getattr(record, name) for name in _COLUMNS), packed.digest or None, packed.document or None),
        )

    def _packed(self, paper: PaperId, version: int) -> PackedText | None:
        """Return what is stored of a version; without a document if that is damaged."""
        rows = self._database.rows(
            "SELECT paper, version, status, url, at, sha256, format, converter, license, reason, digest, document"
            " FROM full_text WHERE paper = ? AND version = ?",
            (paper, version),
        )
        if not rows:
            return None
        *head, digest, document = rows[0]
        record = self._record((*head, digest is not None))
        is_whole = isinstance(document, bytes) and hashlib.sha256(_inflated(document)).digest() == digest
        return PackedText(record, document, digest) if is_whole else PackedText(record)

    def _record(self, row: Row) -> FullTextRecord:
        *head, is_read = row
        with self._database.reading("full_text", f"{row[0]}v{row[1]}"):
            data = dict(zip(_COLUMNS, head, strict=True)) | {"is_read": bool(is_read)}
            return msgspec.convert(data, FullTextRecord)


def full_text_data(packed: PackedText) -> dict[str, object]:
    """Return a full text as its line in a dump; empty values are left out."""
    record = {name: value for name in _COLUMNS if (value := getattr(packed.record, name))}
    return record | ({"document": json.loads(_inflated(packed.document))} if packed.document else {})


def full_text_of(data: Mapping[str, Any]) -> PackedText:
    """Read what `full_text_data` wrote.

    Raises:
        ValueError: a key is missing or has a value of another type or out of bounds, or a document does not keep to its
            own rules: ids of units hold the hash of their text, marks lie in it and name references that exist.
    """
    head = {name: value for name, value in data.items() if name != "document"}
    record = msgspec.convert(head | {"is_read": "document" in data}, FullTextRecord)
    if record.is_read != (record.status == "fetched") or record.status == "failed":
        raise ValueError("full_text: neither a text nor a version without a page")
    _check_record(record)
    return _pack(record, data["document"]) if record.is_read else PackedText(record)


def document_data(document: Document) -> dict[str, object]:
    """Return a document as JSON has it, without its head and without values that are defaults."""
    data = msgspec.convert(_compact(document), dict[str, object])
    return {name: value for name, value in data.items() if name not in _HEAD_FIELDS}


def _compact(value: object) -> object:
    if is_dataclass(value):
        pairs = ((item, getattr(value, item.name)) for item in fields(value))
        return {item.name: _compact(own) for item, own in pairs if item.default is MISSING or own != item.default}
    return [_compact(item) for item in value] if isinstance(value, tuple) else value


def _pack(record: FullTextRecord, data: object) -> PackedText:
    """Compress a document, once it is known that it can be read again.

    Raises:
        ValueError: it is too large, or does not keep to its own rules.
    """
    text = to_json(data).encode()
    if len(text) > MAX_DOCUMENT_BYTES:
        raise ValueError(f"document: {len(text)} bytes, more than {MAX_DOCUMENT_BYTES}")
    _check_document(_document_of(record, text))
    return PackedText(record, zlib.compress(text, _LEVEL), hashlib.sha256(text).digest())


def _document_of(record: FullTextRecord, text: bytes) -> Document:
    data = msgspec.json.decode(text, type=dict[str, object])
    return msgspec.convert(data | {name: getattr(record, name) for name in _HEAD_FIELDS}, Document)


def _inflated(packed: bytes) -> bytes:
    """Return the JSON of a document, empty if it is damaged."""
    try:
        return zlib.decompressobj().decompress(packed, MAX_DOCUMENT_BYTES)
    except zlib.error:
        return b""


def _check_record(record: FullTextRecord) -> None:
    check_id("paper", record.paper)
    check_moment("at", record.at)
    if not 1 <= record.version <= MAX_VERSION:
        raise ValueError(f"version: {record.version} is not a number from 1 to {MAX_VERSION}")
    if bool(_SHA256.match(record.sha256)) != record.is_read:
        raise ValueError(f"sha256: {record.sha256!a:.80} is not that of a page")
    for name in ("url", "converter", "license"):
        if len(text := getattr(record, name)) > MAX_WORDS:
            raise ValueError(f"{name}: longer than {MAX_WORDS} characters")
        check_characters(name, text)


def _check_document(document: Document) -> None:
    references = {reference.id for reference in document.references}
    sections = {section.id for section in document.sections}
    names: set[str] = set()
    for unit in document.all_units():
        check_characters("unit", unit.id)
        if unit.id in names or unit.section not in sections:
            raise ValueError(f"unit {unit.id}: stands there twice, or in no section")
        names.add(unit.id)
        if not unit.id.endswith(f"-{text_sha256(unit.text)[:UNIT_HASH_DIGITS]}"):
            raise ValueError(f"unit {unit.id}: its text is another one")
        _check_marks(unit.id, unit.text, unit.marks, references)
    for table in document.tables:
        if len({len(row) for row in table.rows}) > 1:
            raise ValueError(f"table {table.id}: rows of different lengths")
        for cell in (cell for row in table.rows for cell in row):
            _check_marks(table.id, cell.text, cell.marks, references)


def _check_marks(name: str, text: str, marks: tuple[CitationMark, ...], references: set[str]) -> None:
    check_text(name, text)
    for mark in marks:
        if not 0 <= mark.start <= mark.end <= len(text) or not references.issuperset(mark.references):
            raise ValueError(f"{name}: a citation is outside the text, or of no reference")
