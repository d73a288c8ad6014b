"""What the papers of a theme add to what the theme says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.themes.assign.scores import centroid_similarity, refine_centroids, soft_memberships
from surveygen.themes.assign.text_features import TermMatrix
from surveygen.themes.uncertainty import Scores

NONE_FIXED = np.full(40, -1, dtype=np.intp)


def two_groups(noise: float = 0.4) -> tuple[Vectors, TermMatrix]:
    """Return forty papers of two kinds, twenty of each, and as many words as dimensions."""
    rng = np.random.default_rng(0)
    middles = np.repeat(np.eye(2, 8), 20, axis=0)
    vectors = unit_rows((middles + noise * rng.standard_normal((40, 8))).astype(np.float32))
    words = csr_matrix(np.abs(vectors).astype(np.float64))
    return vectors, TermMatrix(words, words[:2])


def weak_scores() -> Scores:
    """Return scores by a bare heading: right for most, wrong by a little for every fifth paper."""
    right = np.repeat([[0.3, 0.2], [0.2, 0.3]], 20, axis=0)
    right[::5] = right[::5, ::-1] * 0.95
    return right


def test_papers_of_a_theme_correct_a_weak_heading() -> None:
    """Papers that the heading misplaces go where the papers like them are."""
    vectors, words = two_groups(0.2)

    learned = refine_centroids(weak_scores(), vectors, words, np.array([1, 1]), NONE_FIXED)

    assert weak_scores().argmax(axis=1).tolist().count(0) == 20
    assert (learned.scores.argmax(axis=1) == np.repeat([0, 1], 20)).mean() > 0.95


def test_themes_that_say_much_learn_little() -> None:
    """The weight of the papers falls with the words that themes say, and grows with the papers."""
    vectors, words = two_groups()
    few = TermMatrix(words.papers[15:25], words.themes)

    bare = refine_centroids(weak_scores(), vectors, words, np.array([1, 1]), NONE_FIXED).centroid_share
    rich = refine_centroids(weak_scores(), vectors, words, np.array([300, 300]), NONE_FIXED).centroid_share
    small = refine_centroids(
        weak_scores()[15:25], vectors[15:25], few, np.array([1, 1]), NONE_FIXED[:10]
    ).centroid_share

    assert 0 < rich < small < bare < 1


def test_a_paper_has_no_voice_about_itself() -> None:
    """A paper that alone makes up a theme is not like that theme: without it nothing is left."""
    vectors, words = two_groups()
    weights = np.zeros((40, 2))
    weights[0, 0] = 1.0
    weights[20:, 1] = 1.0

    meaning, wording = centroid_similarity(vectors, words, weights)

    assert (meaning[0, 0], wording[0, 0]) == (0.0, 0.0)
    assert meaning[1, 0] == pytest.approx(float(vectors[1] @ vectors[0]), abs=1e-6)


@given(st.integers(0, 39))
def test_likeness_is_the_cosine_with_the_others(row: int) -> None:
    """What the quick formula gives is the cosine with the weighted sum of the other papers."""
    vectors, words = two_groups()
    weights = np.abs(np.random.default_rng(1).standard_normal((40, 2)))
    others = [n for n in range(40) if n != row]

    meaning, _ = centroid_similarity(vectors, words, weights)

    middle = weights[others, 0] @ vectors[others].astype(np.float64)
    assert meaning[row, 0] == pytest.approx(vectors[row] @ middle / np.linalg.norm(middle), abs=1e-6)


def test_a_person_s_word_is_whole() -> None:
    """A seed belongs wholly to the theme that a person gave it; others share their membership out."""
    fixed = np.array([1, -1], dtype=np.intp)

    members = soft_memberships(np.array([[3.0, 0.0], [0.1, 0.0]]), fixed)

    assert members[0].tolist() == [0.0, 1.0]
    assert members[1].sum() == pytest.approx(1.0)
    assert 0.5 < members[1, 0] < 1


def test_papers_that_say_nothing_teach_nothing() -> None:
    """Without differences between papers or themes every score is the same, and no number is broken."""
    silent = np.zeros((3, 4), dtype=np.float32)
    nothing = TermMatrix(csr_matrix((3, 4)), csr_matrix((2, 4)))

    learned = refine_centroids(np.zeros((3, 2)), silent, nothing, np.array([0, 0]), NONE_FIXED[:3])

    assert learned.scores.tolist() == [[0.0, 0.0]] * 3
