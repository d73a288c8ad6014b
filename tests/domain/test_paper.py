"""What a paper says about its versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import MAX_LISTED, Paper, PaperId, PaperVersion


def paper(**known: object) -> Paper:
    """Make a paper of which little is known."""
    return Paper(PaperId("2101.00001"), "T").with_changes(**known)


@given(st.integers(1, 9), st.sets(st.integers(1, 9)))
def test_a_ledger_has_no_gaps(version: int, listed: set[int]) -> None:
    """From the first to the latest version, each once, however little a source lists."""
    known = paper(version=version, versions=tuple(PaperVersion(n, f"20{n:02}") for n in sorted(listed)))

    assert [row.n for row in known.ledger()] == list(range(1, known.latest + 1))
    assert all((row.submitted_at == f"20{row.n:02}") for row in known.ledger() if row.n in listed)
    assert known.latest == max(version, *listed, 1)


def test_dates_of_the_record_stand_in() -> None:
    """Without a list, the first date is that of version 1 and the other that of the version read."""
    rows = paper(version=2, published="2021-01-04", updated="2021-06-02").ledger()

    assert [row.submitted_at for row in rows] == ["2021-01-04", "2021-06-02"]
    assert [row.submitted_at for row in paper(updated="2021-06-02").ledger()] == ["2021-06-02"]


def test_an_absurd_number_lists_what_is_known() -> None:
    """A version of a billion takes no memory."""
    known = paper(version=10**9, published="2021-01-04")

    assert known.latest > MAX_LISTED
    assert [row.n for row in known.ledger()] == [1, 10**9]


def test_a_flag_marks_a_withdrawing_version() -> None:
    """Other flags, and none, do not."""
    assert PaperVersion(2, flags="AI").withdrawn
    assert not PaperVersion(2, flags="D").withdrawn


@pytest.mark.parametrize(
    ("paper", "published", "updated", "date"),
    [
        ("2107.05580", "2021-07-02", None, "2021-07-02"),
        ("2107.05580", None, "2023-01-01", "2021-07"),
        ("hep-th/9901001", None, None, "1999-01"),
        ("math/0309136", None, None, "2003-09"),
        ("2199.00001", None, "2023-01-01", "2023-01-01"),
        ("some-key", None, None, None),
    ],
)
def test_an_arxiv_id_tells_the_month(paper: str, published: str | None, updated: str | None, date: str | None) -> None:
    """A published date goes first; an id without a real month tells nothing."""
    found = Paper(PaperId(paper), "T", published=published, updated=updated)

    assert found.date == date
    assert found.year == (int(date[:4]) if date else None)
