"""Papers of a store, their versions and what is recorded about their delivery."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import get_args

import msgspec

from surveygen.corpus._full_text import FullTextTable
from surveygen.corpus._validation import check_characters, check_date
from surveygen.corpus.database import Database, Row, storable
from surveygen.corpus.jsonl import content_data, paper_data, to_json
from surveygen.corpus.merge import PaperHistory
from surveygen.domain.full_text import TEXT_FIELD
from surveygen.domain.paper import Author, BadRecord, Paper, PaperId, PaperVersion, PendingPaper, Status, fallback_id
from surveygen.errors import CorpusError

PAGE = 500  # papers read at a time: about 1 MB
MAX_INTEGER = 2**63 - 1  # https://www.sqlite.org/datatype3.html

_PAPER_COLUMNS = (
    *("id", "title", "abstract", "authors", "affiliations", "version", "published", "updated", "categories"),
    *("primary_category", "doi", "journal_ref", "comment", "license", "url", "status", "abstract_kind", "datestamp"),
    *("extra", "field_provenance", "authority"),
)
_TEXT_COLUMNS = ("id", "version", "title", "abstract", "abstract_kind", "comment", "updated", "field_provenance")
_SAVE_PAPER = """
    INSERT INTO paper (
        id, title, abstract, authors, affiliations, version, published, updated, categories, primary_category, doi,
        journal_ref, comment, license, url, status, abstract_kind, datestamp, extra, field_provenance, authority, digest
    ) VALUES (
        :id, :title, :abstract, :authors, :affiliations, :version, :published, :updated, :categories,
        :primary_category, :doi, :journal_ref, :comment, :license, :url, :status, :abstract_kind, :datestamp, :extra,
        :field_provenance, :authority, :digest
    ) ON CONFLICT (id) DO UPDATE SET
        title = :title, abstract = :abstract, authors = :authors, affiliations = :affiliations, version = :version,
        published = :published, updated = :updated, categories = :categories, primary_category = :primary_category,
        doi = :doi, journal_ref = :journal_ref, comment = :comment, license = :license, url = :url, status = :status,
        abstract_kind = :abstract_kind, datestamp = :datestamp, extra = :extra,
        field_provenance = :field_provenance, authority = :authority, digest = :digest
