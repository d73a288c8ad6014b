"""Papers under given themes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveygen.config import EmbedSettings
from surveygen.domain.embedding import Embeddings
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.embed import encode_papers
from surveygen.embed.lsa import make as make_lsa
from surveygen.themes.assign import NearestCentroidAssigner, theme_queries, theme_vectors
from surveygen.themes.assign.scores import ThemeTree, assign_down, propagate_up
from surveygen.themes.uncertainty import below_group_quantile, margins

TEXTS = {
    "cat": ["Cats purr at night", "A kitten and its cat mother", "Purring cats and whiskers"],
    "dog": ["Dogs bark at strangers", "A puppy learns to bark", "Dogs bark on a leash"],
    "law": ["Tax law for firms", "Courts interpret tax law", "Judges and contract law"],
}
PETS = Taxonomy(
    (
        Theme(ThemeId("pets"), "Pets", description="Animals that live with people."),
        Theme(ThemeId("cat"), "Cats", ThemeId("pets"), "Cats and kittens that purr.", ("purr", "kitten", "whiskers")),
        Theme(ThemeId("dog"), "Dogs", ThemeId("pets"), "Dogs and puppies that bark.", ("bark", "puppy", "leash")),
        Theme(ThemeId("law"), "Law", description="Courts, judges and tax law.", keywords=("tax", "contract", "court")),
    )
)


def papers() -> list[Paper]:
    """Return nine papers of three kinds."""
    return [Paper(PaperId(f"{kind}{n}"), text) for kind, texts in TEXTS.items() for n, text in enumerate(texts)]


def assign(sample: list[Paper], taxonomy: Taxonomy) -> tuple[Assignment, ...]:
    """Assign with the encoder that needs no torch, as the pipeline does."""
    queries = theme_queries(taxonomy)
    encoder = make_lsa(EmbedSettings(), lambda: [paper.text for paper in sample] + list(queries))
    vectors = encode_papers(encoder, sample)
    embeddings = Embeddings(tuple(paper.id for paper in sample), vectors, encoder.fingerprint)
    asked = theme_vectors(taxonomy, dict(zip(queries, encoder.encode(queries), strict=True)))
    return NearestCentroidAssigner().assign(embeddings, sample, taxonomy, asked)


def test_papers_go_down_to_the_leaf_that_fits() -> None:
    """Each paper stands under its own kind, with the whole path from the top."""
    placed = {item.paper: item for item in assign(papers(), PETS)}

    assert {paper: item.theme for paper, item in placed.items()} == {paper.id: paper.id[:3] for paper in papers()}
    assert placed[PaperId("cat0")].path == ("pets", "cat")
    assert placed[PaperId("law0")].runner_up == "pets"


def test_margin_is_the_lead_over_the_runner_up() -> None:
    """Scores are cosines, margins are not negative, and one theme at the top has no rival."""
    for item in assign(papers(), PETS):
        assert -1 <= item.score <= 1
        assert item.margin >= 0
    alone = assign(papers(), Taxonomy(PETS.themes[3:]))
    assert all(item.runner_up is None and item.margin == item.score and not item.secondary for item in alone)


def test_seeds_stand_where_they_were_put() -> None:
    """A seed goes to the theme that names it, even against its words; a second theme that names it is secondary."""
    themes = tuple(
        replace(theme, seeds=(PaperId("cat0"), PaperId("absent"))) if theme.id in {"dog", "law"} else theme
        for theme in PETS
    )

    placed = {item.paper: item for item in assign(papers(), Taxonomy(themes))}

    seed = placed[PaperId("cat0")]
    assert (seed.theme, seed.path, seed.method, seed.secondary) == ("dog", ("pets", "dog"), "seed", ("law",))
    assert not seed.uncertain
    assert placed[PaperId("cat1")].method == "nearest"


def test_seeds_of_induced_themes_are_free_to_move() -> None:
    """Only a person's seed is fixed; the central papers of an induced theme are placed like all others."""
    induced = Taxonomy(tuple(replace(theme, seeds=(PaperId("cat0"),), origin="induced") for theme in PETS))

    assert {item.method for item in assign(papers(), induced)} == {"nearest"}


