"""What the page is made of: mathematics, evidence, charts, bundles, colors."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostile_strings import HOSTILE_STRINGS
from sample_survey import sample_survey
from surveygen.domain.inline import Math, parse_inline
from surveygen.domain.paper import PaperId
from surveygen.domain.summary import Evidence
from surveygen.domain.survey import YearChart
from surveygen.domain.theme import ThemeId
from surveygen.errors import TemplateError
from surveygen.languages import load
from surveygen.render import template_root
from surveygen.render.figures import YEARS_HEIGHT, year_chart
from surveygen.render.html.assets import bundle
from surveygen.render.html.context import TONES, SourceTexts
from surveygen.render.html.markup import anchor, math_markup, math_tree, words

_TAG = re.compile(r"</?([a-z]+)([^>]*)>")


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("x^2", '<math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'),
        ("a<b", '<math display="inline"><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></math>'),
    ],
)
def test_mathematics_becomes_mathml(tex: str, expected: str) -> None:
    """Allowed elements and attributes only, text escaped."""
    assert math_markup(Math(tex)) == expected


def test_a_binomial_has_no_line() -> None:
    """The one attribute that changes the meaning is kept."""
    assert 'linethickness="0"' in math_markup(Math("\\binom{n}{k}"))


@pytest.mark.parametrize("tex", ["\\text{<script>alert(1)</script>}", "\\href{javascript:alert(1)}{x}", "\\frac{1}{2"])
def test_mathematics_that_slipped_through_stays_inert(tex: str) -> None:
    """Even without the allowlist in front, nothing but MathML or escaped source comes out."""
    tags = _TAG.findall(math_markup(Math(tex)))

    assert {tag for tag, _ in tags} <= {"math", "mrow", "mi", "mn", "mo", "mtext", "mfrac", "mstyle", "code", "mspace"}
    assert not any("href" in attributes for _, attributes in tags)


@given(st.sampled_from(["\\alpha", "x", "^{2}", "_{i}", "\\frac{a}{b}", "\\sqrt{y}", "+", "\\left(z\\right)", "<"]))
def test_tree_and_markup_say_the_same(tex: str) -> None:
    """What a script builds from the data is what the page shows without scripts."""
    node = Math(f"q{tex}")
    found = re.findall(r"<([a-z]+)", math_markup(node))

    assert re.findall(r"'(m[a-z]+|math)'", repr(math_tree(node))) == found


@pytest.mark.parametrize("text", [text for _, text in HOSTILE_STRINGS], ids=[name for name, _ in HOSTILE_STRINGS])
def test_words_are_escaped(text: str) -> None:
    """Only mathematics brings tags; no other text does."""
    tags = {tag for tag, _ in _TAG.findall(words(text))}

    assert not tags or any(isinstance(node, Math) for node in parse_inline(text))


@given(st.text(min_size=1))
def test_an_anchor_fits_an_address(text: str) -> None:
    """An id in an address and in an attribute is plain ASCII without spaces, quotes or angles."""
    assert re.fullmatch(r"[A-Za-z0-9_.~/%-]+", anchor(text))


def test_an_abstract_is_cut_where_evidence_lies() -> None:
    """Pieces joined give the abstract; a span names just the evidence, and none where it lies elsewhere."""
    survey = sample_survey()
    paper = survey.entries[1].paper
    sources = SourceTexts(survey)
    pieces = sources.pieces(paper.id)

    span = sources.span([Evidence(paper.id, 1, "abstract", 0, 10)], paper.id)
    assert "".join(pieces) == paper.abstract
    assert span is not None
    assert "".join(pieces[slice(*span)]) == paper.abstract[:10]
    for evidence in (
        Evidence(paper.id, 2, "abstract", 0, 10),
        Evidence(paper.id, 1, "title", 0, 10),
        Evidence(paper.id, 1, "abstract", 0, 10_000),
        Evidence(PaperId("unknown"), 1, "abstract", 0, 10),
    ):
        assert sources.span([evidence], evidence.paper) is None


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=40))
def test_bars_stack_from_the_base(rows: list[tuple[int, int]]) -> None:
    """Pieces of a year touch, stay inside the drawing, and there are at most seven grid lines."""
    years = tuple(range(1990, 1990 + len(rows)))
    drawing = year_chart(YearChart("", (ThemeId("a"), ThemeId("b")), years, tuple(rows)))

    for below, above in pairwise(drawing.bars):
        if below.year == above.year:
            assert above.y + above.height == pytest.approx(below.y, abs=0.21)
    assert all(0 <= bar.y <= YEARS_HEIGHT and bar.width > 0 for bar in drawing.bars)
    assert sum(bar.count for bar in drawing.bars) == sum(map(sum, rows))
    assert 2 <= len(drawing.counts) <= 7
    assert len(drawing.years) <= 14


def test_a_chart_of_nothing_has_no_bars() -> None:
    """An empty chart is drawn, not an error."""
    assert year_chart(YearChart("", (), (), ())).bars == ()


def test_years_that_a_chart_leaves_out_are_marked() -> None:
    """They are one column, with a mark on the axis and no bar."""
    drawing = year_chart(YearChart("", (ThemeId("a"),), (1637, 2021, 2022), ((1,), (2,), (3,))))

    assert [tick.label for tick in drawing.years] == [1637, "⋯", 2021, 2022]
    assert [bar.year for bar in drawing.bars] == [1637, 2021, 2022]
    assert len({tick.at for tick in drawing.years}) == 4


def test_modules_are_joined_in_the_order_they_need() -> None:
    """What is imported stands before what imports it, once."""
    files = {
        "main.js": 'import { one } from "./one.js";\nimport { two } from "./two.js";\none(two);\n',
        "one.js": 'import { two } from "./two.js";\nexport function one() {}\n',
        "two.js": "export const two = 2;\n",
    }

    assert bundle("main.js", files.__getitem__) == "const two = 2;\nfunction one() {}\none(two);\n"


@pytest.mark.parametrize(
    "line", ['import x from "./x.js";', "export default 1;", 'import { a } from "https://a.b/c.js";']
)
def test_other_imports_are_refused(line: str) -> None:
    """A form that the joining does not understand is an error with its line."""
    with pytest.raises(TemplateError) as caught:
        bundle("main.js", {"main.js": f"const a = 1;\n{line}\n"}.__getitem__)

    assert caught.value.line == 2


def test_scripts_write_text_only() -> None:
    """No script turns text into markup or code (rule R8)."""
    for path in sorted((template_root() / "html").glob("*.js")):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|fetch\(|XMLHttp",
            path.read_text(encoding="utf-8"),
        ), path.name


def palettes() -> dict[str, dict[str, str]]:
    """Read the colors of both looks from the style sheet."""
    style = (template_root() / "html" / "base.css").read_text(encoding="utf-8")
    pairs = re.findall(r"--([a-z0-9]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", style)
    return {"light": {name: one for name, one, _ in pairs}, "dark": {name: other for name, _, other in pairs}}


def contrast(one: str, other: str) -> float:
    """Compute the contrast of two colors: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("look", list(palettes()))
