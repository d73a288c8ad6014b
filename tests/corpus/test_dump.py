"""The dump: a store as lines of JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_records import ID, LATER, NOON, paper, records
from decisions import MANY as MADE
from decisions import decision as decide
from surveygen.corpus import Store, export_lines, import_lines, is_dump
from surveygen.domain.decision import Decision
from surveygen.domain.paper import BadRecord, Paper, PaperId, PendingPaper
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.errors import CorpusError

OTHER = PaperId("hep-th/9901001")
MANY = st.lists(records(ID, OTHER, "my-own-key"), max_size=8)
HEADER = '{"surveygen_dump":1}'
OUTER = Theme(ThemeId("outer"), "Outer", keywords=("reward",), seeds=(ID,), names=(("ja", "外"),))


def dumped(*imports: Sequence[Paper]) -> list[str]:
    """Import records one after another into an empty store; return its dump."""
    with Store.open(Path(":memory:")) as store:
        for delivered in imports:
            store.import_records(delivered, source="x", at=NOON)
        return list(export_lines(store))


@settings(max_examples=20)  # each opens up to four stores
@given(MANY)
def test_a_dump_makes_an_equal_store(delivered: list[Paper]) -> None:
    """Exported, imported and exported again: equal lines, an equal hash, equal words of each version."""
    with Store.open(Path(":memory:")) as one, Store.open(Path(":memory:")) as other:
        one.import_records(delivered, source="x", at=NOON)
        lines = list(export_lines(one))
        import_lines(other, lines, at=LATER)

        assert list(export_lines(other)) == lines
        assert (list(other.papers.histories()), other.sha256()) == (list(one.papers.histories()), one.sha256())
        assert not import_lines(other, lines, at=LATER)


@settings(max_examples=20)  # each opens up to four stores
@given(MANY, MANY)
def test_two_half_imports_equal_one_whole(left: list[Paper], right: list[Paper]) -> None:
    """In either order."""
    whole = dumped([*left, *right])

    assert dumped(left, right) == whole
    assert dumped(right, left) == whole


@settings(max_examples=20)  # each opens up to four stores
@given(MANY, MANY)
def test_two_dumps_unite_into_the_store_of_all_records(left: list[Paper], right: list[Paper]) -> None:
    """A dump loses nothing that a later merge needs."""
    with Store.open(Path(":memory:")) as store:
        for lines in (dumped(left), dumped(right)):
            import_lines(store, lines, at=NOON)

        assert list(export_lines(store)) == dumped([*left, *right])


def test_everything_that_is_truth_is_in_the_dump(tmp_path: Path) -> None:
    """Papers, versions' words, cite keys (one of a paper that is not there), taxonomy, wanted, quarantine with date."""
    bad = BadRecord("refs.jsonl", 7, "not JSON", "{broken")
    with Store.open(tmp_path / "a.db") as one, Store.open(tmp_path / "b.db") as other:
        one.import_records(
            [paper(), paper(version=2), PendingPaper(OTHER), PendingPaper(PaperId("x"), 2), bad], source="x", at=NOON
        )
        one.save_taxonomy(Taxonomy((OUTER,)), at=NOON)
        one.papers.add_cite_keys({ID: "byron2021learning", OTHER: "gone1999"})
        lines = list(export_lines(one))
        change = import_lines(other, lines, at=LATER)

        assert (change.added, change.wanted, change.quarantined) == ((ID,), 2, (bad,))
        assert list(export_lines(other)) == lines
        assert other.papers.text(ID, 1, "abstract") == "We show x."
        assert other.papers.cite_keys() == one.papers.cite_keys()
        assert other.taxonomy() == Taxonomy((OUTER,))
        assert other.papers.pending() == one.papers.pending()
        assert other.papers.quarantine() == ((bad, NOON),)


def test_a_paper_line_has_the_keys_of_the_contract() -> None:
    """Other tools, and `surveygen add`, read it as a JSONL paper."""
    header, line = dumped([paper(categories=("cs.CL",), primary_category="cs.CL", comment="12 pages")])

    assert header == HEADER
    assert json.loads(line) == {
        "arxiv_id": ID,
        "title": "Learning to summarize",
        "abstract": "We show x.",
        "abstract_kind": "abstract",
        "authors": ["Ada Byron"],
        "categories": ["cs.CL"],
        "comment": "12 pages",
        "primary_category": "cs.CL",
        "status": "active",
        "updated": "2021-07-12",
        "version": 1,
    }


def test_a_dump_is_known_by_its_first_line() -> None:
    """A JSONL file of papers is none."""
    assert is_dump(HEADER)
    assert not is_dump('{"arxiv_id": "1", "title": "x"}')
    assert not is_dump("2107.05580")


@pytest.mark.parametrize("first", ["", "no JSON", "[1]", '{"arxiv_id": "1"}', '{"surveygen_dump": "1"}'])
def test_a_file_that_is_no_dump_is_refused(first: str) -> None:
    """With the command that makes one."""
    with Store.open(Path(":memory:")) as store, pytest.raises(CorpusError, match="not a dump") as caught:
        import_lines(store, [first], at=NOON)

    assert "surveygen export" in caught.value.hint


