"""Tell whether a draft is still what a build would make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from surveygen.config import Settings
from surveygen.corpus import Store
from surveygen.domain.text import text_sha256
from surveygen.pipeline._clock import generated_at
from surveygen.pipeline._codec import digest
from surveygen.pipeline._files import read_manifest, sha256
from surveygen.pipeline.snapshot import last_reports
from surveygen.render import template_root
from surveygen.themes import Profile

_KIND = "draft"


class OutputCache:
    """The drafts of a folder, each known by everything that it was made of.

    A draft follows from the program, the settings, the profile, the survey's own folders (templates, glossary), the
    languages that its page names and the store alone, so as long as these are the same and its files are whole, making
    it again would change no byte.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        profile: Profile,
        own: Sequence[Path],
        editions: Sequence[str] = (),
    ) -> None:
        folders = (*own, template_root())
        self._store = store
        self._made_of = (settings, profile, list(editions), program(), *(_files_digest(folder) for folder in folders))

    def is_fresh(self, folder: Path, formats: Sequence[str]) -> bool:
        """Whether the draft in a folder has all these formats and is what a build would make."""
        if self._store.cache.get(_KIND, self._key(folder, formats)) is None:
            return False
        sums = {name: known for name, known in read_manifest(folder).items() if " " not in name}
        return bool(sums) and all(_is(folder / name, known) for name, known in sums.items())

    def remember(self, folder: Path, formats: Sequence[str]) -> None:
        """Note that a draft was made of what there is now."""
        self._store.cache.put(_KIND, self._key(folder, formats), "{}", slot=str(folder))

    def _key(self, folder: Path, formats: Sequence[str]) -> str:
        store = self._store
        content = (store.sha256(), store.counts(), store.papers.sources(), generated_at(store), last_reports(store))
        return digest(*self._made_of, *content, str(folder), sorted(formats))


@cache
def program() -> str:
    """Return a digest of the program's own files, by name, size and date: an edited or another version shows."""
    return _files_digest(Path(str(files("surveygen"))))


def _files_digest(folder: Path) -> str:
    paths: Iterable[Path] = sorted(folder.rglob("*")) if folder.is_dir() else ()
    rows = ((str(path.relative_to(folder)), path.stat()) for path in paths if "__pycache__" not in path.parts)
    known = "".join(f"{name}\x1f{stat.st_size}\x1f{stat.st_mtime_ns}\x1e" for name, stat in rows)
    return text_sha256(known)


def _is(path: Path, known: str) -> bool:
    return path.is_file() and sha256(path) == known
