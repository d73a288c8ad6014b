"""The store when things go wrong: kills, full disks, other processes, strange files."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus_records import ID, LATER, NOON, paper
from surveygen.corpus import Store, export_lines
from surveygen.corpus.database import STORE_SCHEMA, Database
from surveygen.domain.citation import CitationRecord
from surveygen.domain.paper import Paper, PaperId, PendingPaper
from surveygen.errors import CorpusError

# Delivers papers for ever, and tells on stdout how many it has handed over.
ENDLESS = """
import sys
from itertools import count
from pathlib import Path
from surveygen.corpus import Store
from surveygen.domain.paper import Paper, PaperId

def papers():
    for number in count():
        yield Paper(PaperId(f"{number:08}"), "A title", "An abstract. " * 50)
        if number % 500 == 499:
            print(number, flush=True)

with Store.open(Path(sys.argv[1])) as store:
    store.import_records(papers(), source="endless", at="2026-01-01T00:00:00Z")
"""
# Imports under a limit on the size of each file, which is how a full disk or a quota looks to a process.
LIMITED = """
import resource, sys
from pathlib import Path
from surveygen.corpus import Store
from surveygen.domain.paper import Paper, PaperId
from surveygen.errors import CorpusError

resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
papers = (Paper(PaperId(f"{number:08}"), "A title", "An abstract. " * 50) for number in range(6_000))
try:
    with Store.open(Path(sys.argv[1])) as store:
        store.import_records(papers, source="x", at="2026-01-01T00:00:00Z")
except CorpusError as error:
    print(error.message, error.hint, sep="|")
