"""Splitting text into sentences, and comparing texts sentence by sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.summarize import split_sentences, text_diff

PIECES = st.lists(
    st.sampled_from(
        [
            "We test. ",
            "et al. ",
            "3.5 ",
            "(a. B) ",
            "$x. Y$ ",
            "U.S. ",
            "Why? ",
            "。",
            "「よ。」",
            "\n\n",
            "e.g. ",
            '"A." ',
            "v2.0. ",
            "$",
            "(",
        ]
    ),
    max_size=20,
).map("".join)


@pytest.mark.parametrize(
    "sentences",
    [
        ["Casper et al. show it, e.g. on GPT-2, i.e. a small model.", "See Fig. 3."],
        ["Models in the U.S. market cost 3.5 units.", "Version v2.0 costs less."],
        ["J. Smith compares A vs. B.", "The code is at https://a.org/b.c. Done!"][:1],
        ["Let $a. B$ be a set.", "Then $x$ is in it."],
        ["They (see Sec. 2. Also Sec. 3.) agree.", "“Is it so?”", "Yes!"],
        ["手法を提案する。", "結果は良い！", "以上。"],
        ["Work at https://a.org/b.html.Z ends.", "mT5 wins."],
        ["It reaches 9.5%.", "In the U.S.", "We agree."],
        ["1. First we train.", "2. Then we test."],
    ],
)
def test_sentences_are_found(sentences: list[str]) -> None:
    """Joined sentences come apart where they were joined."""
    joiner = "" if "。" in sentences[0] else " "
    text = joiner.join(sentences)

    assert [text[start:end] for start, end in split_sentences(text)] == sentences


@given(st.one_of(st.text(), PIECES))
def test_spans_cover_everything(text: str) -> None:
    """Spans are in order, apart, trimmed, and leave out nothing but white space."""
    spans = split_sentences(text)

    last = 0
    for start, end in spans:
        assert last <= start < end
        assert not text[last:start].strip()
        assert text[start:end] == text[start:end].strip()
        last = end
    assert not text[last:].strip()


SENTENCE_LISTS = st.lists(st.sampled_from(["We sort papers.", "It works.", "The gain is 3 %.", "Nobody reads them."]))


@given(SENTENCE_LISTS.map(" ".join))
def test_a_text_says_what_it_says(text: str) -> None:
    """Nothing differs from itself."""
    assert text_diff(text, text) == ((), ())


@given(SENTENCE_LISTS.map(" ".join), SENTENCE_LISTS.map(" ".join))
def test_the_difference_is_mirrored(before: str, after: str) -> None:
    """What one side lost the other has gained."""
    assert text_diff(before, after) == tuple(reversed(text_diff(after, before)))


def test_a_corrected_typing_error_is_no_difference() -> None:
    """One word of twelve, a comma and a hyphen do not change what is said."""
    before = "We present a method that sorts papers by theme and wirtes a well-cited draft of them."
    after = "We present a method that sorts papers by theme, and writes a well cited draft of them."

    assert text_diff(before, after) == ((), ())


def test_another_number_is_a_difference() -> None:
    """However long the sentence: 3.1 is not 3.7."""
    before = "On all of the forty tasks that we tried the method gains 3.1 points over the strongest known one."

    assert text_diff(before, before.replace("3.1", "3.7")) == ((before,), (before.replace("3.1", "3.7"),))
