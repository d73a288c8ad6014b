"""What an engine must not change is hidden from it and put back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.domain.paper import PaperId
from surveygen.domain.text import clean
from surveygen.errors import ConfigError
from surveygen.translate import Glossary, mask, read_glossary, unmask

CITES = (PaperId("2101.00001"), PaperId("workshop-6"))
TERMS = Glossary.of({"reward model": "modelo de recompensa", "reward models": "modelos de recompensa", "RLHF": ""})


@pytest.mark.parametrize(
    "piece",
    [
        r"$\alpha_1$",
        r"\(x < 1\)",
        "[@2101.00001]",
        "Casper et al. [@2101.00001]",
        "https://example.org/a_b?c=1",
        "`rm -rf`",
        "arXiv:2101.00001v2",
        "2305.18290",
        "10.1000/abc-1",
        "GPT-4",
        "Llama-2-7B",
        "word2vec",
        "RLHF",
        "ReLU",
        r"\emph{so}",
        "me@example.org",
        "snake_case",
    ],
)
def test_what_is_no_language_is_masked(piece: str) -> None:
    """Mathematics, citations, addresses, code and names of systems go behind a mark and come back."""
    text = f"We see {piece} in most cases today."
    masked = mask(text, CITES, Glossary())

    assert piece not in masked.text
    assert unmask(masked.text, masked) == text


def test_plain_words_are_not_masked() -> None:
    """A sentence of words and numbers goes to the engine as it is."""
    text = "Three multi-step models gain 34.5% in 50-fold tests of well-known work."

    assert mask(text, (), Glossary()).text == text


def test_citations_at_the_end_wait_outside() -> None:
    """They return before the full stop, whatever a full stop looks like."""
    masked = mask("It works [@2101.00001] [@workshop-6].", CITES, Glossary())

    assert masked.text == "It works."
    assert unmask("動きます。", masked) == "動きます [@2101.00001] [@workshop-6]。"


def test_a_mark_of_a_paper_that_is_not_cited_is_text() -> None:
    """Only citations of the sentence are citations."""
    assert mask("It works [@2999.99999].", CITES, Glossary()).tail == ""


def test_terms_become_what_the_glossary_says() -> None:
    """The longer term counts, case does not, and a sentence still begins with a capital letter."""
    masked = mask("Reward models beat a reward model in RLHF.", (), TERMS)

    assert [item.target for item in masked.placeholders] == ["modelos de recompensa", "modelo de recompensa", "RLHF"]
    said = unmask(f"{masked.placeholders[0].mark} vencen a un xq2 en {masked.placeholders[2].mark}.", masked)
    assert said == "Modelos de recompensa vencen a un modelo de recompensa en RLHF."


@pytest.mark.parametrize("answer", ["XQ1 is", "XQ1 is XQ2 XQ2", "XQ1 is XQ3", "is", ""])
def test_marks_that_do_not_agree_are_no_translation(answer: str) -> None:
    """Each mark comes back once."""
    masked = mask("GPT-4 is GPT-3", (), Glossary())

    assert unmask(answer, masked) is None


def test_a_text_that_speaks_of_marks_gets_others() -> None:
    """No mark is one that the source holds."""
    masked = mask("XQ1 is GPT-4 for us.", (), Glossary())

    assert [item.source for item in masked.placeholders] == ["XQ1", "GPT-4"]
    assert unmask(masked.text, masked) == "XQ1 is GPT-4 for us."


@given(st.text(max_size=120))
def test_an_engine_that_copies_gives_the_source_back(text: str) -> None:
    """Whatever the text, unmask undoes mask."""
    masked = mask(text, CITES, TERMS)
    said = unmask(masked.text, masked)

    assert said is not None
    assert said.casefold() == clean(said).casefold()
    assert mask(said, CITES, Glossary()).tail == masked.tail


def test_a_glossary_is_lines_of_strings() -> None:
    """Another form is an error with the file and the term."""
    assert read_glossary('"reward model" = "x"', "ja.toml") == {"reward model": "x"}
    for text in ("[a]\nb = 1", "a = 1", '"" = "x"', "a ="):
        with pytest.raises(ConfigError, match=r"ja\.toml"):
            read_glossary(text, "ja.toml")


def test_a_later_glossary_goes_before() -> None:
    """The person's own terms win; a whole name is looked up whatever its case."""
    glossary = Glossary.of({"Inner Alignment": "a"}, {"inner alignment": "b", "kept": ""})

    assert glossary.name("Inner alignment") == "b"
    assert glossary.name("Kept") == "Kept"
    assert glossary.name("inner") == ""
