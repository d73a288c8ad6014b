"""Output files, written whole or not at all, and their manifest."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from pathlib import Path

import tomli_w

from surveygen.config import Project
from surveygen.corpus import Store
from surveygen.domain.theme import Taxonomy
from surveygen.errors import TemplateError, ThemeError
from surveygen.themes import Profile

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
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with draft.open("xb") as file:  # with the permissions of the user's umask, unlike a file of mkstemp
                file.write(data)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise TemplateError(
            f"{path}: {error.strerror}", "free some space or choose another folder with --out"
        ) from error
    return True


def write_new(path: Path, text: str) -> None:
    """Write a file that a person will edit, unless another one has its name.

    Raises:
        ThemeError: the file exists with another content.
    """
    data = text.encode("utf-8")
    if path.exists() and path.read_bytes() != data:
        raise ThemeError(f"{path} exists and differs", "move it away or name another file with --out")
    write_if_changed(path, data)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, names: Iterable[str], notes: Iterable[tuple[str, str]] = ()) -> None:
    """Record the SHA-256 of the files of a draft, so that a later change of any of them shows; notes go last.

    The name of a note has a space in it, that of a file has none.
    """
    sums = {name: sha256(folder / name) for name in sorted(names)} | dict(sorted(notes))
    write_if_changed(folder / MANIFEST, (json.dumps(sums, indent=1) + "\n").encode())


def read_manifest(folder: Path) -> dict[str, str]:
    """Return file name -> SHA-256; empty if the folder has no manifest that can be read."""
    try:
        sums = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in sums.items()} if isinstance(sums, dict) else {}


def draft_files(folder: Path) -> list[Path]:
    """Return the files of the draft in a folder, sorted."""
    return [folder / name for name in sorted(read_manifest(folder)) if " " not in name]


def lost_store(project: Project, store: Store) -> str:
    """Say that a store without papers stands beside drafts, as after a copy or a recovery that failed; else empty."""
    draft = next(project.output.rglob(MANIFEST), None) if project.output.is_dir() else None
    if draft is None or store.counts().papers:
        return ""
    return (
        f"{project.database.name} has no papers, but there is a draft in {draft.parent.relative_to(project.root)}:"
        " the store was lost or emptied; restore it from a copy, or add your last export"
    )


def taxonomy_toml(profile: Profile, taxonomy: Taxonomy, title: str) -> str:
    """Return a taxonomy in the format of a profile, so that it can be edited and given back."""
    themes = []
    for theme in taxonomy:
        row: dict[str, object] = {"id": theme.id, "name": theme.name}
        if theme.parent is not None:
            row["parent"] = theme.parent
        row |= {"description": theme.description, "keywords": list(theme.keywords), "seeds": list(theme.seeds)}
        if theme.names:
            row["names"] = dict(theme.names)
        themes.append(row)
    head: dict[str, object] = {"name": profile.name, "title": title, "description": profile.description}
    if profile.titles:
        head["titles"] = dict(profile.titles)
    if profile.replaces:
        head["replaces"] = dict(profile.replaces)
    if profile.glossaries:
        head["glossary"] = {code: dict(terms) for code, terms in profile.glossaries}
    return tomli_w.dumps({**head, "theme": themes})
