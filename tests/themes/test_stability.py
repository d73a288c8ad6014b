"""Old papers stay unless evidence beyond the noise moves them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.embedding import Embeddings, unit_rows
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.themes.assign import PreviousState, stabilize

EAST, NORTH, NEAR_EAST = map(ThemeId, ("east", "north", "near-east"))
TAXONOMY = Taxonomy((Theme(EAST, "East"), Theme(NEAR_EAST, "Near east", EAST), Theme(NORTH, "North")))
SIZE = 12


def world() -> Embeddings:
    """Two tight groups of papers, and one paper of each that stands in the other's midst."""
    rng = np.random.default_rng(0)
    axes = np.repeat(np.eye(4, dtype=np.float32)[:2], SIZE, axis=0)
    vectors = unit_rows(axes + 0.2 * rng.normal(size=(2 * SIZE, 4)).astype(np.float32))
    vectors[[0, SIZE]] = vectors[[SIZE, 0]]
    ids = (*(PaperId(f"e{n}") for n in range(SIZE)), *(PaperId(f"n{n}") for n in range(SIZE)))
    return Embeddings(ids, vectors, "drawn")


WORLD = world()
BEFORE = {paper: EAST if paper.startswith("e") else NORTH for paper in WORLD.ids}
STRAYS = (PaperId("e0"), PaperId("n0"))


def proposed(paper: PaperId, theme: ThemeId) -> Assignment:
    """What an assigner says."""
    return Assignment(paper, theme, TAXONOMY.path(theme), 0.5, None, 0.1, False, "nearest")  # noqa: FBT003


def other(paper: PaperId) -> Assignment:
    """An assigner that names the other theme of each."""
    return proposed(paper, NORTH if BEFORE[paper] == EAST else EAST)


def test_a_paper_moves_when_both_witnesses_agree() -> None:
    """The strays are nearer to the other theme's papers by more than the spread; the reason gives both numbers."""
    settled = stabilize([other(paper) for paper in WORLD.ids], TAXONOMY, WORLD, PreviousState(BEFORE, budget=99))

    assert {paper for paper in WORLD.ids if settled.themes[paper] != BEFORE[paper]} == set(STRAYS)
    assert set(settled.reasons) == set(STRAYS)
    reason, numbers = settled.reasons[STRAYS[0]]
    assert reason == "evidence"
    assert "nearer to the papers of north by" in numbers


def test_a_paper_stays_when_the_assigner_agrees_with_its_place() -> None:
    """However near it is to others."""
    settled = stabilize([proposed(p, t) for p, t in BEFORE.items()], TAXONOMY, WORLD, PreviousState(BEFORE, budget=99))

    assert settled.themes == BEFORE
    assert settled.reasons == {}


@given(st.integers(0, 3), st.permutations(WORLD.ids))
def test_the_budget_caps_the_moves_and_the_order_of_papers_does_not_matter(budget: int, order: list[PaperId]) -> None:
    """The strongest evidence goes first; what has no room waits."""
    settled = stabilize([other(paper) for paper in order], TAXONOMY, WORLD, PreviousState(BEFORE, budget=budget))
    whole = stabilize([other(paper) for paper in WORLD.ids], TAXONOMY, WORLD, PreviousState(BEFORE, budget=budget))

    assert settled == whole
    assert len(settled.reasons) == min(budget, len(STRAYS))
    assert {*settled.reasons, *settled.waiting} == set(STRAYS)


def test_a_new_paper_goes_where_the_assigner_says() -> None:
    """It had no place."""
    settled = stabilize([proposed(STRAYS[0], NORTH)], TAXONOMY, WORLD, PreviousState({}))

    assert settled.themes == {STRAYS[0]: NORTH}
    assert settled.reasons == {}


def test_a_theme_that_is_gone_keeps_nobody() -> None:
    """Its papers go where the assigner says, outside the budget."""
    settled = stabilize([proposed(STRAYS[0], NORTH)], TAXONOMY, WORLD, PreviousState({STRAYS[0]: ThemeId("lost")}))

    assert settled.themes == {STRAYS[0]: NORTH}
    assert settled.reasons == {STRAYS[0]: ("theme_gone", "")}


def test_papers_go_down_into_a_theme_that_was_divided() -> None:
    """That is what it was divided for; below a sub-theme that was there before, evidence is asked."""
    down = [proposed(paper, NEAR_EAST) for paper in WORLD.ids[1:SIZE]]

    divided = stabilize(down, TAXONOMY, WORLD, PreviousState(BEFORE, born=[NEAR_EAST]))
    settled = stabilize(down, TAXONOMY, WORLD, PreviousState(BEFORE))

    assert set(divided.themes.values()) == {NEAR_EAST}
    assert set(settled.themes.values()) == {EAST}


def test_a_new_theme_takes_what_is_nearer_to_it_outside_the_budget() -> None:
    """A person asked for it; a paper that is nearer to its own theme's papers stays all the same."""
    before = dict.fromkeys(WORLD.ids, EAST)
    fresh = [proposed(paper, NORTH) for paper in WORLD.ids[SIZE + 1 :]] + [proposed(WORLD.ids[1], NORTH)]

    settled = stabilize(fresh, TAXONOMY, WORLD, PreviousState(before, born=[NORTH]))

    assert {paper for paper, theme in settled.themes.items() if theme == NORTH} == set(WORLD.ids[SIZE + 1 :])


def test_the_only_paper_of_a_theme_stays() -> None:
    """There is nothing to measure its likeness by."""
    before = {STRAYS[0]: EAST, **dict.fromkeys(WORLD.ids[SIZE:], NORTH)}

    settled = stabilize([proposed(STRAYS[0], NORTH)], TAXONOMY, WORLD, PreviousState(before, budget=9))

    assert settled.themes == {STRAYS[0]: EAST}
