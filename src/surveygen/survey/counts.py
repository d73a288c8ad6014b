"""Count papers by theme and by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.survey import ThemeCount, YearChart
from surveygen.domain.theme import Assignment, Taxonomy, ThemeId


def count_themes(
    taxonomy: Taxonomy, assignments: Iterable[Assignment], border: Mapping[ThemeId, tuple[PaperId, ...]]
) -> tuple[ThemeCount, ...]:
    """Return own members (best score first) and the size with all below, for every theme in reading order.

    Papers that fit no theme are not counted.
    """
    own: dict[str, list[Assignment]] = {theme.id: [] for theme in taxonomy}
    sizes: Counter[str] = Counter()
    for assignment in (item for item in assignments if not item.outside):
        own[assignment.theme].append(assignment)
        sizes.update(assignment.path)
    return tuple(
        ThemeCount(
            theme=theme.id,
            own=tuple(item.paper for item in sorted(own[theme.id], key=lambda item: (-item.score, item.paper))),
            size=sizes[theme.id],
            border=border.get(theme.id, ()),
        )
        for theme in taxonomy
    )


def chart_years(
    papers: Sequence[Paper], taxonomy: Taxonomy, assignments: Mapping[PaperId, Assignment], caption: str
) -> YearChart | None:
    """Stack papers per year by top theme, years without gaps; None if no paper has a year."""
    tops = [theme.id for theme in taxonomy.children(None)]
    tally: Counter[tuple[int, str]] = Counter()
    for paper in papers:
        place = assignments.get(paper.id)
        if paper.year is not None and place is not None and not place.outside:
            tally[paper.year, place.path[0]] += 1
    if not tally:
        return None
    known = {year for year, _ in tally}
    years = tuple(range(min(known), max(known) + 1))
    rows = tuple(tuple(tally[year, top] for top in tops) for year in years)
    return YearChart(caption=caption, themes=tuple(tops), years=years, counts=rows)
