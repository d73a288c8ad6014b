"""Small surveys of pets and law, with recipes among them, for tests of themes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, islice

from surveygen.config import EmbedSettings
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.embed import encode_papers
from surveygen.embed.lsa import make as make_lsa
from surveygen.themes.assign import NearestCentroidAssigner, theme_queries, theme_vectors

PETS_AND_LAW = Taxonomy(
    (
        Theme(ThemeId("pets"), "Pets", description="Animals that live with people."),
        Theme(ThemeId("cat"), "Cats", ThemeId("pets"), "Cats and kittens that purr.", ("purr", "kitten", "whiskers")),
        Theme(ThemeId("dog"), "Dogs", ThemeId("pets"), "Dogs and puppies that bark.", ("bark", "puppy", "leash")),
        Theme(ThemeId("law"), "Law", description="Courts, judges and tax law.", keywords=("tax", "contract", "court")),
    )
)
_WORDS = {
    "cat": ("cats", "purr", "kitten", "whiskers", "mother", "night", "animals", "sleep"),
    "dog": ("dogs", "bark", "puppy", "leash", "strangers", "people", "animals", "run"),
    "law": ("tax", "law", "court", "judges", "contract", "firms", "ruling", "state"),
    "food": ("bread", "oven", "flour", "butter", "bake", "salt", "dough", "sugar"),
}


def kinds(count: int) -> list[Paper]:
    """Return so many papers on cats, on dogs and on law, each of other words of its kind."""
    return [paper for kind in ("cat", "dog", "law") for paper in _papers(kind, count)]


def strangers(count: int) -> list[Paper]:
    """Return papers on baking."""
    return _papers("food", count)


def assign(papers: Sequence[Paper], more: Taxonomy | None = None) -> tuple[Assignment, ...]:
    """Place papers under pets and law, and further themes, with the encoder that needs no torch."""
    taxonomy = Taxonomy((*PETS_AND_LAW, *(more or ())))
    queries = theme_queries(taxonomy)
    encoder = make_lsa(EmbedSettings(), lambda: [paper.text for paper in papers] + list(queries))
    embeddings = Embeddings(tuple(paper.id for paper in papers), encode_papers(encoder, papers), encoder.fingerprint)
    asked = theme_vectors(taxonomy, dict(zip(queries, encoder.encode(queries), strict=True)))
    return NearestCentroidAssigner().assign(embeddings, papers, taxonomy, asked)


def _papers(kind: str, count: int) -> list[Paper]:
    chosen = islice(combinations(_WORDS[kind], 4), count)
    return [
        Paper(PaperId(f"{kind}{n:02}"), f"On {words[0]} and {words[3]}", f"We study {' and '.join(words)}.")
        for n, words in enumerate(chosen)
    ]
