"""Import papers from files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from surveygen.config import Project
from surveygen.corpus import Store, import_lines, is_dump
from surveygen.domain.paper import BadRecord, ImportChanges, Paper, PendingPaper
from surveygen.errors import CorpusError
from surveygen.pipeline._clock import now
from surveygen.pipeline.harvest import note_snapshot
from surveygen.pipeline.progress import Progress
from surveygen.sources import read_file


def add(project: Project, files: Sequence[Path], progress: Progress) -> tuple[ImportChanges, ...]:
    """Import files in the order given; what cannot be read is set aside and the rest goes on.

    Raises:
        SourceError: a file cannot be read at all; files before it are imported.
        CorpusError: nothing in any file could be imported.
    """
    changes: list[ImportChanges] = []
    with Store.open(project.database) as store:
        for path in files:
            with progress.stage(f"add {path.name}", None) as advance:
                changes.append(_add(store, path, advance))
    met = any(change or change.unchanged for change in changes)
    if not met:
        bad = next((record for change in changes for record in change.quarantined), None)
        first = f"; first: line {bad.line}: {bad.reason}" if bad else ""
        raise CorpusError(f"nothing could be imported from {', '.join(map(str, files))}{first}", "mend the files")
    return tuple(changes)


def _add(store: Store, path: Path, advance: Callable[[int], None]) -> ImportChanges:
    if path.suffix == ".jsonl" and _begins_dump(path):
        with path.open(encoding="utf-8", errors="replace") as lines:
            return import_lines(store, lines, at=now())
    latest = [""]
    records = (_counted(record, advance) for record in _dated(_named(read_file(path), path), latest))
    change = store.import_records(records, source=path.name, at=now())
    if latest[0]:
        note_snapshot(store, latest[0])
    return change


def _begins_dump(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            return is_dump(lines.readline(1000))
    except OSError:
        return False  # the reader says what is wrong with the file


def _named(
    records: Iterator[Paper | PendingPaper | BadRecord], path: Path
) -> Iterator[Paper | PendingPaper | BadRecord]:
    """Call a bad record by its file's name, wherever the file lies: the same file is set aside once."""
    for record in records:
        yield replace(record, source=path.name) if isinstance(record, BadRecord) else record


def _dated(
    records: Iterator[Paper | PendingPaper | BadRecord], latest: list[str]
) -> Iterator[Paper | PendingPaper | BadRecord]:
    """Put the last datestamp into `latest`; only a snapshot of arXiv has any."""
    for record in records:
        if isinstance(record, Paper) and record.datestamp:
            latest[0] = max(latest[0], record.datestamp)
        yield record


def _counted(
    record: Paper | PendingPaper | BadRecord, advance: Callable[[int], None]
) -> Paper | PendingPaper | BadRecord:
    advance(1)
    return record
