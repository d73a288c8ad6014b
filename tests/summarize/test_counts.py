"""Counting sentences are checked against the papers that they count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.edits import claim_key
from surveygen.domain.paper import Paper, PaperId
from surveygen.domain.summary import Count, Evidence, Sentence
from surveygen.domain.text import fold_name, singular
from surveygen.domain.theme import ThemeId
from surveygen.languages import load
from surveygen.summarize import CountIndex, check_grounding, number_error, recount
from surveygen.survey import translatable

PAPERS = tuple(
    Paper(
        PaperId(f"p{at}"),
        f"Reward modelling of part {at}",
        abstract=f"{first} It rains a lot.",
        published=f"{2019 + at}-01-01",
    )
    for at, first in enumerate(
        (
            "We propose a method for reward modelling.",
            "We propose a method that reads hidden states.",
            "We present a new dataset of questions for reward modelling.",
            "We present a benchmark of questions and a dataset of answers.",
        )
    )
)
THEME = ThemeId("rewards")
WORDS = st.sampled_from(["data", "set", "sets", "dataset", "low", "resource", "low-resource", "a", "aa"])
BY_ID = {paper.id: paper for paper in PAPERS}
P0, P1, P2, P3 = BY_ID


def span(paper: PaperId, end: int | None = None) -> Evidence:
    """Return the first sentence of an abstract, or a part of it."""
    return Evidence(paper, 1, "abstract", 0, end or BY_ID[paper].abstract.index(".") + 1)


COUNTS = (Count("kind", "method", (P0, P1), 4), Count("kind", "resource", (P2, P3), 4))
GOOD = Sentence(
    f"Of the 4 papers, 2 propose methods [@{P0}] [@{P1}] and 2 present data sets or benchmarks [@{P2}] [@{P3}].",
    (P0, P1, P2, P3),
    tuple(map(span, (P0, P1, P2, P3))),
    method="aggregate",
    counts=COUNTS,
)


def reason(sentence: Sentence) -> str:
    """Return what is wrong with a sentence, "" if nothing."""
    return check_grounding(sentence, lambda paper, _version: BY_ID.get(paper)).reason


def test_a_count_holds_in_any_language() -> None:
    """Words are not compared: they are fixed; the papers are looked at."""
    assert reason(GOOD) == ""
    assert reason(replace(GOOD, text=f"方法[@{P0}] [@{P1}]、[@{P2}] [@{P3}]", language="ja")) == ""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"counts": ()}, "an aggregate without a count"),
        ({"counts": COUNTS[:1]}, "the papers cited are not those that it counts"),
        ({"counts": COUNTS[::-1]}, "the papers cited are not those that it counts"),
        ({"counts": (replace(COUNTS[0], value="theory"), COUNTS[1])}, "p0 does not have kind 'theory'"),
        ({"counts": (replace(COUNTS[0], total=1), COUNTS[1])}, "2 papers are not of 1"),
        ({"evidence": GOOD.evidence[1:]}, "p0 is cited without evidence"),
        ({"evidence": (span(P0, 10), *GOOD.evidence[1:])}, "p0 version 1 has no sentence at abstract 0-10"),
        ({"text": GOOD.text.replace(f" [@{P3}]", "")}, "p3 is cited without a mark in the text"),
    ],
)
def test_a_false_count_is_told(changes: dict[str, object], told: str) -> None:
    """The reason names the paper, or what does not fit."""
    assert reason(replace(GOOD, **changes)) == told  # type: ignore[arg-type]  # of the fields


def test_papers_are_counted_again() -> None:
    """Those that have the value, among those of the theme from the year on."""
    index = CountIndex(PAPERS, {P0: [THEME], P3: [THEME]}, ["reward modellings"])
    count = Count("kind", "method", (), 0)

    assert index.count(count) == (frozenset({P0, P1}), 4)
    assert index.count(replace(count, theme=THEME)) == (frozenset({P0}), 2)
    assert index.count(replace(count, theme=ThemeId("none"))) == (frozenset(), 0)
    assert index.count(replace(count, since=2020)) == (frozenset({P1}), 3)
    assert index.count(Count("year", "2021", (), 0)) == (frozenset({P2, P3}), 4)
    assert index.count(Count("phrase", "Reward-Modelling", (), 0, THEME)) == (frozenset({P0, P3}), 2)


@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=8), min_size=1, max_size=4),
    st.lists(st.lists(WORDS, max_size=4).map(" ".join), min_size=1, max_size=6),
)
def test_many_phrases_are_counted_as_each_alone(texts: list[list[str]], phrases: list[str]) -> None:
    """A paper deals with a phrase if words of its title that follow one another are the phrase without spaces."""
    papers = [Paper(PaperId(str(at)), f"{' '.join(words)} ends", "It rains.") for at, words in enumerate(texts)]
    index = CountIndex(papers, {}, phrases)

    for phrase in phrases:
        having = {
            paper.id
            for paper, words in zip(papers, texts, strict=True)
            for parts in [" ".join(words).replace("-", " ").split()]
            for start in range(len(parts))
            for end in range(start + 1, len(parts) + 1)
            if fold_name("".join(map(singular, parts[start:end]))) == fold_name(phrase)
        }
        assert index.count(Count("phrase", phrase, (), 0)) == (frozenset(having), len(papers))
        assert {paper.id for paper in papers if recount(paper, "phrase", phrase)} == having


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (GOOD.text, ""),
        (GOOD.text.replace("Of the 4", "Of the 5"), "the number 5 is not of its claim"),
        (GOOD.text.replace("2 propose", "3 propose"), "the number 3 is not of its claim"),
        (GOOD.text.replace("2 propose", "4 propose"), "2 is not in the text"),
        (GOOD.text.replace(".", " since 2020."), "the number 2020 is not of its claim"),
        (GOOD.text.replace("Of the", "On GPT-4 and R2-D2 of the"), ""),
        (f"Methods [@{P0}] [@{P1}] and data [@{P2}] [@{P3}].", ""),
    ],
)
def test_numbers_in_the_text_are_those_of_the_claim(text: str, wrong: str) -> None:
    """Each count has its own number before its marks; digits of names are none."""
    names = ("GPT-4", "R2-D2")

    assert number_error(replace(GOOD, text=text), names, load("en").number) == wrong


@pytest.mark.parametrize(("code", "written"), [("en", "1,200"), ("de", "1.200"), ("fr", "1\u202f200")])
def test_large_numbers_are_read_as_the_language_writes_them(code: str, written: str) -> None:
    """A separator of thousands is part of the number."""
    counts = tuple(replace(count, total=1200) for count in COUNTS)
    text = GOOD.text.replace("Of the 4", f"Of the {written}")

    assert number_error(replace(GOOD, text=text, counts=counts), (), load(code).number) == ""


def test_an_edit_stays_with_what_is_counted() -> None:
    """More papers and another language leave the key of an aggregate; another value or theme changes it."""
    more = replace(COUNTS[0], papers=(P0,), total=9)
    keys = [
        claim_key(sentence, BY_ID.get)
        for sentence in (
            GOOD,
            replace(GOOD, counts=(COUNTS[1], more), text="Anders", language="de", evidence=()),
            replace(GOOD, counts=(COUNTS[0],)),
            replace(GOOD, counts=tuple(replace(count, value="survey") for count in COUNTS)),
        )
    ]

    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_fixed_words_are_not_translated() -> None:
    """Each edition writes them itself."""
    assert not translatable(GOOD)
