"""The dump of a store: papers, themes, decisions and texts as sorted lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from surveygen.corpus import jsonl
from surveygen.corpus._figures import figure_data, figure_of
from surveygen.corpus._full_text import PackedText, full_text_data, full_text_of
from surveygen.corpus._importer import Quarantined, Record
from surveygen.corpus._validation import (
    check_cite_key,
    check_id,
    check_moment,
    checked_citations,
    checked_decision,
    checked_record,
    checked_theme,
)  # fmt: skip
from surveygen.corpus.jsonl import to_json
from surveygen.corpus.store import Store
from surveygen.domain.citation import CitationRecord
from surveygen.domain.decision import Decision
from surveygen.domain.figure import FigureRecord
from surveygen.domain.paper import BadRecord, ImportChanges, PaperId, PendingPaper
from surveygen.domain.theme import Taxonomy, Theme
from surveygen.errors import CorpusError

DUMP_VERSION = 1
_HEADER = "surveygen_dump"
_SOURCE = "dump"
_MAX_RAW = 2000


def export_lines(store: Store) -> Iterator[str]:
    """Yield the dump, without line ends.

    A header, themes, decisions, papers by id, cite keys of other papers, pending ids, quarantine, citations, full
    texts by paper and version, versions that have no page, and figures with their images in base 64.

    A paper's line has the keys of the JSON lines format and, unless they are empty, `cite_key`, `names` (further ids),
    `versions`, `texts` (the texts of other versions), `affiliations`, `extra` and `carried`. Caches, dates of import,
    counts of deliveries, when a graph was last queried, pages as they came, and pages that could not be used or were
    not read yet are not part of it.
    """
    yield to_json({_HEADER: DUMP_VERSION})
    yield from (to_json({"theme": jsonl.theme_data(theme)}) for theme in store.taxonomy() or ())
    yield from (to_json({"decision": jsonl.decision_data(decision)}) for decision in store.decisions.all())
    keys = store.papers.cite_keys()
    names = store.papers.further_names()
    for history in store.papers.histories():
        key = keys.pop(history.paper.id, None)
        further = {"cite_key": key, "names": names.get(history.paper.id)}
        yield to_json(jsonl.paper_data(history) | {name: value for name, value in further.items() if value})
    yield from (to_json({"cite_key": {"paper": paper, "key": key}}) for paper, key in keys.items())
    yield from (to_json({"wanted": {"id": item.id, "version": item.version}}) for item in store.papers.pending())
    for bad, at in store.papers.quarantine():
        yield to_json(
            {"quarantine": {"source": bad.source, "line": bad.line, "reason": bad.reason, "raw": bad.raw, "at": at}}
        )
    yield from (to_json({"told": jsonl.citation_data(record)}) for record in store.citations.all())
    yield from (to_json({"full_text": full_text_data(packed)}) for packed in store.full_text.packed())
    yield from (to_json({"figure": figure_data(record, image)}) for record, image in store.figures.stored())


def is_dump(line: str) -> bool:
    """Return whether a file that begins with this line is a dump."""
    return line.startswith("{") and f'"{_HEADER}"' in line[:200]


def import_lines(store: Store, lines: Iterable[str], *, at: str) -> ImportChanges:
    """Merge a dump into a store; an empty store then has the same dump.

    A line that cannot be read is quarantined with its number, and the rest is imported. Taxonomy, decisions, cite keys,
    citations and full texts come last, after the papers.

    Args:
        store: the store to merge into.
        lines: those of a dump, with or without line ends.
        at: the clock, ISO 8601 UTC.

    Raises:
        CorpusError: not a dump, or a dump of a newer surveygen; taxonomy, decisions or cite keys of the store differ.
    """
    numbered = enumerate(lines, start=1)
    _check_header(next(numbered, (1, ""))[1])
    reader = _DumpReader(at)
    changes = store.import_records(reader.records(numbered), source=_SOURCE, at=at)
    if reader.themes:
        try:
            taxonomy = Taxonomy(tuple(reader.themes))
        except ValueError as error:
            raise CorpusError(f"the themes of the dump are not a tree: {error}", "export the dump again") from error
        stored = store.taxonomy()
        if stored is not None and stored != taxonomy:
            raise CorpusError(
                "the store has another taxonomy than the dump; the papers are imported, the themes are not",
                "import the dump into a new project, or leave its theme lines out",
            )
        store.save_taxonomy(taxonomy, at=at)
    store.decisions.merge(reader.decisions, at=at)
    store.papers.add_names(reader.names)
    store.papers.add_cite_keys(reader.keys)
    store.citations.merge(reader.citations, at=at)
    store.full_text.merge(reader.full_texts, at=at)
    store.figures.merge(reader.figures, at=at)
    return changes


class _DumpReader:
    """Yields the records of lines; collects themes, decisions, cite keys, citations, texts (compressed), figures."""

    def __init__(self, at: str) -> None:
        self.themes: list[Theme] = []
        self.decisions: list[Decision] = []
        self.keys: dict[PaperId, str] = {}
        self.names: dict[PaperId, PaperId] = {}
        self.citations: list[CitationRecord] = []
        self.full_texts: list[PackedText] = []
        self.figures: list[tuple[FigureRecord, bytes]] = []
        self._at = at

    def records(self, numbered: Iterable[tuple[int, str]]) -> Iterator[Record]:
        """Yield papers, pending ids and bad records; a line that cannot be read is a bad record."""
        for number, line in numbered:
            try:
                record = self._record(json.loads(line)) if line.strip() else None
            except (ValueError, RecursionError) as error:
                record = Quarantined(BadRecord(_SOURCE, number, str(error), line.strip()[:_MAX_RAW]), self._at)
            if record is not None:
                yield record

    def _record(self, data: jsonl.Data) -> Record | None:
        match data:
            case {"arxiv_id": str()}:
                history = checked_record(jsonl.history_of(data))
                if isinstance(key := data.get("cite_key"), str):
                    self._add_key(data["arxiv_id"], key)
                listed = data.get("names")
                names = [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []
                for name in names:
                    check_id("names", name)
                self.names |= {PaperId(name): PaperId(data["arxiv_id"]) for name in names}
                return history
            case {"wanted": {"id": str(paper), "version": int() | None as version}}:
                return checked_record(PendingPaper(PaperId(paper), version))
            case {
                "quarantine": {"source": str(source), "line": int(line), "reason": str(why), "raw": str(raw), "at": at}
            }:
                check_moment("at", str(at))
                return Quarantined(BadRecord(source[:_MAX_RAW], line, why[:_MAX_RAW], raw[:_MAX_RAW]), str(at))
            case _:
                self._collect(data)
        return None

    def _collect(self, data: jsonl.Data) -> None:
        match data:
            case {"theme": dict(theme)}:
                self.themes.append(checked_theme(jsonl.theme_of(theme)))
            case {"decision": dict(decision)}:
                self.decisions.append(checked_decision(jsonl.decision_of(decision)))
            case {"cite_key": {"paper": str(paper), "key": str(key)}}:
                self._add_key(paper, key)
            case {"told": dict(record)}:
                self.citations.append(checked_citations(jsonl.citation_of(record)))
            case {"full_text": dict(record)}:
                self.full_texts.append(full_text_of(record))
            case {"figure": dict(record)}:
                self.figures.append(figure_of(record))
            case _:
                raise ValueError("not a line of a dump: unknown kind")

    def _add_key(self, paper: str, key: str) -> None:
        check_id("paper", paper)
        check_cite_key(key)
        self.keys[PaperId(paper)] = key


def _check_header(line: str) -> None:
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        header = None
    version = header.get(_HEADER) if isinstance(header, dict) else None
    if not isinstance(version, int) or version < 1:
        raise CorpusError(
            f"not a dump: the first line is {line.strip():.60}",
            "make one with: surveygen export --format jsonl",
            line=1,
        )
    if version > DUMP_VERSION:
        raise CorpusError(
            f"the dump was written by a newer surveygen (format {version}, this one reads {DUMP_VERSION})",
            "update surveygen: pip install --upgrade surveygen",
            line=1,
        )
