"""The dump: everything a store holds as truth, in sorted lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from surveygen.corpus._decisions import decision_data, decision_of
from surveygen.corpus._importer import Quarantined, Record
from surveygen.corpus._jsonl import history_of, paper_data, theme_data, theme_of, to_json, told_data, told_of
from surveygen.corpus.store import Store
from surveygen.domain.citation import CitationRecord
from surveygen.domain.decision import Decision
from surveygen.domain.paper import BadRecord, ImportChanges, PaperId, PendingPaper
from surveygen.domain.theme import Taxonomy, Theme
from surveygen.errors import CorpusError

DUMP_VERSION = 1
_HEADER = "surveygen_dump"
_SOURCE = "dump"
_MAX_RAW = 2000


def export_lines(store: Store) -> Iterator[str]:
    """Yield the dump, without line ends.

    A header, themes, decisions, papers by id, cite keys left over, wanted, quarantine, citations.

    A paper's line has the keys of the JSONL contract (design.md 4) and, where there is something to say, `cite_key`,
    `versions`, `texts` (the words of other versions), `affiliations`, `extra` and `carried`. Caches, dates of import
    counts of deliveries, and when a graph was last asked are not part of it.
    """
    yield to_json({_HEADER: DUMP_VERSION})
    yield from (to_json({"theme": theme_data(theme)}) for theme in store.taxonomy() or ())
    yield from (to_json({"decision": decision_data(decision)}) for decision in store.decisions.all())
    keys = store.papers.cite_keys()
    for history in store.papers.histories():
        key = keys.pop(history.paper.id, None)
        yield to_json(paper_data(history) | ({"cite_key": key} if key else {}))
    yield from (to_json({"cite_key": {"paper": paper, "key": key}}) for paper, key in keys.items())
    yield from (to_json({"wanted": {"id": wanted.id, "version": wanted.version}}) for wanted in store.papers.pending())
    for bad, at in store.papers.quarantine():
        yield to_json(
            {"quarantine": {"source": bad.source, "line": bad.line, "reason": bad.reason, "raw": bad.raw, "at": at}}
        )
    yield from (to_json({"told": told_data(told)}) for told in store.citations.all())


def is_dump(line: str) -> bool:
    """Whether a file that begins with this line is a dump."""
    return line.startswith("{") and f'"{_HEADER}"' in line[:200]


def import_lines(store: Store, lines: Iterable[str], *, at: str) -> ImportChanges:
    """Merge a dump into a store; into an empty one, it gives a store with the same dump.

    A line that cannot be read is quarantined with its number, and the rest is imported. Taxonomy, decisions, cite keys
    and citations come last, when the papers are in.

    Args:
        store: what it is merged into.
        lines: those of a dump, with or without line ends.
        at: the clock, ISO 8601 UTC.

    Raises:
        CorpusError: not a dump or one of a newer surveygen; the store has another taxonomy, other decisions or other
            cite keys.
    """
    numbered = enumerate(lines, start=1)
    _check_header(next(numbered, (1, ""))[1])
    reader = _DumpReader(at)
    change = store.import_records(reader.records(numbered), source=_SOURCE, at=at)
    _restore_taxonomy(store, reader.themes, at)
    store.decisions.merge(reader.decisions, at=at)
    store.papers.add_cite_keys(reader.keys)
    store.citations.merge(reader.told, at=at)
    return change


class _DumpReader:
    """Turns lines into records; lays themes, decisions, cite keys and citations aside."""

    def __init__(self, at: str) -> None:
        self.themes: list[Theme] = []
        self.decisions: list[Decision] = []
        self.keys: dict[PaperId, str] = {}
        self.told: list[CitationRecord] = []
        self._at = at

    def records(self, numbered: Iterable[tuple[int, str]]) -> Iterator[Record]:
        for number, line in numbered:
            try:
                record = self._record(json.loads(line)) if line.strip() else None
            except (ValueError, RecursionError) as error:
                record = Quarantined(BadRecord(_SOURCE, number, str(error), line.strip()[:_MAX_RAW]), self._at)
            if record is not None:
                yield record

    def _record(self, data: Any) -> Record | None:  # noqa: ANN401  # whatever JSON holds
        match data:
            case {"arxiv_id": str()}:
                return self._paper(data)
            case {"theme": dict(theme)}:
                self.themes.append(theme_of(theme))
            case {"decision": dict(decision)}:
                self.decisions.append(decision_of(decision))
            case {"cite_key": {"paper": str(paper), "key": str(key)}}:
                self.keys[PaperId(paper)] = key
            case {"told": dict(told)}:
                self.told.append(told_of(told))
            case {"wanted": {"id": str(paper), "version": int() | None as version}}:
                return PendingPaper(PaperId(paper), version)
            case {
                "quarantine": {"source": str(source), "line": int(line), "reason": str(why), "raw": str(raw), "at": at}
            }:
                return Quarantined(BadRecord(source, line, why, raw), str(at))
            case _:
                raise ValueError("not a line of a dump: none of the kinds that there are")
        return None

    def _paper(self, data: dict[str, Any]) -> Record:
        history = history_of(data)
        key = data.get("cite_key")
        if isinstance(key, str):
            self.keys[history.paper.id] = key
        return history


def _check_header(line: str) -> None:
    try:
        header = json.loads(line)
    except ValueError:
        header = None
    version = header.get(_HEADER) if isinstance(header, dict) else None
    if not isinstance(version, int):
        raise CorpusError(
            f"not a dump: the first line is {line.strip():.60}",
            "make one with: surveygen export --format jsonl",
            line=1,
        )
    if version > DUMP_VERSION:
        raise CorpusError(
            f"the dump was written by a newer surveygen (format {version}, this one knows {DUMP_VERSION})",
            "update surveygen: pip install --upgrade surveygen",
            line=1,
        )


def _restore_taxonomy(store: Store, themes: list[Theme], at: str) -> None:
    if not themes:
        return
    try:
        taxonomy = Taxonomy(tuple(themes))
    except ValueError as error:
        raise CorpusError(f"the themes of the dump make no tree: {error}", "export the dump again") from error
    known = store.taxonomy()
    if known is not None and known != taxonomy:
        raise CorpusError(
            "the store has another taxonomy than the dump; the papers are imported, the themes are not",
            "import the dump into a new project, or leave its theme lines out",
        )
    store.save_taxonomy(taxonomy, at=at)
