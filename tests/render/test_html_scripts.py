"""The page's own modules under Node, each as it stands in its file."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from surveygen.render import template_root
from surveygen.render._html_bundle import bundle

_NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(_NODE is None, reason="no node; run: make system-deps")


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

    assert run("data.js", f"[1, 1234].map(n => speaker('en', {words})('n', {{n, all: 5000}}))") == [
        "1 paper",
        "1,234 of 5,000",
    ]
    assert run("data.js", f"speaker('ar', {words})('n', {{n: 3, all: 1}})") == "3 few"
