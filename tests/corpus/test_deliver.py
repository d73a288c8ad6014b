"""One page, one transaction: records, events, bytes and cursor."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus_records import ID, LATER, NOON, paper
from surveygen.corpus import PageBatch, RawPage, Scope, Store, export_lines, locked
from surveygen.corpus.database import STORE_SCHEMA, Database
from surveygen.domain.event import Event
from surveygen.domain.paper import BadRecord, Paper, PaperId, PaperVersion
from surveygen.errors import CorpusError

SCOPE = Scope("oai", "cs", "arXivRaw")
KNOWN = paper(datestamp="2021-07-13", published="2021-07-12", versions=(PaperVersion(1, "2021-07-12"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one open run."""
    with Store.open(tmp_path / "corpus.db") as opened:
        opened.runs.begin(at=NOON)
        yield opened


def page(*records: Paper | BadRecord, **more: object) -> PageBatch:
    """Make a page of run 1."""
    return replace(PageBatch("oai", 1, NOON, records, scope=SCOPE), **more)  # type: ignore[arg-type]  # names of fields


def kinds(events: tuple[Event, ...]) -> list[str]:
    """Return the kinds of some events."""
    return [event.kind for event in events]


def test_a_page_is_stored_with_all_that_belongs_to_it(store: Store) -> None:
    """Papers, events and cursor are there afterwards."""
    events = store.import_page(page(KNOWN, cursor="{}"))

    assert kinds(events) == ["added"]
    assert store.runs.events() == events
    assert store.runs.cursor(SCOPE) == "{}"
    assert store.papers.datestamps([ID, PaperId("x")]) == {ID: "2021-07-13"}


def test_a_page_again_changes_nothing(store: Store) -> None:
    """The same records make no event and leave every byte of the dump and the date of the last change."""
    store.import_page(page(KNOWN))
    before = list(export_lines(store)), store.sha256(), store.changed_at()

    assert store.import_page(page(KNOWN, at=LATER)) == ()
    assert (list(export_lines(store)), store.sha256(), store.changed_at()) == before


def test_a_page_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """If the last step cannot be done, none was."""
    database = Database(tmp_path / "corpus.db", STORE_SCHEMA)
    with Store(database) as store:
        store.runs.begin(at=NOON)
        database.run("ALTER TABLE cursor RENAME TO gone")
        with pytest.raises(CorpusError, match="no such table"):
            store.import_page(page(KNOWN, cursor="{}"))

        assert (list(store.papers.all()), store.runs.events()) == ([], ())


def test_an_answer_is_kept_once(store: Store) -> None:
    """The same bytes from the same address are one page, whenever they came."""
    first, again = (RawPage("x", "http://x/", at, b"<xml/>" * 100) for at in (NOON, LATER))
    for kept in (first, again):
        store.runs.archive(kept)

    assert list(store.runs.raw_pages()) == [first]


def test_a_touch_is_an_event_and_no_change(store: Store) -> None:
    """A datestamp that moved alone is kept, and moves neither the hash nor the date of the last change."""
    store.import_page(page(KNOWN))
    before = store.sha256(), store.changed_at()
    events = store.import_page(page(KNOWN.with_changes(datestamp="2022-01-01"), at=LATER))

    assert kinds(events) == ["touched"]
    assert (store.sha256(), store.changed_at()) == before
    assert store.papers.datestamps([ID])[ID] == "2022-01-01"
    assert store.runs.all()[0].changes == 1


def test_an_older_record_is_told_once_and_changes_nothing(store: Store) -> None:
    """A stale copy may be served for days: what is stored stays."""
    new = KNOWN.with_changes(version=2, title="Second", datestamp="2022-01-01", updated="2022-01-01")
    store.import_page(page(new))

    assert kinds(store.import_page(page(KNOWN))) == ["regressed"]
    assert store.import_page(page(KNOWN, KNOWN)) == ()
    known = store.papers.get(ID)
    assert known is not None
    assert (known.version, known.title) == (2, "Second")


def test_a_late_paper_is_older_than_the_window(store: Store) -> None:
    """More than seven days before the first day asked for."""
    assert kinds(store.import_page(page(KNOWN, since="2021-07-20"))) == ["late"]
    other = KNOWN.with_changes(id=PaperId("2107.00001"))
    assert kinds(store.import_page(page(other, since="2021-07-19"))) == ["added"]


