"""Draw up the map of themes and the timeline of landmark works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.survey import MapLabel, ThemeMap, Timeline
from surveygen.domain.theme import Theme
from surveygen.survey.context import ComposeContext

_A_YEAR = 3  # landmark works of one year
_IN_ALL = 36  # landmark works of a timeline; more are a list that nobody reads


def write_map(desk: ComposeContext) -> tuple[ThemeMap, ...]:
    """Put each top theme at the middle of its papers; nothing where fewer than two can be told apart."""
    spots = [spot for top in desk.material.taxonomy.children(None) if (spot := _spot(desk, top))]
    if len(spots) < 2:
        return ()
    caption = desk.say(
        "map_caption", n=sum(desk.material.positions.get(p.id) is not None for p in desk.material.papers)
    )
    return (ThemeMap(caption, tuple(_beside(spot, spots) for spot in spots)),)


def _spot(desk: ComposeContext, top: Theme) -> MapLabel | None:
    places = [
        desk.material.positions[item.paper] for item in desk.members(top) if item.paper in desk.material.positions
    ]
    if not places:
        return None
    x, y = (round(median(axis), 3) for axis in zip(*places, strict=True))
    return MapLabel(top.id, x, y, len(places))


def _beside(spot: MapLabel, spots: Sequence[MapLabel]) -> MapLabel:
    nearest = min(
        (other for other in spots if other.theme != spot.theme),
        key=lambda other: ((other.x - spot.x) ** 2 + (other.y - spot.y) ** 2, other.theme),
    )
    return MapLabel(spot.theme, spot.x, spot.y, spot.papers, nearest.theme)


def write_timeline(desk: ComposeContext) -> tuple[Timeline, ...]:
    """Name the landmark works of each year: the most cited of the survey, else examples of themes and central papers.

    Nothing where all papers are of one year.
    """
    cited = {paper: len(known.cited_by) for paper, known in desk.material.citations.stats.items() if known.cited_by}
    ranks = {paper: (-count, paper) for paper, count in cited.items()} if cited else _central(desk)
    years: dict[int, list[Paper]] = defaultdict(list)
    for paper in desk.material.papers:
        if paper.year is not None and paper.id in ranks:
            years[paper.year].append(paper)
    if len(years) < 2:
        return ()
    most = max(1, min(_A_YEAR, _IN_ALL // len(years)))
    rows = ((year, sorted(years[year], key=lambda paper: ranks[paper.id])[:most]) for year in sorted(years)[-_IN_ALL:])
    caption = desk.say("timeline_cited" if cited else "timeline_central")
    return (Timeline(caption, tuple((year, tuple(paper.id for paper in papers)) for year, papers in rows)),)


def _central(desk: ComposeContext) -> dict[PaperId, tuple[float, str]]:
    """Rank the papers that stand surely at a theme: its examples first, then by likeness to it."""
    seeds = {seed for theme in desk.material.taxonomy for seed in theme.seeds}
    sure = (item for item in desk.material.assignments.values() if not item.uncertain and not item.outside)
    return {item.paper: (-item.score - (item.paper in seeds), item.paper) for item in sure}
