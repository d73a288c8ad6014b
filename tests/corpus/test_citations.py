"""What citation graphs told, in the store and in its dump."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_records import ID, LATER, NOON, paper
from surveygen.corpus import Store, export_lines, import_lines
from surveygen.corpus.database import STORE_SCHEMA, Database
from surveygen.domain.citation import CitationRecord, CitedWork
from surveygen.domain.paper import PaperId

FIRST = CitationRecord(
    ID, "semantic_scholar", ("arxiv:1",), 3, (CitedWork(("doi:10.1/x",), "A title", "Byron", 2020),), 1
)
UNKNOWN = CitationRecord(ID, "openalex")
ANSWERS = st.lists(
    st.builds(
        CitationRecord,
        paper=st.sampled_from([ID, PaperId("x")]),
        provider=st.sampled_from(["a", "b"]),
        ids=st.just(("arxiv:1",)),
        cited_by=st.none() | st.integers(0, 3),
        references=st.lists(
            st.sampled_from([CitedWork(("doi:10.1/x",), "漢字"), CitedWork(("openalex:W1",))]), max_size=2
        ).map(tuple),
        at=st.sampled_from([NOON, LATER]),
    ),
    max_size=4,
)


def dumped(*imports: list[CitationRecord]) -> list[str]:
    """Merge answers one list after another; return the dump."""
    with Store.open(Path(":memory:")) as store:
        for told in imports:
            store.citations.merge(told, at=LATER)
        return list(export_lines(store))


def test_an_answer_is_kept_and_read_back() -> None:
    """Whole, with the date since when it is told; a paper that a graph does not know is only noted as asked."""
    with Store.open(Path(":memory:")) as store:
        assert store.citations.put([FIRST, UNKNOWN], at=NOON) == 1

        assert list(store.citations.all()) == [replace(FIRST, at=NOON)]
        assert store.citations.last_asked("semantic_scholar") == store.citations.last_asked("openalex") == {ID: NOON}
        assert store.changed_at() == NOON


def test_the_same_answer_changes_nothing_but_when_it_was_asked() -> None:
    """Neither dump nor hash nor the date of the last change; another answer does, and takes the place of the old."""
    with Store.open(Path(":memory:")) as store:
        store.citations.put([FIRST], at=NOON)
        before = (list(export_lines(store)), store.sha256(), store.changed_at())
        assert store.citations.put([FIRST, UNKNOWN], at=LATER) == 0

        assert (list(export_lines(store)), store.sha256(), store.changed_at()) == before
        assert store.citations.last_asked("semantic_scholar") == {ID: LATER}
        assert store.citations.put([replace(FIRST, cited_by=4, references=())], at=LATER) == 1
        assert list(store.citations.all()) == [replace(FIRST, cited_by=4, references=(), at=LATER)]
        assert (store.sha256(), store.changed_at()) != before[1:]


def test_a_graph_that_forgets_a_paper_is_believed() -> None:
    """The old answer goes, and that is a change."""
    with Store.open(Path(":memory:")) as store:
        store.citations.put([FIRST], at=NOON)

        assert store.citations.put([CitationRecord(ID, "semantic_scholar")], at=LATER) == 1
        assert list(store.citations.all()) == []


@settings(max_examples=30)  # each opens up to six stores
@given(ANSWERS, ANSWERS)
def test_dumps_of_citations_join_in_any_order(left: list[CitationRecord], right: list[CitationRecord]) -> None:
    """A dump makes an equal store; two join into the same one whichever comes first, and a second time adds nothing."""
    whole = dumped(left, right)

    assert dumped(right, left) == whole
    assert dumped([*right, *left], left) == whole
    with Store.open(Path(":memory:")) as other:
        import_lines(other, whole, at=NOON)
        assert list(export_lines(other)) == whole


@pytest.mark.parametrize(
    "told",
    [
        "{}",
        '{"paper": "1", "provider": "a", "at": 1}',
        f'{{"paper": "1", "provider": "a", "at": "{NOON}", "references": [{{}}]}}',
        f'{{"paper": "1", "provider": "a", "at": "{NOON}", "cited_by": "many"}}',
        f'{{"paper": "1", "provider": "a", "at": "{NOON}", "cited_by": {2**70}}}',
        f'{{"paper": "1", "provider": "a", "at": "{NOON}", "ids": ["\\ud800"]}}',
        '{"paper": "1", "provider": "a", "at": "tomorrow"}',
    ],
)
def test_a_bad_line_is_set_aside(told: str) -> None:
    """The rest of the dump is imported."""
    with Store.open(Path(":memory:")) as store:
        change = import_lines(store, ['{"surveygen_dump":1}', f'{{"told": {told}}}'], at=NOON)

        assert len(change.quarantined) == 1
        assert list(store.citations.all()) == []


def test_a_store_of_before_gets_the_tables(tmp_path: Path) -> None:
    """A file that never heard of citations is opened, with its papers, and takes them."""
    path = tmp_path / "corpus.db"
    Database(path, replace(STORE_SCHEMA, migrations=STORE_SCHEMA.migrations[:2])).close()
    with Store.open(path) as store:
        store.import_records([paper()], source="x", at=NOON)
        store.citations.put([FIRST], at=NOON)

        assert store.counts().papers == len(list(store.citations.all())) == 1
