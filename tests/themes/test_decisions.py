"""Decisions of a person, applied to a taxonomy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from decisions import A1, A2, BASE, GROWN, MADE, MANY, PARTS, A, B, C, decision, numbered
from surveygen.domain.decision import Decision, excluded_papers
from surveygen.domain.paper import PaperId
from surveygen.domain.theme import ThemeId
from surveygen.themes.curate import CuratedTaxonomy, apply_decisions

P1, P2, P5 = PaperId("p1"), PaperId("p2"), PaperId("p5")


def apply(*made: Decision) -> CuratedTaxonomy:
    """Apply decisions to the small taxonomy."""
    return apply_decisions(BASE, numbered(list(made)))


@given(MANY, MADE)
def test_a_decision_twice_is_a_decision_once(before: tuple[Decision, ...], last: Decision) -> None:
    """Whatever was decided before."""
    once, twice = numbered([*before, last]), numbered([*before, last, last])

    assert replace(apply_decisions(BASE, once), without_effect=()) == replace(
        apply_decisions(BASE, twice), without_effect=()
    )
    assert excluded_papers(once) == excluded_papers(twice)


@given(MANY, MADE)
def test_a_decision_and_its_undoing_are_nothing(before: tuple[Decision, ...], last: Decision) -> None:
    """Themes, names, placed and excluded papers are as they were; parts of an undone division lead to their theme."""
    undoing = numbered([*before, last, decision("undo", str(len(before) + 1))])
    was, now = apply_decisions(BASE, before), apply_decisions(BASE, undoing)

    assert replace(now, merged_into=was.merged_into) == was
    assert set(now.merged_into) - set(was.merged_into) <= {theme.id for theme in last.themes}
    assert excluded_papers(undoing) == excluded_papers(before)


@given(MANY)
def test_no_paper_is_led_to_a_theme_that_is_not_there(made: tuple[Decision, ...]) -> None:
    """Heirs and places name themes of the taxonomy, and a theme that is there has no heir."""
    steered = apply_decisions(BASE, made)
    there = {theme.id for theme in steered.taxonomy}

    assert set(steered.merged_into.values()) <= there
    assert set(steered.placed.values()) <= there
    assert not set(steered.merged_into) & there
    assert set(steered.names) <= there


@given(MANY)
def test_only_merging_takes_a_theme_away(made: tuple[Decision, ...]) -> None:
    """Each theme of the beginning is there, or has an heir."""
    steered = apply_decisions(BASE, made)

    assert all(theme.id in steered.taxonomy or theme.id in steered.merged_into for theme in BASE)


def test_a_new_name_is_shown_and_moves_no_paper() -> None:
    """Papers are compared with the theme as it was; translations of the old name are gone."""
    steered = apply(decision("rename", A, "Beasts"))

    assert steered.shown[A].name_in("de") == "Beasts"
    assert steered.taxonomy == BASE


def test_a_moved_paper_draws_its_theme_and_no_other() -> None:
    """It is a seed where the person put it, and of nothing else."""
    steered = apply(decision("move", P2, B))

    assert steered.placed == {P2: B}
    assert P2 in steered.taxonomy[B].seeds
    assert P2 not in steered.taxonomy[A2].seeds


def test_a_merged_theme_leaves_what_it_had_to_the_other() -> None:
    """Its name and keywords, its seeds, its sub-themes and the papers put there; words that differ in case are one."""
    steered = apply(decision("move", P5, A), decision("merge", A, B))

    assert A not in steered.taxonomy
    assert steered.taxonomy[B].keywords == ("court", "Purr", "Animals")
    assert set(steered.taxonomy[B].seeds) == {P1, P5}
    assert [theme.id for theme in steered.taxonomy.children(B)] == [A1, A2]
    assert steered.placed == {P5: B}
    assert steered.successor(A) == B


def test_a_chain_of_merges_ends_at_the_last() -> None:
    """What went into a theme goes on with it."""
    steered = apply(decision("merge", A1, B), decision("merge", B, C))

    assert steered.successor(A1) == steered.successor(B) == C


@pytest.mark.parametrize(("gone", "into"), [(A, A), (A, A1), (A, ThemeId("nowhere")), (ThemeId("nowhere"), A)])
def test_a_merge_that_cannot_be_has_no_effect(gone: ThemeId, into: ThemeId) -> None:
    """Into itself, into a sub-theme, of or into nothing: the taxonomy stays, and the decision is named."""
    steered = apply(decision("merge", gone, into))

    assert steered.taxonomy == BASE
    assert steered.without_effect == (1,)


def test_a_divided_theme_keeps_its_id_and_gets_sub_themes() -> None:
    """The parts stand below it, as they were minted."""
    steered = apply(decision("split", B, themes=PARTS))

    assert [theme.id for theme in steered.taxonomy.children(B)] == ["n1", "n2"]


def test_an_added_theme_holds_the_papers_of_its_proposal() -> None:
    """Under the parent, or at the top where that is gone."""
    below = apply(decision("add", "grown", A, themes=GROWN))
    alone = apply(decision("add", "grown", "gone", themes=GROWN))

    assert below.taxonomy[ThemeId("g")].parent == A
    assert alone.taxonomy[ThemeId("g")].parent is None
    assert below.placed == {PaperId("p5"): "g", PaperId("p6"): "g"}


def test_an_excluded_paper_is_the_seed_of_nothing_until_it_is_moved() -> None:
    """The last decision about a paper holds."""
    out = (decision("exclude", P1),)
    back = (*out, decision("move", P1, C))

    assert excluded_papers(numbered(list(out))) == {P1}
    assert P1 not in apply(*out).taxonomy[A].seeds
    assert excluded_papers(numbered(list(back))) == frozenset()
    assert apply(*back).placed == {P1: C}


def test_papers_follow_the_successor_of_their_theme_in_another_taxonomy() -> None:
    """A place that names a theme of the earlier taxonomy leads to what replaces it."""
    steered = apply_decisions(BASE, numbered([decision("move", P5, "former")]), {ThemeId("former"): C})

    assert steered.placed == {P5: C}
