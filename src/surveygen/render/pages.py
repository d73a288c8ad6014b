"""Write the pages beside the survey: curation and evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from surveygen.domain.evaluation import Assessment, Calibration, ConfidenceBin, Evaluation
from surveygen.domain.text import clean
from surveygen.domain.theme import Taxonomy, ThemeId
from surveygen.languages import Language
from surveygen.render.html.assets import bundle, policy, read_asset
from surveygen.render.html.page_data import data_element
from surveygen.render.templates import TemplateRoots, fill, html_environment

_PREFIX = "desk_"
_SIDE = 260.0  # of the square of the reliability curve, in units of the drawing
_WIDEST_NAME = 34  # characters beside a row of the heat map


def curation_page(title: str, key: str, language: Language, roots: TemplateRoots) -> tuple[str, str]:
    """Return the page and the Content-Security-Policy that it is to be served with.

    Args:
        title: of the survey.
        key: what the page shows with each change that it asks for.
        language: of the page's words.
        roots: where templates lie.

    Raises:
        TemplateError: a template cannot be used.
    """
    environment = html_environment(roots)

    def read(name: str) -> str:
        return read_asset(environment, f"serve/{name}", f"html/{name}")

    style = read("base.css") + read("style.css") + read("curation.css")
    script = bundle("curation.js", read)
    words = {name.removeprefix(_PREFIX): text for name, text in language.words.items() if name.startswith(_PREFIX)}
    values = {
        "title": clean(title),
        "language": language,
        "say": language.say,
        "style": Markup(style),  # noqa: S704  # files of this program or its user, not of a source
        "script": Markup(script),  # noqa: S704  # as above
        "data": data_element({"key": key, "words": words}),
    }
    rules = f"{policy([script], [style])}; connect-src 'self'; frame-ancestors 'none'"
    return fill(environment, "serve/curation.html.j2", values), rules


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of the heat map: its row and column from 0, papers, and their share of the row's papers."""

    row: int
    column: int
    papers: int
    share: float


@dataclass(frozen=True, slots=True)
class HeatMap:
    """What people said down, what the program said across; `cells` leaves out fields without papers."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin of the reliability curve: its place in the square, from the top left corner, and its radius."""

    x: float
    y: float
    radius: float
    bin: ConfidenceBin


def evaluation_page(assessment: Assessment, taxonomy: Taxonomy, title: str, roots: TemplateRoots) -> str:
    """Return an HTML page that needs no network: figures, reliability curve, confusion heat map, bars of the themes.

    Raises:
        TemplateError: a template of the user cannot be used.
    """
    names = {theme.id: clean(theme.name) for theme in taxonomy}
    levels = [
        {
            "found": level,
            "heat": heat_map(level, taxonomy),
            "dots": reliability(level.calibration) if level.calibration else (),
            "names": [names.get(score.theme, score.theme) for score in level.themes],
        }
        for level in assessment.levels
    ]
    values = {"title": clean(title), "assessment": assessment, "levels": levels, "side": _SIDE}
    return fill(html_environment(roots), "html/evaluation.html.j2", values)


def heat_map(level: Evaluation, taxonomy: Taxonomy) -> HeatMap:
    """Lay out the confusion of one level in reading order; the diagonal is what `confusion` leaves out."""
    counts = {(gold, predicted): papers for gold, predicted, papers in level.confusion}
    for score in level.themes:
        missed = sum(papers for (gold, _), papers in counts.items() if gold == score.theme)
        counts[score.theme, score.theme] = score.gold - missed
    rows = [score.theme for score in level.themes]
    columns = [theme.id for theme in taxonomy if theme.id in {*rows, *(predicted for _, predicted in counts)}]
    sizes = {score.theme: score.gold for score in level.themes}
    cells = tuple(
        Cell(down, across, papers, papers / sizes[gold])
        for down, gold in enumerate(rows)
        for across, predicted in enumerate(columns)
        if (papers := counts.get((gold, predicted), 0))
    )
    return HeatMap(_short(rows, taxonomy), _short(columns, taxonomy), cells)


def reliability(calibration: Calibration) -> tuple[Dot, ...]:
    """Place each bin at its confidence (across) and accuracy (upwards); a bin of more papers has a larger dot."""
    most = max(tenth.papers for tenth in calibration.bins)
    return tuple(
        Dot(_SIDE * tenth.confidence, _SIDE * (1 - tenth.accuracy), 3 + 6 * (tenth.papers / most) ** 0.5, tenth)
        for tenth in calibration.bins
    )


def _short(themes: Sequence[ThemeId], taxonomy: Taxonomy) -> tuple[str, ...]:
    return tuple(clean(taxonomy[theme].name, _WIDEST_NAME) for theme in themes)
