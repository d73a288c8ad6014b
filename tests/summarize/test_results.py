"""Results in numbers: which words of a sentence tell a measure, and that they are its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from no_cache import no_cache
from surveygen.config import SummarizeSettings
from surveygen.domain.llm import LlmClient
from surveygen.domain.paper import Author, Paper, PaperId
from surveygen.summarize import Summarizer, check_grounding
from surveygen.summarize.extractive import make


def nobody() -> LlmClient:
    """Fail if a model is connected."""
    raise NotImplementedError


def summarizer() -> Summarizer:
    """Make the summarizer that asks no model."""
    return make(SummarizeSettings(), nobody, no_cache)


def results(sentence: str) -> list[str]:
    """Return the results that the card of an abstract has, which ends with a sentence."""
    start = "Taggers are costly. We propose a tagger that reads both sides of a word."
    paper = Paper(PaperId("p"), "A tagger of words", f"{start} {sentence}", (Author("Ann Lee"),))
    return [item.plain for item in summarizer().review(paper).results]


@pytest.mark.parametrize(
    ("sentence", "result"),
    [
        ("The tagger reaches an accuracy of 92.3% on news.", "accuracy of 92.3%"),
        ("On MIMIC, diagnostic accuracy is increased by 9%, and it is fast.", "diagnostic accuracy is increased by 9%"),
        ("It achieves 95.3% accuracy, while others fail.", "95.3% accuracy"),
        ("The filter reduces annotation effort by over 80% for all labels.", "reduces annotation effort by over 80%"),
        ("Tuning improves recall from 61% to 74%.", "improves recall from 61% to 74%"),
        ("Results show gains of +1.9 BLEU points over the baseline.", "gains of +1.9 BLEU points"),
        ("Pruning needs 36% fewer operations and no tuning.", "36% fewer operations"),
        ("A 2.6% increase in 7-class accuracy was seen.", "2.6% increase in 7-class accuracy"),
        ("The score is good (AUROC = 0.63) at night.", "AUROC = 0.63"),
        ("An accuracy of $96.3\\%$ holds.", "accuracy of $96.3\\%$"),
    ],
)
def test_a_measure_goes_with_its_number(sentence: str, result: str) -> None:
    """Number and measure in either order, or a change by so much."""
    assert results(sentence) == [result]


@pytest.mark.parametrize(
    "sentence",
    [
        "We test GPT-4 and Llama-3.1-70B on 200 patients from 12 hospitals.",
        "Using only 10% of the training data, the model works.",
        "Pruning could reduce the cost by 40% one day.",
        "We aim to improve accuracy by 10%.",
        "Some 278 requests per day were sent.",
        "In 2016 the accuracy was better.",
        "The algorithm needs $O(n^2)$ steps with probability $1 - 1/n$.",
    ],
)
def test_other_numbers_are_no_results(sentence: str) -> None:
    """Sizes, names, years, bounds, and what is only hoped for."""
    assert results(sentence) == []


WORDS = "accuracy of improves the by from 9% 0.5 to +3 BLEU points up $2$ (AUC) 70x faster gains and in recall"


@given(st.lists(st.sampled_from(WORDS.split()), max_size=25))
def test_a_result_is_short_and_verbatim(words: list[str]) -> None:
    """At most ten words, as they stand in the sentence, with a digit, and no half of a formula."""
    text = " ".join(words)

    for result in results(f"It has {text}."):
        assert result in text
        assert len(result.split()) <= 10
        assert result.count("$") % 2 == 0
        assert any(sign.isdigit() for sign in result)


def test_a_card_has_the_result_of_a_finding_and_it_replays() -> None:
    """Not the number of what others did; also from a late sentence that cannot stand alone."""
    abstract = (
        "Earlier taggers reach an accuracy of 71%. We propose a tagger that reads both sides of a word. "
        "We test it on news and on letters. It beats them and reaches an accuracy of 92.3%."
    )
    paper = Paper(PaperId("2301.00001"), "A tagger of words", abstract, (Author("Ann Lee"),), published="2023-01-01")

    [result] = summarizer().review(paper).results

    assert result.text == "accuracy of 92.3% [@2301.00001]"
    assert (result.rule, result.cites) == ("result", (paper.id,))
    assert check_grounding(result, lambda *_: paper).ok
