"""Papers against a human bibliography."""

from __future__ import annotations

from surveygen.domain.evaluation import Overlap
from surveygen.domain.paper import Paper, PaperId
from surveygen.survey import compare_references


def paper(name: str, date: str | None = None, **more: str) -> Paper:
    """Make a paper whose title is its id unless told otherwise."""
    return Paper(PaperId(name), more.get("title", name), published=date, doi=more.get("doi", ""))


def test_papers_meet_by_id_doi_or_title() -> None:
    """The same paper under three kinds of marks, and one that is in one list only."""
    ours = [
        paper("2107.05580", title="One"),
        paper("b", doi="10.1/X", title="Two"),
        paper("c", title="The Way, Part 2"),
        paper("2401.00001", title="Four"),
        paper("e"),
    ]
    theirs = [
        paper("2107.05580", title="Other words"),
        paper("doi:10.1/x", doi="10.1/x", title="2"),
        paper("title:x", title="the way - part 2"),
        paper("k", doi="10.48550/arXiv.2401.00001", title="4"),
    ]

    found = compare_references(ours, theirs)

    assert found.all == Overlap(5, 4, 4, 0.8, 1.0)
    assert found.dated is None


def test_only_the_common_span_counts_when_dated() -> None:
    """Ours begin in 2020, theirs end in May 2023: what lies outside on either side is left out, undated ones too."""
    ours = [paper("a", "2020"), paper("b", "2023-05-01"), paper("late", "2024-01"), paper("undated")]
    theirs = [paper("classic", "1998"), paper("a", "2020-03"), paper("c", "2023-05")]

    found = compare_references(ours, theirs)

    assert found.all == Overlap(4, 3, 1, 0.25, 1 / 3)
    assert found.dated == Overlap(2, 2, 1, 0.5, 0.5)
    assert (found.first, found.last) == ("2020", "2023-05")


def test_spans_that_never_meet_give_no_dated_figures() -> None:
    """A survey of what came after the bibliography cannot be compared by date."""
    found = compare_references([paper("a", "2024")], [paper("b", "2020")])

    assert found.dated is None


def test_a_paper_listed_twice_counts_once() -> None:
    """Preprint and journal record of one paper are one hit."""
    found = compare_references([paper("a", title="One"), paper("b", title="one!")], [paper("a", title="One")])

    assert found.all.both == 1
