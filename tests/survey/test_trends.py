"""Terms that rise and fall, and what the numbers must be for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import PaperReview
from surveygen.survey._trends import FEWEST_PAPERS, find_trends, fisher


def dated(
    years: dict[int, int], word: dict[int, int], spelled: str = "Debate"
) -> tuple[list[Paper], dict[PaperId, PaperReview]]:
    """Make so many papers a year, and so many of them with a keyword."""
    papers = [
        Paper(PaperId(f"{year}-{n}"), "T", published=str(year)) for year, count in years.items() for n in range(count)
    ]
    having = {PaperId(f"{year}-{n}") for year, count in word.items() for n in range(count)}
    return papers, {one.id: PaperReview(one.id, keywords=(spelled,) if one.id in having else ()) for one in papers}


@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_the_exact_test_is_that_of_others(earlier: int, later: int, data: st.DataObject) -> None:
    """The probability is the one that SciPy gives for the same table."""
    before, after = data.draw(st.integers(0, earlier)), data.draw(st.integers(0, later))

    expected = fisher_exact([[before, after], [earlier - before, later - after]])[1]
    assert fisher(before, after, earlier, later) == pytest.approx(expected, abs=1e-6)


def test_a_term_that_comes_up_is_rising() -> None:
    """No paper of thirty before, ten of thirty since; the counts by year are kept."""
    trends = find_trends(*dated({2019: 30, 2020: 30}, {2020: 10}))

    assert trends is not None
    assert (trends.year, trends.earlier, trends.later) == (2020, 30, 30)
    assert [(one.term, one.before, one.after, one.years) for one in trends.rising] == [("Debate", 0, 10, ((2020, 10),))]
    assert trends.falling == ()


def test_a_term_that_goes_is_falling() -> None:
    """The other way round."""
    trends = find_trends(*dated({2019: 30, 2020: 30}, {2019: 10}))

    assert trends is not None
    assert [one.term for one in trends.falling] == ["Debate"]


@pytest.mark.parametrize(
    ("years", "word"),
    [
        ({2019: 30, 2020: 30}, {2019: 5, 2020: 5}),
        ({2019: 30, 2020: 30}, {2020: 4}),
        ({2019: FEWEST_PAPERS - 1, 2020: 21}, {2020: 15}),
        ({}, {}),
    ],
)
def test_chance_is_no_trend(years: dict[int, int], word: dict[int, int]) -> None:
    """Equal shares, too few uses, and too few papers on one side say nothing."""
    trends = find_trends(*dated(years, word))

    assert trends is None or (trends.rising, trends.falling) == ((), ())
