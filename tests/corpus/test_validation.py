"""What comes into a store is within bounds, from whatever source; what is not is named and set aside."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_records import ID, NOON, paper
from surveygen.corpus import Store, export_lines, import_lines
from surveygen.domain.paper import Author, Paper, PaperId, PaperVersion, PendingPaper
from surveygen.errors import CorpusError
from surveygen.sources.files import open_input

HEADER = '{"surveygen_dump":1}'
DECISION = {"number": 1, "at": NOON, "author": "Ada", "action": "exclude", "subject": "x"}


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty store in memory."""
    with Store.open(Path(":memory:")) as opened:
        yield opened


def reasons(store: Store, *lines: object) -> list[tuple[int, str]]:
    """Import lines after the header of a dump; return line and reason of what was set aside."""
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    changes = import_lines(store, [HEADER, *texts], at=NOON)
    return [(record.line, record.reason) for record in changes.quarantined]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "a\0b"}, "id"),
        ({"id": "a\u202eb"}, "id"),
        ({"id": "a\u200db"}, "id"),
        ({"id": "a\U000e0041"}, "id"),
        ({"id": " a"}, "id"),
        ({"id": "a" * 501}, "id"),
        ({"version": 10_000}, "version"),
        ({"published": "9999-12-31"}, "published"),
        ({"published": "1066"}, "published"),
        ({"published": "2024-02-30"}, "published"),
        ({"updated": "2024-13"}, "updated"),
        ({"updated": "2024-01-01T25:00:00Z"}, "updated"),
        ({"versions": (PaperVersion(10**30),)}, "versions"),
        ({"versions": (PaperVersion(0),)}, "versions"),
        ({"versions": (PaperVersion(1, "soon"),)}, "submitted_at"),
        ({"versions": (PaperVersion(1, "1969-01-01"),)}, "submitted_at"),
        ({"versions": (PaperVersion(1, None, -1),)}, "size_kb"),
        ({"versions": (PaperVersion(1, None, 0, "I" * 11),)}, "flags"),
        ({"authors": (Author("A"),) * 10_001}, "authors"),
        ({"extra": (("x", "y" * 20_001),)}, "extra"),
    ],
)
def test_a_record_out_of_bounds_is_set_aside(changes: dict[str, object], field: str, store: Store) -> None:
    """From any source; the reason begins with the field, and the rest is imported."""
    other = paper(id=PaperId("other"))
    result = store.import_records([paper(**changes), other], source="x", at=NOON)

    assert result.added == (other.id,)
    assert [record.reason.partition(":")[0] for record in result.quarantined] == [field]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"arxiv_id": "a\0", "title": "T"}, "id"),
        ({"arxiv_id": "a", "title": "T", "version": 10**30}, "version"),
        ({"arxiv_id": "a", "title": "T", "published": "2999-01-01"}, "published"),
        ({"arxiv_id": "a", "title": "T", "cite_key": "a,b}"}, "cite_key"),
        ({"arxiv_id": "a", "title": "T", "texts": [{"version": 10**30, "title": "T"}]}, "version"),
        ({"decision": {**DECISION, "number": 10**30}}, "number"),
        ({"decision": {**DECISION, "at": "yesterday"}}, "at"),
        ({"decision": {**DECISION, "subject": "a\u202e"}}, "subject"),
        ({"decision": {**DECISION, "target": "a\0"}}, "target"),
        ({"theme": {"id": "a\0", "name": "A"}}, "id"),
        ({"cite_key": {"paper": "a", "key": "{"}}, "cite_key"),
        ({"wanted": {"id": "a\0", "version": None}}, "id"),
        ({"wanted": {"id": "a", "version": 10**30}}, "version"),
        ({"told": {"paper": "a\0", "provider": "p", "at": NOON}}, "paper"),
    ],
)  # fmt: skip
def test_a_line_of_a_dump_out_of_bounds_is_set_aside(line: object, field: str, store: Store) -> None:
    """With the number of its line and the name of the field; the lines around it are imported."""
    found = reasons(store, {"arxiv_id": "before", "title": "T"}, line, {"arxiv_id": "after", "title": "T"})

    assert [(number, reason.partition(":")[0]) for number, reason in found] == [(3, field)]
    assert {one.id for one in store.papers.all()} == {"before", "after"}


