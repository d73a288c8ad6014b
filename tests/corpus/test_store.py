"""The store: what goes in, what comes out."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_records import ID, LATER, NOON, paper
from surveygen.corpus import Counts, Store, export_lines
from surveygen.domain.paper import Author, BadRecord, ImportChanges, Paper, PaperId, PaperVersion, PendingPaper
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.errors import CorpusError

OTHER = PaperId("hep-th/9901001")
BAD = BadRecord("refs.jsonl", 7, "not JSON", "{broken")
TAXONOMY = Taxonomy((
    Theme(ThemeId("outer"), "Outer", description="All of it.", keywords=("reward",), names=(("ja", "外"),)),
    Theme(ThemeId("debate"), "Debate", parent=ThemeId("outer"), seeds=(ID,), origin="induced"),
))  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store.open(tmp_path / "corpus" / "corpus.db") as store:
        yield store


def full() -> Paper:
    """A paper with every field known."""
    return paper(
        authors=(Author("Ada Byron", ("MIT", "ETH")), Author('J. "Gö" \\del')),
        published="2021-07-12T10:00:00Z",
        versions=(PaperVersion(1, "2021-07-12", 12, "D"),),
        categories=("cs.CL", "cs.LG"),
        primary_category="cs.CL",
        doi="10.1/x",
        journal_ref="J. 1",
        comment="12 pages",
        license="CC0",
        url="https://arxiv.org/abs/2107.05580",
        extra=(("source", "list"),),
    )


def test_a_paper_comes_back_as_it_went_in(store: Store) -> None:
    """No field is lost."""
    change = store.import_records([full()], source="arxiv", at=NOON)

    assert change == ImportChanges(added=(ID,))
    assert store.papers.get(ID) == full()
    assert store.papers.get(OTHER) is None


def test_papers_are_sorted_by_id_and_chosen_by_status(store: Store) -> None:
    """More than a page of them, delivered backwards."""
    ids = [PaperId(f"{number:04}.0001") for number in range(1200)]
    store.import_records(
        (paper(id=one, status="withdrawn" if one == ids[3] else "active") for one in ids[::-1]), source="x", at=NOON
    )

    assert [one.id for one in store.papers.all()] == ids
    assert [one.id for one in store.papers.all(status=["withdrawn"])] == [ids[3]]
    assert list(store.papers.all(status=())) == []


def test_papers_stream_in_flat_memory(store: Store) -> None:
    """Reading twice as many takes no more: a page of 500 at a time."""
    peaks = []
    for count in (1200, 2400):
        store.import_records(
            (paper(id=PaperId(f"{number:08}"), comment="x" * 2000) for number in range(count)), source="x", at=NOON
        )
        tracemalloc.start()
        assert sum(1 for _ in store.papers.all()) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.1 * peaks[0]


def test_the_store_may_be_written_while_it_is_read(store: Store) -> None:
    """A build caches what it derives as it walks the papers."""
    store.import_records([full(), paper(id=OTHER)], source="x", at=NOON)

    for one in store.papers.all():
        store.cache.put("card", one.text_hash, "{}", slot=one.id)
        store.import_records([one], source="x", at=LATER)

    assert store.changed_at() == NOON


def test_a_change_is_told_from_the_start_of_the_run_to_its_end(store: Store) -> None:
    """Several records of one paper in one run make one entry."""
    store.import_records([paper()], source="x", at=NOON)

    change = store.import_records(
        [
            paper(version=2, status="withdrawn"),
            paper(version=3, abstract="Back."),
            paper(id=OTHER),
            paper(id=OTHER, version=2),
        ],
        source="x",
        at=LATER,
    )

    assert change == ImportChanges(added=(OTHER,), revised=(ID,))


def test_each_kind_of_change_has_its_list(store: Store) -> None:
    """Withdrawn, reinstated, corrected, unchanged."""
    store.import_records([paper(id=PaperId(one)) for one in "abcd"], source="x", at=NOON)

    first = store.import_records(
        [
            paper(id=PaperId("a"), version=2, status="withdrawn"),
            paper(id=PaperId("b"), doi="10.1/b"),
            paper(id=PaperId("c")),
        ],
        source="x",
        at=LATER,
    )
    second = store.import_records([paper(id=PaperId("a"), version=3)], source="x", at=LATER)

    assert (first.withdrawn, first.corrected, first.unchanged) == (("a",), ("b",), 1)
    assert second.reinstated == ("a",)


def test_a_run_with_nothing_new_changes_nothing(store: Store) -> None:
    """Neither the dump nor the date, nor any count."""
    delivered: list[Paper | PendingPaper | BadRecord] = [full(), paper(id=OTHER), PendingPaper(PaperId("1")), BAD]
    store.import_records(delivered, source="x", at=NOON)
    before = (list(export_lines(store)), store.sha256(), store.changed_at(), store.counts())

    change = store.import_records(delivered, source="x", at=LATER)

    assert not change
    assert (change.unchanged, change.quarantined) == (2, (BAD,))
    assert (list(export_lines(store)), store.sha256(), store.changed_at(), store.counts()) == before


def test_an_empty_store_has_a_date_and_no_content(store: Store) -> None:
    """Every question has an answer before the first import."""
    assert store.changed_at() == "1970-01-01T00:00:00Z"
    assert store.counts() == Counts(0, 0, 0, 0, 0, 0, 0, 0)
    assert (list(store.papers.all()), store.taxonomy(), store.papers.cite_keys(), store.papers.sources()) == (
        [],
        None,
        {},
        (),
    )
    assert store.import_records([], source="x", at=NOON) == ImportChanges()
    assert store.papers.sources() == ()


def test_counts_tell_what_is_there(store: Store) -> None:
    """A paper is counted where it belongs."""
    store.import_records(
        [
            paper(),
            paper(id=PaperId("a"), abstract="", abstract_kind="none"),
            paper(id=PaperId("b"), abstract="A note.", abstract_kind="note"),
            paper(id=PaperId("c"), status="withdrawn"),
            PendingPaper(PaperId("d")),
            BAD,
        ],
        source="x",
        at=NOON,
    )

    assert store.counts() == Counts(
        papers=4, withdrawn=1, without_abstract=1, notes=1, wanted=1, quarantined=1, delivered=4, duplicates=0
    )


def test_a_second_record_of_a_paper_is_a_duplicate_once(store: Store) -> None:
    """Twice in one run, or from two sources; a run that is repeated counts nothing again."""
    for _ in range(2):
        store.import_records([paper(), paper(doi="10.1/x"), paper(id=OTHER)], source="a.jsonl", at=NOON)
        store.import_records([paper()], source="refs.bib", at=NOON)

    assert (store.counts().delivered, store.counts().duplicates) == (4, 2)
    assert store.papers.sources() == ("a.jsonl", "refs.bib")


def test_what_each_source_brought_adds_up(store: Store) -> None:
    """Unreadable records are counted with the others of their source; all make what is known, known already, or bad."""
    store.import_records([paper(), paper(doi="10.1/x"), paper(id=OTHER), BAD], source="refs.jsonl", at=NOON)
    store.import_records([paper()], source="refs.bib", at=NOON)

    counts = store.counts()
    assert store.papers.records_by_source() == {"refs.bib": 1, "refs.jsonl": 4}
    assert sum(store.papers.records_by_source().values()) == counts.papers + counts.duplicates + counts.quarantined


def test_the_words_of_each_version_are_kept(store: Store) -> None:
    """Evidence of an older draft can still be checked; a late record of an old version is taken too."""
    second = paper(version=2, title="Second", abstract="We show more.", comment="2 pages", authority=True)
    store.import_records([second], source="x", at=NOON)

    change = store.import_records([paper(comment="1 page", authority=True)], source="x", at=LATER)

    assert (change.corrected, store.changed_at()) == ((ID,), LATER)
    assert [store.papers.text(ID, 1, field) for field in ("title", "abstract", "comment")] == [
        "Learning to summarize", "We show x.", "1 page",
    ]  # fmt: skip
    assert [store.papers.text(ID, 2, field) for field in ("title", "abstract", "comment")] == [
        "Second", "We show more.", "2 pages",
    ]  # fmt: skip
    assert store.papers.text(ID, 3, "title") is None
    assert store.papers.text(OTHER, 1, "title") is None


def test_the_words_of_the_own_version_are_those_of_the_paper(store: Store) -> None:
    """What a reader of the paper quotes is found, wherever merge has it from."""
    store.import_records([paper(), paper(version=2, status="withdrawn", abstract="Withdrawn.")], source="x", at=NOON)

    assert store.papers.text(ID, 2, "abstract") == "We show x."


def test_a_fetched_paper_is_no_longer_wanted(store: Store) -> None:
    """Nor is a known one wanted again, in either order."""
    store.import_records([PendingPaper(ID), PendingPaper(OTHER), paper()], source="ids.txt", at=NOON)
    change = store.import_records([PendingPaper(ID), PendingPaper(OTHER)], source="ids.txt", at=LATER)

    assert store.papers.pending() == (PendingPaper(OTHER),)
    assert not change


def test_a_paper_without_its_abstract_is_still_wanted(store: Store) -> None:
    """A bibliography entry or an editor's note is not what was asked for."""
    store.import_records(
        [
            PendingPaper(ID),
            paper(abstract="", abstract_kind="none"),
            paper(id=OTHER, abstract_kind="note"),
            PendingPaper(OTHER),
        ],
        source="refs.bib",
        at=NOON,
    )

    assert store.papers.pending() == (PendingPaper(ID), PendingPaper(OTHER))


