"""Import of papers from files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from surveygen.config import Project
from surveygen.corpus import Store, import_lines, is_dump
from surveygen.domain.paper import ImportChanges, Paper
from surveygen.errors import CorpusError
from surveygen.pipeline.harvest import note_snapshot
from surveygen.pipeline.run_context import Progress, now
from surveygen.sources.files import FileRecord, find_source, open_input
from surveygen.sources.http import Clock


def add(project: Project, files: Sequence[Path], progress: Progress) -> tuple[ImportChanges, ...]:
    """Import files in the order given; records that cannot be read are set aside and the rest is imported.

    Raises:
        SourceError: a file cannot be read at all; files before it are imported.
        CorpusError: nothing in any file could be imported.
    """
    changes: list[ImportChanges] = []
    with Store.open(project.database) as store:
        for path in files:
            with progress.stage(f"add {path.name}", None) as advance, open_input(path) as file:
                if is_dump(file.head.partition("\n")[0]):
                    changes.append(import_lines(store, file.raw_lines(), at=now()))
                    continue
                records = _CountedRecords(find_source(file).read(file), advance)
                changes.append(store.import_records(records, source=path.name, at=now()))
                if day := records.snapshot_day():
                    note_snapshot(store, day)
    if not any(change or change.unchanged for change in changes):
        bad = next((record for change in changes for record in change.quarantined), None)
        first = f"; first: line {bad.line}: {bad.reason}" if bad else ""
        raise CorpusError(f"nothing could be imported from {', '.join(map(str, files))}{first}", "fix the files")
    return tuple(changes)


class _CountedRecords:
    """Records that report each of them to `advance`; only a snapshot of arXiv has datestamps.

    A datestamp after tomorrow is dropped: no correction of arXiv would ever win over it.
    """

    def __init__(self, records: Iterator[FileRecord], advance: Callable[[int], None]) -> None:
        self._records = records
        self._advance = advance
        self._tomorrow = Clock().day(later=1)
        self._days: Counter[str] = Counter()

    def __iter__(self) -> Iterator[FileRecord]:
        for record in self._records:
            self._advance(1)
            if isinstance(record, Paper) and record.datestamp:
                if record.datestamp > self._tomorrow:
                    yield record.with_changes(datestamp=None)
                    continue
                self._days[record.datestamp[:10]] += 1
            yield record

    def snapshot_day(self) -> str:
        """Return the last datestamp, empty without one; one line in a thousand may be later, as its date is wrong."""
        left = sum(self._days.values()) // 1000
        for day in sorted(self._days, reverse=True):
            left -= self._days[day]
            if left < 0:
                return day
        return ""
