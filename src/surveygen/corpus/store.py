"""The store of a survey: one SQLite file that holds its truth and its caches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from surveygen.corpus import _caches, _citations, _decisions, _paper_rows, _runs
from surveygen.corpus._database import Database
from surveygen.corpus._history import PaperHistory
from surveygen.corpus._importer import Importer, Quarantined, Record, storable, touch
from surveygen.corpus._jsonl import theme_data, theme_of, to_json
from surveygen.corpus._page_import import PageBatch, deliver
from surveygen.corpus._runs import HarvestRun, Outcome, RawPage, Scope
from surveygen.domain.citation import CitationRecord
from surveygen.domain.decision import Decision, ThemeMove, excluded_papers
from surveygen.domain.event import Event
from surveygen.domain.paper import BadRecord, ImportChanges, Paper, PaperId, PendingPaper, Status
from surveygen.domain.theme import Taxonomy
from surveygen.errors import CorpusError

_NEVER = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Counts:
    """The store in numbers.

    Attributes:
        notes: papers with an editor's note in place of the abstract; `without_abstract` have neither.
        delivered: records that sources brought; what a later run of the same source brings again is not counted again.
        duplicates: delivered records beyond the first of their paper.
        excluded: papers, not withdrawn ones, that a person took out of the draft.
    """

    papers: int
    withdrawn: int
    without_abstract: int
    notes: int
    wanted: int
    quarantined: int
    delivered: int
    duplicates: int
    excluded: int = 0


class Store:
    """An open store; close it, or use it as a context manager.

    Other processes may read it meanwhile. One at a time writes; a second writer waits up to 10 seconds.

    Raises:
        CorpusError: from every method, if the file cannot be read or written, with a hint.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a store and bring its tables up to date; make it, with its folders, where there is none.

        Raises:
            CorpusError: not a store, damaged, of a newer surveygen, in use, or its folder cannot be written to.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CorpusError(
                f"{path.parent}: {error.strerror}", "check the path and its permissions", file=str(path)
            ) from error
        return cls(Database(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def apply(self, records: Iterable[Paper | PendingPaper | BadRecord], *, source: str, at: str) -> ImportChanges:
        """Merge records into the store as they stream in, 500 a transaction.

        What was read before an error or an interruption is kept. A record that cannot be stored is quarantined.

        Args:
            records: what a source yields, in any order.
            source: its name, kept for `sources` and `counts`.
            at: the clock, ISO 8601 UTC.
        """
        return self.take((_record(record, at) for record in records), source=source, at=at)

    def take(self, records: Iterable[Record], *, source: str, at: str) -> ImportChanges:
        """Do as `apply` with the inner forms of records, which may hold several versions' words."""
        intake = Importer(self._database, source=source, at=at)
        intake.run(records)
        return intake.change

    def deliver(self, delivery: PageBatch) -> tuple[Event, ...]:
        """Store one page of a server whole or not at all: records, events, cursor; return the events."""
        return deliver(self._database, delivery)

    def begin_run(self, *, at: str) -> int:
        """Open a run and return its number, from 1; a run that died before is closed as incomplete."""
        return _runs.begin_run(self._database, at)

    def end_run(self, run: int, outcome: Outcome, *, at: str) -> None:
        """Close a run."""
        _runs.end_run(self._database, run, outcome, at)

    def runs(self) -> tuple[HarvestRun, ...]:
        """Return all runs, the first one first."""
        return _runs.runs(self._database)

    def events(self, since_run: int = 0, *, paper: PaperId | None = None) -> tuple[Event, ...]:
        """Return the events of the runs after a run, in their order; of one paper if it is named."""
        return _runs.events(self._database, since_run, paper)

    def cursor(self, scope: Scope) -> str | None:
        """Return the state of a cursor as its source wrote it, None where nothing was fetched yet."""
        return _runs.cursor(self._database, scope)

    def put_cursor(self, scope: Scope, state: str) -> None:
        """Set a cursor without a page."""
        with self._database.transaction():
            _runs.put_cursor(self._database, scope, state)

    def archive(self, page: RawPage) -> None:
        """Keep an answer of a server as it came; the same bytes from the same address are kept once."""
        with self._database.transaction():
            _runs.archive(self._database, page)

    def raw_pages(self) -> Iterator[RawPage]:
        """Yield every answer of a server that was kept, in the order of arrival."""
        return _runs.raw_pages(self._database)

    def datestamps(self, ids: Iterable[PaperId]) -> dict[PaperId, str]:
        """Return `Paper.as_of` of those papers that are known, "" where none was told."""
        rows = self._database.rows(
            "SELECT id, coalesce(as_of, '') FROM paper WHERE id IN (SELECT value FROM json_each(?))",
            (to_json(sorted(ids)),),
        )
        return {PaperId(row[0]): row[1] for row in rows}

    def papers(self, *, status: Collection[Status] | None = None) -> Iterator[Paper]:
        """Yield papers sorted by id, all or those of some status; memory stays flat."""
        return (history.paper for history in _paper_rows.pages(self._database, status))

    def histories(self) -> Iterator[PaperHistory]:
        """Yield papers sorted by id, with the words of their other versions."""
        return _paper_rows.pages(self._database)

    def paper(self, paper: PaperId) -> Paper | None:
        """Return one paper, None if it is not known."""
        found = _paper_rows.load(self._database, [paper]).get(paper)
        return found.paper if found else None

    def text(self, paper: PaperId, version: int, field: Literal["title", "abstract", "comment"]) -> str | None:
        """Return a field as it is stored for one version, None if no words of that version are stored.

        For the paper's own version this is the field of the paper, wherever merge has it from.
        """
        history = _paper_rows.load(self._database, [paper]).get(paper)
        if history is None:
            return None
        texts = {text.version: text for text in history.texts} | {history.paper.version: history.paper}
        found = texts.get(version)
        return {"title": found.title, "abstract": found.abstract, "comment": found.comment}[field] if found else None

    def counts(self) -> Counts:
        """Count what is there."""
        papers, withdrawn, empty, notes = self._database.rows(
            "SELECT count(*), total(status = 'withdrawn'), total(abstract_kind = 'none'),"
            " total(abstract_kind = 'note') FROM paper"
        )[0]
        delivered, distinct = self._database.rows("SELECT total(times), count(DISTINCT paper) FROM delivery")[0]
        return Counts(
            papers=papers,
            withdrawn=int(withdrawn),
            without_abstract=int(empty),
            notes=int(notes),
            wanted=self._database.value("SELECT count(*) FROM wanted"),
            quarantined=self._database.value("SELECT count(*) FROM quarantine"),
            delivered=int(delivered),
            duplicates=int(delivered) - distinct,
            excluded=self._count_excluded(),
        )

    def found(self) -> dict[str, int]:
        """Return how many records each source brought, by its name, those that could not be read among them."""
        rows = self._database.rows(
            "SELECT name, sum(n) FROM (SELECT source.name AS name, times AS n FROM delivery"
            " JOIN source ON source.id = delivery.source UNION ALL SELECT source, 1 FROM quarantine)"
            " GROUP BY name ORDER BY name"
        )
        return {name: int(number) for name, number in rows}

    def _count_excluded(self) -> int:
        out = to_json(sorted(excluded_papers(self.decisions())))
        found: int = self._database.value(
            "SELECT count(*) FROM paper WHERE status != 'withdrawn' AND id IN (SELECT value FROM json_each(?))", (out,)
        )
        return found

    def wanted(self) -> tuple[PendingPaper, ...]:
        """Return the ids still to be fetched, sorted."""
        rows = self._database.rows("SELECT id, version FROM wanted ORDER BY id")
        return tuple(PendingPaper(PaperId(paper), version) for paper, version in rows)

    def quarantine(self) -> tuple[tuple[BadRecord, str], ...]:
        """Return each record that could not be read with the date of its first delivery, by source and line."""
        rows = self._database.rows(
            "SELECT source, line, reason, raw, at FROM quarantine ORDER BY source, line, raw",
        )
        return tuple((BadRecord(*row[:4]), row[4]) for row in rows)

    def sources(self) -> tuple[str, ...]:
        """Return the names of the sources that delivered something, sorted."""
        return tuple(row[0] for row in self._database.rows("SELECT name FROM source ORDER BY name"))

    def search(self, query: str, limit: int = 20) -> tuple[PaperId, ...]:
        """Find papers whose title, abstract and authors hold every word of a query, the most relevant first.

        Words match by their stem; nothing in the query is taken for an operator.
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

    def vectors(self, keys: Sequence[str], encoder: str) -> dict[str, NDArray[np.float32]]:
        """Return the cached vectors, each `(d,)` float32, of those text hashes that an encoder has seen."""
        return _caches.vectors(self._database, keys, encoder)

    def put_vectors(self, keys: Sequence[str], vectors: NDArray[np.float32], encoder: str) -> None:
        """Cache vectors at float16 precision.

        Args:
            keys: hashes of the texts.
            vectors: `(len(keys), d)` float32.
            encoder: its fingerprint.

        Raises:
            ValueError: there are not as many rows as keys.
        """
        _caches.put_vectors(self._database, keys, vectors, encoder)

    def derived(self, kind: str, key: str) -> str | None:
        """Return what was cached for a content key, None if it is not there."""
        return _caches.derived(self._database, kind, key)

    def put_derived(self, kind: str, key: str, value: str, *, slot: str) -> None:
        """Cache JSON text by content key; a slot of a kind holds one value, and a new one replaces the old."""
        _caches.put_derived(self._database, kind, key, value, slot)

    def taxonomy(self) -> Taxonomy | None:
        """Return the saved taxonomy, None if there is none."""
        rows = self._database.rows("SELECT content FROM theme ORDER BY position")
        return Taxonomy(tuple(theme_of(json.loads(row[0])) for row in rows)) if rows else None

    def save_taxonomy(self, taxonomy: Taxonomy, *, at: str) -> None:
        """Replace the saved taxonomy; an equal one changes nothing, one without themes removes it."""
        with self._database.transaction():
            if taxonomy == (self.taxonomy() or Taxonomy()):
                return
            self._database.run("DELETE FROM theme")
            self._database.run_many(
                "INSERT INTO theme (position, id, content) VALUES (?, ?, ?)",
                [(place, theme.id, to_json(theme_data(theme))) for place, theme in enumerate(taxonomy)],
            )
            touch(self._database, at)

    def decisions(self) -> tuple[Decision, ...]:
        """Return what persons decided, the first decision first, undone ones and their undoing too."""
        return _decisions.decisions(self._database)

    def decide(self, decision: Decision) -> Decision:
        """Append a decision for good and return it with its number, the next one whatever number it came with."""
        return _decisions.decide(self._database, decision)

    def restore_decisions(self, decisions: Sequence[Decision], *, at: str) -> None:
        """Take the decisions of a dump, of which those of the store may be the beginning, or the other way round.

        Raises:
            CorpusError: neither goes on where the other ends.
        """
        _decisions.restore(self._database, decisions, at=at)

    def moves(self) -> tuple[ThemeMove, ...]:
        """Return what evidence moved, the first move first."""
        return _decisions.moves(self._database)

    def log_moves(self, made: Iterable[ThemeMove]) -> None:
        """Append to the log of moves."""
        _decisions.log_moves(self._database, made)

    def cite_keys(self) -> dict[PaperId, str]:
        """Return the cite key of each paper that has one, by id."""
        return {
            PaperId(row[0]): row[1] for row in self._database.rows("SELECT paper, key FROM cite_key ORDER BY paper")
        }

    def add_cite_keys(self, keys: Mapping[PaperId, str]) -> None:
        """Assign cite keys for good; all of them or, on an error, none.

        Raises:
            CorpusError: a paper has another key already, or a key belongs to another paper.
        """
        with self._database.transaction():
            known = self.cite_keys()
            owners = {key: paper for paper, key in known.items()}
            new = {paper: key for paper, key in sorted(keys.items()) if known.get(paper) != key}
            for paper, key in new.items():
                self._check_key(paper, key, known.get(paper), owners.setdefault(key, paper))
            self._database.run_many("INSERT INTO cite_key (paper, key) VALUES (?, ?)", new.items())

    def _check_key(self, paper: PaperId, key: str, old: str | None, owner: PaperId) -> None:
        hint = "a cite key is assigned once and never changed; leave it out of the call"
        if old is not None:
            raise CorpusError(f"{paper} has the cite key {old!r}, not {key!r}", hint, file=str(self._database.path))
        if owner != paper:
            raise CorpusError(
                f"the cite key {key!r} of {paper} belongs to {owner}", hint, file=str(self._database.path)
            )

    def put_told(self, told: Iterable[CitationRecord], *, at: str) -> int:
        """Keep what a citation graph told just now; return how many answers are new or different.

        An answer that says what is known keeps the date since when it is told.
        """
        return _citations.put(self._database, told, at)

    def merge_told(self, told: Iterable[CitationRecord], *, at: str) -> None:
        """Join answers of another store: of each paper and graph, the one told later stays."""
        _citations.merge(self._database, told, at)

    def told(self) -> Iterator[CitationRecord]:
        """Yield what citation graphs know, sorted by paper and provider."""
        return _citations.load(self._database)

    def asked(self, provider: str) -> dict[PaperId, str]:
        """Return when a citation graph was last asked about each paper, also about those that it does not know."""
        return _citations.asked(self._database, provider)

    def sha256(self) -> str:
        """Return the SHA-256, hexadecimal, of all that a draft is made of; no paper is read for it."""
        total = hashlib.sha256()
        for query in (
            "SELECT id, hex(digest) FROM paper ORDER BY id",
            "SELECT position, content FROM theme ORDER BY position",
            "SELECT number, content FROM decision ORDER BY number",
            "SELECT paper, key FROM cite_key ORDER BY paper",
            "SELECT paper, provider, told_at, hex(digest) FROM told WHERE ids <> '[]' ORDER BY paper, provider",
        ):
            total.update(to_json(self._database.rows(query)).encode())
        return total.hexdigest()

    def changed_at(self) -> str:
        """Return the clock of the last import or save that changed something."""
        return self._database.value("SELECT value FROM fact WHERE name = 'changed_at'") or _NEVER


def _record(record: Paper | PendingPaper | BadRecord, at: str) -> Record:
    if isinstance(record, Paper):
        return PaperHistory(record)
    return record if isinstance(record, PendingPaper) else Quarantined(record, at)
