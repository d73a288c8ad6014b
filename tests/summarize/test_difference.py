"""What an abstract says differently."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from surveygen.summarize import text_diff

SENTENCES = st.lists(st.sampled_from(["We sort papers.", "It works.", "The gain is 3 %.", "Nobody reads them."]))


@given(SENTENCES.map(" ".join))
def test_a_text_says_what_it_says(text: str) -> None:
    """Nothing differs from itself."""
    assert text_diff(text, text) == ((), ())


@given(SENTENCES.map(" ".join), SENTENCES.map(" ".join))
def test_the_difference_is_mirrored(before: str, after: str) -> None:
    """What one side lost the other has gained."""
    assert text_diff(before, after) == tuple(reversed(text_diff(after, before)))


def test_a_mended_typing_error_is_no_difference() -> None:
    """One word of twelve, a comma and a hyphen do not change what is said."""
    before = "We present a method that sorts papers by theme and wirtes a well-cited draft of them."
    after = "We present a method that sorts papers by theme, and writes a well cited draft of them."

    assert text_diff(before, after) == ((), ())


def test_another_number_is_a_difference() -> None:
    """However long the sentence: 3.1 is not 3.7."""
    before = "On all of the forty tasks that we tried the method gains 3.1 points over the strongest known one."

    assert text_diff(before, before.replace("3.1", "3.7")) == ((before,), (before.replace("3.1", "3.7"),))