def test_the_latest_version_wanted_counts(store: Store) -> None:
    """A later version before an earlier, the latest before each."""
    store.import_records(
        [PendingPaper(ID, 3), PendingPaper(ID, 2), PendingPaper(OTHER), PendingPaper(OTHER, 2)],
        source="ids.txt",
        at=NOON,
    )
    assert store.papers.pending() == (PendingPaper(ID, 3), PendingPaper(OTHER))

    store.import_records([paper(version=2)], source="arxiv", at=NOON)
    assert store.papers.pending() == (PendingPaper(ID, 3), PendingPaper(OTHER))

    store.import_records([paper(version=3)], source="arxiv", at=NOON)
    assert store.papers.pending() == (PendingPaper(OTHER),)


def test_a_bad_record_is_kept_once_with_the_date_it_was_first_seen(store: Store) -> None:
    """The same file imported again adds nothing; another line does."""
    second = BadRecord("refs.jsonl", 8, "not JSON", "{broken")
    store.import_records([BAD, BAD], source="refs.jsonl", at=NOON)
    store.import_records([BAD, second], source="refs.jsonl", at=LATER)

    assert store.papers.quarantine() == ((BAD, NOON), (second, LATER))
    assert store.changed_at() == LATER


def test_what_the_database_cannot_hold_is_quarantined(store: Store) -> None:
    """Half a surrogate pair and a number of more than 64 bits; the rest is imported."""
    broken: list[Paper | PendingPaper | BadRecord] = [
        paper(title="\ud800"),
        paper(id=PaperId("1"), version=10**30),
        paper(versions=(PaperVersion(1, size_kb=2**63),)),
        PendingPaper(PaperId("\udfff")),
        PendingPaper(ID, 10**30),
        BadRecord("\udcff.jsonl", 10**30, "why \ud800", "\ud800"),
    ]

    change = store.import_records([*broken, paper(id=OTHER)], source="\udcff.jsonl", at=NOON)

    assert change.added == (OTHER,)
    assert len(change.quarantined) == len(store.papers.quarantine()) == 6
    assert store.papers.sources() == ("?.jsonl",)


