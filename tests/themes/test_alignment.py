"""Themes found anew, beside those that there were."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Taxonomy, Theme, ThemeId
from surveygen.themes.curate import agreement, align

A, B, C, A1 = map(ThemeId, ("a", "b", "c", "a1"))
TREE = Taxonomy((Theme(A, "Animals", description="All."), Theme(A1, "Cats", A), Theme(B, "Law"), Theme(C, "Music")))
PATHS = {
    PaperId(f"{leaf}{n}"): TREE.path(ThemeId(leaf))
    for leaf, size in (("a1", 9), ("b", 6), ("c", 4))
    for n in range(size)
}


def renamed(
    taxonomy: Taxonomy, paths: dict[PaperId, tuple[ThemeId, ...]]
) -> tuple[Taxonomy, dict[PaperId, tuple[ThemeId, ...]]]:
    """The same themes under ids and names of an inducer's own."""
    own = {theme.id: ThemeId(f"x-{theme.id}") for theme in taxonomy}
    themes = tuple(
        replace(theme, id=own[theme.id], name="Found", parent=own.get(theme.parent or A) if theme.parent else None)
        for theme in taxonomy
    )
    return Taxonomy(themes), {paper: tuple(own[step] for step in path) for paper, path in paths.items()}


@given(st.dictionaries(st.integers(0, 30).map(lambda n: PaperId(f"p{n}")), st.sampled_from([A, A1, B, C]), min_size=1))
def test_every_id_is_kept_when_nothing_changed(stands: dict[PaperId, ThemeId]) -> None:
    """Whatever papers there are; a theme of no papers is kept by its id."""
    paths = {paper: TREE.path(theme) for paper, theme in stands.items()}

    taxonomy, lineage = align(TREE, paths, TREE, paths)

    assert taxonomy == TREE
    assert (lineage.born, lineage.retired, lineage.merged) == ((), (), ())


def test_a_theme_found_again_keeps_id_name_and_words() -> None:
    """Its papers tell that it is the same."""
    new, after = renamed(TREE, PATHS)

    taxonomy, lineage = align(TREE, PATHS, new, after)

    assert taxonomy == TREE
    assert lineage.kept == (A, A1, B, C)


def test_what_became_of_each_theme_is_told() -> None:
    """Law and music went together, and a theme of another kind was found among the animals."""
    joined, wild = ThemeId("joined"), ThemeId("wild")
    new = Taxonomy((Theme(ThemeId("x"), "Found"), Theme(joined, "Joined"), Theme(wild, "Wild")))
    into = {"a": ThemeId("x"), "b": joined, "c": joined}
    after = {paper: (wild,) if paper in {"a10", "a11", "a12"} else (into[paper[0]],) for paper in PATHS}

    taxonomy, lineage = align(TREE, PATHS, new, after)

    assert [theme.id for theme in taxonomy] == [A, B, wild]
    assert lineage.kept == (A, B)
    assert lineage.born == (wild,)
    assert lineage.retired == (A1, C)
    assert lineage.merged == ((A1, A), (C, B))
    assert lineage.split == ((A, (A, wild)), (A1, (A, wild)))


def test_agreement_is_one_for_equal_groupings_and_low_for_unrelated_ones() -> None:
    """Names of the groups do not matter."""
    assert agreement(["a", "a", "b", "b"], ["x", "x", "y", "y"]) == 1.0
    assert agreement(["a", "b", "a", "b"], ["x", "x", "y", "y"]) < 0.01
    assert agreement([], []) == 1.0
