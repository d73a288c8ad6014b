"""The page's own modules under Node, each as it stands in its file."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import shutil
import subprocess
from itertools import pairwise
from typing import Any

import pytest

from surveygen.render import template_root
from surveygen.render.bibliographies import defused
from surveygen.render.html.assets import bundle

_NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(_NODE is None, reason="needs Node.js 20")


def run(module: str, expression: str) -> Any:
    """Return the value of an expression with a module's names in scope."""
    folder = template_root() / "html"
    joined = bundle(module, lambda name: (folder / name).read_text(encoding="utf-8"))
    script = f"{joined}\nconsole.log(JSON.stringify({expression}));"
    done = subprocess.run([str(_NODE), "--input-type=module"], input=script, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_query_is_words_and_phrases() -> None:
    """Case and accents do not matter; what stands in quotes stays together."""
    assert run("search.js", "termsOf('Érdős \"weak judge\"  LLM')") == ["erdos", "weak judge", "llm"]


def test_titles_count_most_and_every_term_must_be_found() -> None:
    """A hit in the title goes before one in the abstract; one missing term is no hit."""
    fields = "{title: 'debate', authors: 'ada', keywords: '', text: 'a judge'}"

    assert run(
        "search.js", f"['debate', 'judge', 'debate judge', 'debate x'].map(q => scoreOf({fields}, termsOf(q)))"
    ) == [
        8,
        1,
        9,
        0,
    ]


def test_mathematics_is_searched_by_its_source() -> None:
    """The words and the TeX of a text with mathematics are both found."""
    paper = "{id: '1', title: ['the ', {m: ['math'], t: '\\\\alpha'}, ' case'], abstract: ['One. ', 'Two.']}"

    assert run("search.js", f"fieldsOf({paper})")["title"] == "the \\alpha case"
    assert "one. two." in run("search.js", f"fieldsOf({paper})")["text"]


def test_a_snippet_shows_the_words_around_a_hit() -> None:
    """Cut at spaces, with an ellipsis where something is left out; null if there is no hit."""
    before, hit, after = run("search.js", "snippet('word '.repeat(60) + 'Judge ' + 'more '.repeat(60), ['judge'])")

    assert hit == "Judge"
    assert before.startswith("… word")
    assert after.endswith("more …")
    assert run("search.js", "snippet('nothing here', ['judge'])") is None


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"paper": "hep-th/9901001"},
        {"q": "a & b = #1", "theme": "outer", "sort": "-year"},
        {"paper": "x%20y", "unsure": "1", "year": "2023"},
    ],
)
def test_an_address_holds_the_whole_state(state: dict[str, str]) -> None:
    """What is written to an address is read back."""
    assert (run("state.js", f"readHash(writeHash({json.dumps(state)}))") or {}) == state


@pytest.mark.parametrize("place", ["#theme-outer", "", "#c12-1", "#ref-3", "#bad=1"])
def test_the_place_of_a_section_is_no_state(place: str) -> None:
    """Links into the text are left to the browser."""
    assert run("state.js", f"readHash({json.dumps(place)})") is None


def test_words_are_said_with_their_plural_form() -> None:
    """Forms go by CLDR category, numbers by the language, in Latin digits."""
    words = json.dumps({"n": {"one": "{n} paper", "few": "{n} few", "other": "{n} of {all}"}, "x": "{a}!"})

    assert run("data.js", f"[1, 1234].map(n => translator('en', {words})('n', {{n, all: 5000}}))") == [
        "1 paper",
        "1,234 of 5,000",
    ]
    assert run("data.js", f"translator('ar', {words})('n', {{n: 3, all: 1}})") == "3 few"


PAGE = """{ papers: [
  { id: "a", number: 1, place: 0, title: "A", year: 2020, cites: [] },
  { id: "b", number: 2, place: 1, title: "B", year: 2022, authors: ["Ada Byron", "Bo L"], cites: [0], near: [2] },
  { id: "c", number: 3, place: 2, title: "C", year: 2021, cites: [0, 1], works: [0], more_works: 4 },
  { id: "d", number: 4, place: 3, title: "D", near: [0, 1] },
], works: [{ title: "W", year: 1999, by: "Old" }] }"""


def around(number: int) -> Any:
    """Return relations and names of the papers around one."""
    name = "(n => [n.relation, (n.paper ?? n.work).title])"
    found = f"neighborsAround(page, page.papers[{number}])"
    value = (
        f"(page => {{ const f = {found}; return [f.kind, f.left.map({name}), f.right.map({name}), f.hidden] }})({PAGE})"
    )
    return run("neighborhood.js", value)


def test_papers_that_cite_stand_left_and_those_cited_right() -> None:
    """The newest first; works outside come last; what is not listed is counted."""
    assert around(0) == ["citations", [["citing", "B"], ["citing", "C"]], [], 0]
    assert around(2) == ["citations", [], [["cited", "B"], ["cited", "A"], ["outside", "W"]], 4]


