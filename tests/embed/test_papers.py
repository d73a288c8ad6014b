"""One vector a paper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveygen.config import EmbedSettings
from surveygen.domain.embedding import Vectors, unit_rows
from surveygen.domain.paper import Paper, PaperId
from surveygen.embed import RECIPE, Progress, encode_papers, paper_texts, papers_fingerprint
from surveygen.embed.lsa import make

WORDS = ["reward models drift", "attention heads copy tokens", "jailbreak prompts transfer", "bias in coreference"]


class Letters:
    """A real encoder of two dimensions: how many vowels, how many other letters; remembers what it was asked."""

    fingerprint = "letters:1"
    dim = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Count vowels and other characters."""
        self.asked += texts
        if progress is not None:
            progress(len(texts))
        vowels = [sum(char in "aeiou" for char in text) for text in texts]
        counts = [(n, len(text) - n) for n, text in zip(vowels, texts, strict=True)]
        return unit_rows(np.array(counts, dtype=np.float32).reshape(len(texts), 2))


def paper(n: int, abstract: str = "") -> Paper:
    """Make a paper."""
    return Paper(PaperId(f"p{n}"), WORDS[n % len(WORDS)], abstract)


def test_vector_is_the_unit_mean_of_title_and_whole() -> None:
    """A paper's vector is half its title and half title with abstract, scaled to length 1."""
    encoder = Letters()
    first = paper(0, "We oooo.")
    title, whole = encoder.encode(paper_texts(first))

    vectors = encode_papers(encoder, [first])

    assert np.allclose(vectors, unit_rows(((title + whole) / 2)[None]), atol=1e-6)


def test_equal_texts_are_encoded_once() -> None:
    """A paper without abstract costs one text, not two."""
    encoder = Letters()

    encode_papers(encoder, [paper(0), paper(0), paper(1)])

    assert encoder.asked == [WORDS[0], WORDS[1]]


def test_progress_counts_papers() -> None:
    """The steps of the progress sum to the number of papers."""
    steps: list[int] = []

    encode_papers(Letters(), [paper(n) for n in range(150)], steps.append)

    assert sum(steps) == 150
    assert len(steps) > 1


def test_no_papers_give_no_rows() -> None:
    """Nothing to encode is no error and asks the encoder for nothing."""
    encoder = Letters()

    assert encode_papers(encoder, []).shape[0] == 0
    assert encoder.asked == []


def test_recipe_is_part_of_the_key() -> None:
    """Vectors of another recipe are never taken for these."""
    assert papers_fingerprint(Letters()) == f"letters:1+{RECIPE}"


@given(st.permutations(range(8)))
def test_order_of_papers_does_not_matter(order: list[int]) -> None:
    """A paper gets the same vector wherever it stands."""
    papers = [paper(n, f"abstract {'a' * n}") for n in range(8)]
    straight = encode_papers(Letters(), papers)

    mixed = encode_papers(Letters(), [papers[n] for n in order])

    assert np.array_equal(mixed, straight[order])


@pytest.mark.parametrize("texts", [[], ["one text"], ["the of and"], ["same words"] * 60, WORDS, WORDS * 20])
def test_lsa_serves_any_corpus(texts: list[str]) -> None:
    """No corpus is too small; rows have length 1, or 0 where no word is known."""
    encoder = make(EmbedSettings(encoder="lsa"), lambda: texts)

    vectors = encoder.encode([*texts, "", "unheard zzz"])

    assert vectors.shape == (len(texts) + 2, encoder.dim)
    assert vectors.dtype == np.float32
    norms = np.linalg.norm(vectors, axis=1)
    assert np.all((np.abs(norms - 1) < 1e-5) | (norms == 0))


def test_lsa_is_the_same_twice_and_in_any_order() -> None:
    """The corpus decides, not its order; the fingerprint says which corpus."""
    first, second = make(EmbedSettings(), lambda: WORDS * 3), make(EmbedSettings(), lambda: WORDS[::-1] * 3)

    assert first.fingerprint == second.fingerprint
    assert np.array_equal(first.encode(WORDS), second.encode(WORDS))
    assert make(EmbedSettings(), lambda: WORDS[:2]).fingerprint != first.fingerprint


def test_lsa_puts_like_texts_near() -> None:
    """Texts that share words are nearer than texts that share none."""
    encoder = make(
        EmbedSettings(), lambda: [*WORDS, "reward models help", "attention heads matter", "jailbreak prompts fail"]
    )

    a, b, c = encoder.encode(["reward models drift", "reward models help", "attention heads matter"])

    assert a @ b > a @ c
