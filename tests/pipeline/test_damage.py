"""A damaged store is an error that names it, a damaged cache a result computed again."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from small_surveys import corpus_lines
from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.corpus import Store
from surveygen.errors import CorpusError
from surveygen.pipeline import NullProgress
from surveygen.pipeline.files import write_if_changed

# 1,000 hold (SURVEYGEN_FLIPS=1000, some minutes); the suite takes a few.
FLIPS = int(os.environ.get("SURVEYGEN_FLIPS", "25"))
FORMATS = ("json", "markdown")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Project:
    """A small built survey with decisions; not to be changed."""
    folder = tmp_path_factory.mktemp("small") / "survey"
    pipeline.init(folder, profile="llm-alignment", title="Small")
    settings = folder / "survey.toml"
    settings.write_text(settings.read_text().replace('encoder = "sentence"', 'encoder = "lsa"'))
    project = find_project(folder, exact=True)
    source = folder / "papers.jsonl"
    source.write_text(corpus_lines(root, 15) + "{broken\n", encoding="utf-8")
    pipeline.add(project, [source], NullProgress())
    pipeline.build(project, NullProgress(), formats=FORMATS)
    paper = next(iter(pipeline.show(project, NullProgress()).papers))
    pipeline.exclude(project, paper)
    pipeline.build(project, NullProgress(), formats=FORMATS)
    with closing(sqlite3.connect(project.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return project


def copied(project: Project, folder: Path) -> Project:
    """Return a copy of a survey, to be changed at will."""
    shutil.copytree(project.root, folder)
    return find_project(folder, exact=True)


@pytest.fixture(scope="module")
def fresh(small: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a build of the small survey writes without a cache."""
    return rebuilt(
        copied(small, tmp_path_factory.mktemp("fresh") / "survey"), ["DELETE FROM derived", "DELETE FROM vector"]
    )