def test_texts_are_cleaned(store: Store) -> None:
    """Controls, bidi overrides, zero-width and tag characters do not come in by any text; long texts are cut."""
    hidden = "\0\x1b\u200b\u202e\ufeff\U000e0041"
    record = paper(
        title=f"A{hidden} title",
        abstract=f"We show{hidden} x.",
        authors=(Author(f"Ada{hidden}", (f"MIT{hidden}",)),),
        categories=(f"cs.CL{hidden}",),
        comment=f"12{hidden} pages",
        journal_ref="x" * 600,
    )
    store.import_records([record], source="x", at=NOON)
    (stored,) = store.papers.all()

    assert (stored.title, stored.abstract, stored.comment) == ("A title", "We show x.", "12 pages")
    assert (stored.authors, stored.categories) == ((Author("Ada", ("MIT",)),), ("cs.CL",))
    assert len(stored.journal_ref) <= 500


def test_a_datestamp_after_tomorrow_is_no_authority(store: Store) -> None:
    """A record of the year 9999 does not outrank later corrections."""
    store.import_records([paper(abstract="We do.", datestamp="9999-12-31")], source="x", at=NOON)
    store.import_records([paper(abstract="We do it.", datestamp="2026-01-01")], source="y", at=NOON)

    assert [one.abstract for one in store.papers.all()] == ["We do it."]


@pytest.mark.parametrize("header", ['{"surveygen_dump":-1}', '{"surveygen_dump":' + "[" * 100_000, "{}"])
def test_a_wrong_header_is_no_dump(header: str, store: Store) -> None:
    """A number that no version had, or nesting without end."""
    with pytest.raises(CorpusError, match="not a dump"):
        import_lines(store, [header], at=NOON)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(10**30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = ("title", "version", "authors", "versions", "published", "as_of", "extra", "texts", "carried", "cite_key")
PAPERS = st.fixed_dictionaries({"arxiv_id": JSON | st.just(str(ID)), "title": JSON | st.just("T")}).flatmap(
    lambda base: st.dictionaries(st.sampled_from(KEYS), JSON, max_size=4).map(lambda more: {**more, **base})
)
KINDS = st.dictionaries(
    st.sampled_from(["theme", "decision", "cite_key", "wanted", "quarantine", "told"]), JSON, min_size=1, max_size=1
)


@settings(max_examples=100)  # of longer dumps: to open a store takes longer than to import some lines
@given(st.lists(PAPERS | KINDS | JSON, max_size=8))
def test_whatever_a_dump_says_is_imported_or_set_aside(lines: list[object]) -> None:
    """No line ends in another error than one of the corpus, and what came in makes an equal store."""
    with Store.open(Path(":memory:")) as one, Store.open(Path(":memory:")) as other:
        try:
            import_lines(one, [HEADER, *map(json.dumps, lines)], at=NOON)
        except CorpusError:
            return
        written = list(export_lines(one))
        import_lines(other, written, at=NOON)

        assert list(export_lines(other)) == written


def test_an_id_to_fetch_out_of_bounds_is_set_aside(store: Store) -> None:
    """As a record is."""
    broken: list[Paper | PendingPaper] = [PendingPaper(PaperId("a\u202e")), PendingPaper(ID, 10**30)]
    result = store.import_records(broken, source="x", at=NOON)

    assert (len(result.quarantined), result.wanted) == (2, 0)


def test_a_line_without_end_is_one_bad_line(store: Store, tmp_path: Path) -> None:
    """It is never in memory as a whole, and the lines after it are imported."""
    file = tmp_path / "dump.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        lines.write(f'{HEADER}\n{{"arxiv_id":"before","title":"T"}}\n{{"arxiv_id":"a","title":"')
        for _ in range(40):
            lines.write("x" * 2**20)
        lines.write('"}\n{"arxiv_id":"after","title":"T"}\n')
    tracemalloc.start()
    with open_input(file) as opened:
        changes = import_lines(store, opened.raw_lines(), at=NOON)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert {one.id for one in store.papers.all()} == {"before", "after"}
    assert [record.line for record in changes.quarantined] == [3]
    assert peak < 200 * 2**20