def test_what_was_read_before_an_interruption_is_kept(store: Store) -> None:
    """A source that fails, or Ctrl-C, costs no record that had arrived."""

    def failing() -> Iterator[Paper]:
        yield paper()
        yield paper(id=OTHER)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.import_records(failing(), source="x", at=NOON)

    assert [one.id for one in store.papers.all()] == [ID, OTHER]


def test_search_finds_words_of_title_abstract_and_authors(store: Store) -> None:
    """By stem and without accents; the index follows a correction."""
    debate = paper(id=OTHER, title="On debates", abstract="None.", authority=True)
    store.import_records([full(), debate], source="x", at=NOON)

    assert store.papers.search("summarizing learn") == (ID,)
    assert store.papers.search("go byron") == (ID,)
    assert store.papers.search("debate") == (OTHER,)

    store.import_records([debate.with_changes(title="Market making", version=2)], source="x", at=NOON)
    assert store.papers.search("debate") == ()
    assert store.papers.search("market") == (OTHER,)


def test_search_sorts_by_relevance_then_id(store: Store) -> None:
    """Equal papers stand by id; `limit` cuts."""
    ids = [PaperId(one) for one in "cab"]
    store.import_records(
        [*(paper(id=one) for one in ids), paper(id=PaperId("d"), title="x x x", abstract="x")], source="x", at=NOON
    )

    assert store.papers.search("x") == ("d", "a", "b", "c")
    assert store.papers.search("x", limit=2) == ("d", "a")
    assert store.papers.search("x", limit=-1) == ()


@pytest.mark.parametrize(
    "query", ["", " ", '"', "...", "a AND", "NEAR(", "title:x", "-x", "x*", "\0", "\ud800", "(", "^x"]
)
def test_no_query_is_a_syntax_error(store: Store, query: str) -> None:
    """User text is words, never operators."""
    store.import_records([paper()], source="x", at=NOON)

    assert store.papers.search(query) in {(), (ID,)}


@given(st.text(max_size=30))
def test_any_text_may_be_searched(tmp_path_factory: pytest.TempPathFactory, query: str) -> None:
    """Whatever a person types."""
    with Store.open(tmp_path_factory.getbasetemp() / "any.db") as store:
        store.papers.search(query)