def test_without_citations_the_papers_most_alike_are_shown() -> None:
    """And the kind says so."""
    assert around(3) == ["similar", [], [["near", "A"], ["near", "B"]], 0]


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [(3, 4, [3, 4]), (90, 4, [55, 4]), (2, 90, [2, 57]), (90, 90, [29, 30]), (0, 90, [0, 59])],
)
def test_sixty_papers_are_drawn_at_most(left: int, right: int, shown: list[int]) -> None:
    """A side that needs less than its half leaves the rest to the other."""
    assert run("neighborhood.js", f"shared({left}, {right}, MAX_DRAWN - 1)") == shown


@pytest.mark.parametrize("width", [300, 680])
def test_the_drawing_stays_inside_its_width(width: int) -> None:
    """Marks and labels too, and no two marks meet."""
    neighbors = (
        "Array.from({ length: 29 }, (_, at) => ({ relation: 'citing', paper: { number: at, title: 'T'.repeat(200) } }))"
    )
    layout = f"layoutOf({{ left: {neighbors}, right: {neighbors} }}, {width})"
    nodes = run("neighborhood.js", f"{layout}.nodes.map(n => [n.side, n.x, n.y, labelOf(n.neighbor, n.room).length])")
    height = run("neighborhood.js", f"{layout}.height")

    for side, x, y, letters in nodes:
        reach = x - 12 - 6.3 * letters if side == "left" else x + 12 + 6.3 * letters
        assert 0 <= reach <= width
        assert 0 < y < height
    ys = [y for side, _, y, _ in nodes if side == "left"]
    assert min(b - a for a, b in pairwise(ys)) >= 14


def test_citations_among_the_neighbors_are_drawn() -> None:
    """From the one that cites to the one that is cited."""
    ids = "links.map(link => link.map(node => node.neighbor.paper.id))"
    found = run("neighborhood.js", f"(page => layoutOf(neighborsAround(page, page.papers[0]), 600).{ids})({PAGE})")

    assert found == [["c", "b"]]


def test_zooming_keeps_the_place_under_the_pointer() -> None:
    """And neither zooming nor moving shows what is beyond the edge."""
    place = "placeOf(v, { x: 300, y: 700 })"
    found = run(
        "map.js",
        f"(v => {{ const [a, b] = {place}; v = zoomed(v, 3, a, b); return [a, b, ...{place}, v.scale] }})(wholeView())",
    )
    assert found[2:4] == pytest.approx(found[:2])
    assert found[4] == 3
    views = "[zoomed(wholeView(), 0.2, 0, 0), moved(zoomed(wholeView(), 4, 1, 1), 9, 9), moved(wholeView(), -3, 2)]"
    for view in run("map.js", views):
        assert 0 <= view["x"] <= 1 - 1 / view["scale"] + 1e-9
        assert 0 <= view["y"] <= 1 - 1 / view["scale"] + 1e-9


def test_the_nearest_paper_is_found_by_the_grid() -> None:
    """As by looking at every paper, at any zoom; none where none is near enough or fits."""
    script = """(() => {
      let seed = 7;
      const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
      const part = () => Math.round(random() * 1000);
      const papers = Array.from({ length: 400 }, (_, id) => ({ id, x: part(), y: part() }));
      const grid = gridOf(papers);
      let wrong = 0;
      for (let n = 0; n < 300; n++) {
        const view = zoomed(wholeView(), 1 + 9 * random(), random(), random());
        const [x, y] = [random() * 900, random() * 560];
        const far = (paper) => { const [a, b] = placeOf(view, paper); return Math.hypot(a * 900 - x, b * 560 - y); };
        const best = papers.reduce((one, other) => (far(other) < far(one) ? other : one));
        const found = nearestTo(grid, view, [900, 560], [x, y], 14);
        if (found ? far(found) > far(best) + 1e-9 : far(best) <= 14) wrong++;
      }
      return [wrong, nearestTo(grid, wholeView(), [900, 560], [450, 280], 500, () => false)];
    })()"""

    assert run("map.js", script) == [0, None]


FOUND = """(() => {
  let seed = 7;
  const random = (most) => (seed = (seed * 16807) % 2147483647) % most;
  const themes = [{ id: "a", up: null }, { id: "b", up: 0 }, { id: "c", up: 1 }, { id: "d", up: null }];
  const order = Array.from({ length: 200 }, (_, at) => ({
    id: String(at), title: `t${random(3)}`, year: 2020 + random(3), authors: [["Ann Lee", "Ann Leefe"][random(2)]],
    theme: random(4), also: random(4) ? [] : [random(4)], categories: [["x", "y"][random(2)]],
    doi: random(2) ? "1" : "", unsure: random(2) === 1,
  }));
  const page = { themes, order };
  const facets = { values: valuesOf(page), words: new Map() };
  const found = (state) => narrowed(page, facets, state);
  $script
})()"""