"""


def many(count: int) -> Iterator[Paper]:
    """Yield papers with ids in order."""
    return (paper(id=PaperId(f"{number:08}"), abstract="An abstract. " * 50) for number in range(count))


def intact(path: Path) -> bool:
    """Whether SQLite finds no fault in a file, its search index included."""
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO paper_words (paper_words) VALUES ('integrity-check')")
        answer = connection.execute("PRAGMA integrity_check").fetchall()
    connection.close()
    return answer == [("ok",)]


def test_a_kill_in_the_middle_loses_nothing_committed(tmp_path: Path) -> None:
    """SIGKILL: what is there is a whole number of batches, at least those before the last one read."""
    path = tmp_path / "corpus.db"
    with subprocess.Popen([sys.executable, "-c", ENDLESS, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            read = int(line) + 1
            if read >= 1500:
                process.kill()
    assert process.returncode == -signal.SIGKILL

    with Store.open(path) as store:
        papers = [one.id for one in store.papers.all()]
        assert len(papers) >= read - 500
        assert len(papers) % 500 == 0
        assert papers == [f"{number:08}" for number in range(len(papers))]
        assert store.counts().delivered == len(papers)
    assert intact(path)


def test_a_run_after_a_kill_ends_where_an_undisturbed_one_does(tmp_path: Path) -> None:
    """The dump of two halves of a run, the first cut short, is that of the whole."""
    with Store.open(tmp_path / "a.db") as cut, Store.open(tmp_path / "b.db") as whole:
        cut.import_records(many(600), source="x", at=NOON)
        cut.import_records(many(800), source="x", at=LATER)
        whole.import_records(many(800), source="x", at=NOON)

        assert list(export_lines(cut)) == list(export_lines(whole))


def test_a_full_disk_keeps_what_was_committed(tmp_path: Path) -> None:
    """The database may not grow any further: a clear error, whole batches, and work goes on once there is room."""
    database = Database(tmp_path / "corpus.db", STORE_SCHEMA)
    with Store(database) as store:
        store.import_records(many(500), source="x", at=NOON)
        pages = database.value("PRAGMA page_count")
        database.run(f"PRAGMA max_page_count = {pages + 100}")

        with pytest.raises(CorpusError, match="the disk is full") as caught:
            store.import_records(many(1500), source="x", at=LATER)
        assert "free some space" in caught.value.hint
        kept = len(list(store.papers.all()))
        assert kept % 500 == 0
        assert 500 <= kept < 1500

        database.run("PRAGMA max_page_count = 1000000")
        assert len(store.import_records(many(1500), source="x", at=LATER).added) == 1500 - kept
    assert intact(tmp_path / "corpus.db")


@pytest.mark.skipif(sys.platform == "win32", reason="resource limits are a matter of POSIX")
def test_a_write_that_the_system_refuses_is_told(tmp_path: Path) -> None:
    """As above, with a real failing write in another process."""
    path = tmp_path / "corpus.db"
    done = subprocess.run([sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True)

    assert "the disk is full" in done.stdout
    assert "run the same command again" in done.stdout
    with Store.open(path) as store:
        assert len(list(store.papers.all())) % 500 == 0
    assert intact(path)


def test_a_second_writer_waits(tmp_path: Path) -> None:
    """A short transaction elsewhere costs time, not an error."""
    path = tmp_path / "corpus.db"
    with Store.open(path) as store:
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, other.execute, ["COMMIT"])
        release.start()
        started = time.monotonic()

        assert store.import_records([paper()], source="x", at=NOON).added == (ID,)

        assert time.monotonic() - started > 0.2
        release.join()
        other.close()


def test_a_second_writer_gives_up_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that is not let go is told; readers are not held up."""
    path = tmp_path / "corpus.db"
    Store.open(path).close()
    monkeypatch.setattr("surveygen.corpus.database.BUSY_SECONDS", 0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with Store.open(path) as store:
        with pytest.raises(CorpusError, match="in use by another process") as caught:
            store.import_records([paper()], source="x", at=NOON)
        assert list(store.papers.all()) == []

    assert "wait for the other surveygen command" in caught.value.hint
    assert caught.value.exit_code == 4
    other.close()


def test_two_processes_import_into_one_store(tmp_path: Path) -> None:
    """Both make the file, both write, and nothing is lost."""
    path = tmp_path / "corpus.db"
    program = (
        "import sys; from pathlib import Path; from surveygen.corpus import Store\n"
        "from surveygen.domain.paper import Paper, PaperId\n"
        "with Store.open(Path(sys.argv[1])) as store:\n"
        "    papers = (Paper(PaperId(f'{sys.argv[2]}{n}'), 'T') for n in range(1500))\n"
        "    store.import_records(papers, source=sys.argv[2], at='x')\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", program, str(path), name]) for name in "ab"]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]

    with Store.open(path) as store:
        assert store.counts().papers == 3000
        assert store.papers.sources() == ("a", "b")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """And left as it was."""
    path = tmp_path / "corpus.db"
    path.write_text("Dear diary, " * 500, encoding="utf-8")
    before = path.read_bytes()

    with pytest.raises(CorpusError, match="is not a surveygen store") as caught:
        Store.open(path)

    assert caught.value.file == str(path)
    assert caught.value.hint
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    """A browser's history is not for us to migrate."""
    path = tmp_path / "places.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE places (url TEXT)")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(CorpusError, match="belongs to another program"):
        Store.open(path)

    assert path.read_bytes() == before


def test_a_store_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    """The message has both schema numbers, the hint the command."""
    path = tmp_path / "corpus.db"
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(
        CorpusError, match=rf"newer surveygen \(schema 99, this one reads {len(STORE_SCHEMA.migrations)}\)"
    ) as caught:
        Store.open(path)

    assert "update surveygen" in caught.value.hint


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    """Pages overwritten with rubbish give an error with a hint, not wrong papers."""
    path = tmp_path / "corpus.db"
    with Store.open(path) as store:
        store.import_records(many(500), source="x", at=NOON)
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    path.write_bytes(damaged)

    with pytest.raises(CorpusError, match="is damaged") as caught, Store.open(path) as store:
        list(store.papers.all())

    assert "last export" in caught.value.hint


def test_a_path_that_cannot_be_a_store_is_told(tmp_path: Path) -> None:
    """A folder in its place, a file in place of its folder."""
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(CorpusError, match="cannot be opened") as folder:
        Store.open(tmp_path)
    with pytest.raises(CorpusError, match="file") as no_folder:
        Store.open(tmp_path / "file" / "corpus.db")

    assert folder.value.hint
    assert no_folder.value.hint


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    """What a kill leaves before the first commit, or `touch`."""
    path = tmp_path / "corpus.db"
    path.touch()

    with Store.open(path) as store:
        assert store.import_records([paper()], source="x", at=NOON).added == (ID,)


