"""Terms that rise and fall, and what the numbers must be for it."""

from __future__ import annotations

import pytest
from scipy.stats import fisher_exact

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import PaperReview
from surveygen.domain.survey import KeyValueTable
from surveygen.languages import load
from surveygen.survey import SurveyData, compose, make_cite_keys

TOO_FEW = 19  # papers of one half


def trends(
    papers: dict[int, int], uses: dict[str, dict[int, int]], title: str = "", abstract: str = ""
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the tables of terms by caption, for numbers of papers by year and of their uses of some keywords."""
    listed = [
        Paper(PaperId(f"{year}-{n}"), "T", abstract, published=str(year))
        for year, count in papers.items()
        for n in range(count)
    ]
    keywords = {
        paper.id: tuple(
            word for word, years in uses.items() if int(paper.id.split("-")[1]) < years.get(paper.year or 0, 0)
        )
        for paper in listed
    }
    data = SurveyData(
        title=title,
        papers=tuple(listed),
        reviews={paper.id: PaperReview(paper.id, keywords=keywords[paper.id]) for paper in listed},
        cite_keys=make_cite_keys(listed, {}),
    )
    across = (section for section in compose(data, load("en")).sections if section.id == "across")
    tables = (block for section in across for block in section.blocks if isinstance(block, KeyValueTable))
    return {table.caption: table.rows for table in tables}


def test_a_term_that_comes_up_is_rising() -> None:
    """No paper of thirty before, ten of thirty since; the counts by year are told."""
    assert trends({2019: 30, 2020: 30}, {"Pair Debate": {2020: 10}}) == {
        "Terms on the rise": (("Pair Debate", "0 of 30 papers before 2020, 10 of 30 papers since (2020: 10)"),)
    }


def test_a_term_that_goes_is_falling() -> None:
    """The other way round."""
    assert list(trends({2019: 30, 2020: 30}, {"Pair Debate": {2019: 10}})) == ["Terms in decline"]


def test_the_surest_terms_come_first() -> None:
    """By the probability of Fisher's exact test, terms that are as sure by name; plural and case are one term."""
    uses = {f"{kind} judges": {2020: papers} for kind, papers in (("weak", 10), ("sure", 20), ("able", 10))}
    uses |= {"pair debates": {2020: 9}, "Pair Debate": {2020: 8}}
    rows = trends({2019: 30, 2020: 30}, uses)["Terms on the rise"]

    assert [term for term, _ in rows] == ["sure judges", "able judges", "weak judges", "Pair Debate"]


@pytest.mark.parametrize("after", range(6, 15))
def test_the_share_of_false_terms_is_limited(after: int) -> None:
    """Among twenty terms one is listed whose probability is at most 0.05 / 20 (Benjamini and Hochberg 1995)."""
    even = {f"term {letter}": {2019: 5, 2020: 5} for letter in "abcdefghijklmnopqrs"}
    chance = fisher_exact([[0, after], [30, 30 - after]]).pvalue
    listed = trends({2019: 30, 2020: 30}, {"Pair Debate": {2020: after}, **even})

    assert bool(listed) == (chance <= 0.05 / 20)


@pytest.mark.parametrize(
    ("papers", "uses"),
    [
        ({2019: 30, 2020: 30}, {2019: 5, 2020: 5}),
        ({2019: 30, 2020: 30}, {2020: 4}),
        ({2019: TOO_FEW, 2020: 21}, {2020: 15}),
        ({}, {}),
    ],
)
def test_chance_is_no_trend(papers: dict[int, int], uses: dict[int, int]) -> None:
    """Equal shares, too few uses, and too few papers on one side say nothing."""
    assert trends(papers, {"Pair Debate": uses}) == {}


@pytest.mark.parametrize("term", ["text", "Debate", "Group Debates", "large group debate", "GDs"])
def test_common_words_and_the_subject_itself_are_no_trends(term: str) -> None:
    """Neither a single common word, nor the title of the survey, with more words or as an explained acronym."""
    abstract = "Group debates (GDs) let judges agree."

    assert trends({2019: 30, 2020: 30}, {term: {2020: 10}}, "Group Debate", abstract) == {}
    assert trends({2019: 30, 2020: 30}, {"Judge LMs": {2020: 10}}, "Group Debate", abstract)


def test_a_term_of_many_papers_is_the_subject() -> None:
    """What a quarter of the papers are about, before and since, is what was searched for."""
    uses = {"language models": {2019: 10, 2020: 30}}

    assert trends({2019: 30, 2020: 30}, uses) == {}
