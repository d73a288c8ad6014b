"""The map of themes and the timeline of landmark works."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from sample_survey import TAXONOMY
from surveygen.domain.citation import Citations, CitationStats
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import PaperReview
from surveygen.domain.survey import Block, ThemeMap, Timeline
from surveygen.domain.theme import Assignment, Taxonomy, Theme
from surveygen.languages import load
from surveygen.survey import SurveyData, compose, make_cite_keys

OUTER, INNER = (theme.id for theme in TAXONOMY.children(None))


def overview(*papers: Paper, seeds: tuple[str, ...] = (), **more: object) -> list[Block]:
    """Return the figures of papers that stand in turn at two themes, the later the likelier."""
    themes = tuple(Theme(theme, theme, seeds=tuple(map(PaperId, seeds))) for theme in (OUTER, INNER))
    assignments = {
        paper.id: Assignment(
            paper.id, themes[at % 2].id, (themes[at % 2].id,), 0.1 * at, None, 0.1, uncertain=False, method="nearest"
        )
        for at, paper in enumerate(papers)
    }
    data = SurveyData(
        papers=papers,
        taxonomy=Taxonomy(themes),
        assignments=assignments,
        reviews={paper.id: PaperReview(paper.id) for paper in papers},
        cite_keys=make_cite_keys(papers, {}),
    )
    survey = compose(replace(data, **more), load("en"))  # type: ignore[arg-type]
    return [block for section in survey.sections if section.id == "overview" for block in section.blocks]


def paper(number: int, year: int | None = 2020) -> Paper:
    """Make a paper of a year."""
    return Paper(PaperId(f"p{number:03}"), f"T{number}", "A.", (), 1, f"{year}-01-01" if year else None)


def timelines(blocks: list[Block]) -> list[Timeline]:
    """Return the timelines among some figures."""
    return [block for block in blocks if isinstance(block, Timeline)]


def maps(blocks: list[Block]) -> list[ThemeMap]:
    """Return the maps among some figures."""
    return [block for block in blocks if isinstance(block, ThemeMap)]


def test_a_theme_stands_at_the_middle_of_its_papers() -> None:
    """One far paper does not move it, and the theme beside it is named."""
    papers = [paper(n) for n in range(6)]
    places = [(0.1, 0.1), (0.8, 0.9), (0.2, 0.2), (0.8, 0.9), (0.9, 0.9), (0.8, 0.9)]
    positions = {p.id: at for p, at in zip(papers, places, strict=True)}
    (drawn,) = maps(overview(*papers, coordinates=positions))

    assert [(spot.theme, spot.x, spot.y, spot.papers, spot.nearest) for spot in drawn.spots] == [
        (OUTER, 0.2, 0.2, 3, INNER),
        (INNER, 0.8, 0.9, 3, OUTER),
    ]
    assert drawn.caption.startswith("6 papers")


def test_there_is_no_map_of_one_theme_or_without_places() -> None:
    """Nothing is drawn where nothing can be told apart."""
    assert maps(overview(paper(0), paper(1))) == []
    assert maps(overview(paper(0), coordinates={PaperId("p000"): (0.5, 0.5)})) == []


def test_landmarks_are_the_most_cited_of_each_year() -> None:
    """Where any citation is known, a paper that nobody cites is none; the caption says so."""
    papers = [paper(n, 2020 + n // 4) for n in range(8)]
    counts = {"p000": 1, "p001": 3, "p003": 2, "p005": 1}
    known = {
        PaperId(p): CitationStats((), tuple(PaperId(f"x{n}") for n in range(c)), (), 0, c, ())
        for p, c in counts.items()
    }
    (found,) = timelines(overview(*papers, citations=Citations((), known)))

    assert found.years == ((2020, ("p001", "p003", "p000")), (2021, ("p005",)))
    assert "most cited within this survey" in found.caption


def test_without_citations_landmarks_are_examples_then_central_papers() -> None:
    """And the caption says that no citation is known."""
    papers = [paper(n, 2020 + n // 4) for n in range(8)]
    (found,) = timelines(overview(*papers, seeds=("p000",)))

    assert found.years == ((2020, ("p000", "p003", "p002")), (2021, ("p007", "p006", "p005")))
    assert "Citations are not known" in found.caption


@pytest.mark.parametrize("years", [2, 13, 40, 90])
def test_a_timeline_stays_readable(years: int) -> None:
    """At most 36 works, years ascending, the newest kept."""
    papers = [paper(4 * year + n, 1930 + year) for year in range(years) for n in range(4)]
    (found,) = timelines(overview(*papers))

    assert sum(len(works) for _, works in found.years) <= 36
    assert all(one < other for (one, _), (other, _) in pairwise(found.years))
    assert found.years[-1][0] == 1930 + years - 1


def test_one_year_is_no_timeline() -> None:
    """Nor are papers without dates."""
    assert timelines(overview(paper(1), paper(2))) == []
    assert timelines(overview(paper(1, None), paper(2, None))) == []
