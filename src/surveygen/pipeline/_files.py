"""Write files whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from surveygen.errors import TemplateError

MANIFEST = "manifest.json"


def write_if_changed(path: Path, data: bytes) -> bool:
    """Replace a file by temp file and rename if its bytes differ; return whether they did.

    Raises:
        TemplateError: the folder cannot be written (permissions, full disk); the old file is still whole.
    """
    try:
        if path.is_file() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(0o644)  # mkstemp makes it private; a draft is for everyone that the folder is for
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise TemplateError(
            f"{path}: {error.strerror}", "free some space or choose another folder with --out"
        ) from error
    return True


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, names: Iterable[str], notes: Iterable[tuple[str, str]] = ()) -> None:
    """Record the SHA-256 of the files of a draft, so that a later change of any of them shows; notes go last."""
    sums = {name: sha256(folder / name) for name in sorted(names)} | dict(sorted(notes))
    write_if_changed(folder / MANIFEST, (json.dumps(sums, indent=1) + "\n").encode())


def read_manifest(folder: Path) -> dict[str, str]:
    """Return file name -> SHA-256; empty if the folder has no manifest that can be read."""
    try:
        sums = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in sums.items()} if isinstance(sums, dict) else {}