"""


class PaperTable:
    """Papers, pending ids, bad records, source counts and cite keys; `store.papers`."""

    def __init__(self, database: Database, full_text: FullTextTable | None = None) -> None:
        self._database = database
        self._full_text = full_text or FullTextTable(database)

    def all(self, *, status: Collection[Status] | None = None) -> Iterator[Paper]:
        """Yield papers sorted by id, all or those of some status; memory stays flat."""
        return (history.paper for history in self.histories(status=status))

    def histories(self, *, status: Collection[Status] | None = None) -> Iterator[PaperHistory]:
        """Yield papers sorted by id, with the texts of their other versions.

        They are read a page at a time, so that memory stays flat and the store may be written in between.
        """
        # Not those of a status, so that a damaged status is found and no paper goes missing.
        others = to_json(sorted(set() if status is None else set(get_args(Status)) - set(status)))
        last = ""
        # The plus keeps SQLite from walking the index of statuses anew for each page.
        while rows := self._database.rows(
            "SELECT id FROM paper WHERE id > ? AND +status NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?",
            (last, others, PAGE),
        ):
            ids = [PaperId(row[0]) for row in rows]
            histories = self.load(ids)
            yield from (histories[paper] for paper in ids)
            last = ids[-1]

    def with_versions(self) -> Iterator[PaperHistory]:
        """Yield the papers, sorted by id, of which the texts of several versions are stored."""
        ids = [PaperId(row[0]) for row in self._database.rows("SELECT DISTINCT paper FROM version_text ORDER BY paper")]
        for start in range(0, len(ids), PAGE):
            histories = self.load(ids[start : start + PAGE])
            yield from (histories[paper] for paper in ids[start : start + PAGE])

    def get(self, paper: PaperId) -> Paper | None:
        """Return one paper, None if it is not in the store."""
        history = self.load([paper]).get(paper)
        return history.paper if history else None

    def text(self, paper: PaperId, version: int, field: str) -> str | None:
        """Return a field of evidence as it is stored for one version, None if it is not stored.

        For the paper's own version this is the field of the paper, whichever record it was merged from.

        Args:
            paper: its id.
            version: its number.
            field: "title", "abstract", "comment", or "text:" with the id of a unit of the full text.
        """
        if field.startswith(TEXT_FIELD):
            unit = self._full_text.unit(paper, version, field.removeprefix(TEXT_FIELD))
            return unit.text if unit else None
        history = self.load([paper]).get(paper)
        if history is None:
            return None
        texts = {text.version: text for text in history.texts} | {history.paper.version: history.paper}
        text = texts.get(version)
        fields = {"title": text.title, "abstract": text.abstract, "comment": text.comment} if text else {}
        return fields.get(field)

    def license(self, paper: PaperId, version: int) -> str:
        """Return the address of the license of one version, "" if it is not known.

        A record has the license of its own version; that of an earlier one is remembered with its full text.
        """
        current = self.get(paper)
        if current is not None and current.version == version:
            sources = {name: number for name, number, _ in current.field_provenance}
            if current.license and sources.get("license", version) == version:
                return current.license
        record = self._full_text.record(paper, version)
        return record.license if record else ""

    def datestamps(self, ids: Iterable[PaperId]) -> dict[PaperId, str]:
        """Return `Paper.datestamp` of those papers that are in the store, "" where it is None."""
        rows = self._database.rows(
            "SELECT id, coalesce(datestamp, '') FROM paper WHERE id IN (SELECT value FROM json_each(?))",
            (to_json(sorted(ids)),),
        )
        return {PaperId(row[0]): row[1] for row in rows}

    def search(self, query: str, limit: int = 20) -> tuple[PaperId, ...]:
        """Find papers whose title, abstract and authors contain every word of a query, the most relevant first.

        Words match by their stem; nothing in the query is read as an operator.
        """
        words = storable(query).replace("\0", " ").replace('"', " ").split()
        if not words:
            return ()
        rows = self._database.rows(
            "SELECT paper.id FROM paper_words JOIN paper ON paper.row = paper_words.rowid "
            "WHERE paper_words MATCH ? ORDER BY bm25(paper_words), paper.id LIMIT ?",
            (" ".join(f'"{word}"' for word in words), max(limit, 0)),
        )
        return tuple(PaperId(row[0]) for row in rows)

    def pending(self) -> tuple[PendingPaper, ...]:
        """Return the ids still to be fetched, sorted."""
        rows = self._database.typed_rows(
            tuple[str, int | None], "pending", "SELECT id, version FROM pending ORDER BY id"
        )
        return tuple(PendingPaper(PaperId(paper), version) for paper, version in rows)

    def quarantine(self) -> tuple[tuple[BadRecord, str], ...]:
        """Return each record that could not be read with the date of its first delivery, by source and line."""
        rows = self._database.typed_rows(
            tuple[str, int, str, str, str],
            "quarantine",
            "SELECT source, line, reason, raw, at FROM quarantine ORDER BY source, line, raw",
        )
        return tuple((BadRecord(source, line, reason, raw), at) for source, line, reason, raw, at in rows)

    def sources(self) -> tuple[str, ...]:
        """Return the names of the sources that delivered something, sorted."""
        rows = self._database.typed_rows(tuple[str], "source", "SELECT name FROM source ORDER BY name")
        return tuple(name for (name,) in rows)

    def records_by_source(self) -> dict[str, int]:
        """Return how many records each source delivered, by its name, including those that could not be read."""
        rows = self._database.typed_rows(
            tuple[str, int],
            "delivery",
            "SELECT name, sum(n) FROM (SELECT source.name AS name, times AS n FROM delivery"
            " JOIN source ON source.id = delivery.source UNION ALL SELECT source, 1 FROM quarantine)"
            " GROUP BY name ORDER BY name",
        )
        return dict(rows)

    def further_names(self) -> dict[PaperId, tuple[PaperId, ...]]:
        """Return the ids that stand for a paper beside its own id and DOI, sorted, by paper."""
        rows = self._database.typed_rows(
            tuple[str, str],
            "paper_name",
            "SELECT paper_name.paper, name FROM paper_name JOIN paper ON paper.id = paper_name.paper"
            " WHERE name <> 'doi:' || lower(doi) ORDER BY 1, 2",
        )
        names: dict[PaperId, list[PaperId]] = defaultdict(list)
        for paper, name in rows:
            names[PaperId(paper)].append(PaperId(name))
        return {paper: tuple(listed) for paper, listed in names.items()}

    def add_names(self, names: Mapping[PaperId, PaperId]) -> None:
        """Let some ids stand for stored papers; an id that stands for a paper already, or of no paper, is left out."""
        with self._database.transaction():
            self._database.run_many(
                "INSERT OR IGNORE INTO paper_name (name, paper) SELECT ?1, id FROM paper"
                " WHERE id = ?2 AND ?1 NOT IN (SELECT id FROM paper)",
                names.items(),
            )

    def named_by_key(self) -> tuple[PaperId, ...]:
        """Return the papers of earlier versions of this program whose id is the key of an entry in a file."""
        rows = self._database.rows("SELECT id FROM paper WHERE id LIKE 'bib:%' OR id LIKE 'ris:%' ORDER BY id")
        return tuple(PaperId(row[0]) for row in rows)

    def probable_duplicates(self) -> tuple[tuple[PaperId, ...], ...]:
        """Return groups of papers with one title, year and first author but different ids, for a person to decide."""
        groups: dict[PaperId, list[PaperId]] = defaultdict(list)
        for paper, title, published, authors in self._database.rows(
            "SELECT id, title, published, authors FROM paper WHERE lower(title) IN"
            " (SELECT lower(title) FROM paper GROUP BY lower(title) HAVING count(*) > 1) ORDER BY id"
        ):
            with self._database.reading("paper", paper):
                name = fallback_id(title, published, [Author(author) for author in json.loads(authors)[:1]])
            if name and published and authors != "[]":
                groups[name].append(PaperId(paper))
        return tuple(tuple(group) for group in groups.values() if len(group) > 1)

    def cite_keys(self) -> dict[PaperId, str]:
        """Return the cite key of each paper that has one, by id."""
        sql = "SELECT paper, key FROM cite_key ORDER BY paper"
        rows = self._database.typed_rows(tuple[str, str], "cite_key", sql)
        for paper, key in rows:
            with self._database.reading("cite_key", paper):
                check_characters("key", key)
        return {PaperId(paper): key for paper, key in rows}

    def add_cite_keys(self, keys: Mapping[PaperId, str]) -> None:
        """Assign cite keys for good; all of them or, on an error, none.

        Raises:
            CorpusError: a paper has another key already, or a key belongs to another paper.
        """
        hint, file = "a cite key is assigned once and never changed; leave it out of the call", str(self._database.path)
        with self._database.transaction():
            stored = self.cite_keys()
            owners = {key: paper for paper, key in stored.items()}
            new = {paper: key for paper, key in sorted(keys.items()) if stored.get(paper) != key}
            for paper, key in new.items():
                if paper in stored:
                    raise CorpusError(f"{paper} has the cite key {stored[paper]!r}, not {key!r}", hint, file=file)
                if (owner := owners.setdefault(key, paper)) != paper:
                    raise CorpusError(f"the cite key {key!r} of {paper} belongs to {owner}", hint, file=file)
            self._database.run_many("INSERT INTO cite_key (paper, key) VALUES (?, ?)", new.items())

    def load(self, ids: Iterable[PaperId]) -> dict[PaperId, PaperHistory]:
        """Read some papers by id; ids that are not in the store are left out."""
        chosen = (to_json(sorted(ids)),)
        versions: dict[str, list[PaperVersion]] = defaultdict(list)
        for paper, n, submitted_at, size_kb, flags in self._database.rows(
            "SELECT paper, n, submitted_at, size_kb, flags FROM version "
            "WHERE paper IN (SELECT value FROM json_each(?)) ORDER BY paper, n",
            chosen,
        ):
            with self._database.reading("version", f"{paper} {n}"):
                data = {"n": n, "submitted_at": submitted_at, "size_kb": size_kb, "flags": flags}
                versions[paper].append(msgspec.convert(data, PaperVersion))
        texts: dict[str, list[Paper]] = defaultdict(list)
        for row in self._database.rows(
            "SELECT paper, n, title, abstract, abstract_kind, comment, updated, field_provenance FROM version_text "
            "WHERE paper IN (SELECT value FROM json_each(?)) ORDER BY paper, n",
            chosen,
        ):
            paper, n = row[:2]
            with self._database.reading("version_text", f"{paper} {n}"):
                fields = dict(zip(_TEXT_COLUMNS, row, strict=True))
                fields["field_provenance"] = _provenance(fields["field_provenance"])
                texts[paper].append(_checked(fields))
        papers = self._database.rows(
            "SELECT id, title, abstract, authors, affiliations, version, published, updated, categories,"
            " primary_category, doi, journal_ref, comment, license, url, status, abstract_kind, datestamp, extra,"
            " field_provenance, authority FROM paper WHERE id IN (SELECT value FROM json_each(?))",
            chosen,
        )
        histories: dict[PaperId, PaperHistory] = {}
        for row in papers:
            with self._database.reading("paper", row[0]):
                histories[row[0]] = PaperHistory(_paper_of(row, versions[row[0]]), tuple(texts[row[0]]))
        return histories

    def save(self, histories: Sequence[PaperHistory]) -> None:
        """Replace what is stored of some papers, without a merge; belongs in a transaction."""
        ids = [(history.paper.id,) for history in histories]
        self._database.run_many(_SAVE_PAPER, (_paper_row(history) for history in histories))
        self._database.run_many("DELETE FROM version WHERE paper = ?", ids)
        self._database.run_many(
            "INSERT INTO version (paper, n, submitted_at, size_kb, flags) VALUES (?, ?, ?, ?, ?)",
            (
                (history.paper.id, version.n, version.submitted_at, version.size_kb, version.flags)
                for history in histories
                for version in history.paper.versions
            ),
        )
        self._database.run_many("DELETE FROM version_text WHERE paper = ?", ids)
        self._database.run_many(
            "INSERT INTO version_text (paper, n, title, abstract, abstract_kind, comment, updated, field_provenance)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    *(text.id, text.version, text.title, text.abstract, text.abstract_kind, text.comment),
                    *(text.updated, to_json(text.field_provenance)),
                )
                for history in histories
                for text in history.texts
            ),
        )


def why_not_storable(record: PaperHistory | PendingPaper) -> str:
    """Return why SQLite cannot store a record; empty if it can."""
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
        "datestamp": paper.datestamp,
        "extra": to_json(paper.extra),
        "field_provenance": to_json(paper.field_provenance),
        "authority": int(paper.authority),
        "digest": hashlib.sha256(to_json(content_data(history)).encode()).digest(),
    }


def _paper_of(row: Row, versions: Sequence[PaperVersion]) -> Paper:
    fields = dict(zip(_PAPER_COLUMNS, row, strict=True))
    names, affiliations = json.loads(fields["authors"]), json.loads(fields.pop("affiliations"))
    own = affiliations or [()] * len(names)
    return _checked(
        fields
        | {
            "authors": [{"name": name, "affiliations": places} for name, places in zip(names, own, strict=True)],
            "versions": versions,
            "categories": json.loads(fields["categories"]),
            "extra": json.loads(fields["extra"]),
            "field_provenance": _provenance(fields["field_provenance"]),
            "authority": bool(fields["authority"]),
        }
    )


def _checked(fields: Mapping[str, object]) -> Paper:
    """Make a paper of its columns.

    Raises:
        ValueError: a value has another type, an id invisible characters, or a date is none of the calendar.
    """
    paper = msgspec.convert(fields, Paper)
    check_characters("id", paper.id)
    for name in ("published", "updated", "datestamp"):
        check_date(name, getattr(paper, name))
    return paper


def _provenance(text: str) -> list[list[object]]:
    return sorted(json.loads(text))  # a migration that renamed a field may have left another order
