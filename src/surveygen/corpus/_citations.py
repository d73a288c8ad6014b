"""Answers of citation graphs, one record for each paper and provider."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

import msgspec

from surveygen.corpus._papers import PAGE
from surveygen.corpus._validation import check_moment
from surveygen.corpus.database import Database, Row, touch
from surveygen.corpus.jsonl import citation_data, to_json
from surveygen.domain.citation import CitationRecord, CitedWork
from surveygen.domain.paper import PaperId


class CitationTable:
    """Citation records by paper and provider; `store.citations`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, records: Iterable[CitationRecord], *, at: str) -> int:
        """Store answers that a graph gave at time `at`; return how many are new or different.

        An answer equal to the stored one keeps its date; only the date of the last query is updated.
        """
        records = tuple(records)
        stored = self._versions(records)
        fresh: list[CitationRecord] = []
        with self._database.transaction():
            for record in records:
                if stored.get((record.paper, record.provider), ("", b""))[1] == _digest(record):
                    self._database.run(
                        "UPDATE citation_record SET asked_at = ? WHERE paper = ? AND provider = ?",
                        (at, record.paper, record.provider),
                    )
                else:
                    self._write(record, at)
                    fresh.append(record)
            changed = [record for record in fresh if record or (record.paper, record.provider) in stored]
            if changed:
                touch(self._database, at)
        return len(changed)

    def merge(self, records: Iterable[CitationRecord], *, at: str) -> None:
        """Merge records of another store: for each paper and provider the later record wins, whole.

        Args:
            records: the records of the other store, each with its own date.
            at: the clock, ISO 8601 UTC.
        """
        records = tuple(records)
        with self._database.transaction():
            stored = self._versions(records)
            changed = False
            for record in records:
                key, version = (record.paper, record.provider), (record.at, _digest(record))
                if stored.get(key, ("", b"")) < version:
                    self._write(record, record.at)
                    stored[key] = version
                    changed = True
            if changed:
                touch(self._database, at)

    def all(self) -> Iterator[CitationRecord]:
        """Yield the records sorted by paper and provider; papers that a graph does not list are left out.

        A work that many papers cite is one object, so that memory grows with the works and not with the citations.
        """
        heads = self._database.rows(
            "SELECT paper, provider, ids, cited_by, more, answered_at FROM citation_record WHERE ids <> '[]'"
            " ORDER BY paper, provider"
        )
        works: dict[Row, CitedWork] = {}
        for start in range(0, len(heads), PAGE):
            page = heads[start : start + PAGE]
            rows = self._database.rows(
                "SELECT citing, provider, cited, title, authors, year FROM citation"
                " WHERE citing IN (SELECT value FROM json_each(?)) ORDER BY citing, provider, place",
                (to_json([head[0] for head in page]),),
            )
            references: dict[tuple[str, str], list[CitedWork]] = defaultdict(list)
            for row in rows:
                with self._database.reading("citation", f"{row[0]} {row[1]}"):
                    work = works.get(row[2:]) or msgspec.convert(
                        dict(zip(("ids", "title", "authors", "year"), (json.loads(row[2]), *row[3:]), strict=True)),
                        CitedWork,
                    )
                    references[row[0], row[1]].append(works.setdefault(row[2:], work))
            for paper, provider, ids, cited_by, more, at in page:
                with self._database.reading("citation_record", f"{paper} {provider}"):
                    check_moment("answered_at", at)
                    data = {"paper": paper, "provider": provider, "ids": json.loads(ids), "at": at}
                    record = msgspec.convert(data | {"cited_by": cited_by, "more": more}, CitationRecord)
                yield replace(record, references=tuple(references[paper, provider]))

    def last_asked(self, provider: str) -> dict[PaperId, str]:
        """Return when a graph was last queried for each paper, ISO 8601 UTC; includes papers that it does not list."""
        sql = "SELECT paper, asked_at FROM citation_record WHERE provider = ?"
        rows = self._database.typed_rows(tuple[PaperId, str], "citation_record", sql, (provider,))
        return dict(rows)

    def _versions(self, records: Iterable[CitationRecord]) -> dict[tuple[str, str], tuple[str, bytes]]:
        """Return date and digest of the stored records of the same papers, by paper and provider."""
        rows = self._database.rows(
            "SELECT paper, provider, answered_at, digest FROM citation_record"
            " WHERE paper IN (SELECT value FROM json_each(?))",
            (to_json(sorted({record.paper for record in records})),),
        )
        return {(row[0], row[1]): (row[2], row[3]) for row in rows}

    def _write(self, record: CitationRecord, at: str) -> None:
        key = (record.paper, record.provider)
        self._database.run("DELETE FROM citation_record WHERE paper = ? AND provider = ?", key)
        self._database.run(
            "INSERT INTO citation_record (paper, provider, ids, cited_by, more, answered_at, asked_at, digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*key, to_json(record.ids), record.cited_by, record.more, at, at, _digest(record)),
        )
        self._database.run_many(
            "INSERT INTO citation (citing, provider, place, cited, title, authors, year) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (*key, place, to_json(work.ids), work.title, work.authors, work.year)
                for place, work in enumerate(record.references)
            ),
        )


def _digest(record: CitationRecord) -> bytes:
    content = {key: value for key, value in citation_data(record).items() if key != "at"}
    return hashlib.sha256(to_json(content).encode()).digest()