def test_a_choice_leaves_as_many_papers_as_it_says() -> None:
    """In every field, whatever the other fields and the words say."""
    script = """
      const wrong = [];
      for (const state of [{}, { q: "t1" }, { theme: "b", year: "2021" }, { author: "Ann Lee", unsure: "1" }]) {
        for (const [name, counts] of Object.entries(found(state).counts)) {
          for (const [value, n] of counts) {
            if (found({ ...state, [name]: value }).hits.length !== n) wrong.push([state, name, value]);
          }
        }
      }
      const { counts } = found({ year: "2021" });
      return [wrong, found({}).hits.length, found({ theme: "nowhere" }).hits.length, counts.year.size];"""

    assert run("facets.js", FOUND.replace("$script", script)) == [[], 200, 0, 3]


def test_a_whole_name_finds_its_papers_alone() -> None:
    """A part of a name finds all that have it; accents and case do not matter."""
    script = """
      const by = (author) => [...new Set(found({ author }).hits.map(({ paper }) => paper.authors[0]))].sort();
      return [by("ann lée"), by("lee"), by("nobody"), authorsAmong(order, "LEE ann", 1)];"""
    whole, part, nobody, listed = run("facets.js", FOUND.replace("$script", script))

    assert whole == ["Ann Lee"]
    assert part == ["Ann Lee", "Ann Leefe"]
    assert nobody == []
    assert len(listed) == 1


EXPORTED = """[{ themes: [{ name: "T", up: null }, { name: "U", up: 0 }] }, [
  { id: "2101.00001", arxiv: "2101.00001", title: ["=cmd, ", { m: ["math"], t: "x" }], authors: ["Ada \\"B\\" Byron"],
    year: 2021, theme: 1, bibtex: "@article{byron2021,\\n  author = {Byron, Ada and {The \\\\& Group}},\\n}\\n" },
]]"""


def test_a_copied_table_holds_no_formula() -> None:
    """Cells are quoted by RFC 4180, and one that begins like a formula is made text."""
    text = run("export.js", f"csvOf(...{EXPORTED})")
    header, row = csv.reader(io.StringIO(text))
    known = dict(zip(header, row, strict=True))

    assert known["title"] == "'=cmd, x"
    assert known["authors"] == 'Ada "B" Byron'
    assert known["theme"] == "T › U"
    assert known["cite_key"] == "byron2021"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t"])
def test_the_page_and_the_command_defuse_alike(start: str) -> None:
    """What the one takes for a formula the other does too."""
    page = f"[{{ themes: [] }}, [{{ id: '1', title: {json.dumps(start + 'x')}, bibtex: '' }}]]"
    [_, row] = csv.reader(io.StringIO(run("export.js", f"csvOf(...{page})")))

    assert row[2] == defused(start + "x")


def test_ris_and_json_name_what_is_known() -> None:
    """Names are family first as in the entry for BibTeX, and every record ends."""
    lines = run("export.js", f"risOf(...{EXPORTED})").split("\r\n")
    assert lines[:4] == ["TY  - JOUR", "ID  - byron2021", "AU  - Byron, Ada", "AU  - The & Group"]
    assert "UR  - https://arxiv.org/abs/2101.00001" in lines
    assert "ER  - " in lines
    [paper] = json.loads(run("export.js", f"jsonOf(...{EXPORTED})"))
    assert paper["url"] == "https://arxiv.org/abs/2101.00001"
    assert paper["theme"] == "T › U"


def test_compressed_data_are_read() -> None:
    """Any characters come back."""
    text = "Ünïcödé 意味 \U0001f600 " * 1000
    packed = base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()

    assert run("data.js", f"await decompressed('{packed}', 'gzip')") == text


def test_fields_stored_by_column_return_to_their_papers() -> None:
    """Null is no value, zero is one."""
    page = "{ papers: [{ id: 1 }, { id: 2 }], columns: { theme: [0, null], year: [null, 2020] } }"

    assert run("data.js", f"withColumns({page}).papers") == [{"id": 1, "theme": 0}, {"id": 2, "year": 2020}]


def test_what_fits_no_theme_is_not_in_the_chart_of_years() -> None:
    """Papers count for the top theme above their own, in the year of their first version."""
    page = "{ themes: [{ up: null }, { up: 0 }, { up: null }] }"
    papers = (
        "[{ year: 2020, theme: 1 }, { year: 2020, theme: 2 }, { year: 2020 }, { theme: 0 }, { year: 2021, theme: 0 }]"
    )

    assert run("years.js", f"[...countsOf({page}, [2, 0], {papers})]") == [[2020, [1, 1]], [2021, [0, 1]]]