def test_a_dump_of_a_newer_program_is_refused() -> None:
    """Reading half of it would lose the rest."""
    with Store.open(Path(":memory:")) as store, pytest.raises(CorpusError, match="newer surveygen"):
        import_lines(store, ['{"surveygen_dump":2}'], at=NOON)


@pytest.mark.parametrize(
    "line",
    [
        "{broken",
        "[]",
        "[" * 100_000,
        "{}",
        '{"arxiv_id": 1, "title": "x"}',
        '{"arxiv_id": "1"}',
        '{"arxiv_id": "1", "title": ""}',
        '{"arxiv_id": "1", "title": "x", "version": 0}',
        '{"arxiv_id": "1", "title": "x", "version": "2"}',
        '{"arxiv_id": "1", "title": "x", "version": true}',
        '{"arxiv_id": "1", "title": "x", "updated": "yesterday"}',
        '{"arxiv_id": "1", "title": "x", "authors": "A"}',
        '{"arxiv_id": "1", "title": "x", "authors": ["A"], "affiliations": [["B"], ["C"]]}',
        '{"arxiv_id": "1", "title": "x", "carried": [["title"]]}',
        '{"arxiv_id": "1", "title": "x", "status": "lost"}',
        '{"arxiv_id": "1", "title": "x", "versions": [{}]}',
        '{"arxiv_id": "1", "title": "\\ud800"}',
        '{"theme": {"id": "a"}}',
        '{"decision": {"number": 1, "action": "burn", "subject": "a"}}',
        '{"decision": {"number": 0, "action": "undo", "subject": "1"}}',
        '{"decision": {"number": 1, "action": "split", "subject": "a", "themes": [{"id": "b"}]}}',
        '{"wanted": {"id": "a", "version": "2"}}',
        '{"quarantine": {"source": "a"}}',
        '{"cite_key": "a"}',
    ],
)
def test_a_bad_line_is_quarantined_and_the_rest_is_imported(line: str) -> None:
    """With its number and the reason."""
    with Store.open(Path(":memory:")) as store:
        change = import_lines(store, [HEADER, line, '{"arxiv_id": "2", "title": "y"}\n', "\n"], at=NOON)

        assert change.added == ("2",)
        assert len(change.quarantined) == 1
        assert change.quarantined[0].reason


def test_a_plain_record_may_stand_in_a_dump() -> None:
    """Null means unknown, keys of no meaning are ignored."""
    line = '{"arxiv_id": "1", "title": "x", "abstract": null, "authors": null, "extra": null, "rank": 3}'
    with Store.open(Path(":memory:")) as store:
        import_lines(store, [HEADER, line], at=NOON)

        assert store.papers.get(PaperId("1")) == Paper(PaperId("1"), "x", abstract_kind="none")


@settings(max_examples=20)  # each opens up to four stores
@given(MADE, MADE)
def test_decisions_are_part_of_the_dump(own: tuple[Decision, ...], more: tuple[Decision, ...]) -> None:
    """An empty store takes all of them, one that has the first of them the rest, and one that has more keeps it."""
    with Store.open(Path(":memory:")) as one, Store.open(Path(":memory:")) as other:
        for store in (one, other):
            for decision in own:
                store.decisions.append(decision)
        for decision in more:
            one.decisions.append(decision)
        lines = list(export_lines(one))
        import_lines(other, lines, at=LATER)
        import_lines(one, list(export_lines(other))[: 1 + len(own)], at=LATER)

        assert list(export_lines(other)) == list(export_lines(one)) == lines
        assert (other.decisions.all(), other.sha256()) == (one.decisions.all(), one.sha256())
        assert [decision.number for decision in one.decisions.all()] == list(range(1, len(own) + len(more) + 1))


def test_another_story_of_decisions_is_not_mixed_in() -> None:
    """Where neither list goes on where the other ends, the store keeps its own, and the papers are imported."""
    line = '{"decision":{"number":1,"at":"2026-01-01T12:00:00Z","author":"bo","action":"exclude","subject":"2"}}'
    with Store.open(Path(":memory:")) as store:
        store.decisions.append(decide("exclude", "1"))

        with pytest.raises(CorpusError, match="other decisions"):
            import_lines(store, [HEADER, line, '{"arxiv_id": "2", "title": "y"}'], at=LATER)

        assert [decision.author for decision in store.decisions.all()] == ["ada"]
        assert store.papers.get(PaperId("2")) is not None


def test_another_taxonomy_is_not_replaced() -> None:
    """The store's themes are decisions of its own; the papers of the dump are imported."""
    theme = '{"theme":{"id":"inner","name":"Inner","origin":"given"}}'
    with Store.open(Path(":memory:")) as store:
        store.save_taxonomy(Taxonomy((OUTER,)), at=NOON)

        with pytest.raises(CorpusError, match="another taxonomy"):
            import_lines(store, [HEADER, theme, '{"arxiv_id": "2", "title": "y"}'], at=LATER)

        assert store.taxonomy() == Taxonomy((OUTER,))
        assert store.papers.get(PaperId("2")) is not None


def test_themes_without_their_parent_make_no_tree() -> None:
    """A dump that lost a line says so."""
    theme = '{"theme":{"id":"debate","name":"Debate","parent":"outer"}}'
    with Store.open(Path(":memory:")) as store, pytest.raises(CorpusError, match="are not a tree"):
        import_lines(store, [HEADER, theme], at=NOON)
