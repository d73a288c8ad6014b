"""Write taxonomies in the formats of other programs: a LaTeX tree, Markdown, Mermaid, SKOS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from urllib.parse import quote

from surveygen.domain.text import clean
from surveygen.domain.theme import Taxonomy, ThemeId
from surveygen.render.latex.text import tex
from surveygen.render.markdown import escape_markdown

# Entities of Mermaid, which are HTML's with # for & (https://mermaid.js.org/syntax/flowchart.html, "Entity codes").
_MERMAID = str.maketrans(
    {"#": "#35;", '"': "#quot;", "&": "#amp;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\\": "#92;"}
    | {"*": "#42;", "_": "#95;", ".": "#46;", "-": "#45;", "+": "#43;", ")": "#41;"}  # those that begin a list item
)
_FOREST_HEAD = r"""% A tree to be \input into a document; its preamble needs \usepackage{forest}.
\providecommand{\brk}{\discretionary{}{}{}}
\providecommand{\pictograph}[2]{#2}
\begin{forest}
for tree={grow'=east, draw, rounded corners=2pt, font=\small, align=left, text width=34mm,
  anchor=west, parent anchor=east, child anchor=west, l sep=6mm, s sep=1.5mm}
"""
_ENGLISH = "en"  # language of `Theme.name`, of descriptions and of keywords
_PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
"""


def outline(taxonomy: Taxonomy, title: str, slug: str) -> str:
    """Return a Markdown outline: a nested list of names, each with its definition and keywords."""
    del slug
    lines = [f"# {escape_markdown(clean(title))}", ""]
    for theme in taxonomy:
        indent = "  " * (len(taxonomy.path(theme.id)) - 1)
        description = f": {escape_markdown(clean(theme.description))}" if theme.description else ""
        words = f" *{escape_markdown(clean(', '.join(theme.keywords)))}*" if theme.keywords else ""
        lines.append(f"{indent}- **{escape_markdown(clean(theme.name))}**{description}{words}")
    return "\n".join(lines) + "\n"


def mermaid(taxonomy: Taxonomy, title: str, slug: str) -> str:
    """Return a Mermaid flowchart from left to right; nodes are numbered, because an id may be a word of Mermaid's."""
    del slug
    number = {theme.id: n for n, theme in enumerate(taxonomy, start=1)}
    lines = ["flowchart LR", f'  n0["{_mermaid(title)}"]']
    for theme in taxonomy:
        above = 0 if theme.parent is None else number[theme.parent]
        lines.append(f'  n{above} --> n{number[theme.id]}["{_mermaid(theme.name)}"]')
    return "\n".join(lines) + "\n"


def forest(taxonomy: Taxonomy, title: str, slug: str) -> str:
    r"""Return a ``forest`` tree for LaTeX; every name is in braces, so that none of its signs is read as an option."""
    del slug

    def nodes(parent: ThemeId | None, depth: int) -> Iterator[str]:
        for theme in taxonomy.children(parent):
            below = [*nodes(theme.id, depth + 1)]
            open_node = f"{'  ' * depth}[{{{tex(clean(theme.name))}}}"
            yield from (open_node, *below, f"{'  ' * depth}]") if below else (f"{open_node}]",)

    body = "\n".join((f"[{{{tex(clean(title))}}}", *nodes(None, 1), "]"))
    return f"{_FOREST_HEAD}{body}\n\\end{{forest}}\n"


def _mermaid(words: str) -> str:
    return clean(words).translate(_MERMAID) or "#160;"  # an empty name would be a syntax error


def skos(taxonomy: Taxonomy, title: str, slug: str) -> str:
    """Return a concept scheme: labels in every language known, definitions, keywords hidden labels, seeds examples.

    A keyword that is a preferred label already is left out, because the two are disjoint (SKOS S13). Concepts are
    named ``urn:surveygen:SLUG:ID``. Terms: https://www.w3.org/TR/skos-reference/; strings: Turtle 1.1, section 6.4.
    """
    scheme = _iri(slug)
    facts = ["a skos:ConceptScheme", f"dcterms:title {_said(title, _ENGLISH)}"]
    facts += [f"skos:hasTopConcept {_iri(slug, theme.id)}" for theme in taxonomy.children(None)]
    blocks = [_block(scheme, facts)]
    for theme in taxonomy:
        facts = ["a skos:Concept", f"skos:inScheme {scheme}", f"skos:notation {_quoted(theme.id)}"]
        facts.append(f"skos:prefLabel {_said(theme.name, _ENGLISH)}")
        facts += [f"skos:prefLabel {_said(name, code)}" for code, name in theme.names if code != _ENGLISH]
        if theme.description:
            facts.append(f"skos:definition {_said(theme.description, _ENGLISH)}")
        words = dict.fromkeys(word for word in theme.keywords if clean(word) != clean(theme.name))
        facts += [f"skos:hiddenLabel {_said(word, _ENGLISH)}" for word in words]
        facts += [f"skos:example {_quoted(seed)}" for seed in theme.seeds]
        place = f"skos:topConceptOf {scheme}" if theme.parent is None else f"skos:broader {_iri(slug, theme.parent)}"
        facts += [place, *(f"skos:narrower {_iri(slug, child.id)}" for child in taxonomy.children(theme.id))]
        blocks.append(_block(_iri(slug, theme.id), facts))
    return "\n".join((_PREFIXES, *blocks))


def _block(subject: str, facts: list[str]) -> str:
    return f"{subject}\n    " + " ;\n    ".join(facts) + " .\n"


def _iri(slug: str, theme: ThemeId | None = None) -> str:
    return "<" + ":".join(("urn:surveygen", quote(slug, safe=""), *([quote(theme, safe="")] if theme else []))) + ">"


def _said(words: str, code: str) -> str:
    return f"{_quoted(words)}@{code}"


def _quoted(words: str) -> str:
    escaped = clean(words).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# From a taxonomy, a title and a slug to a text.
TAXONOMIES: Mapping[str, Callable[[Taxonomy, str, str], str]] = MappingProxyType(
    {"forest": forest, "markdown": outline, "mermaid": mermaid, "skos": skos}
)