def test_the_search_index_follows_every_change(tmp_path: Path) -> None:
    """Insert, correct, leave alone: FTS5's own check agrees with the papers."""
    path = tmp_path / "corpus.db"
    with Store.open(path) as store:
        store.import_records(many(20), source="x", at=NOON)
        store.import_records(
            (one.with_changes(version=2, title=f"New {one.id}") for one in many(10)), source="x", at=LATER
        )
        store.import_records((one.with_changes(doi="10.1/x") for one in many(15)), source="x", at=LATER)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM paper WHERE id = '00000019'")
    connection.close()

    assert intact(path)


def test_an_older_store_is_migrated(tmp_path: Path) -> None:
    """A migration that is appended runs once and keeps the papers."""
    path = tmp_path / "corpus.db"
    with Store.open(path) as store:
        store.import_records([paper()], source="x", at=NOON)
    later = ("CREATE TABLE later (id INTEGER PRIMARY KEY)",)
    newer = replace(STORE_SCHEMA, migrations=(*STORE_SCHEMA.migrations, later))

    for _ in range(2):
        database = Database(path, newer)
        with Store(database) as store:
            assert database.rows("SELECT id FROM later") == []
            assert store.papers.get(ID) is not None


def test_a_migration_that_fails_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    """All statements of all pending migrations, or none."""
    path = tmp_path / "corpus.db"
    Store.open(path).close()
    broken = ("CREATE TABLE later (id INTEGER PRIMARY KEY)", "CREATE TABLE paper (id TEXT)")
    with pytest.raises(CorpusError, match="table paper already exists"):
        Database(path, replace(STORE_SCHEMA, migrations=(*STORE_SCHEMA.migrations, broken)))

    database = Database(path, STORE_SCHEMA)
    assert database.rows("SELECT name FROM sqlite_master WHERE name = 'later'") == []
    database.close()


def test_a_store_with_the_former_names_of_tables_opens(tmp_path: Path) -> None:
    """Citations, dates, pending ids and the provenance of fields are read from a store of the schema before."""
    path = tmp_path / "corpus.db"
    old = Database(path, replace(STORE_SCHEMA, migrations=STORE_SCHEMA.migrations[:4]))
    names = "id, title, abstract, authors, affiliations, version, categories, primary_category, doi, journal_ref"
    carried = '[["as_of",1,"2021-07-13T23:59:59Z"],["authors",1,"2021-07-13T23:59:59Z"]]'
    with old.transaction():
        old.run(
            f"INSERT INTO paper ({names}, comment, license, url, status, abstract_kind, extra, carried, as_of, digest)"
            " VALUES ('1', 'T', 'A', '[\"Ada\"]', '[]', 2, '[]', '', '', '', '', '', '', 'active', 'abstract', '[]',"
            " ?, '2021-07-13', x'00')",
            (carried,),
        )
        old.run("INSERT INTO version_text VALUES ('1', 1, 'T', 'A', 'abstract', '', NULL, '[[\"title\",1,\"\"]]')")
        old.run("INSERT INTO wanted VALUES ('2', 3)")
        old.run("INSERT INTO fact VALUES ('changed_at', ?)", (NOON,))
        old.run("INSERT INTO told VALUES ('1', 'openalex', '[\"W1\"]', 5, 0, ?, ?, x'00')", (NOON, LATER))
        old.run("INSERT INTO citation VALUES ('1', 'openalex', 0, '[\"W2\"]', 'B', '', 2020)")
    old.close()

    with Store.open(path) as store:
        stored = next(store.papers.histories())
        assert (stored.paper.datestamp, store.changed_at()) == ("2021-07-13", NOON)
        assert [name for name, _, _ in stored.paper.field_provenance] == ["authors", "datestamp"]
        assert stored.texts[0].field_provenance == (("title", 1, ""),)
        assert store.papers.pending() == (PendingPaper(PaperId("2"), 3),)
        assert [record.references[0].title for record in store.citations.all()] == ["B"]
        assert store.citations.last_asked("openalex") == {"1": LATER}
        assert f'"carried":{carried}' in "".join(export_lines(store))
        store.citations.put([CitationRecord(PaperId("1"), "openalex")], at=LATER)
        assert list(store.citations.all()) == []


def test_a_closed_store_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    """Not an error that a person can mend."""
    store = Store.open(tmp_path / "corpus.db")
    store.close()

    with pytest.raises(sqlite3.ProgrammingError):
        store.counts()
