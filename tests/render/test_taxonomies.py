"""Taxonomies in the formats of other programs, each read back by a reader that is not ours where there is one."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hostile_strings import HOSTILE_STRINGS
from surveygen.domain.paper import PaperId
from surveygen.domain.text import clean
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.render import TAXONOMIES, compile_pdf

TREE = Taxonomy(
    (
        Theme(ThemeId("outer"), "Outer alignment", None, "What to aim at.", ("RLHF",), names=(("ja", "外部"),)),
        Theme(ThemeId("outer-rl"), "RL-based", ThemeId("outer"), seeds=(PaperId("2107.05580"),)),
        Theme(ThemeId("attacks"), "Attacks"),
    )
)
HOSTILE = Taxonomy(
    tuple(Theme(ThemeId(f"t {n}/é"), words, None, words, (words,)) for n, (_, words) in enumerate(HOSTILE_STRINGS))
)
_ANY = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


def _skos_names(taxonomy: Taxonomy) -> dict[str, set[tuple[str, str]]]:
    """Read SKOS with rdflib: preferred labels of each notation."""
    rdflib = pytest.importorskip("rdflib")
    core = rdflib.Namespace("http://www.w3.org/2004/02/skos/core#")
    graph = rdflib.Graph().parse(data=TAXONOMIES["skos"](taxonomy, "A title", "slug"), format="turtle")
    return {
        str(graph.value(concept, core.notation)): {
            (label.language, str(label)) for label in graph.objects(concept, core.prefLabel)
        }
        for concept in graph.subjects(rdflib.RDF.type, core.Concept)
    }


def test_skos_holds_labels_and_both_directions() -> None:
    """Names in all languages, definition, keywords, examples; broader and narrower are inverse; tops are named."""
    rdflib = pytest.importorskip("rdflib")
    core = rdflib.Namespace("http://www.w3.org/2004/02/skos/core#")

    graph = rdflib.Graph().parse(data=TAXONOMIES["skos"](TREE, "Alignment", "al"), format="turtle")

    top, child, scheme = (rdflib.URIRef(f"urn:surveygen:al{rest}") for rest in (":outer", ":outer-rl", ""))
    assert _skos_names(TREE)["outer"] == {("en", "Outer alignment"), ("ja", "外部")}
    assert (child, core.broader, top) in graph
    assert (top, core.narrower, child) in graph
    assert {str(one).rsplit(":", 1)[1] for one in graph.objects(scheme, core.hasTopConcept)} == {"outer", "attacks"}
    assert str(graph.value(top, core.definition)) == "What to aim at."
    assert str(graph.value(top, core.hiddenLabel)) == "RLHF"
    assert str(graph.value(child, core.example)) == "2107.05580"


def test_hostile_names_survive_skos() -> None:
    """Every string comes back as it went in, cleaned of controls only, under its own id."""
    found = _skos_names(HOSTILE)

    assert found == {theme.id: {("en", clean(theme.name))} for theme in HOSTILE}


@given(_ANY)
def test_any_name_survives_skos(name: str) -> None:
    """No character ends the string of Turtle."""
    assert _skos_names(Taxonomy((Theme(ThemeId("a"), name),))) == {"a": {("en", clean(name))}}


def test_markdown_is_a_nested_list() -> None:
    """Names stand in bold, a child one list below its parent."""
    tokens = MarkdownIt().parse(TAXONOMIES["markdown"](TREE, "Alignment", "al"))

    items = [(token.level, token.content) for token in tokens if token.type == "inline"]
    assert items == [
        (1, "Alignment"),
        (3, "**Outer alignment**: What to aim at. *RLHF*"),
        (5, "**RL-based**"),
        (3, "**Attacks**"),
    ]


@pytest.mark.parametrize("words", [words for _, words in HOSTILE_STRINGS if clean(words)], ids=lambda words: words[:12])
def test_hostile_names_stay_words_in_markdown(words: str) -> None:
    """Nothing in a name becomes a tag, a link or emphasis of its own."""
    tokens = MarkdownIt().parse(TAXONOMIES["markdown"](Taxonomy((Theme(ThemeId("a"), words),)), "T", "t"))

    (bold,) = [token for token in tokens if token.type == "inline" and token.level == 3]
    inner = [child for child in bold.children or () if child.content]
    assert "".join(child.content for child in inner) == clean(words)
    assert {child.type for child in inner} <= {"text", "text_special"}


def test_mermaid_draws_each_edge_once() -> None:
    """One edge from the title or the parent to each theme."""
    lines = TAXONOMIES["mermaid"](TREE, "Alignment", "al").splitlines()

    assert lines == [
        "flowchart LR",
        '  n0["Alignment"]',
        '  n0 --> n1["Outer alignment"]',
        '  n1 --> n2["RL#45;based"]',
        '  n0 --> n3["Attacks"]',
    ]


@given(_ANY)
def test_any_name_stays_inside_its_node_of_mermaid(name: str) -> None:
    """Only letters, entities and plain signs stand between the quotes, and they say the name."""
    text = TAXONOMIES["mermaid"](Taxonomy((Theme(ThemeId("a"), name),)), "T", "t")

    found = re.fullmatch(r'flowchart LR\n  n0\["T"\]\n  n0 --> n1\["([^"`<>\\]*)"\]\n', text)
    assert found is not None
    spelled = re.sub(r"#(\d+);", r"&#\1;", re.sub(r"#([a-z]+);", r"&\1;", found[1]))
    assert html.unescape(spelled) == (clean(name) or "\xa0")


@pytest.mark.tex
def test_forest_compiles(tmp_path: Path) -> None:
    """The tree of names, hostile ones too, is input into a document and compiled without an error."""
    themes = [Theme(ThemeId(f"c{n}"), theme.name, ThemeId("outer")) for n, theme in enumerate(HOSTILE)]
    (tmp_path / "survey.tex").write_text(
        "\\documentclass{article}\n\\usepackage{forest}\n\\pagestyle{empty}\n"
        "\\usepackage[paperwidth=40cm,paperheight=160cm,margin=1cm]{geometry}\n\\begin{document}\n"
        + TAXONOMIES["forest"](Taxonomy((*TREE, *themes)), "All & everything", "x")
        + "\\end{document}\n",
        encoding="utf-8",
    )

    report = compile_pdf(tmp_path / "survey.tex", tmp_path / "out.pdf", seconds=120)

    assert not report.errors
    assert (tmp_path / "out.pdf").read_bytes()[:4] == b"%PDF"
