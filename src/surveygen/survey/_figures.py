"""Write the sections of figures: taxonomy, papers over time, map of themes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from statistics import median

from surveygen.domain.paper import Paper
from surveygen.domain.survey import (
    Block,
    MapLabel,
    Note,
    PaperItem,
    PaperList,
    Section,
    SimilarityMatrix,
    TaxonomyFigure,
    ThemeCount,
    ThemeMap,
    Timeline,
    YearChart,
)
from surveygen.domain.theme import Assignment
from surveygen.survey.context import ComposeContext
from surveygen.survey.data import SurveyData

_EXAMPLES = 3  # papers named at a leaf of the taxonomy figure: more do not fit one line of A4
_MIN_MATRIX, _MAX_MATRIX = 3, 16  # themes: two have a single similarity; more than 16 do not fit the width of A4
_MOST_CITED = 10
_MAX_EMPTY = 10  # years without papers in a row that the chart shows; fewer where it would have more than 60 columns
_MAX_YEARS = 60
_LANDMARKS_PER_YEAR = 3
_LANDMARKS = 36  # in a timeline; nobody reads longer lists


def count_themes(data: SurveyData) -> tuple[ThemeCount, ...]:
    """Return own members (best score first) and the size with all below, for every theme in reading order.

    Papers that fit no theme are not counted.
    """
    own: dict[str, list[Assignment]] = {theme.id: [] for theme in data.taxonomy}
    sizes: Counter[str] = Counter()
    for assignment in (item for item in data.assignments.values() if not item.outside):
        own[assignment.theme].append(assignment)
        sizes.update(assignment.path)
    return tuple(
        ThemeCount(
            theme=theme.id,
            own=tuple(item.paper for item in sorted(own[theme.id], key=lambda item: (-item.score, item.paper))),
            size=sizes[theme.id],
            border=data.border.get(theme.id, ()),
        )
        for theme in data.taxonomy
    )


def write_taxonomy(context: ComposeContext) -> Section:
    """Show the tree of themes, with examples at each theme that has papers of its own."""
    examples = tuple(
        (theme.id, tuple(item.paper for item in context.members(theme) if item.theme == theme.id)[:_EXAMPLES])
        for theme in context.data.taxonomy
    )
    figure = TaxonomyFigure(context.say("taxonomy_caption", n=len(context.data.papers)), examples)
    no_themes = Note(context.say("no_themes"), "notice")
    return Section("taxonomy", context.say("taxonomy"), 1, (figure,) if examples else (no_themes,))


def write_similarity(context: ComposeContext) -> tuple[Section, ...]:
    """Compare the largest top themes, in reading order; no section for fewer than three."""
    matrices = tuple(_similarity_matrix(context))
    return (Section("similarity", context.say("theme_similarity"), 1, matrices),) if matrices else ()


def _similarity_matrix(context: ComposeContext) -> Iterator[SimilarityMatrix]:
    similarity = context.data.similarity
    tops = [top for top in context.data.taxonomy.children(None) if any(top.id in pair for pair in similarity)]
    if len(tops) < _MIN_MATRIX:
        return
    largest = sorted(tops, key=lambda top: -len(context.members(top)))[:_MAX_MATRIX]
    shown = tuple(top.id for top in tops if top in largest)
    pairs = sorted(combinations(shown, 2), key=lambda pair: -similarity[pair])
    (first, second), (far, away) = most, least = pairs[0], pairs[-1]
    caption = context.say(
        "likeness_caption",
        one=context.name(first),
        other=context.name(second),
        most=context.language.decimal(similarity[most]),
        far=context.name(far),
        away=context.name(away),
        least=context.language.decimal(similarity[least]),
    )
    if len(shown) < len(tops):
        caption = f"{caption} {context.say('likeness_shown', n=len(shown))}"
    values = tuple(tuple(similarity[row, column] if row != column else 1.0 for column in shown) for row in shown)
    yield SimilarityMatrix(caption, shown, values)


def write_overview(context: ComposeContext) -> tuple[Section, ...]:
    """Show papers by year, landmark works, the map of themes and the most cited papers; no section without any."""
    figures: tuple[Block, ...] = (*_year_chart(context), *_timeline(context), *_theme_map(context))
    blocks = list(figures)
    data = context.data
    counts = {paper: len(stats.cited_by) for paper, stats in data.citations.stats.items()}
    ranked = sorted((paper for paper in data.papers if counts.get(paper.id)), key=lambda it: (-counts[it.id], it.id))
    if ranked:
        items = tuple(
            PaperItem(paper.id, paper.title, context.say("cited_here", n=counts[paper.id]))
            for paper in ranked[:_MOST_CITED]
        )
        providers = sorted({edge.provider for edge in data.citations.edges})
        who = ", ".join(data.graph_titles.get(name, name) for name in providers)
        blocks.append(PaperList(context.say("most_cited"), items))
        blocks.append(Note(context.say("citations_told", n=sum(counts.values()), who=who)))
    heading = context.say("overview" if figures else "most_cited")
    return (Section("overview", heading, 1, tuple(blocks)),) if blocks else ()


def _year_chart(context: ComposeContext) -> Iterator[YearChart]:
    """Stack papers per year by top theme; nothing if no paper with a theme has a year.

    Years without papers are shown too, but for long runs of them, which the caption names.
    """
    data = context.data
    tops = tuple(theme.id for theme in data.taxonomy.children(None))
    counts: Counter[tuple[int, str]] = Counter()
    for paper in data.papers:
        assignment = data.assignments.get(paper.id)
        if paper.year is not None and assignment is not None and not assignment.outside:
            counts[paper.year, assignment.path[0]] += 1
    if counts:
        papers = Counter(paper.year for paper in data.papers if paper.year is not None)
        busiest = max(papers, key=lambda year: (papers[year], year))
        caption = context.say("years_caption", n=papers[busiest], year=str(busiest))
        years = _without_empty_runs(sorted({year for year, _ in counts}))
        empty = [f"{before + 1}–{after - 1}" for before, after in pairwise(years) if after - before > 1]
        if empty:
            caption = f"{caption} {context.say('years_empty', years=context.language.separator.join(empty))}"
        yield YearChart(caption, tops, years, tuple(tuple(counts[year, top] for top in tops) for year in years))


def _without_empty_runs(years: Sequence[int]) -> tuple[int, ...]:
    """Fill the gaps between years that are short, and as short as keeps the chart readable."""
    for most in range(_MAX_EMPTY, 0, -1):
        filled = [
            year
            for before, after in pairwise(years)
            for year in (range(before, after) if after - before - 1 <= most else (before,))
        ]
        if len(filled) < _MAX_YEARS:
            break
    return (*filled, years[-1]) if len(years) > 1 else tuple(years)


def _timeline(context: ComposeContext) -> Iterator[Timeline]:
    """List landmark works by year: the most cited papers, else the examples and the central papers of themes.

    Nothing where all papers are of one year.
    """
    data = context.data
    cited = {paper: float(len(stats.cited_by)) for paper, stats in data.citations.stats.items() if stats.cited_by}
    seeds = {seed for theme in data.taxonomy for seed in theme.seeds}
    certain = (item for item in data.assignments.values() if not item.uncertain and not item.outside)
    scores = cited or {item.paper: item.score + (item.paper in seeds) for item in certain}
    by_year: dict[int, list[Paper]] = defaultdict(list)
    for paper in data.papers:
        if paper.year is not None and paper.id in scores:
            by_year[paper.year].append(paper)
    if len(by_year) < 2:
        return
    most = max(1, min(_LANDMARKS_PER_YEAR, _LANDMARKS // len(by_year)))
    years = tuple(
        (year, tuple(sorted((paper.id for paper in by_year[year]), key=lambda paper: (-scores[paper], paper))[:most]))
        for year in sorted(by_year)[-_LANDMARKS:]
    )
    yield Timeline(context.say("timeline_cited" if cited else "timeline_central"), years)


def _theme_map(context: ComposeContext) -> Iterator[ThemeMap]:
    """Label each top theme at the median position of its papers; nothing for fewer than two themes with positions."""
    positions = context.data.coordinates
    labels: list[MapLabel] = []
    for top in context.data.taxonomy.children(None):
        points = [positions[item.paper] for item in context.members(top) if item.paper in positions]
        if points:
            x, y = (round(median(axis), 3) for axis in zip(*points, strict=True))
            labels.append(MapLabel(top.id, x, y, len(points)))
    if len(labels) < 2:
        return
    shown = sum(positions.get(paper.id) is not None for paper in context.data.papers)
    spots: list[MapLabel] = []
    for label in labels:
        nearest = min(
            (other for other in labels if other.theme != label.theme),
            key=lambda other: ((other.x - label.x) ** 2 + (other.y - label.y) ** 2, other.theme),
        )
        spots.append(MapLabel(label.theme, label.x, label.y, label.papers, nearest.theme))
    yield ThemeMap(context.say("map_caption", n=shown), tuple(spots))
