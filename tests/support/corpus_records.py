"""Records as sources deliver them: written by hand, and drawn at random for the laws."""

from __future__ import annotations

from hypothesis import strategies as st

from surveygen.domain.paper import Author, Paper, PaperId, PaperVersion

ID = PaperId("2107.05580")
NOON = "2026-01-01T12:00:00Z"
LATER = "2026-02-02T12:00:00Z"

DATES = st.sampled_from([
    "2020", "2020-05", "2020-05-03", "2020-05-03T10:00:00Z", "2020-06-01", "2021-02", "2021-02-28T23:59:59Z",
])  # fmt: skip
TITLES = st.sampled_from(
    ["Learning to summarize", "Learning to Summarize from Feedback", "要約の学習", "$\\alpha_1$ & co"]
)
ABSTRACTS = st.sampled_from(
    ["", "This paper has been withdrawn.", "We show x.", "We show x and y.", 'Say "no" \\ yes.']
)
WORDS = st.sampled_from(["", "a", "b", "bb", "12 pages", "13 pages, 2 figures"])
AUTHORS = st.lists(
    st.builds(Author, st.sampled_from(["Ada Byron", "J. Gödel", "李明"]), st.sampled_from([(), ("MIT",), ("A", "B")])),
    max_size=3,
).map(tuple)
VERSIONS = st.lists(
    st.builds(
        PaperVersion,
        n=st.integers(1, 4),
        submitted_at=st.none() | DATES,
        size_kb=st.sampled_from([0, 7, 12]),
        flags=st.sampled_from(["", "", "", "D", "I", "DI"]),
    ),
    max_size=4,
).map(tuple)


def records(*ids: str) -> st.SearchStrategy[Paper]:
    """Draw records of papers with these ids, of one paper if none is given; every field is unknown now and then."""
    return st.builds(
        Paper,
        id=st.sampled_from(ids or [ID]).map(PaperId),
        title=TITLES,
        abstract=ABSTRACTS,
        authors=AUTHORS,
        version=st.integers(1, 4),
        published=st.none() | DATES,
        updated=st.none() | DATES,
        versions=VERSIONS,
        categories=st.sampled_from([(), ("cs.CL",), ("cs.CL", "cs.LG")]),
        primary_category=st.sampled_from(["", "cs.CL"]),
        doi=WORDS,
        journal_ref=WORDS,
        comment=WORDS,
        license=WORDS,
        url=WORDS,
        status=st.sampled_from(["active", "active", "active", "withdrawn", "reinstated"]),
        datestamp=st.sampled_from([None, None, "2020-05-03", "2021-07-12", "2021-08-01"]),
        authority=st.sampled_from([True]),
        abstract_kind=st.sampled_from(["abstract", "abstract", "note", "none"]),
        extra=st.dictionaries(st.sampled_from(["acl_id", "source"]), WORDS).map(
            lambda pairs: tuple(sorted(pairs.items()))
        ),
    )


def paper(**changes: object) -> Paper:
    """Make a record of the first version, with some fields replaced."""
    return Paper(
        id=ID,
        title="Learning to summarize",
        abstract="We show x.",
        authors=(Author("Ada Byron"),),
        updated="2021-07-12",
    ).with_changes(**changes)