def rebuilt(project: Project, statements: list[str]) -> dict[str, bytes]:
    """Change the store, and build the drafts anew; return the editions."""
    with closing(sqlite3.connect(project.database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    shutil.rmtree(project.output)
    pipeline.build(project, NullProgress(), formats=FORMATS)
    return {path.name: path.read_bytes() for path in project.output.rglob("survey.*")}


def outcomes(project: Project) -> list[str]:
    """Run the commands that read everything; return the message of each, or that it ended well."""
    ended = []
    for run in (
        lambda: pipeline.status(project),
        lambda: pipeline.build(project, NullProgress(), formats=FORMATS),
        lambda: list(pipeline.export(project, "jsonl")),
        lambda: list(pipeline.export(project, "bibtex")),
    ):
        try:
            run()
            ended.append("good")
        except CorpusError as error:
            ended.append(error.message)
    return ended


@pytest.mark.parametrize("seed", range(FLIPS))
def test_flipped_bytes_end_in_no_fault_of_the_program(seed: int, small: Project, tmp_path: Path) -> None:
    """Bits turned, bytes overwritten, blocks zeroed or the end cut: a command works or says what is bad."""
    rng = random.Random(seed)
    project = copied(small, tmp_path / "copy")
    data = bytearray(project.database.read_bytes())
    kind = rng.choice(["bits", "bits", "bits", "bytes", "block", "cut"])
    if kind == "cut":
        del data[rng.randrange(len(data)) :]
    elif kind == "block":
        start = rng.randrange(len(data))
        data[start : start + 512] = bytes(len(data[start : start + 512]))
    else:
        for _ in range(rng.choice([1, 5, 50])):
            place = rng.randrange(len(data))
            data[place] = data[place] ^ 1 << rng.randrange(8) if kind == "bits" else rng.randrange(256)
    project.database.write_bytes(data)
    if rng.random() < 0.5:
        shutil.rmtree(project.output)

    assert all(outcomes(project))


@pytest.mark.parametrize("seed", range(FLIPS))
def test_a_flipped_value_ends_in_no_fault_of_the_program(seed: int, small: Project, tmp_path: Path) -> None:
    """A value of a row loses a part, has a bit turned, or is of another type."""
    rng = random.Random(seed)
    project = copied(small, tmp_path / "copy")
    with closing(sqlite3.connect(project.database)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'paper_words%' ORDER BY name"
        ).fetchall()
        filled = [name for (name,) in names if connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]]
        table = rng.choice(filled)
        rows = connection.execute(f"SELECT * FROM {table}").fetchall()
        columns = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
        number = rng.randrange(len(columns))
        value = rng.choice(rows)[number]
        with suppress(sqlite3.IntegrityError):  # the number of a row can be another number only
            connection.execute(
                f"UPDATE OR IGNORE {table} SET {columns[number]} = ? WHERE {columns[number]} IS ?",
                (damaged(value, rng), value),
            )
    if rng.random() < 0.5:
        shutil.rmtree(project.output)

    assert all(outcomes(project))


def damaged(value: object, rng: random.Random) -> object:
    """Return a value like another one."""
    if rng.random() < 0.1:
        return rng.choice([None, -1, 2**62, 1.5, "", "[]", "{}", b"\xff", "2024-99-99", "\0"])
    if isinstance(value, int):
        return value ^ 1 << rng.randrange(40)
    data = bytearray(value.encode() if isinstance(value, str) else value if isinstance(value, bytes) else b"x")
    if data and rng.random() < 0.2:
        del data[rng.randrange(len(data)) :]
    elif data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(7)
    return bytes(data) if isinstance(value, bytes) else data.decode("utf-8", "replace")


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE derived SET value = substr(value, 2)", "UPDATE vector SET vector = substr(vector, 2)"],
        ["UPDATE derived SET value = CAST(value AS BLOB)", "UPDATE vector SET vector = x'00'"],
        ["UPDATE derived SET value = x'ff'", "UPDATE vector SET vector = x'0000'"],
        ["UPDATE derived SET value = replace(value, '2', '9')", "UPDATE vector SET vector = zeroblob(length(vector))"],
        ["UPDATE derived SET value = value || '1'", "UPDATE vector SET vector = vector || x'0000'"],
        ["UPDATE vector SET vector = 'text'", "UPDATE derived SET value = 7"],
    ],
    ids=["cut", "odd", "no UTF-8", "other values", "longer", "other types"],
)
def test_a_damaged_cache_is_computed_again(
    statements: list[str], small: Project, fresh: dict[str, bytes], tmp_path: Path
) -> None:
    """Whatever stands in it, a build makes the same text as without a cache."""
    written = rebuilt(copied(small, tmp_path / "damaged"), statements)

    assert written
    assert written == fresh


@pytest.mark.parametrize("lost", ["empty", "gone"])
def test_an_empty_store_beside_drafts_is_told(lost: str, small: Project, tmp_path: Path) -> None:
    """A file of 0 bytes, or none: status and build say that the store was lost."""
    project = copied(small, tmp_path / "copy")
    if lost == "empty":
        project.database.write_bytes(b"")
    else:
        project.database.unlink()
    (note,) = pipeline.status(project).notes
    with pytest.raises(CorpusError) as caught:
        pipeline.build(project, NullProgress())

    assert "output/" in note
    assert caught.value.hint == note
    assert pipeline.status(small).notes == ()


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_written_files_have_the_permissions_of_the_umask(mask: int, mode: int, tmp_path: Path) -> None:
    """New files and those that replace others."""
    before = os.umask(mask)
    try:
        write_if_changed(tmp_path / "draft" / "a.txt", b"1")
        write_if_changed(tmp_path / "draft" / "a.txt", b"2")
    finally:
        os.umask(before)

    assert (tmp_path / "draft" / "a.txt").stat().st_mode & 0o777 == mode
    assert [path.name for path in (tmp_path / "draft").iterdir()] == ["a.txt"]


def test_a_state_of_the_store_has_a_number(small: Project, tmp_path: Path) -> None:
    """Two changes within one second are two; a build of the same papers is none."""
    project = copied(small, tmp_path / "copy")
    papers = list(pipeline.show(project, NullProgress()).papers)[:2]
    numbers = []
    for paper in papers:
        pipeline.exclude(project, paper)
        with Store.open(project.database) as store:
            numbers.append(store.changes())

    assert numbers[0] < numbers[1]
