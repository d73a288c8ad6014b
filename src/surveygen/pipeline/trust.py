"""Ask before a project folder runs anything of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from surveygen.config import LOOPBACK, CitationSettings, Project
from surveygen.domain.text import text_sha256
from surveygen.environment import make_private, state_folder
from surveygen.errors import ConfigError
from surveygen.render import template_root


def trust(project: Project) -> None:
    """Remember, outside the project folder, that the user trusts what it brings; a change of it asks again.

    Raises:
        ConfigError: the record cannot be written.
    """
    record = _record(project)
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        record.write_text(f"{_digest(project)}\n{project.root.resolve()}\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{record}: {error.strerror}", "set XDG_STATE_HOME to a folder that can be written"
        ) from error


def check_trust(project: Project) -> None:
    """Check that a folder brings nothing that runs, or that the user trusts what it brings.

    Templates, a translation program, a folder with a model and the address of a server that gets a key are settings and
    files like any others, and come with a folder that somebody else made.

    Raises:
        ConfigError: the user has not been asked, or it has changed since.
    """
    brought = list(dict.fromkeys(name for name, _ in _parts(project)))
    if project.trusted or not brought:
        return
    try:
        record = _record(project)
        # A record that another user could have written is none.
        remembered = record.read_text(encoding="utf-8").partition("\n")[0] if make_private(record.parent) else ""
    except OSError:
        remembered = ""
    if remembered != _digest(project):
        asked = "has changed" if remembered else "is not trusted yet"
        raise ConfigError(
            f"{project.root}: brings what runs or gets a key, and {asked}: {', '.join(brought)}",
            "read docs/trust.md; if you trust where it comes from, run once: surveygen build --trust",
            path=brought[0],
        )


def _record(project: Project) -> Path:
    return state_folder() / "trusted" / text_sha256(str(project.root.resolve()))[:32]


def _digest(project: Project) -> str:
    return text_sha256("\n".join(f"{name}\t{content}" for name, content in _parts(project)))


def _parts(project: Project) -> Iterator[tuple[str, str]]:
    """Yield all that needs trust: the name that a message shows, and a value that changes with its content."""
    settings = project.settings
    if project.templates.resolve() != template_root().resolve():  # the checkout of surveygen is a survey, too
        yield from (("templates", part) for part in _files(project.root, [project.templates]))
    if settings.translate.engine == "command":
        words = settings.translate.command
        yield "translate.command", "\0".join(words)
        programs = [project.root / word for word in words]
        inside = [path for path in programs if path.resolve().is_relative_to(project.root.resolve())]
        yield from (("translate.command", part) for part in _files(project.root, inside))
    models = {
        "embed.model": settings.embed.model,
        "translate.model": settings.translate.model,
        "translate.encoder_model": settings.translate.encoder_model,
    }
    for name, model in models.items():
        folder = Path(model).expanduser()
        if model and folder.is_dir():
            yield name, str(folder.resolve())
            yield from ((name, part) for part in _files(folder, [folder]))
    asks_model = "llm" in (settings.summarize.method, settings.translate.engine)
    if asks_model and settings.llm.base_url and urlsplit(settings.llm.base_url).hostname not in LOOPBACK:
        yield "llm.base_url", settings.llm.base_url
    options = json.dumps(settings.llm.options, sort_keys=True, default=str)
    if asks_model and "://" in options:
        yield "llm.options", options
    for provider in settings.citations.providers:
        name = f"{provider}_url"
        address = getattr(settings.citations, name, "")
        if address != getattr(CitationSettings, name, address) and urlsplit(address).hostname not in LOOPBACK:
            yield f"citations.{name}", address


def _files(root: Path, paths: Iterable[Path]) -> Iterator[str]:
    """Yield name and SHA-256 of each file at or below some paths, those behind symbolic links too."""
    waiting, seen = list(paths), set()
    while waiting:
        path = waiting.pop()
        if path.is_file():
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            yield f"{path.relative_to(root) if path.is_relative_to(root) else path} {digest}"
        elif path.is_dir() and path.resolve() not in seen:
            seen.add(path.resolve())
            waiting += sorted(path.iterdir(), reverse=True)
