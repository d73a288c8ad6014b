"""The order of the references: by author at first, undisturbed afterwards."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.survey import reference_order


def _paper(name: str, author: str = "", title: str = "On", year: str = "") -> Paper:
    return Paper(PaperId(name), title, authors=(Author(author),) if author else (), published=year or None)


def test_the_first_order_is_by_author_year_and_title() -> None:
    """Accents do not matter, and a paper without authors comes last."""
    papers = [
        _paper("1"),
        _paper("2", "Zoe Öz"),
        _paper("3", "Ada Oy", year="2021"),
        _paper("4", "Ada Oy", "Of", "2020"),
        _paper("5", "Ada Oy", "At", "2020"),
    ]

    assert reference_order(papers, ()) == ("5", "4", "3", "2", "1")


def test_a_new_paper_comes_after_those_that_readers_know() -> None:
    """Whoever wrote it; one that is not there now keeps its place."""
    assert reference_order([_paper("1", "Zoe Zed"), _paper("2", "Ada Abe")], (PaperId("9"), PaperId("1"))) == (
        "9",
        "1",
        "2",
    )


@given(st.lists(st.text("abc", min_size=1), unique=True), st.lists(st.text("abc", min_size=1), unique=True))
def test_the_known_order_stays_and_each_paper_stands_once(names: list[str], before: list[str]) -> None:
    """Whatever comes, nobody is moved, lost or told twice, and a second look changes nothing."""
    papers, known = [_paper(name) for name in names], tuple(map(PaperId, before))

    now = reference_order(papers, known)

    assert now[: len(known)] == known
    assert sorted(now) == sorted({*names, *before})
    assert reference_order(reversed(papers), now) == now