def test_seeds_draw_papers_like_them() -> None:
    """A theme whose words say nothing is found through its seeds."""
    vague = Taxonomy(
        (
            Theme(ThemeId("one"), "First group", seeds=(PaperId("cat0"),)),
            Theme(ThemeId("two"), "Second group", seeds=(PaperId("law0"),)),
        )
    )

    placed = {item.paper: item.theme for item in assign(papers(), vague)}

    assert placed[PaperId("cat2")] == "one"
    assert placed[PaperId("law1")] == "two"


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_papers_are_no_trouble(count: int) -> None:
    """No paper, one or two: one assignment each, under the right theme."""
    few = papers()[:count]

    assert [item.path[0] for item in assign(few, PETS)] == ["pets"] * count


def test_no_themes_give_no_assignments() -> None:
    """Without themes nothing is placed."""
    assert assign(papers(), Taxonomy()) == ()


def test_a_paper_without_known_words_is_placed_and_doubted() -> None:
    """A paper that says nothing is placed somewhere and marked uncertain."""
    odd = Paper(PaperId("odd"), "zzz qqq")

    item = next(item for item in assign([*papers(), odd], PETS) if item.paper == "odd")

    assert item.uncertain


@settings(max_examples=10)
@given(st.permutations(range(9)))
def test_order_of_papers_does_not_matter(order: list[int]) -> None:
    """A paper gets the same theme wherever it stands in the list."""
    straight = {item.paper: item.path for item in assign(papers(), PETS)}

    mixed = assign([papers()[n] for n in order], PETS)

    assert {item.paper: item.path for item in mixed} == straight
    assert [item.paper for item in mixed] == [papers()[n].id for n in order]


def test_the_same_input_gives_the_same_numbers() -> None:
    """Twice the same input, twice the same assignments to the last digit."""
    assert assign(papers(), PETS) == assign(papers(), PETS)


def test_keywords_are_asked_once_with_the_names_of_children() -> None:
    """Texts to encode: each theme's description and keywords; a child's name speaks for its parent."""
    texts = theme_queries(PETS)

    assert texts[:3] == ("Pets. Animals that live with people.", "Cats", "Dogs")
    assert len(set(texts)) == len(texts)


def test_child_lifts_parent_but_number_of_children_does_not() -> None:
    """A convincing child raises its parent; two children that say the same raise it no more than one."""
    tree = ThemeTree.build(PETS)
    own = np.array([[0.1, 0.5, 0.1, 0.2], [0.1, 0.1, 0.1, 0.2]])

    lifted = propagate_up(own, tree)

    assert lifted[0, 0] > 0.2 > lifted[1, 0]
    assert np.allclose(lifted[:, 1:], own[:, 1:])
    assert lifted[1, 0] == pytest.approx(0.1)


def test_paper_stays_where_no_child_convinces() -> None:
    """A paper that fits the parent better than any child, and no child more than another, stays at the parent."""
    tree = ThemeTree.build(PETS)
    own = np.array([[0.5, 0.2, 0.2, 0.0], *[[0.2, 0.6, 0.1, 0.0]] * 7])

    places = assign_down(own, propagate_up(own, tree), tree, np.zeros(8, dtype=np.intp))

    assert places.tolist() == [0, *[1] * 7]


def test_doubt_is_judged_theme_by_theme() -> None:
    """A theme with high margins has its own doubtful papers; a small theme is judged by all; ties are doubtful."""
    gaps = np.concatenate([np.linspace(0.5, 0.9, 20), np.linspace(0.01, 0.05, 20), [0.0, 0.7]])
    groups = np.array([0] * 20 + [1] * 20 + [2] * 2)

    marked = below_group_quantile(gaps, groups, 0.15)

    assert (marked[:20].sum(), marked[20:40].sum(), marked[40:].tolist()) == (3, 3, [True, False])
    assert not below_group_quantile(np.array([]), np.array([], dtype=np.intp), 0.15).any()


def test_margin_of_a_single_column_is_its_score() -> None:
    """With one theme there is nothing to subtract."""
    assert margins(np.array([[0.3], [0.4]])).tolist() == [0.3, 0.4]
    assert margins(np.array([[0.25, 0.75, 0.5]])).tolist() == [0.25]