def test_vectors_come_back_at_half_precision(store: Store) -> None:
    """By text and encoder; what is not there is left out."""
    rows = np.array([[1.0, -0.5, 1 / 3], [0.0, 0.0, 6e-5]], dtype=np.float32)
    store.cache.put_vectors(["h1", "h2"], rows, "mini")

    found = store.cache.vectors(["h2", "h1", "h3", "h1"], "mini")

    assert sorted(found) == ["h1", "h2"]
    assert all(vector.dtype == np.float32 for vector in found.values())
    np.testing.assert_array_equal(found["h1"], rows[0].astype(np.float16).astype(np.float32))
    np.testing.assert_allclose(found["h2"], rows[1], atol=1e-7)
    assert store.cache.vectors(["h1"], "other") == {}


def test_vectors_need_a_row_for_each_key(store: Store) -> None:
    """A mistake of the caller names the shape."""
    with pytest.raises(ValueError, match=r"2 keys for vectors of shape \(1, 3\)"):
        store.cache.put_vectors(["a", "b"], np.zeros((1, 3), dtype=np.float32), "mini")


def test_caches_are_not_content(store: Store) -> None:
    """Vectors and derived results move neither the dump nor its date."""
    store.import_records([paper()], source="x", at=NOON)
    before = (list(export_lines(store)), store.sha256())

    store.cache.put_vectors(["h"], np.ones((1, 3), dtype=np.float32), "mini")
    store.cache.put("card", "key", "{}", slot=ID)

    assert (list(export_lines(store)), store.sha256(), store.changed_at()) == (*before, NOON)


def test_a_slot_holds_one_derived_value(store: Store) -> None:
    """A new key takes the place of the old, so the cache does not grow."""
    store.cache.put("summary", "k1", "old", slot="theme-1")
    store.cache.put("summary", "k1", "same key", slot="theme-2")
    store.cache.put("card", "k1", "other kind", slot="theme-1")
    store.cache.put("summary", "k2", "new", slot="theme-1")

    assert store.cache.get("summary", "k2") == "new"
    assert store.cache.get("summary", "k1") == "same key"
    assert store.cache.get("card", "k1") == "other kind"
    assert store.cache.get("card", "k2") is None


def test_a_taxonomy_is_kept_as_it_was_saved(store: Store) -> None:
    """An equal one changes nothing, another replaces it, an empty one removes it."""
    store.save_taxonomy(TAXONOMY, at=NOON)
    store.save_taxonomy(TAXONOMY, at=LATER)
    assert (store.taxonomy(), store.changed_at()) == (TAXONOMY, NOON)

    top = Taxonomy(TAXONOMY.themes[:1])
    store.save_taxonomy(top, at=LATER)
    assert (store.taxonomy(), store.changed_at()) == (top, LATER)

    store.save_taxonomy(Taxonomy(), at=LATER)
    assert store.taxonomy() is None


def test_cite_keys_are_assigned_once(store: Store) -> None:
    """The same key again is fine; the keys are content."""
    empty = store.sha256()
    store.papers.add_cite_keys({ID: "byron2021learning"})
    store.papers.add_cite_keys({ID: "byron2021learning", OTHER: "byron2021learninga"})

    assert store.papers.cite_keys() == {ID: "byron2021learning", OTHER: "byron2021learninga"}
    assert store.sha256() != empty


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({PaperId("1"): "new", ID: "changed"}, "2107.05580 has the cite key 'byron2021learning', not 'changed'"),
        ({OTHER: "byron2021learning"}, "the cite key 'byron2021learning' of hep-th/9901001 belongs to 2107.05580"),
        ({PaperId("1"): "twice", PaperId("2"): "twice"}, "the cite key 'twice' of 2 belongs to 1"),
    ],
)
def test_a_cite_key_is_never_changed_nor_shared(store: Store, keys: dict[PaperId, str], message: str) -> None:
    """The call is refused as a whole."""
    store.papers.add_cite_keys({ID: "byron2021learning"})

    with pytest.raises(CorpusError) as caught:
        store.papers.add_cite_keys(keys)

    assert caught.value.message == message
    assert caught.value.hint
    assert store.papers.cite_keys() == {ID: "byron2021learning"}


def test_the_hash_is_that_of_the_content(tmp_path: Path) -> None:
    """Equal content in another order, from other sources, at other times has an equal hash."""
    with Store.open(tmp_path / "a.db") as one, Store.open(tmp_path / "b.db") as other:
        one.import_records([full(), paper(id=OTHER), BAD], source="x", at=NOON)
        other.import_records([paper(id=OTHER)], source="y", at=LATER)
        assert one.sha256() != other.sha256()

        other.import_records([full()], source="z", at=LATER)
        assert one.sha256() == other.sha256()


def test_a_store_lasts(tmp_path: Path) -> None:
    """Closed and opened again it holds the same."""
    with Store.open(tmp_path / "deep" / "corpus.db") as store:
        store.import_records([full()], source="x", at=NOON)
    with Store.open(tmp_path / "deep" / "corpus.db") as store:
        assert store.papers.get(ID) == full()

    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["corpus.db"]
