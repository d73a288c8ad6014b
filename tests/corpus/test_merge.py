"""What several records say about one paper."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_records import ID, paper, records
from surveygen.corpus import merge
from surveygen.corpus.merge import PaperHistory, merge_histories
from surveygen.domain.paper import Author, Paper, PaperId, PaperVersion

RECORDS = records().flatmap(lambda record: st.booleans().map(lambda own: record.with_changes(authority=own)))
GROUPS = st.lists(RECORDS, min_size=1, max_size=5)


def folded(group: list[Paper]) -> Paper:
    """Merge records in the order given."""
    first, *others = group
    return reduce(lambda known, record: merge(known, record)[0], others, merge(None, first)[0])


def history(group: list[Paper]) -> PaperHistory:
    """Merge records with the words of each version in the order given."""
    first, *others = map(PaperHistory, group)
    return reduce(merge_histories, others, merge_histories(None, first))


@given(GROUPS)
def test_merging_a_record_again_changes_nothing(group: list[Paper]) -> None:
    """Idempotent: a merged paper takes neither itself nor any of its records for news."""
    known = folded(group)

    for record in (known, *group):
        assert merge(known, record) == (known, "unchanged")
    assert merge(None, known)[0] == known


@given(GROUPS.flatmap(lambda group: st.tuples(st.just(group), st.permutations(group))))
def test_the_order_of_records_does_not_matter(groups: tuple[list[Paper], list[Paper]]) -> None:
    """Free of order: any permutation folds into an equal paper, with equal words of each version."""
    one, other = groups

    assert folded(one) == folded(other)
    assert history(one) == history(other)


@given(GROUPS, GROUPS)
def test_halves_merge_into_the_whole(left: list[Paper], right: list[Paper]) -> None:
    """Two merged papers join into what their records join into: dumps of two stores may be united."""
    assert merge(folded(left), folded(right))[0] == folded(left + right)
    assert merge_histories(history(left), history(right)) == history(left + right)


@given(GROUPS)
def test_a_record_that_was_seen_is_no_news_to_a_history(group: list[Paper]) -> None:
    """Idempotent with the words of all versions as well."""
    known = history(group)

    assert all(merge_histories(known, PaperHistory(record)) == known for record in group)
    assert merge_histories(known, known) == known
    assert merge_histories(None, known) == known


@given(GROUPS)
def test_an_unknown_field_erases_nothing(group: list[Paper]) -> None:
    """What any record knew stays known."""
    merged = folded(group)

    told = any(record.datestamp for record in group)
    for name in ("title", "abstract", "authors", "published", "updated", "categories", "doi", "comment", "url"):
        known = any(getattr(record, name) for record in group)
        assert bool(getattr(merged, name)) == known or (told and name in {"doi", "comment"})


@given(GROUPS)
def test_each_value_was_said_by_a_record(group: list[Paper]) -> None:
    """Merging invents no words: each field is that of some record."""
    merged = folded(group)

    leading = [record for record in group if record.authority] or group
    assert merged.version == max(record.version for record in leading)
    for name in ("title", "abstract", "authors", "published", "updated", "categories", "doi", "comment", "url"):
        assert getattr(merged, name) in [getattr(record, name) for record in group]


def test_a_higher_version_replaces_text_and_date() -> None:
    """Title, abstract and `updated` follow the version, not the order."""
    old, new = paper(), paper(version=2, title="Second", abstract="We show more.", updated="2022-01-01")

    merged, kind = merge(merge(None, old)[0], new)

    assert (merged.title, merged.abstract, merged.updated, kind) == ("Second", "We show more.", "2022-01-01", "revised")
    assert folded([new, old]) == merged


def test_a_field_of_an_older_version_is_marked_as_carried() -> None:
    """A comment that only version 1 has stays, and the paper says whose it is."""
    merged = folded([paper(comment="12 pages"), paper(version=2, updated="2022-01-01")])

    assert merged.comment == "12 pages"
    assert merged.field_provenance == (("comment", 1, "2021-07-12"),)


def test_an_abstract_replaces_a_note_and_never_the_other_way_round() -> None:
    """At equal version the author's abstract wins, in either order."""
    note = paper(abstract="An editor's note that is a good deal longer.", abstract_kind="note")
    real = paper(abstract="We show x.")

    for group in ([note, real], [real, note]):
        assert (folded(group).abstract, folded(group).abstract_kind) == ("We show x.", "abstract")


def test_a_note_on_a_later_version_does_not_replace_an_abstract() -> None:
    """An abstract of any version is worth more than a note."""
    merged = folded([paper(), paper(version=3, abstract="A note.", abstract_kind="note")])

    assert (merged.version, merged.abstract, merged.abstract_kind) == (3, "We show x.", "abstract")


def test_the_later_record_of_a_version_corrects_the_earlier() -> None:
    """At equal version `updated` decides, even for shorter words."""
    long, short = paper(title="A long wrong title"), paper(title="Right", updated="2021-08-01")

    assert merge(merge(None, long)[0], short) == (folded([short, long]), "corrected")
    assert folded([short, long]).title == "Right"


