"""What citation graphs told, by paper and graph."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from itertools import groupby

from surveygen.corpus._database import Database, Row
from surveygen.corpus._intake import touch
from surveygen.corpus._lines import to_json, told_data
from surveygen.domain.citation import Told, Work
from surveygen.domain.paper import PaperId


def put(database: Database, told: Iterable[Told], at: str) -> int:
    """Keep what was told just now; return how many answers are new or different.

    An answer that says what is known keeps its date, and is only noted as asked.
    """
    known = _known(database)
    fresh: list[Told] = []
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


def merge(database: Database, told: Iterable[Told], at: str) -> None:
    """Join answers of a dump: for each paper and graph the later one stays, whole; `at` is the clock."""
    with database.transaction():
        known = _known(database)
        changed = False
        for one in told:
            key = (one.paper, one.provider)
            if known.get(key, ("", b"")) < (one.at, _digest(one)):
                _write(database, one, one.at)
                known[key] = (one.at, _digest(one))
                changed = True
        if changed:
            touch(database, at)


def load(database: Database) -> Iterator[Told]:
    """Yield what the graphs know, sorted by paper and provider; papers that a graph does not know are left out."""
    heads = database.rows(
        "SELECT paper, provider, ids, cited_by, more, told_at FROM told WHERE ids <> '[]' ORDER BY paper, provider"
    )
    edges = database.rows(
        "SELECT citing, provider, cited, title, authors, year FROM citation ORDER BY citing, provider, place"
    )
    works = {key: tuple(map(_work, rows)) for key, rows in groupby(edges, key=lambda row: (row[0], row[1]))}
    for paper, provider, ids, cited_by, more, at in heads:
        cited = works.get((paper, provider), ())
        yield Told(PaperId(paper), provider, tuple(json.loads(ids)), cited_by, cited, more, at)


def asked(database: Database, provider: str) -> dict[PaperId, str]:
    """Return when a graph was last asked about each paper, ISO 8601 UTC."""
    rows = database.rows("SELECT paper, asked_at FROM told WHERE provider = ?", (provider,))
    return {PaperId(paper): at for paper, at in rows}


def _known(database: Database) -> dict[tuple[str, str], tuple[str, bytes]]:
    return {(row[0], row[1]): (row[2], row[3]) for row in database.rows(_HEADS)}


_HEADS = "SELECT paper, provider, told_at, digest FROM told"


def _write(database: Database, one: Told, at: str) -> None:
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


def _digest(one: Told) -> bytes:
    said = {key: value for key, value in told_data(one).items() if key != "at"}
    return hashlib.sha256(to_json(said).encode()).digest()


def _work(row: Row) -> Work:
    return Work(tuple(json.loads(row[2])), row[3], row[4], row[5])