def test_a_withdrawn_paper_keeps_its_last_live_abstract(store: Store) -> None:
    """The stub does not replace it; a version that is live again does."""
    store.import_page(page(KNOWN))
    flagged = (PaperVersion(1, "2021-07-12"), PaperVersion(2, "2021-08-01", flags="I"))
    gone = KNOWN.with_changes(version=2, abstract="Withdrawn.", versions=flagged, datestamp="2021-08-02")
    back = KNOWN.with_changes(version=3, abstract="We show x again.", datestamp="2021-09-02")

    assert kinds(store.import_page(page(gone))) == ["withdrawn", "revised"]
    assert [one.abstract for one in store.papers.all(status=["withdrawn"])] == ["We show x."]
    assert kinds(store.import_page(page(back))) == ["reinstated", "revised"]
    assert [one.abstract for one in store.papers.all(status=["reinstated"])] == ["We show x again."]


def test_a_deleted_record_withdraws_what_is_known(store: Store) -> None:
    """Of a paper that was never seen nothing is kept."""
    store.import_page(page(KNOWN))
    deleted = ((ID, "2021-10-01"), (PaperId("2107.00009"), "2021-10-01"))

    assert kinds(store.import_page(page(deleted=deleted))) == ["withdrawn"]
    assert store.import_page(page(deleted=deleted)) == ()
    assert [one.id for one in store.papers.all()] == [ID]


def test_a_correction_without_datestamp_is_dated_by_the_answer(store: Store) -> None:
    """Else the longer title would stay, whichever is newer; the same record again is no news."""
    long = paper(title="A long wrong title", comment="12 pages")
    short = paper(title="Right")
    store.import_page(page(long, day="2024-01-01"))

    assert kinds(store.import_page(page(short, day="2024-01-02"))) == ["metadata"]
    assert store.import_page(page(short, day="2024-01-03")) == ()
    known = store.papers.get(ID)
    assert known is not None
    assert (known.title, known.comment) == ("Right", "")


def test_bad_records_are_set_aside(store: Store) -> None:
    """They do not keep the page from being stored."""
    store.import_page(page(BadRecord("oai:x", 0, "no title", "<record/>"), KNOWN))

    assert store.counts().quarantined == store.counts().papers == 1


def test_runs_tell_how_they_ended(store: Store) -> None:
    """A run that died is closed by the next one."""
    store.import_page(page(KNOWN))
    second = store.runs.begin(at=LATER)
    store.runs.end(second, "paused", at=LATER)

    assert [(run.id, run.outcome, run.events, run.ended_at) for run in store.runs.all()] == [
        (1, "incomplete", 1, LATER),
        (2, "paused", 0, LATER),
    ]
    assert store.runs.events(since_run=1) == ()
    assert kinds(store.runs.events(paper=ID)) == ["added"]


def test_one_process_at_a_time_holds_a_survey(tmp_path: Path) -> None:
    """The second one leaves with the number of the first, or waits; the lock ends with its block."""
    database = tmp_path / "corpus" / "corpus.db"
    with (
        locked(database),
        pytest.raises(CorpusError, match=r"another surveygen .*process \d+"),
        locked(database, wait_seconds=0.3),
    ):
        pass
    with locked(database):
        pass


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    """The files of the lock stay; the lock does not."""
    database = tmp_path / "corpus.db"
    code = (
        "import os, sys; from pathlib import Path; from surveygen.corpus import locked\n"
        "with locked(Path(sys.argv[1])): os._exit(9)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(database)], check=False)

    assert killed.returncode == 9
    with locked(database):
        pass


def test_a_lock_that_cannot_be_made_is_an_error_with_a_hint(tmp_path: Path) -> None:
    """A file in place of the folder."""
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(CorpusError, match="lock") as caught, locked(tmp_path / "file" / "corpus.db"):
        pass
    assert "permissions" in caught.value.hint


def test_the_store_needs_no_fcntl() -> None:
    """As on Windows."""
    code = "import sys; sys.modules['fcntl'] = None; import surveygen.corpus"
    subprocess.run([sys.executable, "-c", code], check=True)