def test_an_authority_decides_within_a_version() -> None:
    """A later datestamp corrects words of the same version, also to shorter ones, and takes a comment back."""
    old = paper(title="A long wrong title", comment="12 pages", license="CC0", datestamp="2021-07-13")
    new = paper(title="Right", datestamp="2022-01-01")

    for group in ([old, new], [new, old]):
        merged = folded(group)
        assert (merged.title, merged.comment, merged.license, merged.datestamp) == ("Right", "", "CC0", "2022-01-01")


def test_a_later_version_goes_before_an_authority_on_an_earlier() -> None:
    """The datestamp decides within a version only; it stays known, in the provenance."""
    merged = folded(
        [paper(datestamp="2030-01-01", doi="10.1/x"), paper(version=2, title="Second", updated="2022-01-01")]
    )

    assert (merged.title, merged.doi, merged.datestamp) == ("Second", "10.1/x", "2030-01-01")
    assert ("datestamp", 1, "2030-01-01T23:59:59Z") in merged.field_provenance


def test_records_of_equal_stamp_are_decided_by_their_words() -> None:
    """The longer wins, then the later in code point order."""
    assert folded([paper(title="Aa"), paper(title="Abc")]).title == "Abc"
    assert folded([paper(title="Abd"), paper(title="Abc")]).title == "Abd"


def test_a_flag_on_the_latest_version_withdraws_and_keeps_the_last_live_abstract() -> None:
    """The stub of a withdrawn version does not replace an abstract, in either order."""
    stub = paper(
        version=2, abstract="This paper has been withdrawn.", versions=(PaperVersion(1), PaperVersion(2, flags="I"))
    )

    merged, kind = merge(merge(None, paper())[0], stub)

    assert (merged.status, merged.version, merged.abstract, kind) == ("withdrawn", 2, "We show x.", "withdrawn")
    assert folded([stub, paper()]) == merged


def test_a_status_given_by_the_source_is_kept_as_the_flag_of_its_version() -> None:
    """A source without version flags can withdraw as well."""
    merged, kind = merge(merge(None, paper())[0], paper(status="withdrawn"))

    assert (merged.status, kind) == ("withdrawn", "withdrawn")
    assert merged.versions == (PaperVersion(1, flags="I"),)


def test_a_live_version_after_a_withdrawn_one_reinstates() -> None:
    """As arXiv's 1101.2736: version 2 withdrawn, version 3 live."""
    gone = merge(None, paper(version=2, status="withdrawn", abstract="Withdrawn."))[0]

    merged, kind = merge(gone, paper(version=3, abstract="Back again."))

    assert (merged.status, merged.abstract, kind) == ("reinstated", "Back again.", "reinstated")


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ("2020", "2020-05-03", "2020-05-03"),
        ("2020-05-03T10:00:00Z", "2020-05-03", "2020-05-03T10:00:00Z"),
        ("2020-05", "2020-06-01", "2020-05"),
        ("2021", "2020-06-01", "2020-06-01"),
        (None, "2020", "2020"),
    ],
)
def test_published_is_precise_where_compatible_and_early_otherwise(one: str, other: str, kept: str) -> None:
    """The date of the first version."""
    group = [paper(published=one), paper(published=other)]

    assert folded(group).published == kept
    assert folded(group[::-1]).published == kept


def test_versions_are_united_by_number() -> None:
    """Each source knows some versions, and some facts of each."""
    known = paper(versions=(PaperVersion(1, "2020-05", 7), PaperVersion(2, flags="D")))
    more = paper(versions=(PaperVersion(3), PaperVersion(1, "2020-05-03")))

    assert folded([known, more]).versions == (
        PaperVersion(1, "2020-05-03", 7),
        PaperVersion(2, flags="D"),
        PaperVersion(3),
    )


def test_keys_of_the_import_are_merged_one_by_one() -> None:
    """A source's own keys do not drop those of another."""
    merged = folded([paper(extra=(("acl_id", "x"),)), paper(version=2, extra=(("source", "arxiv"),))])

    assert merged.extra == (("acl_id", "x"), ("source", "arxiv"))


def test_affiliations_win_over_bare_names() -> None:
    """Of two equal author lists the fuller one stays."""
    full = paper(authors=(Author("Ada Byron", ("MIT",)),))

    assert folded([full, paper()]).authors == full.authors


def test_a_first_record_is_an_addition_even_if_withdrawn() -> None:
    """A paper stands in the first list that fits."""
    assert merge(None, paper(status="withdrawn"))[1] == "added"


def test_records_of_two_papers_do_not_merge() -> None:
    """A mistake of the caller is told, with both ids."""
    with pytest.raises(ValueError, match=r"'1' cannot be merged into '2107\.05580'"):
        merge(paper(id=ID), paper(id=PaperId("1")))
