"""Write a taxonomy as SKOS in Turtle.

Terms of the SKOS reference (https://www.w3.org/TR/skos-reference/), strings as Turtle 1.1 section 6.4 escapes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from surveygen.domain.text import clean
from surveygen.domain.theme import Taxonomy, Theme, ThemeId

_ENGLISH = "en"  # language of `Theme.name`, of descriptions and of keywords
_PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
"""


def skos(taxonomy: Taxonomy, title: str, slug: str) -> str:
    """Return a concept scheme: labels in every language known, definitions, keywords hidden labels, seeds examples.

    A keyword that is a preferred label already is left out, because the two are disjoint (SKOS S13). Concepts are
    named ``urn:surveygen:SLUG:ID``.
    """
    scheme = _iri(slug)
    facts = ["a skos:ConceptScheme", f"dcterms:title {_said(title, _ENGLISH)}"]
    facts += [f"skos:hasTopConcept {_iri(slug, theme.id)}" for theme in taxonomy.children(None)]
    blocks = [_block(scheme, facts)]
    blocks += [_block(_iri(slug, theme.id), [*_facts(theme, taxonomy, slug)]) for theme in taxonomy]
    return "\n".join((_PREFIXES, *blocks))


def _facts(theme: Theme, taxonomy: Taxonomy, slug: str) -> Iterator[str]:
    scheme = _iri(slug)
    yield "a skos:Concept"
    yield f"skos:inScheme {scheme}"
    yield f"skos:notation {_quoted(theme.id)}"
    yield f"skos:prefLabel {_said(theme.name, _ENGLISH)}"
    yield from (f"skos:prefLabel {_said(name, code)}" for code, name in theme.names if code != _ENGLISH)
    if theme.description:
        yield f"skos:definition {_said(theme.description, _ENGLISH)}"
    words = (word for word in theme.keywords if clean(word) != clean(theme.name))
    yield from (f"skos:hiddenLabel {_said(word, _ENGLISH)}" for word in dict.fromkeys(words))
    yield from (f"skos:example {_quoted(seed)}" for seed in theme.seeds)
    if theme.parent is None:
        yield f"skos:topConceptOf {scheme}"
    else:
        yield f"skos:broader {_iri(slug, theme.parent)}"
    yield from (f"skos:narrower {_iri(slug, child.id)}" for child in taxonomy.children(theme.id))


def _block(subject: str, facts: list[str]) -> str:
    return f"{subject}\n    " + " ;\n    ".join(facts) + " .\n"


def _iri(slug: str, theme: ThemeId | None = None) -> str:
    return "<" + ":".join(("urn:surveygen", quote(slug, safe=""), *([quote(theme, safe="")] if theme else []))) + ">"


def _said(words: str, code: str) -> str:
    return f"{_quoted(words)}@{code}"


def _quoted(words: str) -> str:
    escaped = clean(words).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