def test_colors_can_be_told_from_the_ground(look: str) -> None:
    """Text and all twelve themes have a contrast of 4.5 on both grounds, in light and dark."""
    colors = palettes()[look]
    inks = ["ink", "soft", "link", *(f"t{n}" for n in range(1, TONES + 1))]

    low = {
        (ink, ground): round(contrast(colors[ink], colors[ground]), 2)
        for ink in inks
        for ground in ("ground", "raised")
        if contrast(colors[ink], colors[ground]) < 4.5
    }
    assert low == {}
    assert contrast(colors["ink"], colors["lit"]) >= 4.5


def test_every_word_of_the_page_is_in_the_language_file() -> None:
    """What templates and scripts say is there to be said, and nothing is kept that they do not say."""
    folder = template_root() / "html"
    templates = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.j2")))
    scripts = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.js")))
    kept = {key for key in load("en").words if key.startswith("page_")}
    said = set(re.findall(r'say\("(\w+)"', templates)) | {"page_weak", "page_side_by_side"}
    assert said <= set(load("en").words)
    said = {key for key in said if key.startswith("page_")}
    scripted = {key for key in kept if key.startswith("page_js_")}

    assert said - scripted == kept - scripted  # the page of a paper has words of the scripts
    assert {f"page_js_{key}" for key in re.findall(r'say\(\s*"(\w+)"', scripts)} <= scripted
    assert [key for key in sorted(scripted) if f'"{key.removeprefix("page_js_")}"' not in scripts] == [
        "page_js_with_code",  # a status that the catalogue filters by
    ]


def test_modules_of_the_page_share_no_name() -> None:
    """Joined in one script, a name that two modules give at the top would stop the page."""
    found = [
        name
        for path in sorted((template_root() / "html").glob("*.js"))
        for name in re.findall(
            r"^(?:export )?(?:async )?(?:function|const|let|class) (\w+)",
            path.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    ]

    assert sorted(found) == sorted(set(found))
