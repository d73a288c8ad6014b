"""What citation graphs told, by paper and graph."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from surveygen.corpus._database import Database, Row
from surveygen.corpus._importer import touch
from surveygen.corpus._jsonl import to_json, told_data
from surveygen.corpus._paper_rows import PAGE
from surveygen.domain.citation import CitationRecord, CitedWork
from surveygen.domain.paper import PaperId


def put(database: Database, told: Iterable[CitationRecord], at: str) -> int:
    """Keep what was told just now; return how many answers are new or different.

    An answer that says what is known keeps its date, and is only noted as asked.
    """
    told = tuple(told)
    known = _known(database, told)
    fresh: list[CitationRecord] = []
    with database.transaction():
        for one in told:
            digest = _digest(one)
            if known.get((one.paper, one.provider), ("", b""))[1] == digest:
                database.run(
                    "UPDATE told SET asked_at = ? WHERE paper = ? AND provider = ?", (at, one.paper, one.provider)
                )
            else:
                _write(database, one, at)
                fresh.append(one)
        changed = [one for one in fresh if one or (one.paper, one.provider) in known]
        if changed:
            touch(database, at)
    return len(changed)


def merge(database: Database, told: Iterable[CitationRecord], at: str) -> None:
    """Join answers of a dump: for each paper and graph the later one stays, whole; `at` is the clock."""
    told = tuple(told)
    with database.transaction():
        known = _known(database, told)
        changed = False
        for one in told:
            key = (one.paper, one.provider)
            if known.get(key, ("", b"")) < (one.at, _digest(one)):
                _write(database, one, one.at)
                known[key] = (one.at, _digest(one))
                changed = True
        if changed:
            touch(database, at)


def load(database: Database) -> Iterator[CitationRecord]:
    """Yield what the graphs know, sorted by paper and provider; papers that a graph does not know are left out.

    A work that many papers cite is one object, so that memory grows with the works and not with the citations.
    """
    heads = database.rows(
        "SELECT paper, provider, ids, cited_by, more, told_at FROM told WHERE ids <> '[]' ORDER BY paper, provider"
    )
    known: dict[Row, CitedWork] = {}
    for start in range(0, len(heads), PAGE):
        page = heads[start : start + PAGE]
        works = _works(database, [row[0] for row in page], known)
        for paper, provider, ids, cited_by, more, at in page:
            cited = works.get((paper, provider), ())
            yield CitationRecord(PaperId(paper), provider, tuple(json.loads(ids)), cited_by, cited, more, at)


def _works(
    database: Database, papers: Sequence[str], known: dict[Row, CitedWork]
) -> dict[tuple[str, str], tuple[CitedWork, ...]]:
    """Return what some papers cite, by paper and provider; works that are not known yet are added."""
    rows = database.rows(
        "SELECT citing, provider, cited, title, authors, year FROM citation"
        " WHERE citing IN (SELECT value FROM json_each(?)) ORDER BY citing, provider, place",
        (to_json(papers),),
    )
    found: dict[tuple[str, str], tuple[CitedWork, ...]] = {}
    for key, group in groupby(rows, key=lambda row: (row[0], row[1])):
        found[key] = tuple(_work(row[2:], known) for row in group)
    return found


def asked(database: Database, provider: str) -> dict[PaperId, str]:
    """Return when a graph was last asked about each paper, ISO 8601 UTC."""
    rows = database.rows("SELECT paper, asked_at FROM told WHERE provider = ?", (provider,))
    return {PaperId(paper): at for paper, at in rows}


def _known(database: Database, told: Sequence[CitationRecord]) -> dict[tuple[str, str], tuple[str, bytes]]:
    """Return date and digest of what is stored of the papers at hand."""
    rows = database.rows(
        "SELECT paper, provider, told_at, digest FROM told WHERE paper IN (SELECT value FROM json_each(?))",
        (to_json(sorted({one.paper for one in told})),),
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _write(database: Database, one: CitationRecord, at: str) -> None:
    database.run("DELETE FROM told WHERE paper = ? AND provider = ?", (one.paper, one.provider))
    database.run(
        "INSERT INTO told (paper, provider, ids, cited_by, more, told_at, asked_at, digest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (one.paper, one.provider, to_json(one.ids), one.cited_by, one.more, at, at, _digest(one)),
    )
    database.run_many(
        "INSERT INTO citation (citing, provider, place, cited, title, authors, year) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (one.paper, one.provider, place, to_json(work.ids), work.title, work.authors, work.year)
            for place, work in enumerate(one.references)
        ),
    )


def _digest(one: CitationRecord) -> bytes:
    said = {key: value for key, value in told_data(one).items() if key != "at"}
    return hashlib.sha256(to_json(said).encode()).digest()


def _work(row: Row, known: dict[Row, CitedWork]) -> CitedWork:
    if row not in known:
        known[row] = CitedWork(tuple(json.loads(row[0])), row[1], row[2], row[3])
    return known[row]
