"""Figures in the store and in its dump."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from arxiv_pages import make_png
from surveygen.corpus import Store, export_lines, import_lines
from surveygen.domain.figure import FigureRecord
from surveygen.domain.paper import PaperId

AT = "2026-09-01T12:00:00Z"
OPEN = "http://creativecommons.org/licenses/by/4.0/"
FIGURE = FigureRecord(
    *(PaperId("2401.00001"), 1, "fetched", "https://arxiv.org/html/2401.00001v1/x1.png", AT, OPEN),
    *("f1", "Figure 1", "Overview of $k$ lamps.", "S1.F1"),
)


def put(folder: Path, *figures: tuple[FigureRecord, bytes]) -> Path:
    """Make a store with some figures; return its file."""
    path = folder / "corpus.db"
    with Store.open(path) as store:
        for record, image in figures:
            store.figures.put(record, image)
    return path


def lines_of(path: Path) -> list[str]:
    """Return the dump of a store."""
    with Store.open(path) as store:
        return list(export_lines(store))


def test_a_figure_survives_a_dump(tmp_path: Path) -> None:
    """An empty store with the dump has the same figure, image and dump; the digest of the store covers it."""
    path = put(tmp_path, (FIGURE, make_png(5, 3)))
    lines = lines_of(path)
    with Store.open(tmp_path / "other.db") as other:
        bare = other.sha256()
        import_lines(other, lines, at=AT)
        (record,) = other.figures.records()

        assert (record.media_type, record.width, record.height) == ("image/png", 5, 3)
        assert other.figures.image(record.sha256) == make_png(5, 3)
        assert list(export_lines(other)) == lines
        assert other.sha256() != bare


def test_the_first_image_of_a_version_stays(tmp_path: Path) -> None:
    """In either order of two stores; a refused image gives way to a usable one."""
    early, late = (FIGURE, make_png(color=1)), (replace(FIGURE, at="2026-09-02T12:00:00Z"), make_png(color=2))
    refused = (replace(FIGURE, status="refused", reason="too large", at="2026-08-01T00:00:00Z"), b"")
    for number, order in enumerate(((early, late, refused), (refused, late, early))):
        (tmp_path / str(number)).mkdir()
        with Store.open(put(tmp_path / str(number), *order)) as store:
            (record,) = store.figures.records()
            assert store.figures.image(record.sha256) == make_png(color=1)


def test_what_is_no_image_is_refused_with_the_reason(tmp_path: Path) -> None:
    """It is remembered, so that it is not requested again, and is no part of the dump."""
    path = put(tmp_path, (FIGURE, b"<svg/>"))
    with Store.open(path) as store:
        (record,) = store.figures.records()

    assert (record.status, record.sha256) == ("refused", "")
    assert "neither PNG" in record.reason
    assert len(lines_of(path)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"license": "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"},
        {"license": ""},
        {"image": "PHN2Zy8+"},
        {"width": 4000},
        {"sha256": "0" * 64},
        {"media_type": "image/svg+xml"},
        {"version": 0},
        {"url": "x" * 2000},
        {"status": "shown"},
    ],
)
def test_a_forged_line_is_set_aside(tmp_path: Path, change: dict[str, object]) -> None:
    """A dump cannot bring a figure without an open license, or another image than the record describes."""
    header, line = lines_of(put(tmp_path, (FIGURE, make_png())))
    forged = json.dumps({"figure": json.loads(line)["figure"] | change})
    with Store.open(tmp_path / "other.db") as other:
        import_lines(other, [header, forged], at=AT)

        assert other.figures.records() == ()
        assert other.counts().quarantined == 1


def test_a_damaged_image_is_none(tmp_path: Path) -> None:
    """Bytes that are not those of the record are neither shown nor dumped."""
    path = put(tmp_path, (FIGURE, make_png()))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"IDAT", b"IDAX"))
    with Store.open(path) as store:
        (record,) = store.figures.records()
        assert store.figures.image(record.sha256) is None
        assert list(store.figures.stored()) == []
