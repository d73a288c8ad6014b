"""Papers as rows of the tables, and back."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import get_args

from surveygen.corpus._database import Database, Row
from surveygen.corpus._history import PaperHistory
from surveygen.corpus._jsonl import content_data, paper_data, to_json
from surveygen.domain.paper import Author, Paper, PaperId, PaperVersion, PendingPaper, Status

PAGE = 500  # papers read at a time: about 1 MB
MAX_INTEGER = 2**63 - 1  # https://www.sqlite.org/datatype3.html


def pages(database: Database, status: Collection[Status] | None = None) -> Iterator[PaperHistory]:
    """Yield papers sorted by id, a page at a time, so that memory stays flat and the store may be written between."""
    statuses = to_json(sorted(get_args(Status) if status is None else status))
    last = ""
    # The plus keeps SQLite from walking the index of statuses anew for each page.
    while found := database.rows(
        "SELECT id FROM paper WHERE id > ? AND +status IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?",
        (last, statuses, PAGE),
    ):
        ids = [PaperId(row[0]) for row in found]
        histories = load(database, ids)
        yield from (histories[paper] for paper in ids)
        last = ids[-1]


def load(database: Database, ids: Iterable[PaperId]) -> dict[PaperId, PaperHistory]:
    """Read some papers; those not known are left out."""
    wanted = (to_json(sorted(ids)),)
    versions: dict[str, list[PaperVersion]] = defaultdict(list)
    for paper, n, submitted_at, size_kb, flags in database.rows(
        "SELECT paper, n, submitted_at, size_kb, flags FROM version "
        "WHERE paper IN (SELECT value FROM json_each(?)) ORDER BY paper, n",
        wanted,
    ):
        versions[paper].append(PaperVersion(n, submitted_at, size_kb, flags))
    texts: dict[str, list[Paper]] = defaultdict(list)
    for row in database.rows(
        "SELECT paper, n, title, abstract, abstract_kind, comment, updated, carried FROM version_text "
        "WHERE paper IN (SELECT value FROM json_each(?)) ORDER BY paper, n",
        wanted,
    ):
        texts[row[0]].append(_text_of(row))
    papers = database.rows(
        "SELECT id, title, abstract, authors, affiliations, version, published, updated, categories, primary_category,"
        " doi, journal_ref, comment, license, url, status, abstract_kind, as_of, extra, carried FROM paper "
        "WHERE id IN (SELECT value FROM json_each(?))",
        wanted,
    )
    return {row[0]: PaperHistory(_paper_of(row, versions[row[0]]), tuple(texts[row[0]])) for row in papers}


def save(database: Database, histories: Sequence[PaperHistory]) -> None:
    """Write papers over what is stored of them; belongs in a transaction."""
    ids = [(history.paper.id,) for history in histories]
    database.run_many(_SAVE_PAPER, (_paper_row(history) for history in histories))
    database.run_many("DELETE FROM version WHERE paper = ?", ids)
    database.run_many(
        "INSERT INTO version (paper, n, submitted_at, size_kb, flags) VALUES (?, ?, ?, ?, ?)",
        (
            (history.paper.id, version.n, version.submitted_at, version.size_kb, version.flags)
            for history in histories
            for version in history.paper.versions
        ),
    )
    database.run_many("DELETE FROM version_text WHERE paper = ?", ids)
    database.run_many(
        "INSERT INTO version_text (paper, n, title, abstract, abstract_kind, comment, updated, carried)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (_text_row(text) for history in histories for text in history.texts),
    )


def why_not_storable(record: PaperHistory | PendingPaper) -> str:
    """Say why SQLite cannot hold a record; empty if it can."""
    data: dict[str, object] = {}
    if isinstance(record, PendingPaper):
        numbers, data = [record.version or 0], {"id": record.id}
    else:
        listed = (number for version in record.paper.versions for number in (version.n, version.size_kb))
        numbers, data = [record.paper.version, *listed], paper_data(record)
    if max(map(abs, numbers)) > MAX_INTEGER:
        return f"a number is larger than {MAX_INTEGER}"
    try:
        to_json(data).encode()
    except UnicodeEncodeError as error:
        return f"half a surrogate pair in the text: {error.object[error.start : error.end]!a}"
    return ""


# In the order in which `load` asks for them.
_PAPER_COLUMNS = (
    *("id", "title", "abstract", "authors", "affiliations", "version", "published", "updated", "categories"),
    *("primary_category", "doi", "journal_ref", "comment", "license", "url", "status", "abstract_kind", "as_of"),
    *("extra", "carried"),
)
_TEXT_COLUMNS = ("id", "version", "title", "abstract", "abstract_kind", "comment", "updated", "carried")
_SAVE_PAPER = """
    INSERT INTO paper (
        id, title, abstract, authors, affiliations, version, published, updated, categories, primary_category, doi,
        journal_ref, comment, license, url, status, abstract_kind, as_of, extra, carried, digest
    ) VALUES (
        :id, :title, :abstract, :authors, :affiliations, :version, :published, :updated, :categories,
        :primary_category, :doi, :journal_ref, :comment, :license, :url, :status, :abstract_kind, :as_of, :extra,
        :carried, :digest
    ) ON CONFLICT (id) DO UPDATE SET
        title = :title, abstract = :abstract, authors = :authors, affiliations = :affiliations, version = :version,
        published = :published, updated = :updated, categories = :categories, primary_category = :primary_category,
        doi = :doi, journal_ref = :journal_ref, comment = :comment, license = :license, url = :url, status = :status,
        abstract_kind = :abstract_kind, as_of = :as_of, extra = :extra, carried = :carried, digest = :digest
"""


def _paper_row(history: PaperHistory) -> dict[str, object]:
    paper = history.paper
    affiliations = [author.affiliations for author in paper.authors]
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": to_json([author.name for author in paper.authors]),
        "affiliations": to_json(affiliations if any(affiliations) else []),
        "version": paper.version,
        "published": paper.published,
        "updated": paper.updated,
        "categories": to_json(paper.categories),
        "primary_category": paper.primary_category,
        "doi": paper.doi,
        "journal_ref": paper.journal_ref,
        "comment": paper.comment,
        "license": paper.license,
        "url": paper.url,
        "status": paper.status,
        "abstract_kind": paper.abstract_kind,
        "as_of": paper.as_of,
        "extra": to_json(paper.extra),
        "carried": to_json(paper.carried),
        "digest": hashlib.sha256(to_json(content_data(history)).encode()).digest(),
    }


def _paper_of(row: Row, versions: Sequence[PaperVersion]) -> Paper:
    fields = dict(zip(_PAPER_COLUMNS, row, strict=True))
    names, affiliations = json.loads(fields["authors"]), json.loads(fields.pop("affiliations"))
    own = map(tuple, affiliations or [()] * len(names))
    return Paper(
        **fields
        | {
            "authors": tuple(map(Author, names, own)),
            "versions": tuple(versions),
            "categories": tuple(json.loads(fields["categories"])),
            "extra": _tuples(fields["extra"]),
            "carried": _tuples(fields["carried"]),
        }
    )


def _text_row(text: Paper) -> Row:
    words = (text.title, text.abstract, text.abstract_kind, text.comment)
    return (text.id, text.version, *words, text.updated, to_json(text.carried))


def _text_of(row: Row) -> Paper:
    fields = dict(zip(_TEXT_COLUMNS, row, strict=True))
    return Paper(**fields | {"carried": _tuples(fields["carried"])})


def _tuples(text: str) -> tuple[Row, ...]:
    return tuple(tuple(item) for item in json.loads(text))
