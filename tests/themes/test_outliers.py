"""Papers that fit no theme."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.theme import Assignment, Taxonomy, Theme, ThemeId
from surveygen.themes.uncertainty import Scores, centroid_weights, detect_outliers
from theme_papers import assign, kinds, strangers


def scores(strange: int, shift: float = 0.0) -> tuple[Scores, np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """Return likeness to two themes of sixty members, and of papers that are as little like both as others are."""
    rng = np.random.default_rng(2)
    values = rng.normal(0.2, 0.03, size=(60 + strange, 2))
    values[:30, 0] += 0.4
    values[30:60, 1] += 0.4
    return values + np.array([0.0, shift]), np.concatenate([np.repeat([0, 1], 30), np.zeros(strange, dtype=np.intp)])


@given(st.floats(-0.5, 0.5))
def test_the_level_of_a_theme_changes_nothing(shift: float) -> None:
    """A theme to which everything is more alike loses none of its papers and takes no stranger in."""
    by_query, chosen = scores(10)
    moved, _ = scores(10, shift)

    result, again = detect_outliers(by_query, by_query, chosen, ()), detect_outliers(moved, moved, chosen, ())

    assert result.is_outlier[60:].any()
    assert not result.is_outlier[:60].any()
    assert result.fit[60:].max() < result.fit[:60].min()
    assert again.is_outlier.tolist() == result.is_outlier.tolist()
    assert again.fit.tolist() == pytest.approx(result.fit.tolist())


def test_both_kinds_of_evidence_must_miss() -> None:
    """A paper that is like the papers of its theme stays, even where the theme's words do not say so."""
    by_query, chosen = scores(10)
    by_centroid = by_query.copy()
    by_centroid[60:, 0] = 0.6

    assert not detect_outliers(by_query, by_centroid, chosen, ()).is_outlier.any()


@given(st.integers(1, 29))
def test_a_handful_of_papers_has_no_strangers(count: int) -> None:
    """Nobody is outside where too few papers show what is usual."""
    by_query, chosen = scores(10)

    result = detect_outliers(by_query[:count], by_query[:count], chosen[:count], ())

    assert result.fit.tolist() == [1.0] * count
    assert not result.is_outlier.any()


def test_strangers_do_not_make_the_middle_of_a_theme() -> None:
    """The papers least like their theme weigh nothing in it, the most typical ones most."""
    by_query, chosen = scores(10)

    weights = centroid_weights(by_query, chosen)

    assert weights[60:].max() == 0.0
    assert weights.max() == pytest.approx(0.7)


def test_papers_of_another_subject_fit_no_theme() -> None:
    """Recipes among papers on pets and law keep the nearest theme but are members of none; members stay."""
    result = assign([*kinds(20), *strangers(6)])

    outside = {item.paper for item in result if item.outside}
    assert outside
    assert all(paper.startswith("food") for paper in outside)
    assert all(item.theme and not any(item.belongs(step) for step in item.path) for item in result if item.outside)
    assert not any(item.uncertain or item.secondary for item in result if item.outside)


def test_a_survey_on_its_subject_loses_no_paper() -> None:
    """Without strangers nobody is outside."""
    assert not any(item.outside for item in assign(kinds(20)))


@pytest.mark.parametrize("count", [1, 5, 20])
def test_small_surveys_lose_no_paper(count: int) -> None:
    """One, five or twenty papers: even a stranger stays."""
    few = [*strangers(1), *kinds(20)][:count]

    assert not any(item.outside for item in assign(few))


def test_a_seed_is_never_outside() -> None:
    """What a person named as an example of a theme belongs to it, whatever it says."""
    odd = strangers(6)
    themes = Taxonomy((Theme(ThemeId("rest"), "Other", seeds=(odd[0].id,)),))

    result = {item.paper: item for item in assign([*kinds(20), *odd], themes)}

    assert (result[odd[0].id].outside, result[odd[0].id].fit, result[odd[0].id].confidence) == (False, 1.0, 1.0)


def test_members_are_those_inside() -> None:
    """A paper belongs to each theme of its path, an outside one to none."""
    place = Assignment(
        kinds(1)[0].id, ThemeId("cat"), (ThemeId("pets"), ThemeId("cat")), 1, None, 1, uncertain=False, method="nearest"
    )

    assert [place.belongs(ThemeId(name)) for name in ("pets", "cat", "law")] == [True, True, False]
    assert not replace(place, outside=True).belongs(ThemeId("pets"))
